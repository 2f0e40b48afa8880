"""Money off after the sale for goods that stay, which goes back as the goods come back."""

from collections.abc import Iterable, Mapping

from cashwrap.promotions.returns.model import Adjusted, Sold
from cashwrap_native.allocate import refund_share

ADJUSTED = "price_adjustment"
"""The rule in the cells of an answer that stands for it."""


def still_adjusted(
    sold: Sold, back: Mapping[int, int], given: Iterable[Adjusted]
) -> dict[tuple[int, str], int]:
    """Return what of it stays with the goods that stay, as cells: below zero, by line.

    What came back before it was given does not share in it; the rest does by quantity, so that any
    split of a return takes exactly all of it back.
    """
    quantities = dict(sold.quantities)
    cells: dict[tuple[int, str], int] = {}
    for one in given:
        before_milli = quantities[one.line] - one.kept_milli
        since_milli = max(0, back.get(one.line, 0) - before_milli)
        gone_minor = refund_share(one.minor, one.kept_milli, 0, since_milli)
        place = one.line, ADJUSTED
        cells[place] = cells.get(place, 0) - one.minor + gone_minor
    return cells
