"""Each peer in an environment of its own, with pinned versions from the machine's package index."""

import json
import subprocess
import sys
import tempfile
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


class Priced(NamedTuple):
    """What one run of a peer took, and what came off."""

    took_ns: int
    off_minor: int
    total_minor: int


class Measured(NamedTuple):
    """What an engine made of the workload, run for run."""

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


class Running:
    """A peer in a process of its own, set up with the workload; each `price` is one run."""

    def __init__(self, peer: Peer, python: Path, work: Workload) -> None:
        self._name, self._errors = peer.name, tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [str(python), "-W", "ignore", str(FOLDER / peer.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._say(json.dumps(work._asdict()))
        self.price()  # warms up, and waits until the peer is ready

    def price(self) -> Priced:
        """Price the workload once."""
        self._say("again")
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            self._errors.seek(0)
            raise SystemExit(f"{self._name} ended:\n{self._errors.read()}")
        return Priced(*json.loads(answer))

    def end(self) -> None:
        """End the process."""
        self._process.communicate()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
