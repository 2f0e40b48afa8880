"""How sales, and what is done by hand beside them, change the sums of their shift."""

from collections.abc import Sequence
from typing import cast

from cashwrap.events import Envelope
from cashwrap.sale import events as s
from cashwrap.sale.edits import AnyEdit, LineVoided
from cashwrap.shift.book import PAYING, WAITING, Book
from cashwrap.shift.model import Sums, TaxSum, Waiting
from cashwrap.shift.parts import CancelledInShift, EditTag, SaleInShift, SuspendedInShift

_VOIDED = str(LineVoided.__struct_config__.tag)


def sold(book: Book, at: Envelope, body: s.SaleCompleted | SaleInShift) -> None:
    """A sale was paid, goods came back, or both."""
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


def cancelled(book: Book, at: Envelope, body: s.SaleCancelled | CancelledInShift) -> None:
    """A sale was abandoned."""
    sums = book.happened(body.register, at)
    sums.cancelled += 1
    sums.cancelled_minor += body.total_minor
    sums.voided_lines += _voids(body.history)
    ended(book, body.sale)
    _waits_no_more(book, body.sale)


def _waits_no_more(book: Book, sale: str) -> None:
    key = sale.encode()
    if book.row(WAITING, key) is not None:
        book.put(WAITING, key, None)


def suspended(book: Book, at: Envelope, body: s.SaleSuspended | SuspendedInShift) -> None:
    """A sale was parked."""
    sums = book.happened(body.register, at)
    sums.suspended += 1
    sums.suspended_minor += body.total_minor
    waiting = Waiting(body.sale, body.code, body.total_minor, at.wall_ms, at.seq)
    book.put(WAITING, body.sale.encode(), waiting)


def resumed(book: Book, at: Envelope, body: s.SaleResumed) -> None:
    """A parked sale was brought back."""
    book.happened(body.register, at).resumed += 1
    _waits_no_more(book, body.sale)


def overridden(book: Book, at: Envelope, body: s.PriceOverrideJournaled) -> None:
    """A price was set by hand."""
    book.happened(body.register, at).price_overrides += 1


def discounted(book: Book, at: Envelope, body: s.DiscountJournaled) -> None:
    """A discount was given by hand."""
    book.happened(body.register, at).manual_discounts += 1


def reprinted(book: Book, at: Envelope, body: s.ReceiptReprinted) -> None:
    """A receipt was printed again."""
    book.happened(body.register, at).reprints += 1


def drawer_opened(book: Book, at: Envelope, body: s.DrawerOpened) -> None:
    """The drawer was opened without a sale."""
    book.happened(body.register, at).drawer_openings += 1
