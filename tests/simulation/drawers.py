"""The cash in the drawers and the shifts that account for it, kept by hand beside the till's."""

from __future__ import annotations

from cashwrap.events import Event
from cashwrap.shift import events as e
from cashwrap.shift.model import ShiftReport

from .bills import Bill, hold


class ShiftBook:
    """One shift as the people at its drawer know it."""

    def __init__(self, number: int, float_minor: int) -> None:
        self.number = number
        self.cash = float_minor  # what lies in the drawer
        self.bills = 0
        self.payable = 0
        self.numbers: list[int] = []
        self.state = "open"
        self.registers: set[str] = set()
        self.declared: int | None = None
        self.over = 0  # by how much the clerk miscounts


class Drawers:
    """All drawers of a till."""

    def __init__(self) -> None:
        self.shifts: dict[int, ShiftBook] = {}
        self.on: dict[str, int] = {}  # register -> the shift it works on
        self.outside = 0  # cash that moved while nobody answered for it
        self.outside_bills = 0
        self.z_outside = 0  # of it, what stands on a Z
        self.z_cash = 0
        self.zs = 0
        self.moving: tuple[type[Event], int] | None = None  # cash in the clerk's hand

    def of(self, register: str) -> ShiftBook | None:
        """Return the shift that a register works on."""
        return self.shifts.get(self.on.get(register, 0))

    def moved(self, register: str, amount: int) -> None:
        """Cash came in, or went out."""
        shift = self.of(register)
        if shift is None:
            self.outside += amount
        else:
            shift.cash += amount

    def sold(self, register: str, bill: Bill) -> None:
        """A receipt was printed."""
        shift = self.of(register)
        if shift is None:
            self.outside_bills += 1
            return
        shift.bills += 1
        shift.payable += bill.net
        shift.numbers.append(bill.number)

    def told(self, body: Event) -> None:
        """Take note of an event of a shift."""
        match body:
            case e.ShiftOpened():
                number = len(self.shifts) + 1
                hold("shift.number", body.number == number, f"{body.number}, {number} was due")
                self._hand(body, body.float_minor)
                self.shifts[number] = ShiftBook(number, body.float_minor)
                self._work(body.register, number)
            case e.PaidIn():
                self._hand(body, body.amount_minor)
                self.shifts[body.number].cash += body.amount_minor
            case e.PaidOut() | e.SafeDropped():
                self._hand(body, body.amount_minor)
                self.shifts[body.number].cash -= body.amount_minor
            case e.ShiftSuspended():
                self._rest(body.number, "suspended")
            case e.ShiftResumed() | e.ShiftJoined():
                self.shifts[body.number].state = "open"
                self._work(body.register, body.number)
            case e.ShiftLeft():
                self.on.pop(body.register)
                self.shifts[body.number].registers.discard(body.register)
            case e.ShiftCounting():
                self._rest(body.number, "counting")
            case e.ShiftDeclared():
                counted = sum(unit * pieces for unit, pieces in body.cash)
                self.shifts[body.number].declared = counted
            case e.ShiftClosed():
                self._closed(self.shifts[body.number], body.report)

    def _hand(self, body: Event, amount: int) -> None:
        moving, self.moving = self.moving, None
        hold("shift.cash", moving == (type(body), amount), f"{body}: {moving} in hand")

    def _work(self, register: str, number: int) -> None:
        hold("shift.on", register not in self.on, f"{register} works on two shifts")
        self.on[register] = number
        self.shifts[number].registers.add(register)

    def _rest(self, number: int, state: str) -> None:
        shift = self.shifts[number]
        for register in shift.registers:
            self.on.pop(register, None)
        shift.registers.clear()
        shift.state = state

    def _closed(self, shift: ShiftBook, report: ShiftReport) -> None:
        """Hold a Z report against what happened in its shift."""
        self.zs += 1
        hold("z.number", report.z == self.zs, f"Z {report.z}, {self.zs} was due")
        expected = report.cash.expected_minor
        hold("z.cash", expected == shift.cash, f"Z {report.z}: {expected}, in it {shift.cash}")
        sums = report.sums
        bills = sums.sales + sums.returns + sums.exchanges + sums.post_voids
        hold("z.sales", bills == shift.bills, f"Z {report.z}: {bills} receipts, {shift.bills}")
        payable = sums.payable_minor
        hold("z.payable", payable == shift.payable, f"Z {report.z}: {payable}, {shift.payable}")
        first, last = (shift.numbers[0], shift.numbers[-1]) if shift.numbers else (0, 0)
        numbers = sums.first_number, sums.last_number
        hold("z.numbers", numbers == (first, last), f"Z {report.z}: {numbers}, {first}-{last}")
        if shift.declared is not None:
            over = shift.declared - shift.cash
            hold("z.over", report.cash.over_minor == over, f"Z {report.z} is not over by {over}")
        self.z_outside += report.outside.net_cash_minor
        self.z_cash += sums.net_cash_minor
        self._rest(shift.number, "closed")
