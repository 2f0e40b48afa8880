"""Which projection owns which table, and folding: at a commit, and all anew in a rebuild."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

import msgspec

from cashwrap.events import Envelope, Event, decode_body, known_events
from cashwrap.store.disk import Table, Txn
from cashwrap.store.errors import TableRefused
from cashwrap.store.guests import Guest
from cashwrap.store.layout import HASH_SIZE
from cashwrap.store.records import decode_envelope
from cashwrap.store.tables import (
    BulkProjection,
    BulkWriter,
    CommitProjection,
    Projection,
    Told,
    Writer,
    fold_each,
)
from cashwrap.store.views import MemoryWriter, TxnWriter
from cashwrap_native.leading import Leading, gather

ENVELOPE_FIELDS = 10  # those before the body
ANY_VERSION = -1


class Heading(Envelope, frozen=True, array_like=True, gc=False):
    """An envelope without its body, which is decoded from the record as far as a fold reads it."""

    body: msgspec.Raw = msgspec.Raw()


_decode_headings = msgspec.msgpack.Decoder(list[Heading]).decode
_place = itemgetter(0)


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
        self._together = {one.name: one for one in projections if isinstance(one, CommitProjection)}
        for projection in projections:
            for kind in projection.reads:
                self._readers.setdefault(kind, []).append(projection)

    def bind(self, projections: Sequence[Projection], dbs: Mapping[str, Table]) -> None:
        """Learn which tables each projection may write; again after the file was swapped."""
        self._tables = {
            one.name: {table: dbs[table] for table in one.tables} for one in projections
        }

    def fold(self, txn: Txn, rows: Sequence[tuple[Envelope, Event, bytes]]) -> None:
        """Fold the events of one commit into every projection that reads their kinds."""
        writers: dict[str, TxnWriter] = {}
        together: dict[str, list[Told]] = {}
        for envelope, body, _ in rows:
            for projection in self._readers.get(envelope.kind, ()):
                name = projection.name
                if name in self._together:
                    together.setdefault(name, []).append((envelope, body))
                    continue
                writer = writers.get(name)
                if writer is None:
                    writer = writers[name] = TxnWriter(txn, self._tables[name])
                projection.fold(writer, envelope, body)
        for name, told in together.items():
            self._together[name].fold_commit(TxnWriter(txn, self._tables[name]), told)


class Pile(NamedTuple):
    """Events of one kind, and their places among all that are fed."""

    places: list[int]
    told: list[Told]


class Step(NamedTuple):
    """How the bodies of one kind are decoded in a replay, and into whose inboxes they go."""

    struct: type[Event]
    decode: Callable[[bytes], Sequence[Event]]
    inboxes: list[list[Pile]]
    readers: list[Projection]

    def decoded(self, bodies: bytes) -> Sequence[Event]:
        """Return the bodies; a struct of a guest's own that does not fit them is its fault."""
        try:
            return self.decode(bodies)
        except msgspec.MsgspecError as error:
            guests = [one for one in self.readers if isinstance(one, Guest)]
            if len(guests) < len(self.readers):
                raise
            raise guests[0].failed(error) from error


class Replay:
    """Folds records into memory tables, decoding no more than the projections read."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self.writers = {one.name: MemoryWriter(one.tables) for one in projections}
        self.folded = 0
        self._projections = projections
        self._inboxes: dict[str, list[Pile]] = {one.name: [] for one in projections}
        self._steps: dict[str, list[Step]] = {}
        for projection in projections:
            for kind, struct in projection.reads.items():
                steps = self._steps.setdefault(kind, [])
                _add_step(steps, struct, self._inboxes[projection.name], projection)
        versions = {kind: cls.version for kind, cls in known_events().items()}
        self._wanted = {
            kind.encode(): Leading(
                versions.get(kind, ANY_VERSION),
                [len(step.struct.__struct_fields__) for step in steps],
                [_unread(step.struct) for step in steps],
            )
            for kind, steps in self._steps.items()
        }

    def feed(self, rows: list[tuple[bytes, bytes]]) -> None:
        """Fold records, (key, raw) in journal order."""
        others = gather(rows, HASH_SIZE, ENVELOPE_FIELDS, self._wanted)
        for kind, steps in self._steps.items():
            self._open(self._wanted[kind.encode()], steps)
        for place in others:
            self._open_other(place, rows[place][1])
        for projection in self._projections:
            inbox = self._inboxes[projection.name]
            if inbox:
                fold_all(projection, self.writers[projection.name], _in_order(inbox))
                inbox.clear()

    def _open(self, leading: Leading, steps: Sequence[Step]) -> None:
        """Decode all records of one kind."""
        places, heads, packed = leading.take()
        if not places:
            return
        self.folded += len(places)
        envelopes = _decode_headings(heads)
        for step, bodies in zip(steps, packed, strict=True):
            pile = Pile(places, list(zip(envelopes, step.decoded(bodies), strict=True)))
            for inbox in step.inboxes:
                inbox.append(pile)

    def _open_other(self, place: int, raw: bytes) -> None:
        """Decode a record of another version, upgraded."""
        envelope = decode_envelope(raw[HASH_SIZE:])
        body = decode_body(envelope)
        self.folded += 1
        for step in self._steps[envelope.kind]:
            for inbox in step.inboxes:
                inbox.append(Pile([place], [(envelope, body)]))

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


def _unread(struct: type[Event]) -> bytes:
    """Return a mark for each field, 1 for those of type None; b"" where there are none."""
    marks = bytes(field.type in (None, type(None)) for field in msgspec.structs.fields(struct))
    return marks if any(marks) else b""


def _add_step(
    steps: list[Step], struct: type[Event], inbox: list[Pile], reader: Projection
) -> None:
    """Projections that read the same of an event share its decoding."""
    for step in steps:
        if step.struct is struct:
            step.inboxes.append(inbox)
            step.readers.append(reader)
            return
    decode = msgspec.msgpack.Decoder(list[struct]).decode  # type: ignore[valid-type]
    steps.append(Step(struct, decode, [inbox], [reader]))


def _in_order(piles: Sequence[Pile]) -> list[Told]:
    """Return the events of all kinds as the journal has them."""
    if len(piles) == 1:
        return piles[0].told
    placed = [one for pile in piles for one in zip(pile.places, pile.told, strict=True)]
    placed.sort(key=_place)
    return [told for _, told in placed]


def fold_all(projection: Projection, writer: BulkWriter, told: Sequence[Told]) -> None:
    """Fold events in order, all at once where the projection can."""
    if isinstance(projection, BulkProjection):
        projection.fold_all(writer, told)
        return
    fold_each(projection, writer, told)
