"""Programs of Odoo's documentation and threads, as rules."""

import pytest
from builders.carts import goods, of, priced

from cashwrap.promotions.model import HeldCoupon
from cashwrap.promotions.rules import (
    BuyGet,
    Coupon,
    Each,
    Group,
    Limits,
    Need,
    Off,
    Range,
    Rule,
    Slot,
    Spend,
    Step,
)

FREE = Off(percent_ppm=1_000_000)


@pytest.mark.parametrize(("cabinets", "free"), [(2, 0), (3, 0), (4, 1), (7, 1), (8, 2)])
def test_buy_three_cabinets_and_get_one_free(cabinets: int, free: int) -> None:
    """The free one is on the order too: with three there is none yet, with four there is.

    https://github.com/odoo/odoo/issues/91353
    """
    rule = Rule(id="cabinets", layer="item", benefit=Group(every=4, off=FREE), range=of("CABINET"))
    answer = priced([rule], [goods("CABINET", 32_000, cabinets)])
    assert answer.payable_minor == 32_000 * (cabinets - free)


def test_the_free_product_may_be_another_one() -> None:
    """Three cabinets, and the pen that was put on the order costs nothing.

    https://github.com/odoo/odoo/issues/91353
    """
    benefit = BuyGet(buy=(Slot(range=of("CABINET"), count=3),), off=FREE)
    rule = Rule(id="pen", layer="item", benefit=benefit, range=of("PEN"))
    cart = [goods("CABINET", 32_000, 3), goods("PEN", 120)]
    assert priced([rule], cart).saved == {"pen": 120}


def test_a_discount_on_the_cheapest_product_takes_one_unit() -> None:
    """30 % off the cheapest unit of the order, once.

    https://github.com/odoo/documentation/pull/15488
    """
    rule = Rule(
        id="cheapest",
        layer="item",
        benefit=Each(off=Off(percent_ppm=300_000)),
        takes="cheapest",
        limits=Limits(order_uses=1),
    )
    cart = [goods("A", 5_000), goods("B", 1_000, 3)]
    answer = priced([rule], cart)
    assert answer.saved == {"cheapest": 300}


def test_a_percentage_of_the_order_with_a_most() -> None:
    """10 % off orders from 100 on, at most 25: their discount_max_amount.

    https://github.com/odoo/documentation/pull/4474
    """
    step = Step(at_minor=10_000, off=Off(percent_ppm=100_000))
    rule = Rule(id="most", layer="order", benefit=Spend(steps=(step,), at_most_minor=2_500))
    assert priced([rule], [goods("X", 9_999)]).saved == {}
    assert priced([rule], [goods("X", 20_000)]).saved == {"most": 2_000}
    assert priced([rule], [goods("X", 90_000)]).saved == {"most": 2_500}


def test_a_code_is_needed_where_a_program_asks_for_one() -> None:
    """A discount code: nothing without it, the discount with it, and it stands in the proof.

    https://github.com/odoo/documentation/pull/4474
    """
    step = Step(at_minor=5_000, off=Off(percent_ppm=150_000))
    rule = Rule(id="code", layer="coupon", benefit=Spend(steps=(step,)), coupon=Coupon())
    cart = [goods("X", 10_000)]
    assert priced([rule], cart).saved == {}
    answer = priced([rule], cart, coupons=(HeldCoupon("code", "SUMMER"),))
    assert answer.saved == {"code": 1_500}
    assert answer.proof.applied[0].uses[0].coupon == "SUMMER"


def test_a_minimum_purchase_on_other_goods() -> None:
    """Buy for 50 of one category, get 20 % off another; the second does not count to the first.

    https://github.com/odoo/documentation/pull/4474
    """
    rule = Rule(
        id="other",
        layer="item",
        benefit=Each(off=Off(percent_ppm=200_000)),
        range=Range(categories=("chairs",)),
        needs=(Need(range=Range(categories=("desks",)), minor=5_000),),
    )
    desk, chair = (
        goods("D", 4_000, categories=("desks",)),
        goods("C", 2_000, categories=("chairs",)),
    )
    assert priced([rule], [desk, chair]).saved == {}
    assert priced([rule], [desk, desk, chair]).saved == {"other": 400}
