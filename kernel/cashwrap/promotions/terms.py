"""A rule in the numbers that the compiled search works with."""

from typing import TypedDict

from cashwrap.promotions.rules import (
    EVERYTHING,
    LAYERS,
    Bundle,
    BuyGet,
    Candidates,
    Each,
    Group,
    Need,
    Off,
    PayPoints,
    Policy,
    Rule,
    SetPrice,
    Spend,
    Tiers,
)
from cashwrap_native.allocate import ODD_CENTS
from cashwrap_native.pricing import ROUNDINGS
from cashwrap_native.promote_rules import FAMILIES, LIMIT

UNLIMITED = 4 * 10**18
_MEASURES = ("list", "price", "item", "current")
_WHICH = ("cheapest", "dearest", "cheapest_of_all")
_TAKES = ("cheapest", "dearest", "best")
_PER = ("unit", "line", "once")
_FAMILY: dict[object, int] = {
    kind: FAMILIES.index(kind.__struct_config__.tag)
    for kind in (Each, Group, Tiers, SetPrice, Bundle, BuyGet, Candidates, Spend, PayPoints)
}
_NOTHING = FAMILIES.index("nothing")


class Terms(TypedDict):
    """The arguments of `cashwrap_native.promote.Rules.define`, but for rank, turn and group."""

    layer: int
    family: int
    slots: int
    which: int
    takes: int
    per: int
    rounding: int
    odd: int
    measured: int
    with_fees: bool
    of_list: bool
    marginal: bool
    partial: bool
    again: bool
    above: bool
    coupon: bool
    every: int
    get: int
    times: int
    at_most: int
    sku_uses: int
    face: int
    points: int
    worth: int
    at_most_ppm: int
    sizes: tuple[int, ...]
    off: tuple[int, int]
    steps: tuple[tuple[int, int, int, int], ...]
    needs: tuple[tuple[int, int, int, int, bool, bool], ...]


def terms_of(rule: Rule, policy: Policy) -> Terms:
    """Return what a rule says as numbers, with the policy where it says nothing itself."""
    arithmetic = rule.arithmetic
    later = rule.layer not in ("price", "item")
    per = arithmetic.percent_per or (policy.order_percent_per if later else policy.percent_per)
    terms = Terms(
        layer=LAYERS.index(rule.layer),
        family=_FAMILY.get(type(rule.benefit), _NOTHING),
        slots=1,
        which=0,
        takes=_TAKES.index(rule.takes),
        per=0 if rule.layer == "price" else _PER.index(per),
        rounding=ROUNDINGS.index(arithmetic.percent_rounding or policy.percent_rounding),
        odd=ODD_CENTS.index(arithmetic.odd_cents or policy.odd_cents),
        measured=0,
        with_fees=policy.fees_count
        and isinstance(rule.benefit, Spend)
        and rule.range == EVERYTHING,
        of_list=(arithmetic.percent_of or policy.percent_of) == "list",
        marginal=False,
        partial=False,
        again=False,
        above=False,
        coupon=rule.coupon is not None,
        every=1,
        get=1,
        times=0,
        at_most=UNLIMITED,
        sku_uses=rule.limits.sku_uses if isinstance(rule.benefit, Each) else 0,
        face=_bounded(rule.coupon.face_minor) if rule.coupon else 0,
        points=1,
        worth=1,
        at_most_ppm=0,
        sizes=(1,),
        off=(0, 0),
        steps=(),
        needs=tuple(
            _need(need, part) for part, need in enumerate(rule.needs, slot_count(rule) + 1)
        ),
    )
    _add_benefit(terms, rule)
    return terms


def slot_count(rule: Rule) -> int:
    """Return how many ranges of slots stand between a rule's own range and its needs."""
    if isinstance(rule.benefit, Bundle):
        return len(rule.benefit.slots)
    return len(rule.benefit.buy) if isinstance(rule.benefit, BuyGet) else 0


def _add_benefit(terms: Terms, rule: Rule) -> None:
    benefit = rule.benefit
    if isinstance(benefit, Each | Group | SetPrice | Bundle | BuyGet):
        terms["off"] = _off(benefit.off)
    if isinstance(benefit, Group):
        terms["every"], terms["get"] = benefit.every, min(benefit.get, benefit.every)
        terms["which"] = _WHICH.index(benefit.which)
    elif isinstance(benefit, SetPrice):
        terms["every"] = benefit.count
    elif isinstance(benefit, Bundle):
        terms["sizes"] = tuple(slot.count for slot in benefit.slots)
        terms["slots"] = len(benefit.slots)
    elif isinstance(benefit, BuyGet):
        terms["sizes"] = (*(slot.count for slot in benefit.buy), benefit.get)
        terms["slots"] = len(benefit.buy) + 1
        terms["partial"] = benefit.partial
    elif isinstance(benefit, Tiers):
        terms["steps"] = tuple((0, tier.from_count, *_off(tier.off)) for tier in benefit.tiers)
        terms["marginal"] = benefit.marginal
    elif isinstance(benefit, PayPoints):
        terms["points"], terms["worth"] = benefit.points, benefit.minor
        terms["at_most_ppm"] = benefit.at_most_ppm
    elif isinstance(benefit, Spend):
        _add_spend(terms, benefit)


def _add_spend(terms: Terms, benefit: Spend) -> None:
    terms["steps"] = tuple(
        (_bounded(step.at_minor), step.at_count, *_off(step.off)) for step in benefit.steps
    )
    terms["again"], terms["times"] = benefit.every, benefit.times
    terms["measured"], terms["above"] = _MEASURES.index(benefit.measured), benefit.above
    if benefit.at_most_minor is not None:
        terms["at_most"] = _bounded(benefit.at_most_minor)


def _off(off: Off) -> tuple[int, int]:
    if off.percent_ppm is not None:
        return 0, off.percent_ppm
    if off.amount_minor is not None:
        return 1, _bounded(off.amount_minor)
    return 2, _bounded(off.price_minor or 0)


def _need(need: Need, part: int) -> tuple[int, int, int, int, bool, bool]:
    measured = _MEASURES.index(need.measured)
    return need.count, _bounded(need.minor), measured, part, need.above, need.repeat


def _bounded(minor: int) -> int:
    """Return an amount, or one beyond all carts: more makes no difference."""
    return min(minor, 2 * LIMIT)
