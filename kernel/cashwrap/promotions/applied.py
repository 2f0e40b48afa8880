"""What a searched choice gives, told as uses of rules: for the proof, not for the price."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

from cashwrap.promotions.compile import Compiled
from cashwrap.promotions.model import AppliedRule, BasketLine, UnitsUsed, Use
from cashwrap.promotions.rules import (
    BuyGet,
    Candidates,
    Each,
    Off,
    Policy,
    Rule,
    Tiers,
)
from cashwrap_native.promote import Choice

Codes = Mapping[str, Sequence[tuple[int, str]]]
Row = tuple[tuple[int, int], ...]
_Row = TypeVar("_Row")


class _Unit(NamedTuple):
    """One unit that serves an item rule."""

    candidate: int
    use: int
    line: int
    slot: int
    minor: int
    gets: bool
    price: int
    listed: int


class _Special(NamedTuple):
    """A special price of one line's units."""

    line: int
    units: int
    minor: int  # of one unit
    price: int  # before


class _Later(NamedTuple):
    """A rule of a later layer, and the units in its base."""

    base: int
    step: int
    times: int
    minor: int
    units: Row


def applied_rules(
    choice: Choice,
    compiled: Compiled,
    cells: Iterable[tuple[str, str, Row]],
    lines: Sequence[BasketLine],
    codes: Codes,
) -> tuple[AppliedRule, ...]:
    """Return every rule that gives something with its uses, in order of application."""
    by_number = {line.line: line for line in lines}
    policy = compiled.head.policy
    ids = compiled.head.ids  # in order: a rule's rank is its place among them
    specials = _by_rank(choice.specials(_Special))
    pieces = _by_rank(choice.pieces(_Unit))
    laters = _by_rank(choice.laters(_Later))
    found = []
    for id, _, row in cells:
        rank = bisect_left(ids, id)
        rule = compiled.rule(rank)
        held = [code for _, code in codes.get(id, ())] if rule.coupon else []
        if rank in specials:
            uses = list(_special_uses(rule, specials[rank], by_number, policy))
        elif rank in pieces:
            uses = list(_item_uses(rule, pieces[rank], held, policy))
        else:
            uses = [_order_use(each, dict(row), held) for each in laters[rank]]
        saving = sum(use.saving_minor for use in uses)
        found.append(AppliedRule(id, rule.version, rule.layer, saving, tuple(uses)))
    return tuple(found)


def _by_rank(rows: Iterable[tuple[int, _Row]]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = {}
    for rank, row in rows:
        found.setdefault(rank, []).append(row)
    return found


def _base(rule: Rule, off: Off | None, price: int, listed: int, policy: Policy) -> int:
    """Return what a unit counts for: its list price where a percentage is of that."""
    of_list = (rule.arithmetic.percent_of or policy.percent_of) == "list"
    return listed if of_list and off is not None and off.percent_ppm is not None else price


def _special_uses(
    rule: Rule, rows: list[_Special], lines: Mapping[int, BasketLine], policy: Policy
) -> Iterator[Use]:
    assert isinstance(rule.benefit, Each)
    for line, units, minor, price in rows:
        base = _base(rule, rule.benefit.off, price, lines[line].list_minor, policy)
        used = (UnitsUsed(line, units, minor * units),)
        yield Use(base * units, minor * units, used, times=units)


def _item_uses(rule: Rule, units: list[_Unit], codes: list[str], policy: Policy) -> Iterator[Use]:
    step, place = _tier_of(rule, len(units)), 0
    for use in _told(rule, units):
        times = 1
        if isinstance(rule.benefit, Each | Tiers):
            times = sum(unit.gets for unit in use)
        got = [(n, unit) for n, unit in enumerate(use, place + 1) if _role(rule, unit) == "get"]
        yield Use(
            sum(_base(rule, _off(rule, n, len(units)), u.price, u.listed, policy) for n, u in got),
            sum(unit.minor for unit in use),
            tuple(_entry(rule, list(run)) for _, run in groupby(use, lambda u: _run(rule, u))),
            step=step,
            times=times,
            coupon=" ".join(codes[:times]),
        )
        codes = codes[times:]
        place += len(use)


def _told(rule: Rule, units: list[_Unit]) -> list[list[_Unit]]:
    """Return the uses as a proof counts them: `Each` by line, `Tiers` all in one."""
    if isinstance(rule.benefit, Tiers):
        return [units]
    if isinstance(rule.benefit, Each):
        return [list(run) for _, run in groupby(units, lambda unit: unit.line)]
    return [list(run) for _, run in groupby(units, lambda unit: unit[:2])]


def _off(rule: Rule, place: int, count: int) -> Off | None:
    """Return what comes off the n-th unit of a rule by itself."""
    if isinstance(rule.benefit, Tiers):
        tier = _tier_of(rule, place if rule.benefit.marginal else count)
        return rule.benefit.tiers[tier].off if tier >= 0 else None
    return None if isinstance(rule.benefit, Candidates) else getattr(rule.benefit, "off", None)


def _tier_of(rule: Rule, count: int) -> int:
    """Return which tier so many units reach, -1 for none."""
    if not isinstance(rule.benefit, Tiers):
        return -1
    counts = [tier.from_count for tier in rule.benefit.tiers]
    reached = [n for n in counts if n <= count]
    return counts.index(max(reached)) if reached else -1


def _role(rule: Rule, unit: _Unit) -> str:
    waits = not unit.gets and not isinstance(rule.benefit, Tiers | Candidates)
    return "buy" if waits else "get"


def _run(rule: Rule, unit: _Unit) -> tuple[int, str, int]:
    """Return what makes units one entry of a use; what is got has no slot."""
    got = isinstance(rule.benefit, BuyGet) and unit.gets
    return unit.line, _role(rule, unit), 0 if got else unit.slot


def _entry(rule: Rule, run: list[_Unit]) -> UnitsUsed:
    line, role, slot = _run(rule, run[0])
    minor = sum(unit.minor for unit in run)
    return UnitsUsed(line, len(run), minor, "buy" if role == "buy" else "get", slot)


def _order_use(later: _Later, row: Mapping[int, int], codes: list[str]) -> Use:
    entries = tuple(UnitsUsed(line, n, row.get(line, 0)) for line, n in later.units)
    code = codes[0] if codes else ""
    return Use(later.base, later.minor, entries, later.step, later.times, code)
