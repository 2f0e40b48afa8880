"""Reading the journal in short views, and the small rows beside it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cashwrap.store.disk import Txn
from cashwrap.store.engine import Engine
from cashwrap.store.errors import HistoryTrimmed, StoreDamaged
from cashwrap.store.identity import Head, Identity
from cashwrap.store.layout import EPOCH_SEQ, FOLLOWERS, JOURNAL, META, SEQ
from cashwrap.store.records import Record, parse

BATCH = 256
IDENTITY_ROW = b"identity"
_decode_identity = msgspec.msgpack.Decoder(Identity).decode


class Journal:
    """The records of one till."""

    def __init__(self, engine: Engine, identity: Identity) -> None:
        self._engine = engine
        self._identity = identity

    def head(self) -> Head:
        """Return the newest record's name and hash, computed from its bytes."""
        with self._engine.view() as txn:
            cursor = txn.cursor(db=self._engine.dbs[JOURNAL])
            if not cursor.last():
                return self._identity.start()
            raw = cursor.value()
        try:
            record = parse(raw)
        except (msgspec.DecodeError, IndexError) as error:
            folder = str(self._engine.folder)
            raise StoreDamaged(folder, f"its newest record cannot be read ({error})") from error
        envelope = record.envelope
        return Head(envelope.epoch, envelope.seq, record.hash, envelope.wall_ms)

    def batches(
        self, after_seq: int, until: int, size: int = BATCH
    ) -> Iterator[list[tuple[bytes, bytes]]]:
        """Yield lists of (key, raw) in order, each read in a view of its own."""
        key = self._identity.key_of(after_seq + 1)
        last = self._identity.key_of(until)
        while key <= last:
            batch = self._batch(key, last, size)
            if not batch:
                return
            yield batch
            if batch[-1][0] >= last:
                return
            key = batch[-1][0] + b"\0"

    def _batch(self, key: bytes, last: bytes, size: int) -> list[tuple[bytes, bytes]]:
        found: list[tuple[bytes, bytes]] = []
        with self._engine.view() as txn:
            cursor = txn.cursor(db=self._engine.dbs[JOURNAL])
            if cursor.set_range(key):
                for row in cursor.iternext():
                    if row[0] > last:
                        break
                    found.append(row)
                    if len(found) == size:
                        break
        return found

    def records(self, after_seq: int, until: int) -> Iterator[Record]:
        """Yield parsed records. Raises HistoryTrimmed for those that are gone."""
        base = self._identity.base.seq
        if after_seq < base:
            raise HistoryTrimmed(f"records after {after_seq} are asked for", base)
        return (parse(raw) for batch in self.batches(after_seq, until) for _, raw in batch)

    def get(self, seq: int) -> Record | None:
        """Return one record, or None when it is not here."""
        with self._engine.view() as txn:
            raw = txn.get(self._identity.key_of(seq), db=self._engine.dbs[JOURNAL])
        return parse(raw) if raw else None

    def load_cursor(self, name: str) -> int:
        """Return a follower's durable cursor."""
        with self._engine.view() as txn:
            row = txn.get(name.encode(), db=self._engine.dbs[FOLLOWERS])
        return SEQ.unpack(row)[0] if row else self._identity.base.seq

    def save_cursors(self, txn: Txn, cursors: dict[str, int]) -> None:
        """Write followers' cursors."""
        for name, seq in cursors.items():
            txn.put(name.encode(), SEQ.pack(seq), db=self._engine.dbs[FOLLOWERS])


def load_identity(engine: Engine) -> Identity:
    """Return the identity row. Raises StoreDamaged when it is missing or unreadable."""
    with engine.view() as txn:
        row = txn.get(IDENTITY_ROW, db=engine.dbs[META])
    try:
        return _decode_identity(row or b"")
    except msgspec.DecodeError:
        raise StoreDamaged(str(engine.folder), "it does not say whose it is") from None


def save_identity(txn: Txn, engine: Engine, identity: Identity) -> None:
    """Write the identity row."""
    txn.put(IDENTITY_ROW, msgspec.msgpack.encode(identity), db=engine.dbs[META])


def split_key(key: bytes, prefix: bytes) -> tuple[int, int]:
    """Return (epoch, seq) of a journal key; (0, 0) when it is not one of this till."""
    if len(key) != len(prefix) + EPOCH_SEQ.size or not key.startswith(prefix):
        return 0, 0
    epoch, seq = EPOCH_SEQ.unpack_from(key, len(prefix))
    return epoch, seq
