"""From single searches to the plan of a rule set: exclusive rules, lists, classes, conflicts."""

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import Protocol

from cashwrap.promotions.few_rules import Few, Limited
from cashwrap.promotions.plan import NODES_MIN, Pair, Plan
from cashwrap.promotions.rules import Rule
from cashwrap.promotions.stacking import CONFIGURATIONS_MAX, Stacking, configurations

CONFIGURATIONS_SHARE = 4  # at most one in so many of the steps that are left, while others wait


class Search(Protocol):
    """One search: only the allowed ranks, on top of what a plan has fixed; None without a plan."""

    def __call__(
        self,
        allowed: Collection[int],
        conflicts: list[Pair],
        fixed: Plan | None,
        node_budget: int,
    ) -> Plan | None:
        """Return the best plan, or None where what is fixed cannot stay."""
        ...


class Chooser:
    """The rules of one cart that may take part, by rank, and how to search among them."""

    def __init__(
        self,
        rules: dict[int, Rule],
        stacking: Stacking,
        share_units: Callable[[int, int], bool],
        search: Search,
        node_budget: int,
        limited: Callable[[Mapping[int, int] | None], Limited],
    ) -> None:
        self._rules = rules
        self._ranks = {rule.id: rank for rank, rule in rules.items()}
        self._stacking = stacking
        self._search = search
        self._edges = {
            (a, b)
            for a in rules
            for b in rules
            if a < b and stacking.conflict(rules[a], rules[b], share_units(a, b))
        }
        self._node_budget = node_budget
        self._limited = limited
        self.nodes = 0
        self.proved = True

    def best(self, *, by_priority: bool) -> Plan:
        """Return the best plan, with a bound for all plans where a search was cut short."""
        plan = self._best(by_priority=by_priority)
        if self.proved:
            return plan
        relaxed = self._search(sorted(self._rules), [], None, self._node_budget)
        lowest = relaxed.lowest_minor if relaxed is not None else 0
        self.nodes += relaxed.nodes if relaxed is not None else 0
        payable = plan.choice.payable
        self.proved = payable <= lowest
        return plan._replace(lowest_minor=min(lowest, payable))

    # Inside

    def _best(self, *, by_priority: bool) -> Plan:
        """Exclusive rules against the rest, then lists and classes."""
        live = sorted(self._rules, key=self._turn)
        exclusive = [rank for rank in live if self._rules[rank].exclusive]
        nothing = self._plan([])
        for rank in exclusive:
            if self._rules[rank].exclusive == "always":
                alone = self._plan([rank])
                if alone.choice.payable < nothing.choice.payable:
                    return alone
        rest = self._settled([rank for rank in live if rank not in exclusive], by_priority)
        better = [
            self._plan([rank]) for rank in exclusive if self._rules[rank].exclusive == "if_better"
        ]
        challenger = min(better, key=lambda plan: plan.key, default=rest)
        return challenger if challenger.choice.payable < rest.choice.payable else rest

    def _turn(self, rank: int) -> tuple[int, int]:
        return -self._rules[rank].priority, rank

    def _settled(self, allowed: list[int], by_priority: bool) -> Plan:
        """In each list only the first child that gives something stays; then the best plan."""
        for listed in self._stacking.lists(list(self._rules.values())):  # all tell the priorities
            children = [[self._ranks[rule.id] for rule in child] for child in listed]
            children = [[r for r in child if r in allowed] for child in children]
            allowed = self._settle([c for c in children if c], allowed, by_priority)
        return self._in_classes(allowed, by_priority)

    def _settle(
        self, children: list[list[int]], allowed: list[int], by_priority: bool
    ) -> list[int]:
        stays: list[int] = []
        for n, child in enumerate(children):
            if any(self._clash(a, b) for a in stays for b in child):
                continue
            later = {rank for other in children[n + 1 :] for rank in other}
            plan = self._in_classes([r for r in allowed if r not in later], by_priority)
            if not set(child).isdisjoint(plan.choice.in_use()):
                stays += child
        members = {rank for child in children for rank in child}
        return [rank for rank in allowed if rank not in members or rank in stays]

    def _in_classes(self, allowed: list[int], by_priority: bool) -> Plan:
        """All at once; or priority by priority, each class on top of what is fixed before."""
        if not by_priority:
            return self._plan(allowed)
        plan = self._plan([])
        for priority in sorted({self._rules[rank].priority for rank in allowed}, reverse=True):
            own = [rank for rank in allowed if self._rules[rank].priority == priority]
            plan = self._plan(own, plan)
            used = plan.choice.in_use()
            if any(self._rules[rank].stop_after and rank in used for rank in own):
                break
        return plan

    def _clash(self, a: int, b: int) -> bool:
        return (min(a, b), max(a, b)) in self._edges

    def _plan(self, allowed: Iterable[int], fixed: Plan | None = None) -> Plan:
        """Return the best plan over all largest sets of rules that go together."""
        ranks = set(allowed)
        held = set(fixed.choice.in_use()) if fixed else set()
        ranks = {r for r in ranks if not any(self._clash(r, other) for other in held)}
        edges = [(a, b) for a, b in self._edges if a in ranks | held and b in ranks | held]
        told = [pair for pair in edges if self._touches_item(*pair) and held.isdisjoint(pair)]
        found: list[Plan] = []
        several = configurations(ranks, told)
        seen = list(islice(several, CONFIGURATIONS_MAX))
        all_seen = next(several, None) is None
        for place, chosen in enumerate(seen):
            if found and self.nodes >= self._node_budget:
                all_seen = False
                break
            share = min(CONFIGURATIONS_SHARE, len(seen) - place)
            left = max(NODES_MIN, (self._node_budget - self.nodes) // share)
            plan = self._search(chosen, edges, fixed, left)
            if plan is not None:
                found.append(plan)
                self.nodes += plan.nodes
        best = min(found, key=lambda plan: plan.key)
        lowest = min(plan.lowest_minor for plan in found) if all_seen else 0
        every_one = all_seen and all(plan.proved for plan in found)
        proved = every_one or best.choice.payable <= lowest
        if not proved:
            best = self._with_few(best, ranks, edges, fixed)
            proved = best.choice.payable <= lowest
        self.proved &= proved
        return Plan(best.choice, proved, min(lowest, best.choice.payable), self.nodes)

    def _with_few(
        self, plan: Plan, ranks: Iterable[int], edges: list[Pair], fixed: Plan | None
    ) -> Plan:
        """Return the best plan of a few of the rules, where it is better."""

        def search(allowed: Collection[int], node_budget: int) -> Plan | None:
            return self._search(allowed, edges, fixed, node_budget)

        item, later = split(ranks, lambda rank: self._rules[rank].layer == "item")
        few = Few(plan, item, later, self._node_budget, search, self._clash)
        if fixed is None:
            few.start(self._limited)
        found = few.grow()
        self.nodes += found.nodes - plan.nodes
        return found

    def _touches_item(self, a: int, b: int) -> bool:
        return "item" in (self._rules[a].layer, self._rules[b].layer)


def split(ranks: Iterable[int], is_item: Callable[[int], bool]) -> tuple[list[int], list[int]]:
    """Return the item rules and those of the layers that follow, by rank."""
    item: list[int] = []
    later: list[int] = []
    for rank in sorted(ranks):
        (item if is_item(rank) else later).append(rank)
    return item, later
