"""The engine of a rule set: stored and loaded, its limits, and carts out of the ordinary."""

import pytest
from msgspec.structs import replace

from cashwrap.errors import AmountOverflow
from cashwrap.promotions.compile import CompiledDamaged
from cashwrap.promotions.engine import PromotionEngine, Solution
from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Occasion
from cashwrap.promotions.rules import (
    Coupon,
    Each,
    Group,
    Limits,
    Need,
    Off,
    Policy,
    Range,
    Rule,
    RuleSet,
    SetPrice,
    Spend,
    Step,
)

OCCASION = Occasion(1_796_011_200_000, 1_796_011_200_000)
THIRD_FREE = Rule(id="third", layer="item", benefit=Group(every=3, off=Off(percent_ppm=1_000_000)))
EVERY_100 = Rule(
    id="every100",
    layer="order",
    benefit=Spend(every=True, steps=(Step(at_minor=10_000, off=Off(amount_minor=1_000)),)),
)


def line(number: int, unit_minor: int, units: int = 1, sku: str = "") -> BasketLine:
    return BasketLine(number, Goods(sku or f"S{number}"), unit_minor, units, unit_minor)


def solve(rules: RuleSet, *lines: BasketLine, occasion: Occasion = OCCASION) -> Solution:
    basket = PromotionEngine(rules).basket(occasion)
    for each in lines:
        basket.put(each)
    return basket.solve()


def test_any_changed_byte_of_a_stored_set_is_found():
    """Loading checks a digest: damage is refused in words, never priced with."""
    blob = PromotionEngine(RuleSet(rules=(THIRD_FREE, EVERY_100))).compiled()
    PromotionEngine.from_compiled(blob)
    for at in range(0, len(blob), 7):
        damaged = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        with pytest.raises(CompiledDamaged, match="compile the rules again"):
            PromotionEngine.from_compiled(damaged)
    with pytest.raises(CompiledDamaged):
        PromotionEngine.from_compiled(blob[:-1])


def test_a_loaded_engine_has_the_same_rules_and_hash():
    """What was compiled can be read back whole."""
    engine = PromotionEngine(RuleSet(name="n", rules=(THIRD_FREE, EVERY_100)))
    again = PromotionEngine.from_compiled(engine.compiled())
    assert (again.rules, again.rules_hash) == (engine.rules, engine.rules_hash)
    assert again.compiled() == engine.compiled()


def test_amounts_beyond_the_limit_are_refused_and_the_basket_stays():
    """A cart of more than 10^12 minor units is refused as AmountOverflow."""
    basket = PromotionEngine(RuleSet(rules=(THIRD_FREE,))).basket(OCCASION)
    basket.put(line(1, 600))
    with pytest.raises(AmountOverflow):
        basket.put(line(2, 10**12, 2))
    assert basket.solve().payable_minor == 600
    assert [each.line for each in basket.lines] == [1]


def test_thousands_of_one_kind_are_proved():
    """5,000 units: every third is free, and what is left reaches its thresholds."""
    solution = solve(RuleSet(rules=(THIRD_FREE, EVERY_100)), line(1, 100, 5000))
    left = 100 * (5000 - 1666)
    assert solution.payable_minor == left - left // 10_000 * 1_000
    assert solution.certificate.proved


@pytest.mark.req("R101")
def test_an_item_discount_is_left_out_where_a_threshold_gives_more():
    """Joint: 3 x 40.00, third free leaves 80.00; without it 120.00 - 50.00 = 70.00."""
    fifty = Rule(
        id="fifty",
        layer="order",
        benefit=Spend(steps=(Step(at_minor=12_000, off=Off(amount_minor=5_000)),)),
    )
    solution = solve(RuleSet(rules=(THIRD_FREE, fifty)), line(1, 4_000, 3))
    assert solution.payable_minor == 7_000
    assert [rule.rule for rule in solution.applied] == ["fifty"]


def test_a_set_that_is_dearer_than_its_units_is_never_taken():
    """Not even to reach a threshold."""
    dear = Rule(id="dear", layer="item", benefit=SetPrice(count=2, off=Off(price_minor=5_000)))
    solution = solve(RuleSet(rules=(dear, EVERY_100)), line(1, 2_000, 2))
    assert solution.payable_minor == 4_000
    assert solution.cells == ()


def test_of_two_coupons_the_one_that_ends_first_is_used():
    """Same price, same face value: the earlier end decides, and 0 is never."""
    off = Spend(steps=(Step(at_minor=1_000, off=Off(amount_minor=100)),))
    rules = RuleSet(
        rules=tuple(
            Rule(id=id, layer="coupon", benefit=off, coupon=Coupon(face_minor=100))
            for id in ("a", "b", "c")
        )
    )
    held = (HeldCoupon("a", "A", 0), HeldCoupon("b", "B", 2_000), HeldCoupon("c", "C", 1_000))
    solution = solve(rules, line(1, 1_000), occasion=replace(OCCASION, coupons=held))
    assert [use.coupon for rule in solution.applied for use in rule.uses] == ["C"]


def test_limits_of_an_order_bound_uses_and_money():
    """Two uses, and never more than 2.50 off."""
    limited = Rule(
        id="tenth",
        layer="item",
        benefit=Each(off=Off(percent_ppm=100_000)),
        limits=Limits(order_uses=3, order_minor=250),
    )
    assert solve(RuleSet(rules=(limited,)), line(1, 1_000, 5)).saving_minor == 250
    unbounded = replace(limited, limits=Limits(order_uses=2))
    assert solve(RuleSet(rules=(unbounded,)), line(1, 1_000, 5)).saving_minor == 200


def test_a_need_that_repeats_bounds_the_uses():
    """For each drink one snack is half price; drinks are not used up."""
    half = Rule(
        id="half",
        layer="item",
        range=Range(skus=("snack",)),
        needs=(Need(range=Range(skus=("drink",)), count=1, repeat=True),),
        benefit=Each(off=Off(percent_ppm=500_000)),
    )
    goods = (line(1, 300, 2, "drink"), line(2, 400, 3, "snack"))
    assert solve(RuleSet(rules=(half,)), *goods).saving_minor == 400


@pytest.mark.parametrize("budget", [1_000, 5_000])
def test_a_spent_budget_leaves_a_good_plan_and_an_honest_gap(budget):
    """Thirty deals on the same goods: unproved is said, and the gap covers what was not seen."""
    groups = tuple(
        Rule(
            id=f"g{n}",
            layer="item",
            benefit=Group(every=2 + n % 4, off=Off(percent_ppm=500_000 + 10_000 * n)),
        )
        for n in range(30)
    )
    goods = [line(n, 700 + 131 * n) for n in range(1, 21)]
    rules = RuleSet(policy=Policy(node_budget=budget), rules=(*groups, EVERY_100))
    solution = solve(rules, *goods)
    certificate = solution.certificate
    assert certificate.proved == (certificate.gap_minor == 0)
    best_alone = min(
        solve(RuleSet(rules=(group, EVERY_100)), *goods).payable_minor for group in groups
    )
    assert solution.payable_minor <= best_alone
    assert solution == solution
    assert solve(rules, *goods).cells == solution.cells
