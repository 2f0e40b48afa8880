"""A whole till whose commits share flushes, as the local API's do."""

from till_workload import Selling, TillWorkload


class GroupTill(TillWorkload):
    """Three acts of the shop's day at a time, acknowledged after the flush that they share."""

    def step(self, selling: Selling, number: int) -> int:
        with selling.till.store.grouped():
            for act in range(3 * number, 3 * number + 3):
                last = super().step(selling, act)
        return last
