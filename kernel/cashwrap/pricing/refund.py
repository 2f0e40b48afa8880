"""What goes back for part of a line: from the stored result alone, exact over any split."""

import msgspec

from cashwrap.errors import AmountOverflow
from cashwrap.pricing.errors import LineRefused
from cashwrap.pricing.model import Allocation, Priced, TaxAmount
from cashwrap_native.allocate import refund_share


class LineRefund(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One part of a line given back, minor units, all of the sign of the sale.

    ``payable`` includes the line's share of the rounding; ``net`` = ``payable`` - ``tax`` -
    that share. ``discounts`` and ``taxes`` are the cells and rows given back with it.
    """

    line: int
    payable_minor: int
    net_minor: int
    tax_minor: int
    discounts: tuple[Allocation, ...]
    taxes: tuple[TaxAmount, ...]


def refund_line(
    priced: Priced, line: int, quantity_milli: int, before_milli: int, now_milli: int
) -> LineRefund:
    """Return what giving back ``now_milli`` of a line comes to, after ``before_milli`` earlier.

    Each figure is round(cumulative) - already given back, so the parts of any split add up to
    what was paid. A fee goes back whole: its line is -(position + 1) and its quantity 1.
    Raises LineRefused for a line that is not in the result or more than was sold.
    """

    def part(minor: int) -> int:
        return refund_share(minor, quantity_milli, before_milli, now_milli)

    try:
        cells = [c for c in priced.allocations if c.line == line]
        back = tuple(Allocation(line, c.rule, part(c.minor)) for c in cells)
        rows = [t for t in priced.taxes if t.line == line]
        taxes = tuple(
            msgspec.structs.replace(t, base_minor=part(t.base_minor), tax_minor=part(t.tax_minor))
            for t in rows
        )
        due = part(_payable(priced, line))
    except ValueError as why:
        raise LineRefused(line, str(why)) from None
    except OverflowError as why:
        raise AmountOverflow(str(why)) from None
    rounding = sum(cell.minor for cell in back if cell.rule == "rounding")
    tax = sum(row.tax_minor for row in taxes)
    return LineRefund(line, due - rounding, due - tax, tax, back, taxes)


def _payable(priced: Priced, line: int) -> int:
    for row in priced.lines:
        if row.line == line:
            return row.payable_minor
    if line < 0 and -line <= len(priced.fees):
        taxes = [t for t in priced.taxes if t.line == line]
        fee = priced.fees[-1 - line]
        if taxes:
            return taxes[0].base_minor + fee.tax_minor
        off = [c.minor for c in priced.allocations if c.line == line and c.rule != "rounding"]
        return fee.amount_minor - sum(off)
    raise LineRefused(line, "is not in the result")
