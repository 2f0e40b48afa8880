"""The drawer of the demo shop, from the float to the Z report."""

from cashwrap.demo.customers import Customers
from cashwrap.demo.people import MANAGER, PINS
from cashwrap.shift.model import ShiftReport

FLOAT_MINOR = 50_000
MISSING_MINOR = 150  # what the early shift cannot find when it counts


class Shifts(Customers):
    """Customers, and the shifts that serve them."""

    def take_over(self, staff: str) -> None:
        """Sign in with the PIN, and open a shift with the float."""
        self.staff = staff
        self.till.staff.sign_in(staff, PINS[staff])
        shift = self.till.shifts.open(FLOAT_MINOR, staff=staff)
        float_ = self.money(FLOAT_MINOR)
        self.note(f"Shift {shift.number}", f"{staff} signs in by PIN and opens with {float_}.")

    def hand_over(self) -> ShiftReport:
        """Close blind, count, and let the manager make the Z report."""
        till, staff = self.till, self.staff
        shift = till.shifts.blind_close(staff=staff)
        counted = self.in_drawer() - MISSING_MINOR
        till.shifts.declare(shift.number, cash=self.pieces(counted), staff=staff)
        till.staff.sign_in(MANAGER, PINS[MANAGER])
        report = till.shifts.close(shift.number, staff=MANAGER)
        over = self.money(report.cash.over_minor or 0)
        self.note(f"Z report {report.z}", f"{staff} counts blind: {self.money(counted)}, {over}.")
        return report

    def in_drawer(self) -> int:
        """Return what lies in the drawer of the early shift: the float, and cash of its sales."""
        cash = (each for each in self.till.takings().takings if each.kind == "cash")
        return FLOAT_MINOR + sum(each.amount_minor for each in cash)

    def pieces(self, minor: int) -> dict[int, int]:
        """Return notes and coins that come to an amount, the rest as loose money."""
        found = {}
        for unit in (*self.till.shifts.denominations, 1):
            found[unit], minor = divmod(minor, unit)
        return {unit: count for unit, count in found.items() if count}
