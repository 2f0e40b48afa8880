"""Shifts and their reports as pages see them."""

import msgspec

from cashwrap.api.wire import copied
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
    return copied(ShiftView, shift, declared=declared)


def _declared(count: Declared) -> DeclaredView:
    cash = {str(unit): pieces for unit, pieces in count.cash}
    return copied(DeclaredView, count, cash=cash, tenders=dict(count.tenders))
