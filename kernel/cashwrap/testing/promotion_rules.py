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

MEASURES: tuple[Literal["current", "item", "price", "list"], ...] = (
    "current",
    "item",
    "price",
    "list",
)

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

_TAGS = ("t", "u")


def sometimes(one_in: int) -> SearchStrategy[bool]:
    """Return True once in so many."""
    return st.integers(0, one_in - 1).map(lambda n: n == one_in - 1)


def ranges() -> SearchStrategy[Range]:
    """Return ranges of the goods that `baskets` makes; most of them overlap."""
    some = st.sets(st.sampled_from(SKUS), min_size=1, max_size=4)
    return st.one_of(
        st.just(Range()),
        some.map(lambda skus: Range(skus=tuple(sorted(skus)))),
        st.sampled_from(("famX", "famY")).map(lambda family: Range(families=(family,))),
        st.just(Range(categories=("tea",))),
        some.map(lambda skus: Range(not_skus=tuple(sorted(skus)))),
    )


# -- what rules give ------------------------------------------------------------------------------


def offs(most_minor: int) -> SearchStrategy[Off]:
    """Return percentages, and amounts or prices up to ``most_minor``."""
    minor = st.integers(1, max(1, most_minor))
    return st.one_of(
        st.sampled_from(PERCENTS_PPM).map(lambda ppm: Off(percent_ppm=ppm)),
        minor.map(lambda amount: Off(amount_minor=amount)),
        minor.map(lambda price: Off(price_minor=price)),
    )


def item_benefits(total_minor: int) -> SearchStrategy[Benefit]:
    """Return every benefit of the item layer, for a cart that comes to ``total_minor``."""
    one, some = offs(total_minor // 8), offs(total_minor // 4)
    slots = st.builds(Slot, range=ranges(), count=st.sampled_from((1, 1, 2)))
    groups = st.integers(1, 4).flatmap(lambda every: _groups(every, one))
    return st.one_of(
        st.builds(Each, off=one),
        groups,
        _tiers(one),
        st.builds(SetPrice, count=st.integers(2, 4), off=some),
        st.builds(Bundle, slots=st.tuples(slots, slots), off=some),
        st.builds(
            BuyGet, buy=st.tuples(slots), get=st.integers(1, 2), off=one, partial=st.booleans()
        ),
    )


def _groups(every: int, off: SearchStrategy[Off]) -> SearchStrategy[Group]:
    which = st.sampled_from(("cheapest", "dearest", "cheapest_of_all"))
    return st.builds(Group, every=st.just(every), get=st.integers(1, every), off=off, which=which)


@st.composite
def _tiers(draw: DrawFn, off: SearchStrategy[Off]) -> Tiers:
    counts = sorted(draw(st.sets(st.integers(1, 5), min_size=1, max_size=3)))
    return Tiers(
        tiers=tuple(Tier(from_count=count, off=draw(off)) for count in counts),
        marginal=draw(st.booleans()),
    )


@st.composite
def spends(draw: DrawFn, total_minor: int, *, settings: bool = True) -> Spend:
    """Return thresholds beside the sums that the cart may come to."""
    every = draw(sometimes(4))
    twelfths = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=3)))
    amounts = st.integers(1, max(1, total_minor // 4)).map(lambda minor: Off(amount_minor=minor))
    off = amounts if every else st.one_of(amounts, offs(total_minor // 4))
    steps: list[Step] = []
    for part in twelfths:
        least = steps[-1].at_minor + 1 if steps else 1
        near = total_minor * part // 12 + draw(st.sampled_from((0, -1, 1)))
        steps.append(Step(at_minor=max(least, near), off=draw(off)))
    measures = MEASURES if settings else MEASURES[:1]
    return Spend(
        steps=tuple(steps),
        every=every,
        times=draw(st.integers(0, 2)) if every else 0,
        measured=draw(st.sampled_from(measures)),
        above=settings and draw(sometimes(6)),
        at_most_minor=draw(st.none() | st.integers(0, total_minor)) if settings else None,
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
    benefit: SearchStrategy[Benefit] = {
        "price": st.builds(Each, off=offs(total_minor // 4)),
        "item": item_benefits(total_minor),
        "order": spends(total_minor, settings=settings),
        "coupon": spends(total_minor, settings=settings),
        "points": st.builds(PayPoints, points=st.just(10), minor=st.sampled_from((1, 7, 50))),
    }[layer]
    faces = st.builds(Coupon, face_minor=st.sampled_from((0, 10, 50)))
    rule = Rule(
        id=id,
        layer=layer,
        benefit=draw(benefit),
        range=draw(ranges() if layer in ("price", "item") else st.just(Range()) | ranges()),
        coupon=draw(faces) if layer == "coupon" else None,
    )
    return draw(_with_settings(rule, total_minor)) if settings and draw(st.booleans()) else rule


@st.composite
def _with_settings(draw: DrawFn, rule: Rule, total_minor: int) -> Rule:
    priced, item = rule.layer == "price", rule.layer == "item"
    rule = msgspec.structs.replace(
        rule,
        tags=draw(st.sampled_from(((), _TAGS[:1], _TAGS))),
        priority=draw(st.integers(0, 2)),
        arithmetic=draw(st.just(Arithmetic()) | arithmetics()),
        needs=draw(st.just(()) | st.tuples(needs(total_minor, priced=priced))),
    )
    if priced:
        return rule
    each = isinstance(rule.benefit, Each)
    caps = st.sampled_from((0, 1, total_minor // 8 + 1))
    uses = st.integers(0, 2) if item else st.just(0)
    skus = st.integers(0, 2) if each else st.just(0)
    return msgspec.structs.replace(
        rule,
        limits=draw(st.builds(Limits, order_uses=uses, sku_uses=skus, order_minor=caps)),
        excludes=draw(st.sampled_from(((), ("t",), ("u",), ("*",)))),
        exclusive=draw(st.sampled_from(("", "", "", "if_better", "always"))),
        stop_after=draw(sometimes(5)),
        takes=draw(st.sampled_from(("best", "cheapest", "dearest"))) if item else "best",
    )


def needs(total_minor: int, *, priced: bool = False) -> SearchStrategy[Need]:
    """Return needs of units or money; those of the price layer look at nothing later."""
    measured = st.sampled_from(("price", "list") if priced else ("price", "list", "item"))
    repeat = st.just(False) if priced else st.booleans()
    counted = st.builds(
        Need, range=ranges(), count=st.integers(1, 3), measured=measured, repeat=repeat
    )
    paid = st.builds(
        Need, range=ranges(), minor=st.integers(1, max(1, total_minor)), measured=measured
    )
    return st.one_of(counted, paid)


def arithmetics() -> SearchStrategy[Arithmetic]:
    """Return every way to round and share."""
    return st.builds(
        Arithmetic,
        percent_per=st.sampled_from((None, "unit", "line", "once")),
        percent_rounding=st.sampled_from((None, *ROUNDINGS)),
        odd_cents=st.sampled_from((None, "largest", "first", "last")),
        percent_of=st.sampled_from((None, "current", "list")),
    )
