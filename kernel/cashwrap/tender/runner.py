"""Where decisions meet drivers: journal first, ask second, journal the answer at once.

One object for each till, driven step by step: it starts no thread, reads no clock and never sleeps.
Whatever a driver does, raising included, is an answer to decide on and never reaches the sale.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from cashwrap.events import Event
from cashwrap.ports import Timestamp
from cashwrap.tender import checks
from cashwrap.tender import events as e
from cashwrap.tender.asking import LATER_MS, Ask, Said, ask_at_once, capabilities_of, valid
from cashwrap.tender.doubt import Act, Answer, Call, Decision, Input, decide, decide_refund
from cashwrap.tender.driver import Intent, Outcome, Pending, TenderDriver, Unknown
from cashwrap.tender.errors import (
    CannotCancel,
    PaymentNotInDoubt,
    TenderNeedsNetwork,
    TenderRefused,
    UnknownDriver,
    UnknownPayment,
)
from cashwrap.tender.offline import OfflineLimits, check_offline
from cashwrap.tender.pan import free_text
from cashwrap.tender.payments import Payment, Refund, apply_all, start
from cashwrap.tender.records import Declared
from cashwrap.tender.refunds import Reach
from cashwrap.tender.watching import RefundWatch


class Commit(Protocol):
    """`Store.commit`, as far as tenders need it: returns once the events are on the disk."""

    def __call__(self, events: Sequence[Event], *, at: Timestamp, staff: str = "") -> object:
        """Journal the events in one transaction."""
        ...


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that the sale wants. ``due_minor`` is what the sale still owes.

    ``sale_snapshot`` is journaled with the intent, so that a paid sale survives a power cut.
    ``auth_code`` is the customer's scanned code. ``timeout_ms`` 0 takes the driver's own.
    """

    intent: str
    sale: str
    driver: str
    amount_minor: int
    currency: str
    due_minor: int
    auth_code: str = ""
    timeout_ms: int = 0
    online: bool = True
    sale_snapshot: bytes = b""
    register: str = ""


class _Job(NamedTuple):
    """The next thing to ask about a payment, or about one of its refunds ("" = the payment)."""

    due_ms: int  # steady time
    payment: str
    refund: str
    act: Act
    attempts: int  # answers in a row that said nothing


class TenderRunner:
    """Begins, resolves and refunds payments through the installed drivers.

    ``find`` returns a payment by id from the committed state (`projection.payment_of`), ``stored``
    those that wait in terminals (`projection.stored_payments`), ``commit`` is the store's. Only
    payments with something left to ask are kept in memory.
    """

    def __init__(
        self,
        drivers: Mapping[str, TenderDriver],
        commit: Commit,
        find: Callable[[str], Payment | None],
        stored: Callable[[], Iterable[Payment]] = tuple,
        limits: OfflineLimits = OfflineLimits(),  # noqa: B008 (frozen)
    ) -> None:
        self._drivers = drivers
        self._commit = commit
        self._find = find
        self._stored = stored
        self._limits = limits
        self._open: dict[str, Payment] = {}
        self._jobs: dict[tuple[str, str], _Job] = {}
        self._showing: dict[str, str] = {}
        self.ask: Ask = ask_at_once
        """How drivers are asked: a program that several share gives `Patience.ask` here."""
        self._watch = RefundWatch(
            drivers,
            lambda event, at: self._told(event, at),
            lambda driver, about, call, act: self.ask(driver, about, call, act),
        )

    def begin(self, request: Request, at: Timestamp, *, staff: str = "") -> Payment:
        """Journal the intent, ask the driver, journal its answer; return the payment after it.

        The same id with the same terms returns the payment as it stands and asks nobody. Raises
        InvalidInput, IntentTermsDiffer, UnknownDriver, PaymentInDoubt, TenderExceedsDue,
        TenderRefused, TenderNeedsNetwork (checked in this order) with nothing done.
        """
        checks.intent_id(request.intent)
        checks.amount(request.amount_minor, "an amount to pay")
        known = self.payment(request.intent)
        if known is not None:
            terms = (request.sale, request.driver, request.amount_minor, request.currency)
            checks.same_terms(known, *terms)
            return known
        driver = self._checked_driver(request, at)
        intended = _intended(request, driver, at)
        self._commit((intended,), at=at, staff=staff)
        payment = start(intended)
        self._keep(payment)
        self._schedule(payment.id, "", "query", at.steady_ms, 0)  # should the answer not be kept
        intent = _intent(request, intended.deadline_ms)
        said = self.ask(request.driver, payment.id, "begin", lambda: driver.begin(intent))
        if said is None:
            self._schedule(payment.id, "", "query", at.steady_ms + LATER_MS, 0)
            return payment
        return self._came(payment, Answer(*said), at)

    def step(self, now: Timestamp) -> Payment | None:
        """Do the one call that is most overdue; return its payment.

        None when nothing is due, or an answer is still on the way.
        """
        job = min(self._jobs.values(), default=None)
        if job is None or job.due_ms > now.steady_ms:
            return None
        payment = self._open[job.payment]
        refund = payment.refund(job.refund)
        if refund is not None:
            return self._refund_once(payment, refund, now, job.attempts)
        call: Call = "cancel" if job.act == "cancel" else "query"
        said = self._said(
            payment,
            payment.id,
            call,
            lambda driver: (driver.cancel if call == "cancel" else driver.query)(payment.id),
        )
        if said is None:
            self._jobs[payment.id, ""] = job._replace(due_ms=now.steady_ms + LATER_MS)
            return None
        return self._came(payment, Answer(*said), now, job.attempts)

    def _said(
        self, payment: Payment, about: str, call: Call, act: Callable[[TenderDriver], Outcome]
    ) -> Said | None:
        """Return what a payment's driver says, None while its answer is on the way."""
        driver = self._drivers.get(payment.driver)
        if driver is None:
            return Said(call, Unknown(reason="driver_missing"))
        return self.ask(payment.driver, about, call, lambda: act(driver))

    @property
    def next_ms(self) -> int | None:
        """The steady time at which `step` or `watch_step` has something to do next, or None."""
        watched = self._watch.next_ms
        dues = [job.due_ms for job in self._jobs.values()]
        return min(dues if watched is None else [*dues, watched], default=None)

    def resume(self, payments: Iterable[Payment], at: Timestamp) -> None:
        """Take up what was open when the till went down (`open_payments`): query first."""
        for payment in payments:
            self._settle(decide(payment, "restart", at), at, 0)

    def receive(self, intent: str, outcome: Outcome, at: Timestamp) -> Payment:
        """Take what a provider says unasked: a notification, or a line that nobody expected."""
        return self._came(self._known(intent), Answer("notice", valid(outcome)), at)

    def give_up(self, intent: str, at: Timestamp, *, staff: str = "") -> Payment:
        """Cancel a payment on the cashier's word; `step` then asks until the cancel is answered.

        A payment that is decided already stays as it is: look at what comes back. Raises
        CannotCancel where the driver has no cancel.
        """
        payment = self._known(intent)
        if payment.undecided and not payment.can_cancel:
            raise CannotCancel(intent, payment.driver)
        return self._came(payment, "give_up", at, staff=staff) if payment.undecided else payment

    def declare(
        self, intent: str, paid: bool, reason: str, at: Timestamp, *, staff: str, refund: str = ""
    ) -> Payment:
        """Settle a payment in doubt, or a refund that goes unanswered, on a person's word.

        An approval that comes after "not paid" is still given back by itself; a refund that was
        given after all is journaled, where its driver can tell (`RefundTeller`). Raises
        PaymentNotInDoubt.
        """
        payment = self._known(intent)
        declared = Declared(paid, reason)
        if not refund:
            if not payment.undecided:
                raise PaymentNotInDoubt(intent, payment.state)
            return self._came(payment, declared, at, staff=staff)
        back = payment.refund(refund)
        if back is None:
            raise UnknownPayment(refund)
        if back.state != "refunding" or (back.owed and not paid):  # what is owed is owed
            raise PaymentNotInDoubt(refund, back.state)
        decision = decide_refund(payment, back, declared, at)
        settled = self._settle(decision, at, 0, refund=refund, staff=staff)
        if not paid:
            self._watch.begin(settled, refund, at)
        return settled

    def refund(
        self,
        refund: str,
        intent: str,
        amount_minor: int,
        at: Timestamp,
        *,
        sale: str = "",
        reason: str = "",
        online: bool = True,
        staff: str = "",
        register: str = "",
        sale_snapshot: bytes = b"",
        tip_minor: int = 0,
    ) -> Payment:
        """Give money of an approved payment back through its driver, once per refund id.

        ``sale`` is the return, whose ``sale_snapshot`` is journaled along, or the payment's own
        sale when its payment is given back; ``tip_minor`` of the amount was tip. Look at
        ``payment.refund(id).state`` after it: given_back, refused, or refunding (`step` asks on).
        Raises UnknownPayment, IntentTermsDiffer, TenderNeedsNetwork, TenderRefused,
        RefundExceedsPaid (checked in this order) with nothing done.
        """
        checks.refund_id(refund)
        checks.amount(amount_minor, "an amount to refund")
        payment = self._known(intent)
        known = payment.refund(refund)
        if known is not None:
            checks.same_refund(payment, known, amount_minor)
            return payment
        if not online:
            raise TenderNeedsNetwork(payment.driver, "refunds are made online only")
        self.check_refund(payment, amount_minor)
        why = free_text(reason)
        intended = e.TenderRefundIntended(
            refund, intent, amount_minor, why, False, sale, register, sale_snapshot, tip_minor
        )
        self._commit((intended,), at=at, staff=staff)
        payment = apply_all(payment, (intended,), at.wall_ms)
        self._keep(payment)
        self._schedule(payment.id, refund, "refund", at.steady_ms, 0)
        return self._refund_once(payment, payment.refunds[-1], at, 0)

    def check_refund(self, payment: Payment, amount_minor: int) -> None:
        """Raise TenderRefused or RefundExceedsPaid when its driver cannot give so much back."""
        driver = None if payment.recorded else self._drivers.get(payment.driver)
        can = capabilities_of(payment.driver, driver) if driver else None
        checks.can_refund(payment, can, amount_minor)

    def gives_back(self, payment: Payment) -> Reach:
        """Return what its driver can give back of a payment: any part, the whole only, nothing."""
        driver = None if payment.recorded else self._drivers.get(payment.driver)
        try:
            can = capabilities_of(payment.driver, driver) if driver else None
        except TenderRefused:
            can = None
        if can is None or not can.refund:
            return "nothing"
        return "any" if can.partial_refund else "whole"

    def reread(self, payments: Iterable[str]) -> None:
        """Read payments again that others journaled something of."""
        for each in payments:
            if each in self._open and (found := self._find(each)) is not None:
                self._keep(found)

    def forwarded(self, intent: str, accepted: bool, at: Timestamp, reason: str = "") -> Payment:
        """Record that a payment stored offline reached its bank; a second time changes nothing."""
        payment = self._known(intent)
        if not payment.stored:
            return payment
        event = e.TenderForwarded(intent, accepted, free_text(reason))
        self._commit((event,), at=at)
        return self._keep(apply_all(payment, (event,), at.wall_ms))

    def drives(self, name: str) -> bool:
        """Return whether a tender of this name is asked for through a driver."""
        return name in self._drivers

    def payment(self, intent: str) -> Payment | None:
        """Return a payment as it stands."""
        return self._open.get(intent) or self._find(intent)

    def in_doubt(self, sale: str = "") -> list[Payment]:
        """Return payments without a verdict (of one sale, or all): they block a close of day."""
        waiting = (each for each in self._open.values() if each.state != "cancelled")
        return [each for each in waiting if not sale or each.sale == sale]

    def showing(self, intent: str) -> str:
        """Return what the customer has to scan for a pending payment, or ""."""
        return self._showing.get(intent, "")

    def watch_step(self, now: Timestamp) -> bool:
        """Look once after a refund that a person declared as not given; see `RefundWatch`."""
        return self._watch.step(now)

    def _told(self, event: Event, at: Timestamp) -> None:
        self._commit((event,), at=at)

    def _known(self, intent: str) -> Payment:
        payment = self.payment(intent)
        if payment is None:
            raise UnknownPayment(intent)
        return payment

    def _checked_driver(self, request: Request, at: Timestamp) -> TenderDriver:
        driver = self._drivers.get(request.driver)
        if driver is None:
            raise UnknownDriver(request.driver, tuple(sorted(self._drivers)))
        can, amount_minor = capabilities_of(request.driver, driver), request.amount_minor
        checks.nothing_in_doubt(self._open.values(), request.sale)
        checks.no_change(amount_minor, request.due_minor)
        checks.can_take(request.driver, can, amount_minor, request.currency, request.auth_code)
        if not request.online:
            check_offline(request.driver, can, amount_minor, self._limits, self._stored(), at)
        return driver

    def _came(
        self, payment: Payment, came: Input, at: Timestamp, attempts: int = 0, *, staff: str = ""
    ) -> Payment:
        decision = decide(payment, came, at, attempts)
        if isinstance(came, Answer) and isinstance(came.outcome, Pending) and came.outcome.show:
            self._showing[payment.id] = came.outcome.show
        moved = decision.payment.state != payment.state
        return self._settle(decision, at, 0 if moved else attempts + 1, staff=staff)

    def _refund_once(
        self, payment: Payment, refund: Refund, at: Timestamp, attempts: int
    ) -> Payment:
        said = self._said(
            payment,
            refund.id,
            "refund",
            lambda driver: driver.refund(refund.id, payment.id, refund.amount_minor),
        )
        if said is None:
            later_ms = at.steady_ms + LATER_MS
            self._schedule(payment.id, refund.id, "refund", later_ms, attempts)
            return payment
        decision = decide_refund(payment, refund, said.outcome, at, attempts)
        return self._settle(decision, at, attempts + 1, refund=refund.id)

    def _settle(
        self,
        decision: Decision,
        at: Timestamp,
        attempts: int,
        *,
        refund: str = "",
        staff: str = "",
    ) -> Payment:
        """Journal a decision and, once it is on the disk, follow it."""
        if decision.events:
            self._commit(decision.events, at=at, staff=staff)
        payment = self._keep(decision.payment)
        self._jobs.pop((payment.id, refund), None)
        if refund or decision.act != "refund":
            due_ms = at.steady_ms + decision.after_ms
            self._schedule(payment.id, refund, decision.act, due_ms, attempts)
        for back in payment.refunds:
            if back.state == "refunding" and (payment.id, back.id) not in self._jobs:
                self._schedule(payment.id, back.id, "refund", at.steady_ms, 0)
        return payment

    def _keep(self, payment: Payment) -> Payment:
        if payment.open:
            self._open[payment.id] = payment
        else:
            self._open.pop(payment.id, None)
        if not payment.undecided:
            self._showing.pop(payment.id, None)
        return payment

    def _schedule(self, payment: str, refund: str, act: Act, due_ms: int, attempts: int) -> None:
        if act != "none":
            self._jobs[payment, refund] = _Job(due_ms, payment, refund, act, attempts)


def _intended(request: Request, driver: TenderDriver, at: Timestamp) -> e.TenderIntended:
    can = driver.capabilities
    return e.TenderIntended(
        request.intent,
        request.sale,
        request.driver,
        can.kind,
        request.amount_minor,
        request.currency,
        at,
        at.wall_ms + (request.timeout_ms or can.timeout_ms),
        can.cancel,
        can.cancel_after_ms,
        request.sale_snapshot,
        request.register,
    )


def _intent(request: Request, deadline_ms: int) -> Intent:
    return Intent(
        id=request.intent,
        sale=request.sale,
        driver=request.driver,
        amount_minor=request.amount_minor,
        currency=request.currency,
        deadline_ms=deadline_ms,
        auth_code=request.auth_code,
    )
