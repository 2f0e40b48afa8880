"""Asking drivers beside the till: for one that several registers share, and that none may stop.

Each driver has a thread of its own, on which it is asked one thing at a time. The till looks for
the answer a moment, and then again with each step; meanwhile others sell. A driver that does not
come back counts as one that never answered: the payment is in doubt, and is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING

from cashwrap.tender.asking import Said, ask
from cashwrap.tender.driver import Outcome, Unknown

if TYPE_CHECKING:
    from cashwrap.tender.doubt import Call

SECONDS_MAX = 20.0
AT_ONCE_SECONDS = 0.15  # most terminals on the counter answer a look within it
_Act = Callable[[], Outcome]


class Patience:
    """Asks drivers; its `ask` is what `TenderRunner.ask` may be."""

    def __init__(
        self, seconds_max: float = SECONDS_MAX, at_once_seconds: float = AT_ONCE_SECONDS
    ) -> None:
        self._seconds = seconds_max, at_once_seconds
        self._workers: dict[str, _Worker] = {}

    def ask(self, driver: str, about: str, call: Call, act: _Act) -> Said | None:
        """Return a driver's answer about a payment or refund, None while it is on the way."""
        if driver not in self._workers:
            self._workers[driver] = _Worker(driver, *self._seconds)
        return self._workers[driver].ask(about, call, act)


class _Asked:
    """One call of a driver: it waits, it runs since some time, or it has its answer."""

    def __init__(self, call: Call, act: _Act) -> None:
        self.call = call
        self.act = act
        self.since: float | None = None
        self.outcome: Outcome = Unknown()
        self.done = Event()


class _Worker:
    """The thread of one driver; it ends with the program."""

    def __init__(self, driver: str, seconds_max: float, at_once_seconds: float) -> None:
        self._seconds_max = seconds_max
        self._at_once_seconds = at_once_seconds
        self._waiting: SimpleQueue[_Asked] = SimpleQueue()
        self._asked: dict[str, _Asked] = {}
        self._given_up: set[_Asked] = set()
        self._running: _Asked | None = None
        self._lock = Lock()
        Thread(target=self._work, name=f"driver {driver}", daemon=True).start()

    def ask(self, about: str, call: Call, act: _Act) -> Said | None:
        """Return the answer to what was asked about something, or ask it."""
        asked = self._asked.get(about)
        if asked is None:
            if self._hangs():
                return Said(call, Unknown(reason="driver_hangs"))
            asked = self._asked[about] = _Asked(call, act)
            self._waiting.put(asked)
            asked.done.wait(self._at_once_seconds)
        return self._answer(about, asked)

    def _answer(self, about: str, asked: _Asked) -> Said | None:
        with self._lock:  # so that what is given up is never begun afterwards
            if not asked.done.is_set():
                if not self._hangs():
                    return None
                if asked.since is None:
                    self._given_up.add(asked)
        del self._asked[about]
        if asked.done.is_set():
            return Said(asked.call, asked.outcome)
        return Said(asked.call, Unknown(reason="timeout"))

    def _hangs(self) -> bool:
        """Return whether the driver has not come back from a call for too long."""
        running = self._running
        since = None if running is None else running.since
        return since is not None and monotonic() - since > self._seconds_max

    def _work(self) -> None:
        while True:
            asked = self._waiting.get()
            with self._lock:
                if asked in self._given_up:
                    self._given_up.remove(asked)
                    continue
                self._running, asked.since = asked, monotonic()
            asked.outcome = ask(asked.act)
            asked.done.set()
            self._running = None
