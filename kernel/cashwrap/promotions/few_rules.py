"""A good plan where the search for the best ended at its budget: the best plan of a few rules.

Few rules are searched to the end quickly. Which few is found as a plain till would do it: the rule
that brings most, in all or for each unit, is given its goods, then the next of what is left. The
best plan of the rules so found is never worse than they are. Then others take their turn to
join them, or to take the place of those that they do not go with. All steps are counted.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from heapq import heapify, heapreplace

from cashwrap.promotions.plan import Plan

SHARE = 20  # of the budget, for each of the searches


Search = Callable[[Collection[int], Plan | None, int], Plan | None]
"""The best plan of the rules of these ranks on top of what is fixed, found in so many steps."""
Clash = Callable[[int, int], bool]
"""Do two ranks not go together?"""
Worth = Callable[[int, int], float]
"""What a rule is worth that saves so much on so many units."""
WORTHS: tuple[Worth, ...] = (
    lambda saved_minor, units: saved_minor,
    lambda saved_minor, units: saved_minor / max(1, units),
)


def best_of_few(
    plan: Plan,
    item: Sequence[int],
    later: Sequence[int],
    node_budget: int,
    search: Search,
    clash: Clash = lambda one, other: False,
    fixed: Plan | None = None,
) -> Plan:
    """Return a plan that is not worse than one whose search ended, with what is known of all."""
    few = _Few(plan, later, node_budget, search, clash, fixed)
    for worth in WORTHS:
        few.start(item, worth)
    few.grow(item)
    return Plan(few.best.choice, False, plan.lowest_minor, few.nodes)


class _Few:
    """The best plan so far, and the searches for a better one."""

    def __init__(
        self,
        plan: Plan,
        later: Sequence[int],
        node_budget: int,
        search: Search,
        clash: Clash,
        fixed: Plan | None,
    ) -> None:
        self.best, self.nodes = plan, plan.nodes
        self._item: list[int] = []  # the item rules of the best plan of a few
        self._later = later
        self._allowance = node_budget // SHARE
        self._nodes_max = plan.nodes + node_budget
        self._search = search
        self._clash = clash
        self._fixed = fixed

    def start(self, item: Sequence[int], worth: Worth) -> None:
        """Give each rule its goods, those first that are worth most; then search among them."""
        fixed = self._fixed
        nothing = self._tried([], fixed)
        if nothing is None:
            return
        waiting = [(0.0, place, rank, nothing) for place, rank in enumerate(item)]
        waiting = [self._judged(nothing, fixed, worth, *each[1:3]) for each in waiting]
        heapify(waiting)
        taken: list[int] = []
        before = nothing
        while waiting and waiting[0][0] < 0:
            _, place, rank, _ = waiting[0]
            if any(self._clash(rank, other) for other in taken):
                heapreplace(waiting, (0.0, place, rank, before))
                continue
            now = self._judged(before, fixed, worth, place, rank)
            if len(waiting) > 1 and now > min(waiting[1:3]):
                heapreplace(waiting, now)  # others have taken its goods: it waits again
                continue
            heapreplace(waiting, (0.0, place, rank, now[3]))
            if now[0] < 0:
                taken.append(rank)
                fixed = before = now[3]
        self._seen(self._tried(self._going_with(taken), fixed))
        self._seen(self._tried([*taken, *self._going_with(taken)], self._fixed))

    def grow(self, item: Sequence[int]) -> None:
        """Let each rule join the best few, or take the place of those it does not go with."""
        better = True
        while better:
            better = False
            for rank in item:
                if self.nodes >= self._nodes_max:
                    return
                used = set(self.best.choice.in_use())
                if rank in used:
                    continue
                stays = [r for r in item if r in used and not self._clash(r, rank)]
                few = [*stays, rank]
                better |= self._seen(self._tried([*few, *self._going_with(few)], self._fixed))

    # Inside

    def _judged(
        self, before: Plan, fixed: Plan | None, worth: Worth, place: int, rank: int
    ) -> tuple[float, int, int, Plan]:
        """Return what a rule is worth on top of what is fixed, negative, to be the least first."""
        found = self._tried([rank], fixed)
        if found is None:
            return 0.0, place, rank, before
        saved = before.choice.payable - found.choice.payable
        return -worth(saved, _units(found) - _units(before)), place, rank, found

    def _going_with(self, few: Iterable[int]) -> list[int]:
        return [r for r in self._later if not any(self._clash(r, other) for other in few)]

    def _tried(self, allowed: Collection[int], fixed: Plan | None) -> Plan | None:
        found = self._search(allowed, fixed, self._allowance)
        if found is not None:
            self.nodes += found.nodes
        return found

    def _seen(self, found: Plan | None) -> bool:
        """Keep a plan that is better; say whether it is."""
        if found is None or found.key >= self.best.key:
            return False
        self.best = found
        return True


def _units(plan: Plan) -> int:
    """Return how many units a plan's item rules take."""
    return -sum(number for _, served in plan.choice.serving for _, _, number in served)
