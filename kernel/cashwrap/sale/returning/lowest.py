"""The lowest price of late at which a till sold goods that come back without a receipt."""

from cashwrap.money import MILLI, div_round
from cashwrap.sale.edits import Goods
from cashwrap.sale.events import SaleCompleted, SoldLine
from cashwrap.store.store import Store

OLDER_MAX = 1_000  # sales in a row; fewer may be those of a clock that was wrong for a while


def lowest_minor(store: Store, goods: Goods, since_ms: int) -> int | None:
    """Return the lowest unit price that these goods were sold for since a moment, or None.

    It is what was left of the price after all discounts, before tax that was added on top, rounded
    down. Only the journal that is here is looked at, from its end back.
    """
    mark, lowest, older = goods.sku.encode(), None, 0
    seq = store.head.seq
    while (record := store.journal.get(seq)) is not None:
        seq -= 1
        envelope = record.envelope
        if envelope.kind != SaleCompleted.kind:
            continue
        if envelope.wall_ms < since_ms:
            older += 1
            if older > OLDER_MAX:
                break
            continue
        older = 0
        if mark not in bytes(envelope.body):
            continue
        sale = record.body()
        assert isinstance(sale, SaleCompleted)
        for unit_minor in _unit_prices(sale, goods):
            lowest = unit_minor if lowest is None else min(lowest, unit_minor)
    return lowest


def _unit_prices(sale: SaleCompleted, goods: Goods) -> list[int]:
    if sale.training:
        return []
    left = {each.line: each.gross_minor - each.discount_minor for each in sale.priced.lines}
    return [
        div_round(left[line.line] * MILLI, line.quantity_milli, "down")
        for line in sale.lines
        if _same(line, goods) and line.line in left
    ]


def _same(line: SoldLine, goods: Goods) -> bool:
    """Return whether a line is of the same goods in the same unit, by itself."""
    same = line.sku == goods.sku and line.unit == goods.unit
    return same and line.modifiers == goods.modifiers and not line.parent
