"""Balances, reservations, posted documents, and when a place was last heard of."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

import msgspec

from cashwrap.errors import AmountOverflow, CashwrapError
from cashwrap.events import Envelope, Event
from cashwrap.stock.errors import StockError
from cashwrap.stock.events import StockHold, StockMoved, StockReleased, StockReserved
from cashwrap.stock.moves import StockMove, is_held
from cashwrap.store.tables import BulkWriter, Told, Writer
from cashwrap_native import ledger

BALANCES, RESERVATIONS, DOCUMENTS = "stock.balances", "stock.reservations", "stock.documents"
PLACES = "stock.places"


class Reservation(msgspec.Struct, frozen=True, array_like=True):
    """What is left of a promise to an order, and when an unpaid one ends (0: never)."""

    holds: tuple[StockHold, ...]
    until_ms: int


class HasMoves(Protocol):
    """An event that carries stock moves, decoded or still packed."""

    @property
    def moves(self) -> tuple[StockMove, ...] | msgspec.Raw:
        """Return the moves."""
        ...


_encode = msgspec.msgpack.Encoder().encode
_MORE_THAN_MOVES = (StockMoved, StockReserved, StockReleased)
decode_reservation = msgspec.msgpack.Decoder(Reservation).decode


def document_key(type: str, document: str) -> bytes:
    """Return the key of a posted document."""
    return f"{type}\0{document}".encode()


class StockProjection:
    """Folds moves into one record per SKU (its form is in balances.pxd of `cashwrap_native`).

    ``kinds`` maps further event kinds that carry ``moves`` (a tuple of StockMove, or msgspec.Raw
    for speed) to the struct to read them as. A record depends on its SKU's moves alone.
    """

    name = "stock"
    version = 2
    tables = (BALANCES, RESERVATIONS, DOCUMENTS, PLACES)

    def __init__(self, kinds: Mapping[str, type[Event]] | None = None) -> None:
        self.reads: Mapping[str, type[Event]] = {
            **(kinds or {}),
            StockMoved.kind: StockMoved,
            StockReserved.kind: StockReserved,
            StockReleased.kind: StockReleased,
        }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event. Raises AmountOverflow or StockError before anything is written."""
        try:
            if isinstance(body, StockReserved | StockReleased):
                _fold_holds(writer, body)
                return
            fold_moves(writer, cast(HasMoves, body).moves)
        except (OverflowError, ValueError) as error:
            raise _refusal(envelope, error) from None
        if isinstance(body, StockMoved):
            _count_document(writer, body)
            _hear_of(writer, body, envelope.wall_ms)

    def fold_all(self, writer: BulkWriter, told: Sequence[Told]) -> None:
        """Apply events in order, moves straight into the rows."""
        rows = writer.rows(BALANCES)
        for envelope, body in told:
            if isinstance(body, _MORE_THAN_MOVES):
                self.fold(writer, envelope, body)
                continue
            try:
                ledger.fold_into(rows, _packed(cast(HasMoves, body).moves))
            except (OverflowError, ValueError) as error:
                raise _refusal(envelope, error) from None


def _refusal(envelope: Envelope, error: OverflowError | ValueError) -> CashwrapError:
    kind = AmountOverflow if isinstance(error, OverflowError) else StockError
    return kind(f"{envelope.kind}: {error}")


def fold_moves(writer: Writer, moves: tuple[StockMove, ...] | msgspec.Raw) -> None:
    """Fold moves into the balances: one get and one put for each SKU."""
    writer.change(BALANCES, ledger.split(_packed(moves)), ledger.fold)


def _packed(moves: tuple[StockMove, ...] | msgspec.Raw) -> bytes | msgspec.Raw:
    return moves if isinstance(moves, msgspec.Raw) else _encode(moves)


def _fold_holds(writer: Writer, body: StockReserved | StockReleased) -> None:
    sign = 1 if isinstance(body, StockReserved) else -1
    records: dict[bytes, bytes] = {}
    for hold in body.holds:
        sku = hold.sku.encode()
        records[sku] = ledger.hold(
            records[sku] if sku in records else writer.get(BALANCES, sku),
            hold.location.encode(),
            hold.lot.encode(),
            hold.owner.encode(),
            sign * hold.quantity_milli,
        )
    for sku, record in records.items():
        writer.put(BALANCES, sku, record)
    _keep_reservation(writer, body)


def _keep_reservation(writer: Writer, body: StockReserved | StockReleased) -> None:
    key = body.reservation.encode()
    if isinstance(body, StockReserved):
        writer.put(RESERVATIONS, key, _encode(Reservation(body.holds, body.until_ms)))
        return
    packed = writer.get(RESERVATIONS, key)
    if packed is None:
        return
    kept = decode_reservation(packed)
    left = without(kept.holds, body.holds)
    if left:
        writer.put(RESERVATIONS, key, _encode(Reservation(left, kept.until_ms)))
    else:
        writer.delete(RESERVATIONS, key)


def without(holds: tuple[StockHold, ...], freed: tuple[StockHold, ...]) -> tuple[StockHold, ...]:
    """Return what is left of ``holds``, balance by balance, when ``freed`` is taken off."""
    left: dict[tuple[str, str, str, str], int] = {}
    for sign, part in ((1, holds), (-1, freed)):
        for hold in part:
            place = (hold.sku, hold.location, hold.lot, hold.owner)
            left[place] = left.get(place, 0) + sign * hold.quantity_milli
    return tuple(
        StockHold(sku, milli, location, lot, owner)
        for (sku, location, lot, owner), milli in left.items()
        if milli > 0
    )


def _count_document(writer: Writer, body: StockMoved) -> None:
    key = document_key(body.type, body.document)
    packed = writer.get(DOCUMENTS, key)
    postings = 1 if packed is None else int.from_bytes(packed, "big") + 1
    writer.put(DOCUMENTS, key, postings.to_bytes(4, "big"))


def _hear_of(writer: Writer, body: StockMoved, wall_ms: int) -> None:
    """Keep when something was last told of each place in our hands."""
    places = {place for move in body.moves for place in (move.source, move.target)}
    for place in sorted(filter(is_held, places)):
        key, packed = place.encode(), wall_ms.to_bytes(8, "big")
        writer.put(PLACES, key, max(packed, writer.get(PLACES, key) or packed))
