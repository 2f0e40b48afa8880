"""Rules that stand in each other's way, or make each other useless."""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from cashwrap.promotions.lint.cover import Coverage
from cashwrap.promotions.lint.model import Finding, Severity, Shelf
from cashwrap.promotions.lint.when import occasion_for
from cashwrap.promotions.lint.wider import counts_whenever, gives_no_less
from cashwrap.promotions.lint.words import said
from cashwrap.promotions.rules import (
    Choice,
    EarnPoints,
    FeeOff,
    NextCoupon,
    Rule,
    RuleSet,
    Surcharge,
)
from cashwrap.promotions.together import choice_of

PAIRS_MAX = 20_000
OF_A_KIND_MAX = 20
BESIDE_MONEY = EarnPoints | FeeOff | NextCoupon | Surcharge  # these compete with no discount


def conflicts(rules: RuleSet, live: Sequence[Rule], shelf: Shelf, cover: Coverage) -> list[Finding]:
    """Return what stands in whose way among the rules that are not dead."""
    pairs = _Pairs(rules, live, shelf, cover)
    found: list[Finding] = []
    for kind in (pairs.useless, pairs.best_of_group, pairs.excluded, pairs.priorities):
        found += islice(kind(), OF_A_KIND_MAX)
    return found


def pair(
    code: str, rule: Rule, by: Rule, severity: Severity = "warning", **figures: object
) -> Finding:
    """Return a finding about two rules."""
    words = said(code, rule=rule.id, by=by.id, **figures)
    return Finding(code=code, severity=severity, rules=(rule.id, by.id), message=words)


class _Pairs:
    """Looks at two rules at a time, at most so many pairs of them."""

    def __init__(self, rules: RuleSet, live: Sequence[Rule], shelf: Shelf, cover: Coverage) -> None:
        self._rules = rules
        self._live = [rule for rule in live if not isinstance(rule.benefit, BESIDE_MONEY)]
        self._cover = cover
        self._shelf = shelf
        self._useless: set[str] = set()

    def useless(self) -> Iterator[Finding]:
        """Yield rules that another makes superfluous."""
        for first, second in self._of_layer():
            for rule, by in ((second, first), (first, second)):
                if {rule.id, by.id} & self._useless:
                    continue
                found = self._superfluous(rule, by)
                if found is not None:
                    self._useless.add(rule.id)
                    yield found

    def _superfluous(self, rule: Rule, by: Rule) -> Finding | None:
        if not counts_whenever(by, rule, self._cover):
            return None
        group = rule.group or rule.layer
        same_group = group == (by.group or by.layer)
        mode = self._choice(rule).mode
        first = (by.priority, rule.id) > (rule.priority, by.id)
        if same_group and mode == "list" and first and rule.benefit == by.benefit:
            return pair("dead.shadowed", rule, by, group=group)
        if not same_group or not gives_no_less(by, rule):
            return None
        if rule.layer in ("order", "coupon", "points") and mode != "best":
            return None  # both may count
        if self._rules.policy.choose == "priority" and by.priority < rule.priority:
            return None
        equal = gives_no_less(rule, by) and counts_whenever(rule, by, self._cover)
        return pair("dead.duplicate" if equal else "dead.dominated", rule, by)

    def best_of_group(self) -> Iterator[Finding]:
        """Yield rules of different goods that compete only because nobody said otherwise."""
        for first, second in self._of_layer():
            if first.layer not in ("order", "coupon") or first.group or second.group:
                continue
            choice = self._choice(first)
            if (choice.mode, choice.per) != ("best", "order") or first.layer in self._rules.groups:
                continue
            if not self._cover.overlap(first.range, second.range) and self._meet(first, second):
                yield pair("conflict.best_of_group", first, second, group=first.layer)

    def excluded(self) -> Iterator[Finding]:
        """Yield rules of the same goods and time of which one shuts the other out by tag."""
        for first, second in self._all():
            how = _excludes(first, second)
            if how and self._same_goods(first, second) and self._meet(first, second):
                yield pair("conflict.excluded", first, second, "note", how=how)
            if first.exclusive == second.exclusive == "always" and self._meet(first, second):
                ahead = min((first, second), key=lambda rule: (-rule.priority, rule.id))
                yield pair("conflict.two_exclusive", first, second, first=ahead.id)

    def priorities(self) -> Iterator[Finding]:
        """Yield rules of the same goods and time that a strict order does not order."""
        if self._rules.policy.choose != "priority":
            return
        for first, second in self._of_layer():
            if first.priority == second.priority and self._same_goods(first, second):
                if self._meet(first, second):
                    yield pair(
                        "conflict.same_priority", first, second, priority=first.priority
                    )  # fmt: skip

    def _same_goods(self, first: Rule, second: Rule) -> bool:
        return self._cover.overlap(first.range, second.range)

    def _meet(self, first: Rule, second: Rule) -> bool:
        return occasion_for((first, second), self._shelf.occasion) is not None

    def _choice(self, rule: Rule) -> Choice:
        return choice_of(self._rules, rule.group or rule.layer)

    def _all(self) -> Iterator[tuple[Rule, Rule]]:
        return islice(pairs_of(self._live), PAIRS_MAX)

    def _of_layer(self) -> Iterator[tuple[Rule, Rule]]:
        by_layer: dict[str, list[Rule]] = {}
        for rule in self._live:
            by_layer.setdefault(rule.layer, []).append(rule)
        for rules in by_layer.values():
            yield from islice(pairs_of(rules), PAIRS_MAX)


def pairs_of(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Yield all pairs, first those that stand beside each other, rules of one range together."""
    near = sorted(rules, key=lambda rule: (msgspec.json.encode(rule.range), rule.id))
    for apart in range(1, len(near)):
        for one, other in zip(near, near[apart:], strict=False):
            yield (one, other) if one.id < other.id else (other, one)


def _excludes(first: Rule, second: Rule) -> str:
    """Return by which tags two rules exclude each other, without ``*``, which says so plainly."""
    for one, other in ((first, second), (second, first)):
        common = sorted(set(one.excludes) & set(other.tags))
        if common:
            return f"{one.id}.excludes = {', '.join(common)}"
    return ""
