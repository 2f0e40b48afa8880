"""What shifts need of the till, and what all their acts have in common."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from cashwrap.errors import whole
from cashwrap.events import Event
from cashwrap.ports import Timestamp
from cashwrap.sale.errors import CommandReused
from cashwrap.settings import Settings
from cashwrap.shift.book import Rows
from cashwrap.shift.errors import (
    AlreadyOnShift,
    DrawerTaken,
    NoOpenShift,
    NoSuchShift,
    NotInThatState,
    StaffNeeded,
)
from cashwrap.shift.model import Shift, ShiftState
from cashwrap.staff.rights import Act, Allowed, Right
from cashwrap.store.store import Store
from cashwrap.store.tables import Reader
from cashwrap.tender.pan import command_id, words

E = TypeVar("E", bound=Event)


class ShiftDesk(Protocol):
    """The till, as its shifts see it."""

    store: Store
    settings: Settings
    is_training: bool

    def now(self) -> Timestamp:
        """Return the time."""
        ...

    def called(self, staff: str) -> str:
        """Return the name of somebody's account for paper."""
        ...

    def signed_in(self, register: str) -> str:
        """Return who is signed in at a register, or at the only one in use; "" for nobody."""
        ...

    def known_register(self, register: str) -> None:
        """Raise UnknownRegister unless it is the settings'."""
        ...

    def allow(self, act: Act, staff: str, register: str | None = None) -> Allowed:
        """Return that somebody may do something now, and on whose approval."""
        ...

    def clerk(self, staff: str, register: str, at: Timestamp) -> str:
        """Return who is at a register."""
        ...

    def commit(
        self,
        events: Sequence[Event],
        *,
        staff: str = "",
        command: str = "",
        register: str = "",
        emergency: bool = False,
    ) -> None:
        """Journal events, durably, as of a register."""
        ...


class ShiftActs:
    """One till's shifts as the journal has them, and how an act is journaled."""

    def __init__(self, desk: ShiftDesk) -> None:
        self._desk = desk

    def _commit(
        self, event: Event, staff: str, command: str, register: str, *, emergency: bool = False
    ) -> None:
        """Journal one act; ``emergency`` where a full disk must not keep a shift from its end."""
        self._desk.commit(
            [event],
            staff=staff,
            command=_scoped(command),
            register=register,
            emergency=emergency,
        )

    def _answered(self, command: str, kind: type[E]) -> E | None:
        """Return what a repeated command journaled. Raises CommandReused for another act's."""
        done = self._desk.store.answer(_scoped(command))
        if done is None:
            return None
        for seq in range(done.first_seq, done.last_seq + 1):
            record = self._desk.store.journal.get(seq)
            body = record.body() if record and record.envelope.kind == kind.kind else None
            if isinstance(body, kind):
                return body
        raise CommandReused(command)

    def _who(self, staff: str, act: str, register: str | None = None) -> str:
        """Return who does it: "" stands for who is signed in at a register. Raises StaffNeeded."""
        who = words(staff, "staff").strip()
        if not who and register is not None:
            who = self._desk.clerk("", register, self._desk.now())
        if not who:
            raise StaffNeeded(act)
        return who

    def _allow(self, act: Act, staff: str, register: str | None = None) -> str:
        """Return who approved an act, "" where nobody had to."""
        return self._desk.allow(act, staff, register).approver

    def _allow_on(self, shift: Shift, what: str, staff: str, register: str | None = None) -> str:
        """Return who approved work on a shift: their own, or somebody else's."""
        right: Right = "shift.open" if staff in shift.staff else "shift.join"
        return self._allow(Act(right, str(shift.number), what), staff, register)

    def _working(self, rows: Rows, register: str) -> Shift:
        """Return the open shift that a register works on. Raises NoOpenShift, UnknownRegister."""
        self._desk.known_register(register)
        shift = rows.shift(rows.working(register).shift)
        if shift is None:
            raise NoOpenShift(register)
        return shift

    def _free(self, rows: Rows, register: str) -> None:
        """Raise AlreadyOnShift unless a register works on no shift, UnknownRegister for none."""
        self._desk.known_register(register)
        busy = rows.working(register).shift
        if busy:
            raise AlreadyOnShift(register, busy)


def free_drawer(rows: Rows, drawer: str) -> None:
    """Raise DrawerTaken when a shift is open on a drawer."""
    taken = rows.on_drawer(drawer)
    if taken is not None:
        raise DrawerTaken(drawer, taken.number)


def known(reader: Reader, number: int) -> Shift:
    """Return a shift by its number. Raises NoSuchShift."""
    found = None
    if 0 < whole(number, "a shift's number") < 2**63:
        found = Rows(reader).shift(number)
    if found is None:
        raise NoSuchShift(f"this till has no shift {number}")
    return found


def in_state(shift: Shift, act: str, *states: ShiftState) -> None:
    """Raise NotInThatState unless a shift is in one of some states."""
    if shift.state not in states:
        raise NotInThatState(shift.number, shift.state, act)


def _scoped(command: str) -> str:
    """Return a command id that is the shifts' own in the whole journal, "" for none."""
    return command and f"shift/{command_id(command)}"
