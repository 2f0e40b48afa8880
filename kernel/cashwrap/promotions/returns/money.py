"""What all that has come back of a sale comes to, line by line: payable, discounts and taxes."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.money import PPM, div_round
from cashwrap.pricing.model import PricedLine, TaxAmount
from cashwrap.promotions.returns.model import Sold
from cashwrap_native.allocate import allocate, refund_share


class LineSum(NamedTuple):
    """Of one line (or a fee) all that goes back, also where only its discount does."""

    line: int
    payable_minor: int
    cells: tuple[tuple[str, int], ...]
    taxes: tuple[TaxAmount, ...]


def line_sums(
    sold: Sold, back: Mapping[int, int], discounts: Mapping[tuple[int, str], int]
) -> list[LineSum]:
    """Return what goes back of every line, given the discounts that rules take back by line.

    What a rule takes back beyond the line's plain share (or leaves) moves the payable and its
    taxes by as much.
    """
    quantities, off = _by_priced_line(sold, back, discounts)
    lines = [_line_sum(sold, line, quantities[line.line], off) for line in sold.priced.lines]
    fees = [
        _fee_sum(sold, -1 - position, back.get(-1 - position, 0))
        for position in range(len(sold.priced.fees))
    ]
    return [*lines, *fees]


Off = dict[tuple[int, str], int]
Share = tuple[int, int]
"""How much of a line's quantity has come back, and how much there was."""


def _by_priced_line(
    sold: Sold, back: Mapping[int, int], discounts: Mapping[tuple[int, str], int]
) -> tuple[dict[int, Share], Off]:
    """Bring quantities and discounts of set meals to the lines of their parts."""
    sale, parts = dict(sold.quantities), dict(sold.parts)
    shares: dict[int, Share] = {}
    of_meal: dict[int, list[PricedLine]] = {}
    for line in sold.priced.lines:
        seen = parts.get(line.line, line.line)
        shares[line.line] = (back.get(seen, 0), sale.get(seen, 1))
        of_meal.setdefault(seen, []).append(line)
    off: Off = {}
    for (number, rule), minor in discounts.items():
        mine = of_meal.get(number, [])
        weights = [line.gross_minor for line in mine]
        stored = [_cell(sold, line.line, rule) for line in mine]
        if minor == sum(stored):
            weights = stored  # the whole of it: exactly as it was given
        for line, share in zip(mine, allocate(minor, weights), strict=True):
            off[line.line, rule] = share
    return shares, off


def _cell(sold: Sold, line: int, rule: str) -> int:
    return sum(c.minor for c in sold.priced.allocations if c.line == line and c.rule == rule)


def _line_sum(sold: Sold, line: PricedLine, share: Share, off: Off) -> LineSum:
    back, sale = share

    def part(minor: int) -> int:
        return refund_share(minor, sale, 0, back)

    plain = {c.rule: part(c.minor) for c in sold.priced.allocations if c.line == line.line}
    cells = dict(plain)
    for (number, rule), minor in off.items():
        if number == line.line:
            cells[rule] = minor
    more = sum(cells.values()) - sum(plain.values())  # discount taken back beyond the plain share
    left = line.gross_minor - line.discount_minor
    rows = [row for row in sold.priced.taxes if row.line == line.line]
    of_more = [_tax_of(row, more, left) for row in rows]
    inside = sum(tax for row, tax in zip(rows, of_more, strict=True) if row.included)
    taxes = [
        replace(
            row,
            base_minor=part(row.base_minor) - more + inside,
            tax_minor=part(row.tax_minor) - tax,
        )
        for row, tax in zip(rows, of_more, strict=True)
    ]
    added = sum(of_more) - inside
    payable = part(line.payable_minor) - plain.get("rounding", 0) - more - added
    return LineSum(line.line, payable, tuple(sorted(cells.items())), tuple(taxes))


def _tax_of(row: TaxAmount, minor: int, left: int) -> int:
    """Return the tax in (or on) an amount of a line, in the proportion of the line's own."""
    if left > 0:
        return div_round(minor * row.tax_minor, left, "half_up")
    whole = PPM + row.rate_ppm if row.included else PPM
    return div_round(minor * row.rate_ppm, whole, "half_up")


def _fee_sum(sold: Sold, line: int, back: int) -> LineSum:
    """Return a fee, which goes back whole or not at all."""
    cells = [c for c in sold.priced.allocations if c.line == line] if back else []
    taxes = [row for row in sold.priced.taxes if row.line == line] if back else []
    fee = sold.priced.fees[-1 - line]
    payable = fee.amount_minor - sum(c.minor for c in cells)
    payable += sum(row.tax_minor for row in taxes if not row.included)
    rows = tuple((cell.rule, cell.minor) for cell in cells)
    return LineSum(line, payable if back else 0, rows, tuple(taxes))
