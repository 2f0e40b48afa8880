"""Deciding which rule set counts: publish at a time, go back, call off a plan; pure functions."""

from typing import NamedTuple

from cashwrap.errors import InvalidInput
from cashwrap.promotions.digest import packed, rules_hash
from cashwrap.promotions.errors import NoSuchRules, NothingBefore, NotPlanned
from cashwrap.promotions.events import RulesPlanCancelled, RulesPublished, RulesRolledBack
from cashwrap.promotions.projection import (
    SETS,
    Publication,
    current,
    publication,
    publications,
    read_plan,
)
from cashwrap.promotions.rules import RuleSet
from cashwrap.store.tables import Reader

NUMBER_MAX = 2**63 - 1


class Overview(NamedTuple):
    """What counts now, what will (by time), what did or was called off (newest first)."""

    in_force: Publication | None
    planned: tuple[Publication, ...]
    past: tuple[Publication, ...]


def overview(reader: Reader, now_ms: int) -> Overview:
    """Return all publications by what has become of them."""
    plan = read_plan(reader)
    now = current(plan, now_ms)
    coming = [switch.number for switch in plan if switch.effective_at_ms > now_ms]
    rows = {row.number: row for row in publications(reader)}
    shown = {now.number if now else 0, *coming}
    return Overview(
        rows[now.number] if now else None,
        tuple(rows[number] for number in coming),
        tuple(rows[number] for number in sorted(rows.keys() - shown, reverse=True)),
    )


def publish(
    reader: Reader,
    rules: RuleSet,
    effective_at_ms: int,
    joined: tuple[tuple[str, str], ...] = (),
) -> RulesPublished:
    """Decide to publish a checked set. Raises InvalidInput for a time that is none."""
    if not 0 <= effective_at_ms <= NUMBER_MAX:
        raise InvalidInput(f"rules cannot count from {effective_at_ms}: write milliseconds, or 0")
    number = max((row.number for row in publications(reader)), default=0) + 1
    name = rules_hash(rules)
    known = reader.get(SETS, name.encode()) is not None
    content = b"" if known else packed(rules)
    return RulesPublished(
        number, name, effective_at_ms, content, rules.version, rules.name, joined=joined
    )


def roll_back(reader: Reader, now_ms: int, to: int | None = None) -> RulesRolledBack:
    """Decide to go back to what counted before, or to the publication ``to``.

    Before the first publication there were no rules; that is where the first one goes back to.
    Plans stay. Raises NothingBefore, NoSuchRules.
    """
    now = current(read_plan(reader), now_ms)
    if to is not None:
        if not 0 < to <= NUMBER_MAX or publication(reader, to) is None:
            raise NoSuchRules(f"there is no publication {to}: see `cashwrap rules list`")
        return RulesRolledBack(to, now.number if now else 0)
    if now is None:
        raise NothingBefore("no rules are in force, so there is nothing to go back from")
    return RulesRolledBack(_before(reader, now.number, now_ms), now.number)


def _before(reader: Reader, number: int, now_ms: int) -> int:
    """Return the publication that took effect before another, 0 when none did."""
    took_effect = sorted(
        (row.effective_at_ms, row.number)
        for row in publications(reader)
        if row.effective_at_ms <= now_ms and not row.cancelled
    )
    numbers = [each for _, each in took_effect]
    place = numbers.index(number) if number in numbers else 0
    return numbers[place - 1] if place else 0


def call_off(reader: Reader, number: int, now_ms: int) -> RulesPlanCancelled:
    """Decide to call a planned publication off. Raises NotPlanned."""
    planned = {row.number for row in overview(reader, now_ms).planned}
    if number not in planned:
        shown = ", ".join(map(str, sorted(planned))) or "none"
        raise NotPlanned(f"publication {number} is not planned; planned are: {shown}")
    return RulesPlanCancelled(number)
