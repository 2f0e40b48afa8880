"""Whatever rules are checked: the check ends, and what it shows is true of the engine's prices."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.lint.check import check_rules
from cashwrap.promotions.lint.cover import Coverage
from cashwrap.promotions.lint.model import Finding, Shelf, ShelfItem, ShownCart
from cashwrap.promotions.lint.shelf import made_up_shelf
from cashwrap.promotions.lint.wider import counts_whenever, gives_no_less
from cashwrap.promotions.model import Goods, Occasion
from cashwrap.promotions.rules import RuleSet
from cashwrap.testing.promotion_rules import SKUS
from cashwrap.testing.promotions import OPENED_MS, rule_sets
from cashwrap.testing.promotions import goods as goods_of

USUAL = Occasion(OPENED_MS, OPENED_MS, store="S1")
PRICES = (333, 500, 777, 1250)
SHELF = Shelf(
    tuple(
        ShelfItem(goods_of(sku), PRICES[at % 4], sku, PRICES[at % 4] * 7 // 10)
        for at, sku in enumerate(SKUS)
    ),
    USUAL,
)


def prices(finding: Finding, rules: RuleSet, shelf: Shelf) -> list[int]:
    """Price the carts of a finding with a fresh engine."""
    assert finding.occasion is not None
    return [price(cart, finding.occasion, rules, shelf) for cart in finding.carts]


def price(cart: ShownCart, occasion: Occasion, rules: RuleSet, shelf: Shelf) -> int:
    basket = PromotionEngine(rules).basket(occasion)
    items = {item.goods.sku: item for item in shelf.items}
    for number, line in enumerate(cart.lines, 1):
        basket.put(items[line.sku].basket_line(number, line.units))
    return basket.solve().payable_minor


def holds(finding: Finding, payable: list[int]) -> bool:
    match finding.code:
        case "inversion.adding_lowers":
            return payable[1] < payable[0]
        case "inversion.order_reversed":
            return payable[0] < payable[1] and payable[2] > payable[3]
        case "inversion.two_sales":
            return payable[0] + payable[1] < payable[2]
        case "free.cart":
            return payable == [0]
        case _:
            return True


@settings(max_examples=25)
@given(rules=rule_sets(3000), real=st.booleans())
def test_what_is_shown_is_true(rules, real):
    """Each cart comes to what the finding says, and shows what it is there to show."""
    shelf = SHELF if real else made_up_shelf(rules.rules, USUAL)
    report = check_rules(rules, shelf, budget=120)
    for finding in report.findings:
        if finding.carts and finding.occasion is not None:
            payable = prices(finding, rules, shelf)
            assert payable == [cart.payable_minor for cart in finding.carts]
            assert holds(finding, payable), finding.code


@settings(max_examples=15)
@given(rules=rule_sets(3000))
def test_the_order_of_rules_and_goods_changes_nothing(rules):
    """The same findings for the same rules and goods in another order."""
    other = RuleSet(policy=rules.policy, groups=rules.groups, rules=rules.rules[::-1])
    turned = Shelf(SHELF.items[::-1], USUAL)

    def told(report):
        return {(one.code, frozenset(one.rules), one.carts) for one in report.findings}

    assert told(check_rules(rules, SHELF, budget=150)) == told(
        check_rules(other, turned, budget=150)
    )


@settings(max_examples=30)
@given(rules=rule_sets(3000, settings=False))
def test_a_rule_is_wider_than_itself(rules):
    """Each rule without conditions counts whenever it does, and gives no less."""
    cover = Coverage(rules.rules, SHELF.items)
    for rule in rules.rules:
        assert gives_no_less(rule, rule) or rule.benefit.__struct_config__.tag in TOLD_BY_SEARCH
        if rule.coupon is None and not rule.opt_in and not rule.range.not_promoted_by:
            assert counts_whenever(rule, rule, cover)


TOLD_BY_SEARCH = {"fee_off", "surcharge", "pay_points", "earn_points", "next_coupon", "candidates"}


def test_goods_without_a_rule_are_not_priced():
    """What no range covers stands for nothing."""
    shelf = Shelf((ShelfItem(Goods("OTHER"), 100),), USUAL)
    report = check_rules(RuleSet(), shelf)
    assert (report.carts, report.findings) == (0, ())
