"""Z reports beside a recomputation from the records, over random days."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders.shop_day import Day
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import shifts as reference

from cashwrap.sale.projection import business_days, day_totals
from cashwrap.shift.book import DOUBTS
from cashwrap.shift.model import Sums

ACTS = sorted(name[3:] for name in dir(Day) if name.startswith("do_"))
MONEY = ["cash", "card", "split", "return", "close", "open", "wait", "part"]
STEPS = st.lists(
    st.tuples(st.sampled_from([*ACTS, *MONEY]), st.integers(0, 2), st.integers(0, 4000)),
    min_size=5,
    max_size=45,
)


EXAMPLES = int(os.environ.get("CASHWRAP_SHIFT_DAYS", "12"))


@contextmanager
def played(steps: list[tuple[str, int, int]], settings: str = "") -> Iterator[Day]:
    with tempfile.TemporaryDirectory() as folder:
        day = Day(Path(folder) / "shop", settings)
        day.act("open", 0, 300)
        for step in steps:
            day.act(*step)
        try:
            yield day
        finally:
            day.shop.till.close()


@pytest.mark.req("R179")
@settings(max_examples=EXAMPLES)
@given(steps=STEPS)
def test_each_z_is_what_the_journal_says_and_all_of_them_are_the_days(
    steps: list[tuple[str, int, int]],
) -> None:
    """Every Z, and what is outside of all, equals sums made from the records alone.

    The Zs, the shifts that go on, and what is outside of them sum to all business days.
    """
    with played(steps) as day:
        till = day.shop.till
        records = list(till.store.records())
        zs, outside = reference.walk(records)
        for z in zs:
            report = till.shifts.z(z.z)
            assert report == z.body.report
            assert report.number == z.number
            assert reference.as_reference(report.sums) == reference.sums(z.own)
            assert reference.as_reference(report.outside) == reference.sums(z.outside)
            assert report.cash.expected_minor == reference.expected_cash(z)
            assert {(one.payment, one.refund) for one in report.in_doubt} <= reference.in_doubt(
                records, z.seq
            )
            parked = reference.waiting(records, z.seq)
            assert report.waiting_count == len(parked)
            assert report.waiting_minor == sum(total for total, _ in parked.values())
            since = {sale for sale, (_, seq) in parked.items() if seq > report.first_seq}
            assert {one.sale for one in report.waiting} == since
        for drawer, events in outside.items():
            kept = till.shifts.outside(drawer)
            assert reference.as_reference(kept) == reference.sums(events)
        with till.store.read() as reader:
            waiting = {tuple(key.decode().split("\0")) for key, _ in reader.items(DOUBTS)}
        assert waiting == reference.in_doubt(records, till.store.head.seq + 1)
        assert till.store.verify().projections == ()
        found: list[Sums] = []
        for shift in till.shifts.all():
            if shift.z:
                report = till.shifts.z(shift.z)
                found += [report.sums, report.outside]
            else:
                report = till.shifts.x(number=shift.number, staff="boss", expected=True)
                found.append(report.sums)
        found += [till.shifts.outside(drawer) for drawer in ("R1", "R2", "R3", "")]
        with till.store.read() as reader:
            days = [day_totals(reader, each) for each in business_days(reader)]
        assert sum(one.payable_minor for one in found) == sum(each.payable_minor for each in days)
        assert sum(one.tax_minor for one in found) == sum(each.tax_minor for each in days)
        assert sum(one.discount_minor for one in found) == sum(each.discount_minor for each in days)
        for one in found:
            assert sum(tax.tax_minor for tax in one.taxes) == one.tax_minor


@settings(max_examples=EXAMPLES)
@given(steps=STEPS)
def test_money_in_doubt_is_on_a_z_until_it_is_known(steps: list[tuple[str, int, int]]) -> None:
    """What a Z names as in doubt is later marked as of that Z, or still without an answer."""
    with played(steps) as day:
        till = day.shop.till
        for _ in range(400):
            day.shop.clock.pass_ms(60_000)
            till.step()
        numbers = [shift.number for shift in till.shifts.all() if not shift.z]
        decided = [
            one
            for number in numbers
            for one in till.shifts.x(number=number, staff="boss", expected=True).sums.decided
        ]
        zs = [till.shifts.z(shift.z) for shift in till.shifts.all() if shift.z]
        decided += [one for report in zs for one in (*report.sums.decided, *report.outside.decided)]
        for drawer in ("R1", "R2", "R3", ""):
            decided += till.shifts.outside(drawer).decided
        known = {(one.payment, one.refund) for one in decided}
        still = reference.in_doubt(list(till.store.records()), till.store.head.seq + 1)
        for report in zs:
            for doubt in report.in_doubt:
                about = (doubt.payment, doubt.refund)
                assert about in known or about in still
