"""Why rules did not apply, what else a customer gets, and what to add to pay less."""

import random
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reference.promotions import best
from reference.promotions_uses import applied
from reference.promotions_worlds import world

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.explain.extras import after_hand
from cashwrap.promotions.explain.hints import hints, hints_for
from cashwrap.promotions.explain.proof import explain
from cashwrap.promotions.model import (
    AppliedRule,
    BasketLine,
    Certificate,
    FeeRule,
    GiftOffer,
    Goods,
    HeldCoupon,
    Hint,
    Left,
    Occasion,
    RejectedRule,
    Reward,
)
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Candidates,
    Coupon,
    Each,
    EarnPoints,
    FeeOff,
    Group,
    Need,
    NextCoupon,
    Off,
    Policy,
    Range,
    Rule,
    RuleSet,
    Scope,
    SetPrice,
    Slot,
    Spend,
    Step,
    Surcharge,
    Tier,
    Tiers,
    Who,
    Window,
)


class Chosen(NamedTuple):
    """A choice that another engine has made."""

    rules: RuleSet
    lines: tuple[BasketLine, ...]
    occasion: Occasion
    applied: tuple[AppliedRule, ...]
    certificate: Certificate = Certificate(0)
    faults: tuple[str, ...] = ()
    rules_hash: str = ""

    @property
    def touching(self):
        return range(len(self.rules.rules))


def line(number, sku, price, units=1, **more):
    return BasketLine(number, Goods(sku), price, units, price, **more)


def percent(ppm):
    return Off(percent_ppm=ppm)


def spend(at, minor, name="spend", **more):
    step = Step(at_minor=at, off=Off(amount_minor=minor))
    return Rule(id=name, layer="order", benefit=Spend(steps=(step,)), **more)


def half(name="half", **more):
    return Rule(id=name, layer="item", benefit=Group(every=2, off=percent(500_000)), **more)


def proof_of(rules, lines, occasion=None, groups=None, policy=None):
    rules = RuleSet(rules=tuple(rules), groups=groups or {}, policy=policy or Policy())
    occasion = occasion or Occasion(0, 0)
    plan = best(rules, lines, occasion)
    certificate = Certificate(plan.payable_minor)
    return explain(Chosen(rules, tuple(lines), occasion, applied(plan), certificate))


def why(rules, lines, occasion=None, **more):
    return {each.rule: each for each in proof_of(rules, lines, occasion, **more).rejected}


# -- why not: in the order of precedence ----------------------------------------------------------

TEA = Range(skus=("TEA",))
MILK = Range(skus=("MILK",))
CART = (line(1, "TEA", 1_000, 2), line(2, "CUP", 3_000))


@pytest.mark.parametrize(
    ("fields", "occasion", "expected"),
    [
        ({"scope": Scope(stores=("S2",))}, Occasion(0, 0, store="S1"), "scope"),
        ({"scope": Scope(who=Who(only="members"))}, Occasion(0, 0), "scope"),
        ({"windows": (Window(from_="2030-01-01"),)}, Occasion(0, 0), "time"),
        ({"layer": "coupon", "coupon": Coupon()}, Occasion(0, 0), "no_coupon"),
        ({"opt_in": True}, Occasion(0, 0), "not_chosen"),
        ({}, Occasion(0, 0, refused=("spend",)), "not_chosen"),
        ({}, Occasion(0, 0, left=(("spend", Left(uses=0)),)), "limit"),
        ({}, Occasion(0, 0, left=(("spend", Left(minor=0)),)), "budget"),
    ],
)
def test_a_rule_that_does_not_count_now_says_so(fields, occasion, expected):
    """Scope, time, coupon, choice, limits and budgets are looked at before the goods."""
    rule = replace(spend(1_000, 100), **fields)
    assert why([rule], CART, occasion)["spend"].reason == expected


def test_the_first_reason_that_holds_is_told():
    """A rule that is out of scope and out of time, and short, is out of scope."""
    rule = replace(
        spend(99_000, 1), scope=Scope(stores=("S2",)), windows=(Window(from_="2030-01-01"),)
    )
    assert why([rule], CART)["spend"].reason == "scope"


def test_a_coupon_for_goods_that_are_not_there_has_no_units():
    """Nothing on the sale is in its range."""
    rule = replace(spend(1_000, 100), layer="coupon", coupon=Coupon(), range=MILK)
    occasion = Occasion(0, 0, coupons=(HeldCoupon("spend", "C-1"),))
    assert why([rule], CART, occasion)["spend"].reason == "no_units"


@pytest.mark.parametrize(
    ("rule", "minor", "count"),
    [
        (spend(5_600, 100), 600, 0),
        (replace(spend(5_600, 100), range=TEA), 3_600, 0),
        (replace(spend(5_000, 100), benefit=Spend(
            steps=(Step(at_minor=5_000, off=Off(amount_minor=1)),), above=True)), 1, 0),
        (replace(spend(0, 0), benefit=Spend(steps=(Step(at_count=5, off=percent(1)),))), 0, 2),
        (Rule(id="r", layer="item", range=TEA, benefit=Group(every=3, off=percent(1))), 0, 1),
        (Rule(id="r", layer="item", benefit=SetPrice(count=5, off=percent(1))), 0, 2),
        (Rule(id="r", layer="item", range=TEA, benefit=Tiers(
            tiers=(Tier(from_count=4, off=percent(1)),))), 0, 2),
        (Rule(id="r", layer="item", benefit=Bundle(
            slots=(Slot(range=TEA), Slot(range=MILK, count=2)), off=percent(1))), 0, 2),
        (Rule(id="r", layer="item", range=TEA, benefit=BuyGet(
            buy=(Slot(range=TEA, count=2),), off=percent(1))), 0, 1),
        (Rule(id="r", layer="item", range=TEA, benefit=Each(off=percent(1)),
              needs=(Need(minor=6_000),)), 1_000, 0),
        (Rule(id="r", layer="item", range=TEA, benefit=Each(off=percent(1)),
              needs=(Need(range=TEA, count=3, above=True),)), 0, 2),
    ],
)  # fmt: skip
def test_what_is_short_is_told_exactly(rule, minor, count):
    """So much money, or so many units, and the rule could apply."""
    expected = RejectedRule(rule.id, "short", "", minor, count)
    assert why([rule], CART)[rule.id] == expected


def test_a_rule_that_saves_nothing_even_alone_has_no_benefit():
    """A price above the price is none."""
    rule = Rule(id="dear", layer="item", range=TEA, benefit=Each(off=Off(price_minor=1_001)))
    assert why([rule], CART)["dear"].reason == "no_benefit"


def test_a_rule_excluded_by_a_tag_names_the_other():
    """The rule whose tags do not go with it stands in `by`."""
    rules = [half(excludes=("sale",)), spend(2_000, 900, tags=("sale",), name="big")]
    lines = [line(1, "TEA", 1_000, 2)]
    assert why(rules, lines)["half"] == RejectedRule("half", "excluded", "big")


def test_a_rule_beaten_in_its_group_names_the_winner():
    """Order rules are the best of them unless the set says otherwise."""
    rules = [spend(2_000, 100, name="a"), spend(2_000, 200, name="b")]
    assert why(rules, CART)["a"] == RejectedRule("a", "beaten", "b")


def test_a_rule_whose_units_serve_another_is_consumed():
    """The one that took them stands in `by`."""
    rules = [half(range=TEA), Rule(id="tenth", layer="item", range=TEA,
                                   benefit=Each(off=percent(100_000)))]  # fmt: skip
    assert why(rules, CART)["tenth"] == RejectedRule("tenth", "consumed", "half")


def test_a_threshold_that_promotions_took_away_says_what_is_missing_now():
    """20.00 of tea came to 15.00: the rule of 20.00 is 5.00 short, by the other's doing."""
    rules = [half(range=TEA), spend(2_000, 100)]
    lines = [line(1, "TEA", 1_000, 2)]
    assert why(rules, lines)["spend"] == RejectedRule("spend", "consumed", "half", 500)


def test_a_faulty_plugin_is_named():
    """A rule of a plugin that was left out says so."""
    rules = RuleSet(rules=(Rule(id="mine", layer="item", benefit=Candidates(plugin="odd")),))
    faults = ("odd: took too long",)
    chosen = Chosen(rules, CART, Occasion(0, 0), (), Certificate(5_000), faults)
    assert [each.reason for each in explain(chosen).rejected] == ["plugin_fault"]


# -- fees, rewards, offers ------------------------------------------------------------------------


def test_fees_and_rewards_are_of_what_is_paid():
    """10 % service, half the delivery off, double points, a coupon for later."""
    rules = [
        spend(5_000, 1_000),
        Rule(id="service", layer="order", benefit=Surcharge(fee="svc", percent_ppm=100_000)),
        Rule(id="ship", layer="order", benefit=FeeOff(fee="delivery", off=percent(500_000))),
        Rule(id="double", layer="order", benefit=EarnPoints(times_ppm=2_000_000)),
        Rule(id="later", layer="order", benefit=NextCoupon(coupon="c", count=2),
             needs=(Need(minor=5_000),)),
    ]  # fmt: skip
    proof = proof_of(rules, CART, Occasion(0, 0, fees=(("delivery", 600),)))
    assert proof.fees == (FeeRule("service", "svc", 400), FeeRule("ship", "delivery", -300))
    assert proof.rewards == (
        Reward("double", "points", 4_000, 2_000_000),
        Reward("later", "coupon", 4_000, coupon="c", count=2),
    )


def test_points_are_of_what_is_left_after_discounts_by_hand():
    """What staff took off earns no points, and pays no service."""
    rules = [
        Rule(id="service", layer="order", benefit=Surcharge(fee="svc", percent_ppm=100_000)),
        Rule(id="double", layer="order", benefit=EarnPoints(times_ppm=2_000_000)),
    ]
    proof = after_hand(proof_of(rules, CART), RuleSet(rules=tuple(rules)), [(2, 1_000), (1, 0)])
    assert proof.by_hand == ((2, 1_000),)
    assert proof.fees == (FeeRule("service", "svc", 400),)
    assert proof.rewards == (Reward("double", "points", 4_000, 2_000_000),)


def test_an_exclusive_rule_keeps_rewards_away_but_no_surcharge():
    """A surcharge is no offer."""
    rules = [
        spend(5_000, 1_000, exclusive="if_better"),
        Rule(id="service", layer="order", benefit=Surcharge(fee="svc", fixed_minor=100)),
        Rule(id="double", layer="order", benefit=EarnPoints(times_ppm=2_000_000)),
    ]
    proof = proof_of(rules, CART)
    assert (len(proof.fees), proof.rewards) == (1, ())
    assert [(x.rule, x.reason, x.by) for x in proof.rejected] == [("double", "excluded", "spend")]


@pytest.mark.req("R91")
def test_a_gift_that_may_still_be_taken_is_offered():
    """One cup for each 20.00 of tea; none is on the sale yet, then one."""
    gift = Rule(
        id="gift", layer="item", gift=True, range=Range(skus=("MUG",)),
        benefit=Each(off=percent(1_000_000)), needs=(Need(range=TEA, minor=1_000, repeat=True),),
    )  # fmt: skip
    assert proof_of([gift], CART).offers == (GiftOffer("gift", 2),)
    assert proof_of([gift], (*CART, line(3, "MUG", 500))).offers == (GiftOffer("gift", 1),)
    assert proof_of([gift], (*CART, line(3, "MUG", 500, 2))).offers == ()
    assert proof_of([gift], (line(1, "CUP", 500),)).offers == ()


def test_what_may_be_got_for_what_is_bought_is_offered():
    """Two teas bring a milk; it has still to be fetched."""
    rule = Rule(
        id="buy", layer="item", range=MILK,
        benefit=BuyGet(buy=(Slot(range=TEA, count=2),), off=percent(1_000_000)),
    )  # fmt: skip
    assert proof_of([rule], CART).offers == (GiftOffer("buy", 1),)


# -- hints ----------------------------------------------------------------------------------------


def hints_of(rules, lines, occasion=None):
    rules = RuleSet(rules=tuple(rules))
    occasion = occasion or Occasion(0, 0)

    def pricer(larger):
        return applied(best(rules, larger, occasion))

    return hints_for(Chosen(rules, tuple(lines), occasion, pricer(lines)), pricer)


def test_hints_say_what_to_add_and_what_it_brings():
    """12.00 more bring 10.00 off."""
    rules = [spend(6_200, 1_000)]
    assert hints_of(rules, CART) == (Hint("spend", 1_200, 0, 1_000),)


def test_hints_count_what_other_rules_lose():
    """The next step gives 5.00 more than the one reached."""
    steps = (
        Step(at_minor=5_000, off=Off(amount_minor=500)),
        Step(at_minor=6_000, off=Off(amount_minor=1_000)),
    )
    rule = Rule(id="steps", layer="order", benefit=Spend(steps=steps))
    assert hints_of([rule], CART) == (Hint("steps", 1_000, 0, 500),)


def test_hints_for_groups_sets_and_tiers_count_units():
    """One more of the cheapest completes the pair, the set or the tier."""
    tea = (line(1, "TEA", 1_000),)
    assert hints_of([half()], tea) == (Hint("half", 0, 1, 500),)
    pair = Rule(id="set", layer="item", benefit=SetPrice(count=2, off=Off(price_minor=1_500)))
    assert hints_of([pair], tea) == (Hint("set", 0, 1, 500),)
    tier = Tiers(tiers=(Tier(from_count=3, off=percent(100_000)),))
    assert hints_of([Rule(id="t", layer="item", benefit=tier)], tea) == (Hint("t", 0, 2, 300),)


def test_hints_stand_in_order_of_gain():
    """The largest gain first."""
    rules = [half(range=TEA), spend(9_000, 2_000)]
    lines = (line(1, "TEA", 1_000, 3), line(2, "CUP", 3_000))
    assert hints_of(rules, lines) == (Hint("spend", 3_000, 0, 1_500), Hint("half", 0, 1, 500))


def test_a_hint_knows_that_other_rules_make_way():
    """10.00 more are enough when the second tea is not at half price: 20.00 off and 5.00 less."""
    rules = [half(range=TEA), spend(7_000, 2_000)]
    lines = (line(1, "TEA", 1_000, 3), line(2, "CUP", 3_000))
    assert hints_of(rules, lines) == (Hint("spend", 1_000, 0, 1_500),)


def test_a_hint_names_goods_that_are_not_there_yet():
    """A set that lacks its milk says so, where the shop says what a milk costs."""
    pair = Bundle(slots=(Slot(range=TEA), Slot(range=MILK)), off=Off(price_minor=1_500))
    rules = RuleSet(rules=(Rule(id="set", layer="item", benefit=pair),))
    shelf = {"MILK": line(1, "MILK", 700)}
    basket = PromotionEngine(rules).basket(Occasion(0, 0))
    basket.put(line(1, "TEA", 1_000))
    assert hints(basket) == ()
    assert hints(basket, shelf.get) == (Hint("set", 0, 1, 200),)


def test_no_hint_where_nothing_is_gained():
    """A step that is worth less than what it takes away is not told."""
    rules = [spend(5_000, 1_000, name="a"), spend(6_000, 900, name="b")]
    assert hints_of(rules, CART) == ()


# -- on random carts ------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_every_rule_that_concerns_the_sale_has_one_place(seed):
    """A rule applied, or was rejected for one reason; who is named in it has applied."""
    rules, lines, occasion = world(random.Random(seed), units=5)
    plan = best(rules, lines, occasion)
    rows = applied(plan)
    lines = tuple(sorted(lines, key=lambda line: line.line))
    proof = explain(Chosen(rules, lines, occasion, rows, Certificate(plan.payable_minor)))
    names = [each.rule for each in (*proof.applied, *proof.rejected)]
    assert len(set(names)) == len(names)
    gave = {each.rule for each in proof.applied}
    for each in proof.rejected:
        assert not each.by or each.by in gave
        assert (each.reason in ("excluded", "beaten", "consumed")) == bool(each.by)
        assert each.reason != "short" or each.short_minor or each.short_count


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_hint_gains_something(seed):
    """Every hint is true: the larger cart has more taken off, by the gain it names."""
    rules, lines, occasion = world(random.Random(seed), units=3, wild=0.2)
    lines = tuple(sorted(lines, key=lambda line: line.line))

    def pricer(larger):
        return applied(best(rules, larger, occasion))

    for hint in hints_for(Chosen(rules, lines, occasion, pricer(lines)), pricer):
        assert hint.gain_minor > 0
        assert hint.add_minor or hint.add_count


def test_the_example_of_the_page_runs_as_printed():
    """docs/proofs.md shows a proof, its check and a hint."""
    page = (Path(__file__).parents[3] / "docs" / "proofs.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert example is not None
    exec(compile(example[1], "proofs.md", "exec"), {})
