"""A disk whose n-th write or sync fails, is slow, or is the last one: for the harnesses here.

`start` begins a script anew with the library of `faulty_disk.c` before the system's own; `plan`
then says, in the process whose disk it is, what happens to it.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

SOURCE = Path(__file__).with_name("faulty_disk.c")
FOREVER = 1 << 30


def compiler() -> str:
    """Return the C compiler, "" where there is none."""
    return shutil.which("cc") or shutil.which("gcc") or ""


def library() -> Path:
    """Return the compiled library, compiled now where that was not done before."""
    name = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    made = Path(tempfile.gettempdir()) / f"faulty-disk-{os.getuid()}-{name}.so"
    if not made.exists():
        fresh = made.with_suffix(f".{os.getpid()}")
        subprocess.run(
            [compiler(), "-O1", "-shared", "-fPIC", "-o", str(fresh), str(SOURCE), "-ldl"],
            check=True,
        )
        fresh.replace(made)
    return made


def started() -> bool:
    """Return whether this process has such a disk."""
    return "faulty-disk-" in os.environ.get("LD_PRELOAD", "")


def environment() -> dict[str, str]:
    """Return the environment of a process that is to have such a disk."""
    path = os.pathsep.join(filter(None, sys.path))
    return {**os.environ, "LD_PRELOAD": str(library()), "PYTHONPATH": path}


def start() -> None:
    """Begin this script anew with such a disk, unless it has it."""
    if not started():
        os.execve(sys.executable, [sys.executable, *sys.argv], environment())


def plan(path: Path, *, at: int = 0, times: int = 1, error: int = 0, slow_us: int = 0) -> None:
    """From the ``at``-th write or sync of files under ``path`` on, let ``times`` of them fail.

    Without an error the process dies there. Counting starts anew. Each flush takes ``slow_us``.
    """
    ctypes.CDLL(None).faulty_disk_plan(
        os.fsencode(path), ctypes.c_long(at), ctypes.c_long(times), error, ctypes.c_long(slow_us)
    )


def seen() -> int:
    """Return how many writes and syncs there were since `plan`."""
    asked = ctypes.CDLL(None).faulty_disk_seen
    asked.restype = ctypes.c_long
    return int(asked())


def refuse() -> NoReturn:
    """Say what is missing on this machine."""
    sys.exit("there is no C compiler: install one (apt-get install gcc) to run this")
