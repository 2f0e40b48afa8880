"""Which rules do not go together: tags, exclusive rules, and the tree of groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from reference.promotions_scope import covers
from reference.promotions_units import Kind

from cashwrap.promotions.rules import Bundle, BuyGet, Choice, Range, Rule, RuleSet

OWN = {"order": Choice(mode="best"), "coupon": Choice(mode="best")}
"""The groups of the layers where the set says nothing: only one order rule, only one coupon."""

Child = tuple[str, str]
"""A child of a group: ("rule", id) or ("group", name)."""


@dataclass(frozen=True)
class Tree:
    """The groups of a set, and the rules that count now."""

    choices: dict[str, Choice]
    rules: dict[str, Rule]

    @staticmethod
    def of(rules: RuleSet, live: Sequence[Rule]) -> "Tree":
        return Tree({**OWN, **rules.groups}, {rule.id: rule for rule in live})

    def choice(self, group: str) -> Choice:
        return self.choices.get(group, Choice())

    def path(self, rule: Rule) -> list[Child]:
        """The rule, its group, the group that this one is in, and so on."""
        path: list[Child] = [("rule", rule.id)]
        group = rule.group or rule.layer
        while group and ("group", group) not in path:
            path.append(("group", group))
            group = self.choice(group).inside
        return path

    def meeting(self, a: Rule, b: Rule) -> Choice | None:
        """The group in which two rules are in different branches."""
        ours, theirs = self.path(a), self.path(b)
        common = [child for child in ours if child in theirs]
        return self.choice(common[0][1]) if common else None

    def lists(self) -> list[str]:
        """Groups of mode list, the outer ones first, then by priority and name."""
        names = {name for rule in self.rules.values() for _, name in self.path(rule)[1:]}
        lists = [name for name in names if self.choice(name).mode == "list"]
        return sorted(lists, key=lambda name: (self.depth(name), -self.priority(name), name))

    def depth(self, group: str) -> int:
        inside = self.choice(group).inside
        return 1 + self.depth(inside) if inside else 0

    def members(self, group: str) -> dict[Child, list[Rule]]:
        """The children of a group, first in its list first, each with its rules."""
        children: dict[Child, list[Rule]] = {}
        for rule in self.rules.values():
            path = self.path(rule)
            if ("group", group) in path:
                children.setdefault(path[path.index(("group", group)) - 1], []).append(rule)
        order = sorted(children, key=lambda c: (-max(r.priority for r in children[c]), c[1]))
        return {child: children[child] for child in order}

    def priority(self, group: str) -> int:
        return max(rule.priority for rules in self.members(group).values() for rule in rules)

    def conflict(self, a: Rule, b: Rule, kinds: Sequence[Kind]) -> bool:
        """Whether the two may not both give something."""
        if a.exclusive or b.exclusive or excludes(a, b) or excludes(b, a):
            return True
        choice = self.meeting(a, b)
        if choice is None or choice.mode == "all":
            return False
        return choice.per == "order" or meet(a, b, kinds)


def excludes(a: Rule, b: Rule) -> bool:
    return "*" in a.excludes or bool(set(a.excludes) & set(b.tags))


def meet(a: Rule, b: Rule, kinds: Sequence[Kind]) -> bool:
    """Whether two rules want the same units; in the item layer a unit serves one rule anyway."""
    if a.layer == b.layer == "item":
        return False
    return any(wants(a, kind) and wants(b, kind) for kind in kinds)


def wants(rule: Rule, kind: Kind) -> bool:
    return any(covers(wanted, kind.line) for wanted in ranges_of(rule))


def ranges_of(rule: Rule) -> list[Range]:
    slots = rule.benefit.slots if isinstance(rule.benefit, Bundle) else ()
    slots = rule.benefit.buy if isinstance(rule.benefit, BuyGet) else slots
    own = [] if isinstance(rule.benefit, Bundle) else [rule.range]
    return own + [slot.range for slot in slots]
