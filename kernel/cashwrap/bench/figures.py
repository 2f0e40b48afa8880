"""The figures to hold: their goals, and whether this device holds them."""

from __future__ import annotations

import msgspec

from cashwrap.bench.machine import Machine
from cashwrap.bench.measure import Spread
from cashwrap.bench.solving import Hostile, Solved

REPRICE_GOALS_US = {"100": 10, "1000": 20, "10000": 40}


class Ratio(msgspec.Struct, frozen=True):
    """How many times as long the median took."""

    p50: float


class Figures(msgspec.Struct, frozen=True):
    """What `cashwrap bench --json` prints. Figures by number of rules have it as their key."""

    scan_to_totals_us: Spread
    scan_without_rules_us: Spread
    reprice_us: dict[str, Spread]
    price_20_lines_us: dict[str, Spread]
    solve_dense_us: Solved
    solve_100_lines_us: Solved
    hostile: Hostile
    dense_wrong_share: dict[str, float]
    compile_10000_rules_ms: Spread
    load_compiled_ms: Spread
    sale_commit_us: Spread
    sale_commit_over_lmdb: Ratio
    kernel_overhead_us: Spread
    suspend_us: Spread
    resume_us: Spread
    shift_x_ms: Spread
    shift_z_ms: Spread
    shift_z_cpu_ms: Spread
    sign_in_over_argon2: Ratio
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
    held: bool | None  # None: no goal of its own


def verdicts(figures: Figures) -> list[Verdict]:
    """Return the table, in the order of the goals."""
    f = figures
    sha256 = f.machine.sha256_mb_per_s
    commit, over = f.sale_commit_us, f.sale_commit_over_lmdb.p50
    return [
        _scan("scan to totals, 20 lines, 100 rules", f.scan_to_totals_us),
        _scan("  without rules", f.scan_without_rules_us),
        *promoted_verdicts(f),
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
        _hold("suspend 20 lines, 100 rules, CPU", f.suspend_us),
        _hold("  resume them", f.resume_us),
        _report("X report of 10,000 sales", f.shift_x_ms, 10),
        _report("Z report, closed and on the disk", f.shift_z_ms, 50),
        _report("  without the disk, CPU", f.shift_z_cpu_ms, 50),
        Verdict(
            "sign in, over argon2id alone",
            "1.2 x",
            f"{f.sign_in_over_argon2.p50:.2f} x",
            f.sign_in_over_argon2.p50 <= 1.2,
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


def promoted_verdicts(f: Figures) -> list[Verdict]:
    """Return the rows of the promotion engine."""
    compiled, wrong = f.compile_10000_rules_ms, max(f.dense_wrong_share.values())
    return [
        *(
            Verdict(
                f"reprice 20 lines under {int(count):,} rules",
                f"p50 {goal} µs",
                _spread(f.reprice_us[count], "µs"),
                f.reprice_us[count].p50 <= goal,
            )
            for count, goal in REPRICE_GOALS_US.items()
        ),
        _solved("20 dense units, joint optimum", f.solve_dense_us, 200, gaps=False),
        _solved("100 lines under 200 rules", f.solve_100_lines_us, 1000, gaps=True),
        Verdict(
            "20 products, any six for a price",
            "in the budget",
            f"{f.hostile.nodes:,} steps, {f.hostile.us:.0f} µs, {_proof(f.hostile)}",
            f.hostile.proved or f.hostile.gap_minor > 0,
        ),
        Verdict("dense carts not at the best price", "0 %", f"{wrong:.1%}", wrong == 0),
        Verdict("compile 10,000 rules", "2,000 ms", _spread(compiled, "ms"), compiled.p50 <= 2000),
        Verdict("  load them compiled", "", _spread(f.load_compiled_ms, "ms"), None),
    ]


def _report(what: str, spread: Spread, goal_ms: int) -> Verdict:
    measured = f"p50 {spread.p50:.2f} ms, p99 {spread.p99:.2f} ms"
    return Verdict(what, f"{goal_ms} ms", measured, spread.p99 <= goal_ms)


def _scan(what: str, scan: Spread) -> Verdict:
    held = scan.p50 <= 25 and scan.p99 <= 100
    return Verdict(what, "p50 25 µs, p99 100 µs", _spread(scan, "µs"), held)


def _hold(what: str, hold: Spread) -> Verdict:
    return Verdict(what, "p50 1,000 µs", _spread(hold, "µs"), hold.p50 < 1000)


def _solved(what: str, solved: Solved, goal_us: int, *, gaps: bool) -> Verdict:
    every = solved.proved == solved.carts
    proved = "all proved" if every else f"{solved.proved} of {solved.carts} proved"
    return Verdict(
        what,
        f"p99 {goal_us:,} µs, {'proved or gap' if gaps else 'proved'}",
        f"{_spread(solved, 'µs')}, {proved}",
        solved.p99 <= goal_us and (every or (gaps and solved.gap_minor > 0)),
    )


def _proof(hostile: Hostile) -> str:
    return "proved" if hostile.proved else f"gap {hostile.gap_minor}"


def _spread(spread: Spread | Solved, unit: str) -> str:
    return f"p50 {spread.p50:.0f} {unit}, p99 {spread.p99:.0f} {unit}"
