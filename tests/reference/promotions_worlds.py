"""Random carts under random rule sets: dense and overlapping, equal prices, near thresholds."""

import random
from typing import NamedTuple

from reference.promotions_world_rules import MODES, SKUS, chance, changed, rule

from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Left, Occasion
from cashwrap.promotions.rules import (
    Choice,
    Layer,
    Policy,
    Rule,
    RuleSet,
)

PRICES = (
    (100, 200, 300),
    (999, 1000, 1001),
    (333, 500, 777, 1250),
    (1, 2, 3, 5),
    (1990, 2990, 990),
)
OPENED_MS = 1_763_000_000_000
"""2025-11-13 10:13:20 in Shanghai, a Thursday."""


class World(NamedTuple):
    """Everything that a choice of promotions depends on."""

    rules: RuleSet
    lines: tuple[BasketLine, ...]
    occasion: Occasion


def world(dice: random.Random, units: int = 7, wild: float = 0.5) -> World:
    """Return a cart of up to so many units; the wilder, the more settings are not the default."""
    lines = cart(dice, units, wild)
    total = sum(line.unit_minor * line.units for line in lines)
    rules = tuple(rule(dice, f"r{n}", total, wild) for n in range(dice.randint(1, 6)))
    groups = random_groups(dice, wild)
    rules = tuple(in_group(dice, one, groups, wild) for one in rules)
    return World(
        RuleSet(policy=policy(dice, wild), groups=groups, rules=rules),
        lines,
        occasion(dice, rules),
    )


# -- goods ----------------------------------------------------------------------------------------


def cart(dice: random.Random, units: int, wild: float) -> tuple[BasketLine, ...]:
    prices = dice.choice(PRICES)
    lines: list[BasketLine] = []
    left = dice.randint(1, units)
    while left:
        n = min(left, dice.choice((1, 1, 1, 2, 3)))
        left -= n
        lines.append(line(dice, len(lines) + 1, n, prices, wild))
    dice.shuffle(lines)
    return tuple(lines)


def line(
    dice: random.Random, number: int, units: int, prices: tuple[int, ...], wild: float
) -> BasketLine:
    sku = dice.choice(SKUS)
    unit = prices[ord(sku) % len(prices)] if chance(dice, 0.7) else dice.choice(prices)
    weighed = chance(dice, 0.1 * wild)
    return BasketLine(
        line=number,
        goods=Goods(
            sku, "fam" + "XY"[ord(sku) % 2], ("food",) if sku < "D" else ("food", "tea"), ()
        ),
        unit_minor=unit,
        units=1 if weighed else units,
        list_minor=unit + (dice.choice((0, 50, 100)) if chance(dice, 0.2 * wild) else 0),
        least_minor=dice.choice((0, unit // 2, unit, unit + 1)) if chance(dice, 0.2 * wild) else 0,
        divisible=weighed,
        quantity_milli=dice.choice((250, 500, 1333)) if weighed else 1000,
        fixed_price=chance(dice, 0.1 * wild),
        measure_ppm=884_956 if chance(dice, 0.1 * wild) else 1_000_000,
    )


# -- sets and occasions ---------------------------------------------------------------------------


def random_groups(dice: random.Random, wild: float) -> dict[str, Choice]:
    groups: dict[str, Choice] = {}
    names = ["order", "coupon", "item", "g", "h"]
    for name in names:
        if chance(dice, 0.4 * wild):
            groups[name] = Choice(
                mode=dice.choice(("all", "all", "best", "list")),
                per=dice.choice(("order", "order", "unit")),
                inside="g" if name == "h" and "g" in groups and chance(dice, 0.5) else "",
            )
    return groups


def in_group(dice: random.Random, one: Rule, groups: dict[str, Choice], wild: float) -> Rule:
    if one.layer == "price" or not chance(dice, 0.3 * wild):
        return one
    named = [name for name in ("g", "h") if name in groups]
    return changed(one, {"group": dice.choice(named)}) if named else one


def policy(dice: random.Random, wild: float) -> Policy:
    if not chance(dice, wild):
        return Policy()
    later: list[Layer] = ["order", "coupon", "points"]
    dice.shuffle(later)
    return Policy(
        choose=dice.choice(("best", "best", "priority")),
        layers=("price", "item", *later),
        special_prices=dice.choice(("lowest", "compound")),
        percent_per=dice.choice(("unit", "unit", "line", "once")),
        order_percent_per=dice.choice(("once", "once", "line", "unit")),
        percent_rounding=dice.choice(MODES),
        percent_of=dice.choice(("current", "current", "list")),
        odd_cents=dice.choice(("largest", "largest", "first", "last")),
        overridden=dice.choice(("final", "as_list")),
        weighed_in_groups=chance(dice, 0.3),
        floor_minor=dice.choice((0, 0, 0, 1, 150)),
        fees_count=chance(dice, 0.3),
    )


def occasion(dice: random.Random, rules: tuple[Rule, ...]) -> Occasion:
    coupons = [
        HeldCoupon(one.id, f"{one.id}-{n}", dice.choice((0, 5, 9)))
        for one in rules
        if one.coupon is not None
        for n in range(dice.choice((0, 1, 1, 2)))
    ]
    left = [
        (one.id, Left(dice.choice((-1, -1, 0, 1, 2)), dice.choice((-1, -1, 40, 400))))
        for one in rules
        if one.layer != "price" and chance(dice, 0.1)
    ]
    return Occasion(
        opened_ms=OPENED_MS,
        now_ms=OPENED_MS,
        member="m1" if chance(dice, 0.7) else "",
        coupons=tuple(coupons),
        points=dice.choice((0, 100, 1000)),
        points_wanted=dice.choice((-1, -1, 0, 35)),
        left=tuple(left),
        fees=(("delivery", dice.choice((1, 300, 2_000))),) if chance(dice, 0.3) else (),
    )
