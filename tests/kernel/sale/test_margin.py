"""The margin floor: cost and so much more is the least that goods may come to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.pricing.errors import BelowMinimum
from cashwrap.promotions.rules import Coupon, Each, Off, Rule, RuleSet, Spend, Step
from cashwrap.settings import SettingsRefused, parse_settings
from cashwrap.testing.shop import SETTINGS, Shop

FIVE_PERCENT = "\n[margin]\nfloor_ppm = 50000\n"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Shop]:
    """A shop that sells nothing below cost and 5 %: cola costs it 2.00 a can."""
    shop = Shop(tmp_path / "shop", settings=SETTINGS + FIVE_PERCENT)
    shop.receive("COLA", 48_000, 9_600)
    yield shop
    shop.till.close()


LEAST_MINOR = 238  # 2.00 x 1.05 = 2.10 net, 2.373 with 13 % in it, up


@pytest.mark.req("R99")
@pytest.mark.parametrize("given", [{"percent_ppm": 900_000}, {"amount_minor": 10**6}])
def test_no_discount_goes_below_cost_and_margin(guarded: Shop, given: dict[str, int]) -> None:
    """However much is taken off, a can of 3.50 that costs 2.00 comes to 2.38."""
    sale = guarded.till.new_sale()
    sale.add("COLA", 2)
    sale.discount(reason="清仓", **given)  # type: ignore[arg-type]
    assert sale.totals.payable_minor == 2 * LEAST_MINOR


@pytest.mark.req("R99")
def test_discounts_that_stack_stop_at_the_floor(guarded: Shop) -> None:
    """20 % and then 3.00 off the order: the second gives what is left above the floor."""
    sale = guarded.till.new_sale()
    line = sale.add("COLA", 2)
    sale.discount(percent_ppm=200_000, lines=[line.number], reason="临期")
    assert sale.totals.payable_minor == 560
    sale.discount(amount_minor=300, reason="老客户")
    assert sale.totals.payable_minor == 2 * LEAST_MINOR


@pytest.mark.req("R99")
def test_a_manager_may_go_below(guarded: Shop) -> None:
    """A price below the floor is refused without an approver, and holds with one."""
    sale = guarded.till.new_sale()
    line = sale.add("COLA")
    with pytest.raises(BelowMinimum, match="ask for approval"):
        sale.override_price(line.number, 200, "破损")
    sale.override_price(line.number, 200, "破损", approver="boss")
    assert sale.totals.payable_minor == 200


def test_a_case_has_the_floor_of_its_cans(guarded: Shop) -> None:
    """A pack of 24 may not go below 24 times cost and margin, rounded up once."""
    sale = guarded.till.new_sale()
    sale.scan("16901234567899")
    sale.discount(percent_ppm=900_000, reason="清仓")
    assert sale.totals.payable_minor == 5_696  # 48.00 x 1.05 x 1.13 = 56.952


def test_a_recipe_costs_what_goes_into_it(guarded: Shop) -> None:
    """50 g of pearls with 5 % waste: 1.05 of cost, whatever the drink sells for."""
    guarded.receive("PEARL", 1_000_000, 2_000)
    sale = guarded.till.new_sale()
    sale.add("TEA-L")
    sale.discount(percent_ppm=990_000, reason="试饮")
    assert sale.totals.payable_minor == 125  # (1.00 + 0.05) x 1.05 x 1.13 = 1.2458, up


def test_a_set_meal_has_the_floor_of_its_parts(guarded: Shop) -> None:
    """The parts' least prices together hold for the meal."""
    guarded.receive("BUN", 10_000, 4_000)
    sale = guarded.till.new_sale()
    sale.add("SET", choices={"点心": ["BUN"], "饮品": ["TEA-M"]})
    sale.discount(percent_ppm=990_000, reason="试吃")
    assert sale.totals.payable_minor == 475  # 4.00 x 1.05 x 1.13 = 4.746


def test_a_shelf_price_below_the_floor_stands(guarded: Shop) -> None:
    """Goods priced below cost are sold at their price, and nothing more comes off."""
    guarded.receive("BUN", 1_000, 2_000)
    sale = guarded.till.new_sale()
    sale.add("BUN")
    sale.discount(percent_ppm=100_000, reason="常客")
    assert sale.totals.payable_minor == 900


def test_goods_of_unknown_cost_have_no_floor(guarded: Shop) -> None:
    """What never came in has no cost to guard."""
    sale = guarded.till.new_sale()
    sale.add("CAKE")
    sale.discount(percent_ppm=900_000, reason="试吃")
    assert sale.totals.payable_minor == 220


def test_the_floor_of_a_line_does_not_move_with_the_stock(guarded: Shop) -> None:
    """A sale that comes back after a crash has the floor it was rung up with."""
    sale = guarded.till.new_sale()
    sale.add("COLA")
    guarded.receive("COLA", 1_000_000, 340_000)
    till = guarded.crash()
    again = till.sale(sale.id)
    again.discount(percent_ppm=900_000, reason="清仓")
    assert again.totals.payable_minor == LEAST_MINOR


def test_a_customer_named_later_keeps_the_floor(guarded: Shop) -> None:
    """Prices that follow the customer are guarded too."""
    sale = guarded.till.new_sale()
    sale.add("COLA")
    sale.set_customer("vip")
    sale.discount(percent_ppm=900_000, reason="清仓")
    assert sale.totals.payable_minor == LEAST_MINOR


def test_a_floor_below_cost_is_no_setting() -> None:
    """The floor is cost or more."""
    with pytest.raises(SettingsRefused, match="floor_ppm"):
        parse_settings("[margin]\nfloor_ppm = -1\n")


@pytest.mark.req("R99")
def test_promotions_and_coupons_that_stack_stop_at_the_floor(guarded: Shop) -> None:
    """Half price, 满减, a coupon and a discount by hand together leave cost and margin."""
    half = Rule(id="half", layer="item", benefit=Each(off=Off(percent_ppm=500_000)))
    step = Step(at_minor=1, off=Off(amount_minor=300))
    over = Rule(id="over", layer="order", benefit=Spend(steps=(step,)))
    coupon = Rule(id="coupon", layer="coupon", benefit=Spend(steps=(step,)), coupon=Coupon())
    guarded.till.publish_rules(RuleSet(rules=(half, over, coupon)))
    sale = guarded.till.new_sale()
    sale.add("COLA", 4)
    sale.add_coupon("C-1", rule="coupon")
    sale.discount(amount_minor=500, reason="老客户")
    assert sale.totals.payable_minor == 4 * LEAST_MINOR
    proof = sale.proof()
    assert proof is not None
    assert sum(applied.saving_minor for applied in proof.applied) == 4 * (350 - LEAST_MINOR)
    assert sale.coupons_used == ()  # nothing was left for it to take off


@pytest.mark.req("R99")
def test_a_manager_may_go_below_with_promotions_too(guarded: Shop) -> None:
    """An approved price has no floor any more for rules of the order."""
    step = Step(at_minor=1, off=Off(amount_minor=100))
    over = Rule(id="over", layer="order", benefit=Spend(steps=(step,)))
    guarded.till.publish_rules(RuleSet(rules=(over,)))
    sale = guarded.till.new_sale()
    line = sale.add("COLA")
    sale.override_price(line.number, 200, "破损", approver="boss")
    assert sale.totals.payable_minor == 100
