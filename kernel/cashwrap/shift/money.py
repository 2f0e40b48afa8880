"""How money that comes and goes changes the sums of the shift in which it does.

What a payment's later events do not say, its first one said.
"""

import msgspec

from cashwrap.events import Envelope
from cashwrap.shift.book import (
    DOUBTS,
    PAYING,
    PAYMENTS,
    Book,
    Doubt,
    KnownPayment,
    Paying,
    doubt_key,
    tender_sum,
)
from cashwrap.shift.model import Decided, Outcome, Sums
from cashwrap.tender import events as t

# Money that is decided at once


def cash_taken(book: Book, at: Envelope, body: t.CashTaken) -> None:
    """Cash came in, less the change."""
    kept_minor = body.tendered_minor - body.change_minor
    _take(book.happened(body.register, at), "cash", "cash", kept_minor)
    on_sale(book, body.register, body.sale, kept_minor)


def cash_returned(book: Book, at: Envelope, body: t.CashReturned) -> None:
    """Cash went back to a customer."""
    sums = book.happened(body.register, at)
    tender_sum(sums, "cash", "cash").given_back_minor += body.amount_minor
    on_sale(book, body.register, body.sale, -body.amount_minor)


def recorded(book: Book, at: Envelope, body: t.TenderRecorded) -> None:
    """A payment was made beside the till."""
    known = KnownPayment(body.register, body.sale, body.name, body.tender, body.amount_minor)
    book.put(PAYMENTS, body.payment.encode(), known)
    _take(book.happened(body.register, at), body.name, body.tender, body.amount_minor)
    on_sale(book, body.register, body.sale, body.amount_minor)


def taken_back(book: Book, at: Envelope, body: t.TenderTakenBack) -> None:
    """A recorded payment was given back."""
    known = book.payment(body.payment)
    register, sale = body.register or known.register, body.sale or known.sale
    sums = book.happened(register, at)
    tender_sum(sums, known.tender, known.kind).given_back_minor += body.amount_minor
    on_sale(book, register, sale, -body.amount_minor)


def credited(book: Book, at: Envelope, body: t.CreditIssued) -> None:
    """A credit note was given for money."""
    sums = book.happened(body.register, at)
    tender_sum(sums, "credit", "voucher").given_back_minor += body.amount_minor
    on_sale(book, body.register, body.sale, -body.amount_minor)


def _take(sums: Sums, tender: str, kind: str, amount_minor: int) -> None:
    found = tender_sum(sums, tender, kind)
    found.count += 1
    found.taken_minor += amount_minor


def on_sale(book: Book, register: str, sale: str, amount_minor: int) -> None:
    """Note money on a sale until it ends; a sale with none is not noted."""
    if not sale:
        return
    key, working = sale.encode(), book.working(register)
    had = book.row(PAYING, key)
    paid_minor = amount_minor + (had.paid_minor if isinstance(had, Paying) else 0)
    noted = Paying(paid_minor, working.shift, working.drawer) if paid_minor else None
    book.put(PAYING, key, noted)


# Money that somebody else decides about


def intended(book: Book, at: Envelope, body: t.TenderIntended) -> None:
    """A driver is asked for money; nobody knows yet."""
    known = KnownPayment(body.register, body.sale, body.driver, body.tender, body.amount_minor)
    book.put(PAYMENTS, body.intent.encode(), known)
    _doubt(book, at, known, body.intent, "", body.sale, body.amount_minor)


def refund_intended(book: Book, at: Envelope, body: t.TenderRefundIntended) -> None:
    """A driver is asked to give money back."""
    known = book.payment(body.intent)
    known = msgspec.structs.replace(known, register=body.register or known.register)
    refund = (body.intent, body.refund, body.sale, body.amount_minor)
    _doubt(book, at, known, *refund, owed=body.owed)


def _doubt(
    book: Book,
    at: Envelope,
    known: KnownPayment,
    payment: str,
    refund: str,
    sale: str,
    amount_minor: int,
    *,
    owed: bool = False,
) -> None:
    working = book.working(known.register)
    doubt = Doubt(
        payment,
        refund,
        sale,
        amount_minor,
        at.wall_ms,
        known.register,
        working.shift,
        working.drawer,
        owed,
    )
    book.put(DOUBTS, doubt_key(payment, refund), doubt)


def approved(book: Book, at: Envelope, body: t.TenderApproved) -> None:
    """A provider took money."""
    _paid(book, at, body.intent, body.charged_minor)


def _paid(book: Book, at: Envelope, intent: str, amount_minor: int) -> None:
    known = book.payment(intent)
    sums = book.happened(known.register, at)
    _take(sums, known.tender, known.kind, amount_minor)
    on_sale(book, known.register, known.sale, amount_minor)
    _decide(book, sums, known, intent, "", amount_minor, "paid")


def not_paid(book: Book, at: Envelope, body: t.TenderDeclined | t.TenderCancelled) -> None:
    """A provider took none."""
    _refused(book, at, body.intent, "", "not_paid")


def _refused(book: Book, at: Envelope, intent: str, refund: str, outcome: Outcome) -> None:
    """End a doubt without money; only one that a Z named is an event of a shift."""
    doubt = book.row(DOUBTS, doubt_key(intent, refund))
    if isinstance(doubt, Doubt):
        known = book.payment(intent)
        if doubt.z:
            sums = book.happened(known.register, at)
            _decide(book, sums, known, intent, refund, doubt.amount_minor, outcome)
        book.put(DOUBTS, doubt_key(intent, refund), None)


def came_late(book: Book, at: Envelope, body: t.TenderLateApproval) -> None:
    """A provider took money after the till gave up; it goes back."""
    known = book.payment(body.intent)
    sums = book.happened(known.register, at)
    _take(sums, known.tender, known.kind, body.charged_minor)
    if book.row(DOUBTS, doubt_key(body.intent, "")) is not None:
        _decide(book, sums, known, body.intent, "", body.charged_minor, "late")
    elif known.z:
        late = (known.sale, known.tender, body.charged_minor, known.z)
        sums.decided.append(Decided(body.intent, "", *late, "late"))


def declared(book: Book, at: Envelope, body: t.TenderDeclared) -> None:
    """A person said how a payment or a refund ended."""
    if not body.refund:
        known = book.payment(body.intent)
        if body.paid:
            _paid(book, at, body.intent, known.asked_minor)
        else:
            _refused(book, at, body.intent, "", "not_paid")
    elif body.paid:
        doubt = book.row(DOUBTS, doubt_key(body.intent, body.refund))
        amount_minor = doubt.amount_minor if isinstance(doubt, Doubt) else 0
        _given_back(book, at, body.intent, body.refund, amount_minor)
    else:
        _refused(book, at, body.intent, body.refund, "refused")


def refunded(book: Book, at: Envelope, body: t.TenderRefunded) -> None:
    """A provider gave money back."""
    _given_back(book, at, body.intent, body.refund, body.amount_minor)


def _given_back(book: Book, at: Envelope, intent: str, refund: str, amount_minor: int) -> None:
    known = book.payment(intent)
    doubt = book.row(DOUBTS, doubt_key(intent, refund))
    register, sale = known.register, ""
    if isinstance(doubt, Doubt):
        register, sale = doubt.register or register, doubt.sale
    sums = book.happened(register, at)
    tender_sum(sums, known.tender, known.kind).given_back_minor += amount_minor
    on_sale(book, register, sale, -amount_minor)
    _decide(book, sums, known, intent, refund, amount_minor, "given_back")


def refund_refused(book: Book, at: Envelope, body: t.TenderRefundRefused) -> None:
    """A provider refused a refund."""
    doubt = book.row(DOUBTS, doubt_key(body.intent, body.refund))
    if isinstance(doubt, Doubt) and not doubt.owed:  # what is owed is asked for again
        _refused(book, at, body.intent, body.refund, "refused")


def _decide(
    book: Book,
    sums: Sums,
    known: KnownPayment,
    payment: str,
    refund: str,
    amount_minor: int,
    outcome: Outcome,
) -> None:
    """End a doubt; one that a Z named is marked as of that Z in the shift of this moment."""
    key = doubt_key(payment, refund)
    doubt = book.row(DOUBTS, key)
    if not isinstance(doubt, Doubt):
        return
    book.put(DOUBTS, key, None)
    if doubt.z:
        sale = doubt.sale or known.sale
        decided = Decided(payment, refund, sale, known.tender, amount_minor, doubt.z, outcome)
        sums.decided.append(decided)
