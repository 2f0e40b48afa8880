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
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, cast

from cashwrap.store import disk
from cashwrap.store.damage import DATA_VERSION, MAGIC, META, META_FLAG, PAGE_HEADER
from cashwrap.store.disk import Environment, File
from cashwrap.store.layout import DATA_FILE

PAGE_SIZE = 4096
KEY_SIZE_MAX = 511
ROW_OVERHEAD = 16
FIRST_PAGES = 2  # the meta pages

Moment = Literal["begin", "commit", "committed", "write", "flush", "allocate"]


class Died(BaseException):
    """The process is gone. Whatever the till tries on its disk from now on has no effect."""


class Rows:
    """One table: its values by key, its keys in order, and how many bytes it takes."""

    __slots__ = ("bytes", "keys", "values")

    def __init__(self, values: dict[bytes, bytes], keys: list[bytes], size: int) -> None:
        self.values = values
        self.keys = keys
        self.bytes = size

    def copy(self) -> Rows:
        """Return rows of their own, for one who writes."""
        return Rows(self.values.copy(), self.keys.copy(), self.bytes)

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value under a key."""
        before = self.values.get(key)
        if before is None:
            if not self.keys or key > self.keys[-1]:
                self.keys.append(key)
            else:
                insort(self.keys, key)
            self.bytes += ROW_OVERHEAD + len(key)
        self.bytes += len(value) - len(before or b"")
        self.values[key] = value

    def pop(self, key: bytes) -> bool:
        """Remove a key; return whether it was there."""
        value = self.values.pop(key, None)
        if value is None:
            return False
        del self.keys[bisect_left(self.keys, key)]
        self.bytes -= ROW_OVERHEAD + len(key) + len(value)
        return True


class DataFile:
    """What is stored behind one stand-in. Tables are replaced by a commit, never changed."""

    def __init__(self) -> None:
        self.tables: dict[bytes, Rows] = {}
        self.bytes = 0
        self.map_size = 0
        self.txn = 0
        self.bloat_pages = 0  # that old readers keep from being used again

    def pages(self, size: int) -> int:
        """Return how many pages are in use, roughly, when the rows take so many bytes."""
        return FIRST_PAGES + self.bloat_pages + len(self.tables) + -(-size // PAGE_SIZE)


class MemoryEnvironment:
    """An `lmdb.Environment` as far as the store uses one."""

    def __init__(self, port: MemoryDisk, data: DataFile) -> None:
        self.port = port
        self.data = data
        self.broken = ""
        self._closed = False

    def check(self) -> None:
        """Raise what LMDB would, for an environment that is closed or gave up."""
        if self._closed:
            raise disk.AnyError("Attempt to operate on closed/deleted/dropped object.")
        if self.broken:
            raise disk.AnyError(self.broken)

    def begin(self, *, write: bool = False, parent: MemoryTxn | None = None) -> MemoryTxn:
        """Begin a transaction, nested in a ``parent`` where one is given."""
        self.port.at("begin")
        self.check()
        return MemoryTxn(self, write, parent)

    def open_db(self, key: bytes, txn: MemoryTxn | None = None, create: bool = True) -> bytes:
        """Return the handle of a table, which is its name. Raises NoSuchTable."""
        self.check()
        tables = txn.tables if txn else self.data.tables
        if key not in tables:
            if not create or txn is None:
                raise disk.NoSuchTable("mdb_dbi_open: MDB_NOTFOUND: No matching key/data pair")
            txn.own[key] = tables[key] = Rows({}, [], 0)
        return key

    def stat(self) -> dict[str, int]:
        """Return the page size."""
        self.check()
        return {"psize": PAGE_SIZE, "entries": len(self.data.tables)}

    def info(self) -> dict[str, int]:
        """Return the size of the map and what is used of it."""
        self.check()
        data = self.data
        last = data.pages(data.bytes) - 1
        return {"map_size": data.map_size, "last_pgno": last, "last_txnid": data.txn}

    def set_mapsize(self, map_size: int) -> None:
        """Change the size of the map."""
        self.check()
        self.data.map_size = map_size

    def copyfd(self, descriptor: int, compact: bool = False) -> None:
        """Refuse: copies are made of real files."""
        raise disk.AnyError("a disk in memory makes no copies")

    def close(self) -> None:
        """Close it; what was committed stays with the disk."""
        self._closed = True


class MemoryTxn:
    """An `lmdb.Transaction`: a snapshot, and for one that writes its own copies of tables."""

    def __init__(
        self, env: MemoryEnvironment, write: bool, parent: MemoryTxn | None = None
    ) -> None:
        self.env = env
        before = env.data if parent is None else parent
        self.tables: dict[bytes, Rows] = before.tables.copy() if write else before.tables
        self.own: dict[bytes, Rows] = {}
        self.bytes: int = before.bytes
        self._parent = parent
        self._write = write
        self._open = True

    def rows(self, db: bytes) -> Rows:
        """Return a table for reading."""
        if not self._open:
            raise disk.AnyError("Attempt to operate on closed/deleted/dropped object.")
        return self.tables[db]

    def writable(self, db: bytes) -> Rows:
        """Return a table for writing."""
        own = self.own.get(db)
        if own is None:
            own = self.own[db] = self.tables[db] = self.rows(db).copy()
        return own

    def get(self, key: bytes, *, db: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        if not key:
            raise disk.BadKey("mdb_get: MDB_BAD_VALSIZE")
        return self.rows(db).values.get(key)

    def put(
        self, key: bytes, value: bytes, *, db: bytes, overwrite: bool = True, append: bool = False
    ) -> bool:
        """Set the value under a key; return False where the flags forbid it."""
        if not 1 <= len(key) <= KEY_SIZE_MAX:
            raise disk.BadKey("mdb_put: MDB_BAD_VALSIZE")
        rows = self.rows(db)
        if append and rows.keys and key <= rows.keys[-1]:
            return False
        if not overwrite and key in rows.values:
            return False
        rows = self.writable(db)
        before = rows.bytes
        rows.put(bytes(key), bytes(value))
        self.bytes += rows.bytes - before
        if self.env.data.pages(self.bytes) * PAGE_SIZE > self.env.data.map_size:
            raise disk.MapFull("mdb_put: MDB_MAP_FULL: Environment mapsize limit reached")
        return True

    def delete(self, key: bytes, *, db: bytes) -> bool:
        """Remove a key; return whether it was there."""
        if not key:
            raise disk.BadKey("mdb_del: MDB_BAD_VALSIZE")
        rows = self.writable(db)
        before = rows.bytes
        found = rows.pop(key)
        self.bytes += rows.bytes - before
        return found

    def drop(self, db: bytes, delete: bool) -> None:
        """Empty a table."""
        assert not delete, "tables are never removed"
        self.bytes -= self.rows(db).bytes
        self.own[db] = self.tables[db] = Rows({}, [], 0)

    def cursor(self, db: bytes | None = None) -> MemoryCursor:
        """Return a cursor; without a table, over the names of all."""
        if db is None:
            names = sorted(self.tables)
            return MemoryCursor(self, Rows(dict.fromkeys(names, b""), names, 0))
        self.rows(db)
        return MemoryCursor(self, db)

    def stat(self, db: bytes) -> dict[str, int]:
        """Return the number of entries of a table."""
        return {"psize": PAGE_SIZE, "entries": len(self.rows(db).keys)}

    def commit(self) -> None:
        """Make it all visible and durable, or nothing; in its parent, where it has one."""
        self.env.check()
        if self._parent is not None:
            self._open = False
            self._parent.tables, self._parent.bytes = self.tables, self.bytes
            self._parent.own.clear()  # their tables may be older than its own now
            return
        self.env.port.at("commit", self)
        self.keep()
        self.env.port.at("committed", self)

    def keep(self) -> None:
        """Put what was written in force."""
        assert self._write
        self._open = False
        data = self.env.data
        data.tables, data.bytes, data.txn = self.tables, self.bytes, data.txn + 1

    def abort(self) -> None:
        """Forget it; also twice."""
        self._open = False


class MemoryCursor:
    """An `lmdb.Cursor`: it stands at a key, or nowhere."""

    def __init__(self, txn: MemoryTxn, table: bytes | Rows) -> None:
        self._txn = txn
        self._table = table
        self._key = b""

    def __enter__(self) -> MemoryCursor:
        return self

    def __exit__(self, *error: object) -> None:
        self._key = b""

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return self.iternext()

    def first(self) -> bool:
        """Stand at the first key."""
        return self._stand(0)

    def last(self) -> bool:
        """Stand at the last key."""
        return self._stand(len(self._rows().keys) - 1)

    def set_range(self, key: bytes) -> bool:
        """Stand at the first key that is not less."""
        return self._stand(bisect_left(self._rows().keys, key))

    def key(self) -> bytes:
        """Return the key where it stands, or b""."""
        return self._key

    def value(self) -> bytes:
        """Return the value where it stands, or b""."""
        return self._rows().values.get(self._key, b"")

    def iternext(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield from where it stands, or from the first; what is added behind it is seen."""
        if not self._key:
            self.first()
        while self._key:
            yield self._key, self.value()
            self._stand(bisect_right(self._rows().keys, self._key))

    def delete(self) -> bool:
        """Remove what it stands at and stand at the next."""
        if not self._key:
            return False
        assert isinstance(self._table, bytes)
        self._txn.delete(self._key, db=self._table)
        self._stand(bisect_right(self._rows().keys, self._key))
        return True

    def putmulti(self, items: Iterable[tuple[bytes, bytes]], *, append: bool) -> tuple[int, int]:
        """Put rows; return how many came and how many were put."""
        assert isinstance(self._table, bytes)
        put = [self._txn.put(*item, db=self._table, append=append) for item in items]
        return len(put), sum(put)

    def _rows(self) -> Rows:
        return self._table if isinstance(self._table, Rows) else self._txn.rows(self._table)

    def _stand(self, place: int) -> bool:
        keys = self._rows().keys
        self._key = keys[place] if 0 <= place < len(keys) else b""
        return bool(self._key)


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
