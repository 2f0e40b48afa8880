"""The shifts of a till: open, hand over, count, close (docs/shifts.md).

Every act is one journal record. The same ``command`` id again does nothing and answers as the
first time. Amounts are minor units.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cashwrap.errors import InvalidInput, whole
from cashwrap.money import INT64_MAX
from cashwrap.shift import events as e
from cashwrap.shift.book import Rows
from cashwrap.shift.cash import CashActs
from cashwrap.shift.counting import checked_cash, checked_tenders, denominations
from cashwrap.shift.desk import free_drawer, in_state, known
from cashwrap.shift.errors import LastRegister, NoSuchShift, NotCounted, NotInThatState
from cashwrap.shift.model import Declared, Shift, ShiftReport, Sums
from cashwrap.shift.projection import all_shifts, working_on, z_report
from cashwrap.shift.report import Made, expected_cash_minor, hidden, made
from cashwrap.staff.rights import Act
from cashwrap.tender.pan import words

if TYPE_CHECKING:
    from cashwrap.receipt.text import TextStyle


class Shifts(CashActs):
    """`Till.shifts`."""

    # Who works on what

    def open(
        self,
        float_minor: int,
        *,
        staff: str,
        register: str = "",
        drawer: str = "",
        command: str = "",
    ) -> Shift:
        """Begin a shift at a register; ``drawer`` is its own unless another is named.

        Raises AlreadyOnShift, DrawerTaken, UnknownRegister, StaffNeeded, InvalidInput.
        """
        if (done := self._answered(command, e.ShiftOpened)) is not None:
            return self.shift(done.number)
        who = self._who(staff, "opening a shift", register)
        if type(float_minor) is not int or not 0 <= float_minor <= INT64_MAX:
            raise InvalidInput(f"{float_minor!r} is not a float: give minor units, 0 or more")
        name = words(drawer, "a drawer").strip() or register
        with self._desk.store.read() as reader:
            rows = Rows(reader)
            self._free(rows, register)
            free_drawer(rows, name)
            number = rows.series().shift + 1
        act = Act("shift.open", name, f"float {float_minor}", float_minor)
        approver = self._allow(act, who, register)
        event = e.ShiftOpened(number, name, float_minor, approver, register)
        self._commit(event, who, command, register)
        return self.shift(number)

    def suspend(self, *, staff: str, register: str = "", command: str = "") -> Shift:
        """Stop working on a shift for a while, at all its registers: the tray goes along.

        Raises NoOpenShift, StaffNeeded.
        """
        if (done := self._answered(command, e.ShiftSuspended)) is not None:
            return self.shift(done.number)
        who = self._who(staff, "suspending a shift", register)
        with self._desk.store.read() as reader:
            shift = self._working(Rows(reader), register)
        approver = self._allow_on(shift, "suspend", who, register)
        self._commit(e.ShiftSuspended(shift.number, approver, register), who, command, register)
        return self.shift(shift.number)

    def resume(self, number: int, *, staff: str, register: str = "", command: str = "") -> Shift:
        """Go on with a suspended shift, at this register and in its drawer.

        Raises NoSuchShift, NotInThatState, AlreadyOnShift, DrawerTaken, StaffNeeded.
        """
        if (done := self._answered(command, e.ShiftResumed)) is not None:
            return self.shift(done.number)
        who = self._who(staff, "resuming a shift", register)
        with self._desk.store.read() as reader:
            rows, shift = Rows(reader), known(reader, number)
            in_state(shift, "resume", "suspended")
            self._free(rows, register)
            drawer = shift.drawer
            if rows.working(register).drawer != drawer:  # not where it was suspended
                drawer = register
            free_drawer(rows, drawer)
        approver = self._allow_on(shift, f"resume at {register}", who, register)
        event = e.ShiftResumed(shift.number, drawer, approver, register)
        self._commit(event, who, command, register)
        return self.shift(number)

    def join(self, drawer: str, *, staff: str, register: str = "", command: str = "") -> Shift:
        """Work on the open shift of a drawer from one more register.

        Raises NoSuchShift, AlreadyOnShift, StaffNeeded.
        """
        if (done := self._answered(command, e.ShiftJoined)) is not None:
            return self.shift(done.number)
        who = self._who(staff, "joining a shift", register)
        name = words(drawer, "a drawer")
        with self._desk.store.read() as reader:
            rows = Rows(reader)
            self._free(rows, register)
            shift = rows.on_drawer(name)
        if shift is None:
            raise NoSuchShift(f"no shift is open on the drawer {name!r}: open one")
        approver = self._allow_on(shift, f"join from {register}", who, register)
        self._commit(e.ShiftJoined(shift.number, approver, register), who, command, register)
        return self.shift(shift.number)

    def leave(self, *, staff: str, register: str = "", command: str = "") -> Shift:
        """Work on a shared shift no more at this register. Raises NoOpenShift, LastRegister."""
        if (done := self._answered(command, e.ShiftLeft)) is not None:
            return self.shift(done.number)
        who = self._who(staff, "leaving a shift", register)
        with self._desk.store.read() as reader:
            shift = self._working(Rows(reader), register)
        if len(shift.registers) == 1:
            raise LastRegister(shift.number)
        approver = self._allow_on(shift, f"leave at {register}", who, register)
        self._commit(e.ShiftLeft(shift.number, approver, register), who, command, register)
        return self.shift(shift.number)

    # The end

    def blind_close(
        self, *, staff: str, register: str = "", number: int = 0, command: str = ""
    ) -> Shift:
        """End the selling of a shift; it is counted later, by somebody who sees no sums.

        The shift is the register's, or the suspended one of that ``number``. Raises NoOpenShift,
        NoSuchShift, NotInThatState, StaffNeeded.
        """
        if (done := self._answered(command, e.ShiftCounting)) is not None:
            return self.shift(done.number)
        who = self._who(staff, "closing a shift blind", None if number else register)
        with self._desk.store.read() as reader:
            shift = known(reader, number) if number else self._working(Rows(reader), register)
        in_state(shift, "close blind", "open", "suspended")
        approver = self._allow_on(shift, "blind close", who)
        event = e.ShiftCounting(shift.number, approver, register)
        self._commit(event, who, command, register, emergency=True)
        return self.shift(shift.number)

    def declare(
        self,
        number: int,
        cash: Mapping[int, int],
        tenders: Mapping[str, int] | None = None,
        *,
        staff: str,
        command: str = "",
    ) -> Declared:
        """Say what was counted: cash as {unit: pieces}, other tenders as {name: amount}.

        May be said again until the shift is closed; of one that was closed blind that needs the
        right ``shift.count``. Raises NoSuchShift, NotInThatState, CountRefused, StaffNeeded.
        """
        if self._answered(command, e.ShiftDeclared) is None:
            who = self._who(staff, "a count")
            pieces = checked_cash(cash, self._desk.settings.currency.code)
            counted = checked_tenders({} if tenders is None else tenders)
            with self._desk.store.read() as reader:
                shift = known(reader, number)
            in_state(shift, "count", "open", "suspended", "counting")
            approver = self._allow_count(shift, who)
            at = shift.registers[0] if shift.registers else shift.worked[-1]
            event = e.ShiftDeclared(shift.number, pieces, counted, approver, at)
            self._commit(event, who, command, at, emergency=True)
        declared = self.shift(number).declared
        assert declared is not None  # it is committed
        return declared

    def close(self, number: int, *, staff: str, command: str = "") -> ShiftReport:
        """Close a shift and return its Z report, which is journaled with it.

        Nothing of the outside keeps it from that: what is in doubt, or open with money on it, is
        named. Raises NoSuchShift, NotInThatState, NotCounted, StaffNeeded.
        """
        if (done := self._answered(command, e.ShiftClosed)) is not None:
            return done.report
        who = self._who(staff, "closing a shift")
        with self._desk.store.read() as reader:
            shift = known(reader, number)
            self._check_count(Rows(reader), shift)
        approver = self._allow(Act("shift.close", str(shift.number)), who)
        with self._desk.store.locked(), self._desk.store.read() as reader:
            rows = Rows(reader)
            report = self._made(rows, known(reader, number), who, rows.series().z + 1)
            at = shift.registers[0] if shift.registers else shift.worked[-1]
            event = e.ShiftClosed(shift.number, report, approver, at)
            self._commit(event, who, command, at, emergency=True)
        return report

    # Reports

    def x(
        self, *, staff: str, register: str = "", number: int = 0, expected: bool = False
    ) -> ShiftReport:
        """Return how a shift stands: the register's, or that of a number. Changes nothing.

        While a drawer is to be counted blind, also anew because cash moved since, the money is
        hidden; who has the right ``shift.count`` asks for it by ``expected``; an approval is used
        up by it. Raises NoOpenShift,
        NoSuchShift, NotInThatState.
        """
        who = words(staff, "staff") or self._desk.signed_in("" if number else register)
        with self._desk.store.read() as reader:
            shift = known(reader, number) if number else self._working(Rows(reader), register)
            counted = _is_counted(Rows(reader), shift)
        in_state(shift, "make an X report of", "open", "suspended", "counting")
        approver = self._allow(Act("shift.x", str(shift.number)), who)
        blind = not counted and self._is_blind(shift)
        if blind and expected:
            see = Act("shift.count", str(shift.number), "see what is expected")
            approver = self._allow(see, who) or approver
        if approver:  # it is used up by the look
            self._desk.commit([], staff=who, register=register)
        with self._desk.store.read() as reader:
            report = self._made(Rows(reader), known(reader, shift.number), who, 0)
        return hidden(report) if blind and not expected else report

    def z(self, number: int) -> ShiftReport:
        """Return a Z report by its number. Raises NoSuchShift."""
        found = None
        if 0 < whole(number, "a Z report's number") < 2**63:
            with self._desk.store.read() as reader:
                found = z_report(reader, number)
        if found is None:
            raise NoSuchShift(f"this till has no Z report {number}")
        return found

    def text(self, report: ShiftReport, style: "TextStyle | None" = None) -> str:
        """Return a report as it is printed, by default as the settings lay receipts out."""
        from cashwrap.sale.receipt import style_of
        from cashwrap.shift.paper import render_report

        settings = self._desk.settings
        return render_report(report, settings, style or style_of(settings), self._desk.called)

    # What is known

    def shift(self, number: int) -> Shift:
        """Return a shift by its number. Raises NoSuchShift."""
        with self._desk.store.read() as reader:
            return known(reader, number)

    def current(self, register: str = "") -> Shift | None:
        """Return the shift that a register works on, or None."""
        self._desk.known_register(register)
        with self._desk.store.read() as reader:
            return Rows(reader).shift(working_on(reader, register))

    def needed(self, register: str) -> None:
        """Raise NoOpenShift unless a register works on a shift."""
        with self._desk.store.read() as reader:
            self._working(Rows(reader), register)

    def all(self) -> list[Shift]:
        """Return all shifts, oldest first."""
        with self._desk.store.read() as reader:
            return all_shifts(reader)

    def outside(self, drawer: str = "") -> Sums:
        """Return what moved at a drawer outside of shifts, and stands in its next Z."""
        with self._desk.store.read() as reader:
            return Rows(reader).outside(drawer)

    @property
    def denominations(self) -> tuple[int, ...]:
        """Return the notes and coins to count, largest first."""
        return denominations(self._desk.settings.currency.code)

    # Inside

    def _made(self, rows: Rows, shift: Shift, who: str, z: int) -> ShiftReport:
        head, at_ms = self._desk.store.head, self._desk.now().wall_ms
        training = self._desk.is_training
        return made(rows, shift, Made(z, who, at_ms, head.seq, head.hash.hex(), training))

    def _is_blind(self, shift: Shift) -> bool:
        return shift.state == "counting" or self._desk.settings.shifts.blind

    def _allow_count(self, shift: Shift, who: str) -> str:
        if shift.declared is not None and self._is_blind(shift):
            return self._allow(Act("shift.count", str(shift.number), "count again"), who)
        return self._allow_on(shift, "count", who)

    def _check_count(self, rows: Rows, shift: Shift) -> None:
        """Raise NotCounted when the count is missing, or older than the newest cash."""
        if shift.state == "closed":
            raise NotInThatState(shift.number, shift.state, "close")
        if shift.declared is None:
            if self._desk.settings.shifts.require_count:
                raise NotCounted(shift.number)
            return
        if not _is_counted(rows, shift):
            raise NotCounted(shift.number, outdated=True)


def _is_counted(rows: Rows, shift: Shift) -> bool:
    """Return whether a shift was counted, and no cash moved since."""
    cash_minor = expected_cash_minor(shift.float_minor, rows.sums(shift.number))
    return shift.declared is not None and shift.declared.expected_minor == cash_minor
