"""Questions about stock, answered from one consistent view of the tables."""

from collections.abc import Iterable, Iterator

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.stock.moves import CUSTOMER, StockMove, is_held
from cashwrap.stock.projection import (
    BALANCES,
    DOCUMENTS,
    PLACES,
    RESERVATIONS,
    Reservation,
    decode_reservation,
    document_key,
)
from cashwrap.store.tables import Reader
from cashwrap_native import ledger

_NO_DATE = 99_999_999


class Balance(msgspec.Struct, array_like=True, gc=False):
    """What the ledger holds of one SKU at one location, of one lot and owner.

    ``value_minor`` is the cost of all that is on hand. ``arrival`` orders the balances of a SKU
    by when they began. Balances outside of our hands (customer, supplier, ...) have no lots.
    """

    location: str
    lot: str
    owner: str
    expires: int
    arrival: int
    on_hand_milli: int
    reserved_milli: int
    value_minor: int

    @property
    def available_milli(self) -> int:
        """Return what is on hand and not promised."""
        return self.on_hand_milli - self.reserved_milli


class Settled(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What became of an owner's goods of one SKU: sold to customers, and still on hand."""

    sku: str
    owner: str
    sold_milli: int = 0
    sold_cost_minor: int = 0
    on_hand_milli: int = 0
    value_minor: int = 0


class _Record(msgspec.Struct, array_like=True):
    arrivals: int
    balances: list[Balance]


_decode = msgspec.msgpack.Decoder(_Record).decode


class Stock:
    """Balances and reservations as one reader sees them. Keep it as short as the reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rows(self, sku: str) -> list[Balance]:
        """Return all that is kept of a SKU; location "" stands for an owner's last known cost."""
        if not isinstance(sku, str):
            raise InvalidInput(f"a SKU must be text, not {sku!r:.60}")
        packed = self._reader.get(BALANCES, sku.encode("utf-8", "surrogatepass"))
        return [] if packed is None else _decode(packed).balances

    def plain_draw(
        self, sku: str, location: str, quantity_milli: int
    ) -> tuple[int, str, int, str] | None:
        """Return (cost_minor, lot, expires, owner) of a draw that leaves nothing to choose."""
        packed = self._reader.get(BALANCES, sku.encode("utf-8", "surrogatepass"))
        return ledger.plain_draw(packed, location.encode(), quantity_milli)

    def balances(self, sku: str) -> list[Balance]:
        """Return every balance of a SKU by location, lot and owner, in that order."""
        return [row for row in self.rows(sku) if row.location]

    def held(
        self, sku: str, location: str = "", lot: str | None = None, owner: str | None = None
    ) -> list[Balance]:
        """Return the balances in our hands: at one location, or all of them ("")."""
        return [
            row
            for row in self.rows(sku)
            if row.location
            and (row.location == location if location else is_held(row.location))
            and (lot is None or row.lot == lot)
            and (owner is None or row.owner == owner)
        ]

    def on_hand(
        self, sku: str, location: str = "", lot: str | None = None, owner: str | None = None
    ) -> int:
        """Return the quantity on hand, thousandths; below zero after sales of uncounted goods."""
        return sum([row.on_hand_milli for row in self.held(sku, location, lot, owner)])

    def reserved(self, sku: str, location: str = "") -> int:
        """Return the quantity promised to orders, thousandths."""
        return sum([row.reserved_milli for row in self.held(sku, location)])

    def available(self, sku: str, location: str = "") -> int:
        """Return on hand less reserved, thousandths."""
        return sum([row.available_milli for row in self.held(sku, location)])

    def value(self, sku: str, location: str = "", owner: str | None = None) -> int:
        """Return the cost of what is on hand, minor units."""
        return sum([row.value_minor for row in self.held(sku, location, None, owner)])

    def lots(self, sku: str, location: str = "") -> list[Balance]:
        """Return what is on hand, the first to expire first; without a date comes last."""
        return sorted(
            [row for row in self.held(sku, location) if row.on_hand_milli],
            key=lambda row: (row.expires or _NO_DATE, row.arrival),
        )

    def heard_ms(self, location: str) -> int | None:
        """Return when the newest document about a place was posted, None before the first.

        So old is what is known of a place whose sales are not this till's own.
        """
        packed = self._reader.get(PLACES, location.encode("utf-8", "surrogatepass"))
        return None if packed is None else int.from_bytes(packed, "big")

    def by_owner(self, sku: str, location: str = "") -> dict[str, int]:
        """Return the quantity on hand of each owner ("" is the shop)."""
        owners: dict[str, int] = {}
        for row in self.held(sku, location):
            owners[row.owner] = owners.get(row.owner, 0) + row.on_hand_milli
        return owners

    def skus(self, after: str = "") -> Iterator[str]:
        """Yield every SKU that ever moved, beyond ``after``, in byte order."""
        for key, _ in self._reader.items(BALANCES, after=after.encode("utf-8", "surrogatepass")):
            yield key.decode()

    def settlement(self, owner: str) -> Iterator[Settled]:
        """Yield, SKU by SKU, what was sold of an owner's goods to date and what is on hand."""
        for key, packed in self._reader.items(BALANCES):
            rows = [row for row in _decode(packed).balances if row.owner == owner]
            if rows:
                yield _settle_rows(key.decode(), owner, rows)

    def reservation(self, reservation: str) -> Reservation | None:
        """Return what a reservation still holds, or None."""
        packed = self._reader.get(RESERVATIONS, reservation.encode("utf-8", "surrogatepass"))
        return None if packed is None else decode_reservation(packed)

    def reservations(self) -> Iterator[tuple[str, Reservation]]:
        """Yield every open reservation by id."""
        for key, packed in self._reader.items(RESERVATIONS):
            yield key.decode(), decode_reservation(packed)

    def postings(self, type: str, document: str) -> int:
        """Return how often a document was posted."""
        packed = self._reader.get(DOCUMENTS, document_key(type, document))
        return 0 if packed is None else int.from_bytes(packed, "big")


def _settle_rows(sku: str, owner: str, rows: list[Balance]) -> Settled:
    sold = [row for row in rows if row.location.partition(":")[0] == CUSTOMER]
    held = [row for row in rows if row.location and is_held(row.location)]
    return Settled(
        sku,
        owner,
        sum(row.on_hand_milli for row in sold),
        sum(row.value_minor for row in sold),
        sum(row.on_hand_milli for row in held),
        sum(row.value_minor for row in held),
    )


def settle(moves: Iterable[StockMove]) -> list[Settled]:
    """Return what the moves of a period sold of each owner's goods, by owner and SKU.

    Goods that came back count against what was sold. ``on_hand_milli`` and ``value_minor`` are the
    change of what is in our hands.
    """
    sums: dict[tuple[str, str], list[int]] = {}
    for move in moves:
        total = sums.setdefault((move.owner, move.sku), [0, 0, 0, 0])
        sold = _is_customer(move.target) - _is_customer(move.source)
        kept = is_held(move.target) - is_held(move.source)
        amounts = (move.quantity_milli, move.cost_minor)
        for place, sign, amount in zip(
            range(4), (sold, sold, kept, kept), amounts * 2, strict=True
        ):
            total[place] += sign * amount
    return [Settled(sku, owner, *total) for (owner, sku), total in sorted(sums.items())]


def _is_customer(location: str) -> bool:
    return location.partition(":")[0] == CUSTOMER
