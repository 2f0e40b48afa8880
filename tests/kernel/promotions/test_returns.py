"""What goes back when goods come back, under each policy of the rules that priced them."""

import random
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reference.promotions import best
from reference.promotions_uses import applied
from reference.promotions_worlds import world

from cashwrap.pricing.check import recheck
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import Adjustment, Fee, PricePolicy, TaxCode, TaxComponent
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.explain.extras import extras
from cashwrap.promotions.model import (
    BasketLine,
    Certificate,
    Goods,
    HeldCoupon,
    Occasion,
    PriceProof,
)
from cashwrap.promotions.returns.decide import GiftMissing, decide_return
from cashwrap.promotions.returns.model import Back, ReturnRefused, Sold
from cashwrap.promotions.rules import (
    Bundle,
    Coupon,
    Each,
    EarnPoints,
    Need,
    NextCoupon,
    Off,
    PayPoints,
    Range,
    Returns,
    Rule,
    RuleSet,
    Slot,
    Spend,
    Step,
)

TAXES = (
    TaxCode("in", "in", {"": (TaxComponent("vat", "VAT", rate_ppm=130_000),)}),
    TaxCode("on", "on", {"": (TaxComponent("gst", "GST", rate_ppm=90_000, included=False),)}),
)


def sold(rules, lines, occasion=None, tax="in", manual=(), fees=()):
    """A sale of these lines, priced with the best plan of the rules."""
    occasion = occasion or Occasion(0, 0)
    plan = best(rules, lines, occasion)
    rows = applied(plan)
    cart = Engine(PricePolicy(), TAXES).cart()
    for line in lines:
        least = min(line.least_minor, line.unit_minor)
        cart.put(line.line, line.unit_minor, 1000 * line.units, tax, minimum_minor=least)
    cart.promote(cells(rows))
    cart.adjust(tuple(manual))
    cart.charge(tuple(fees))
    cart.price()
    more = extras(rules, lines, occasion, rows)
    proof = PriceProof(
        rules_hash(rules), rows, (), more.rewards, (), more.fees, (),
        Certificate(plan.payable_minor), occasion, tuple(sorted(lines, key=lambda x: x.line)),
    )  # fmt: skip
    priced = cart.priced()
    assert recheck(priced) == []
    quantities = [(x.line, 1000 * x.units) for x in proof.lines]
    quantities += [(-1 - i, 1) for i in range(len(fees))]
    return Sold("S1", priced, tuple(quantities), proof, rules)


def cells(rows):
    found = []
    for each in rows:
        off = defaultdict(int)
        for used in (used for use in each.uses for used in use.units):
            off[used.line] += used.minor
        minors = tuple((line, minor) for line, minor in sorted(off.items()) if minor)
        found.append((each.rule, each.layer, minors))
    return tuple(found)


def repricer(sale):
    """What the rest costs by the same rules, by looking at every plan."""
    return lambda lines: applied(best(sale.rules, lines, sale.proof.occasion))


def give_back(sale, *steps, **how):
    """The answers of several returns, one after the other; a step names (line, units)."""
    answers = []
    for step in steps:
        back = [Back(line, 1000 * units if line > 0 else units) for line, units in step]
        answers.append(decide_return(sale, back, answers, repricer(sale), **how))
    return answers


def refunds(answers):
    return [answer.refund_minor for answer in answers]


def line(number, sku, price, units=1):
    return BasketLine(number, Goods(sku), price, units, price)


def off(minor):
    return Off(amount_minor=minor)


# -- worked examples ------------------------------------------------------------------------------

THRESHOLD = Rule(
    id="ten", layer="order", benefit=Spend(steps=(Step(at_minor=10_000, off=off(1_000)),))
)
TWO = (line(1, "A", 6_000), line(2, "B", 4_000))


def with_policy(rule, **policy):
    return RuleSet(rules=(replace(rule, returns=Returns(**policy)),))


def test_prorate_gives_each_line_its_share():
    """10.00 off 60.00 and 40.00 left 54.00 and 36.00: that is what each brings back."""
    sale = sold(with_policy(THRESHOLD), TWO)
    assert refunds(give_back(sale, [(1, 1)], [(2, 1)])) == [5_400, 3_600]
    assert refunds(give_back(sale, [(2, 1)], [(1, 1)])) == [3_600, 5_400]


def test_recompute_takes_the_discount_back_that_the_rest_does_not_earn():
    """Without the 40.00 the threshold is missed: 90.00 were paid, the rest costs 60.00."""
    sale = sold(with_policy(THRESHOLD, discount="recompute"), TWO)
    first, last = give_back(sale, [(2, 1)], [(1, 1)])
    assert (first.refund_minor, last.refund_minor) == (3_000, 6_000)
    assert {(c.line, c.rule): c.minor for c in first.cells} == {(1, "ten"): 600, (2, "ten"): 400}
    assert not last.cells  # all of it went back with the first


def test_recompute_never_asks_for_money():
    """A cup of 3.00 brought 10.00 off: giving it back returns nothing, and owes nothing."""
    lines = (line(1, "A", 9_800), line(2, "CUP", 300))
    sale = sold(with_policy(THRESHOLD, discount="recompute"), lines)
    first, last = give_back(sale, [(2, 1)], [(1, 1)])
    assert (first.refund_minor, first.waived_minor) == (0, 700)
    assert last.refund_minor == 9_100  # all that was paid


SET = Rule(
    id="set", layer="item",
    benefit=Bundle(
        slots=(Slot(range=Range(skus=("A",))), Slot(range=Range(skus=("B",)))),
        off=Off(price_minor=8_000),
    ),
)  # fmt: skip


def test_bundle_only_keeps_the_discount_of_a_broken_set():
    """60.00 and 40.00 as a set for 80.00: without B, A costs 60.00 again; together all is back."""
    sale = sold(with_policy(SET, discount="bundle_only"), TWO)
    assert refunds(give_back(sale, [(2, 1)], [(1, 1)])) == [2_000, 6_000]
    assert refunds(give_back(sale, [(1, 1)], [(2, 1)])) == [4_000, 4_000]
    assert refunds(give_back(sale, [(1, 1), (2, 1)])) == [8_000]


def test_bundle_only_breaks_as_few_sets_as_possible():
    """Units outside a set go back first, at their own price."""
    lines = (line(1, "A", 6_000, 2), line(2, "B", 4_000))
    sale = sold(with_policy(SET, discount="bundle_only"), lines)
    assert refunds(give_back(sale, [(1, 1)], [(2, 1)], [(1, 1)])) == [6_000, 2_000, 6_000]


GIFT = Rule(
    id="gift", layer="item", gift=True, range=Range(skus=("CUP",)),
    benefit=Each(off=Off(percent_ppm=1_000_000)),
    needs=(Need(range=Range(skus=("A",)), minor=10_000),),
)  # fmt: skip
WITH_GIFT = (line(1, "A", 6_000, 2), line(2, "CUP", 1_500))


@pytest.mark.req("R91")
def test_a_gift_that_is_no_longer_earned_comes_back_or_is_charged():
    """Below the threshold the gift is asked for; charged, its price comes off the refund."""
    sale = sold(with_policy(GIFT), WITH_GIFT)
    with pytest.raises(GiftMissing, match="1 of line 2"):
        give_back(sale, [(1, 1)])
    assert refunds(give_back(sale, [(1, 1), (2, 1)])) == [6_000]
    answers = give_back(sale, [(1, 1)], [(2, 1)], [(1, 1)], charge_gifts=True)
    assert refunds(answers) == [4_500, 1_500, 6_000]
    assert answers[0].gifts_charged[0].minor == 1_500


@pytest.mark.req("R91")
@pytest.mark.parametrize(
    ("policy", "expected"), [("charge", [4_500, 7_500]), ("keep", [6_000, 6_000])]
)
def test_gifts_are_charged_or_kept_as_the_rule_says(policy, expected):
    """charge: the price of the gift comes off, and back with it; keep: it stays a gift."""
    sale = sold(with_policy(GIFT, gift=policy), WITH_GIFT)
    assert refunds(give_back(sale, [(1, 1)], [(1, 1), (2, 1)])) == expected


@pytest.mark.parametrize("how", ["restore", "void", "reissue"])
def test_a_coupon_goes_back_with_the_last_of_its_goods(how):
    """The code is told once, with what becomes of it."""
    rule = replace(THRESHOLD, layer="coupon", coupon=Coupon(), returns=Returns(coupon=how))
    occasion = Occasion(0, 0, coupons=(HeldCoupon("ten", "C-1"),))
    sale = sold(RuleSet(rules=(rule,)), TWO, occasion)
    first, last = give_back(sale, [(2, 1)], [(1, 1)])
    assert first.coupons == ()
    assert [(back.code, back.how) for back in last.coupons] == [("C-1", how)]


def test_points_spent_come_back_with_their_share():
    """1,000 points paid 10.00 of 100.00: 40 % of the goods bring 400 points."""
    rule = Rule(id="pts", layer="points", benefit=PayPoints(points=100, minor=100))
    occasion = Occasion(0, 0, points=1_000, points_wanted=-1)
    sale = sold(RuleSet(rules=(rule,)), TWO, occasion)
    answers = give_back(sale, [(2, 1)], [(1, 1)])
    assert [answer.points_restored for answer in answers] == [400, 600]
    assert refunds(answers) == [3_600, 5_400]


@pytest.mark.req("R96")
def test_points_and_coupons_earned_are_taken_back():
    """The base of points falls with the goods; a coupon is void when its threshold is missed."""
    rules = RuleSet(rules=(
        Rule(id="double", layer="order", benefit=EarnPoints(times_ppm=2_000_000, extra=50)),
        Rule(
            id="next", layer="order", benefit=NextCoupon(coupon="later"),
            needs=(Need(minor=8_000),),
        ),
    ))  # fmt: skip
    first, last = give_back(sold(rules, TWO), [(2, 1)], [(1, 1)])
    assert [(e.base_minor, e.extra) for e in first.earned] == [(4_000, 0)]
    assert [(e.base_minor, e.extra) for e in last.earned] == [(6_000, 50)]
    assert [(v.coupon, v.count) for v in first.voided] == [("later", 1)]
    assert last.voided == ()


def test_taxes_follow_what_is_kept_back():
    """What the shop keeps of a discount is taxed as its goods are, in and on the price."""
    rules = with_policy(THRESHOLD, discount="recompute")
    inside, _ = give_back(sold(rules, TWO), [(2, 1)], [(1, 1)])
    assert sum(row.tax_minor for row in inside.taxes) == 345  # of 30.00 with 13 % in it
    added, _ = give_back(sold(rules, TWO, tax="on"), [(2, 1)], [(1, 1)])
    assert (added.refund_minor, sum(t.tax_minor for t in added.taxes)) == (3_270, 270)


def test_a_fee_goes_back_whole():
    """A fee's line is below zero and its quantity one."""
    sale = sold(with_policy(THRESHOLD), TWO, fees=(Fee("box", "box", "fixed", 200, tax="in"),))
    assert refunds(give_back(sale, [(-1, 1)], [(1, 1), (2, 1)])) == [200, 9_000]


def test_the_same_return_asked_for_again_is_the_same_answer():
    """A command that comes twice gives money once."""
    sale = sold(with_policy(THRESHOLD), TWO)
    again = [Back(1, 1_000, 0)]
    first = decide_return(sale, again, [], repricer(sale))
    assert decide_return(sale, again, [first], repricer(sale)) is first


@pytest.mark.parametrize(
    ("back", "why"),
    [
        ([], "at least one line"),
        ([Back(1, 500), Back(1, 500)], "each line once"),
        ([Back(9, 1_000)], "line 9 is not on the sale"),
        ([Back(1, 500, 400)], "line 1 has come back to 1 already"),
        ([Back(1, 1_000)], "line 1 has 0 left to come back"),
        ([Back(2, 1_001)], "line 2 has 1 left to come back"),
        ([Back(2, 0)], "line 2 has 1 left to come back"),
    ],
)
def test_what_was_not_sold_or_came_back_before_is_refused(back, why):
    """In this order, with what is left in the message."""
    sale = sold(with_policy(THRESHOLD), TWO)
    earlier = give_back(sale, [(1, 1)])
    with pytest.raises(ReturnRefused, match=why):
        decide_return(sale, back, earlier, repricer(sale))


def test_a_sale_without_promotions_goes_back_by_its_shares():
    """A stored sale needs no proof to come back exactly."""
    sale = replace(sold(RuleSet(), TWO, manual=(Adjustment("m", "amount", 1_000),)), proof=None)
    assert refunds(give_back(sale, [(1, 1)], [(2, 1)])) == [5_400, 3_600]


PAGE = Path(__file__).parents[3] / "docs" / "promotions.md"
EXAMPLES = [
    text
    for text in re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    if "refunds =" in text
]


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("\n")[0].strip("# "))
def test_the_examples_of_the_page_come_out_as_printed(text):
    """docs/promotions.md#returns says what goes back, step by step."""
    example = tomllib.loads(text)
    rules = RuleSet(rules=msgspec.convert(example["rules"], tuple[Rule, ...]))
    sale = sold(rules, [line(*row) for row in example["lines"]])
    assert refunds(give_back(sale, *example["back"])) == example["refunds"]


# -- any split, any order -------------------------------------------------------------------------

DISCOUNTS = ("prorate", "recompute", "bundle_only")


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_any_split_in_any_order_gives_back_what_was_paid(seed):
    """Refunds are never below zero; they, discounts and taxes add up to the sale's own."""
    dice = random.Random(seed)
    rules, lines, occasion = world(dice, units=5)
    rules = replace(rules, rules=tuple(with_returns(dice, rule) for rule in rules.rules))
    manual = (Adjustment("m", "percent", 100_000),) if dice.random() < 0.3 else ()
    sale = sold(rules, lines, occasion, dice.choice(("in", "on")), manual)
    answers = []
    for back in split(dice, sale):
        answer = decide_return(sale, back, answers, repricer(sale), charge_gifts=True)
        assert answer.refund_minor >= 0
        assert decide_return(sale, answer.back, [*answers, answer], repricer(sale)) == answer
        answers.append(answer)
    assert sum(refunds(answers)) == sale.priced.totals.payable_minor
    assert sums((c.line, c.rule, c.minor) for a in answers for c in a.cells) == sums(
        (c.line, c.rule, c.minor) for c in sale.priced.allocations
    )
    assert sums((t.line, t.code, t.tax_minor) for a in answers for t in a.taxes) == sums(
        (t.line, t.code, t.tax_minor) for t in sale.priced.taxes
    )
    assert sum(a.points_restored for a in answers) == spent(sale)


def spent(sale):
    by_id = {rule.id: rule for rule in sale.rules.rules}
    return sum(
        use.times
        for each in sale.proof.applied
        if isinstance(by_id[each.rule].benefit, PayPoints)
        for use in each.uses
    )


def with_returns(dice, rule):
    gift = dice.random() < 0.2
    policy = Returns(
        discount=dice.choice(DISCOUNTS), gift=dice.choice(("return", "charge", "keep"))
    )
    return replace(rule, returns=policy, gift=gift and rule.layer == "item")


def split(dice, sale):
    """Parts of lines in any order, a few at a time, until all is back."""
    parts = []
    for number, quantity in sale.quantities:
        left = quantity
        while left:
            now = min(left, dice.choice((left, 1000, 500)))
            parts.append(Back(number, now))
            left -= now
    dice.shuffle(parts)
    while parts:
        step = {part.line: part for part in parts[: dice.randint(1, 3)]}
        for part in step.values():
            parts.remove(part)
        yield list(step.values())


def sums(rows):
    found = defaultdict(int)
    for *place, minor in rows:
        found[tuple(place)] += minor
    return {place: minor for place, minor in found.items() if minor}
