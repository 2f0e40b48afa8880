"""Waiting for drivers only so long: for a till that several registers share.

Each driver has a thread of its own, which it may hang; the till goes on without its answer, as it
does whenever none comes: the payment is in doubt, and is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread

from cashwrap.tender.asking import ask
from cashwrap.tender.driver import Outcome, Unknown

SECONDS_MAX = 8.0
_Call = Callable[[], Outcome]


class Patience:
    """Asks drivers, one call of each at a time."""

    def __init__(self, seconds_max: float = SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._workers: dict[str, _Worker] = {}

    def ask(self, driver: str, call: _Call) -> Outcome:
        """Return a driver's answer, or that none came in time."""
        if driver not in self._workers:
            self._workers[driver] = _Worker(driver)
        return self._workers[driver].ask(call, self._seconds_max)


class _Worker:
    """The thread of one driver; it ends with the program."""

    def __init__(self, driver: str) -> None:
        self._calls: SimpleQueue[tuple[_Call, SimpleQueue[Outcome]]] = SimpleQueue()
        self._free = Event()
        self._free.set()
        Thread(target=self._work, name=f"driver {driver}", daemon=True).start()

    def ask(self, call: _Call, seconds_max: float) -> Outcome:
        """Return the answer to a call, unless the one before still hangs."""
        if not self._free.is_set():
            return Unknown(reason="driver_hangs")
        self._free.clear()
        answer: SimpleQueue[Outcome] = SimpleQueue()
        self._calls.put((call, answer))
        try:
            return answer.get(timeout=seconds_max)
        except Empty:
            return Unknown(reason="timeout")

    def _work(self) -> None:
        while True:
            call, answer = self._calls.get()
            outcome = ask(call)
            self._free.set()
            answer.put(outcome)
