"""Several processes at once, each with a share of the work."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def beside(work: Callable[..., T], shares: Sequence[tuple[object, ...]]) -> list[T]:
    """Return what ``work`` gives for each share, one process for each; here where it is but one."""
    if len(shares) == 1:
        return [work(*shares[0])]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(shares), mp_context=context) as pool:
        return [one.result() for one in [pool.submit(work, *share) for share in shares]]
