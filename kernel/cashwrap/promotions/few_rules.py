"""A good plan where the search for the best ended at its budget: the best plan of a few rules.

Few rules are searched to the end quickly. Which few is found as a plain till would do it, use by
use; the best plan of the rules so found, each used as often, is no worse than what such a till
gives. Then others take their turn to join them, or to take the place of those that they do not go
with. The steps of all searches are counted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from cashwrap.promotions.plan import NODES_MIN, Plan
from cashwrap.promotions.use_by_use import WORTHS, taken_in_turn
from cashwrap_native.promote import Choice

JOIN_SHARE = 20  # of the budget, for a search when a rule joins
START_SHARE = 4  # of the budget, for a search among the first few

Search = Callable[[Collection[int], int], Plan | None]
"""The best plan of the rules of these ranks, found in so many steps; None without a plan."""
Clash = Callable[[int, int], bool]
"""Do two ranks not go together?"""


class Limited(Protocol):
    """The same basket again, where each of some rules may be used only so often."""

    def choice(self) -> Choice:
        """Return what may be chosen now."""
        ...

    def take(self, units: Mapping[int, int]) -> None:
        """Take units of lines out."""
        ...

    def search(self, allowed: Collection[int], node_budget: int) -> Plan | None:
        """Return the best plan of the rules of these ranks."""
        ...


class Few:
    """The best plan so far, and the searches for a better one."""

    def __init__(
        self,
        plan: Plan,
        item: Sequence[int],
        later: Sequence[int],
        node_budget: int,
        search: Search,
        clash: Clash = lambda one, other: False,
    ) -> None:
        self.best, self.nodes, self._item, self._later = plan, plan.nodes, item, later
        self._node_budget = node_budget
        self._nodes_max = plan.nodes + node_budget
        self._search = search
        self._clash = clash

    def start(self, limited: Callable[[Mapping[int, int] | None], Limited]) -> None:
        """Sell the basket use by use; then search among the rules that were used."""
        for worth in WORTHS:
            till = limited(None)
            uses = taken_in_turn(self._item, worth, self._clash, till.choice, till.take)
            few = self._with_later(uses)
            self._seen(limited(uses).search(few, self._share(START_SHARE)))
            self._seen(self._search(few, self._share(START_SHARE)))

    def grow(self) -> Plan:
        """Let each rule join the best few, or take the place of those it does not go with."""
        better = True
        while better:
            better = False
            for rank in self._item:
                if self.nodes >= self._nodes_max:
                    break
                used = set(self.best.choice.in_use())
                if rank not in used:
                    stays = [r for r in self._item if r in used and not self._clash(r, rank)]
                    few = self._with_later([*stays, rank])
                    better |= self._seen(self._search(few, self._share(JOIN_SHARE)))
        return self.best._replace(proved=False, nodes=self.nodes)

    # Inside

    def _share(self, share: int) -> int:
        return max(NODES_MIN, self._node_budget // share)

    def _with_later(self, few: Iterable[int]) -> list[int]:
        ranks = list(few)
        after = [r for r in self._later if not any(self._clash(r, other) for other in ranks)]
        return [*ranks, *after]

    def _seen(self, found: Plan | None) -> bool:
        """Count its steps and keep a plan that is better; say whether it is."""
        if found is None:
            return False
        self.nodes += found.nodes
        if found.key >= self.best.key:
            return False
        self.best = found._replace(lowest_minor=self.best.lowest_minor)
        return True
