"""Who is signed in where, and whether they may do an act: what every operation asks.

Kept in memory, because it ends with the process; what outlives that is in the journal.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from cashwrap.events import Event
from cashwrap.ports import Timestamp
from cashwrap.staff import events as e
from cashwrap.staff.errors import ApprovalNeeded, NotSignedIn, RightDenied
from cashwrap.staff.projection import Account
from cashwrap.staff.rights import Act, Allowed, Right
from cashwrap.staff.roles import DENIED, SHIPPED, Grant, Role

APPROVAL_MS = 120_000
ASKED_MAX = 64
FREE = Allowed()


class Journals(Protocol):
    """`Counter.commit`, as far as it is needed here."""

    def __call__(self, events: Sequence[Event], *, staff: str = "", register: str = "") -> None:
        """Journal the events in one transaction."""
        ...


class Session(msgspec.Struct):
    """Somebody at a register. ``seen_ms`` is the steady time of their newest act."""

    account: str
    register: str
    since: Timestamp
    seen_ms: int
    sells: bool = True


class Ask(NamedTuple):
    """An act that waits for an approval, and who wants to do it where."""

    act: Act
    asker: str
    register: str


class Approval(NamedTuple):
    """That somebody may do one act until a steady time, on whose word."""

    ask: Ask
    approver: str
    until_ms: int


class Guard:
    """Sessions, approvals, and the one question: may they? Empty, it lets everybody do all."""

    def __init__(self, commit: Journals, sign_out_ms: int) -> None:
        self.accounts: dict[str, Account] = {}
        self.roles: dict[str, Role] = SHIPPED
        self.sessions: dict[str, Session] = {}
        self.asked: dict[str, Ask] = {}
        self._commit = commit
        self._sign_out_ms = sign_out_ms
        self._approvals: dict[tuple[str, str], Approval] = {}
        self._taken: dict[tuple[str, str], Approval] = {}

    def know(self, accounts: dict[str, Account], roles: dict[str, Role]) -> None:
        """Take accounts and roles as they are committed now."""
        self.accounts, self.roles = accounts, roles
        for session in self.sessions.values():
            session.sells = self.grant(session.account, "sale.sell").how != "denied"

    def clerk(self, staff: str, register: str, at: Timestamp) -> str:
        """Return who is at a register, which must be ``staff`` where that is named; they sell.

        Raises NotSignedIn, RightDenied.
        """
        if not self.accounts:
            return staff
        session = self.sessions.get(register)
        if (
            session is None
            or (staff and staff != session.account)
            or not session.sells
            or at.steady_ms - session.seen_ms > self._sign_out_ms
        ):
            return self._not_selling(staff, register, at)
        session.seen_ms = at.steady_ms
        return session.account

    def allow(self, act: Act, staff: str, register: str | None, at: Timestamp) -> Allowed:
        """Return that an act may be done now, and on whose approval; see `Counter.allow`."""
        if not self.accounts:
            return FREE
        session = self.session(staff, register, at)
        if any(taken.ask.act.subject != act.subject for taken in self._taken.values()):
            self._taken.clear()  # what they were taken for came to nothing
        grant = self.grant(session.account, act.right)
        if grant.covers(act):
            return FREE
        if grant.how == "denied":
            self._refuse(act, session)
            raise RightDenied(act, session.account)
        return Allowed(self._approved(act, session, at).approver)

    def session(self, staff: str, register: str | None, at: Timestamp) -> Session:
        """Return the session of somebody at a register (None: any; "": whoever is there).

        It counts as seen. Raises NotSignedIn.
        """
        found = [
            one
            for one in tuple(self.sessions.values())
            if (register is None or one.register == register)
            and (not staff or one.account == staff)
            and not self._timed_out(one, at)
        ]
        if not found or (not staff and len(found) > 1):
            raise NotSignedIn(staff, register or "")
        found[0].seen_ms = at.steady_ms
        return found[0]

    def at(self, register: str, now: Timestamp | None = None) -> str:
        """Return who is signed in at a register, or at the only one in use; "" for nobody.

        With ``now`` nobody is who did nothing for too long.
        """
        session = self.sessions.get(register)
        if session is None and not register and len(self.sessions) == 1:
            session = next(iter(self.sessions.values()))
        if session is None or (now and now.steady_ms - session.seen_ms > self._sign_out_ms):
            return ""
        return session.account

    def grant(self, account: str, right: Right) -> Grant:
        """Return how an account has a right now."""
        known = self.accounts.get(account)
        role = self.roles.get(known.role) if known is not None and known.active else None
        return DENIED if role is None else role.grant(right)

    # Approvals

    def approve(self, ask: Ask, approver: str, at: Timestamp) -> None:
        """Let an act that was asked for be done once, within two minutes."""
        key = ask.act.digest, ask.asker
        self._approvals[key] = Approval(ask, approver, at.steady_ms + APPROVAL_MS)
        self.asked.pop(ask.act.digest, None)

    def beside(self, events: Sequence[Event], staff: str) -> Sequence[Event]:
        """Return events of somebody's act with the approvals that it uses, and who gave them."""
        taken = [one for one in self._taken.values() if one.ask.asker == staff]
        if not taken:
            return events
        return [*(_approved(event, taken[0].approver) for event in events), *map(_use, taken)]

    def has_taken(self, staff: str) -> bool:
        """Return whether somebody was let do something on an approval, and did not do it yet."""
        return any(asker == staff for _, asker in self._taken)

    def used(self, staff: str) -> None:
        """Forget the approvals that an act of somebody used up."""
        if not self._taken:
            return
        for key in [key for key in self._taken if key[1] == staff]:
            self._approvals.pop(key, None)
            del self._taken[key]

    def forget(self, account: str) -> None:
        """Forget what somebody asked for and approved."""
        for key, one in tuple(self._approvals.items()):
            if account in (one.approver, one.ask.asker):
                del self._approvals[key]
        self._taken.clear()
        self.asked = {name: ask for name, ask in self.asked.items() if ask.asker != account}

    # Inside

    def _approved(self, act: Act, session: Session, at: Timestamp) -> Approval:
        key = act.digest, session.account
        approval = self._approvals.get(key)
        if (
            approval is None
            or at.steady_ms > approval.until_ms
            or not self.grant(approval.approver, act.right).covers(act)
        ):
            self._approvals.pop(key, None)
            self._ask(Ask(act, session.account, session.register))
            raise ApprovalNeeded(act, session.account)
        self._taken[key] = approval
        return approval

    def _ask(self, ask: Ask) -> None:
        self.asked.pop(ask.act.digest, None)
        self.asked[ask.act.digest] = ask
        if len(self.asked) > ASKED_MAX:
            del self.asked[next(iter(self.asked))]

    def _refuse(self, act: Act, session: Session) -> None:
        refused = e.StaffRefused(act, session.account, act.digest, "denied")
        self._commit([refused], staff=session.account, register=session.register)

    def _not_selling(self, staff: str, register: str, at: Timestamp) -> str:
        session = self.session(staff, register, at)
        act = Act("sale.sell", register)
        if not session.sells:
            self._refuse(act, session)
            raise RightDenied(act, session.account)
        return session.account

    def _timed_out(self, session: Session, at: Timestamp) -> bool:
        """Sign somebody out who did nothing for too long; return whether they were."""
        if at.steady_ms - session.seen_ms <= self._sign_out_ms:
            return False
        gone = e.SignedOut(session.account, "timeout")
        del self.sessions[session.register]
        self._commit([gone], staff=session.account, register=session.register)
        return True


def _approved(event: Event, approver: str) -> Event:
    """Return an event that says who approved it, where it has a place for that."""
    if getattr(event, "approver", None) == "":
        return msgspec.structs.replace(event, approver=approver)
    return event


def _use(taken: Approval) -> Event:
    ask = taken.ask
    act = ask.act
    return e.ApprovalUsed(
        act.right, act.subject, ask.asker, taken.approver, act.digest, ask.register
    )
