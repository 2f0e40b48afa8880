"""How long plugins take: counts, and the newest durations of each hook."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

KEPT = 512
TIMES_FILE = "plugin-times.json"


class Spent(msgspec.Struct, frozen=True):
    """The time of one plugin's hook, nanoseconds. p50 and p99 are of the newest calls."""

    hook: str
    calls: int
    slow: int
    p50_ns: int
    p99_ns: int
    most_ns: int


class Durations:
    """The durations of one plugin's hook."""

    __slots__ = ("_newest", "calls", "most_ns", "slow")

    def __init__(self) -> None:
        self.calls = 0
        self.slow = 0
        self.most_ns = 0
        self._newest = array("q")

    def add(self, took_ns: int, *, slow: bool) -> None:
        """Count one call."""
        if self.calls < KEPT:
            self._newest.append(took_ns)
        else:
            self._newest[self.calls % KEPT] = took_ns
        self.calls += 1
        self.slow += slow
        self.most_ns = max(self.most_ns, took_ns)

    def spent(self, hook: str) -> Spent:
        """Return the figures."""
        order = sorted(self._newest)
        count = len(order)
        p50, p99 = (order[min(count - 1, count * of // 100)] for of in (50, 99))
        return Spent(hook, self.calls, self.slow, p50, p99, self.most_ns)


def keep_times(shop: Path, times: Mapping[str, Mapping[str, Durations]]) -> None:
    """Leave the times of a run, by plugin and hook, for those who look later."""
    spent = {
        name: [by_hook[hook].spent(hook) for hook in sorted(by_hook)]
        for name, by_hook in times.items()
    }
    with suppress(OSError):
        (shop / TIMES_FILE).write_bytes(msgspec.json.encode(spent))


def kept_ms(shop: Path) -> int:
    """Return when the last run of a till left its times, ms since 1970; 0 where none did."""
    try:
        return (shop / TIMES_FILE).stat().st_mtime_ns // 1_000_000
    except OSError:
        return 0


def times_of(shop: Path) -> dict[str, tuple[Spent, ...]]:
    """Return the times of the last run of a till, none where it left none."""
    try:
        raw = (shop / TIMES_FILE).read_bytes()
        return msgspec.json.decode(raw, type=dict[str, tuple[Spent, ...]])
    except (OSError, msgspec.DecodeError):
        return {}
