"""Readers and writers: over an LMDB transaction, and over plain memory for a rebuild."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cashwrap.errors import InvalidInput
from cashwrap.store.disk import BadKey, Table, Txn
from cashwrap.store.errors import TableRefused, ViewEnded
from cashwrap.store.tables import Change

if TYPE_CHECKING:
    from cashwrap.store.engine import Engine

KEY_SIZE_MAX = 511
PENDING_MAX = 32


class TxnReader:
    """A `tables.Reader` over one transaction, limited to the tables it was given."""

    __slots__ = ("_dbs", "_txn")

    def __init__(self, txn: Txn, dbs: Mapping[str, Table]) -> None:
        self._txn = txn
        self._dbs = dbs

    def _db(self, table: str) -> Table:
        try:
            return self._dbs[table]
        except KeyError:
            raise undeclared(table) from None

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        value: bytes | None = self._txn.get(key, db=self._db(table)) if key else None
        return value

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order: keys that begin with ``prefix`` and are > ``after``."""
        cursor = self._txn.cursor(db=self._db(table))
        start = max(prefix, after)
        found = cursor.set_range(start) if start else cursor.first()
        if not found:
            return
        for key, value in cursor.iternext():
            if not key.startswith(prefix):
                return
            if key > after:
                yield key, value


class TablesView(TxnReader):
    """A context manager and the reader it gives, of all tables; a write may end it.

    It is marked as ended first, and its transaction given back only while no step is under way; a
    step marks itself as under way before it looks. So one of the two always sees the other.
    """

    __slots__ = ("_ended", "_engine", "_under_way", "is_long")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._dbs = engine.dbs
        self._ended = self._under_way = self.is_long = False

    def __enter__(self) -> TablesView:
        self._engine.enter_reader(self)
        try:
            self._txn = self._engine.begin()
        except BaseException:
            self._engine.leave_reader(self)
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._engine.end(self._txn)
        self._engine.leave_reader(self)

    def end(self) -> bool:
        """Give the transaction back under its user; return False while a step is under way."""
        self._ended = True
        if self._under_way:
            return False
        self._engine.end(self._txn)
        return True

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return the value under a key, or None. Raises ViewEnded."""
        self._under_way = True
        try:
            if self._ended:
                raise ViewEnded
            value: bytes | None = self._txn.get(key, db=self._db(table)) if key else None
            return value
        finally:
            self._under_way = False

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order, as `TxnReader.items`. Raises ViewEnded."""
        rows = super().items(table, prefix, after)
        while True:
            self._under_way = True
            try:
                if self._ended:
                    raise ViewEnded
                row = next(rows, None)
            finally:
                self._under_way = False
            if row is None:
                return
            yield row


class View:
    """One read transaction, counted while it is open. A class, since every scan opens one."""

    __slots__ = ("_engine", "_txn")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Txn:
        engine = self._engine
        engine.enter_view()
        try:
            self._txn = engine.begin()
        except BaseException:
            engine.leave_view()
            raise
        return self._txn

    def __exit__(self, *error: object) -> None:
        try:
            self._engine.end(self._txn)
        finally:
            self._engine.leave_view()


class TxnWriter(TxnReader):
    """A `tables.Writer` over one write transaction."""

    __slots__ = ()

    def put(self, table: str, key: bytes, value: bytes) -> None:
        """Set the value under a key."""
        try:
            self._txn.put(key, value, db=self._db(table))
        except BadKey:
            raise bad_key(table, key) from None

    def delete(self, table: str, key: bytes) -> bool:
        """Remove a key; return whether it was there."""
        db = self._db(table)
        return bool(key) and self._txn.delete(key, db=db)

    def change(self, table: str, parts: Mapping[bytes, bytes], change: Change) -> None:
        """Set each key's value to what ``change`` makes of it; nothing is put when it raises."""
        db, get, put = self._db(table), self._txn.get, self._txn.put
        key = b""
        try:
            changed = []
            for key, part in parts.items():
                changed.append((key, change(get(key, db=db), part)))
            for key, value in changed:
                put(key, value, db=db)
        except BadKey:
            raise bad_key(table, key) from None


def undeclared(table: str) -> TableRefused:
    """Return the refusal of a table that is not its user's."""
    return TableRefused(table, "it is not declared for this use")


def bad_key(table: str, key: bytes) -> InvalidInput:
    """Return the refusal of a key that LMDB cannot hold."""
    return InvalidInput(
        f"a key of {len(key)} bytes in table {table!r}: it must have 1 to {KEY_SIZE_MAX} bytes"
    )


class MemoryTable:
    """An ordered map for rebuilding: a dict, and its keys sorted only when someone scans."""

    __slots__ = ("_order", "given", "pending", "rows")

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}
        self._order: list[bytes] = []  # may hold removed keys; never lacks one but the pending
        self.pending: list[bytes] = []
        self.given = False  # the rows may change without our knowing

    def ordered(self) -> list[bytes]:
        """Return the keys in order; removed ones may still be among them."""
        if self.given:
            return sorted(self.rows)
        if len(self._order) > 2 * len(self.rows) + PENDING_MAX:
            self._order, self.pending = sorted(self.rows), []
        elif len(self.pending) > PENDING_MAX:
            self._order.extend(self.pending)
            self._order = sorted(set(self._order))
        else:
            for key in self.pending:
                place = bisect_left(self._order, key)
                if place == len(self._order) or self._order[place] != key:
                    insort(self._order, key)
        self.pending.clear()
        return self._order

    def items(self, prefix: bytes, after: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield rows as `tables.Reader.items` does; what is added meanwhile may be passed over."""
        order = self.ordered()
        place = max(bisect_left(order, prefix), bisect_right(order, after) if after else 0)
        for key in order[place : self._end(order, prefix)]:
            value = self.rows.get(key)
            if value is not None:
                yield key, value

    @staticmethod
    def _end(order: list[bytes], prefix: bytes) -> int:
        stem = prefix.rstrip(b"\xff")
        if not stem:
            return len(order)
        return bisect_left(order, stem[:-1] + bytes([stem[-1] + 1]))


class MemoryWriter:
    """A `tables.Writer` over memory, limited to the tables of one projection."""

    __slots__ = ("tables",)

    def __init__(self, names: tuple[str, ...]) -> None:
        self.tables = {name: MemoryTable() for name in names}

    def _table(self, table: str) -> MemoryTable:
        try:
            return self.tables[table]
        except KeyError:
            raise undeclared(table) from None

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        try:
            return self.tables[table].rows.get(key)
        except KeyError:
            raise undeclared(table) from None

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order: keys that begin with ``prefix`` and are > ``after``."""
        return self._table(table).items(prefix, after)

    def put(self, table: str, key: bytes, value: bytes) -> None:
        """Set the value under a key."""
        if not 1 <= len(key) <= KEY_SIZE_MAX:
            raise bad_key(table, key)
        try:
            found = self.tables[table]
        except KeyError:
            raise undeclared(table) from None
        if key not in found.rows:
            found.pending.append(key)
        found.rows[key] = value

    def rows(self, table: str) -> dict[bytes, bytes]:
        """Return the rows of a table, to be changed in place."""
        found = self._table(table)
        found.given = True
        return found.rows

    def delete(self, table: str, key: bytes) -> bool:
        """Remove a key; return whether it was there."""
        return self._table(table).rows.pop(key, None) is not None

    def change(self, table: str, parts: Mapping[bytes, bytes], change: Change) -> None:
        """Set each key's value to what ``change`` makes of it; nothing is put when it raises."""
        rows = self._table(table).rows
        changed = [(key, change(rows.get(key), part)) for key, part in parts.items()]
        for key, value in changed:
            self.put(table, key, value)
