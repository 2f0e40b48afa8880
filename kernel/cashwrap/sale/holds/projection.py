"""What a till keeps of its suspended sales: each hold and what became of it, folded.

A sale that waits, or was resumed and has not ended, keeps its whole history here too, so that
neither a lost draft nor a trimmed journal loses it.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from cashwrap.events import Envelope, Event
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.events import (
    SaleCancelled,
    SaleCompleted,
    SaleFolded,
    SaleResumed,
    SaleSuspended,
)
from cashwrap.sale.holds.model import Hold, Quoted
from cashwrap.store.tables import Reader, Writer

LOG = "holds.log"  # number of the hold -> Hold
CARTS = "holds.carts"  # sale -> Kept, from its newest suspending until the sale ends
INDEX = "holds.index"
"""By the letter that a key begins with: ``s`` sale -> number of its newest hold, ``d`` business day
and number, ``w`` number of one that waits, ``k`` digest of a key and number of one that waits,
``o`` sale that was resumed and has not ended -> ResumedBy, ``n`` -> the last number."""

_LAST = b"n"
_FINISHED = (SaleFolded, SaleCompleted)


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A sale as it was suspended: its edits, its engine, what was quoted."""

    history: tuple[AnyEdit, ...]
    engine: bytes
    quoted: Quoted


class ResumedBy(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What resuming did to a sale; ``engine`` is "" for the one before."""

    edits: tuple[AnyEdit, ...]
    engine: bytes


_encode = msgspec.msgpack.Encoder().encode
_hold = msgspec.msgpack.Decoder(Hold).decode
_kept = msgspec.msgpack.Decoder(Kept).decode
_resumed_by = msgspec.msgpack.Decoder(ResumedBy).decode


class HoldProjection:
    """Folds what becomes of suspended sales; every other sale costs it one look."""

    name: str = "holds"
    version: int = 1
    tables: tuple[str, ...] = (LOG, CARTS, INDEX)
    reads: Mapping[str, type[Event]] = {
        SaleSuspended.kind: SaleSuspended,
        SaleResumed.kind: SaleResumed,
        SaleCompleted.kind: SaleFolded,
        SaleCancelled.kind: SaleCancelled,
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event to the tables."""
        if isinstance(body, _FINISHED):
            hold = _newest(writer, body.sale)
            if hold is not None:
                _ended(writer, hold, "completed", envelope, body.payable_minor)
        elif isinstance(body, SaleCancelled):
            hold = _newest(writer, body.sale)
            if hold is not None:
                _ended(writer, hold, "cancelled", envelope)
        elif isinstance(body, SaleSuspended):
            _suspended(writer, envelope, body)
        else:
            assert isinstance(body, SaleResumed)
            _resumed(writer, envelope, body)


def _suspended(writer: Writer, envelope: Envelope, body: SaleSuspended) -> None:
    sale, number = body.sale.encode(), _number(body.number)
    before = _newest(writer, body.sale)
    if before is not None:
        _put(writer, replace(before, state="held_again", ended_ms=envelope.wall_ms))
        writer.delete(INDEX, b"o" + sale)
    _put(writer, _hold_of(envelope, body))
    writer.put(CARTS, sale, _encode(Kept(body.history, body.engine, body.quoted)))
    writer.put(INDEX, b"s" + sale, number)
    writer.put(INDEX, b"d" + body.day.to_bytes(4, "big") + number, b"")
    writer.put(INDEX, b"w" + number, b"")
    if body.key:
        writer.put(INDEX, _key_row(body.key) + number, b"")
    writer.put(INDEX, _LAST, number)


def _hold_of(envelope: Envelope, body: SaleSuspended) -> Hold:
    lines = body.quoted.lines
    return Hold(
        sale=body.sale,
        code=body.code,
        number=body.number,
        day=body.day,
        hour=body.hour,
        at_ms=envelope.wall_ms,
        reason=body.reason,
        said=body.said,
        key=body.key,
        member=body.member,
        register=body.register,
        staff=envelope.staff,
        total_minor=body.total_minor,
        lines=len(lines),
        first=lines[0].name if lines else "",
    )


def _resumed(writer: Writer, envelope: Envelope, body: SaleResumed) -> None:
    hold = _newest(writer, body.sale)
    if hold is None:  # nothing here ever suspended it
        return
    now = replace(
        hold,
        state="resumed",
        resumed_ms=envelope.wall_ms,
        resumed_register=body.register,
        resumed_staff=envelope.staff,
    )
    _waits_no_more(writer, hold)
    _put(writer, now)
    writer.put(INDEX, b"o" + body.sale.encode(), _encode(ResumedBy(body.edits, body.engine)))


def _ended(writer: Writer, hold: Hold, state: str, envelope: Envelope, paid_minor: int = 0) -> None:
    ended_ms = envelope.wall_ms
    _waits_no_more(writer, hold)
    if state == "completed":
        _put(writer, replace(hold, state="completed", ended_ms=ended_ms, paid_minor=paid_minor))
    else:
        _put(writer, replace(hold, state="cancelled", ended_ms=ended_ms))
    sale = hold.sale.encode()
    writer.delete(CARTS, sale)
    writer.delete(INDEX, b"o" + sale)


def _waits_no_more(writer: Writer, hold: Hold) -> None:
    number = _number(hold.number)
    writer.delete(INDEX, b"w" + number)
    if hold.key:
        writer.delete(INDEX, _key_row(hold.key) + number)


def _put(writer: Writer, hold: Hold) -> None:
    writer.put(LOG, _number(hold.number), _encode(hold))


def _newest(reader: Reader, sale: str) -> Hold | None:
    number = reader.get(INDEX, b"s" + sale.encode())
    return None if number is None else _of(reader, bytes(number))


def _of(reader: Reader, number: bytes) -> Hold | None:
    found = reader.get(LOG, number)
    return None if found is None else _hold(found)


def _number(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _key_row(key: str) -> bytes:
    return b"k" + sha256(key.encode()).digest()[:16]


def hold_of_number(reader: Reader, number: int) -> Hold | None:
    """Return a hold by its number in this till, or None."""
    return _of(reader, _number(number))


def hold_of_sale(reader: Reader, sale: str) -> Hold | None:
    """Return the newest hold of a sale, or None."""
    return _newest(reader, sale)


def waiting(reader: Reader, key: str = "") -> Iterator[Hold]:
    """Yield the holds that wait, all or those under a key, oldest first."""
    prefix = _key_row(key) if key else b"w"
    for row, _ in reader.items(INDEX, prefix):
        hold = _of(reader, bytes(row)[len(prefix) :])
        if hold is not None and (not key or hold.key == key):
            yield hold


def of_days(reader: Reader, first_day: int, last_day: int) -> Iterator[Hold]:
    """Yield the holds of business days (yyyymmdd), both included, in their order."""
    begin = b"d" + first_day.to_bytes(4, "big")
    for row, _ in reader.items(INDEX, b"d", after=begin):
        if int.from_bytes(row[1:5], "big") > last_day:
            return
        hold = _of(reader, bytes(row)[5:])
        if hold is not None:
            yield hold


def next_number(reader: Reader) -> int:
    """Return the number that the till's next hold has."""
    return int.from_bytes(reader.get(INDEX, _LAST) or b"", "big") + 1


def kept_of(reader: Reader, sale: str) -> Kept | None:
    """Return a sale as it was last suspended; None when it ended or never waited."""
    found = reader.get(CARTS, sale.encode())
    return None if found is None else _kept(found)


def resumed_sales(reader: Reader) -> list[tuple[str, tuple[AnyEdit, ...], bytes]]:
    """Return the sales that were resumed and have not ended as they were then, and their engines.

    After a power cut they bring back those whose draft was lost.
    """
    found = []
    for row, value in reader.items(INDEX, b"o"):
        sale, by = row[1:].decode(), _resumed_by(value)
        kept = kept_of(reader, sale)
        if kept is not None:
            found.append((sale, (*kept.history, *by.edits), by.engine or kept.engine))
    return found
