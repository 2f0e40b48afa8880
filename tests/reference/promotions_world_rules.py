"""Random rules for random carts: dense and overlapping, with thresholds near the sums."""

import random

import msgspec

from cashwrap.promotions.rules import (
    Arithmetic,
    Benefit,
    Bundle,
    BuyGet,
    Coupon,
    Each,
    Group,
    Layer,
    Limits,
    Need,
    Off,
    PayPoints,
    Range,
    Rule,
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
PERCENTS = (100_000, 200_000, 333_333, 500_000, 15_000, 1_000_000)
MODES = ("half_up", "half_up", "half_even", "up", "down")


def chance(dice: random.Random, probability: float) -> bool:
    return dice.random() < probability


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
