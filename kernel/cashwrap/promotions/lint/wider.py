"""Does one rule count whenever another does, and does it give at least as much?"""

from itertools import zip_longest

from cashwrap.promotions.lint.cover import Coverage
from cashwrap.promotions.rules import (
    Benefit,
    Bundle,
    BuyGet,
    Each,
    Group,
    Limits,
    Off,
    Rule,
    Scope,
    SetPrice,
    Spend,
    Step,
    Tier,
    Tiers,
)

NO_LIMITS = Limits()


def counts_whenever(wide: Rule, narrow: Rule, cover: Coverage) -> bool:
    """Return whether one rule counts on every cart and occasion on which the other does."""
    return (
        wide.enabled
        and wide.layer == narrow.layer
        and _scope_wider(wide.scope, narrow.scope)
        and (not wide.windows or (wide.windows, wide.judged) == (narrow.windows, narrow.judged))
        and (not wide.needs or wide.needs == narrow.needs)
        and wide.coupon is None
        and not wide.opt_in
        and wide.limits == NO_LIMITS
        and cover.within(narrow.range, wide.range)
        and not wide.range.not_promoted_by
        and set(wide.excludes) <= set(narrow.excludes)
        and set(wide.tags) <= set(narrow.tags)
        and wide.exclusive == narrow.exclusive
    )


def _scope_wider(wide: Scope, narrow: Scope) -> bool:
    one, other = wide.who, narrow.who
    fields = (
        (wide.stores, narrow.stores),
        (wide.channels, narrow.channels),
        (wide.order_types, narrow.order_types),
        (wide.tenders, narrow.tenders),
        (one.tiers, other.tiers),
        (one.groups, other.groups),
        (one.members, other.members),
        (one.facts, other.facts),
    )
    return (
        one.only in ("anyone", other.only)
        and set(one.not_facts) <= set(other.not_facts)
        and all(not first or (second and set(second) <= set(first)) for first, second in fields)
    )


def gives_no_less(more: Rule, less: Rule) -> bool:
    """Return whether one rule's benefit is never below the other's on the same goods."""
    return (
        more.arithmetic == less.arithmetic
        and more.takes in ("best", less.takes)
        and more.gift == less.gift
        and _benefit_no_less(more.benefit, less.benefit)
    )


def _benefit_no_less(more: Benefit, less: Benefit) -> bool:
    match more, less:
        case Each(), Each():
            return off_no_less(more.off, less.off)
        case Group(), Group():
            same = (more.every, more.get, more.which) == (less.every, less.get, less.which)
            return same and off_no_less(more.off, less.off)
        case SetPrice(), SetPrice():
            return more.count == less.count and off_no_less(more.off, less.off)
        case Bundle(), Bundle():
            return more.slots == less.slots and off_no_less(more.off, less.off)
        case BuyGet(), BuyGet():
            same_sets = (more.buy, more.get, more.partial) == (less.buy, less.get, less.partial)
            return same_sets and off_no_less(more.off, less.off)
        case Tiers(), Tiers():
            return more.marginal == less.marginal and all(
                any(_tier_no_less(one, tier) for one in more.tiers) for tier in less.tiers
            )
        case Spend(), Spend():
            return _spend_no_less(more, less)
        case _:
            return False


def off_no_less(more: Off, less: Off) -> bool:
    """Return whether as much comes off, of the same kind."""
    if more.percent_ppm is not None and less.percent_ppm is not None:
        return more.percent_ppm >= less.percent_ppm
    if more.amount_minor is not None and less.amount_minor is not None:
        return more.amount_minor >= less.amount_minor
    if more.price_minor is not None and less.price_minor is not None:
        return more.price_minor <= less.price_minor
    return False


def _tier_no_less(more: Tier, less: Tier) -> bool:
    return more.from_count <= less.from_count and off_no_less(more.off, less.off)


def _spend_no_less(more: Spend, less: Spend) -> bool:
    if (more.measured, more.above) != (less.measured, less.above):
        return False
    cap_minor = more.at_most_minor
    if cap_minor is not None and (less.at_most_minor is None or cap_minor < less.at_most_minor):
        return False
    if more.every or less.every:
        same_times = (more.every, more.times) == (less.every, less.times)
        pairs = zip_longest(more.steps, less.steps)
        return same_times and all(
            one is not None and other is not None and _same_threshold(one, other)
            and off_no_less(one.off, other.off)
            for one, other in pairs
        )  # fmt: skip
    return all(any(_step_no_less(one, step) for one in more.steps) for step in less.steps)


def _same_threshold(one: Step, other: Step) -> bool:
    return (one.at_minor, one.at_count) == (other.at_minor, other.at_count)


def _step_no_less(more: Step, less: Step) -> bool:
    reached = more.at_minor <= less.at_minor and more.at_count <= less.at_count
    return reached and off_no_less(more.off, less.off)
