"""Commits that share one flush: each is atomic by itself, none is on the disk before all are.

Between `begin` and its settling a group is one write transaction of LMDB, and each commit in it one
nested in that. The thread that has the group reads what it wrote; all others see what is on the
disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from cashwrap.store.disk import Txn

WRITES_MAX = 64  # what they need beyond the room measured before them is far less than the reserve


class Group:
    """The commits of one thread that wait for their flush, and what is to be done after it."""

    def __init__(self) -> None:
        self.txn: Txn | None = None
        self.writes = 0
        self._owner = threading.get_ident()
        self._after: list[Callable[[], None]] = []

    @property
    def is_mine(self) -> bool:
        """Whether the asking thread has the group."""
        return threading.get_ident() == self._owner

    def after(self, act: Callable[[], None]) -> None:
        """Do something once what was committed so far is on the disk; at once when it is."""
        if self.txn is None:
            act()
        else:
            self._after.append(act)

    def taken(self) -> tuple[Txn | None, list[Callable[[], None]]]:
        """Return what is to be settled, and begin anew."""
        txn, acts = self.txn, self._after
        self.txn, self._after, self.writes = None, [], 0
        return txn, acts
