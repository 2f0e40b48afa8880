"""Does a stored result add up? Plain sums over what was stored, apart from the engine."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from cashwrap.errors import Issue
from cashwrap.pricing.model import Allocation, Priced, PricedLine


def recheck(priced: Priced) -> list[Issue]:
    """Return every inner sum of a stored result that is wrong; none for a sound one."""
    faults = [*_totals(priced), *_lines(priced), *_taxes(priced), *_rules(priced)]
    return [Issue(where, "pricing.unsound", why) for where, why in faults]


def _differ(where: str, what: str, stored: int, summed: int) -> Iterator[tuple[str, str]]:
    if stored != summed:
        yield where, f"{what} is stored as {stored}, but the parts add up to {summed}"


def _totals(priced: Priced) -> Iterator[tuple[str, str]]:
    t = priced.totals
    due = t.list_minor - t.discount_minor + t.fees_minor + t.tax_added_minor + t.rounding_minor
    off = _by_line(a for a in priced.allocations if a.rule != "rounding")
    rounding = -sum(a.minor for a in priced.allocations if a.rule == "rounding")
    tax = sum(line.tax_minor for line in priced.lines) + sum(f.tax_minor for f in priced.fees)
    yield from _differ("totals", "payable", t.payable_minor, due)
    yield from _differ("totals", "list", t.list_minor, sum(x.gross_minor for x in priced.lines))
    yield from _differ("totals", "discount", t.discount_minor, sum(off.values()))
    yield from _differ("totals", "fees", t.fees_minor, sum(f.amount_minor for f in priced.fees))
    yield from _differ("totals", "tax", t.tax_minor, tax)
    yield from _differ("totals", "rounding", t.rounding_minor, rounding)


def _lines(priced: Priced) -> Iterator[tuple[str, str]]:
    off = _by_line(a for a in priced.allocations if a.rule != "rounding")
    known = {line.line for line in priced.lines} | {-1 - i for i in range(len(priced.fees))}
    for line in priced.lines:
        where = f"line {line.line}"
        yield from _differ(where, "discount", line.discount_minor, off[line.line])
        yield from _differ(where, "payable", line.payable_minor, line.net_minor + line.tax_minor)
        if _beyond(line):
            yield where, f"the discount {line.discount_minor} is not within {line.gross_minor}"
    for number in sorted(off.keys() - known):
        yield f"line {number}", "has a discount, but is not there"


def _beyond(line: PricedLine) -> bool:
    low, high = sorted((0, line.gross_minor))
    return not low <= line.discount_minor <= high


def _taxes(priced: Priced) -> Iterator[tuple[str, str]]:
    tax: dict[int, int] = defaultdict(int)
    for row in priced.taxes:
        tax[row.line] += row.tax_minor
    for line in priced.lines:
        yield from _differ(f"line {line.line}", "tax", line.tax_minor, tax.pop(line.line, 0))
    for position, fee in enumerate(priced.fees):
        yield from _differ(f"fee {fee.id}", "tax", fee.tax_minor, tax.pop(-1 - position, 0))
    for number in sorted(tax):
        yield f"line {number}", "has a tax, but is not there"


def _rules(priced: Priced) -> Iterator[tuple[str, str]]:
    cells: dict[str, int] = defaultdict(int)
    for cell in priced.allocations:
        cells[cell.rule] += cell.minor
    for applied in priced.applied:
        granted = cells[applied.rule]
        yield from _differ(f"rule {applied.rule}", "granted", applied.granted_minor, granted)


def _by_line(cells: Iterable[Allocation]) -> dict[int, int]:
    off: dict[int, int] = defaultdict(int)
    for cell in cells:
        off[cell.line] += cell.minor
    return off
