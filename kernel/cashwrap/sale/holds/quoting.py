"""What a sale comes to, line by line and promotion by promotion, and how two such quotes differ."""

from collections.abc import Mapping

from cashwrap.sale.cart import Cart
from cashwrap.sale.holds.model import LineChange, Quoted, QuotedLine, RuleChange


def quoted(cart: Cart) -> Quoted:
    """Return what the customer is told of a cart as it stands."""
    pricing = cart.pricing
    lines = tuple(
        QuotedLine(
            line.number,
            line.goods.sku,
            line.goods.name,
            line.quantity_milli,
            "each" if line.goods.book == "code" else line.goods.unit,  # a labelled pack is one
            pricing.line(line.number).payable_minor,
        )
        for line in cart.lines.values()
        if not line.parent
    )
    return Quoted(cart.totals, lines, tuple(_rules(cart).items()))


def line_changes(before: Quoted, after: Quoted) -> tuple[LineChange, ...]:
    """Return the lines that cost something else than before."""
    was = {line.line: line.payable_minor for line in before.lines}
    return tuple(
        LineChange(line.line, line.sku, line.name, was[line.line], line.payable_minor)
        for line in after.lines
        if was.get(line.line, line.payable_minor) != line.payable_minor
    )


def rule_changes(before: Quoted, after: Quoted) -> tuple[RuleChange, ...]:
    """Return the promotions that take something else off than before, in order of their ids."""
    was, now = dict(before.rules), dict(after.rules)
    found = (RuleChange(rule, was.get(rule, 0), now.get(rule, 0)) for rule in sorted(was | now))
    return tuple(each for each in found if each.before_minor != each.after_minor)


def _rules(cart: Cart) -> Mapping[str, int]:
    if cart.promoting is None:
        return {}
    sums: dict[str, int] = {}
    for rule, _, cells in cart.promoting.solution.cells:
        sums[rule] = sums.get(rule, 0) + sum(minor for _, minor in cells)
    return sums
