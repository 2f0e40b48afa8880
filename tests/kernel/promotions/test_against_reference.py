"""The compiled engine equals the plain reference: what is paid, every cell, every use."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from reference.promotions_compare import against_engine, run
from reference.promotions_shrink import told
from reference.promotions_worlds import OPENED_MS, World

from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Occasion
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Coupon,
    Each,
    Group,
    Off,
    Range,
    Rule,
    RuleSet,
    SetPrice,
    Slot,
    Spend,
    Step,
    Tier,
    Tiers,
)
from cashwrap.testing.promotions import Case, cases


@pytest.mark.parametrize("seed", range(4))
def test_random_carts_are_priced_as_the_reference_prices_them(seed: int) -> None:
    """Property 15: 500 carts of up to 7 units a seed, under rule sets with all settings."""
    compared, faults = run(500, 7_700 + seed, units=7)
    assert not faults, faults[0]
    assert compared == 500


@pytest.mark.parametrize(("units", "carts"), [(8, 12), (9, 8), (10, 4)])
def test_dense_carts_are_priced_as_the_search_prices_them(units: int, carts: int) -> None:
    """Property 15 beyond brute force: five overlapping rules, spend tiers and a coupon."""
    compared, faults = run(carts, units, units, check="search")
    assert not faults, faults[0]
    assert compared == carts


@settings(max_examples=50)
@given(cases())
def test_drawn_carts_are_priced_as_the_reference_prices_them(case: Case) -> None:
    """Properties 4 and 15, and what fails here is small."""
    world = World(*case)
    difference = against_engine(world)
    assert not difference, f"{difference}\n{told(world)}"


# -- every cart of a small world ------------------------------------------------------------------

PRICES = {"A": 300, "B": 200, "C": 200, "D": 90}
HALF = Off(percent_ppm=500_000)


def item(name: str, benefit: Each | Group | Tiers | SetPrice | Bundle | BuyGet, *skus: str) -> Rule:
    return Rule(id=name, layer="item", benefit=benefit, range=Range(skus=skus))


def steps(*pairs: tuple[int, int]) -> Spend:
    return Spend(steps=tuple(Step(at_minor=at, off=Off(amount_minor=off)) for at, off in pairs))


TIERS = Rule(id="o", layer="order", benefit=steps((400, 40), (700, 100), (1100, 170)))
COUPON = Rule(id="c", layer="coupon", benefit=steps((500, 60)), coupon=Coupon(face_minor=60))
SMALL_WORLDS = {
    "second at half price, any three, spend tiers, coupon": (
        item("half", Group(every=2, off=HALF), "A", "B", "C"),
        item("any3", SetPrice(count=3, off=Off(price_minor=500)), "B", "C", "D", "A"),
        TIERS,
        COUPON,
    ),
    "bundle, buy two get one, 20 % off, spend tiers": (
        item(
            "set",
            Bundle(
                slots=(Slot(range=Range(skus=("A", "B"))), Slot(range=Range(skus=("C", "D")))),
                off=Off(price_minor=280),
            ),
        ),
        item("b2g1", BuyGet(buy=(Slot(range=Range(), count=2),), off=HALF), "C", "D"),
        item("off", Each(off=Off(percent_ppm=200_000)), "B", "D"),
        TIERS,
    ),
    "quantity tiers, four at a third off the cheapest, coupon": (
        item(
            "tiers",
            Tiers(
                tiers=(
                    Tier(from_count=2, off=Off(amount_minor=15)),
                    Tier(from_count=4, off=Off(amount_minor=40)),
                )
            ),
            "A",
            "B",
            "C",
        ),
        item("four", Group(every=4, get=2, off=Off(percent_ppm=333_333)), "A", "C", "D"),
        COUPON,
    ),
}


@pytest.mark.parametrize("name", SMALL_WORLDS)
def test_every_cart_of_a_small_world(name: str) -> None:
    """Property 4: all 329 carts of up to 7 units of four goods, two of them at one price."""
    rules = RuleSet(rules=SMALL_WORLDS[name])
    occasion = Occasion(OPENED_MS, OPENED_MS, coupons=(HeldCoupon("c", "c1"),))
    for units in range(1, 8):
        for skus in combinations_with_replacement(PRICES, units):
            lines = tuple(
                BasketLine(n, Goods(sku), PRICES[sku], skus.count(sku), PRICES[sku])
                for n, sku in enumerate(sorted(set(skus)), 1)
            )
            world = World(rules, lines, occasion)
            difference = against_engine(world)
            assert not difference, f"{difference}\n{told(world)}"
