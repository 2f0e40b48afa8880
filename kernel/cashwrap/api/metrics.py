"""What is counted of requests: by route and status, and how long they took. No names, no amounts.

The text is that of Prometheus (exposition format 0.0.4).
"""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

LIMITS_US = (500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)


class Metrics:
    """The counters of one serving till."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[int] = Counter()  # by position in LIMITS_US; the last is beyond all
        self._spent_us = 0
        self._lock = Lock()

    def answered(self, method: str, route: str, status: int, spent_us: int) -> None:
        """Count one answer. ``route`` is its pattern, never what stood in its place."""
        bucket = next((at for at, limit in enumerate(LIMITS_US) if spent_us <= limit), -1)
        with self._lock:
            self._answers[method, route, status] += 1
            self._within[bucket] += 1
            self._spent_us += spent_us

    def text(self, gauges: Mapping[str, int]) -> str:
        """Return all of it as Prometheus reads it."""
        with self._lock:
            answers, within, spent_us = dict(self._answers), dict(self._within), self._spent_us
        rows = ["# TYPE cashwrap_requests_total counter"]
        for (method, route, status), count in sorted(answers.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            rows.append(f"cashwrap_requests_total{{{labels}}} {count}")
        rows.append("# TYPE cashwrap_request_seconds histogram")
        so_far = 0
        for at, limit in enumerate(LIMITS_US):
            so_far += within.get(at, 0)
            rows.append(f'cashwrap_request_seconds_bucket{{le="{_seconds(limit)}"}} {so_far}')
        total = sum(within.values())
        rows.append(f'cashwrap_request_seconds_bucket{{le="+Inf"}} {total}')
        rows.append(f"cashwrap_request_seconds_sum {_seconds(spent_us)}")
        rows.append(f"cashwrap_request_seconds_count {total}")
        for name, value in gauges.items():
            rows += [f"# TYPE {name} gauge", f"{name} {value}"]
        return "\n".join(rows) + "\n"


def _seconds(us: int) -> str:
    whole, part = divmod(us, 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".")
