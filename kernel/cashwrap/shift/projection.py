"""The "shift" projection: which shift each event belongs to, and what the shifts come to."""

from collections.abc import Mapping, Sequence
from typing import cast

from cashwrap.events import Envelope, Event
from cashwrap.shift import events as e
from cashwrap.shift import folding
from cashwrap.shift.book import REPORTS, SHIFTS, TABLES, Book, Rows, number_key
from cashwrap.shift.folding import Fold
from cashwrap.shift.model import Shift, ShiftReport
from cashwrap.shift.runs import fold_runs
from cashwrap.store.tables import Reader, Told, Writer

_ACTS: tuple[type[Event], ...] = (
    e.ShiftOpened,
    e.ShiftJoined,
    e.ShiftResumed,
    e.ShiftLeft,
    e.ShiftSuspended,
    e.ShiftCounting,
    e.PaidIn,
    e.PaidOut,
    e.SafeDropped,
    e.ShiftDeclared,
    e.ShiftClosed,
)


def _act(book: Book, at: Envelope, body: Event) -> None:
    """Fold one of the shift's own events; the first line of the morning does not load these."""
    from cashwrap.shift.own_events import FOLDS

    FOLDS[at.kind](book, at, body)


_FOLDS: dict[str, Fold] = folding.FOLDS | {cls.kind: _act for cls in _ACTS}


class ShiftProjection:
    """Folds shifts, and what happens in them."""

    name: str = "shift"
    version: int = 1
    tables: tuple[str, ...] = TABLES
    reads: Mapping[str, type[Event]] = folding.READS | {cls.kind: cls for cls in _ACTS}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event to the tables. Raises ReportDiffers for a Z that is not their fold."""
        self.fold_commit(writer, [(envelope, body)])

    def fold_commit(self, writer: Writer, told: Sequence[Told]) -> None:
        """Apply the events of a commit in order; each row is written once."""
        book = Book(writer)
        for envelope, body in told:
            _FOLDS[envelope.kind](book, envelope, body)
        book.write()

    def fold_all(self, writer: Writer, told: Sequence[Told]) -> None:
        """Apply many events in order; each row is written once."""
        book = Book(writer)
        fold_runs(book, told, _FOLDS)
        book.write()


def shift_of(reader: Reader, number: int) -> Shift | None:
    """Return a shift by its number."""
    return Rows(reader).shift(number)


def all_shifts(reader: Reader) -> list[Shift]:
    """Return all shifts, oldest first."""
    return [cast(Shift, row) for _, row in Rows(reader).all(SHIFTS)]


def working_on(reader: Reader, register: str) -> int:
    """Return the number of the shift that a register works on, 0 for none."""
    return Rows(reader).working(register).shift


def z_report(reader: Reader, z: int) -> ShiftReport | None:
    """Return a Z report by its number."""
    return cast(ShiftReport | None, Rows(reader).row(REPORTS, number_key(z)))


def z_of(reader: Reader, seq: int, register: str) -> int:
    """Return the number of the Z that holds what happened at a register at a record, or 0.

    What happened outside of shifts is held by the next Z of the drawer.
    """
    worked = Rows(reader).worked_at(register, seq)
    if worked.shift:
        shift = shift_of(reader, worked.shift)
        return 0 if shift is None else shift.z
    later = [
        shift.z
        for shift in all_shifts(reader)
        if shift.drawer == worked.drawer and shift.closed_seq > seq
    ]
    return min(later, default=0)
