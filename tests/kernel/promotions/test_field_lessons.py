"""What users of other systems complained about: promotions, loyalty, money. One test each.

Numbers and threads are those of the list that the project keeps of such complaints; a lesson that
is shown elsewhere is named in `ELSEWHERE`.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from builders.carts import goods, of, priced, rule_set
from msgspec.structs import replace

from cashwrap.pricing.model import Priced
from cashwrap.pricing.refund import refund_line
from cashwrap.promotions.model import HeldCoupon
from cashwrap.promotions.rules import (
    BuyGet,
    Choice,
    Coupon,
    Each,
    EarnPoints,
    Group,
    Limits,
    Need,
    Off,
    Range,
    Rule,
    RuleSet,
    Scope,
    Slot,
    Spend,
    Step,
    Who,
)
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop

FREE = Off(percent_ppm=1_000_000)
TESTS = Path(__file__).parents[1]

ELSEWHERE = {
    14: "promotions/test_returns.py::test_points_and_coupons_earned_are_taken_back",
    15: "promotions/test_returns.py::test_the_same_return_asked_for_again_is_the_same_answer",
    27: "promotions/test_stacking_table.py::test_named_promotions_that_exclude_each_other",
    38: "promotions/test_returns.py::test_bundle_only_keeps_the_discount_of_a_broken_set",
    39: "promotions/test_returns.py::test_prorate_gives_each_line_its_share",
}


@pytest.mark.parametrize("lesson", sorted(ELSEWHERE))
def test_lessons_that_are_shown_elsewhere(lesson: int) -> None:
    """14 odoo#257854, 15 odoo#212922, 27 vendure#3585, 38 dynamics#4215, 39 solidus#512."""
    file, name = ELSEWHERE[lesson].split("::")
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")


def item(id: str, off: Off, *skus: str, **fields: object) -> Rule:
    return Rule(id=id, layer="item", benefit=Each(off=off), range=of(*skus), **fields)  # type: ignore[arg-type]


def order(id: str, off: Off, at_minor: int = 1, **fields: object) -> Rule:
    benefit = Spend(steps=(Step(at_minor=at_minor, off=off),))
    return Rule(id=id, layer="order", benefit=benefit, **fields)  # type: ignore[arg-type]


def percent(off: int) -> Off:
    return Off(percent_ppm=off * 10_000)


def amount(minor: int) -> Off:
    return Off(amount_minor=minor)


# -- carts ------------------------------------------------------------------------------------


def test_13_a_reward_is_not_earned_on() -> None:
    """odoo#150833: points count on what was paid for, not on the free cup."""
    cup = replace(item("cup", FREE, "CUP", limits=Limits(order_uses=1)), gift=True)
    points = Rule(id="points", layer="order", benefit=EarnPoints())
    answer = priced([cup, points], [goods("TEA", 1_800), goods("CUP", 1_000)])
    (reward,) = answer.proof.rewards
    assert (reward.rule, reward.base_minor) == ("points", 1_800)


def test_16_one_use_may_lie_on_lines_of_several_taxes() -> None:
    """odoo#142738: an order discount over two lines is one application with two rows."""
    answer = priced([order("ten", amount(1_000))], [goods("A", 3_000), goods("B", 2_000)])
    (applied,) = answer.proof.applied
    assert len(applied.uses) == 1
    assert [(used.line, used.minor) for used in applied.uses[0].units] == [(1, 600), (2, 400)]


def test_20_three_coupons_at_once_are_solved_and_not_left_to_chance() -> None:
    """erpnext#28601: of three the best one counts, in any order; all do where the set says so."""
    three = [
        replace(order(f"c{off}", percent(off), coupon=Coupon()), layer="coupon")
        for off in (10, 20, 30)
    ]
    held = tuple(HeldCoupon(rule.id, rule.id.upper()) for rule in three)
    cart = [goods("A", 10_000)]
    for coupons in permutations(held):
        assert priced(three, cart, coupons=coupons).saved == {"c30": 3_000}
    together = rule_set(three, {"coupon": Choice(mode="all")})
    assert priced(together, cart, coupons=held).payable_minor == 5_040  # 0.9 x 0.8 x 0.7


def test_21_the_discount_lands_on_the_target_and_not_on_the_trigger() -> None:
    """erpnext#42195: buy a printer, get paper cheaper; the printer keeps its price."""
    benefit = BuyGet(buy=(Slot(range=of("PRINTER")),), off=percent(50))
    rule = Rule(id="paper", layer="item", benefit=benefit, range=of("PAPER"))
    answer = priced([rule], [goods("PRINTER", 90_000), goods("PAPER", 3_000)])
    assert answer.by_line == {2: 1_500}


@pytest.mark.parametrize("channel", ["", "pos", "web", "kiosk"])
def test_22_a_mixed_condition_holds_in_every_channel(channel: str) -> None:
    """erpnext#25364: money and members and hours at once, wherever it is sold."""
    rule = order("mixed", amount(500), 2_000, needs=(Need(range=of("A"), count=2),))
    rule = replace(rule, scope=Scope(who=Who(only="members")))
    answer = priced([rule], [goods("A", 1_000, 2)], channel=channel, member="M1")
    assert answer.saved == {"mixed": 500}


def test_23_a_new_price_takes_the_place_of_the_old_discount() -> None:
    """erpnext#35280: of two special prices the lower one counts, never both."""
    old = Rule(id="old", layer="price", benefit=Each(off=percent(20)))
    new = Rule(id="new", layer="price", benefit=Each(off=Off(price_minor=700)))
    assert priced([old, new], [goods("A", 1_000)]).saved == {"new": 300}


def test_28_a_discount_of_nothing_burns_no_coupon() -> None:
    """vendure#5278: nothing is left to take off, so the coupon stays the customer's."""
    free = item("free", FREE, "A")
    coupon = replace(order("coupon", percent(10), coupon=Coupon()), layer="coupon")
    answer = priced([free, coupon], [goods("A", 1_000)], coupons=(HeldCoupon("coupon", "X"),))
    assert answer.saved == {"free": 1_000}
    assert [applied.rule for applied in answer.proof.applied] == ["free"]
    assert [r.reason for r in answer.proof.rejected if r.rule == "coupon"]


@pytest.mark.parametrize(("units", "uses"), [(1, 0), (2, 1), (3, 1), (4, 2), (6, 2)])
def test_29_buy_one_get_one_repeats_up_to_its_cap(units: int, uses: int) -> None:
    """medusajs#13265: once for every two, at most twice."""
    rule = Rule(
        id="bogo", layer="item", benefit=Group(every=2, off=FREE), limits=Limits(order_uses=2)
    )
    assert priced([rule], [goods("A", 1_000, units)]).payable_minor == 1_000 * (units - uses)


RULES: list[Rule] = [
    Rule(id="second", layer="item", benefit=Group(every=2, off=percent(50)), range=of("A", "B")),
    item("tenth", percent(10), "B", "C"),
    order("over", amount(300), 2_000),
]


def test_30_the_order_of_adding_changes_nothing() -> None:
    """medusajs#13431: every order of four lines and three rules gives the same."""
    lines = [goods("A", 900), goods("B", 800), goods("C", 700), goods("A", 900)]
    answers = set()
    for order_of_lines in permutations(lines):
        rules = random.Random(len(answers)).sample(RULES, len(RULES))
        answer = priced(rules, order_of_lines)
        answers.add((answer.payable_minor, tuple(sorted(answer.saved.items()))))
    assert len(answers) == 1


def test_31_a_quantity_at_once_is_as_good_as_one_by_one() -> None:
    """medusajs#14432: five on one line, or on five lines."""
    assert priced(RULES, [goods("A", 900, 5)]).saved == priced(RULES, [goods("A", 900)] * 5).saved


@pytest.mark.parametrize("off", [amount(99_999), percent(100)])
def test_32_a_total_is_never_below_nothing(off: Off) -> None:
    """medusajs#8829: what is above the price is not granted."""
    rules = [item("unit", off, "A"), order("order", amount(99_999))]
    answer = priced(rules, [goods("A", 1_000), goods("B", 10)])
    assert answer.payable_minor == 0
    assert sum(answer.saved.values()) == 1_010


def test_33_the_same_cart_has_the_same_rows_every_time() -> None:
    """medusajs#11725: nothing is random; ties go by goods, rules and line numbers."""
    lines = [goods("A", 500), goods("B", 500), goods("C", 500)]
    rules = [item("x", amount(100), "A", "B", "C"), item("y", amount(100), "A", "B", "C")]
    first = priced(rules, lines)
    assert all(priced(rules, lines).by_line == first.by_line for _ in range(5))
    assert first.saved == {"x": 300}


def test_34_seventy_and_forty_percent_are_not_free_unless_the_base_says_so() -> None:
    """saleor#17453: 40 % of what 70 % left; of the list price they take all, and it is shown."""
    rules = [item("promo", percent(70), "A"), order("voucher", percent(40))]
    cart = [goods("A", 10_000)]
    answer = priced(rules, cart)
    assert answer.payable_minor == 1_800
    assert [a.uses[0].base_minor for a in answer.proof.applied] == [10_000, 3_000]
    assert priced(rule_set(rules, percent_of="list"), cart).payable_minor == 0


def test_35_the_cheapest_is_the_cheapest_of_what_is_covered() -> None:
    """saleor#12107: the cheap socks are not in the range and keep their price."""
    rule = Rule(
        id="shoes", layer="item", benefit=Each(off=percent(50)), range=of("BOOT", "SHOE"),
        takes="cheapest", limits=Limits(order_uses=1),
    )  # fmt: skip
    answer = priced([rule], [goods("SOCK", 100), goods("SHOE", 5_000), goods("BOOT", 9_000)])
    assert answer.by_line == {2: 2_500}


def test_36_what_comes_off_one_product_has_a_limit() -> None:
    """saleor#5689: its floor holds for all rules together, a rule's own cap for that rule."""
    rules = [item("half", percent(50), "A"), order("more", amount(5_000))]
    answer = priced(rules, [goods("A", 10_000, least_minor=4_000)])
    assert answer.payable_minor == 4_000
    capped = item("half", percent(50), "A", limits=Limits(order_minor=1_200))
    assert priced([capped], [goods("A", 10_000)]).saved == {"half": 1_200}


@pytest.mark.parametrize(
    ("measured", "saved"), [("list", {"tenth": 1_000, "over": 500}), ("current", {"tenth": 1_000})]
)
def test_37_a_rule_says_on_which_price_its_threshold_stands(
    measured: str, saved: dict[str, int]
) -> None:
    """saleor#4082: 100 at list prices, 90 after the discount on goods."""
    step = Step(at_minor=10_000, off=amount(500))
    benefit = Spend(steps=(step,), measured=measured)  # type: ignore[arg-type]
    rules = [item("tenth", percent(10), "A"), Rule(id="over", layer="order", benefit=benefit)]
    assert priced(rules, [goods("A", 10_000)]).saved == saved


# -- at the till ------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with 10 % off buns and 5.00 off from 30.00 on."""
    made = Shop(tmp_path / "shop")
    made.till.publish_rules(
        RuleSet(rules=(item("buns", percent(10), "BUN"), order("five", amount(500), 3_000)))
    )
    yield made
    made.till.close()


def rung_up(shop: Shop, **quantities: int) -> Sale:
    sale = shop.till.new_sale()
    for sku, quantity in quantities.items():
        sale.add(sku, quantity)
    return sale


def completed(shop: Shop, sale: Sale) -> SaleCompleted:
    sale.pay_cash(sale.due_minor)
    body = shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    return body


def given_back(priced: Priced, line: int, quantity: int, parts: Sequence[int]) -> list[int]:
    found, before = [], 0
    for part in parts:
        back = refund_line(priced, line, quantity * 1000, before * 1000, part * 1000)
        found.append(back.payable_minor)
        before += part
    return found


def test_17_what_was_shown_is_what_was_stored_and_refunded(shop: Shop) -> None:
    """odoo#271577: one implementation for the screen, the record, and what all refunds sum to."""
    sale = rung_up(shop, BUN=3, CAKE=1)
    shown = sale.totals
    stored = completed(shop, sale)
    assert stored.priced.totals == shown
    parts = given_back(stored.priced, 1, 3, (1, 1, 1)), given_back(stored.priced, 2, 1, (1,))
    assert sum(map(sum, parts)) == shown.payable_minor


def test_18_points_follow_a_discount_by_hand(shop: Shop) -> None:
    """odoo#242740: what is earned is derived from the goods as they are paid, each time anew."""
    double = Rule(id="points", layer="order", benefit=EarnPoints(times_ppm=2_000_000))
    shop.till.publish_rules(RuleSet(rules=(double,)))
    sale = rung_up(shop, CAKE=1)
    sale.discount(amount_minor=200, reason="缺角")
    proof = sale.proof()
    assert proof is not None
    assert [reward.base_minor for reward in proof.rewards] == [2_000]


def test_19_a_partial_return_brings_back_its_share_of_the_order_discount(shop: Shop) -> None:
    """odoo#286433: 5.00 off two cakes of 22.00: one brings back 19.50, not 22.00 and not 17.00."""
    stored = completed(shop, rung_up(shop, CAKE=2))
    assert stored.payable_minor == 3_900
    assert given_back(stored.priced, 1, 2, (1, 1)) == [1_950, 1_950]


def test_21_a_case_is_counted_in_its_cans(tmp_path: Path) -> None:
    """erpnext#42195: a special price for each can does not make the case of 24 cost one can."""
    shop = Shop(tmp_path / "cans")
    cola = Rule(id="cola", layer="price", benefit=Each(off=Off(price_minor=300)), range=of("COLA"))
    shop.till.publish_rules(RuleSet(rules=(cola,)))
    sale = shop.till.new_sale()
    sale.scan("6901234567892")
    sale.scan("16901234567899")
    assert [sale.priced().lines[at].payable_minor for at in (0, 1)] == [300, 24 * 300]
    shop.till.close()


def test_24_every_sale_begins_anew(shop: Shop) -> None:
    """POS-Awesome#2101: the second and the third sale have the discount that the first had."""
    assert [completed(shop, rung_up(shop, CAKE=2)).payable_minor for _ in range(3)] == [3_900] * 3


def test_25_nobody_has_to_press_apply(shop: Shop) -> None:
    """POS-Awesome#2323: the discount is in the totals with the scan that earns it."""
    sale = rung_up(shop, CAKE=1)
    assert sale.totals.payable_minor == 2_200
    sale.add("CAKE")
    assert sale.totals.payable_minor == 3_900


def test_26_a_return_shows_what_was_paid(shop: Shop) -> None:
    """POS-Awesome#2800: net, tax and discount of the line as sold, not its gross price."""
    stored = completed(shop, rung_up(shop, BUN=1))
    back = refund_line(stored.priced, 1, 1000, 0, 1000)
    assert back.payable_minor == 810
    assert [(cell.rule, cell.minor) for cell in back.discounts] == [("buns", 90)]
    assert back.net_minor + back.tax_minor == 810


def test_40_a_refund_copies_the_sale_and_never_prices_again(shop: Shop) -> None:
    """IS4C#48: rules that came later, and who the customer is now, do not touch it."""
    stored = completed(shop, rung_up(shop, CAKE=2))
    half = Rule(id="half", layer="price", benefit=Each(off=percent(50)), range=Range())
    shop.till.publish_rules(RuleSet(rules=(half,)))
    assert given_back(stored.priced, 1, 2, (2,)) == [3_900]
