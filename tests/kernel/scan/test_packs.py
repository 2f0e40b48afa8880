"""Expired and recalled packs, and two codes on one pack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.scan import PackPolicy, ScanRules, decode, merge, refuse_reasons, warn_reason
from cashwrap.scan.errors import BestBeforePassed, ExpiredItem, RecalledLot

RULES = ScanRules()
GTIN = 9501101530003
EAN = "]E09501101530003"


def read(text):
    return decode(text, RULES, now_ms=1_790_000_000_000)


def pack(tail=""):
    return read(f"(01)09501101530003{tail}")


@pytest.mark.parametrize(("ai", "which"), [("17", "expiry"), ("16", "sell-by")])
def test_a_pack_past_its_date_stops_the_line(ai, which):
    """The date itself is still good, the day after is not."""
    scan = pack(f"({ai})261231")
    assert refuse_reasons(scan, 20261231) is None
    reason = refuse_reasons(scan, 20270101)
    assert isinstance(reason, ExpiredItem)
    assert f"{which} date 2026-12-31" in str(reason)


def test_expiry_with_an_hour_counts_by_its_day():
    """AI 7003 stops the pack from the day after."""
    assert refuse_reasons(pack("(7003)2612311200"), 20270101) is not None
    assert refuse_reasons(pack("(7003)2612311200"), 20261231) is None


@pytest.mark.parametrize(
    ("policy", "stops", "warns"),
    [("warn", False, True), ("stop", True, False), ("ignore", False, False)],
)
def test_best_before_goes_by_policy(policy, stops, warns):
    """A best-before date warns, stops or does nothing, as the store wants."""
    scan, rule = pack("(15)261231"), PackPolicy(best_before=policy)
    assert bool(refuse_reasons(scan, 20270101, (), rule)) is stops
    assert isinstance(warn_reason(scan, 20270101, rule), BestBeforePassed) is warns
    assert warn_reason(scan, 20261231, rule) is None


def test_a_recalled_lot_stops_the_line_before_its_date():
    """The lot, or every lot, of the GTIN was called back; other lots sell."""
    recalls = {(GTIN, "L7"), (96385074, "")}
    reason = refuse_reasons(pack("(17)200101(10)L7"), 20270101, recalls)
    assert isinstance(reason, RecalledLot)
    assert "L7" in str(reason)
    assert refuse_reasons(pack("(10)L8"), 20270101, recalls) is None
    assert refuse_reasons(pack(), 20270101, recalls) is None
    assert isinstance(refuse_reasons(read("96385074"), 20270101, recalls), RecalledLot)


@pytest.mark.req("R282")
def test_two_codes_of_one_pack_are_one_line():
    """EAN-13 and 2D within the window give the richer scan, in either order."""
    linear, matrix = read(EAN), read("]d201095011015300031726123110L7")
    link = read("]Q1https://id.gs1.org/01/09501101530003/10/L7")
    assert merge(linear, 1000, matrix, 1300) is matrix
    assert merge(matrix, 1000, linear, 1000) is matrix
    assert merge(linear, 1000, link, 1200) is link


@pytest.mark.parametrize(
    ("previous", "scan", "later_ms"),
    [
        (EAN, EAN, 100),  # the same symbol twice is two packs
        (EAN, "]d20109501101530003", 301),  # too late
        (EAN, "]d20109501101530003", -1),  # the clock went back
        (EAN, "]d20109520123456788", 100),  # other goods
        ("]d2010950110153000310A", "]Q3010950110153000310B", 100),  # other lot
        ("4011", "]C04011", 100),  # no GTIN
    ],
)
def test_other_scans_are_lines_of_their_own(previous, scan, later_ms):
    """Nothing is merged that could be a second pack."""
    assert merge(read(previous), 1000, read(scan), 1000 + later_ms) is None


@given(st.integers(0, 2000), st.integers(0, 1000))
def test_the_window_is_inclusive(gap_ms, window_ms):
    """Two codes merge exactly when no more than the window lies between them."""
    merged = merge(read(EAN), 0, read("]d20109501101530003"), gap_ms, window_ms)
    assert (merged is not None) is (gap_ms <= window_ms)
