"""A completed sale as a return looks at it."""

from cashwrap.promotions.returns.model import Sold
from cashwrap.promotions.rules import RuleSet
from cashwrap.sale.events import SaleCompleted


def sold(sale: SaleCompleted, rules: RuleSet | None = None) -> Sold:
    """Return what `cashwrap.promotions.returns.decide_return` needs of a sale.

    ``rules`` is the rule set of its proof (`promotions.projection.rules_of`), if it has one. A
    set meal goes back whole, under its own line; where rules look at its parts, part by part.
    """
    proof = sale.priced.proof
    seen = {line.line for line in proof.lines} if proof is not None else set()
    parts = tuple(
        (line.line, line.parent) for line in sale.lines if line.parent and line.line not in seen
    )
    held = {line for line, _ in parts}
    split = {line.parent for line in sale.lines if line.parent and line.line in seen}
    quantities = [
        (line.line, line.quantity_milli)
        for line in sale.lines
        if line.line not in held and line.line not in split
    ]
    quantities += [(-1 - position, 1) for position in range(len(sale.priced.fees))]
    return Sold(sale.sale, sale.priced, tuple(quantities), proof, rules or RuleSet(), parts)
