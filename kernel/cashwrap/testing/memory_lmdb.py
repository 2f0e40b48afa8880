"""The tables of an LMDB environment in memory, with LMDB's own answers: of `testing.disk`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cashwrap.store import disk

if TYPE_CHECKING:
    from cashwrap.testing.disk import MemoryDisk

PAGE_SIZE = 4096
KEY_SIZE_MAX = 511
ROW_OVERHEAD = 16
FIRST_PAGES = 2  # the meta pages


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
