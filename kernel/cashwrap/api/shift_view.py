"""Shifts and their reports as pages see them."""

import msgspec

from cashwrap.shift.model import Declared, Shift, ShiftReport, ShiftState


class DeclaredView(msgspec.Struct, frozen=True):
    """A count: pieces by unit in minor units, other tenders by name; ``times``: how often counted.

    What was expected stands in the report alone, so that who counts does not see it.
    """

    cash: dict[str, int]
    cash_minor: int
    tenders: dict[str, int]
    staff: str
    at_ms: int
    times: int


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """One shift. ``registers`` work on it now, ``worked`` ever did; ``z`` is 0 before the close."""

    number: int
    drawer: str
    state: ShiftState
    float_minor: int
    registers: tuple[str, ...]
    worked: tuple[str, ...]
    staff: tuple[str, ...]
    opened_ms: int
    opened_seq: int
    declared: DeclaredView | None
    z: int
    closed_ms: int
    closed_seq: int


class ShiftAnswer(msgspec.Struct, frozen=True):
    """The shift that a register works on, None for none; and those that can be gone on with."""

    shift: ShiftView | None
    waiting: list[ShiftView]


class ReportView(msgspec.Struct, frozen=True):
    """An X or Z report: its figures, and its paper as text."""

    report: ShiftReport
    text: str


def shift_view(shift: Shift) -> ShiftView:
    """Return a shift without what was expected at its count: that is the report's to tell."""
    declared = None if shift.declared is None else _declared(shift.declared)
    return ShiftView(
        number=shift.number,
        drawer=shift.drawer,
        state=shift.state,
        float_minor=shift.float_minor,
        registers=shift.registers,
        worked=shift.worked,
        staff=shift.staff,
        opened_ms=shift.opened_ms,
        opened_seq=shift.opened_seq,
        declared=declared,
        z=shift.z,
        closed_ms=shift.closed_ms,
        closed_seq=shift.closed_seq,
    )


def _declared(count: Declared) -> DeclaredView:
    cash = {str(unit): pieces for unit, pieces in count.cash}
    tenders = dict(count.tenders)
    return DeclaredView(
        cash, count.cash_minor, tenders, count.staff, count.at_ms, count.times
    )  # fmt: skip
