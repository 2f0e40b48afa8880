"""Hypothesis strategies for carts, occasions, rules and rule sets (docs/testing.md#promotions).

They make what goes wrong in shops: few SKUs at equal or nearly equal prices, rules that want the
same units, thresholds a minor unit below and above what the cart may come to. Every rule set made
here passes the checks that a published one must pass. Everything shrinks toward one cheap unit and
no rule. Needs `hypothesis`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Left, Occasion
from cashwrap.promotions.rules import Choice, Layer, Policy, Rule, RuleSet
from cashwrap.testing.promotion_rules import (
    ONE_IN_FOUR,
    ONE_IN_SIX,
    ROUNDINGS,
    SKUS,
    YES_OR_NO,
    rules,
)

PRICES_MINOR = ((100, 200, 300), (999, 1000, 1001), (333, 500, 777, 1250), (1, 2, 3))
OPENED_MS = 1_763_000_000_000  # a Thursday morning in Shanghai


_PRICES = st.sampled_from(PRICES_MINOR)
_COUNTS = st.sampled_from((1, 2, 3))
_SKUS = st.sampled_from(SKUS)
_WEIGHTS = st.sampled_from((500, 250, 1333))
_ABOVE = st.sampled_from((0, 50, 100))
_FLOORS = st.sampled_from((0, 1, 2))  # halves of the price
_ENDS = st.lists(st.sampled_from((0, 5, 9)), max_size=2)
_LEFT = st.sampled_from((Left(1, -1), Left(-1, 40), Left(0, -1)))
_MEMBERS = st.sampled_from(("", "m1"))
_POINTS = st.sampled_from((0, 100, 1000))
_WANTED = st.sampled_from((0, -1, 35))
_GROUPS = st.dictionaries(
    st.sampled_from(("order", "coupon", "item", "g")),
    st.builds(
        Choice,
        mode=st.sampled_from(("all", "best", "list")),
        per=st.sampled_from(("order", "unit")),
    ),
    max_size=2,
)
_LATER: SearchStrategy[list[Layer]] = st.permutations(("order", "coupon", "points"))
_POLICIES = st.just(Policy()) | st.builds(
    Policy,
    choose=st.sampled_from(("best", "priority")),
    layers=_LATER.map(lambda later: ("price", "item", *later)),
    special_prices=st.sampled_from(("lowest", "compound")),
    percent_per=st.sampled_from(("unit", "line", "once")),
    order_percent_per=st.sampled_from(("once", "line", "unit")),
    percent_rounding=st.sampled_from(ROUNDINGS),
    percent_of=st.sampled_from(("current", "list")),
    odd_cents=st.sampled_from(("largest", "first", "last")),
    overridden=st.sampled_from(("final", "as_list")),
    weighed_in_groups=st.booleans(),
    floor_minor=st.sampled_from((0, 1, 150)),
    fees_count=st.booleans(),
)


_FEES = st.sampled_from(((), (("delivery", 300),), (("delivery", 600), ("packing", 50))))


class Case(NamedTuple):
    """All that a choice of promotions depends on."""

    rules: RuleSet
    lines: tuple[BasketLine, ...]
    occasion: Occasion


@st.composite
def cases(draw: DrawFn, *, units: int = 7, rules: int = 5, settings: bool = True) -> Case:
    """Return carts of up to ``units`` units under up to ``rules`` rules that want them.

    ``settings`` False leaves limits, needs, conflicts and arithmetic at their defaults.
    """
    lines = draw(baskets(units=units, settings=settings))
    total_minor = sum(line.unit_minor * line.units for line in lines)
    chosen = draw(rule_sets(total_minor, most=rules, settings=settings))
    return Case(chosen, lines, draw(occasions(chosen.rules)))


# -- goods ----------------------------------------------------------------------------------------


@st.composite
def baskets(draw: DrawFn, *, units: int = 7, settings: bool = True) -> tuple[BasketLine, ...]:
    """Return lines of goods: families famX, famY, categories food and below it tea."""
    prices = draw(_PRICES)
    counts = draw(st.lists(_COUNTS, min_size=1, max_size=units))
    lines: list[BasketLine] = []
    for count in counts:
        left = units - sum(line.units for line in lines)
        if left > 0:
            lines.append(draw(_line(len(lines) + 1, min(count, left), prices, settings)))
    return tuple(lines)


@st.composite
def _line(
    draw: DrawFn, number: int, units: int, prices: Sequence[int], settings: bool
) -> BasketLine:
    sku = draw(_SKUS)
    unit_minor = draw(st.sampled_from(prices))
    line = BasketLine(number, goods(sku), unit_minor, units, list_minor=unit_minor)
    if not settings or not draw(ONE_IN_FOUR):
        return line
    weighed = draw(ONE_IN_FOUR)
    return msgspec.structs.replace(
        line,
        units=1 if weighed else units,
        divisible=weighed,
        quantity_milli=draw(_WEIGHTS) if weighed else 1000,
        list_minor=unit_minor + draw(_ABOVE),
        least_minor=unit_minor * draw(_FLOORS) // 2,
        fixed_price=draw(ONE_IN_FOUR),
    )


def goods(sku: str) -> Goods:
    """Return what a range looks at of one of SKUS."""
    family = "famX" if SKUS.index(sku) % 2 else "famY"
    return Goods(sku, family, ("food", "tea") if sku >= "D" else ("food",))


# -- rule sets and occasions ---------------------------------------------------------------------


@st.composite
def rule_sets(draw: DrawFn, total_minor: int, *, most: int = 5, settings: bool = True) -> RuleSet:
    """Return rule sets for a cart that comes to ``total_minor``."""
    count = min(most, draw(st.integers(0, 3 * most)))
    made = [draw(rules(f"r{n}", total_minor, settings=settings)) for n in range(count)]
    if not settings:
        return RuleSet(rules=tuple(made))
    groups = draw(_GROUPS)
    if "g" in groups:
        own = [rule.layer != "price" and draw(YES_OR_NO) for rule in made]
        pairs = zip(made, own, strict=True)
        made = [msgspec.structs.replace(r, group="g") if inside else r for r, inside in pairs]
    return RuleSet(policy=draw(_POLICIES), groups=groups, rules=tuple(made))


def policies() -> SearchStrategy[Policy]:
    """Return the settings of whole sets, the defaults first."""
    return _POLICIES


@st.composite
def occasions(draw: DrawFn, rules: Sequence[Rule] = ()) -> Occasion:
    """Return occasions on which the customer holds coupons of these rules, and has points."""
    held: list[HeldCoupon] = []
    left: list[tuple[str, Left]] = []
    for rule in rules:
        ends = draw(_ENDS) if rule.coupon else []
        held += [HeldCoupon(rule.id, f"{rule.id}-{n}", end) for n, end in enumerate(ends)]
        if rule.layer != "price" and draw(ONE_IN_SIX):
            left.append((rule.id, draw(_LEFT)))
    return Occasion(
        opened_ms=OPENED_MS,
        now_ms=OPENED_MS,
        member=draw(_MEMBERS),
        coupons=tuple(held),
        points=draw(_POINTS),
        points_wanted=draw(_WANTED),
        left=tuple(left),
        fees=draw(_FEES),
    )
