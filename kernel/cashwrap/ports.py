"""The ways in and out of the kernel: clock and randomness here, disk in the store, net in drivers.

The kernel itself has no clock and no dice. A till is given its ports when it opens, so the same
inputs give the same bytes and a whole shop can be simulated.
"""

import os
import time
from collections.abc import Callable
from typing import Protocol

import msgspec


class Timestamp(msgspec.Struct, frozen=True, array_like=True):
    """One reading of the clock.

    ``wall_ms`` is UTC in milliseconds since 1970 and may jump. ``steady_ms`` counts from the
    device's boot, never jumps, and says nothing across a reboot.
    """

    wall_ms: int
    steady_ms: int


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> Timestamp:
        """Return the current reading."""
        ...


class Randomness(Protocol):
    """Where ids and keys come from."""

    def token(self, size: int) -> bytes:
        """Return ``size`` unpredictable bytes."""
        ...


class SystemClock:
    """The device's own clock."""

    def now(self) -> Timestamp:
        """Return the current reading."""
        return Timestamp(time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000)


class SystemRandomness:
    """The operating system's generator."""

    def token(self, size: int) -> bytes:
        """Return ``size`` unpredictable bytes."""
        return os.urandom(size)


def stopwatch(clock: Clock) -> Callable[[], int]:
    """Return what gives a steady time in nanoseconds, to take the time that plugins take.

    The device's own is finer than its clock; any other clock is asked itself, so that a simulation
    owns this time too: by its ``ticks_ns`` where it has one.
    """
    if isinstance(clock, SystemClock):
        return time.perf_counter_ns
    own: Callable[[], int] | None = getattr(clock, "ticks_ns", None)
    if own is not None:
        return own
    return lambda: clock.now().steady_ms * 1_000_000
