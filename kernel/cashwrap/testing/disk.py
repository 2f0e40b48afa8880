"""A disk in memory that fails when it is told to: the data file and the draft of simulated tills.

`MemoryDisk` keeps what an LMDB environment keeps, with the same answers, and remembers which writes
of a file were never flushed. Its folders are real, with a small stand-in for each data file, so
that what else lies in them (settings, key, lock) is as it always is; what was stored belongs to
the stand-in, wherever that is moved.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

from cashwrap.store import disk
from cashwrap.store.damage import DATA_VERSION, MAGIC, META, META_FLAG, PAGE_HEADER
from cashwrap.store.disk import Environment, File
from cashwrap.store.layout import DATA_FILE
from cashwrap.testing.memory_lmdb import PAGE_SIZE, DataFile, MemoryEnvironment, MemoryTxn

Moment = Literal["begin", "commit", "committed", "write", "flush", "allocate"]


class Died(BaseException):
    """The process is gone. Whatever the till tries on its disk from now on has no effect."""


class Content:
    """The bytes of one file: those on the disk, and writes that only the system has."""

    def __init__(self) -> None:
        self.durable = bytearray()
        self.pending: list[tuple[int, bytes]] = []

    def seen(self) -> bytes:
        """Return what a reader sees while the machine has power."""
        shown = bytearray(self.durable)
        for offset, data in self.pending:
            _overwrite(shown, offset, data)
        return bytes(shown)

    def flush(self) -> None:
        """Put all of it on the disk."""
        for offset, data in self.pending:
            _overwrite(self.durable, offset, data)
        self.pending.clear()

    def cut(self, dice: random.Random) -> None:
        """Lose the power: some of the pending writes came through, one of them maybe torn."""
        for offset, data in self.pending:
            chance = dice.random()
            if chance < 0.4:
                _overwrite(self.durable, offset, data)
            elif chance < 0.5:
                _overwrite(self.durable, offset, data[: dice.randrange(len(data))])
        self.pending.clear()


class MemoryFile:
    """A `File` in memory."""

    def __init__(self, port: MemoryDisk, content: Content) -> None:
        self._port = port
        self._content = content

    def size(self) -> int:
        """Return how many bytes it has."""
        return len(self._content.seen())

    def read(self) -> bytes:
        """Return all of it."""
        return self._content.seen()

    def write(self, data: bytes, offset: int) -> None:
        """Give bytes to the operating system."""
        self._port.at("write")
        self._content.pending.append((offset, data))

    def flush(self) -> None:
        """Put everything written on the disk."""
        self._port.at("flush")
        self._content.flush()

    def allocate(self, size: int) -> None:
        """Make it larger."""
        self._port.at("allocate")
        missing = size - len(self._content.durable)
        self._content.durable.extend(bytes(max(0, missing)))

    def close(self) -> None:
        """Close it."""


class MemoryDisk:
    """A `Disk` in memory. ``trouble`` is called at each moment that may fail, and may raise.

    `Died` kills the till there; OSError and errors of LMDB are what the till then gets. A commit
    that fails with an error of LMDB leaves the environment unusable until it is opened again, as
    LMDB's does when it cannot write its meta page.
    """

    maps_files = False

    def __init__(self) -> None:
        self.files: dict[int, DataFile] = {}  # by the stand-in's inode
        self.contents: dict[str, Content] = {}  # by path
        self.dead = False
        self.free = 1 << 40
        self.trouble: Callable[[Moment], None] = _no_trouble
        self._repeated: list[Callable[[], None]] = []

    def at(self, moment: Moment, txn: MemoryTxn | None = None) -> None:
        """Have the trouble that belongs here."""
        if self.dead:
            raise Died
        try:
            self.trouble(moment)
        except Died:
            self.dead = True
            raise
        except disk.AnyError as error:
            if txn is not None and not disk.is_full(error):
                txn.env.broken = str(error)
            raise

    def revive(self) -> None:
        """Start anew after a death: what was running is gone."""
        self.dead = False
        self._repeated.clear()

    def open_folder(self, folder: Path, map_size: int) -> Environment:
        """Open what belongs to a folder's stand-in, which is made where it is missing."""
        self.at("begin")
        path = folder / DATA_FILE
        if not path.exists():
            path.write_bytes(_stand_in(map_size))
        data = self.files.setdefault(path.stat().st_ino, DataFile())
        data.map_size = max(map_size, data.map_size)
        return cast(Environment, MemoryEnvironment(self, data))

    def preallocate(self, path: Path, size: int) -> None:
        """Make a stand-in larger, if there is room."""
        missing = size - path.stat().st_size
        if missing > self.free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.free -= max(0, missing)
        os.truncate(path, size)

    def free_bytes(self, folder: Path) -> int:
        """Return how much may still be written."""
        return self.free

    def open_file(self, path: Path) -> File:
        """Open a file in memory."""
        self.at("begin")
        return MemoryFile(self, self.contents.setdefault(str(path), Content()))

    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        """Remember what `beat` is to do."""
        self._repeated.append(action)

        def stop() -> None:
            if action in self._repeated:
                self._repeated.remove(action)

        return stop

    def beat(self) -> None:
        """Do what is to be done every second or so."""
        for action in tuple(self._repeated):
            action()

    def cut_power(self, dice: random.Random) -> None:
        """Lose what was never flushed."""
        for content in self.contents.values():
            content.cut(dice)


def _no_trouble(moment: Moment) -> None:
    """Let everything go well."""


def _overwrite(target: bytearray, offset: int, data: bytes) -> None:
    if len(target) < offset:
        target.extend(bytes(offset - len(target)))
    target[offset : offset + len(data)] = data


def _stand_in(map_size: int) -> bytes:
    """Return the two meta pages that tell everybody who looks that this is a sound data file."""
    header = PAGE_HEADER.pack(0, 0, META_FLAG, 0).ljust(PAGE_HEADER.size, b"\0")
    tables = (PAGE_SIZE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    page = header + META.pack(MAGIC, DATA_VERSION, 0, map_size, *tables, 1, 0)
    return page.ljust(PAGE_SIZE, b"\0") * 2
