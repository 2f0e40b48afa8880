"""Promotions on a sale, from the scan to the journal."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from builders.promotions import (
    BACK,
    COLAS,
    DOUBLE,
    FIVE,
    FREE_PACKING,
    HALF,
    OVER_30,
    PACKING,
    POINTS,
    TEATIME,
    amount_off,
    rule_set,
)

from cashwrap.errors import AmountOverflow, InvalidInput
from cashwrap.pricing.check import recheck
from cashwrap.pricing.model import Fee
from cashwrap.promotions.model import BasketLine, Candidate, Occasion
from cashwrap.promotions.recheck.proof import recheck_promotions, recheck_proof
from cashwrap.promotions.rules import (
    Candidates,
    Each,
    Limits,
    Off,
    Policy,
    Range,
    Rule,
    RuleSet,
    Scope,
    Who,
    Window,
)
from cashwrap.sale.errors import CouponRefused, NoSuchRule, PriceChanged, TenderDiffers
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

COLA, CASE = "6901234567892", "16901234567899"
CHEAP_COLA = Rule(
    id="cheap",
    layer="price",
    range=Range(skus=("COLA",)),
    benefit=Each(off=Off(price_minor=300)),
)


def began(shop: Shop, *rules: Rule, order_type: str = "") -> Sale:
    """Publish rules and begin a sale under them."""
    shop.till.publish_rules(rule_set(*rules))
    return shop.till.new_sale(order_type)


def payable(sale: Sale) -> int:
    assert recheck(sale.priced()) == []
    return sale.totals.payable_minor


def replaced(rule: Rule, **changes: object) -> Rule:
    return msgspec.structs.replace(rule, **changes)


def completed(shop: Shop, sale: Sale) -> SaleCompleted:
    sale.pay_cash(100_000)
    body = shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    return body


# -- always in the totals -----------------------------------------------------------------------


@pytest.mark.req("R22")
def test_promotions_are_in_the_totals_after_every_step(shop: Shop) -> None:
    """There is nothing to apply: each scan, quantity and void is priced with all rules."""
    sale = began(shop, HALF, OVER_30)
    sale.add("BUN")
    assert payable(sale) == 900
    line = sale.add("BUN")
    assert payable(sale) == 1350
    sale.add("CAKE")
    assert payable(sale) == 1350 + 2200 - 300
    sale.void_line(line.number)
    assert payable(sale) == 2200


def test_a_sale_without_rules_has_no_proof(shop: Shop) -> None:
    """Where nothing was ever published, nothing is different from before."""
    sale = shop.till.new_sale()
    sale.add("BUN", 2)
    assert (sale.priced().proof, sale.proof(), sale.hints(), sale.offers()) == (None, None, (), ())
    with pytest.raises(NoSuchRule):
        sale.choose("half")
    with pytest.raises(CouponRefused):
        sale.add_coupon("C5")


def test_the_member_added_last_prices_the_cart_again(shop: Shop) -> None:
    """Rules for members count as soon as it is known who buys, and no longer when it is not."""
    members = replaced(HALF, scope=Scope(who=Who(only="members")))
    sale = began(shop, members)
    sale.add("BUN", 2)
    assert payable(sale) == 1800
    sale.set_customer(member="M1")
    assert payable(sale) == 1350
    sale.set_customer()
    assert payable(sale) == 1800
    sale.undo()
    assert payable(sale) == 1350


def test_the_price_group_is_a_group_for_rules_too(shop: Shop) -> None:
    """`new_sale(customer="vip")` is enough for a rule of that group; tiers and facts count."""
    vip = replaced(HALF, id="vip", scope=Scope(who=Who(groups=("vip",))))
    new = replaced(OVER_30, id="new", scope=Scope(who=Who(facts=("new",), tiers=("gold",))))
    shop.till.publish_rules(rule_set(vip, new))
    sale = shop.till.new_sale(customer="vip")
    sale.add("BUN", 4)
    assert payable(sale) == 2700
    sale.set_customer(tier="gold", facts=["new"], member="M1")
    assert payable(sale) == 3300


def test_an_unticked_rule_and_one_that_waits_to_be_chosen(shop: Shop) -> None:
    """The cashier leaves one out for this order, and chooses another that is opt-in."""
    waits = replaced(OVER_30, id="waits", opt_in=True)
    sale = began(shop, HALF, waits)
    sale.add("BUN", 4)
    assert payable(sale) == 2700
    sale.refuse("half")
    assert payable(sale) == 3600
    sale.choose("waits")
    assert payable(sale) == 3300
    sale.refuse("waits")
    sale.choose("half")
    assert payable(sale) == 2700
    with pytest.raises(NoSuchRule):
        sale.refuse("no-such")


@pytest.mark.req("R90")
@pytest.mark.parametrize(("judged", "price"), [("opened", 1350), ("now", 1800)])
def test_a_happy_hour_that_ends_while_the_sale_is_open(shop: Shop, judged: str, price: int) -> None:
    """Judged when opened it stays; judged now the next step ends it, not time alone."""
    happy = replaced(HALF, windows=(Window(hours=(("09:00", "10:01"),)),), judged=judged)
    sale = began(shop, happy)
    sale.add("BUN", 2)
    shop.clock.pass_ms(120_000)
    assert payable(sale) == 1350  # what the customer was told
    sale.note("x")
    assert payable(sale) == price
    assert payable(shop.crash().sale(sale.id)) == price


def test_rules_given_when_the_till_opens_are_published_once(tmp_path: Path) -> None:
    """The same set again changes nothing; another one takes its place."""
    made = Shop(tmp_path / "given", items=())
    made.till.close()
    given: dict[str, Any] = {"clock": made.clock, "randomness": made.randomness, "witness": []}
    for rules, number in ((HALF, 1), (HALF, 1), (COLAS, 2)):
        with Till.open(made.folder, rules=rule_set(rules), plugins=False, **given) as till:
            in_force = till.rules().in_force
            assert in_force is not None
            assert in_force.number == number


class Halves:
    """A kind of rule of one's own: half off every unit."""

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> Sequence[Candidate]:
        return [
            Candidate(((line.line, 1, line.unit_minor // 2),), times=line.units) for line in lines
        ]


def test_rules_of_ones_own_kind(tmp_path: Path) -> None:
    """Their candidates are chosen among together with all other rules; a fault costs nobody."""
    own = Rule(
        id="own", layer="item", range=Range(skus=("CAKE",)), benefit=Candidates(plugin="halves")
    )
    shop = Shop(tmp_path / "own")
    shop.till.publish_rules(rule_set(own, HALF))
    sale = shop.till.new_sale()
    sale.add("CAKE", 2)
    assert payable(sale) == 4400
    proof = sale.proof()
    assert proof is not None
    assert proof.faults
    shop.till.close()
    given: dict[str, Any] = {"clock": shop.clock, "randomness": shop.randomness, "witness": []}
    with Till.open(
        shop.folder, candidate_sources={"halves": Halves()}, plugins=False, **given
    ) as till:
        sale = till.new_sale()
        sale.add("CAKE", 2)
        sale.add("BUN", 2)
        assert payable(sale) == 2200 + 1350


# -- what a line is -----------------------------------------------------------------------------


def test_a_case_does_not_cost_the_price_of_a_can(shop: Shop) -> None:
    """A special price is for one base unit: a case of 24 at ¥3.00 a can is ¥72.00."""
    sale = began(shop, CHEAP_COLA)
    sale.scan(COLA)
    sale.scan(CASE)
    assert [line.payable_minor for line in sale.priced().lines] == [300, 7200]


def test_weighed_goods_are_one_amount(shop: Shop) -> None:
    """An amount off a kilogram counts for the weight; a labelled pack counts as what it weighs."""
    off = Rule(
        id="kilo",
        layer="item",
        range=Range(skus=("APPLE",)),
        benefit=Each(off=Off(amount_minor=200)),
    )
    sale = began(shop, off)
    sale.add("APPLE", "1.500")
    assert payable(sale) == 1920 - 300
    sale.scan("2110001012808")  # the scale's label: ¥12.80, so 1.000 kg
    assert payable(sale) == 1920 - 300 + 1280 - 200


def test_a_price_set_by_hand_stays(shop: Shop) -> None:
    """Item rules leave it alone; the order's rules count it."""
    sale = began(shop, HALF, OVER_30)
    sale.add("BUN", 2)
    sale.override_price(1, 850, "临期")
    assert payable(sale) == 1700
    sale.add("CAKE")
    assert payable(sale) == 1700 + 2200 - 300


def test_a_set_meal_is_one_unit(shop: Shop) -> None:
    """What comes off it is shared over its parts, each with its own tax."""
    off = Rule(
        id="meal",
        layer="item",
        range=Range(skus=("SET",)),
        benefit=Each(off=Off(percent_ppm=200_000)),
    )
    sale = began(shop, off, HALF)
    sale.add("SET", 2, choices={"点心": ["BUN"], "饮品": ["TEA-M"]})
    assert payable(sale) == 4000
    parts = [cell.line for cell in sale.priced().allocations]
    assert parts == [2, 3]


def test_a_set_meal_seen_as_its_parts(shop: Shop) -> None:
    """Where the policy says so, rules look at each part at its share of the meal's price."""
    buns = Rule(
        id="buns",
        layer="item",
        range=Range(skus=("BUN",)),
        benefit=Each(off=Off(percent_ppm=500_000)),
    )
    shop.till.publish_rules(RuleSet(policy=Policy(meal_is_one_unit=False), rules=(buns,)))
    sale = shop.till.new_sale()
    sale.add("SET", 2, choices={"点心": ["BUN"], "饮品": ["TEA-M"]})
    share = sale.priced().lines[0].gross_minor
    assert payable(sale) == 5000 - share // 2
    sale.set_quantity(1, 1)
    assert payable(sale) == 2500 - -(-share // 4)
    sale.void_line(1)
    assert payable(sale) == 0


def test_a_floor_holds(shop: Shop) -> None:
    """No promotion brings goods below the least price of the item."""
    shop.load(
        [
            {"type": "item", "sku": "WINE", "name": "酒", "price": "50.00", "minimum": "45.00"},
        ]
    )
    off = Rule(id="all", layer="order", benefit=amount_off(2000))
    sale = began(shop, off)
    sale.add("WINE", 2)
    assert payable(sale) == 9000


def test_the_order_type_changes_what_thresholds_are_measured_on(shop: Shop) -> None:
    """With amounts net of tax the same price is more where the tax is less."""
    rules = RuleSet(
        policy=Policy(amounts="net"),
        rules=(Rule(id="net", layer="order", benefit=amount_off(100, 1650)),),
    )
    shop.till.publish_rules(rules)
    sale = shop.till.new_sale("takeaway")
    sale.add("BUN", 2)  # 18.00 holds 13 %: 15.93 net
    assert payable(sale) == 1800
    sale.set_order_type("dine_in")  # 6 %: 16.98 net
    assert payable(sale) == 1700


# -- coupons ------------------------------------------------------------------------------------


def test_a_coupon_counts_when_it_helps_and_is_burned_when_paid(shop: Shop) -> None:
    """A code is used up by the sale that it saved something on, and refused ever after."""
    sale = began(shop, FIVE)
    code = sale.add_coupon("A-1", rule="C5").code
    assert sale.coupons_used == ()
    sale.add("CAKE")
    assert (payable(sale), sale.coupons_used) == (1700, ("A-1",))
    completed(shop, sale)
    again = shop.till.new_sale()
    with pytest.raises(CouponRefused, match="used before"):
        again.add_coupon(code, rule="C5")


def test_a_coupon_that_saves_nothing_is_not_burned(shop: Shop) -> None:
    """It can be shown again on the next sale."""
    sale = began(shop, FIVE)
    sale.add_coupon("A-1", rule="C5")
    sale.add("COLA")
    completed(shop, sale)
    assert shop.till.new_sale().add_coupon("A-1", rule="C5").code == "A-1"


def test_a_public_code_is_the_id_of_its_rule(shop: Shop) -> None:
    """It is never used up; a limit of the rule is for that."""
    for _ in range(2):
        sale = began(shop, FIVE)
        sale.add("CAKE")
        sale.add_coupon("C5")
        assert completed(shop, sale).payable_minor == 1700


def test_a_coupon_given_back_counts_no_more(shop: Shop) -> None:
    """Removing it, or undoing, brings back the price."""
    sale = began(shop, FIVE)
    sale.add("CAKE")
    sale.add_coupon("C5")
    sale.remove_coupon("C5")
    assert payable(sale) == 2200
    sale.undo()
    assert payable(sale) == 1700
    with pytest.raises(CouponRefused, match="not on this sale"):
        sale.remove_coupon("C6")


REFUSALS: dict[str, tuple[str, dict[str, object]]] = {
    "of no promotion": ("NONE", {}),
    "takes no coupons": ("X", {"rule": "half"}),
    "expired": ("X", {"rule": "C5", "expires_ms": 1}),
    "on this sale already": ("C5", {}),
    "on another open sale": ("A-1", {"rule": "C5"}),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_coupons_that_are_refused(shop: Shop, reason: str) -> None:
    """The refusal says why, and changes nothing."""
    other = began(shop, FIVE, HALF)
    other.add_coupon("A-1", rule="C5")
    sale = shop.till.new_sale()
    sale.add_coupon("C5")
    code, given = REFUSALS[reason]
    with pytest.raises(CouponRefused, match=reason):
        sale.add_coupon(code, **given)  # type: ignore[arg-type]
    assert list(sale.cart.header.coupons) == ["C5"]


def test_spending_gives_a_coupon_for_the_next_time(shop: Shop) -> None:
    """Its code is on the receipt, counts once on a later sale, and survives a restart."""
    sale = began(shop, BACK, FIVE)
    sale.add("CAKE", 3)
    completed(shop, sale)
    savings = shop.till.receipt(sale.id).savings
    assert savings is not None
    (code,) = savings.rewards[0].codes
    shop.crash()
    later = shop.till.new_sale()
    later.add("CAKE")
    later.add_coupon(code)
    assert payable(later) == 1700
    completed(shop, later)
    with pytest.raises(CouponRefused, match="used before"):
        shop.till.new_sale().add_coupon(code)


# -- points, tenders, fees ----------------------------------------------------------------------


def test_points_are_spent_only_when_wanted(shop: Shop) -> None:
    """Up to half of what is left, and as many as the member wants and has."""
    sale = began(shop, POINTS)
    sale.add("CAKE")
    sale.set_customer(member="M1", points=900)
    assert payable(sale) == 2200
    sale.use_points()
    assert payable(sale) == 1300
    sale.use_points(200)
    assert payable(sale) == 2000
    sale.use_points(0)
    assert payable(sale) == 2200
    with pytest.raises(InvalidInput):
        sale.use_points(-2)


def test_an_offer_for_a_tender_is_for_that_tender(shop: Shop) -> None:
    """Choosing it prices again; paying otherwise is refused before any money moves."""
    offer = replaced(OVER_30, id="wechat", scope=Scope(tenders=("wechat",)))
    sale = began(shop, offer)
    sale.add("BUN", 4)
    assert payable(sale) == 3600
    sale.choose_tender("wechat")
    assert payable(sale) == 3300
    with pytest.raises(TenderDiffers):
        sale.pay_cash(10_000)
    assert (sale.state, sale.payments.all) == ("open", ())
    sale.choose_tender("cash")
    assert payable(sale) == 3600
    assert completed(shop, sale).payable_minor == 3600


def test_an_offer_for_a_tender_when_two_are_used(shop: Shop) -> None:
    """Both have to be chosen; then one may pay a part and the other the rest."""
    offer = replaced(OVER_30, id="wechat", scope=Scope(tenders=("wechat",)))
    sale = began(shop, offer)
    sale.add("BUN", 4)
    sale.choose_tender("wechat")
    sale.payments.ask("wechat", 1000, auth_code="134567890123456789")
    with pytest.raises(TenderDiffers):
        sale.pay_cash(10_000)
    sale.payments.ask("wechat", auth_code="134567890123456789")
    assert sale.state == "completed"
    both = shop.till.new_sale()
    both.add("BUN", 4)
    both.choose_tender("wechat", "cash")
    both.payments.ask("wechat", 1000, auth_code="134567890123456789")
    both.pay_cash(10_000)
    assert shop.till.record_of(both.id).body().payable_minor == 3300


def test_a_fee_comes_with_its_cart_and_a_rule_may_take_it_off(shop: Shop) -> None:
    """Each stands in its own row of the fees; a fee never comes below nothing."""
    sale = began(shop, PACKING, FREE_PACKING, order_type="takeaway")
    sale.add("BUN")
    assert (payable(sale), sale.totals.fees_minor) == (1000, 100)
    sale.set_customer(member="M1")
    assert (payable(sale), sale.totals.fees_minor) == (900, 0)
    rows = [(fee.id, fee.amount_minor) for fee in sale.priced().fees]
    assert rows == [("rule:packing", 100), ("rule:free-packing", -100)]
    sale.set_order_type("dine_in")
    assert sale.priced().fees == ()
    with pytest.raises(InvalidInput):
        sale.charge(Fee("rule:packing", "x", "fixed", 5))


def test_a_rule_takes_off_a_fee_charged_by_hand(shop: Shop) -> None:
    """A percentage fee as well, as it stands after the discounts."""
    sale = began(shop, replaced(FREE_PACKING, scope=Scope()), HALF)
    sale.add("BUN", 2)
    sale.charge(Fee("pack", "打包", "percent", 100_000))
    assert [fee.amount_minor for fee in sale.priced().fees] == [135, -135]
    sale.remove_fee("pack")
    assert sale.priced().fees == ()


def test_a_platform_voucher_pays_and_is_no_discount(shop: Shop) -> None:
    """Who issued it pays: the price, and the tax in it, stay; the customer owes the rest."""
    voucher = replaced(FIVE, id="PLATFORM", settlement="tender")
    sale = began(shop, voucher)
    sale.add("CAKE")
    sale.add_coupon("X-1", rule="PLATFORM")
    assert (payable(sale), sale.totals.discount_minor, sale.due_minor) == (2200, 0, 1700)
    sale.pay_cash(2000)
    body = shop.till.record_of(sale.id).body()
    paid = [(each.kind, each.tendered_minor, each.change_minor) for each in body.payments]
    assert paid == [("5元券", 500, 0), ("cash", 2000, 300)]
    assert (body.payable_minor, body.discount_minor) == (2200, 0)
    assert recheck_promotions(body.priced, rule_set(voucher), body.priced.proof) == []
    with pytest.raises(CouponRefused, match="used before"):
        shop.till.new_sale().add_coupon("X-1", rule="PLATFORM")


def test_a_voucher_goes_back_with_the_other_payments(shop: Shop) -> None:
    """After part payments were given back it is due to pay again."""
    sale = began(shop, replaced(FIVE, id="PLATFORM", settlement="tender"))
    sale.add("CAKE")
    sale.add_coupon("X-1", rule="PLATFORM")
    sale.pay_cash(1000)
    assert (sale.due_minor, len(sale.payments.all)) == (700, 2)
    sale = shop.crash().sale(sale.id)
    assert sale.due_minor == 700
    sale.payments.give_back("x")
    assert (sale.state, sale.due_minor) == ("open", 1700)
    sale.pay_cash(2000)
    assert {each.kind: each.amount_minor for each in shop.till.takings().takings} == {
        "cash": 1700,
        "5元券": 500,
    }


def test_a_voucher_and_a_driver(shop: Shop) -> None:
    """The voucher is journaled before the card is asked for the rest, also through a crash."""
    voucher = replaced(FIVE, id="PLATFORM", settlement="tender")
    sale = began(shop, voucher)
    sale.add("CAKE")
    sale.add_coupon("X-1", rule="PLATFORM")
    sale.payments.ask("card")
    body = shop.till.record_of(sale.id).body()
    assert [payment.tendered_minor for payment in body.payments] == [500, 1700]


def test_a_voucher_may_pay_all(shop: Shop) -> None:
    """Then nothing is due, and the sale only has to be finished."""
    voucher = replaced(FIVE, id="PLATFORM", benefit=amount_off(9000), settlement="tender")
    sale = began(shop, voucher)
    sale.add("CAKE")
    sale.add_coupon("X-1", rule="PLATFORM")
    assert sale.due_minor == 0
    sale.payments.finish()
    body = shop.till.record_of(sale.id).body()
    assert [(each.kind, each.tendered_minor) for each in body.payments] == [("5元券", 2200)]


# -- limits -------------------------------------------------------------------------------------


def test_a_limit_counts_what_was_paid(shop: Shop) -> None:
    """A cancelled sale uses nothing up; a paid one does, once it saved something."""
    once = replaced(OVER_30, limits=Limits(total_uses=1))
    first = began(shop, once)
    first.add("BUN", 4)
    first.cancel("x")
    second = shop.till.new_sale()
    second.add("BUN", 4)
    assert completed(shop, second).payable_minor == 3300
    third = shop.till.new_sale()
    third.add("BUN", 4)
    assert payable(third) == 3600


def test_a_limit_of_a_member_is_that_members(shop: Shop) -> None:
    """Another member has their own; it is looked up when it is known who buys."""
    once = replaced(OVER_30, limits=Limits(member_uses=1), scope=Scope(who=Who(only="members")))
    for member, price in (("M1", 3300), ("M1", 3600), ("M2", 3300)):
        sale = began(shop, once)
        sale.add("BUN", 4)
        sale.set_customer(member=member)
        assert completed(shop, sale).payable_minor == price


def test_two_open_sales_share_a_limit(shop: Shop) -> None:
    """The second to pay is told its new price before any money moves, and pays that."""
    once = replaced(OVER_30, limits=Limits(total_uses=1))
    first = began(shop, once)
    second = shop.till.new_sale()
    for sale in (first, second):
        sale.add("BUN", 4)
        assert payable(sale) == 3300
    completed(shop, first)
    with pytest.raises(PriceChanged) as changed:
        second.pay_cash(3300)
    assert (changed.value.before_minor, changed.value.now_minor) == (3300, 3600)
    assert (second.state, payable(second)) == ("open", 3600)
    assert completed(shop, second).payable_minor == 3600


# -- which rules, and what is kept --------------------------------------------------------------


def test_an_open_sale_keeps_the_rules_it_began_under(shop: Shop) -> None:
    """A new set counts from the next sale on, a planned one from its time on."""
    old = began(shop, HALF)
    old.add("BUN", 2)
    shop.till.publish_rules(rule_set(COLAS))
    planned_ms = shop.clock.wall_ms + 60_000
    shop.till.publish_rules(rule_set(TEATIME), effective_at_ms=planned_ms)
    now = shop.till.new_sale()
    shop.clock.pass_ms(60_000)
    later = shop.till.new_sale()
    for sale in (old, now, later):
        sale.add("BUN", 2)
        sale.add("COLA", 3)
        sale.add("CAKE")
        sale.add("TEA-M")
    whole = 1800 + 1050 + 3700
    assert payable(old) == 2 * 1350 + 1050 + 3700
    assert payable(now) == whole - 50
    assert payable(later) == whole - 700
    assert len({sale.priced().rules_hash for sale in (old, now, later)}) == 3


@pytest.mark.parametrize("publish_between", [False, True])
def test_the_proof_is_the_same_after_a_crash(shop: Shop, publish_between: bool) -> None:
    """Byte for byte, also where another set was published meanwhile, and its limits used."""
    once = replaced(OVER_30, limits=Limits(total_uses=2))
    sale = began(shop, HALF, TEATIME, COLAS, once, FIVE, POINTS, DOUBLE, PACKING)
    sale.add("BUN", 3)
    sale.add("CAKE")
    sale.add("TEA-L", modifiers=["PEARLS"])
    sale.set_customer("vip", member="M1", points=300)
    sale.add_coupon("C5")
    sale.use_points(200)
    sale.refuse("teatime")
    sale.discount(percent_ppm=50_000, reason="老客")
    sale.undo()
    if publish_between:
        other = shop.till.new_sale()
        other.add("BUN", 4)
        completed(shop, other)
        shop.till.publish_rules(rule_set(COLAS))
    before = msgspec.msgpack.encode(sale.priced()), sale.totals
    again = shop.crash().sale(sale.id)
    assert (msgspec.msgpack.encode(again.priced()), again.totals) == before
    shop.reopen()
    last = shop.till.sale(sale.id)
    assert msgspec.msgpack.encode(last.priced()) == before[0]


def test_the_record_of_a_sale_proves_its_price(shop: Shop) -> None:
    """Rules, lines, occasion and names are in it: it can be checked with nothing else."""
    sale = began(shop, HALF, TEATIME, OVER_30, FIVE, DOUBLE)
    sale.set_customer(member="M1")
    sale.add("BUN", 2)
    sale.add("CAKE")
    sale.add("TEA-M")
    sale.add_coupon("C5")
    body = completed(shop, sale)
    proof = body.priced.proof
    assert proof is not None
    assert body.priced.rules_hash == proof.rules_hash == sale.cart.opened.rules.rules_hash  # type: ignore[union-attr]
    assert recheck(body.priced) == []
    assert recheck_proof(proof, rule_set(HALF, TEATIME, OVER_30, FIVE, DOUBLE)) == []
    assert [each.rule for each in proof.applied] == ["half", "teatime", "over30", "C5"]
    assert body.rule_names["half"] == HALF.name
    assert body.member == "M1"
    assert sum(each.saving_minor for each in proof.applied) == body.discount_minor


def test_a_history_of_before_promotions_still_opens(shop: Shop) -> None:
    """Edits that were written without the newer fields read as having none of them."""
    from cashwrap.sale.edits import AnyEdit, Goods

    goods = ["BUN", "牛角包", 900, "food", True, "each", "count", "base", 0, 1000, [], "", 0, ""]
    old = [
        ["open", "S1", "dine_in", "vip", 3, 1, "amy", ""],
        ["add", 1, goods, 2000, [], "scan", "BUN", 2, "amy", ""],
        ["cust", "vip", [], 3, "amy", "c1"],
    ]
    opened, added, customer = msgspec.convert(old, list[AnyEdit])
    assert (opened.rules, opened.at_ms, opened.staff) == (None, 1, "amy")
    assert isinstance(added.goods, Goods)
    assert (added.goods.categories, added.goods.list_minor) == ((), 0)
    assert (customer.member, customer.points, customer.command) == ("", 0, "c1")


Change = Callable[[Sale], object]
CHANGES: dict[str, Change] = {
    "add_coupon": lambda sale: sale.add_coupon("C5", command="c"),
    "choose": lambda sale: sale.choose("half", command="c"),
    "refuse": lambda sale: sale.refuse("half", command="c"),
    "use_points": lambda sale: sale.use_points(5, command="c"),
    "choose_tender": lambda sale: sale.choose_tender("wechat", command="c"),
    "set_customer": lambda sale: sale.set_customer("vip", member="M1", command="c"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_step_sent_twice_is_done_once(shop: Shop, change: str) -> None:
    """The same command id changes nothing the second time, also after a restart."""
    sale = began(shop, HALF, FIVE)
    CHANGES[change](sale)
    length = len(sale.history)
    CHANGES[change](sale)
    again = shop.crash().sale(sale.id)
    CHANGES[change](again)
    assert len(again.history) == length


@pytest.mark.parametrize("units", [100_001, 9_999_999, 3_000_000_000])
def test_a_mistyped_quantity_is_refused_and_leaves_the_sale_alone(shop: Shop, units: int) -> None:
    """More units than rules choose among are no sale: nothing changes, and the sale goes on."""
    sale = began(shop, HALF)
    line = sale.add("BUN", 2)
    before = payable(sale)
    with pytest.raises(AmountOverflow):
        sale.set_quantity(line.number, units)
    with pytest.raises(AmountOverflow):
        sale.add("BUN", units)
    assert (payable(sale), len(sale.lines)) == (before, 1)
    assert completed(shop, sale).payable_minor == before


def test_an_empty_sale_shows_the_same_proof_after_a_crash(shop: Shop) -> None:
    """Also before its first line a sale is priced for its order type and member."""
    shop.till.publish_rules(rule_set(HALF))
    sale = shop.till.new_sale("dine_in")
    before = sale.priced()
    assert shop.crash().sale(sale.id).priced() == before
