"""What is counted of requests: by route and status, and how long they took. No names, no amounts.

The text is that of Prometheus (exposition format 0.0.4).
"""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

LIMITS_US = (500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)


class Times:
    """How long something took each time, as a histogram. Any thread may add."""

    def __init__(self) -> None:
        self._within: Counter[int] = Counter()  # by position in LIMITS_US; the last is beyond all
        self._spent_us = 0
        self._count = 0
        self._lock = Lock()

    def took(self, spent_us: int) -> None:
        """Add one."""
        bucket = next((at for at, limit in enumerate(LIMITS_US) if spent_us <= limit), -1)
        with self._lock:
            self._within[bucket] += 1
            self._spent_us += spent_us
            self._count += 1

    @property
    def mean_us(self) -> int:
        """Return how long it took on average."""
        return self._spent_us // max(self._count, 1)

    def rows(self, name: str) -> list[str]:
        """Return it as Prometheus reads a histogram."""
        with self._lock:
            within, spent_us, total = dict(self._within), self._spent_us, self._count
        rows, so_far = [f"# TYPE {name} histogram"], 0
        for at, limit in enumerate(LIMITS_US):
            so_far += within.get(at, 0)
            rows.append(f'{name}_bucket{{le="{_seconds(limit)}"}} {so_far}')
        rows.append(f'{name}_bucket{{le="+Inf"}} {total}')
        return [*rows, f"{name}_sum {_seconds(spent_us)}", f"{name}_count {total}"]


class Metrics:
    """The counters of one serving till."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._times = Times()
        self._lock = Lock()

    def answered(self, method: str, route: str, status: int, spent_us: int) -> None:
        """Count one answer. ``route`` is its pattern, never what stood in its place."""
        self._times.took(spent_us)
        with self._lock:
            self._answers[method, route, status] += 1

    def text(self, gauges: Mapping[str, int], waits: Times) -> str:
        """Return all of it as Prometheus reads it; ``waits`` is how long requests waited."""
        with self._lock:
            answers = dict(self._answers)
        rows = ["# TYPE cashwrap_requests_total counter"]
        for (method, route, status), count in sorted(answers.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            rows.append(f"cashwrap_requests_total{{{labels}}} {count}")
        rows += self._times.rows("cashwrap_request_seconds")
        rows += waits.rows("cashwrap_queue_wait_seconds")
        for name, value in gauges.items():
            rows += [f"# TYPE {name} gauge", f"{name} {value}"]
        return "\n".join(rows) + "\n"


def _seconds(us: int) -> str:
    whole, part = divmod(us, 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".")
