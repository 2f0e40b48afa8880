"""Hypothesis strategies for single rules; those for whole carts are in `testing.promotions`.

The rules want the goods of `cashwrap.testing.promotions`: SKUs A to F, families famX and famY,
categories food and below it tea.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cashwrap.money import Rounding
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
    SetPrice,
    Slot,
    Spend,
    Step,
    Tier,
    Tiers,
)

SKUS = ("A", "B", "C", "D", "E", "F")
PERCENTS_PPM = (100_000, 200_000, 500_000, 333_333, 15_000, 1_000_000)
ROUNDINGS: tuple[Rounding, ...] = ("half_up", "half_even", "up", "down")

COMMON_LAYERS: tuple[Layer, ...] = (
    "item",
    "item",
    "item",
    "order",
    "order",
    "coupon",
    "price",
    "points",
)
ONE_TO_FOUR = st.integers(1, 4)
YES_OR_NO = st.booleans()
PARTS = st.integers(1, 1000)  # thousandths of a figure that the rule is near
ONE_IN_FOUR = st.sampled_from((False, False, False, True))
ONE_IN_SIX = st.sampled_from((False, False, False, False, False, True))

_SOME_SKUS = st.sets(st.sampled_from(SKUS), min_size=1, max_size=4).map(
    lambda skus: tuple(sorted(skus))
)
_RANGES: SearchStrategy[Range] = st.one_of(
    st.just(Range()),
    _SOME_SKUS.map(lambda skus: Range(skus=skus)),
    st.sampled_from((Range(families=("famX",)), Range(families=("famY",)))),
    st.just(Range(categories=("tea",))),
    _SOME_SKUS.map(lambda skus: Range(not_skus=skus)),
)
_ORDER_RANGES = st.just(Range()) | _RANGES
_ARITHMETICS = st.builds(
    Arithmetic,
    percent_per=st.sampled_from((None, "unit", "line", "once")),
    percent_rounding=st.sampled_from((None, *ROUNDINGS)),
    odd_cents=st.sampled_from((None, "largest", "first", "last")),
    percent_of=st.sampled_from((None, "current", "list")),
)
_SET_ARITHMETICS = st.just(Arithmetic()) | _ARITHMETICS
_OFF_KINDS = st.sampled_from(("percent", "amount", "price"))
_PERCENTS = st.sampled_from(PERCENTS_PPM)
_ITEM_KINDS = st.sampled_from(("each", "group", "tiers", "set", "bundle", "buy"))
_WHICH: SearchStrategy[Literal["cheapest", "dearest", "cheapest_of_all"]] = st.sampled_from(
    ("cheapest", "dearest", "cheapest_of_all")
)
_TIER_COUNTS = st.sets(st.integers(1, 5), min_size=1, max_size=3)
_TWELFTHS = st.sets(st.integers(1, 12), min_size=1, max_size=3)
_BESIDE = st.sampled_from((0, -1, 1))
_UP_TO_TWO = st.integers(0, 2)
_FACES = st.sampled_from((0, 10, 50))
_POINTS_MINOR = st.sampled_from((1, 7, 50))
_TAG_SETS = st.sampled_from(((), ("t",), ("t", "u")))
_EXCLUDES = st.sampled_from(((), (), ("t",), ("u",), ("*",)))
_EXCLUSIVE = st.sampled_from(("", "", "", "", "if_better", "always"))
_TAKES = st.sampled_from(("best", "best", "cheapest", "dearest"))
_MEASURES: SearchStrategy[Literal["current", "item", "price", "list"]] = st.sampled_from(
    ("current", "item", "price", "list")
)
_NEEDED: SearchStrategy[Literal["item", "price", "list"]] = st.sampled_from(
    ("price", "list", "item")
)
_NEEDED_BEFORE: SearchStrategy[Literal["item", "price", "list"]] = st.sampled_from(
    ("price", "list")
)


def ranges() -> SearchStrategy[Range]:
    """Return ranges of the goods that `baskets` makes; most of them overlap."""
    return _RANGES


def arithmetics() -> SearchStrategy[Arithmetic]:
    """Return every way to round and share."""
    return _ARITHMETICS


# -- what rules give ------------------------------------------------------------------------------


@st.composite
def offs(draw: DrawFn, most_minor: int) -> Off:
    """Return percentages, and amounts or prices up to ``most_minor``."""
    kind = draw(_OFF_KINDS)
    if kind == "percent":
        return Off(percent_ppm=draw(_PERCENTS))
    minor = draw(amounts(most_minor))
    return Off(amount_minor=minor) if kind == "amount" else Off(price_minor=minor)


def amounts(most_minor: int) -> SearchStrategy[int]:
    """Return amounts from 1 to ``most_minor``."""
    return PARTS.map(lambda part: 1 + most_minor * part // 1000)


@st.composite
def item_benefits(draw: DrawFn, total_minor: int) -> Benefit:
    """Return every benefit of the item layer, for a cart that comes to ``total_minor``."""
    kind = draw(_ITEM_KINDS)
    off = draw(offs(total_minor // (4 if kind in ("set", "bundle") else 8)))
    if kind == "each":
        return Each(off=off)
    if kind == "group":
        every = draw(ONE_TO_FOUR)
        get = min(every, draw(ONE_TO_FOUR))
        return Group(every=every, get=get, off=off, which=draw(_WHICH))
    if kind == "tiers":
        counts = sorted(draw(_TIER_COUNTS))
        tiers = [Tier(from_count=n, off=draw(offs(total_minor // 8))) for n in counts]
        return Tiers(tiers=tuple(tiers), marginal=draw(YES_OR_NO))
    if kind == "set":
        return SetPrice(count=max(2, draw(ONE_TO_FOUR)), off=off)
    first = Slot(range=draw(_RANGES), count=1 + draw(ONE_IN_FOUR))
    if kind == "bundle":
        return Bundle(slots=(first, Slot(range=draw(_RANGES))), off=off)
    return BuyGet(buy=(first,), get=1 + draw(ONE_IN_FOUR), off=off, partial=draw(YES_OR_NO))


@st.composite
def spends(draw: DrawFn, total_minor: int, *, settings: bool = True) -> Spend:
    """Return thresholds beside the sums that the cart may come to."""
    every = draw(ONE_IN_FOUR)
    steps: list[Step] = []
    for part in sorted(draw(_TWELFTHS)):
        least = steps[-1].at_minor + 1 if steps else 1
        near = total_minor * part // 12 + draw(_BESIDE)
        most = total_minor // 4
        off = Off(amount_minor=draw(amounts(most))) if every else draw(offs(most))
        steps.append(Step(at_minor=max(least, near), off=off))
    return Spend(
        steps=tuple(steps),
        every=every,
        times=draw(_UP_TO_TWO) if every else 0,
        measured=draw(_MEASURES) if settings else "current",
        above=settings and draw(ONE_IN_SIX),
        at_most_minor=draw(amounts(total_minor)) if settings and draw(ONE_IN_FOUR) else None,
    )


# -- rules ----------------------------------------------------------------------------------------


@st.composite
def rules(
    draw: DrawFn,
    id: str,
    total_minor: int,
    *,
    layers: Sequence[Layer] = COMMON_LAYERS,
    settings: bool = True,
) -> Rule:
    """Return a rule for a cart that comes to ``total_minor``."""
    layer = draw(st.sampled_from(layers))
    rule = Rule(
        id=id,
        layer=layer,
        benefit=draw(_benefits(layer, total_minor, settings=settings)),
        range=draw(_RANGES if layer in ("price", "item") else _ORDER_RANGES),
        coupon=Coupon(face_minor=draw(_FACES)) if layer == "coupon" else None,
    )
    return draw(_with_settings(rule, total_minor)) if settings and draw(YES_OR_NO) else rule


@st.composite
def _benefits(draw: DrawFn, layer: Layer, total_minor: int, *, settings: bool) -> Benefit:
    if layer == "price":
        return Each(off=draw(offs(total_minor // 4)))
    if layer == "item":
        return draw(item_benefits(total_minor))
    if layer == "points":
        return PayPoints(points=10, minor=draw(_POINTS_MINOR))
    return draw(spends(total_minor, settings=settings))


@st.composite
def _with_settings(draw: DrawFn, rule: Rule, total_minor: int) -> Rule:
    priced, item = rule.layer == "price", rule.layer == "item"
    asked = (draw(needs(total_minor, priced=priced)),) if draw(ONE_IN_FOUR) else ()
    rule = msgspec.structs.replace(
        rule,
        tags=draw(_TAG_SETS),
        priority=draw(_UP_TO_TWO),
        arithmetic=draw(_SET_ARITHMETICS),
        needs=asked,
    )
    if priced:
        return rule
    limits = Limits(
        order_uses=draw(_UP_TO_TWO) if item else 0,
        sku_uses=draw(_UP_TO_TWO) if isinstance(rule.benefit, Each) else 0,
        order_minor=draw(amounts(total_minor // 4)) if draw(ONE_IN_FOUR) else 0,
    )
    return msgspec.structs.replace(
        rule,
        limits=limits,
        excludes=draw(_EXCLUDES),
        exclusive=draw(_EXCLUSIVE),
        stop_after=draw(ONE_IN_SIX),
        takes=draw(_TAKES) if item else "best",
    )


@st.composite
def needs(draw: DrawFn, total_minor: int, *, priced: bool = False) -> Need:
    """Return needs of units or money; those of the price layer look at nothing later."""
    measured = draw(_NEEDED_BEFORE if priced else _NEEDED)
    if draw(YES_OR_NO):
        return Need(range=draw(_RANGES), minor=draw(amounts(total_minor)), measured=measured)
    return Need(
        range=draw(_RANGES),
        count=min(3, draw(ONE_TO_FOUR)),
        measured=measured,
        repeat=not priced and draw(YES_OR_NO),
    )
