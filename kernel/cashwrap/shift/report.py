"""The X or Z report of a shift: made from its folded rows, for a screen, a paper or the journal."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from msgspec.structs import replace

from cashwrap.shift.book import DOUBTS, OUTSIDE, PAYING, SUMS, WAITING, Doubt, Paying, Rows
from cashwrap.shift.model import (
    InDoubt,
    OpenSale,
    Shift,
    ShiftReport,
    Sums,
    TenderRow,
    TenderSum,
    Waiting,
)


class Made(NamedTuple):
    """What a report says beside its sums: its number, who made it when, and up to which record."""

    z: int
    by: str
    at_ms: int
    last_seq: int
    journal_hash: str
    training: bool = False


def made(rows: Rows, shift: Shift, how: Made) -> ShiftReport:
    """Return the report of a shift that is not closed, as the rows stand."""
    sums, outside = rows.sums(shift.number), rows.outside(shift.drawer)
    waiting = [cast(Waiting, row) for _, row in rows.all(WAITING)]
    return ShiftReport(
        number=shift.number,
        z=how.z,
        drawer=shift.drawer,
        state="closed" if how.z else shift.state,
        registers=shift.worked,
        opened_by=shift.staff[0],
        closed_by=how.by if how.z else "",
        opened_ms=shift.opened_ms,
        at_ms=how.at_ms,
        first_seq=shift.opened_seq,
        last_seq=how.last_seq,
        journal_hash=how.journal_hash,
        float_minor=shift.float_minor,
        sums=sums,
        outside=outside,
        tenders=_tenders(shift, sums),
        declared=shift.declared,
        in_doubt=_in_doubt(rows, shift),
        open_sales=_open_sales(rows, shift),
        grand_sales_minor=grand_sales_minor(rows),
        training=how.training,
        waiting=_since(waiting, shift.opened_seq),
        waiting_count=len(waiting),
        waiting_minor=sum([one.total_minor for one in waiting]),
    )


def hidden(report: ShiftReport) -> ShiftReport:
    """Return a report without the money that tells what is expected in the drawer.

    What the clerk has done with the cash themselves stays: float, paid in, paid out, drops.
    """
    return replace(
        report,
        sums=_without_money(report.sums),
        outside=_without_money(report.outside),
        tenders=(),
        declared=None,
        open_sales=(),
        grand_sales_minor=0,
        hidden=True,
        waiting=tuple(replace(one, total_minor=0) for one in report.waiting),
        waiting_minor=0,
    )


_OWN_CASH = frozenset({"paid_in_minor", "paid_out_minor", "safe_drop_minor"})


def _without_money(sums: Sums) -> Sums:
    money = [name for name in Sums.__struct_fields__ if name.endswith("_minor")]
    blank = {name: 0 for name in money if name not in _OWN_CASH}
    return replace(sums, tenders=[], taxes=[], decided=[], **blank)


def expected_cash_minor(float_minor: int, sums: Sums) -> int:
    """Return float + paid in - paid out - safe drops + tendered - change - given back."""
    by_hand = sums.paid_in_minor - sums.paid_out_minor - sums.safe_drop_minor
    return float_minor + by_hand + sums.net_cash_minor


def grand_sales_minor(rows: Rows) -> int:
    """Return the till's perpetual total of sales: that of the newest receipt."""
    series = rows.series()
    last = (series.receipt, series.grand_sales_minor)
    for table in (SUMS, OUTSIDE):
        for _, row in rows.all(table):
            sums = cast(Sums, row)
            last = max(last, (sums.last_number, sums.grand_sales_minor))
    return last[1]


def is_of(one: Doubt | Paying, shift: Shift) -> bool:
    """Whether money that is not settled is for a shift to name: its own, or left at its drawer."""
    if one.shift == shift.number:
        return True
    left_over = one.shift == 0 or (isinstance(one, Doubt) and one.z > 0)
    return left_over and one.drawer == shift.drawer


def _tenders(shift: Shift, sums: Sums) -> tuple[TenderRow, ...]:
    """Return cash first, then the others as they came; what was only counted comes last."""
    counted = {} if shift.declared is None else dict(shift.declared.tenders)
    found = {each.tender: each for each in sums.tenders}
    cash = found.pop("cash", TenderSum("cash", "cash"))
    rows = [_row(each, counted.pop(each.tender, None)) for each in found.values()]
    rows += [_row(TenderSum(name, "other"), minor) for name, minor in counted.items()]
    in_drawer = None if shift.declared is None else shift.declared.cash_minor
    expected_minor = expected_cash_minor(shift.float_minor, sums)
    return (replace(_row(cash, in_drawer), expected_minor=expected_minor), *rows)


def _row(each: TenderSum, counted_minor: int | None) -> TenderRow:
    net_minor = each.taken_minor - each.given_back_minor
    return TenderRow(
        each.tender,
        each.kind,
        each.count,
        each.taken_minor,
        each.given_back_minor,
        net_minor,
        counted_minor,
    )


def _in_doubt(rows: Rows, shift: Shift) -> tuple[InDoubt, ...]:
    named = []
    for _, row in rows.all(DOUBTS):
        doubt = cast(Doubt, row)
        if is_of(doubt, shift):
            known = rows.payment(doubt.payment)
            sale = doubt.sale or known.sale
            about = (doubt.payment, doubt.refund, sale, known.tender)
            named.append(InDoubt(*about, doubt.amount_minor, doubt.asked_ms, doubt.z))
    return tuple(named)


def _since(waiting: Sequence[Waiting], seq: int) -> tuple[Waiting, ...]:
    return tuple(sorted((one for one in waiting if one.seq > seq), key=lambda one: one.seq))


def _open_sales(rows: Rows, shift: Shift) -> tuple[OpenSale, ...]:
    return tuple(
        OpenSale(sale.decode(), cast(Paying, row).paid_minor)
        for sale, row in rows.all(PAYING)
        if is_of(cast(Paying, row), shift)
    )
