"""Steps and tiers that give less than those before, caps below them, and gifts without a limit."""

from collections.abc import Iterator

from cashwrap.money import PPM
from cashwrap.promotions.lint.cover import Coverage
from cashwrap.promotions.lint.dead import finding
from cashwrap.promotions.lint.model import Finding
from cashwrap.promotions.lint.words import Money
from cashwrap.promotions.rules import (
    Bundle,
    Each,
    Group,
    Off,
    Rule,
    SetPrice,
    Spend,
    Step,
    Tiers,
)


def step_faults(rule: Rule, cover: Coverage, money: Money) -> Iterator[Finding]:
    """Yield what is odd in the steps, tiers and loopholes of one rule."""
    match rule.benefit:
        case Spend() as spend:
            yield from _spend(rule, spend, money)
        case Tiers() as tiers:
            yield from _tiers(rule, tiers, cover, money)
        case Each(off=off) | Group(off=off) | SetPrice(off=off) | Bundle(off=off):
            yield from _all_free(rule, off)
            yield from _dearest(rule, cover, money)
        case _:
            return


def _spend(rule: Rule, spend: Spend, money: Money) -> Iterator[Finding]:
    for before, step in zip(spend.steps, spend.steps[1:], strict=False):
        at_minor = max(step.at_minor, before.at_minor)
        if not at_minor:
            continue
        less, more = value_of(step.off, at_minor), value_of(before.off, at_minor)
        if less < more and not spend.every:
            yield finding(
                "steps.less", rule, at=_at(step, money), less=money(less), more=money(more)
            )
    cap_minor = spend.at_most_minor
    for step in spend.steps:
        worth = value_of(step.off, step.at_minor)
        if cap_minor is not None and worth > cap_minor and step.off.percent_ppm is None:
            yield finding(
                "steps.capped", rule, cap=money(cap_minor), more=money(worth), at=_at(step, money)
            )


def _at(step: Step, money: Money) -> str:
    return money(step.at_minor) if step.at_minor else f"{step.at_count}"


def value_of(off: Off, base_minor: int) -> int:
    """Return what comes off an amount."""
    if off.percent_ppm is not None:
        return base_minor * off.percent_ppm // PPM
    if off.amount_minor is not None:
        return min(off.amount_minor, base_minor) if base_minor else off.amount_minor
    return max(base_minor - (off.price_minor or 0), 0)


def _tiers(rule: Rule, tiers: Tiers, cover: Coverage, money: Money) -> Iterator[Finding]:
    items = cover.picks(rule.range)
    each_minor = items[-1].unit_minor if items else 10_000
    for before, tier in zip(tiers.tiers, tiers.tiers[1:], strict=False):
        less, more = value_of(tier.off, each_minor), value_of(before.off, each_minor)
        if less < more:
            yield finding(
                "steps.less", rule, at=tier.from_count, less=money(less), more=money(more)
            )


def is_free(off: Off) -> bool:
    """Return whether everything comes off."""
    return off.percent_ppm == PPM or off.price_minor == 0


def _all_free(rule: Rule, off: Off) -> Iterator[Finding]:
    benefit, limits = rule.benefit, rule.limits
    limited = any(getattr(limits, name) for name in limits.__struct_fields__)
    if not is_free(off) or rule.gift or limited or rule.coupon is not None:
        return
    if isinstance(benefit, Group) and benefit.get < benefit.every:
        return
    if not any(need.repeat for need in rule.needs):
        yield finding("loophole.all_free", rule)


def _dearest(rule: Rule, cover: Coverage, money: Money) -> Iterator[Finding]:
    benefit, items = rule.benefit, cover.picks(rule.range)
    if not isinstance(benefit, Group) or benefit.which != "dearest" or not items:
        return
    cheap, dear = items[0].unit_minor, items[-1].unit_minor
    saving = value_of(benefit.off, dear)
    if saving > cheap * (benefit.every - benefit.get):
        yield finding(
            "loophole.dearest", rule, cheap=money(cheap), dear=money(dear), saving=money(saving)
        )
