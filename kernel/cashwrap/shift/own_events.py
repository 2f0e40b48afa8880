"""How the shift's own events change who works on what, and the cash in the drawer."""

from collections.abc import Callable
from typing import cast

from msgspec.structs import replace

from cashwrap.events import Envelope, Event
from cashwrap.shift import events as e
from cashwrap.shift.book import (
    DOUBTS,
    OUTSIDE,
    PAYMENTS,
    REPORTS,
    SUMS,
    Book,
    Doubt,
    KnownPayment,
    Series,
    Working,
    doubt_key,
    drawer_key,
    number_key,
)
from cashwrap.shift.errors import NoSuchShift, ReportDiffers, ShiftError
from cashwrap.shift.model import FORM, Declared, Shift, ShiftReport
from cashwrap.shift.report import Made, expected_cash_minor, is_of, made


def opened(book: Book, at: Envelope, body: e.ShiftOpened) -> None:
    """Begin a shift; its number follows the last."""
    series = book.series()
    if body.number != series.shift + 1:
        raise ShiftError(f"shift {body.number} cannot follow shift {series.shift}")
    book.put_series(replace(series, shift=body.number))
    shift = Shift(
        number=body.number,
        drawer=body.drawer,
        state="open",
        float_minor=body.float_minor,
        registers=(),
        worked=(),
        staff=(),
        opened_ms=at.wall_ms,
        opened_seq=at.seq,
    )
    _works(book, at, shift, body.register)


def joined(book: Book, at: Envelope, body: e.ShiftJoined) -> None:
    """One more register works on it."""
    _works(book, at, _shift(book, body.number), body.register)


def resumed(book: Book, at: Envelope, body: e.ShiftResumed) -> None:
    """It goes on, in the drawer where the tray is now."""
    shift = replace(_shift(book, body.number), state="open", drawer=body.drawer)
    _works(book, at, shift, body.register)


def left(book: Book, at: Envelope, body: e.ShiftLeft) -> None:
    """One register works on it no more."""
    shift = _shift(book, body.number)
    book.happened(body.register, at)
    _leaves(book, at, shift, body.register)
    registers = tuple(one for one in shift.registers if one != body.register)
    book.put_shift(replace(shift, registers=registers))


def suspended(book: Book, at: Envelope, body: e.ShiftSuspended) -> None:
    """No register works on it for a while."""
    _all_leave(book, at, replace(_shift(book, body.number), state="suspended"))


def counting(book: Book, at: Envelope, body: e.ShiftCounting) -> None:
    """No register works on it any more."""
    _all_leave(book, at, replace(_shift(book, body.number), state="counting"))


def paid_in(book: Book, at: Envelope, body: e.PaidIn) -> None:
    """Cash came in without a sale."""
    sums = book.changing(SUMS, number_key(body.number), at)
    sums.paid_ins += 1
    sums.paid_in_minor += body.amount_minor


def paid_out(book: Book, at: Envelope, body: e.PaidOut) -> None:
    """Cash went out without a sale."""
    sums = book.changing(SUMS, number_key(body.number), at)
    sums.paid_outs += 1
    sums.paid_out_minor += body.amount_minor


def safe_drop(book: Book, at: Envelope, body: e.SafeDropped) -> None:
    """Cash went to the safe."""
    sums = book.changing(SUMS, number_key(body.number), at)
    sums.safe_drops += 1
    sums.safe_drop_minor += body.amount_minor


def declared(book: Book, at: Envelope, body: e.ShiftDeclared) -> None:
    """The drawer was counted; the last count is the one that counts."""
    shift = _shift(book, body.number)
    sums = book.changing(SUMS, number_key(body.number), at)
    times = 1 if shift.declared is None else shift.declared.times + 1
    expected_minor = expected_cash_minor(shift.float_minor, sums)
    count = Declared(body.cash, body.tenders, at.staff, at.wall_ms, expected_minor, times)
    book.put_shift(replace(shift, declared=count))


def closed(book: Book, at: Envelope, body: e.ShiftClosed) -> None:
    """End it, when its report is the fold of what came before. Raises ReportDiffers."""
    shift, report = _shift(book, body.number), body.report
    book.write()  # so that all rows of a table can be read
    _check(book, at, shift, report)
    if shift.registers:
        shift = _all_leave(book, at, shift)
    _name_doubts(book, shift, report.z)
    book.put(SUMS, number_key(shift.number), None)
    book.put(OUTSIDE, drawer_key(shift.drawer), None)
    book.put(REPORTS, number_key(report.z), report)
    last = max(report.sums.last_number, report.outside.last_number, book.series().receipt)
    book.put_series(Series(book.series().shift, report.z, last, report.grand_sales_minor))
    book.put_shift(
        replace(
            shift, state="closed", z=report.z, closed_ms=report.at_ms, closed_seq=at.seq
        )
    )  # fmt: skip


def _check(book: Book, at: Envelope, shift: Shift, report: ShiftReport) -> None:
    """Raise ReportDiffers unless a report says what the journal says up to the record before."""
    last = book.series().z
    if report.z != last + 1:
        raise ReportDiffers(report.z, f"number, which must be {last + 1}")
    if not at.seq - 2 <= report.last_seq < at.seq:  # the clock's change may stand between
        raise ReportDiffers(report.z, "range of the journal")
    if report.form != FORM:
        return  # made by an older cashwrap, which has checked it
    end = (report.last_seq, report.journal_hash, report.training)
    how = Made(report.z, at.staff, report.at_ms, *end)
    ours = made(book, shift, how)
    if ours != report:
        fields = ShiftReport.__struct_fields__
        differ = [name for name in fields if getattr(ours, name) != getattr(report, name)]
        raise ReportDiffers(report.z, ", ".join(differ))


def _name_doubts(book: Book, shift: Shift, z: int) -> None:
    for _, row in book.all(DOUBTS):
        doubt = cast(Doubt, row)
        if doubt.z or not is_of(doubt, shift):
            continue
        book.put(DOUBTS, doubt_key(doubt.payment, doubt.refund), replace(doubt, z=z))
        known = book.row(PAYMENTS, doubt.payment.encode())
        if isinstance(known, KnownPayment) and not doubt.refund:
            book.put(PAYMENTS, doubt.payment.encode(), replace(known, z=z))


def _shift(book: Book, number: int) -> Shift:
    found = book.shift(number)
    if found is None:
        raise NoSuchShift(f"there is no shift {number} in this journal")
    return found


def _works(book: Book, at: Envelope, shift: Shift, register: str) -> None:
    """A register works on a shift from here on."""
    book.put_working(register, Working(shift.number, shift.drawer), at.seq)
    book.happened(register, at)
    staff = shift.staff if at.staff in shift.staff else (*shift.staff, at.staff)
    worked = shift.worked if register in shift.worked else (*shift.worked, register)
    registers = (*shift.registers, register)
    book.put_shift(replace(shift, registers=registers, worked=worked, staff=staff))


def _all_leave(book: Book, at: Envelope, shift: Shift) -> Shift:
    book.changing(SUMS, number_key(shift.number), at)
    for register in shift.registers:
        _leaves(book, at, shift, register)
    shift = replace(shift, registers=())
    book.put_shift(shift)
    return shift


def _leaves(book: Book, at: Envelope, shift: Shift, register: str) -> None:
    """A register works on no shift; what happens there until the next one is of this drawer."""
    book.put_working(register, Working(0, shift.drawer), at.seq)


_ALL: dict[type[Event], Callable[..., None]] = {
    e.ShiftOpened: opened,
    e.ShiftJoined: joined,
    e.ShiftResumed: resumed,
    e.ShiftLeft: left,
    e.ShiftSuspended: suspended,
    e.ShiftCounting: counting,
    e.PaidIn: paid_in,
    e.PaidOut: paid_out,
    e.SafeDropped: safe_drop,
    e.ShiftDeclared: declared,
    e.ShiftClosed: closed,
}
FOLDS = {cls.kind: fold for cls, fold in _ALL.items()}
