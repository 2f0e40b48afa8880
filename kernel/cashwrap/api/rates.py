"""A bucket of attempts that fills slowly."""

from collections.abc import Callable
from time import monotonic


class Rate:
    """``burst`` attempts at once, then ``per_second``."""

    def __init__(
        self, *, per_second: int, burst: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._at = clock()

    def take(self) -> bool:
        """Take one attempt; return False when there is none left now."""
        now = self._clock()
        self._left = min(self._left + (now - self._at) * self._per_second, self._burst)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
