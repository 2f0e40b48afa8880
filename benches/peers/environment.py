"""Each peer in an environment of its own, with pinned versions from the machine's package index."""

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

from offers import Workload

FOLDER = Path(__file__).parent


class Peer(NamedTuple):
    """Another engine: its name, the requirements it is installed from, the script that runs it."""

    name: str
    requirements: str
    script: str


class Measured(NamedTuple):
    """What a peer made of the workload."""

    times_ns: list[int]
    off_minor: int
    total_minor: int


PEERS = (
    Peer("django-oscar 4.0", "oscar.txt", "peer_oscar.py"),
    Peer("pretix 2026.8 discounts", "pretix.txt", "peer_pretix.py"),
    Peer("Tryton 7.0 sale promotions", "tryton.txt", "peer_tryton.py"),
)


def install(peer: Peer, folder: Path) -> Path:
    """Make the peer's environment unless it is there; return its Python."""
    home = folder / Path(peer.requirements).stem
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = (FOLDER / peer.requirements).read_text("utf-8")
    installed = home / peer.requirements
    if not installed.exists() or installed.read_text("utf-8") != wanted:
        print(f"installing {peer.name} in {home}", flush=True)
        venv.create(home, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "-r", FOLDER / peer.requirements]
        subprocess.run(command, check=True)
        installed.write_text(wanted, "utf-8")
    return python


def measure(peer: Peer, python: Path, work: Workload, times: int) -> Measured:
    """Run the peer on the workload in a process of its own."""
    task = json.dumps({**work._asdict(), "times": times})
    command = [str(python), "-W", "ignore", str(FOLDER / peer.script)]
    ran = subprocess.run(command, input=task, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f"{peer.name} ended with {ran.returncode}:\n{ran.stderr}")
    return Measured(**json.loads(ran.stdout))
