"""The figures to hold: their goals, and whether this device holds them."""

from __future__ import annotations

import msgspec

from cashwrap.bench.machine import Machine
from cashwrap.bench.measure import Spread


class Ratio(msgspec.Struct, frozen=True):
    """How many times as long the median took."""

    p50: float


class Figures(msgspec.Struct, frozen=True):
    """What `cashwrap bench --json` prints. ``reprice_us`` comes with promotion rules."""

    scan_to_totals_us: Spread
    reprice_us: dict[str, Spread] | None
    sale_commit_us: Spread
    sale_commit_over_lmdb: Ratio
    kernel_overhead_us: Spread
    cold_start_ms: Spread
    rss_mb: float
    scan_1m_over_10k: float
    rebuild_moves_per_s: int
    replay_sales_per_s: int
    verify_mb_per_s: int
    machine: Machine


class Verdict(msgspec.Struct, frozen=True):
    """One row of the table."""

    what: str
    goal: str
    measured: str
    held: bool | None  # None: nothing to measure yet


def verdicts(figures: Figures) -> list[Verdict]:
    """Return the table, in the order of the goals."""
    f = figures
    sha256 = f.machine.sha256_mb_per_s
    scan, commit, over = f.scan_to_totals_us, f.sale_commit_us, f.sale_commit_over_lmdb.p50
    return [
        Verdict(
            "scan to totals, 20 lines, 100,000 SKUs",
            "p50 25 µs, p99 100 µs",
            _spread(scan, "µs"),
            scan.p50 <= 25 and scan.p99 <= 100,
        ),
        Verdict("reprice under promotion rules", "p50 10 to 40 µs", "no rules yet", None),
        Verdict(
            "durable commit of a 20-line sale", "p50 1 ms", _spread(commit, "µs"), commit.p50 < 1000
        ),
        Verdict("  beside bare LMDB, same bytes", "1.3 x", f"{over:.2f} x", over <= 1.3),
        Verdict(
            "kernel overhead of that sale, CPU",
            "50 µs",
            _spread(f.kernel_overhead_us, "µs"),
            f.kernel_overhead_us.p50 <= 50,
        ),
        Verdict(
            "cold start to the first priced line",
            "150 ms",
            _spread(f.cold_start_ms, "ms"),
            f.cold_start_ms.p50 <= 150,
        ),
        Verdict("  its resident memory", "60 MB", f"{f.rss_mb:.0f} MB", f.rss_mb <= 60),
        Verdict(
            "scan at 1,000,000 SKUs over 10,000",
            "1.2 x",
            f"{f.scan_1m_over_10k:.2f} x",
            f.scan_1m_over_10k <= 1.2,
        ),
        Verdict(
            "rebuild: stock moves folded",
            "1,000,000/s",
            f"{f.rebuild_moves_per_s:,}/s",
            f.rebuild_moves_per_s >= 1_000_000,
        ),
        Verdict(
            "rebuild: sales replayed",
            "100,000/s",
            f"{f.replay_sales_per_s:,}/s",
            f.replay_sales_per_s >= 100_000,
        ),
        Verdict(
            "journal verified",
            "500 MB/s or SHA-256",
            f"{f.verify_mb_per_s:,} MB/s (SHA-256: {sha256:,})",
            f.verify_mb_per_s >= min(500, sha256 * 95 // 100),
        ),
    ]


def _spread(spread: Spread, unit: str) -> str:
    return f"p50 {spread.p50:.0f} {unit}, p99 {spread.p99:.0f} {unit}"
