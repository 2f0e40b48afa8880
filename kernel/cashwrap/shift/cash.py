"""Cash that moves without a sale: paid in, paid out, dropped into the safe."""

from cashwrap.errors import InvalidInput
from cashwrap.money import INT64_MAX
from cashwrap.sale.errors import ReasonNeeded
from cashwrap.shift import events as e
from cashwrap.shift.book import Rows
from cashwrap.shift.desk import ShiftActs
from cashwrap.staff.rights import Act, Right
from cashwrap.tender import checks
from cashwrap.tender.pan import words

CashMoved = e.PaidIn | e.PaidOut | e.SafeDropped
_ACTS: dict[type[CashMoved], tuple[Right, str]] = {
    e.PaidIn: ("shift.paid_in", "cash paid in"),
    e.PaidOut: ("shift.paid_out", "cash paid out"),
    e.SafeDropped: ("shift.safe_drop", "a safe drop"),
}


class CashActs(ShiftActs):
    """The part of `Shifts` that moves cash by hand; each says how much, why, and who."""

    def paid_in(
        self, amount_minor: int, reason: str, *, staff: str, register: str = "", command: str = ""
    ) -> None:
        """Put cash into the drawer without a sale.

        Raises NoOpenShift, ReasonNeeded, StaffNeeded, InvalidInput.
        """
        self._move(e.PaidIn, amount_minor, reason, staff, register, command)

    def paid_out(
        self, amount_minor: int, reason: str, *, staff: str, register: str = "", command: str = ""
    ) -> None:
        """Take cash out of the drawer without a sale. Raises as `paid_in`."""
        self._move(e.PaidOut, amount_minor, reason, staff, register, command)

    def safe_drop(
        self, amount_minor: int, *, to: str, staff: str, register: str = "", command: str = ""
    ) -> None:
        """Take cash to the safe; ``to`` names the bag or the safe. Raises as `paid_in`."""
        self._move(e.SafeDropped, amount_minor, to, staff, register, command)

    def _move(
        self,
        kind: type[CashMoved],
        amount_minor: int,
        why: str,
        staff: str,
        register: str,
        command: str,
    ) -> None:
        if self._answered(command, kind) is not None:
            return
        right, what = _ACTS[kind]
        who = self._who(staff, what, register)
        checks.amount(amount_minor, "an amount of cash")
        said = words(why, "a reason").strip()
        if not said:
            raise ReasonNeeded(what)
        with self._desk.store.read() as reader:
            rows = Rows(reader)
            shift = self._working(rows, register)
            sums, number = rows.sums(shift.number), shift.number
        moved_minor = sums.paid_in_minor + sums.paid_out_minor + sums.safe_drop_minor
        if shift.float_minor + moved_minor + amount_minor > INT64_MAX:
            raise InvalidInput(f"no drawer sees so much money: {amount_minor} more is a mistake")
        act = Act(right, str(number), said, amount_minor)
        if kind is e.PaidOut and sums.paid_out_minor:  # many small ones are a large one
            said_all = f"{said}: {amount_minor} after {sums.paid_out_minor} in this shift"
            act = Act(right, str(number), said_all, sums.paid_out_minor + amount_minor)
        approver = self._allow(act, who, register)
        self._commit(kind(number, amount_minor, said, approver, register), who, command, register)
