"""The same basket and the same offers for every engine: plain data that each translates.

Twenty lines of one to three units and a hundred offers: 97 of four kinds, about five on most of the
goods of each of twenty shelves, and three thresholds on the whole. It comes from a fixed seed.

Scattered offers are the harder version: each is on thirty of the 600 goods at random, of which so
many are in the basket, so that all of them stand in each other's way.
"""

import random
from collections.abc import Callable, Iterable
from typing import NamedTuple

GOODS, SHELVES, LINES, OFFERS = 600, 20, 20, 100
RANGE = 20  # of the thirty goods of a shelf
SCATTERED_RANGE = 30
THRESHOLDS = ((10_000, 500), (20_000, 1500), (30_000, 3000))


class Offer(NamedTuple):
    """What ``count`` units of some goods bring; a threshold has none.

    ``kind``: ``free`` (the cheapest of count), ``percent`` (value ppm off each of a set of
    count), ``price`` (the set for value), ``amount`` (value off the set), ``spend`` (value off a
    basket that comes to count minor units).
    """

    id: str
    kind: str
    count: int
    value: int
    goods: tuple[int, ...]


class Workload(NamedTuple):
    """Prices of all goods, the basket as (goods, units), the offers in order of priority."""

    prices_minor: tuple[int, ...]
    basket: tuple[tuple[int, int], ...]
    offers: tuple[Offer, ...]


def workload(
    lines: int = LINES, offers: int = OFFERS, seed: int = 1, scattered: int | None = None
) -> Workload:
    """Return the basket and the offers; ``scattered`` with so many goods of the basket in each."""
    rolls = random.Random(seed)
    prices = tuple(rolls.randrange(300, 6000, 10) for _ in range(GOODS))
    bought = rolls.sample(range(GOODS), lines)
    basket = tuple((goods, rolls.choice((1, 1, 2, 3))) for goods in bought)

    def goods_of(number: int) -> Iterable[int]:
        if scattered is None:
            return rolls.sample(_shelf(number), RANGE)
        inside = rolls.sample(bought, scattered)
        return {*inside, *rolls.sample(range(GOODS), SCATTERED_RANGE - scattered)}

    made = [_offer(rolls, number, goods_of) for number in range(offers - len(THRESHOLDS))]
    spend = [Offer(f"spend{at}", "spend", at, off, ()) for at, off in reversed(THRESHOLDS)]
    return Workload(prices, basket, (*made, *spend))


def _shelf(number: int) -> range:
    return range(number // (OFFERS // SHELVES), GOODS, SHELVES)


def _offer(rolls: random.Random, number: int, goods_of: Callable[[int], Iterable[int]]) -> Offer:
    kind = ("free", "percent", "price", "amount")[number % 4]
    count = {"free": 3, "percent": 2, "price": 3, "amount": 2}[kind]
    value = {
        "free": 1_000_000,
        "percent": rolls.choice((100_000, 150_000, 200_000)),
        "price": count * rolls.randrange(800, 4000, 100),
        "amount": rolls.randrange(100, 600, 100),
    }[kind]
    return Offer(f"{kind}{number}", kind, count, value, tuple(sorted(goods_of(number))))
