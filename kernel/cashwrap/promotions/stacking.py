"""Which rules go together: tags, exclusive rules, and the tree of groups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cashwrap.promotions.rules import Choice, Layer, Rule

Child = tuple[bool, str]
"""A child of a group: whether it is a group itself, and its name or id."""

CONFIGURATIONS_MAX = 512
_OWN: Mapping[str, Choice] = {"order": Choice(mode="best"), "coupon": Choice(mode="best")}


class Stacking:
    """How the rules and groups of one set go together."""

    def __init__(self, groups: Mapping[str, Choice]) -> None:
        self._choices = {**_OWN, **groups}

    def choice(self, group: str) -> Choice:
        """Return how a group chooses; a layer's own group takes the best of order and coupon."""
        return self._choices.get(group, Choice())

    def is_plain(self, rule: Rule) -> bool:
        """Whether the rule conflicts with none but those of its layer's own group."""
        own = self.choice(rule.layer)
        return not (
            rule.group
            or rule.excludes
            or rule.exclusive
            or own.inside
            or own.mode == "list"
            or (own.mode == "best" and (own.per == "unit" or rule.layer == "item"))
        )

    def takes_one(self, layer: Layer) -> bool:
        """Whether only one rule of the layer's own group may apply."""
        own = self.choice(layer)
        return own.mode != "all" and own.per == "order"

    def conflict(self, a: Rule, b: Rule, share_units: bool) -> bool:
        """Whether two rules may not both give something; ``share_units``: they want the same."""
        if a.exclusive or b.exclusive or _excludes(a, b) or _excludes(b, a):
            return True
        choice = self._meeting(a, b)
        if choice is None or choice.mode == "all":
            return False
        return choice.per == "order" or (share_units and not a.layer == b.layer == "item")

    def path(self, rule: Rule) -> list[Child]:
        """Return the rule, its group, the group that this one is in, and so on."""
        path: list[Child] = [(False, rule.id)]
        group = rule.group or rule.layer
        while group and (True, group) not in path:
            path.append((True, group))
            group = self.choice(group).inside
        return path

    def _meeting(self, a: Rule, b: Rule) -> Choice | None:
        """Return the choice of the group in which two rules are in different branches."""
        theirs = set(self.path(b))
        return next(
            (self.choice(name) for child, name in self.path(a) if (child, name) in theirs), None
        )

    # -- lists ----------------------------------------------------------------------------------

    def lists(self, rules: Sequence[Rule]) -> list[list[list[Rule]]]:
        """Return the groups of mode list, the outer ones first, as the rules of each child."""
        groups = {name for rule in rules for _, name in self.path(rule)[1:]}
        lists = [name for name in groups if self.choice(name).mode == "list"]
        found = {name: self._children(name, rules) for name in lists}

        def turn(name: str) -> tuple[int, int, str]:
            highest = max(rule.priority for child in found[name] for rule in child)
            return self._depth(name), -highest, name

        return [found[name] for name in sorted(lists, key=turn)]

    def _depth(self, group: str) -> int:
        depth, seen = 0, {group}
        while (group := self.choice(group).inside) and group not in seen:
            seen.add(group)
            depth += 1
        return depth

    def _children(self, group: str, rules: Sequence[Rule]) -> list[list[Rule]]:
        children: dict[Child, list[Rule]] = {}
        for rule in rules:
            path = self.path(rule)
            if (True, group) in path:
                children.setdefault(path[path.index((True, group)) - 1], []).append(rule)
        order = sorted(children, key=lambda c: (-max(r.priority for r in children[c]), c[1]))
        return [children[child] for child in order]


def _excludes(a: Rule, b: Rule) -> bool:
    return "*" in a.excludes or any(tag in a.excludes for tag in b.tags)


def configurations(ranks: Iterable[int], edges: Iterable[tuple[int, int]]) -> Iterator[set[int]]:
    """Yield every largest set of ranks in which no two are joined by an edge."""
    against: dict[int, set[int]] = {}
    for a, b in edges:
        against.setdefault(a, set()).add(b)
        against.setdefault(b, set()).add(a)
    free = {rank for rank in ranks if rank not in against}
    for chosen in _largest(set(), set(against), set(), against):
        yield free | chosen


def _largest(
    chosen: set[int], may: set[int], done: set[int], against: Mapping[int, set[int]]
) -> Iterator[set[int]]:
    """Bron and Kerbosch's way, on the graph of what goes together, with a pivot."""
    if not may:
        if not done:
            yield chosen
        return
    pivot = min(may | done, key=lambda rank: (len(may & against[rank]), rank))
    for rank in sorted(may & (against[pivot] | {pivot})):
        if rank in may:
            others = against[rank] | {rank}
            yield from _largest(chosen | {rank}, may - others, done - others, against)
            may = may - {rank}
            done = done | {rank}
