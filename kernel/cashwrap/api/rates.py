"""Buckets of attempts that fill slowly."""

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


class Rates:
    """A bucket for each who asks, so that one uses up no other's; of the newest ``most``."""

    def __init__(self, *, per_second: int, burst: int, most: int = 1024) -> None:
        self._per_second = per_second
        self._burst = burst
        self._most = most
        self._by_who: dict[str, Rate] = {}

    def take(self, who: str) -> bool:
        """Take one attempt of somebody; return False when there is none left now."""
        found = self._by_who.pop(who, None) or Rate(per_second=self._per_second, burst=self._burst)
        self._by_who[who] = found
        if len(self._by_who) > self._most:
            del self._by_who[next(iter(self._by_who))]
        return found.take()
