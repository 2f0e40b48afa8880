"""Carts on which promotions stand in each other's way.

Five item promotions cover the same goods, spend tiers and a coupon follow on what is left: 10 off
100, 25 off 200 or 45 off 300, then 15 off 150. Each unit is in the range of each promotion with a
chance of three in five.
"""

import random

from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Occasion
from cashwrap.promotions.rules import (
    Bundle,
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
)

NOON_MS = 1_796_011_200_000
SECOND, FREE, SET, PAIR, PERCENT = "second-half", "buy-2-get-1", "three-for-40", "pair", "percent"
CHANCE = 0.6  # that a unit is in the range of a promotion
SET_MINOR, PAIR_MINOR, PERCENT_PPM = 4000, 3000, 150_000
TIERS = ((30_000, 4500), (20_000, 2500), (10_000, 1000))
COUPON_AT_MINOR, COUPON_MINOR = 15_000, 1500
COUPON = "coupon"
OCCASION = Occasion(NOON_MS, NOON_MS, coupons=(HeldCoupon(COUPON, "A1"),))
LARGEST, STEP_MINOR = 60_00, 100


def dense_rules() -> RuleSet:
    """Return the seven rules."""

    def tagged(tag: str) -> Range:
        return Range(tags=(tag,))

    item = (
        (SECOND, Range(tags=(SECOND,)), Group(every=2, off=Off(percent_ppm=500_000))),
        (FREE, tagged(FREE), Group(every=3, off=Off(percent_ppm=1_000_000))),
        (SET, tagged(SET), SetPrice(count=3, off=Off(price_minor=SET_MINOR))),
        (
            PAIR,
            Range(),
            Bundle(
                slots=(Slot(range=tagged("pair-a")), Slot(range=tagged("pair-b"))),
                off=Off(price_minor=PAIR_MINOR),
            ),
        ),
        (PERCENT, tagged(PERCENT), Each(off=Off(percent_ppm=PERCENT_PPM))),
    )
    tiers = tuple(Step(at_minor=at, off=Off(amount_minor=minor)) for at, minor in reversed(TIERS))
    coupon = (Step(at_minor=COUPON_AT_MINOR, off=Off(amount_minor=COUPON_MINOR)),)
    return RuleSet(
        name="dense",
        rules=(
            *(Rule(id=id, layer="item", range=goods, benefit=gives) for id, goods, gives in item),
            Rule(id="tiers", layer="order", benefit=Spend(steps=tiers)),
            Rule(
                id=COUPON,
                layer="coupon",
                coupon=Coupon(face_minor=COUPON_MINOR),
                benefit=Spend(steps=coupon),
            ),
        ),
    )


def dense_cart(units: int, seed: int) -> list[BasketLine]:
    """Return a cart of single units, each of its own SKU, 5.00 to 60.00."""
    rolls = random.Random(f"{units}:{seed}")
    lines = []
    for line in range(1, units + 1):
        price = rolls.randrange(500, LARGEST + 1, STEP_MINOR)
        pair = rolls.choice(("pair-a", "pair-b"))
        tags = [tag for tag in (SECOND, FREE, SET, pair, PERCENT) if rolls.random() < CHANCE]
        goods = Goods(f"SKU{line:04d}", tags=tuple(tags))
        lines.append(BasketLine(line, goods, price, 1, price))
    return lines
