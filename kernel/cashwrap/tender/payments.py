"""Payments as the journal tells them: one struct each, and the fold that makes it."""

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec.structs import replace

from cashwrap.events import Event
from cashwrap.ports import Timestamp
from cashwrap.tender import events as e
from cashwrap.tender.driver import TenderKind

PaymentState = Literal[
    "intended",  # on the disk, perhaps sent
    "pending",  # the provider waits for the customer
    "unknown",  # asked, no trustworthy answer
    "cancelling",  # the till gave up; the cancel has not answered yet
    "approved",  # paid
    "declined",  # not paid
    "cancelled",  # not paid, still watched for a late approval
    "closed",  # not paid, watch over
    "late",  # taken after the till gave up; the money is on its way back
    "refunded",  # taken late and given back
]
RefundState = Literal["refunding", "given_back", "refused"]
Verdict = Literal["paid", "not_paid", "refunded", "in_doubt"]

CREDIT = "credit"  # what credit notes are called among tenders
UNDECIDED: frozenset[PaymentState] = frozenset({"intended", "pending", "unknown", "cancelling"})
_VERDICTS: dict[PaymentState, Verdict] = {
    "approved": "paid",
    "declined": "not_paid",
    "cancelled": "not_paid",
    "closed": "not_paid",
    "refunded": "refunded",
}


class Refund(msgspec.Struct, frozen=True, array_like=True):
    """Money on its way back, or back already (``given_back``)."""

    id: str
    amount_minor: int
    reason: str
    owed: bool = False
    state: RefundState = "refunding"
    refusal: str = ""
    settled_ms: int = 0
    sale: str = ""
    counts_minor: int = 0  # by how much it lowers what was paid, cash rounding and tip left out
    in_cash: bool = False
    in_credit: bool = False  # by a credit note

    @property
    def beside(self) -> bool:
        """Whether it went back another way than it came, so that no provider knows of it."""
        return self.in_cash or self.in_credit


class Payment(msgspec.Struct, frozen=True, array_like=True):
    """One payment toward a sale, whatever its tender.

    ``asked_minor`` is what was asked for; ``amount_minor`` what counts toward the sale once it is
    approved; ``charged_minor`` what was really taken. Cash is a payment that is approved at once.
    ``decided_ms`` is the wall time of the approval, 0 before.
    """

    id: str
    sale: str
    driver: str
    kind: TenderKind
    asked_minor: int
    currency: str
    begun: Timestamp
    deadline_ms: int
    can_cancel: bool = False
    cancel_after_ms: int = 0
    state: PaymentState = "intended"
    amount_minor: int = 0
    tip_minor: int = 0
    charged_minor: int = 0
    tendered_minor: int = 0
    change_minor: int = 0
    rounding_minor: int = 0
    provider_id: str = ""
    account: str = ""
    reason: str = ""
    stored: bool = False
    by_hand: bool = False
    decided_ms: int = 0
    refunds: tuple[Refund, ...] = ()
    recorded: bool = False  # made beside the till; no driver knows it

    @property
    def undecided(self) -> bool:
        """Whether nobody knows yet if the money was taken; no other money may be asked for."""
        return self.state in UNDECIDED

    @property
    def open(self) -> bool:
        """Whether the till still has something to ask about it."""
        waits = self.undecided or self.state in ("cancelled", "late")
        return waits or any(refund.state == "refunding" for refund in self.refunds)

    @property
    def verdict(self) -> Verdict:
        """Return paid, not_paid or refunded; in_doubt until one of them is known."""
        verdict = _VERDICTS.get(self.state, "in_doubt")
        back = (refund.amount_minor for refund in self.refunds if refund.state == "given_back")
        gone = verdict == "paid" and self.charged_minor > 0 and sum(back) == self.charged_minor
        return "refunded" if gone else verdict

    @property
    def paid_minor(self) -> int:
        """What counts toward its sale now.

        What was given back within the same sale counts no more; a return is a sale of its own.
        """
        if self.state != "approved":
            return 0
        back = (refund for refund in self.refunds if refund.state != "refused")
        return self.amount_minor - sum(each.counts_minor for each in back if each.sale == self.sale)

    @property
    def unsettled(self) -> bool:
        """Whether the sale must wait: the answer, or a refund within the sale, is outstanding."""
        back = (refund for refund in self.refunds if refund.sale == self.sale)
        return self.undecided or any(refund.state == "refunding" for refund in back)

    @property
    def refundable_minor(self) -> int:
        """What may still be given back of what was taken, refunds under way deducted."""
        back = sum(refund.amount_minor for refund in self.refunds if refund.state != "refused")
        return self.charged_minor - back

    @property
    def relievable_minor(self) -> int:
        """What may still go back of what it paid: no tip, no excess, cash rounding left out."""
        back = (refund for refund in self.refunds if refund.state != "refused" and not refund.owed)
        return self.amount_minor - sum(refund.counts_minor for refund in back)

    def refunds_of(self, sale: str) -> tuple[Refund, ...]:
        """Return its refunds that belong to a return, refused ones left out."""
        return tuple(each for each in self.refunds if each.sale == sale and each.state != "refused")

    def refund(self, refund_id: str) -> Refund | None:
        """Return one of its refunds by id."""
        return next((refund for refund in self.refunds if refund.id == refund_id), None)


def apply(payment: Payment | None, event: Event, at_ms: int) -> Payment | None:
    """Return the payment after one of its events; ``at_ms`` is the record's wall time.

    Events of other rooms and of payments that are not known give the payment unchanged.
    """
    if payment is None:
        return _first(event, at_ms)
    moved = _decided(payment, event, at_ms)
    if moved is None:
        moved = _refunds(payment, event, at_ms)
    return moved or payment


def apply_all(payment: Payment, events: Iterable[Event], at_ms: int) -> Payment:
    """Return the payment after several of its events."""
    for event in events:
        payment = apply(payment, event, at_ms) or payment
    return payment


def start(event: e.TenderIntended) -> Payment:
    """Return the payment that an intent begins."""
    return Payment(
        event.intent,
        event.sale,
        event.driver,
        event.tender,
        event.amount_minor,
        event.currency,
        event.begun,
        event.deadline_ms,
        event.can_cancel,
        event.cancel_after_ms,
    )


def _first(event: Event, at_ms: int) -> Payment | None:
    match event:
        case e.TenderIntended():
            return start(event)
        case e.CashTaken(tendered_minor=came, change_minor=went):
            return _cash(event, came, went, at_ms)
        case e.CashReturned(of_payment="", amount_minor=went):
            return _cash(event, 0, went, at_ms)
        case e.CreditIssued(of=()):
            return _credit(event, at_ms)
        case e.TenderRecorded():
            return Payment(
                event.payment,
                event.sale,
                event.name,
                event.tender,
                event.amount_minor,
                event.currency,
                Timestamp(at_ms, 0),
                at_ms,
                state="approved",
                amount_minor=event.amount_minor,
                charged_minor=event.amount_minor,
                provider_id=event.reference,
                decided_ms=at_ms,
                recorded=True,
            )
    return None


def _cash(event: e.CashTaken | e.CashReturned, came: int, went: int, at_ms: int) -> Payment:
    kept = came - went
    taken = isinstance(event, e.CashTaken)
    rounding = event.rounding_minor if taken else -event.rounding_minor
    return Payment(
        event.payment,
        event.sale,
        "cash",
        "cash",
        kept,
        event.currency,
        Timestamp(at_ms, 0),
        at_ms,
        state="approved",
        amount_minor=kept - rounding,
        charged_minor=kept,
        tendered_minor=came,
        change_minor=went if taken else 0,
        rounding_minor=rounding,
        decided_ms=at_ms,
    )


def _credit(event: e.CreditIssued, at_ms: int) -> Payment:
    """Return a credit note that gives back no known payment: one below zero."""
    return Payment(
        event.payment,
        event.sale,
        CREDIT,
        "stored_value",
        -event.amount_minor,
        event.currency,
        Timestamp(at_ms, 0),
        at_ms,
        state="approved",
        amount_minor=-event.amount_minor,
        charged_minor=-event.amount_minor,
        decided_ms=at_ms,
        recorded=True,
    )


def _decided(payment: Payment, event: Event, at_ms: int) -> Payment | None:
    match event:
        case e.TenderAsked():
            return replace(payment, state="pending")
        case e.TenderDoubted():
            return replace(payment, state="unknown", reason=event.reason)
        case e.TenderCancelling():
            return replace(payment, state="cancelling", reason=event.reason)
        case e.TenderApproved():
            return replace(
                payment,
                state="approved",
                amount_minor=event.amount_minor,
                tip_minor=event.tip_minor,
                charged_minor=event.charged_minor,
                provider_id=event.provider_id,
                account=event.account,
                stored=event.stored,
                reason="",
                decided_ms=at_ms,
            )
        case e.TenderDeclined():
            return replace(payment, state="declined", reason=event.reason)
        case e.TenderCancelled():
            return replace(payment, state="cancelled")
        case e.TenderClosed():
            return replace(payment, state="closed")
        case e.TenderLateApproval():
            return replace(
                payment,
                state="late",
                charged_minor=event.charged_minor,
                provider_id=event.provider_id,
                account=event.account,
                decided_ms=at_ms,
            )
        case e.TenderForwarded():
            return replace(payment, stored=False, reason=event.reason)
        case e.TenderDeclared(refund=""):
            return _declared(payment, event.paid, event.reason, at_ms)
    return None


def _declared(payment: Payment, paid: bool, reason: str, at_ms: int) -> Payment:
    if not paid:
        return replace(payment, state="cancelled", by_hand=True, reason=reason)
    return replace(
        payment,
        state="approved",
        amount_minor=payment.asked_minor,
        charged_minor=payment.asked_minor,
        by_hand=True,
        reason=reason,
        decided_ms=at_ms,
    )


def _refunds(payment: Payment, event: Event, at_ms: int) -> Payment | None:
    match event:
        case e.TenderRefundIntended():
            new = Refund(
                event.refund,
                event.amount_minor,
                event.reason,
                event.owed,
                sale=event.sale,
                counts_minor=event.amount_minor - event.tip_minor,
            )
            return _with_refund(payment, new)
        case e.TenderDeclared(paid=False):
            return _refund_changed(payment, event.refund, refusal=event.reason or "declared")
        case e.TenderRefunded() | e.TenderDeclared():
            return _given_back(payment, event.refund, at_ms)
        case e.CreditIssued(of=(part,)):
            counts = part.amount_minor - part.rounding_minor
            back = _back_at(at_ms, event.payment, part.amount_minor, CREDIT, event.sale, counts)
            return _with_refund(payment, replace(back, in_credit=True))
        case e.CashReturned(amount_minor=went):
            counts = went - event.rounding_minor
            back = _back_at(at_ms, event.payment, went, "cash", event.sale, counts)
            return _with_refund(payment, replace(back, in_cash=True))
        case e.TenderTakenBack(amount_minor=went):
            sale = event.sale or payment.sale
            back = _back_at(at_ms, event.refund, went, event.reason, sale, went)
            return _with_refund(payment, back)
        case e.TenderRefundRefused():
            return _refund_changed(payment, event.refund, refusal=event.reason)
    return None


def _back_at(
    at_ms: int, id: str, amount_minor: int, reason: str, sale: str, counts_minor: int
) -> Refund:
    """Return a refund that was given back at once."""
    return Refund(
        id,
        amount_minor,
        reason,
        state="given_back",
        settled_ms=at_ms,
        sale=sale,
        counts_minor=counts_minor,
    )


def _with_refund(payment: Payment, refund: Refund) -> Payment:
    return replace(payment, refunds=(*payment.refunds, refund))


def _given_back(payment: Payment, refund_id: str, at_ms: int) -> Payment:
    payment = _refund_changed(payment, refund_id, given_ms=at_ms)
    waits = any(refund.state == "refunding" for refund in payment.refunds)
    return replace(payment, state="refunded") if payment.state == "late" and not waits else payment


def _refund_changed(
    payment: Payment, refund_id: str, *, refusal: str = "", given_ms: int = 0
) -> Payment:
    def changed(refund: Refund) -> Refund:
        if refund.id != refund_id:
            return refund
        if refusal:
            state: RefundState = "refunding" if refund.owed else "refused"
            return replace(refund, refusal=refusal, state=state)
        return replace(refund, state="given_back", settled_ms=given_ms)

    return replace(payment, refunds=tuple(changed(refund) for refund in payment.refunds))
