"""Shrink a failing run: leave steps out for as long as the same rule is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .plan import Step
from .world import Result

RUNS_MAX = 400


def shrink(
    result: Result, steps: Sequence[Step], run: Callable[[Sequence[Step]], Result]
) -> tuple[list[Step], Result]:
    """Return fewer steps that break the same rule, and what came of them."""
    kept, best = list(steps[: result.at + 1]), result
    size, runs = max(1, len(kept) // 2), 0
    while size and runs < RUNS_MAX:
        start = 0
        while start < len(kept) and runs < RUNS_MAX:
            tried = kept[:start] + kept[start + size :]
            runs += 1
            found = run(tried)
            if found.check == result.check:
                kept, best = tried, found
            else:
                start += size
        size //= 2
    return kept, best
