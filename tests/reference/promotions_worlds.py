"""Random carts under random rule sets: dense and overlapping, equal prices, near thresholds."""

import random
from typing import NamedTuple

import msgspec

from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Left, Occasion
from cashwrap.promotions.rules import (
    Arithmetic,
    Benefit,
    Bundle,
    BuyGet,
    Choice,
    Coupon,
    Each,
    Group,
    Layer,
    Limits,
    Need,
    Off,
    PayPoints,
    Policy,
    Range,
    Rule,
    RuleSet,
    Scope,
    SetPrice,
    Slot,
    Spend,
    Step,
    Tier,
    Tiers,
    Who,
    Window,
)

SKUS = "ABCDEF"
PRICES = (
    (100, 200, 300),
    (999, 1000, 1001),
    (333, 500, 777, 1250),
    (1, 2, 3, 5),
    (1990, 2990, 990),
)
PERCENTS = (100_000, 200_000, 333_333, 500_000, 15_000, 1_000_000)
MODES = ("half_up", "half_up", "half_even", "up", "down")
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


def chance(dice: random.Random, probability: float) -> bool:
    return dice.random() < probability


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


def some_range(dice: random.Random, wild: float) -> Range:
    kind = dice.randrange(6)
    if kind == 0:
        return Range()
    if kind == 1:
        return Range(families=(dice.choice(("famX", "famY")),))
    if kind == 2:
        return Range(categories=(dice.choice(("food", "tea")),))
    skus = tuple(sorted(dice.sample(SKUS, dice.randint(1, 4))))
    if chance(dice, 0.2 * wild):
        return Range(not_skus=skus[:2], from_minor=dice.choice((0, 2, 300)))
    return Range(skus=skus)


# -- rules ----------------------------------------------------------------------------------------


def rule(dice: random.Random, name: str, total: int, wild: float) -> Rule:
    layers: tuple[Layer, ...] = ("item", "item", "item", "order", "order", "coupon")
    if chance(dice, 0.3 * wild):
        layers = ("price", "points")
    layer = dice.choice(layers)
    wanted = some_range(dice, wild)
    if layer in ("order", "coupon", "points") and chance(dice, 0.5):
        wanted = Range()
    if layer in ("order", "coupon") and chance(dice, 0.2 * wild):
        wanted = Range(skus=wanted.skus, not_promoted_by=dice.choice((("*",), ("t",), ("u",))))
    coupon = layer == "coupon" or (layer == "item" and chance(dice, 0.15 * wild))
    made = Rule(
        id=name,
        layer=layer,
        benefit=benefit(dice, layer, total, wild),
        range=wanted,
        coupon=Coupon(face_minor=dice.choice((0, 10, 10, 50))) if coupon else None,
    )
    return with_settings(dice, made, total, wild) if chance(dice, wild) else made


def benefit(dice: random.Random, layer: Layer, total: int, wild: float) -> Benefit:
    if layer == "price":
        return Each(off=unit_off(dice, total))
    if layer == "points":
        most = dice.choice((1_000_000, 500_000, 300_000))
        return PayPoints(
            points=dice.choice((1, 10)), minor=dice.choice((1, 7, 50)), at_most_ppm=most
        )
    if layer in ("order", "coupon"):
        return spend(dice, total, wild)
    return item_benefit(dice, total, wild)


def item_benefit(dice: random.Random, total: int, wild: float) -> Benefit:
    kind = dice.randrange(8)
    off = unit_off(dice, total)
    if kind == 0:
        return Each(off=off)
    if kind in (1, 2):
        every = dice.randint(1, 4)
        which = dice.choice(("cheapest", "cheapest", "dearest", "cheapest_of_all"))
        return Group(every=every, get=dice.randint(1, every), off=off, which=which)
    if kind == 3:
        return tiers(dice, total)
    if kind in (4, 5):
        return SetPrice(count=dice.randint(2, 4), off=set_off(dice, total))
    if kind == 6:
        slots = tuple(slot(dice, wild) for _ in range(dice.randint(2, 3)))
        return Bundle(slots=slots, off=set_off(dice, total))
    buy = tuple(slot(dice, wild) for _ in range(dice.choice((1, 1, 2))))
    return BuyGet(buy=buy, get=dice.randint(1, 2), off=off, partial=chance(dice, 0.5))


def slot(dice: random.Random, wild: float) -> Slot:
    return Slot(range=some_range(dice, wild), count=dice.choice((1, 1, 2)))


def tiers(dice: random.Random, total: int) -> Tiers:
    counts = sorted(dice.sample(range(1, 6), dice.randint(1, 3)))
    kind = dice.randrange(3)
    made = [Tier(from_count=count, off=off_of(dice, kind, total, 4)) for count in counts]
    return Tiers(tiers=tuple(made), marginal=chance(dice, 0.4))


def unit_off(dice: random.Random, total: int) -> Off:
    return off_of(dice, dice.choice((0, 0, 1, 2)), total, dice.choice((4, 8, 20)))


def set_off(dice: random.Random, total: int) -> Off:
    return off_of(dice, dice.choice((0, 1, 2, 2)), total, dice.choice((2, 3, 5)))


def off_of(dice: random.Random, kind: int, total: int, part: int) -> Off:
    if kind == 0:
        return Off(percent_ppm=dice.choice(PERCENTS))
    amount = dice.randint(0, total // part + 1)
    return Off(amount_minor=amount) if kind == 1 else Off(price_minor=amount)


def spend(dice: random.Random, total: int, wild: float) -> Spend:
    """Thresholds where they hurt: just below and above what a cart may come to."""
    every = chance(dice, 0.2)
    steps = []
    counted = chance(dice, 0.15)
    both = chance(dice, 0.1)
    near = {max(1, total * part // 12 + dice.choice((-1, 0, 0, 1))) for part in range(1, 13)}
    for at in sorted(dice.sample(sorted(near), min(len(near), dice.randint(1, 3)))):
        kind = 1 if every else dice.choice((1, 1, 0, 2))
        off = off_of(dice, kind, total, dice.choice((3, 6, 10)))
        count = len(steps) + dice.randint(0, 1) + 1 if counted or both else 0
        count = max([count, *(step.at_count + counted for step in steps[-1:])])
        steps.append(Step(at_minor=0 if counted else at, at_count=count, off=off))
    plain = not chance(dice, wild)
    return Spend(
        steps=tuple(steps),
        every=every,
        times=dice.choice((0, 1, 2)),
        measured="current" if plain else dice.choice(("list", "price", "item", "current")),
        above=not plain and chance(dice, 0.2),
        at_most_minor=dice.randint(0, total // 3) if not plain and chance(dice, 0.3) else None,
    )


def with_settings(dice: random.Random, one: Rule, total: int, wild: float) -> Rule:
    """The rule with some of its settings not the default."""
    priced = one.layer == "price"
    measures = ("list", "price") if priced else ("list", "price", "item")
    needs = ()
    if chance(dice, 0.25):
        count = dice.choice((0, 1, 2, 3))
        minor = 0 if count else dice.randint(1, total)
        needs = (
            Need(
                range=some_range(dice, wild),
                count=count,
                minor=minor,
                measured=dice.choice(measures),
                above=chance(dice, 0.2),
                repeat=not priced and chance(dice, 0.4),
            ),
        )
    settings: dict[str, object] = {
        "needs": needs,
        "priority": dice.choice((0, 0, 1, 2)),
        "arithmetic": arithmetic(dice) if chance(dice, 0.4) else Arithmetic(),
        "tags": dice.choice(((), ("t",), ("t", "u"))),
        "scope": Scope(who=Who(only="members")) if chance(dice, 0.1) else Scope(),
        "windows": (Window(weekdays=(4,)),) if chance(dice, 0.1) else (),
    }
    if not priced:
        settings |= {
            "limits": limits(dice, one, total) if chance(dice, 0.35) else Limits(),
            "excludes": dice.choice(((), (), ("t",), ("u",), ("*",))),
            "exclusive": dice.choice(("", "", "", "", "if_better", "always")),
            "stop_after": chance(dice, 0.2),
            "takes": dice.choice(("best", "best", "cheapest", "dearest"))
            if one.layer == "item"
            else "best",
        }
    return changed(one, settings)


def changed(one: Rule, settings: dict[str, object]) -> Rule:
    return msgspec.structs.replace(one, **settings)


def limits(dice: random.Random, one: Rule, total: int) -> Limits:
    item = one.layer == "item"
    return Limits(
        order_uses=dice.choice((0, 1, 2)) if item else 0,
        sku_uses=dice.choice((0, 1, 2)) if isinstance(one.benefit, Each) else 0,
        order_minor=dice.choice((0, 1, total // 10 + 1, total // 4 + 1)),
    )


def arithmetic(dice: random.Random) -> Arithmetic:
    return Arithmetic(
        percent_per=dice.choice((None, "unit", "line", "once")),
        percent_rounding=dice.choice((None, *MODES)),
        odd_cents=dice.choice((None, "largest", "first", "last")),
        percent_of=dice.choice((None, "current", "list")),
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
    )
