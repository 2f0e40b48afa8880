"""One process owns a store: a locked file that also says whether the last run ended well."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from cashwrap.store.errors import StoreInUse
from cashwrap.store.layout import OWNER_FILE

CLEAN = b"clean"


def _lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 20)  # beyond the text, so that others can still read the pid
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Owner:
    """The lock on a folder, held until `release`.

    ``was_clean`` is false when the run before did not release it in good order.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / OWNER_FILE
        # Opened without buffering: what is written is there for the next one to read.
        self._file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        if not _lock(self._file):
            text = self._file.read(64)
            self._file.close()
            raise StoreInUse(str(folder), int(text) if text.isdigit() else 0)
        before = self._file.read(64)
        self.was_clean = before == CLEAN
        self._write(b"%d" % os.getpid())

    def release(self, *, clean: bool) -> None:
        """Give the folder up; ``clean`` says that everything was closed in good order."""
        if clean:
            self._write(CLEAN)
        self._file.close()

    def _write(self, text: bytes) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)


def owner_pid(folder: Path) -> int:
    """Return the process that owns a folder now, 0 for none; nothing is locked to find out."""
    try:
        text = (folder / OWNER_FILE).read_bytes()[:64]
        inode = (folder / OWNER_FILE).stat().st_ino
    except OSError:
        return 0
    if not text.isdigit() or not _is_locked(inode):
        return 0
    return int(text)


def ended_well(folder: Path) -> bool:
    """Return whether the last owner released the folder in good order, or none ever had it."""
    try:
        return (folder / OWNER_FILE).read_bytes()[:64] in (CLEAN, b"")
    except OSError:
        return True


def _is_locked(inode: int) -> bool:
    """Return whether some process holds a lock on a file; True where the system does not say."""
    try:
        with open("/proc/locks", encoding="ascii") as file:
            return any(f":{inode} " in line for line in file)
    except OSError:
        return True
