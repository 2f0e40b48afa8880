"""The discount algorithm of pretix, as rules.

https://docs.pretix.eu/dev/development/algorithms/pricing.html
"""

import pytest
from builders.carts import goods, of, priced, rule_set

from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import PricePolicy, TaxCode, TaxComponent
from cashwrap.promotions.rules import Each, Group, Need, Off, Rule, Tier, Tiers


@pytest.mark.parametrize(("value", "payable"), [(9_900, 9_900), (10_000, 8_000)])
def test_from_a_minimum_value_on_every_ticket_is_cheaper(value: int, payable: int) -> None:
    """Case 1: once the tickets come to 100, 20 % off all of them."""
    rule = Rule(
        id="value",
        layer="item",
        benefit=Each(off=Off(percent_ppm=200_000)),
        needs=(Need(minor=10_000, measured="list"),),
    )
    assert priced([rule], [goods("T", value // 2, 2)]).payable_minor == payable


@pytest.mark.parametrize(("tickets", "payable"), [(2, 2_000), (3, 2_400), (5, 4_000)])
def test_from_a_minimum_number_on_every_ticket_is_cheaper(tickets: int, payable: int) -> None:
    """Case 2: three tickets or more, 20 % off all of them."""
    tiers = Tiers(tiers=(Tier(from_count=3, off=Off(percent_ppm=200_000)),))
    rule = Rule(id="count", layer="item", benefit=tiers)
    assert priced([rule], [goods("T", 1_000, tickets)]).payable_minor == payable


def test_the_cheapest_of_each_complete_group_over_the_whole_cart() -> None:
    """Buy three, pay two, of seven tickets: the two cheapest of all are free, not of each three.

    Theirs counts complete groups and then takes the cheapest of the cart; the same is said by
    `cheapest_of_all` with the cheapest units. Ours, unless told, frees the cheapest of each group
    of three in order of price, which is worth more to the customer.
    """
    prices = (5_000, 4_500, 4_000, 3_500, 3_000, 2_500, 2_000)
    cart = [goods(f"T{price}", price) for price in prices]
    benefit = Group(every=3, which="cheapest_of_all", off=Off(percent_ppm=1_000_000))
    theirs = Rule(id="t", layer="item", benefit=benefit, takes="cheapest")
    assert priced([theirs], cart).saved == {"t": 2_000 + 2_500}
    ours = Rule(id="o", layer="item", benefit=Group(every=3, off=Off(percent_ppm=1_000_000)))
    assert priced([ours], cart).saved == {"o": 4_000 + 2_500}


def test_a_ticket_that_served_one_rule_is_hidden_from_the_next() -> None:
    """Rules in order of position; a used ticket takes no part in later ones."""
    first = Rule(
        id="a",
        layer="item",
        benefit=Each(off=Off(percent_ppm=100_000)),
        range=of("VIP"),
        priority=2,
    )
    second = Rule(id="b", layer="item", benefit=Each(off=Off(percent_ppm=500_000)), priority=1)
    cart = [goods("VIP", 10_000), goods("DAY", 4_000)]
    in_order = rule_set([first, second], choose="priority")
    assert priced(in_order, cart).saved == {"a": 1_000, "b": 2_000}
    assert priced([first, second], cart).saved == {"b": 7_000}  # ours, where order is not asked for


@pytest.mark.parametrize(
    ("inclusive_sum", "level", "tax", "payable"),
    [("gross", "line", 7_985, 50_000), ("gross", "order", 7_983, 50_000)],
)
def test_five_tickets_of_100_with_19_percent(
    inclusive_sum: str, level: str, tax: int, payable: int
) -> None:
    """Rounded by line 79.85 of tax; from the total, with stable gross prices, 79.83.

    https://docs.pretix.eu/dev/development/algorithms/pricing.html#rounding-of-taxes
    """
    policy = PricePolicy(tax_level=level, inclusive_sum=inclusive_sum)  # type: ignore[arg-type]
    vat = TaxCode("v", "VAT", {"": (TaxComponent("v", "VAT", rate_ppm=190_000),)})
    cart = Engine(policy, [vat]).cart()
    for number in range(1, 6):
        cart.put(number, 10_000, 1000, "v")
    totals = cart.price()
    assert (totals.tax_minor, totals.payable_minor) == (tax, payable)
