"""Worked examples of Shopify's help pages, as rules."""

import pytest
from builders.carts import goods, of, priced, rule_set

from cashwrap.promotions.rules import Choice, Each, FeeOff, Group, Need, Off, Rule, Spend, Step

CART = [goods("PANTS", 10_000), goods("SHIRT", 5_000), goods("BOOTS", 20_000)]
PANTS = Rule(
    id="20offPants", layer="item", benefit=Each(off=Off(amount_minor=2_000)), range=of("PANTS")
)
SHIRT = Rule(
    id="10offShirts", layer="item", benefit=Each(off=Off(amount_minor=1_000)), range=of("SHIRT")
)


def percent(id: str, ppm: int, at_minor: int = 1, **fields: object) -> Rule:
    step = Step(at_minor=at_minor, off=Off(percent_ppm=ppm))
    return Rule(id=id, layer="order", benefit=Spend(steps=(step,), **fields))  # type: ignore[arg-type]


def test_two_product_discounts_and_free_delivery() -> None:
    """20 off pants and 10 off shirts leave 320, which is over 100, so delivery is free.

    https://help.shopify.com/en/manual/discounts/discount-combinations
    """
    delivery = Rule(
        id="Freeship100",
        layer="order",
        benefit=FeeOff(fee="delivery", off=Off(percent_ppm=1_000_000)),
        needs=(Need(minor=10_000, measured="item", above=True),),
    )
    answer = priced([PANTS, SHIRT, delivery], CART, fees=(("delivery", 2_000),))
    assert answer.payable_minor == 32_000
    assert [(fee.fee, fee.minor) for fee in answer.proof.fees] == [("delivery", -2_000)]


def test_a_product_discount_comes_before_a_percentage_of_the_order() -> None:
    """20 off pants, then 10 % of the 330 that are left: 297.

    https://help.shopify.com/en/manual/discounts/discount-combinations
    """
    answer = priced([PANTS, percent("10offOrder", 100_000)], CART)
    assert (answer.payable_minor, answer.saved) == (
        29_700,
        {"20offPants": 2_000, "10offOrder": 3_300},
    )


def test_two_percentages_of_the_order_are_both_of_the_subtotal() -> None:
    """10 % and 15 % off 350 are 35 and 52.50: each of the list price, where both may apply.

    Without these two settings ours applies the better of the two only.
    https://help.shopify.com/en/manual/discounts/combining-discounts
    """
    two = [percent("A", 100_000), percent("B", 150_000, 20_000)]
    both = rule_set(two, {"order": Choice(mode="all")}, percent_of="list")
    assert priced(both, CART).payable_minor == 35_000 - 8_750
    assert priced(two, CART).payable_minor == 35_000 - 5_250


def test_of_two_discounts_for_one_product_the_better_applies() -> None:
    """20 off and 30 off the same pants: 30 off.

    https://store-dojo.com/en-us/products/2023-07-29
    """
    better = Rule(
        id="30offPants", layer="item", benefit=Each(off=Off(amount_minor=3_000)), range=of("PANTS")
    )
    answer = priced([PANTS, better], CART)
    assert answer.saved == {"30offPants": 3_000}
    assert [(r.rule, r.reason, r.by) for r in answer.proof.rejected] == [
        ("20offPants", "consumed", "30offPants")
    ]


def test_an_amount_off_the_item_comes_before_a_percentage_of_the_cart() -> None:
    """20.00 less 5.00, less 10 % of 15.00: 13.50.

    https://help.shopify.com/en/manual/sell-in-person/shopify-pos/discount-management
    """
    line = Rule(id="line", layer="item", benefit=Each(off=Off(amount_minor=500)))
    assert priced([line, percent("cart", 100_000)], [goods("X", 2_000)]).payable_minor == 1_350


@pytest.mark.parametrize(
    ("spent", "off"), [(15_000, 0), (15_001, 2_500), (30_001, 5_000), (40_001, 7_500)]
)
def test_spend_tiers_ask_for_more_than_the_threshold(spent: int, off: int) -> None:
    """25 off above 150, 50 above 300, 75 above 400; exactly 150 is not above it.

    https://help.shopify.com/manual/checkout-settings/script-editor/examples/line-item-scripts
    """
    steps = tuple(
        Step(at_minor=at, off=Off(amount_minor=minor))
        for at, minor in ((15_000, 2_500), (30_000, 5_000), (40_000, 7_500))
    )
    tiers = Rule(id="tiers", layer="order", benefit=Spend(steps=steps, above=True))
    assert priced([tiers], [goods("X", spent)]).payable_minor == spent - off


@pytest.mark.parametrize(("candles", "half_price"), [(3, 0), (4, 2), (7, 2), (8, 4)])
def test_buy_four_candles_get_two_at_half_price(candles: int, half_price: int) -> None:
    """Of every four units two have 50 % off; what makes no group keeps its price.

    https://shopify.dev/docs/api/admin-graphql/latest/unions/DiscountEffect
    """
    rule = Rule(
        id="candles", layer="item", benefit=Group(every=4, get=2, off=Off(percent_ppm=500_000))
    )
    lines = [goods("CANDLE", 1_000, candles)]
    assert priced([rule], lines).payable_minor == 1_000 * candles - 500 * half_price
