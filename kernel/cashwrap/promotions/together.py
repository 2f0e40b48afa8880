"""Do two rules go together? Tags, exclusive rules and groups, apart from the engine."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from cashwrap.promotions.rules import Choice, Rule, RuleSet

GivenTo = Callable[[str], Collection[tuple[int, str]]]
"""The parts (line, rule of the item layer that they serve) to which a rule gives."""


class Clash(NamedTuple):
    """A rule that does not go with another, and why, in words."""

    rule: str
    words: str
    of_group: bool = False


def clashes(rules: RuleSet, one: Rule, other: Rule, given_to: GivenTo) -> Clash | None:
    """Return why two rules do not both give something, or None if they may.

    Special prices take no part. ``given_to`` is asked where a group chooses for each unit.
    """
    if "price" in (one.layer, other.layer):
        return None
    if one.exclusive or other.exclusive:
        return Clash(one.id, f"stands beside {other.id}, though one of them is exclusive")
    if excludes(one, other) or excludes(other, one):
        return Clash(one.id, f"stands beside {other.id}, which its tags exclude")
    group = group_between(rules, one, other)
    choice = choice_of(rules, group)
    if not group or choice.mode == "all":
        return None
    if choice.per == "unit" and not set(given_to(one.id)) & set(given_to(other.id)):
        return None
    words = f"stands beside {other.id}, but group {group!r} takes only one of them"
    return Clash(one.id, words, of_group=True)


def excludes(one: Rule, other: Rule) -> bool:
    """Return whether the tags that one rule excludes are of the other."""
    if not one.excludes:
        return False
    return "*" in one.excludes or bool(set(one.excludes) & set(other.tags))


def group_between(rules: RuleSet, one: Rule, other: Rule) -> str:
    """Return the innermost group that holds both rules, "" if there is none."""
    mine, theirs_first = one.group or one.layer, other.group or other.layer
    if mine == theirs_first or not rules.groups:
        return mine if mine == theirs_first else ""
    theirs = _path(rules, other)
    return next((name for name in _path(rules, one) if name in theirs), "")


def _path(rules: RuleSet, rule: Rule) -> list[str]:
    """Return the groups around a rule, the innermost first."""
    path = [rule.group or rule.layer]
    while (outer := choice_of(rules, path[-1]).inside) and outer not in path:
        path.append(outer)
    return path


def choice_of(rules: RuleSet, group: str) -> Choice:
    """Return how a group chooses: those of order and coupon take one, unless they say more."""
    if group in rules.groups:
        return rules.groups[group]
    return Choice(mode="best") if group in ("order", "coupon") else Choice()
