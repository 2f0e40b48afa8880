"""The smallest cart for findings that come from the rules alone."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from cashwrap.promotions.lint.carts import united, units_of
from cashwrap.promotions.lint.model import Finding
from cashwrap.promotions.lint.price import Pricer, Tried
from cashwrap.promotions.lint.search import Search
from cashwrap.promotions.lint.when import occasion_for
from cashwrap.promotions.model import Occasion
from cashwrap.promotions.rules import Rule

ONE_OF_TWO = ("dead.dominated", "dead.duplicate", "dead.shadowed")
OF_ONE = ("steps.less", "steps.capped", "loophole.all_free", "loophole.dearest")
Seen = tuple[Tried, Occasion]


def with_cart(
    finding: Finding, search: Search, pricer: Pricer, rules: Mapping[str, Rule], usual: Occasion
) -> Finding:
    """Return the finding with a cart that shows it, where the search came upon one."""
    named = [rules[name] for name in finding.rules]
    if finding.code in OF_ONE:
        seen = _smallest([row for row in _tried(search, pricer, named[0]) if _gave(row, named[0])])
    elif finding.code in ONE_OF_TWO:
        seen = _smallest([row for row in _tried(search, pricer, named[0]) if _gave(row, named[1])])
    elif finding.code.startswith("conflict."):
        seen = _both(named, search, pricer, usual)
    else:
        seen = None
    if seen is None:
        return finding
    return replace(finding, carts=(pricer.shown(seen[0]),), occasion=seen[1])


def _tried(search: Search, pricer: Pricer, rule: Rule) -> list[Seen]:
    rows = search.tried.get(rule.id, ())
    return [(pricer.price(cart, occasion), occasion) for cart, occasion in rows]


def _gave(row: Seen, rule: Rule) -> bool:
    return rule.id in row[0].rules


def _smallest(rows: Sequence[Seen]) -> Seen | None:
    """Return the cart with the fewest units, of these the one with the greatest saving."""
    return min(
        rows,
        key=lambda row: (units_of(row[0].cart), -row[0].saving_minor, row[0].cart),
        default=None,
    )


def _both(named: Sequence[Rule], search: Search, pricer: Pricer, usual: Occasion) -> Seen | None:
    """Return the goods of two carts, in each of which one of the rules gave something."""
    occasion = occasion_for(named, usual)
    alone = [
        _smallest([row for row in _tried(search, pricer, rule) if _gave(row, rule)])
        for rule in named
    ]
    if occasion is None or None in alone:
        return None
    pricer.extend(1)
    cart = united(*(seen[0].cart for seen in alone if seen is not None))
    return pricer.price(cart, occasion), occasion
