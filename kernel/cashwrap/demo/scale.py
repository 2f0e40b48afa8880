"""A make-believe scale: things are put on it, swing, come to rest, and are taken off again."""

import time
from collections.abc import Callable

from cashwrap.host.scales import Reading

_WEIGHTS = (532, 1_205, 348, 2_760, 815)  # grams
_TURN_MS = 9_000
_ON_MS, _REST_MS, _OFF_MS = 1_000, 2_200, 8_000  # within a turn
_SWINGS = (-90, 60, -40, 25, -15, 10, -5, 3)  # grams, every 150 ms


class DemoScale:
    """It shows something else every nine seconds, and is empty in between."""

    def __init__(
        self, now_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000
    ) -> None:
        self._now_ms = now_ms
        self._began_ms = now_ms()

    def read(self) -> Reading:
        """Return what it shows now."""
        turn, at_ms = divmod(self._now_ms() - self._began_ms, _TURN_MS)
        if not _ON_MS <= at_ms < _OFF_MS:
            return Reading(0)
        weight = _WEIGHTS[turn % len(_WEIGHTS)]
        if at_ms >= _REST_MS:
            return Reading(weight)
        swing = _SWINGS[(at_ms - _ON_MS) // 150 % len(_SWINGS)]
        return Reading(max(weight + swing, 0), stable=False)
