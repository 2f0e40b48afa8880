"""Long work in a thread of its own, while the till goes on selling."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SWITCH_SECONDS = 0.0005
_busy = 0
_usual = sys.getswitchinterval()


async def beside(work: Callable[[], T]) -> T:
    """Return what some long work gives, done beside the till.

    Meanwhile threads take turns ten times as often: a sale that is asked for does not wait for the
    interpreter. Nothing of a till may be touched by it but its store's reads and staged writes.
    """
    global _busy
    _busy += 1
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        return await asyncio.to_thread(work)
    finally:
        _busy -= 1
        if not _busy:
            sys.setswitchinterval(_usual)
