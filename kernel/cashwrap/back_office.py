"""What stands behind a till beside its sales: journal, time, people, shifts, plugins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.audit import trains_for
from cashwrap.business_day import BusinessDays
from cashwrap.errors import CashwrapError
from cashwrap.events import Event, for_training, placed
from cashwrap.ids import new_id
from cashwrap.ports import Clock, Randomness, Timestamp, stopwatch
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Watched
from cashwrap.settings import Settings
from cashwrap.staff.rights import Act, Allowed, Right
from cashwrap.store.store import Store
from cashwrap.tender.pan import words

if TYPE_CHECKING:
    from cashwrap.host.host import Host
    from cashwrap.pairing.pairing import Pairing
    from cashwrap.shift.shifts import Shifts
    from cashwrap.staff.staff import Staff

_FREE = Allowed()


class TillClosed(CashwrapError):
    """The till was closed; open it again to go on."""

    code = "till.closed"

    def __str__(self) -> str:
        return "this till was closed: open the folder again"


class UnknownRegister(CashwrapError):
    """The register is not one of those that the settings name."""

    code = "till.register"

    def __init__(self, register: str, known: tuple[str, ...]) -> None:
        super().__init__(register, known)
        self.register = register
        self.known = known

    def __str__(self) -> str:
        if not self.known:
            return f"this till has one register, not {self.register!r:.60}: name none"
        return f"register {self.register!r:.60} is not one of this till's: {', '.join(self.known)}"


class BackOffice:
    """One store folder that is open: who may do what on it when, and how it is journaled."""

    def __init__(
        self, store: Store, settings: Settings, clock: Clock, randomness: Randomness
    ) -> None:
        self.store = store
        self.settings = settings
        self._clock = clock
        self._randomness = randomness
        self._days = BusinessDays(settings.timezone, settings.day_starts_minutes)
        with store.read() as reader:
            self.is_training = trains_for(reader) is not None
        store.is_training = self.is_training
        self._before_close: list[Callable[[], None]] = []
        self._staff: Staff | None = None  # where nobody has an account, nothing of it is loaded
        self._shifts: Shifts | None = None
        self._host: Host | None = None
        self._pairing: Pairing | None = None
        self.watched: frozenset[str] = frozenset()  # acts that plugins may forbid

    @property
    def host(self) -> Host:
        """Return the host of the till's plugins: what they are, do, and did wrong."""
        if self._host is None:
            from cashwrap.host.host import Host

            self._host = Host((), self.settings.host, self.settings.plugins, stopwatch(self._clock))
            self._host.began(self.store, self._commit_beside)
        return self._host

    def ask_watchers(self, act: Watched, cart: Cart, line: int = 0) -> None:
        """Ask the plugins that may forbid it. Raises PluginVetoed."""
        from cashwrap.host.vetoes import ask

        ask(self.host, act, cart, line)

    @property
    def staff(self) -> Staff:
        """Return the people of this till: accounts, roles, who is signed in, approvals."""
        if self._staff is None:
            from cashwrap.staff.staff import Staff

            self._staff = Staff(
                self,
                self.store,
                Path(self.store.engine.folder),
                self._randomness.token,
                words,
                self.settings.store,
                self.settings.staff.sign_out_minutes * 60_000,
            )
        return self._staff

    def signed_in(self, register: str) -> str:
        """Return who is signed in at a register, or at the only one in use; "" for nobody."""
        return "" if self._staff is None else self._staff.guard.at(register, self.now())

    def called(self, staff: str) -> str:
        """Return the name of somebody's account for paper, or the code where there is none."""
        account = None if self._staff is None else self._staff.guard.accounts.get(staff)
        return staff if account is None else account.name or staff

    @property
    def guarded(self) -> bool:
        """Return whether the shop has accounts, so that rights are asked."""
        return self._staff is not None and self._staff.in_use

    @property
    def shifts(self) -> Shifts:
        """Return the shifts: who works on which drawer, the cash in it, X and Z reports."""
        if self._shifts is None:
            from cashwrap.shift.shifts import Shifts

            self._shifts = Shifts(self)
        return self._shifts

    @property
    def pairing(self) -> Pairing:
        """Return the other devices that drive this till, and how one more is let in."""
        if self._pairing is None:
            from cashwrap.pairing.pairing import Pairing

            self._pairing = Pairing(self, self._randomness)
        return self._pairing

    def on_shift(self, register: str) -> None:
        """Raise NoOpenShift at a register that needs an open shift to sell, and has none."""
        if self.settings.shifts.required:
            self.shifts.needed(register)

    def now(self) -> Timestamp:
        """Return the time."""
        return self._clock.now()

    def latest_ms(self) -> int:
        """Return the time for what may expire: the clock's, or the newest receipts' if later."""
        from cashwrap.sale.latest import latest_ms

        return latest_ms(self.store, self.now().wall_ms)

    def known_register(self, register: str) -> None:
        """Raise UnknownRegister unless a register is the settings': "" where they name none."""
        known = self.settings.registers
        if register not in known if known else register:
            raise UnknownRegister(register, known)

    def day_of(self, wall_ms: int) -> int:
        """Return the business day of a moment, yyyymmdd."""
        return self._days.day_of(wall_ms)

    def hour_of(self, wall_ms: int) -> int:
        """Return the hour of the local day of a moment, 0 to 23."""
        return self._days.hour_of(wall_ms)

    def local_time(self, wall_ms: int) -> str:
        """Return a moment in the shop's time zone, as ``2026-03-01 09:30:05``."""
        return self._days.local_time(wall_ms)

    def new_id(self) -> str:
        """Return a fresh id."""
        return new_id(self.now().wall_ms, self._randomness)

    def commit(
        self,
        events: Sequence[Event],
        *,
        staff: str = "",
        command: str = "",
        register: str = "",
        emergency: bool = False,
    ) -> None:
        """Journal events, durably, as of a register.

        ``emergency`` may use what is held back of a full disk for closing a shift.
        """
        self._check_open()
        if self._staff is not None and not staff:
            staff = self._staff.guard.at(register)
        told = placed(events, register)
        self._journal(told, self.now(), staff, command, emergency)

    def allow(self, act: Act, staff: str, register: str | None = None) -> Allowed:
        """Return that somebody may do something now, and on whose approval.

        ``staff`` is signed in at the register, or at any where none is named; "" is who is there.
        The approval is used up by what they commit next. Raises NotSignedIn, RightDenied,
        ApprovalNeeded.
        """
        if self._staff is None:
            return _FREE
        return self._staff.guard.allow(act, staff, register, self.now())

    def may(self, right: Right, staff: str = "", register: str = "") -> bool:
        """Return whether somebody may do something without asking anybody; nothing is journaled.

        It says what to show; what is done asks `allow`.
        """
        if self._staff is None or not self._staff.in_use:
            return True
        guard = self._staff.guard
        return guard.grant(staff or guard.at(register), right).covers(Act(right))

    def use_up(self, staff: str = "", register: str = "") -> None:
        """Journal that an act was done which journals nothing itself: its approval is used up."""
        guard = None if self._staff is None else self._staff.guard
        if guard is not None and guard.has_taken(staff or guard.at(register)):
            self.commit([], staff=staff, register=register)

    def clerk(self, staff: str, register: str, at: Timestamp) -> str:
        """Return who sells at a register now: ``staff``, or "" stands for who is signed in there.

        Raises NotSignedIn, RightDenied.
        """
        return staff if self._staff is None else self._staff.guard.clerk(staff, register, at)

    def before_close(self, act: Callable[[], None]) -> None:
        """Do something when the till is closed, before its store is."""
        self._before_close.append(act)

    # Inside

    def _check_open(self) -> None:
        if self.store.engine.is_closed:
            raise TillClosed

    def _journal(
        self,
        events: Sequence[Event],
        at: Timestamp,
        staff: str = "",
        command: str = "",
        emergency: bool = False,
    ) -> None:
        told, who = for_training(events) if self.is_training else events, words(staff, "staff")
        guard = None if self._staff is None else self._staff.guard
        if guard is not None:
            told = guard.beside(told, who)
        self.store.commit(told, at=at, staff=who, command=command, emergency=emergency)
        if guard is not None:
            guard.used(who)
        if (host := self._host) is not None:
            self.store.when_durable(lambda: host.committed(told, who))

    def _commit_beside(self, events: Sequence[Event]) -> None:
        """Journal what belongs to no act of anybody here."""
        self.store.commit(events, at=self.now())

    def _journal_now(self, events: Sequence[Event], at: Timestamp, staff: str = "") -> None:
        """Journal what must be on the disk before anybody outside is asked for money."""
        self._journal(events, at, staff)
        self.store.settle()
