"""The events that a row of the doubt table records, built from what came."""

from typing import Literal

import msgspec

from cashwrap.events import Event
from cashwrap.tender import events as e
from cashwrap.tender.driver import Approved, Cancelled, Declined, Outcome, Unknown
from cashwrap.tender.pan import free_text, mask_account, only_digest
from cashwrap.tender.payments import Payment, Refund

Record = Literal[
    "",
    "asked",
    "doubted",
    "expired",
    "given_up",
    "approved",
    "declined",
    "cancelled",
    "closed",
    "late",
    "repeated",
    "contradicted",
    "declared",
    "refunded",
    "refund_refused",
    "refund_declared",
]


class Declared(msgspec.Struct, frozen=True):
    """What a person says of a payment or refund in doubt: whether the money moved, and why."""

    paid: bool
    reason: str


def build(record: Record, payment: Payment, came: Outcome | Declared | None) -> tuple[Event, ...]:
    """Return the events of a payment's row."""
    if isinstance(came, Approved):
        return _of_approval(record, payment, came)
    if isinstance(came, Declared):
        declared = e.TenderDeclared(payment.id, came.paid, free_text(came.reason))
        return (declared,) if record == "declared" else ()
    event = _of_answer(record, payment, came)
    return (event,) if event else ()


def build_refund(
    record: Record, payment: Payment, refund: Refund, came: Outcome | Declared | None
) -> tuple[Event, ...]:
    """Return the events of a refund's row; the same refusal again is not recorded again."""
    if isinstance(came, Approved) and record == "refunded":
        digest = only_digest(came.raw_digest)
        amount = came.amount_minor
        return (e.TenderRefunded(refund.id, payment.id, amount, came.provider_id, digest),)
    if isinstance(came, Declared) and record == "refund_declared":
        return (e.TenderDeclared(payment.id, came.paid, free_text(came.reason), refund.id),)
    if isinstance(came, Declined) and record == "refund_refused":
        reason = free_text(came.reason) or "refused"
        if reason != refund.refusal:
            return (e.TenderRefundRefused(refund.id, payment.id, reason),)
    return ()


def _of_answer(record: Record, payment: Payment, came: Outcome | None) -> Event | None:
    match record:
        case "asked":
            return e.TenderAsked(payment.id)
        case "doubted":
            return e.TenderDoubted(payment.id, _said(came))
        case "expired":
            return e.TenderCancelling(payment.id, "deadline")
        case "given_up":
            return e.TenderCancelling(payment.id, "cashier")
        case "declined" if isinstance(came, Declined):
            digest = only_digest(came.raw_digest)
            return e.TenderDeclined(payment.id, free_text(came.reason), came.provider_id, digest)
        case "cancelled":
            provider_id = came.provider_id if isinstance(came, Cancelled) else ""
            return e.TenderCancelled(payment.id, provider_id)
        case "closed":
            return e.TenderClosed(payment.id)
        case "contradicted":
            return e.TenderContradicted(payment.id, payment.state, _said(came))
    return None


def _of_approval(record: Record, payment: Payment, came: Approved) -> tuple[Event, ...]:
    charged, account = came.amount_minor, mask_account(came.account)
    digest = only_digest(came.raw_digest)
    if record == "late":
        late = e.TenderLateApproval(payment.id, charged, came.provider_id, account, digest)
        return (late, _owed(payment, "late", charged))
    if record == "approved":
        counts = min(charged - came.tip_minor, payment.asked_minor)
        excess = charged - came.tip_minor - counts
        approved = e.TenderApproved(
            payment.id,
            counts,
            came.tip_minor,
            charged,
            came.provider_id,
            account,
            digest,
            came.stored,
        )
        return (approved, _owed(payment, "excess", excess)) if excess else (approved,)
    if record == "repeated" and charged != payment.charged_minor:
        return (e.TenderContradicted(payment.id, payment.state, f"approved {charged}"),)
    return ()


def _owed(payment: Payment, why: str, amount_minor: int) -> Event:
    return e.TenderRefundIntended(f"{payment.id}-{why}", payment.id, amount_minor, why, owed=True)


def _said(came: Outcome | None) -> str:
    if isinstance(came, Unknown):
        return free_text(came.reason) or "unknown"
    return str(came.__struct_config__.tag) if came else "unknown"
