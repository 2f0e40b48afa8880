"""The stock ledger in plain Python: dictionaries, unbounded integers, no packing."""

from collections.abc import Iterable

from cashwrap.money import INT64_MAX, INT64_MIN
from cashwrap.stock.moves import StockMove

HELD = ("store", "warehouse", "transit")
Place = tuple[str, str, str]


class Ledger:
    """One SKU: [expires, arrival, on hand, reserved, value] by (location, lot, owner)."""

    def __init__(self) -> None:
        self.arrivals = 0
        self.rows: dict[Place, list[int]] = {}

    def fold(self, moves: Iterable[StockMove]) -> None:
        for move in moves:
            self._side(move, move.source, -1)
            self._side(move, move.target, 1)

    def _side(self, move: StockMove, location: str, sign: int) -> None:
        held = location.split(":")[0] in HELD
        place = (location, move.lot if held else "", move.owner)
        row = self._row(place, move.expires if held else 0)
        before = (row[2], row[4])
        self._add(row, 2, sign * move.quantity_milli)
        self._add(row, 4, sign * move.cost_minor)
        after = (row[2], row[4])
        self._drop_if_zero(place)
        on_hand, value = before if sign < 0 else after
        if held and on_hand > 0:
            last = self._row(("", "", move.owner), 0)
            last[2], last[4] = on_hand, value

    def hold(self, place: Place, by_milli: int) -> None:
        row = self._row(place, 0)
        self._add(row, 3, by_milli)
        if row[3] < 0:
            raise ValueError
        self._drop_if_zero(place)

    def _row(self, place: Place, expires: int) -> list[int]:
        if place not in self.rows:
            self.arrivals += 1
            self.rows[place] = [expires, self.arrivals, 0, 0, 0]
        return self.rows[place]

    def _add(self, row: list[int], column: int, by: int) -> None:
        row[column] += by
        if not INT64_MIN <= row[column] <= INT64_MAX or by == -INT64_MIN:
            raise OverflowError

    def _drop_if_zero(self, place: Place) -> None:
        if self.rows[place][2:] == [0, 0, 0]:
            del self.rows[place]

    def sorted(self) -> list[tuple[str | int, ...]]:
        """Rows as the packed record has them: in byte order of the place."""
        keyed = sorted(self.rows.items(), key=lambda item: [part.encode() for part in item[0]])
        return [(*place, *row) for place, row in keyed]
