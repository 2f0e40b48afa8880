"""The demo's own clock and ids: the same morning comes out every time."""

from hashlib import sha256

from cashwrap.ports import SystemRandomness, Timestamp

MORNING_MS = 1_741_989_600_000  # Saturday 2025-03-15, 06:00 in Shanghai
_BOOTED_MS = 3_600_000


class DemoClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, wall_ms: int = MORNING_MS) -> None:
        self.wall_ms = wall_ms

    def now(self) -> Timestamp:
        """Return the current reading."""
        return Timestamp(self.wall_ms, self.steady_ms)

    @property
    def steady_ms(self) -> int:
        """The time since the till was switched on."""
        return self.wall_ms - MORNING_MS + _BOOTED_MS

    def wait(self, ms: int) -> None:
        """Let time go by."""
        self.wall_ms += max(ms, 0)


class DemoRandomness:
    """The same bytes on every run; a real key all the same, unless ``fixed_key`` is asked for.

    Two demo shops with one key would look to the device like one shop that was rolled back.
    """

    def __init__(self, *, fixed_key: bool = False) -> None:
        self._count = 0
        self._fixed_key = fixed_key

    def token(self, size: int) -> bytes:
        """Return ``size`` bytes, at most 32; 32 are a key."""
        if size == 32 and not self._fixed_key:
            return SystemRandomness().token(size)
        self._count += 1
        return sha256(b"cashwrap demo %d" % self._count).digest()[:size]


class Dice:
    """Small whole numbers in an order that is the same on every run and every Python."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, count: int) -> int:
        """Return a number from 0 up to ``count`` - 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) * count >> 31

    def chance(self, percent: int) -> bool:
        """Whether something happens that does so in ``percent`` of 100 cases."""
        return self.below(100) < percent
