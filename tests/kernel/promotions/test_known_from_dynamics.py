"""Worked examples of Dynamics 365 Commerce's documentation, as rules."""

from builders.carts import goods, priced, rule_set
from msgspec.structs import replace

from cashwrap.promotions.rules import Choice, Each, Off, Rule, SetPrice, Spend, Step


def percent(id: str, ppm: int, priority: int = 0) -> Rule:
    step = Step(at_minor=1, off=Off(percent_ppm=ppm))
    return Rule(id=id, layer="order", benefit=Spend(steps=(step,)), priority=priority)


TWO = [percent("ten", 100_000), percent("twenty", 200_000)]
BOTH = {"order": Choice(mode="all")}
CART = [goods("X", 10_000)]


def test_discounts_that_compound() -> None:
    """10 % and 20 % off 100, one on what the other left: 72.

    https://learn.microsoft.com/en-us/dynamics365/commerce/apply-multiple-retail-discounts
    """
    assert priced(rule_set(TWO, BOTH), CART).payable_minor == 7_200


def test_discounts_that_compound_on_the_original_price() -> None:
    """10 % and 20 % of the same 100: 70.

    https://learn.microsoft.com/en-us/dynamics365/commerce/apply-multiple-retail-discounts
    """
    assert priced(rule_set(TWO, BOTH, percent_of="list"), CART).payable_minor == 7_000


def test_within_best_price_one_discount_wins() -> None:
    """Where discounts compete on price only the 20 % applies: 80.

    https://learn.microsoft.com/en-us/dynamics365/commerce/apply-multiple-retail-discounts
    """
    answer = priced(TWO, CART)
    assert (answer.payable_minor, answer.saved) == (8_000, {"twenty": 2_000})


def test_an_exclusive_discount_of_high_priority_wins_though_it_is_worse() -> None:
    """Settled by priority, an exclusive 10 % keeps the better 20 % away.

    https://learn.microsoft.com/en-us/dynamics365/commerce/apply-multiple-retail-discounts
    """
    first = replace(TWO[0], priority=10, stop_after=True)
    assert priced(rule_set([first, TWO[1]], BOTH, choose="priority"), CART).payable_minor == 9_000


def test_thresholds_are_measured_after_the_discounts_on_products() -> None:
    """10 % off each unit first; the threshold of 100 is then not reached by 105, but by 112.

    https://learn.microsoft.com/en-us/dynamics365/commerce/retail-discounts-overview
    """
    each = Rule(id="each", layer="price", benefit=Each(off=Off(percent_ppm=100_000)))
    step = Step(at_minor=10_000, off=Off(amount_minor=1_000))
    over = Rule(id="over", layer="order", benefit=Spend(steps=(step,)))
    assert priced([each, over], [goods("X", 10_500)]).payable_minor == 9_450
    assert priced([each, over], [goods("X", 11_200)]).payable_minor == 9_080


def test_mix_and_match_for_a_price_takes_the_set_that_is_best_for_the_customer() -> None:
    """Any three for 25 of 12, 10, 9, 8: whom theirs favours is a setting; ours, the customer.

    https://learn.microsoft.com/en-us/dynamics365/commerce/retail-discounts-overview
    """
    rule = Rule(id="three", layer="item", benefit=SetPrice(count=3, off=Off(price_minor=2_500)))
    cart = [goods("A", 1_200), goods("B", 1_000), goods("C", 900), goods("D", 800)]
    assert priced([rule], cart).payable_minor == 2_500 + 800
    cheapest = replace(rule, takes="cheapest")
    assert priced([cheapest], cart).payable_minor == 2_500 + 1_200
