"""Supermarket pricing katas, as rules: the totals that their authors give."""

import pytest
from builders.carts import goods, of, priced

from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Group,
    Off,
    Rule,
    SetPrice,
    Slot,
    Tier,
    Tiers,
)

FREE = Off(percent_ppm=1_000_000)


def many_for(sku: str, count: int, price_minor: int, **fields: object) -> Rule:
    benefit = SetPrice(count=count, off=Off(price_minor=price_minor))
    name = f"{sku}.{count}"
    return Rule(id=name, layer="item", benefit=benefit, range=of(sku), **fields)  # type: ignore[arg-type]


CHECKOUT = [many_for("A", 3, 130), many_for("B", 2, 45)]
PRICES = {"A": 50, "B": 30, "C": 20, "D": 15}


@pytest.mark.parametrize(
    ("scanned", "total"),
    [
        ("", 0),
        ("A", 50),
        ("AB", 80),
        ("CDBA", 115),
        ("AA", 100),
        ("AAA", 130),
        ("AAAA", 180),
        ("AAAAA", 230),
        ("AAAAAA", 260),
        ("AAAB", 160),
        ("AAABB", 175),
        ("AAABBD", 190),
        ("DABABA", 190),
        ("BAB", 95),
    ],
)
def test_the_checkout_kata(scanned: str, total: int) -> None:
    """Three A for 130 and two B for 45, scanned in any order.

    https://github.com/hibri/pair-programming-interview-resources/wiki/The-Checkout-Kata
    """
    lines = [goods(sku, PRICES[sku]) for sku in scanned]
    assert priced(CHECKOUT, lines).payable_minor == total


TEA_AND_BERRIES = [
    Rule(id="tea", layer="item", benefit=Group(every=2, off=FREE), range=of("GR1")),
    Rule(
        id="berries",
        layer="item",
        benefit=Tiers(tiers=(Tier(from_count=3, off=Off(price_minor=450)),)),
        range=of("SR1"),
    ),
]
SHOP = {"GR1": 311, "SR1": 500, "CF1": 1123}


@pytest.mark.parametrize(
    ("scanned", "total"),
    [
        (["GR1", "SR1", "GR1", "GR1", "CF1"], 2245),
        (["GR1", "GR1"], 311),
        (["SR1", "SR1", "GR1", "SR1"], 1661),
    ],
)
def test_the_tea_and_strawberries_kata(scanned: list[str], total: int) -> None:
    """Green tea two for one; strawberries 4.50 each from three on.

    https://jackfan.us.kg/Dimcha/store
    """
    lines = [goods(sku, SHOP[sku]) for sku in scanned]
    assert priced(TEA_AND_BERRIES, lines).payable_minor == total


def cleanup() -> list[Rule]:
    """The shop of the code kata: beans, beer, bagels, and two combined offers."""
    beans = Rule(id="beans", layer="item", benefit=Group(every=3, off=FREE), range=of("BEANS"))
    roll = BuyGet(buy=(Slot(range=of("BEANS"), count=3), Slot(range=of("BEER"), count=3)), off=FREE)
    breakfast = Bundle(
        slots=(Slot(range=of("BEANS"), count=6), Slot(range=of("BAGEL"), count=12)),
        off=Off(price_minor=350),
    )
    return [
        beans,
        many_for("BEER", 3, 400),
        many_for("BAGEL", 12, 300),
        many_for("BAGEL", 6, 200),
        Rule(id="cleanup", layer="item", benefit=roll, range=of("ROLL")),
        Rule(id="breakfast", layer="item", benefit=breakfast),
    ]


STOCK = {"BEANS": 20, "BEER": 150, "BAGEL": 50, "ROLL": 50}


@pytest.mark.parametrize(
    ("basket", "total"),
    [
        ({"BEANS": 1, "BEER": 1}, 170),
        ({"BEANS": 6, "BEER": 3}, 80 + 400),
        ({"BEANS": 4, "BEER": 3, "ROLL": 1}, 60 + 400 + 50),  # the free roll would cost more
        ({"BEANS": 3, "BEER": 3, "ROLL": 1}, 40 + 400 + 50),
        ({"BAGEL": 7}, 200 + 50),
        ({"BAGEL": 12, "BEANS": 6}, 350),  # breakfast: 3.80 in separate offers
        ({"BEANS": 10, "BAGEL": 15, "BEER": 4, "ROLL": 2}, 350 + 60 + 150 + 400 + 150 + 100),
    ],
)
def test_the_supermarket_pricing_kata(basket: dict[str, int], total: int) -> None:
    """Three for two, sets at a price, and offers over two kinds; nobody saves by splitting.

    Each unit serves one offer, which is what "not combinable" asks for.
    https://www.cafe-encounter.net/p569/code-kata-supermarket-pricing
    """
    lines = [goods(sku, STOCK[sku], units) for sku, units in basket.items()]
    assert priced(cleanup(), lines).payable_minor == total
