"""Requests that wait for the till: one row for each who asks, and rows take turns.

So a register that sends a hundred requests at once waits for itself, not the others for it.
"""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Generic, TypeVar

from cashwrap.errors import CashwrapError

T = TypeVar("T")
WAITING_MAX = 256
WAITING_MAX_EACH = 64


class TooBusy(CashwrapError):
    """As many requests wait as may; nothing was done."""

    code = "api.busy"

    def __init__(self, left_ms: int) -> None:
        super().__init__(left_ms)
        self.left_ms = left_ms

    def __str__(self) -> str:
        return f"the till has too much to do: ask again in {self.left_ms} ms; nothing was done"


class Rows(Generic[T]):
    """What waits. Any thread puts, one takes."""

    def __init__(self, most: int = WAITING_MAX, most_each: int = WAITING_MAX_EACH) -> None:
        self._most = most
        self._most_each = most_each
        self._rows: dict[str, deque[T]] = {}
        self._turns: SimpleQueue[None] = SimpleQueue()  # one for each that waits
        self._count = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return self._count

    def is_full(self, who: str) -> bool:
        """Return whether no more of somebody may wait."""
        row = self._rows.get(who)
        return self._count >= self._most or (row is not None and len(row) >= self._most_each)

    def put(self, who: str, one: T) -> None:
        """Let something wait, behind all that waits of the same."""
        with self._lock:
            self._rows.setdefault(who, deque()).append(one)
            self._count += 1
        self._turns.put(None)

    def take(self, timeout: float = 0) -> T:
        """Return the first of the row whose turn it is. Raises `queue.Empty` after a while."""
        if timeout:
            self._turns.get(timeout=timeout)
        else:
            self._turns.get_nowait()
        with self._lock:
            who = next(iter(self._rows))
            row = self._rows.pop(who)
            one = row.popleft()
            if row:
                self._rows[who] = row  # behind all others
            self._count -= 1
        return one


__all__ = ["Empty", "Rows", "TooBusy"]
