"""A good plan where the search for the best ended at its budget: the best plan of a few rules.

Rules that take part alone are searched quickly. So the rules are taken up one by one, that which
saves most alone first, and each that lets less be paid stays. All steps are counted.
"""

from collections.abc import Callable, Collection, Sequence

from cashwrap.promotions.choosing import Plan

SHARE = 20  # of the budget, for each of the searches


Search = Callable[[Collection[int], int], Plan | None]
"""The best plan of the rules of these ranks, found in so many steps; None without a plan."""


def best_of_few(
    plan: Plan, item: Sequence[int], later: Sequence[int], node_budget: int, search: Search
) -> Plan:
    """Return a plan that is not worse than one whose search ended, with what is known of all."""
    best, nodes = plan, plan.nodes
    alone: list[tuple[int, int]] = []
    allowance = node_budget // SHARE

    def tried(allowed: Collection[int]) -> Plan | None:
        nonlocal best, nodes
        found = search(allowed, allowance)
        if found is not None:
            nodes += found.nodes
            if found.choice.value < best.choice.value:
                best = found
        return found

    for rank in item:
        if (found := tried([rank, *later])) is not None:
            alone.append((found.choice.payable, rank))
    few: list[int] = []
    for _, rank in sorted(alone):
        found = tried([*few, rank, *later])
        if found is best or not few:
            few.append(rank)
    return Plan(best.choice, False, plan.lowest_minor, nodes)
