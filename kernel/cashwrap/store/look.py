"""Look into a store without owning it: beside a till that is selling on it, or a backup file.

Nothing is written and nobody is kept waiting: every view is short, and a till may open the folder
meanwhile. Tables are as the till left them; only what a till does at its start brings them up to
date after a change of version.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from cashwrap.store import disk
from cashwrap.store.damage import check_data_file, newest_meta
from cashwrap.store.disk import Txn
from cashwrap.store.engine import Engine
from cashwrap.store.errors import StoreDamaged, StoreMissing, StoreTooNew
from cashwrap.store.identity import Head, Identity
from cashwrap.store.journal import Journal, load_identity
from cashwrap.store.layout import CORE_TABLES, DATA_FILE, FORMAT
from cashwrap.store.records import Record
from cashwrap.store.tables import Reader


class Look:
    """What is in one store, for reading. Made by `look_into`."""

    def __init__(self, engine: Engine, identity: Identity) -> None:
        self.engine = engine
        self.identity = identity
        self.journal = Journal(engine, identity)
        self.head: Head = self.journal.head()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give one consistent view of all tables; keep it under 100 ms.

        A table that the store has not got yet is empty: a till makes it when it opens.
        """
        with self.engine.read() as reader:
            yield _Known(reader, self.engine.dbs)

    def records(self, after_seq: int = 0, until: int | None = None) -> Iterator[Record]:
        """Yield the records after ``after_seq``, up to and with ``until`` (the head at the start).

        Raises HistoryTrimmed for records that are gone.
        """
        return self.journal.records(after_seq, self.head.seq if until is None else until)


class _Known:
    """A view of the tables that a store has; the others are empty."""

    def __init__(self, reader: Reader, known: Container[str]) -> None:
        self._reader = reader
        self._known = known

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        return self._reader.get(table, key) if table in self._known else None

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order: keys that begin with ``prefix`` and are > ``after``."""
        return self._reader.items(table, prefix, after) if table in self._known else iter(())


@contextmanager
def look_into(path: Path) -> Iterator[Look]:
    """Give a look into a store's folder, in use or not, or into a backup file.

    Raises StoreMissing, StoreDamaged, StoreTooNew.
    """
    engine = _Beside(path) if path.is_dir() else _backup(path)
    try:
        if engine.open_existing(CORE_TABLES):
            raise StoreDamaged(str(path), "it is not a cashwrap store")
        identity = load_identity(engine)
        if identity.format > FORMAT:
            raise StoreTooNew(identity.format, FORMAT)
        engine.open_existing(engine.table_names())
        yield Look(engine, identity)
    finally:
        engine.close()


def _backup(path: Path) -> Engine:
    if not path.is_file():
        raise StoreMissing(str(path))
    meta = newest_meta(path)
    if isinstance(meta, str):
        raise StoreDamaged(str(path), meta)
    return Engine(path.parent, file=path)


class _Beside(Engine):
    """The file of a store that may be in use. It never writes, not even a note of a fault."""

    def __init__(self, folder: Path) -> None:
        self._size = check_data_file(folder).map_size
        super().__init__(folder, file=folder / DATA_FILE)

    def _open(self, map_size: int) -> None:
        self.env = disk.open_beside(self.folder, max(self._size, map_size))
        self.page_size = self.env.stat()["psize"]
        self.map_size = self.env.info()["map_size"]
        self.dbs = {}
        self._measure()

    def begin(self) -> Txn:
        """Return a read transaction, mapping the file anew where its till has made it larger."""
        try:
            try:
                return self.env.begin()
            except disk.MapResized:
                if self.views > 1:  # another view of ours is in the way: the caller's fault
                    raise
                self.env.set_mapsize(os.path.getsize(self.path))
                return self.env.begin()
        except disk.AnyError as error:
            raise StoreDamaged(str(self.folder), f"LMDB says: {error}") from error
