"""Accounts and roles: who may change them, and what never happens to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

from cashwrap.errors import InvalidInput
from cashwrap.events import Event, placed
from cashwrap.ports import Timestamp
from cashwrap.staff import events as e
from cashwrap.staff import projection
from cashwrap.staff.errors import (
    AccountExists,
    BeyondOwnRights,
    LastManager,
    NoSuchAccount,
    NoSuchRole,
    PepperLost,
)
from cashwrap.staff.guard import Guard
from cashwrap.staff.lockout import ACCOUNT_LOCKS, DEVICE, Waits
from cashwrap.staff.pepper import load_pepper, save_pepper
from cashwrap.staff.pins import SALT_SIZE, PinSecret, check_rules, made, pepper_name
from cashwrap.staff.projection import Account
from cashwrap.staff.rights import Act, Right
from cashwrap.staff.roles import Grant, Role, checked
from cashwrap.store.tables import Reader

CODE_SIZE_MAX = 40


class StaffDesk(Protocol):
    """The till, as the staff room sees it."""

    def now(self) -> Timestamp:
        """Return the time."""
        ...

    def known_register(self, register: str) -> None:
        """Raise UnknownRegister unless the till has the register."""
        ...

    def commit(self, events: Sequence[Event], *, staff: str = "", register: str = "") -> None:
        """Journal an act of somebody, with the approvals that it used."""
        ...


class Books(Protocol):
    """The till's store, as far as the staff room needs it."""

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables."""
        ...

    def commit(
        self, events: Sequence[Event], *, at: Timestamp, staff: str = "", emergency: bool = False
    ) -> object:
        """Journal events; also on a disk that is all but full."""
        ...


class DeviceOwner(msgspec.Struct, frozen=True):
    """Who holds the device itself, from its command line, and why they step in; journaled.

    The way out where no account can do it: a lost pepper, the only manager's PIN forgotten.
    """

    reason: str


class Person(msgspec.Struct, frozen=True):
    """An account as people may see it. ``wrong`` PINs in a row; ``waits_ms`` until the next one."""

    code: str
    name: str
    role: str
    active: bool
    wrong: int
    waits_ms: int
    locked: bool
    has_pin: bool


class _By(NamedTuple):
    """Who changes something, and what is journaled before it."""

    staff: str
    first: list[Event]


class People:
    """The accounts and roles of one till."""

    def __init__(
        self,
        desk: StaffDesk,
        books: Books,
        folder: Path,
        token: Callable[[int], bytes],
        words: Callable[[str, str], str],
        shop: str,
        sign_out_ms: int,
    ) -> None:
        self.guard = Guard(self._note, sign_out_ms)
        self._desk = desk
        self._books = books
        self._folder = folder
        self._token = token
        self._words = words
        self._shop = shop
        self._pepper: bytes | None = None
        self._waits = Waits(desk.now())
        self.refresh()

    def refresh(self) -> None:
        """Read accounts and roles again as they are committed."""
        with self._books.read() as reader:
            self.guard.know(projection.accounts(reader), projection.roles(reader))
            self._device = projection.device(reader)

    @property
    def in_use(self) -> bool:
        """Return whether the shop has accounts, so that rights are asked."""
        return bool(self.guard.accounts)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return the roles, shipped ones first."""
        return tuple(self.guard.roles.values())

    def people(self) -> tuple[Person, ...]:
        """Return all accounts, disabled ones too, by code."""
        now = self._desk.now()
        return tuple(self._person(one, now) for one in self.guard.accounts.values())

    # Accounts

    def enroll(
        self, account: str, name: str, *, role: str, pin: str, by: str | DeviceOwner = ""
    ) -> None:
        """Give somebody an account. The first one must be able to manage staff.

        ``by`` is somebody signed in who has the right ``staff.manage``, and all that the role has.
        Raises AccountExists, NoSuchRole, PinRefused, LastManager, BeyondOwnRights, PepperLost, and
        what `Counter.allow` raises.
        """
        code, called = self._code(account), self._words(name, "a name").strip()
        if code in self.guard.accounts:
            raise AccountExists(code)
        check_rules(pin, code)
        given = self._role(role)
        self._check_managed(accounts={code: Account(code, called, role)})
        who = self._managed(by, code, f"enroll as {role}", given)
        secret = self._secret(pin, by, who)
        self._commit(who, e.StaffEnrolled(code, called, role, secret, self._shop))

    def give_role(self, account: str, role: str, *, by: str | DeviceOwner) -> None:
        """Give an account another role, at once. Raises as `enroll` does, and NoSuchAccount."""
        known, given = self.account(account), self._role(role)
        self._check_managed(accounts={account: replace(known, role=role)})
        who = self._managed(by, account, f"role {role}", given, self._role(known.role))
        self._commit(who, e.RoleGiven(account, role))

    def disable(self, account: str, reason: str = "", *, by: str | DeviceOwner) -> None:
        """Let an account sign in no more, sign it out, and forget what it approved."""
        known, said = self.account(account), self._words(reason, "a reason").strip()
        self._check_managed(accounts={account: replace(known, active=False)})
        who = self._managed(by, account, "disable", self._role(known.role))
        self._commit(who, e.StaffDisabled(account, said), *self._signing_out(account, "disabled"))
        self._gone(account)

    def enable(self, account: str, *, by: str | DeviceOwner) -> None:
        """Let a disabled account sign in again, with the PIN it had."""
        known = self.account(account)
        who = self._managed(by, account, "enable", self._role(known.role))
        self._commit(who, e.StaffEnabled(account))

    def reset_pin(self, account: str, pin: str, *, by: str | DeviceOwner) -> None:
        """Give somebody a new PIN, sign them out, and unlock the account.

        Nobody resets their own: see `Staff.change_pin`.
        """
        known = self.account(account)
        check_rules(pin, account)
        if by == account:
            raise InvalidInput("change your own PIN with the old one: change_pin")
        who = self._managed(by, account, "pin", self._role(known.role))
        secret = self._secret(pin, by, who)
        change = e.PinSet(account, secret, reset=True)
        self._commit(who, change, *self._signing_out(account, "pin"))
        self._gone(account)

    def unlock(self, account: str = "", *, by: str | DeviceOwner) -> None:
        """Let an account that waits or is locked try again; "" is the device. Always possible."""
        if account:
            self.account(account)
        elif not isinstance(by, DeviceOwner):
            raise InvalidInput("the device only waits; its owner ends that on its command line")
        who = self._managed(by, account, "unlock")
        self._commit(who, e.StaffUnlocked(account))

    # Roles

    def define_role(
        self,
        role: str,
        grants: Mapping[Right, Grant],
        *,
        like: str = "",
        by: str | DeviceOwner,
    ) -> Role:
        """Change some grants of a role, or make a new one (``like`` another), at once.

        Raises NoSuchRole, InvalidInput, LastManager, BeyondOwnRights.
        """
        before = self.guard.roles.get(role)
        begin = self._role(like) if like else before or Role(role, {})
        after = Role(self._code(role), begin.grants | checked(grants))
        self._check_managed(roles={role: after})
        detail = f"role {sorted(after.grants.items())}"
        who = self._managed(by, role, detail, after, *([before] if before else []))
        self._commit(who, e.RoleDefined(role, after.grants))
        return after

    def account(self, code: str) -> Account:
        """Return an account. Raises NoSuchAccount."""
        known = self.guard.accounts.get(code)
        if known is None:
            raise NoSuchAccount(code)
        return known

    # Inside

    def _code(self, code: str) -> str:
        said = self._words(code, "a code")
        if not (0 < len(said) <= CODE_SIZE_MAX and said.isprintable() and said == said.strip()):
            raise InvalidInput(f"{code!r:.60} is no code: use 1 to {CODE_SIZE_MAX} characters")
        return said

    def _role(self, name: str) -> Role:
        role = self.guard.roles.get(name)
        if role is None:
            raise NoSuchRole(name, tuple(self.guard.roles))
        return role

    def _check_managed(
        self,
        accounts: Mapping[str, Account] = MappingProxyType({}),
        roles: Mapping[str, Role] = MappingProxyType({}),
    ) -> None:
        """Raise LastManager unless somebody could manage staff after a change."""
        people, known = {**self.guard.accounts, **accounts}, {**self.guard.roles, **roles}
        managing = (one for one in people.values() if one.active)
        if people and not any(known[one.role].manages_staff for one in managing):
            raise LastManager

    def _managed(self, by: str | DeviceOwner, subject: str, detail: str, *roles: Role) -> _By:
        """Return who makes a change of these roles. Raises BeyondOwnRights, and as `allow`."""
        if isinstance(by, DeviceOwner):
            reason = self._words(by.reason, "a reason").strip()
            if not reason:
                raise InvalidInput("the owner of the device says why: it is journaled")
            return _By("", [e.StaffOwnerActed(reason)])
        if not self.in_use:
            return _By(self._words(by, "staff"), [])
        now, act = self._desk.now(), Act("staff.manage", subject, detail)
        allowed = self.guard.allow(act, by, None, now)
        clerk = self.guard.session(by, None, now).account
        answers = allowed.approver or clerk
        own = self._role(self.account(answers).role)
        for role in roles:
            if not own.reaches(role):
                raise BeyondOwnRights(answers, role.name)
        return _By(clerk, [])

    def _commit(self, who: _By, *events: Event) -> None:
        if who.first and not who.staff:
            self._note([*who.first, *events])
        else:
            self._desk.commit([*who.first, *events], staff=who.staff)
        self.refresh()

    def _note(self, events: Sequence[Event], *, staff: str = "", register: str = "") -> None:
        """Journal what is nobody's act at the counter; a full disk does not keep people out."""
        told = placed(events, register)
        self._books.commit(told, at=self._desk.now(), staff=staff, emergency=True)

    def _secret(self, pin: str, by: str | DeviceOwner, who: _By) -> PinSecret:
        """Return what to keep of a PIN; the first makes the pepper, the owner a new one."""
        try:
            pepper = self._loaded()
        except PepperLost:
            used = any(one.secret is not None for one in self.guard.accounts.values())
            if used and not isinstance(by, DeviceOwner):
                raise
            save_pepper(self._folder, self._token(32))
            pepper = self._loaded()
        if pepper_name(pepper) != self._device.pepper:
            who.first.append(e.PepperMade(pepper_name(pepper)))
        return made(pin, self._token(SALT_SIZE), pepper)

    def _loaded(self) -> bytes:
        if self._pepper is None:
            self._pepper = load_pepper(self._folder)
        return self._pepper

    def _signing_out(self, account: str, why: e.Ended) -> list[Event]:
        sessions = self.guard.sessions.values()
        return [
            e.SignedOut(account, why, one.register) for one in sessions if one.account == account
        ]

    def _gone(self, account: str) -> None:
        sessions = self.guard.sessions
        self.guard.sessions = {at: one for at, one in sessions.items() if one.account != account}
        self.guard.forget(account)

    def _person(self, one: Account, now: Timestamp) -> Person:
        device = self._waits.left_ms(DEVICE, self._device.wrong, now)
        return Person(
            one.code,
            one.name,
            one.role,
            one.active,
            one.wrong,
            max(device, self._waits.left_ms(one.code, one.wrong, now)),
            self._locked(one),
            one.secret is not None and one.secret.pepper == self._device.pepper,
        )

    def _locked(self, account: Account) -> bool:
        """Whether somebody has to unlock it: never the last who could, who goes on waiting."""
        return account.wrong >= ACCOUNT_LOCKS and any(
            one.wrong < ACCOUNT_LOCKS and one.active and self._role(one.role).manages_staff
            for one in self.guard.accounts.values()
            if one.code != account.code
        )
