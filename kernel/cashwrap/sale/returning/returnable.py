"""What of a finished sale can still come back, for a screen on which a clerk chooses."""

import msgspec

from cashwrap.promotions.returns.decide import quantities_back
from cashwrap.sale.returning.deciding import fees_in_order
from cashwrap.sale.returning.original import Original


class ReturnableLine(msgspec.Struct, frozen=True):
    """One line of a receipt: how much was sold, and how much of it is left with the customer.

    A fee's ``line`` is -(its position + 1); its quantities are 1 and 0, and so is what `take_back`
    takes of it. ``weighed``: any part may come back, not whole pieces alone.
    """

    line: int
    sku: str
    name: str
    unit: str
    sold_milli: int
    left_milli: int
    weighed: bool = False


class Returnable(msgspec.Struct, frozen=True):
    """A receipt whose goods may come back. ``late`` says that it needs an approval by its age."""

    sale: str
    number: int
    day: int
    lines: tuple[ReturnableLine, ...]
    late: bool = False
    voided_by: int = 0


def returnable(original: Original, *, late: bool) -> Returnable:
    """Return what is left of a sale, line by line, goods before fees."""
    sale = original.sale
    back = quantities_back(original.earlier)
    names = fees_in_order(original)
    rows = []
    for line, sold_milli in original.sold.quantities:
        left_milli = sold_milli - back.get(line, 0)
        if line < 0:
            rows.append(ReturnableLine(line, "", names[-1 - line], "", sold_milli, left_milli))
            continue
        was, weighed = original.lines[line], line in original.weighed
        rows.append(
            ReturnableLine(line, was.sku, was.name, was.unit, sold_milli, left_milli, weighed)
        )
    return Returnable(sale.sale, sale.number, sale.day, tuple(rows), late, original.voided_by)
