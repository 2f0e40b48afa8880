"""The one kind of entry in the stock ledger, and the places it moves between.

A location is a kind, or a kind and a name: ``store:S001``, ``warehouse:W1``, ``transit:T-17``,
``supplier:ACME``, ``customer``, ``loss:expired``, ``production``. Goods in a store, a warehouse or
in transit are *held*; the other kinds stand for where goods come from and go to.
"""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from cashwrap.errors import AmountOverflow, whole
from cashwrap.money import INT64_MAX, INT64_MIN
from cashwrap.stock.errors import MoveRefused, UnknownLocation

HELD = frozenset({"store", "warehouse", "transit"})
OUTSIDE = frozenset({"supplier", "customer", "loss", "production"})
OWNERS = frozenset({"consignment", "platform"})
CUSTOMER, LOSS, PRODUCTION = "customer", "loss", "production"
_TEXT_BYTES_MAX, _SKU_BYTES_MAX = 255, 511


class StockMove(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """``quantity_milli`` (> 0, thousandths of its unit) of a SKU, from ``source`` to ``target``.

    ``cost_minor`` is the value that moves with it (total, minor units), fixed when the move is
    decided. ``owner`` is "" for own goods, else "consignment:NAME" or "platform:NAME".
    ``expires`` is yyyymmdd or 0. ``line`` is the sale line that caused the move, or 0.
    """

    sku: str
    quantity_milli: int
    source: str
    target: str
    cost_minor: int = 0
    line: int = 0
    lot: str = ""
    expires: int = 0
    owner: str = ""


def text_bytes(text: str) -> int:
    """Return how many bytes a text takes. Raises MoveRefused for half a surrogate pair."""
    try:
        return len(text.encode())
    except (UnicodeEncodeError, AttributeError):
        raise MoveRefused(f"{text!r:.60} is no text that can be stored: write it anew") from None


@lru_cache(maxsize=4096)
def is_held(location: str) -> bool:
    """Return whether goods at a location are in our hands. Raises UnknownLocation."""
    size = text_bytes(location)
    kind, colon, name = location.partition(":")
    if (colon and not name) or size > _TEXT_BYTES_MAX:
        raise UnknownLocation(location)
    if kind not in HELD and kind not in OUTSIDE:
        raise UnknownLocation(location)
    return kind in HELD


@lru_cache(maxsize=4096)
def check_owner(owner: str) -> None:
    """Raise MoveRefused unless ``owner`` is "", consignment:NAME or platform:NAME."""
    size = text_bytes(owner)
    kind, _, name = owner.partition(":")
    if owner and (kind not in OWNERS or not name or size > _TEXT_BYTES_MAX):
        raise MoveRefused(f"owner {owner[:60]!r} is not consignment:NAME, platform:NAME or empty")


def check_quantity(sku: str, quantity_milli: int) -> None:
    """Raise MoveRefused unless a quantity is above zero, AmountOverflow beyond int64."""
    if whole(quantity_milli, "a quantity in thousandths") <= 0:
        raise MoveRefused(f"{sku[:60]}: quantity {quantity_milli} is not above zero")
    if quantity_milli > INT64_MAX:
        raise AmountOverflow(f"{sku[:60]}: quantity {quantity_milli} does not fit in 64 bits")


def check_moves(moves: Iterable[StockMove]) -> None:
    """Raise MoveRefused (or AmountOverflow) at the first move that the ledger cannot hold."""
    for move in moves:
        text_bytes(move.sku)
        check_quantity(move.sku, move.quantity_milli)
        is_held(move.source), is_held(move.target)
        check_owner(move.owner)
        if not move.sku or text_bytes(move.sku) > _SKU_BYTES_MAX:
            raise MoveRefused(f"SKU {move.sku[:60]!r} is empty or over {_SKU_BYTES_MAX} bytes")
        if text_bytes(move.lot) > _TEXT_BYTES_MAX:
            raise MoveRefused(f"{move.sku[:60]}: lot is longer than {_TEXT_BYTES_MAX} bytes")
        if move.expires and not _is_date(move.expires):
            raise MoveRefused(f"{move.sku[:60]}: {move.expires} is not a date like 20261231")
        if not INT64_MIN < whole(move.cost_minor, "a cost") <= INT64_MAX:
            raise AmountOverflow(f"{move.sku[:60]}: cost {move.cost_minor} does not fit in 64 bits")


def _is_date(yyyymmdd: int) -> bool:
    year, month, day = yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100
    return 1900 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31


def cost_of(moves: Iterable[StockMove]) -> int:
    """Return what left our hands less what came back, at cost, minor units."""
    return sum(move.cost_minor * (is_held(move.source) - is_held(move.target)) for move in moves)


def margin(net_minor: int, moves: Iterable[StockMove]) -> int:
    """Return the net proceeds less the cost of the goods, recipe waste included."""
    return net_minor - cost_of(moves)
