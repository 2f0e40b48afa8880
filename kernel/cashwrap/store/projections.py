"""Which projection owns which table, and folding: at a commit, and all anew in a rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from cashwrap.events import Envelope, Event, decode_body, known_events
from cashwrap.store.disk import Table, Txn
from cashwrap.store.errors import TableRefused
from cashwrap.store.layout import HASH_SIZE
from cashwrap.store.records import decode_envelope
from cashwrap.store.tables import Projection, Writer
from cashwrap.store.views import MemoryWriter, TxnWriter
from cashwrap_native.leading import leading

ENVELOPE_FIELDS = 10  # all but the body, which stands last
LEADING_MAX = 15


class Heading(Envelope, frozen=True, array_like=True, gc=False):
    """An envelope without its body, which is decoded from the record as far as a fold reads it."""

    body: msgspec.Raw = msgspec.Raw()


_decode_heading = msgspec.msgpack.Decoder(Heading).decode


_PARTS = ("name", "version", "tables", "reads", "fold")


def check_ownership(projections: Sequence[Projection], staged: Sequence[str]) -> None:
    """Raise TableRefused unless every table has one owner and bears its name."""
    for one in projections:
        if lacking := [part for part in _PARTS if not hasattr(one, part)]:
            raise TableRefused(repr(one), f"a projection has {', '.join(lacking)} too")
    owners: dict[str, str] = {}
    names = [projection.name for projection in projections]
    for name in names:
        if name == "store" or names.count(name) > 1:
            raise TableRefused(name, "this projection name is taken")
    for projection in projections:
        for table in projection.tables:
            if not table.startswith(projection.name + "."):
                raise TableRefused(table, f"its name must begin with {projection.name + '.'!r}")
            if table in owners:
                raise TableRefused(table, f"it already belongs to {owners[table]!r}")
            owners[table] = projection.name
    for table in staged:
        if table in owners or table.startswith("store."):
            raise TableRefused(table, "a staged table may not be folded or the store's own")


class LiveFold:
    """The folds of all projections over one write transaction at a time."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self._readers: dict[str, list[Projection]] = {}
        self._tables: dict[str, dict[str, Table]] = {}
        for projection in projections:
            for kind in projection.reads:
                self._readers.setdefault(kind, []).append(projection)

    def bind(self, projections: Sequence[Projection], dbs: Mapping[str, Table]) -> None:
        """Learn which tables each projection may write; again after the file was swapped."""
        self._tables = {
            one.name: {table: dbs[table] for table in one.tables} for one in projections
        }

    def fold(
        self,
        txn: Txn,
        writers: dict[str, TxnWriter],
        envelope: Envelope,
        body: Event,
    ) -> None:
        """Fold one event into every projection that reads its kind; ``writers`` is of this txn."""
        for projection in self._readers.get(envelope.kind, ()):
            name = projection.name
            writer = writers.get(name)
            if writer is None:
                writer = writers[name] = TxnWriter(txn, self._tables[name])
            projection.fold(writer, envelope, body)


class Step(NamedTuple):
    """How the body of one kind is decoded in a replay, and who folds it."""

    struct: type[Event]
    fields: int
    decode: Callable[[bytes | msgspec.Raw], Event]
    folds: list[tuple[Projection, MemoryWriter]]


class Replay:
    """Folds records into memory tables, decoding no more than the projections read."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self.writers = {one.name: MemoryWriter(one.tables) for one in projections}
        self.folded = 0
        self._steps: dict[str, list[Step]] = {}
        self._versions = {kind: cls.version for kind, cls in known_events().items()}
        for projection in projections:
            for kind, struct in projection.reads.items():
                self._add_step(self._steps.setdefault(kind, []), projection, struct)
        # A record's bytes after the hash begin with the array mark and the kind as msgpack text.
        self._marks = {msgspec.msgpack.encode(kind): kind for kind in self._steps}
        self._mark_sizes = sorted({len(mark) for mark in self._marks})

    def _add_step(self, steps: list[Step], projection: Projection, struct: type[Event]) -> None:
        """Projections that read the same of an event share its decoding."""
        pair = (projection, self.writers[projection.name])
        for step in steps:
            if step.struct is struct:
                step.folds.append(pair)
                return
        fields = len(struct.__struct_fields__)
        steps.append(Step(struct, fields, msgspec.msgpack.Decoder(struct).decode, [pair]))

    def feed(self, records: Iterable[bytes]) -> None:
        """Fold records in journal order."""
        marks, sizes, steps = self._marks, self._mark_sizes, self._steps
        start = HASH_SIZE + 1
        for raw in records:
            for size in sizes:
                if raw[start : start + size] in marks:
                    break
            else:
                continue
            packed, body_at = leading(raw, HASH_SIZE, ENVELOPE_FIELDS)
            envelope = _decode_heading(packed)
            self.folded += 1
            if envelope.version == self._versions.get(envelope.kind, envelope.version):
                for step in steps[envelope.kind]:
                    if step.fields <= LEADING_MAX:
                        body = step.decode(leading(raw, body_at, step.fields)[0])
                    else:
                        body = step.decode(decode_envelope(raw[HASH_SIZE:]).body)
                    for projection, writer in step.folds:
                        projection.fold(writer, envelope, body)
            else:
                body = decode_body(decode_envelope(raw[HASH_SIZE:]))
                for step in steps[envelope.kind]:
                    for projection, writer in step.folds:
                        projection.fold(writer, envelope, body)

    def tables(self) -> dict[str, dict[bytes, bytes]]:
        """Return the folded rows by table."""
        return {
            name: table.rows
            for writer in self.writers.values()
            for name, table in writer.tables.items()
        }

    def writer_of(self, table: str) -> Writer | None:
        """Return the writer that owns a table."""
        return next((one for one in self.writers.values() if table in one.tables), None)
