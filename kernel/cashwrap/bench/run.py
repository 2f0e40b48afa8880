"""The whole run: a few made-up shops in a folder, each figure in turn."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cashwrap.bench.figures import Figures, Ratio
from cashwrap.bench.journals import LongJournal, sold
from cashwrap.bench.machine import this_machine
from cashwrap.bench.measure import MS, US, Spread, percentile, spread
from cashwrap.bench.people import sign_in_over_argon2
from cashwrap.bench.promoted import promoted_goods, shop_rules
from cashwrap.bench.sales import (
    SCANS_PER_CART,
    Commits,
    commit_times,
    hold_times,
    scan_times,
)
from cashwrap.bench.shifts import shift_times
from cashwrap.bench.shop import LINES, Customers, gtin_of, make_shop
from cashwrap.bench.solving import measure as measure_solving
from cashwrap.bench.start import start_times
from cashwrap.till import Till

Tell = Callable[[int, int], None]

SKUS, FEW_SKUS, MANY_SKUS = 100_000, 10_000, 1_000_000
SCANS, COMMITS, STARTS = 3000, 300, 10
SIGN_INS = 100
ACTIVE_RULES = 100
JOURNAL_SALES = 10_000
SMALL_LINES = 2  # what a convenience store sells at a time
STEPS = 9


def run(folder: Path, tell: Tell, scale: int = 1) -> Figures:
    """Measure everything in an empty folder; ``scale`` divides the amounts of work, for a try.

    ``tell`` is told (done, of).
    """
    steps = iter(range(1, STEPS + 1))

    def done() -> None:
        tell(next(steps), STEPS)

    with _shop(folder / "shop", SKUS // scale) as (till, customers):
        done()
        plain_scans = scan_times(till, customers, SCANS // scale)
        (folder / "bare").mkdir()
        commits = commit_times(till, customers, COMMITS // scale, folder / "bare")
        examples = [sold(till, customers, lines) for lines in (LINES, SMALL_LINES)]
        rules = shop_rules(ACTIVE_RULES, skus=SKUS // scale)
        till.publish_rules(rules)
        promoted = Customers(SKUS // scale, promoted=promoted_goods(rules))
        promoted.basket(till).cancel()
        scans = scan_times(till, promoted, SCANS // scale)
        (folder / "bare_holds").mkdir()
        holds = hold_times(till, promoted, COMMITS // scale, folder / "bare_holds")
        done()
    signing_in = sign_in_over_argon2(folder / "people", max(5, SIGN_INS // scale))
    starts, peak_kib = start_times(
        folder / "shop", folder / "witness", str(gtin_of(1)), max(3, STARTS // scale)
    )
    done()
    few, many = scan_medians(folder, FEW_SKUS // scale, MANY_SKUS // scale, SCANS // scale)
    done()
    large, small = (
        LongJournal(folder / f"journal{number}", example, JOURNAL_SALES // scale)
        for number, example in enumerate(examples)
    )
    done()
    large_figures = large.measure()
    done()
    small_figures = small.measure()
    done()
    solving = measure_solving(scale)
    done()
    shifts = shift_times(folder / "shifts", examples[1], JOURNAL_SALES // scale)
    done()
    return Figures(
        scan_to_totals_us=spread(scans, US),
        scan_without_rules_us=spread(plain_scans, US),
        **solving._asdict(),
        sale_commit_us=spread(commits.paid_ns, US),
        sale_commit_over_lmdb=Ratio(
            round(percentile(commits.paid_ns, 50) / percentile(commits.bare_ns, 50), 3)
        ),
        kernel_overhead_us=_overhead(commits),
        suspend_us=_overhead(holds.suspend),
        resume_us=_overhead(holds.resume),
        shift_x_ms=spread(shifts.x_ns, MS),
        shift_z_ms=spread(shifts.z_ns, MS),
        shift_z_cpu_ms=spread(shifts.z_cpu_ns, MS),
        sign_in_over_argon2=signing_in,
        cold_start_ms=spread(starts, MS),
        rss_mb=round(peak_kib * 1024 / 1_000_000, 1),
        scan_1m_over_10k=round(many / few, 3),
        rebuild_moves_per_s=large_figures.moves_per_s,
        replay_sales_per_s=small_figures.sales_per_s,
        verify_mb_per_s=large_figures.verify_mb_per_s,
        machine=this_machine(folder, large_figures.sha256_mb_per_s),
    )


def scan_medians(folder: Path, few: int, many: int, scans: int) -> tuple[int, int]:
    """Return the median time of a scan in two shops, turn by turn, ns.

    Nothing is scanned twice, and both files are in memory, as they are after an hour of selling.
    """
    times: tuple[list[int], list[int]] = ([], [])
    with (
        _shop(folder / "few", few, once=True) as first,
        _shop(folder / "many", many, once=True) as second,
    ):
        for till, _ in (first, second):
            with open(os.devnull, "wb") as nowhere:  # reads every page in use
                till.store.engine.env.copyfd(nowhere.fileno(), compact=True)
        while len(times[1]) < scans:
            for (till, customers), taken in zip((first, second), times, strict=True):
                taken += scan_times(till, customers, SCANS_PER_CART)
    return percentile(times[0], 50), percentile(times[1], 50)


@contextmanager
def _shop(folder: Path, skus: int, *, once: bool = False) -> Iterator[tuple[Till, Customers]]:
    with make_shop(folder, skus) as till:
        customers = Customers(skus, once=once)
        customers.basket(till).cancel()  # what the first sale loads is measured by the cold start
        yield till, customers


def _overhead(commits: Commits) -> Spread:
    """CPU of a payment, or another act, less that of the bare transaction beside it."""
    pairs = zip(commits.paid_cpu_ns, commits.bare_cpu_ns, strict=True)
    return spread([paid - bare for paid, bare in pairs], US)
