"""Worked examples of commercetools' documentation, as rules."""

import pytest
from builders.carts import goods, of, priced, rule_set
from msgspec.structs import replace

from cashwrap.promotions.rules import Choice, Each, Group, Off, Rule, SetPrice, Spend, Step


@pytest.mark.parametrize(("tires", "payable"), [(3, 30_000), (4, 30_000), (5, 40_000), (8, 60_000)])
def test_buy_four_tires_and_get_two_of_them_at_half_price(tires: int, payable: int) -> None:
    """A multi-buy of four with two discounted: 100 each, so four cost 300.

    https://docs.commercetools.com/api/releases/2017-09-15-release-multi-buy-discounts
    """
    benefit = Group(every=4, get=2, off=Off(percent_ppm=500_000))
    rule = Rule(id="tires", layer="item", benefit=benefit, range=of("TIRE"))
    assert priced([rule], [goods("TIRE", 10_000, tires)]).payable_minor == payable


def test_the_dearest_may_be_the_discounted_ones() -> None:
    """Their selection mode says which units of a group get it; here of two the dearer has 10 %.

    https://www.pulumi.com/registry/packages/commercetools/api-docs/cartdiscount
    """
    benefit = Group(every=2, which="dearest", off=Off(percent_ppm=100_000))
    rule = Rule(id="two", layer="item", benefit=benefit)
    cart = [goods("A", 10_000), goods("B", 4_000)]
    assert priced([rule], cart).payable_minor == 13_000


@pytest.mark.parametrize(("melons", "payable"), [(2, 400), (3, 500), (4, 700), (6, 1_000)])
def test_three_watermelons_for_five(melons: int, payable: int) -> None:
    """A fixed price for three, 2.00 each otherwise.

    https://docs.commercetools.com/learning-price-and-discount-your-products/cart-discounts/
    """
    benefit = SetPrice(count=3, off=Off(price_minor=500))
    rule = Rule(id="melons", layer="item", benefit=benefit)
    assert priced([rule], [goods("MELON", 200, melons)]).payable_minor == payable


@pytest.mark.parametrize(("spent", "off"), [(19_999, 0), (20_000, 500), (40_000, 500)])
def test_spend_two_hundred_and_get_five_off_the_total(spent: int, off: int) -> None:
    """The discount on the total price is given once.

    https://docs.commercetools.com/api/releases/
    2023-09-28-added-support-for-discounting-the-cart-total
    """
    step = Step(at_minor=20_000, off=Off(amount_minor=500))
    rule = Rule(id="total", layer="order", benefit=Spend(steps=(step,)))
    assert priced([rule], [goods("X", spent)]).payable_minor == spent - off


HALF = Rule(id="half", layer="price", benefit=Each(off=Off(percent_ppm=500_000)), range=of("SALE"))
TENTH = Rule(
    id="tenth",
    layer="order",
    benefit=Spend(steps=(Step(at_minor=1, off=Off(percent_ppm=100_000)),)),
)


def test_a_product_discount_and_a_cart_discount_stack() -> None:
    """50 % off a product of 100 and 10 % off the cart: 45.

    https://docs.commercetools.com/certifications/composable-commerce-functional-refresher-2026/
    pricing-and-discounts
    """
    assert priced([HALF, TENTH], [goods("SALE", 10_000)]).payable_minor == 4_500


def test_best_deal_takes_only_the_better_of_the_two() -> None:
    """Their best deal: goods that are on sale take no part in the cart's discount.

    Said on the range of the cart's rule; a product discount that is worse than the 10 % would be
    an item rule, of which each unit has the best.
    https://docs.commercetools.com/certifications/composable-commerce-functional-refresher-2026/
    pricing-and-discounts
    """
    rest = replace(TENTH, range=replace(TENTH.range, not_promoted_by=("*",)))
    cart = [goods("SALE", 10_000), goods("OTHER", 4_000)]
    assert priced([HALF, rest], cart).payable_minor == 5_000 + 3_600
    small = replace(HALF, layer="item", benefit=Each(off=Off(percent_ppm=50_000)))
    each = Rule(id="tenth", layer="item", benefit=Each(off=Off(percent_ppm=100_000)))
    assert priced([small, each], cart).payable_minor == 9_000 + 3_600


def ranked(id: str, rank: int, amount_minor: int, *, stop: bool = False) -> Rule:
    step = Step(at_minor=1, off=Off(amount_minor=amount_minor))
    benefit = Spend(steps=(step,))
    return Rule(id=id, layer="order", benefit=benefit, priority=rank, stop_after=stop)


def test_cart_discounts_apply_by_rank_until_one_stops() -> None:
    """Rank decides the order, and "do not apply any further" ends it though more would save.

    https://docs.commercetools.com/merchant-center/releases/
    2017-12-08-stacking-mode-for-cart-discounts
    """
    three = [ranked("a", 90, 100), ranked("b", 80, 200, stop=True), ranked("c", 70, 900)]
    by_rank = rule_set(three, {"order": Choice(mode="all")}, choose="priority")
    answer = priced(by_rank, [goods("X", 10_000)])
    assert (answer.payable_minor, answer.saved) == (9_700, {"a": 100, "b": 200})


def test_a_discount_that_matches_nothing_does_not_stop_the_others() -> None:
    """A discount whose goods are not in the cart is passed over, and the next may apply.

    https://docs.commercetools.com/api/releases/2018-06-01-changes-in-stacking-mode-behavior
    """
    away = replace(ranked("a", 90, 500, stop=True), range=of("NOT-HERE"))
    by_rank = rule_set([away, ranked("b", 80, 200)], choose="priority")
    assert priced(by_rank, [goods("X", 10_000)]).saved == {"b": 200}
