"""The balances that a decision works on: read once for each SKU, changed as moves are decided."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from cashwrap.money import INT64_MAX, checked, div_round
from cashwrap.stock.errors import InsufficientStock, MoveRefused
from cashwrap.stock.events import StockHold
from cashwrap.stock.moves import CUSTOMER, LOSS, StockMove, check_moves, check_quantity, is_held
from cashwrap.stock.view import Balance, Stock

Negative = Literal["allow", "warn", "refuse"]
LotOrder = Literal["fefo", "fifo"]
OwnerOrder = Literal["own_first", "consigned_first"]
_NO_DATE = 99_999_999
_OWNER_ORDER = {
    "own_first": ("", "consignment", "platform"),
    "consigned_first": ("consignment", "", "platform"),
}


class DrawPolicy(msgspec.Struct, frozen=True):
    """Where goods are drawn from and in which order, and what happens when the books have less.

    Locations come first, in their order; then owners; then lots. ``fefo`` takes the lot that
    expires first, ``fifo`` the one that arrived first. Lots that expired before ``today``
    (yyyymmdd, 0: do not look) come last, and are not drawn at all under ``refuse``.
    ``owner`` limits the draw to one owner's goods.
    """

    locations: tuple[str, ...]
    negative: Negative = "allow"
    lots: LotOrder = "fefo"
    owners: OwnerOrder = "own_first"
    today: int = 0
    owner: str | None = None

    def __post_init__(self) -> None:
        """Refuse places that hold no goods of ours (MoveRefused, UnknownLocation)."""
        if not self.locations:
            raise MoveRefused("there is no location to draw from: name a store or a warehouse")
        for location in self.locations:
            if not is_held(location):
                raise MoveRefused(f"{location} holds no goods of ours: name a store or a warehouse")


class Shortage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A draw that went beyond what was available: the goods were in hand, not in the books."""

    line: int
    sku: str
    have_milli: int
    want_milli: int


class Book:
    """Working balances over a view, and the moves decided so far.

    Every cost is taken from the working balance at the moment of its move, so a quantity drawn in
    any number of parts costs what it would cost at once, and the last part leaves no value behind.
    """

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.moves: list[StockMove] = []
        self.shortages: list[Shortage] = []
        self._rows: dict[str, list[Balance]] = {}
        self._plain: dict[str, StockMove] = {}  # drawn without reading the balances apart

    def rows(self, sku: str) -> list[Balance]:
        """Return the working balances of a SKU, last known costs (location "") included."""
        rows = self._rows.get(sku)
        if rows is None:
            rows = self._rows[sku] = self.stock.rows(sku)
            if (drawn := self._plain.pop(sku, None)) is not None:
                self._leave(drawn, self.row(sku, drawn.source, drawn.lot, drawn.owner))
        return rows

    def row(self, sku: str, location: str, lot: str, owner: str, expires: int = 0) -> Balance:
        """Return one working balance, at zero when there was none."""
        rows = self.rows(sku)
        for row in rows:
            if row.location == location and row.lot == lot and row.owner == owner:
                return row
        made = Balance(location, lot, owner, expires, 2**62 + len(rows), 0, 0, 0)
        rows.append(made)
        return made

    def add(self, move: StockMove) -> None:
        """Take a decided move into the working balances. Raises AmountOverflow."""
        if is_held(move.source):
            row = self.row(move.sku, move.source, move.lot, move.owner)
            self._remember(move.sku, row)
            self._shift(row, -move.quantity_milli, -move.cost_minor)
        if is_held(move.target):
            row = self.row(move.sku, move.target, move.lot, move.owner, move.expires)
            self._shift(row, move.quantity_milli, move.cost_minor)
            self._remember(move.sku, row)
        self.moves.append(move)

    def release(self, holds: Iterable[StockHold]) -> None:
        """Take promises off the working balances, so that their goods may be drawn."""
        for hold in holds:
            row = self.row(hold.sku, hold.location, hold.lot, hold.owner)
            row.reserved_milli -= hold.quantity_milli

    def available(self, sku: str, policy: DrawPolicy, lot: str = "") -> int:
        """Return what a policy may draw: on hand less what is promised, never below zero.

        What was drawn before it was booked counts against what is there.
        """
        have = promised = 0
        for row in self.rows(sku):
            if row.location in policy.locations and policy.owner in (None, row.owner):
                promised += row.reserved_milli
                if (not lot or row.lot == lot) and not _held_back(row, policy):
                    have += row.on_hand_milli
        return max(have - promised, 0)

    def draw(
        self,
        sku: str,
        quantity_milli: int,
        policy: DrawPolicy,
        target: str = CUSTOMER,
        line: int = 0,
        lot: str = "",
        expires: int = 0,
    ) -> None:
        """Decide the moves that take a quantity out of stock, each at its balance's average cost.

        What the books do not have is drawn all the same from the first location at the last
        known cost, unless the policy refuses. Raises InsufficientStock, MoveRefused.
        """
        if type(quantity_milli) is not int or not 0 < quantity_milli <= INT64_MAX:
            check_quantity(sku, quantity_milli)
        if policy.negative == "refuse":
            self.require(sku, quantity_milli, policy, lot)
        elif policy.negative == "warn":
            self._note_shortage(sku, quantity_milli, policy, line, lot)
        elif not lot and target == CUSTOMER and self._draw_plain(sku, quantity_milli, policy, line):
            return
        left_milli = quantity_milli
        for row in self._choices(sku, policy, lot):
            whole_milli = row.on_hand_milli
            part_milli = left_milli if left_milli < whole_milli else whole_milli
            cost_minor = share(row.value_minor, part_milli, whole_milli)
            self._take(sku, part_milli, row, target, cost_minor, line)
            left_milli -= part_milli
            if not left_milli:
                return
        last = self._last_cost(sku, policy.owner)
        row = self.row(sku, policy.locations[0], lot, last.owner, expires)
        cost_minor = share(last.value_minor, left_milli, last.on_hand_milli)
        self._take(sku, left_milli, row, target, cost_minor, line)
        check_moves(self.moves[-1:])  # the only move of a draw that names what no record holds

    def _draw_plain(self, sku: str, quantity_milli: int, policy: DrawPolicy, line: int) -> bool:
        """Decide a draw that leaves nothing to choose, the usual case, in compiled code."""
        if policy.owner is not None or len(policy.locations) != 1:
            return False
        if sku in self._rows or sku in self._plain:
            return False
        location = policy.locations[0]
        found = self.stock.plain_draw(sku, location, quantity_milli)
        if found is None:
            return False
        cost_minor, lot, expires, owner = found
        move = StockMove(
            sku, quantity_milli, location, CUSTOMER, cost_minor, line, lot, expires, owner
        )
        if not cost_minor:
            check_moves((move,))  # perhaps the first that the ledger hears of this SKU
        self._plain[sku] = move
        self.moves.append(move)
        return True

    def require(self, sku: str, want_milli: int, policy: DrawPolicy, lot: str = "") -> None:
        """Raise InsufficientStock when a policy may draw less than is wanted."""
        have_milli = self.available(sku, policy, lot)
        if have_milli < want_milli:
            raise InsufficientStock(sku, have_milli, want_milli)

    def _note_shortage(
        self, sku: str, want_milli: int, policy: DrawPolicy, line: int, lot: str
    ) -> None:
        have_milli = self.available(sku, policy, lot)
        if have_milli < want_milli:
            self.shortages.append(Shortage(line, sku, have_milli, want_milli))

    def _choices(self, sku: str, policy: DrawPolicy, lot: str) -> list[Balance]:
        owner, locations = policy.owner, policy.locations
        rows = [
            row
            for row in self.rows(sku)
            if row.on_hand_milli > 0
            and row.location in locations
            and (not lot or row.lot == lot)
            and (owner is None or row.owner == owner)
            and not (row.expires and _held_back(row, policy))
        ]
        if len(rows) > 1:
            rows.sort(key=lambda row: _rank(row, policy))
        return rows

    def _last_cost(self, sku: str, owner: str | None) -> Balance:
        """Return the last known cost: of the owner asked for, else our own, else of any owner."""
        known = [row for row in self.rows(sku) if not row.location and owner in (None, row.owner)]
        return known[0] if known else Balance("", "", owner or "", 0, 0, 1, 0, 0)

    def _take(
        self, sku: str, quantity_milli: int, row: Balance, target: str, cost_minor: int, line: int
    ) -> None:
        move = StockMove(
            sku,
            quantity_milli,
            row.location,
            target,
            cost_minor,
            line,
            row.lot,
            row.expires,
            row.owner,
        )
        if is_held(target):
            self.bring(move)
        else:
            self._leave(move, row)
            self.moves.append(move)

    def find(self, sku: str, quantity_milli: int, location: str, lot: str, owner: str) -> None:
        """Take in goods that turned up, at the average cost of their balance or the last known."""
        check_quantity(sku, quantity_milli)
        row = self.row(sku, location, lot, owner)
        cost = row if row.on_hand_milli > 0 else self._last_cost(sku, owner)
        cost_minor = share(cost.value_minor, quantity_milli, cost.on_hand_milli)
        self.bring(
            StockMove(sku, quantity_milli, LOSS, location, cost_minor, 0, lot, row.expires, owner)
        )

    def bring(self, move: StockMove) -> None:
        """Take goods in, and let them pay back what was drawn there before they were booked.

        A shortage of the same owner at the same location is made good first: its goods come back
        at the cost they left with and leave again at the cost of what came in. The difference
        goes to the customers' account as cost of goods sold.
        """
        short = [
            (row.lot, row.expires, -row.on_hand_milli, -row.value_minor)
            for row in self.rows(move.sku)
            if row.on_hand_milli < 0 and row.location == move.target and row.owner == move.owner
        ]
        self.add(move)
        left_milli, left_minor = move.quantity_milli, move.cost_minor
        for lot, expires, short_milli, short_minor in short:
            milli = min(left_milli, short_milli)
            if not milli:
                return
            old_minor = share(short_minor, milli, short_milli)
            new_minor = share(left_minor, milli, left_milli)
            left_milli, left_minor = left_milli - milli, left_minor - new_minor
            if lot != move.lot or old_minor != new_minor:
                self._exchange(move, milli, (lot, expires, old_minor), new_minor)

    def _exchange(
        self, move: StockMove, milli: int, was: tuple[str, int, int], new_minor: int
    ) -> None:
        lot, expires, old_minor = was
        here, owner = move.target, move.owner
        self.add(StockMove(move.sku, milli, CUSTOMER, here, old_minor, 0, lot, expires, owner))
        self.add(
            StockMove(move.sku, milli, here, CUSTOMER, new_minor, 0, move.lot, move.expires, owner)
        )

    def _leave(self, move: StockMove, row: Balance) -> None:
        """Do as `add` does for a move out of our hands whose balance is at hand."""
        self._remember(move.sku, row)
        self._shift(row, -move.quantity_milli, -move.cost_minor)

    def _remember(self, sku: str, row: Balance) -> None:
        if row.on_hand_milli > 0:
            last = self.row(sku, "", "", row.owner)
            last.on_hand_milli, last.value_minor = row.on_hand_milli, row.value_minor

    @staticmethod
    def _shift(row: Balance, by_milli: int, by_minor: int) -> None:
        on_hand_milli, value_minor = row.on_hand_milli + by_milli, row.value_minor + by_minor
        if not -INT64_MAX <= on_hand_milli <= INT64_MAX >= value_minor >= -INT64_MAX:
            checked(on_hand_milli), checked(value_minor)
        row.on_hand_milli, row.value_minor = on_hand_milli, value_minor


def share(value_minor: int, part_milli: int, whole_milli: int) -> int:
    """Return the value of a part, half up; the whole part is the whole value."""
    if part_milli == whole_milli or not value_minor:
        return value_minor
    return div_round(value_minor * part_milli, whole_milli, "half_up")


def _expired(row: Balance, policy: DrawPolicy) -> bool:
    return 0 < row.expires < policy.today


def _held_back(row: Balance, policy: DrawPolicy) -> bool:
    return policy.negative == "refuse" and _expired(row, policy)


def _rank(row: Balance, policy: DrawPolicy) -> tuple[int, int, bool, int, int]:
    owner = _OWNER_ORDER[policy.owners].index(row.owner.partition(":")[0])
    by_date = (row.expires or _NO_DATE) if policy.lots == "fefo" else 0
    return (
        policy.locations.index(row.location),
        owner,
        _expired(row, policy),
        by_date,
        row.arrival,
    )
