"""Times of many repetitions, and what they come to."""

from collections.abc import Callable, Sequence
from time import perf_counter_ns

import msgspec

US, MS = 1_000, 1_000_000


class Spread(msgspec.Struct, frozen=True):
    """The median, and what one in a hundred was slower than."""

    p50: float
    p99: float


def spread(times_ns: Sequence[int], unit_ns: int) -> Spread:
    """Return the spread of times in a unit."""
    return Spread(*(round(percentile(times_ns, part) / unit_ns, 3) for part in (50, 99)))


def percentile(times_ns: Sequence[int], percent: int) -> int:
    """Return the time that ``percent`` of the repetitions did not exceed."""
    ordered = sorted(times_ns)
    return ordered[(len(ordered) - 1) * percent // 100]


def best_ns(*works: Callable[[], object], times: int = 3) -> list[int]:
    """Return the shortest of a few runs of each long work, turn by turn.

    What others do on the machine only adds to a time.
    """
    shortest = [0] * len(works)
    for _ in range(times):
        for place, work in enumerate(works):
            began = perf_counter_ns()
            work()
            took = perf_counter_ns() - began
            shortest[place] = min(shortest[place] or took, took)
    return shortest
