"""The tender room's events: all that is needed to know, after any crash, how each payment stands.

An intent id names one payment for ever; the state of a payment is a fold over its events and
nothing else (`payments.apply`). Amounts are minor units > 0 unless said otherwise. ``register``
is where it happened (`events.placed`), ``approver`` who allowed it to somebody who may not alone.
"""

import msgspec

from cashwrap.events import Event, event
from cashwrap.ports import Timestamp
from cashwrap.tender.driver import TenderKind


@event("tender.intended")
class TenderIntended(Event, frozen=True):
    """A payment is about to be asked for; on the disk before the first byte leaves.

    ``intent`` is the id that the provider deduplicates by, ``begun`` when it was decided and
    ``deadline_ms`` (wall) when the till stops waiting. ``can_cancel`` and ``cancel_after_ms`` are
    the driver's. ``sale_snapshot`` is the sale as it stood, in the sale room's own form.
    """

    intent: str
    sale: str
    driver: str
    tender: TenderKind
    amount_minor: int
    currency: str
    begun: Timestamp
    deadline_ms: int
    can_cancel: bool
    cancel_after_ms: int = 0
    sale_snapshot: bytes = b""
    register: str = ""


@event("tender.asked")
class TenderAsked(Event, frozen=True):
    """The provider knows the payment and waits for the customer."""

    intent: str


@event("tender.doubted")
class TenderDoubted(Event, frozen=True):
    """No trustworthy answer came (``reason``: timeout, bad_signature, not_found, ...)."""

    intent: str
    reason: str


@event("tender.cancelling")
class TenderCancelling(Event, frozen=True):
    """The till gave up (``reason``: deadline or cashier); from here on an approval is late."""

    intent: str
    reason: str


@event("tender.approved")
class TenderApproved(Event, frozen=True):
    """The provider took the money.

    ``amount_minor`` counts toward the sale and is less than was asked for after a partial
    approval; ``tip_minor`` is an explicit tip; ``charged_minor`` is all that was taken, and what
    exceeds the two is given back by a refund of its own. ``account`` is masked. ``raw_digest`` is
    SHA-256 hex. ``stored``: approved offline by the terminal, to be forwarded.
    """

    intent: str
    amount_minor: int
    tip_minor: int
    charged_minor: int
    provider_id: str = ""
    account: str = ""
    raw_digest: str = ""
    stored: bool = False


@event("tender.declined")
class TenderDeclined(Event, frozen=True):
    """The provider said no, for ever. ``reason`` is its word, for the cashier."""

    intent: str
    reason: str
    provider_id: str = ""
    raw_digest: str = ""


@event("tender.cancelled")
class TenderCancelled(Event, frozen=True):
    """A cancel was answered: not paid. The payment is watched for a while for a late approval."""

    intent: str
    provider_id: str = ""


@event("tender.closed")
class TenderClosed(Event, frozen=True):
    """The watch over a cancelled payment ended without a late approval."""

    intent: str


@event("tender.late_approval")
class TenderLateApproval(Event, frozen=True):
    """Money was taken after the till gave up, or said no before; it goes back by itself.

    It never counts toward the sale. The refund's own events follow.
    """

    intent: str
    charged_minor: int
    provider_id: str = ""
    account: str = ""
    raw_digest: str = ""


@event("tender.refund_intended")
class TenderRefundIntended(Event, frozen=True):
    """Money is about to be given back through the driver, under ``refund``, an id of its own.

    ``owed`` is true for money that was never ours (late approval, excess): it is asked for until
    it is given, while a refund to a customer's wish may be refused once. ``sale`` is the return it
    belongs to, "" if none, and ``sale_snapshot`` that return as it stood. ``tip_minor`` of the
    amount is tip, which relieves no sale.
    """

    refund: str
    intent: str
    amount_minor: int
    reason: str
    owed: bool = False
    sale: str = ""
    register: str = ""
    sale_snapshot: bytes = b""
    tip_minor: int = 0
    approver: str = ""


@event("tender.refunded")
class TenderRefunded(Event, frozen=True):
    """The provider gave the money back."""

    refund: str
    intent: str
    amount_minor: int
    provider_id: str = ""
    raw_digest: str = ""


@event("tender.refund_refused")
class TenderRefundRefused(Event, frozen=True):
    """The provider refuses the refund; one that is ``owed`` is asked for again later."""

    refund: str
    intent: str
    reason: str


@event("tender.contradicted")
class TenderContradicted(Event, frozen=True):
    """An answer contradicts what is on record; the record stands and a person should look.

    ``state`` is the state on record, ``said`` what was said now, e.g. ``approved 900``.
    """

    intent: str
    state: str
    said: str


@event("tender.declared")
class TenderDeclared(Event, frozen=True):
    """A person decided a payment in doubt from the terminal's slip or the provider's page.

    ``refund`` is "" for the payment itself, else the id of its refund, and ``paid`` then says
    whether that was given back. ``reason`` is in the person's words; the record's staff is the
    person.
    """

    intent: str
    paid: bool
    reason: str
    refund: str = ""
    approver: str = ""


@event("tender.forwarded")
class TenderForwarded(Event, frozen=True):
    """A payment that the terminal stored offline reached its bank, which ``accepted`` it or not.

    One that is not accepted is the shop's loss; the sale stays as it is.
    """

    intent: str
    accepted: bool
    reason: str = ""


@event("tender.cash_taken")
class CashTaken(Event, frozen=True):
    """Cash was taken: ``tendered_minor`` came in, ``change_minor`` >= 0 went out.

    What stays in the drawer is tendered - change. ``rounding_minor`` is what cash rounding added
    to the amount due (negative when it took off); tendered - change - rounding counts toward the
    sale. ``payment`` is the id of this payment.
    """

    payment: str
    sale: str
    currency: str
    tendered_minor: int
    change_minor: int
    rounding_minor: int = 0
    register: str = ""


@event("tender.cash_returned")
class CashReturned(Event, frozen=True):
    """Cash went back to the customer: a refund, or a payment of an unfinished sale given back.

    ``of_payment`` names the payment it gives back; with "" it is a payment of ``sale`` (a return
    without a receipt) in its own right, and counts below zero. What rounding took off whole is 0.
    ``rounding_minor`` as in `CashTaken`: amount - rounding is what the sale is relieved of.
    """

    payment: str
    sale: str
    currency: str
    amount_minor: int
    of_payment: str = ""
    rounding_minor: int = 0
    register: str = ""
    approver: str = ""


@event("tender.taken_back")
class TenderTakenBack(Event, frozen=True):
    """A recorded payment was given back beside the till: the voucher handed over, the slip voided.

    ``refund`` is the id of this act and ``sale`` the return that it belongs to. With "" it is given
    back within the sale that it paid, toward which it counts no more.
    """

    refund: str
    payment: str
    amount_minor: int
    reason: str = ""
    register: str = ""
    sale: str = ""
    approver: str = ""


@event("tender.recorded")
class TenderRecorded(Event, frozen=True):
    """A payment made beside the till (a standalone terminal, a voucher) that the cashier recorded.

    ``tender`` is its kind, ``name`` the shop's name for it, ``reference`` the slip's number with
    anything like a card number masked.
    """

    payment: str
    sale: str
    tender: TenderKind
    name: str
    amount_minor: int
    currency: str
    reference: str = ""
    register: str = ""


class Relieved(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How much of one payment went back another way.

    ``rounding_minor`` as in `CashTaken`: amount - rounding is what its sale is relieved of.
    """

    payment: str
    amount_minor: int
    rounding_minor: int = 0


@event("credit.issued")
class CreditIssued(Event, frozen=True):
    """A credit note (退货券) was given instead of money, for a return ``sale``.

    ``payment`` is the id of this act, ``of`` the payments that it gives back; what it is worth
    beyond them is a payment of the return in its own right, and counts below zero. Whoever has the
    ``code`` may spend it until ``expires_ms`` (wall; 0: for ever).
    """

    payment: str
    sale: str
    code: str
    amount_minor: int
    currency: str
    expires_ms: int = 0
    of: tuple[Relieved, ...] = ()
    register: str = ""
    approver: str = ""


@event("credit.spent")
class CreditSpent(Event, frozen=True):
    """So much of a credit note pays toward a sale; beside the `TenderRecorded` of ``payment``."""

    code: str
    payment: str
    sale: str
    amount_minor: int
    register: str = ""


@event("credit.restored")
class CreditRestored(Event, frozen=True):
    """So much of ``payment`` is on its credit note again; beside a `TenderTakenBack`.

    ``refund`` is the id of that act. ``expires_ms`` is the note's from now on: one that expired
    meanwhile is good again.
    """

    code: str
    payment: str
    refund: str
    amount_minor: int
    expires_ms: int = 0
    register: str = ""
