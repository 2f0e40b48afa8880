"""Signing in and out, and approvals: `till.staff`. See docs/staff.md."""

from typing import Literal

from cashwrap.errors import InvalidInput
from cashwrap.staff import events as e
from cashwrap.staff.errors import (
    AccountLocked,
    MustWait,
    NothingAsked,
    OwnAct,
    PinVoid,
    RightDenied,
    WrongPin,
)
from cashwrap.staff.guard import Ask, Session
from cashwrap.staff.lockout import DEVICE
from cashwrap.staff.people import People
from cashwrap.staff.pins import SALT_SIZE, check_rules, checked_by, made, pepper_name
from cashwrap.staff.projection import Account
from cashwrap.staff.rights import Act, Right
from cashwrap.staff.roles import Grant


class Staff(People):
    """The people of one till: who they are, who is signed in, who approves what."""

    def sign_in(self, account: str, pin: str, *, register: str = "") -> Session:
        """Sign somebody in at a register, and out who was there.

        Raises, in this order: UnknownRegister, MustWait, AccountLocked, PepperLost, PinVoid,
        WrongPin (also for a code that nobody has, and for a disabled account).
        """
        self._desk.known_register(register)
        known = self._proved(account, pin, "sign_in", register)
        now, before = self._desk.now(), self.guard.sessions.get(register)
        events: list[e.SignedOut | e.SignedIn] = [e.SignedIn(account, known.role)]
        if before is not None and before.account != account:
            events.insert(0, e.SignedOut(before.account, "other"))
        self._note(events, staff=account, register=register)
        session = Session(account, register, now, now.steady_ms)
        self.guard.sessions[register] = session
        self.refresh()
        return session

    def sign_out(self, register: str = "") -> None:
        """Sign out who is at a register, if anybody."""
        self._desk.known_register(register)
        session = self.guard.sessions.get(register)
        if session is not None:
            gone = e.SignedOut(session.account, "self")
            self._note([gone], staff=session.account, register=register)
            del self.guard.sessions[register]

    def signed_in(self, register: str = "") -> str:
        """Return the code of who is signed in at a register, "" for nobody."""
        return self.guard.at(register, self._desk.now())

    def grant(self, account: str, right: Right) -> Grant:
        """Return how an account has a right now, for a screen that shows what can be done."""
        return self.guard.grant(account, right)

    def change_pin(self, account: str, old: str, new: str, *, register: str = "") -> None:
        """Let somebody choose another PIN. Raises PinRefused, and what `sign_in` raises."""
        self._proved(account, old, "change", register)
        try:
            check_rules(new, account)
        except BaseException:
            self._note([e.PinRight(account)], staff=account, register=register)
            raise
        secret = made(new, self._token(SALT_SIZE), self._loaded())
        self._note(
            [e.PinRight(account), e.PinSet(account, secret)], staff=account, register=register
        )
        self.refresh()

    # Approvals

    def approve(self, act: Act, approver: str, pin: str) -> None:
        """Approve an act that was refused with `ApprovalNeeded`, for who asked, once.

        The approver needs the right themselves, within their own limit. Raises NothingAsked,
        OwnAct, RightDenied, and what `sign_in` raises.
        """
        ask = self._asked(act, approver)
        self._proved(approver, pin, "approve", ask.register)
        if not self.guard.grant(approver, act.right).covers(act):
            self._refused(ask, approver, "no_right")
            raise RightDenied(act, approver)
        approved = e.StaffApproved(act, ask.asker, approver, act.digest)
        self._note([approved], staff=approver, register=ask.register)
        self.refresh()
        self.guard.approve(ask, approver, self._desk.now())

    def refuse(self, act: Act, approver: str, pin: str, reason: str = "") -> None:
        """Say no to an act that was asked for, with the PIN, so that it is known who did."""
        said = self._words(reason, "a reason")
        ask = self._asked(act, approver)
        self._proved(approver, pin, "approve", ask.register)
        self._refused(ask, approver, "said_no", said)
        self.guard.asked.pop(act.digest, None)

    # Inside

    def _asked(self, act: Act, approver: str) -> Ask:
        if not isinstance(act, Act):
            raise InvalidInput("an approval is of the act that `ApprovalNeeded` names")
        ask = self.guard.asked.get(act.digest)
        if ask is None:
            raise NothingAsked
        if ask.asker == approver:
            refused = e.StaffRefused(act, ask.asker, act.digest, "own_act", approver)
            self._note([refused], staff=approver, register=ask.register)
            raise OwnAct
        return ask

    def _refused(self, ask: Ask, by: str, why: e.Refusal, reason: str = "") -> None:
        act = ask.act
        refused = e.StaffRefused(act, ask.asker, act.digest, why, by, reason)
        self._note([e.PinRight(by), refused], staff=by, register=ask.register)
        self.refresh()

    def _proved(
        self,
        account: str,
        pin: str,
        at: Literal["sign_in", "approve", "change"],
        register: str,
    ) -> Account:
        """Return the account of a right PIN; a wrong one is journaled before it is answered."""
        for given in (account, pin):
            if not isinstance(given, str):
                raise InvalidInput(f"code and PIN are text, not {type(given).__name__}")
        known = self.guard.accounts.get(account)
        active = known if known is not None and known.active else None
        self._check_waiting(active)
        pepper = self._loaded()
        secret = None if active is None else active.secret
        if active is not None and (secret is None or secret.pepper != pepper_name(pepper)):
            raise PinVoid(account)
        if active is not None and checked_by(pin, secret, pepper):
            return active
        if active is None:
            checked_by(pin, None, pepper)
        code = "" if known is None else account
        self._waits.wrong(code, self._desk.now())
        self._note([e.PinWrong(code, at)], register=register)
        self.refresh()
        raise WrongPin

    def _check_waiting(self, account: Account | None) -> None:
        now = self._desk.now()
        if left := self._waits.left_ms(DEVICE, self._device.wrong, now):
            raise MustWait(left, device=True)
        if account is None:
            return
        if self._locked(account):
            raise AccountLocked(account.code)
        if left := self._waits.left_ms(account.code, account.wrong, now):
            raise MustWait(left, device=False)
