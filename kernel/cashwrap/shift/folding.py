"""How each event changes the sums of the shift it belongs to.

An event belongs to the shift that its register works on at that place in the journal; what a
payment's later events do not say, its first one said.
"""

from collections.abc import Callable, Sequence
from typing import cast

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.sale import events as s
from cashwrap.sale.edits import AnyEdit, LineVoided
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
from cashwrap.shift.model import Decided, Outcome, Sums, TaxSum
from cashwrap.tender import events as t

Fold = Callable[[Book, Envelope, Event], None]
_VOIDED = str(LineVoided.__struct_config__.tag)


class EditTag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The leading part of any edit: which it is."""

    tag: str


class ReturnedInShift(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The leading part of what came back on a sale."""

    of_sale: str
    of_number: int
    goods: msgspec.Raw
    refund_minor: int


class SaleInShift(Event, frozen=True):
    """The part of `SaleCompleted` that a shift needs; None is passed over."""

    sale: str
    number: int
    day: None
    moves: None
    takings: None
    payable_minor: int
    tax_minor: int
    discount_minor: int
    cost_minor: None
    cash_rounding_minor: int
    grand_sales_minor: int
    lines: None
    priced: None
    payments: None
    history: None
    order_type: None = None
    customer: None = None
    seller: None = None
    note: None = None
    training: None = None
    member: None = None
    rule_names: None = None
    register: str = ""
    type: s.SaleType = "sale"
    returns: tuple[ReturnedInShift, ...] = ()
    voided_lines: int = 0
    fees_minor: int = 0
    rounding_minor: int = 0
    taxes: tuple[s.TaxTotal, ...] = ()


class CancelledInShift(Event, frozen=True):
    """`SaleCancelled` without what its edits hold."""

    sale: str
    day: int
    reason: str
    total_minor: int
    history: tuple[EditTag, ...]
    register: str = ""


class SuspendedInShift(Event, frozen=True):
    """`SaleSuspended` without its history."""

    sale: str
    day: int
    reason: str
    total_minor: int
    history: msgspec.Raw
    key: str = ""
    register: str = ""


# Sales


def _sold(book: Book, at: Envelope, body: s.SaleCompleted | SaleInShift) -> None:
    sums = book.happened(body.register, at)
    if not sums.first_number:
        sums.first_number = body.number
    sums.last_number, sums.grand_sales_minor = body.number, body.grand_sales_minor
    _count(sums, body.type, body.payable_minor)
    sums.tax_minor += body.tax_minor
    sums.discount_minor += body.discount_minor
    sums.cash_rounding_minor += body.cash_rounding_minor
    sums.fees_minor += body.fees_minor
    sums.rounding_minor += body.rounding_minor
    sums.voided_lines += body.voided_lines
    add_taxes(sums.taxes, body.taxes)
    sums.goods_back_minor += sum([back.refund_minor for back in body.returns])
    ended(book, body.sale)


def _count(sums: Sums, type_: s.SaleType, payable_minor: int) -> None:
    if type_ == "sale":
        sums.sales += 1
        sums.sales_minor += payable_minor
    elif type_ == "return":
        sums.returns += 1
        sums.returns_minor += payable_minor
    elif type_ == "exchange":
        sums.exchanges += 1
        sums.exchanges_minor += payable_minor
    else:
        sums.post_voids += 1
        sums.post_voids_minor += payable_minor


def ended(book: Book, sale: str) -> None:
    """Note that a sale has ended: what was paid for it is no open money."""
    key = sale.encode()
    if book.row(PAYING, key) is not None:
        book.put(PAYING, key, None)


def add_taxes(sums: list[TaxSum], taxes: Sequence[s.TaxTotal]) -> None:
    """Add the taxes of sales, by code and rate."""
    for tax in taxes:
        found = _tax_sum(sums, tax.code, tax.rate_ppm)
        found.base_minor += tax.base_minor
        found.tax_minor += tax.tax_minor


def _tax_sum(sums: list[TaxSum], code: str, rate_ppm: int) -> TaxSum:
    for each in sums:
        if each.rate_ppm == rate_ppm and each.code == code:
            return each
    sums.append(TaxSum(code, rate_ppm))
    return sums[-1]


def _voids(history: Sequence[AnyEdit | EditTag]) -> int:
    """Count the lines struck out; a history is of edits, or of their tags in a rebuild."""
    if history and isinstance(history[0], EditTag):
        return [cast(EditTag, one).tag for one in history].count(_VOIDED)
    return [one.__class__ for one in history].count(LineVoided)


def _cancelled(book: Book, at: Envelope, body: s.SaleCancelled | CancelledInShift) -> None:
    sums = book.happened(body.register, at)
    sums.cancelled += 1
    sums.cancelled_minor += body.total_minor
    sums.voided_lines += _voids(body.history)
    ended(book, body.sale)


def _suspended(book: Book, at: Envelope, body: s.SaleSuspended | SuspendedInShift) -> None:
    sums = book.happened(body.register, at)
    sums.suspended += 1
    sums.suspended_minor += body.total_minor


def _resumed(book: Book, at: Envelope, body: s.SaleResumed) -> None:
    book.happened(body.register, at).resumed += 1


def _overridden(book: Book, at: Envelope, body: s.PriceOverrideJournaled) -> None:
    book.happened(body.register, at).price_overrides += 1


def _discounted(book: Book, at: Envelope, body: s.DiscountJournaled) -> None:
    book.happened(body.register, at).manual_discounts += 1


def _reprinted(book: Book, at: Envelope, body: s.ReceiptReprinted) -> None:
    book.happened(body.register, at).reprints += 1


def _drawer_opened(book: Book, at: Envelope, body: s.DrawerOpened) -> None:
    book.happened(body.register, at).drawer_openings += 1


# Money that is decided at once


def _cash_taken(book: Book, at: Envelope, body: t.CashTaken) -> None:
    kept_minor = body.tendered_minor - body.change_minor
    _take(book.happened(body.register, at), "cash", "cash", kept_minor)
    on_sale(book, body.register, body.sale, kept_minor)


def _cash_returned(book: Book, at: Envelope, body: t.CashReturned) -> None:
    sums = book.happened(body.register, at)
    tender_sum(sums, "cash", "cash").given_back_minor += body.amount_minor
    on_sale(book, body.register, body.sale, -body.amount_minor)


def _recorded(book: Book, at: Envelope, body: t.TenderRecorded) -> None:
    known = KnownPayment(body.register, body.sale, body.name, body.tender, body.amount_minor)
    book.put(PAYMENTS, body.payment.encode(), known)
    _take(book.happened(body.register, at), body.name, body.tender, body.amount_minor)
    on_sale(book, body.register, body.sale, body.amount_minor)


def _taken_back(book: Book, at: Envelope, body: t.TenderTakenBack) -> None:
    known = book.payment(body.payment)
    register, sale = body.register or known.register, body.sale or known.sale
    sums = book.happened(register, at)
    tender_sum(sums, known.tender, known.kind).given_back_minor += body.amount_minor
    on_sale(book, register, sale, -body.amount_minor)


def _credited(book: Book, at: Envelope, body: t.CreditIssued) -> None:
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


def _intended(book: Book, at: Envelope, body: t.TenderIntended) -> None:
    known = KnownPayment(body.register, body.sale, body.driver, body.tender, body.amount_minor)
    book.put(PAYMENTS, body.intent.encode(), known)
    _doubt(book, at, known, body.intent, "", body.sale, body.amount_minor)


def _refund_intended(book: Book, at: Envelope, body: t.TenderRefundIntended) -> None:
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


def _approved(book: Book, at: Envelope, body: t.TenderApproved) -> None:
    _paid(book, at, body.intent, body.charged_minor)


def _paid(book: Book, at: Envelope, intent: str, amount_minor: int) -> None:
    known = book.payment(intent)
    sums = book.happened(known.register, at)
    _take(sums, known.tender, known.kind, amount_minor)
    on_sale(book, known.register, known.sale, amount_minor)
    _decide(book, sums, known, intent, "", amount_minor, "paid")


def _not_paid(book: Book, at: Envelope, body: t.TenderDeclined | t.TenderCancelled) -> None:
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


def _came_late(book: Book, at: Envelope, body: t.TenderLateApproval) -> None:
    known = book.payment(body.intent)
    sums = book.happened(known.register, at)
    _take(sums, known.tender, known.kind, body.charged_minor)
    if book.row(DOUBTS, doubt_key(body.intent, "")) is not None:
        _decide(book, sums, known, body.intent, "", body.charged_minor, "late")
    elif known.z:
        late = (known.sale, known.tender, body.charged_minor, known.z)
        sums.decided.append(Decided(body.intent, "", *late, "late"))


def _declared(book: Book, at: Envelope, body: t.TenderDeclared) -> None:
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


def _refunded(book: Book, at: Envelope, body: t.TenderRefunded) -> None:
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


def _refund_refused(book: Book, at: Envelope, body: t.TenderRefundRefused) -> None:
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


_ALL: dict[type[Event], Callable[..., None]] = {
    s.SaleCompleted: _sold,
    s.SaleCancelled: _cancelled,
    s.SaleSuspended: _suspended,
    s.SaleResumed: _resumed,
    s.PriceOverrideJournaled: _overridden,
    s.DiscountJournaled: _discounted,
    s.ReceiptReprinted: _reprinted,
    s.DrawerOpened: _drawer_opened,
    t.CashTaken: _cash_taken,
    t.CashReturned: _cash_returned,
    t.TenderRecorded: _recorded,
    t.TenderTakenBack: _taken_back,
    t.CreditIssued: _credited,
    t.TenderIntended: _intended,
    t.TenderApproved: _approved,
    t.TenderDeclined: _not_paid,
    t.TenderCancelled: _not_paid,
    t.TenderLateApproval: _came_late,
    t.TenderDeclared: _declared,
    t.TenderRefundIntended: _refund_intended,
    t.TenderRefunded: _refunded,
    t.TenderRefundRefused: _refund_refused,
}
FOLDS: dict[str, Fold] = {cls.kind: fold for cls, fold in _ALL.items()}
_PART_OF: dict[type[Event], type[Event]] = {
    s.SaleCompleted: SaleInShift,
    s.SaleCancelled: CancelledInShift,
    s.SaleSuspended: SuspendedInShift,
}
READS: dict[str, type[Event]] = {cls.kind: _PART_OF.get(cls, cls) for cls in _ALL}
