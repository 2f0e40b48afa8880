"""The strategies that `cashwrap.testing.promotions` offers to authors of rules and plugins."""

from hypothesis import Phase, find, given, settings
from reference.promotions import best

from cashwrap.promotions.files import checks
from cashwrap.promotions.model import Goods
from cashwrap.testing.promotions import Case, baskets, cases


@settings(max_examples=100)
@given(cases())
def test_rule_sets_could_be_published(case: Case) -> None:
    """No strategy makes a rule set that a shop could not put in force."""
    assert checks.faults(case.rules, "set") == []


@settings(max_examples=50)
@given(cases(units=5))
def test_carts_are_no_larger_than_asked_for(case: Case) -> None:
    """``units`` bounds the units of a cart; lines are numbered from 1."""
    assert 1 <= sum(line.units for line in case.lines) <= 5
    assert [line.line for line in case.lines] == list(range(1, len(case.lines) + 1))


def test_a_cart_shrinks_to_one_cheap_unit() -> None:
    """What is not needed to show a fault is not in the example."""
    (line,) = find(
        baskets(),
        lambda lines: lines[0].unit_minor > 0,
        settings=settings(database=None, derandomize=True),
    )
    assert (line.goods, line.unit_minor, line.units) == (Goods("A", "famY", ("food",)), 100, 1)


def test_rules_that_share_a_cart_are_found() -> None:
    """Two rules of the item layer that both give something stand in an example soon."""
    quick = settings(database=None, derandomize=True, phases=[Phase.generate], max_examples=1_000)
    case = find(cases(units=5, rules=4), lambda case: len(best(*case).served) == 2, settings=quick)
    assert {rule.layer for rule in case.rules.rules} >= {"item"}
