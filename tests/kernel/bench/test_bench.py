"""`cashwrap bench`: every figure is there, and the table says what is held."""

import json
from pathlib import Path

import msgspec
import pytest

from cashwrap.bench.figures import Figures, Ratio, verdicts
from cashwrap.bench.machine import this_machine
from cashwrap.bench.measure import Spread, percentile, spread
from cashwrap.bench.shop import gtin_of
from cashwrap.cli.main import main
from cashwrap.scan.digits import check_holds

SPREADS = ("scan_to_totals_us", "kernel_overhead_us", "sale_commit_us", "cold_start_ms")
NUMBERS = (
    "rss_mb",
    "scan_1m_over_10k",
    "rebuild_moves_per_s",
    "replay_sales_per_s",
    "verify_mb_per_s",
)


def test_json_has_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object: spreads with p50 and p99, plain numbers, and the machine."""
    assert main(["bench", "--quick", "--json", "--folder", str(tmp_path)]) == 0
    figures = json.loads(capsys.readouterr().out)
    for name in SPREADS:
        assert figures[name].keys() == {"p50", "p99"}, name
    assert figures["sale_commit_over_lmdb"].keys() == {"p50"}
    assert all(figures[name] > 0 for name in NUMBERS)
    assert figures["reprice_us"] is None
    assert figures["machine"]["cores"] >= 1
    assert set(figures) == {*SPREADS, *NUMBERS, "sale_commit_over_lmdb", "reprice_us", "machine"}
    assert not list(tmp_path.iterdir())


def figures_of(tmp_path: Path, **changed: object) -> Figures:
    good, machine = Spread(1, 2), this_machine(tmp_path, 900)
    held = Figures(good, None, good, Ratio(1), good, good, 1, 1, 2_000_000, 200_000, 700, machine)
    return msgspec.structs.replace(held, **changed)


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, 0),
        ({"scan_to_totals_us": Spread(25, 101)}, 1),
        ({"sale_commit_over_lmdb": Ratio(1.31)}, 1),
        ({"verify_mb_per_s": 499}, 1),
        ({"rebuild_moves_per_s": 999_999, "replay_sales_per_s": 99_999}, 2),
    ],
)
def test_the_table_says_which_goals_are_missed(
    tmp_path: Path, changed: dict[str, object], missed: int
) -> None:
    """A figure at its goal is held."""
    assert sum(row.held is False for row in verdicts(figures_of(tmp_path, **changed))) == missed


def test_verification_may_be_as_slow_as_the_hash(tmp_path: Path) -> None:
    """Below 500 MB/s the goal is what the machine's SHA-256 reaches."""
    slow = this_machine(tmp_path, 410)
    assert not any(
        row.held is False
        for row in verdicts(figures_of(tmp_path, verify_mb_per_s=400, machine=slow))
    )


def test_spreads_are_of_all_repetitions() -> None:
    """The median and the 99th percentile, in the unit asked for."""
    assert spread(range(0, 101_000, 1000), 1000) == Spread(50, 99)
    assert percentile([5], 99) == 5


def test_barcodes_of_the_made_up_shop_are_valid() -> None:
    """Each has the check digit that a scanner wants."""
    assert all(check_holds(str(gtin_of(number))) for number in (0, 7, 12_345, 9_999_999_999))
