"""Which fold each event of a sale or a payment has, and how much of it a rebuild reads.

An event belongs to the shift that its register works on at that place in the journal.
"""

from collections.abc import Callable

from cashwrap.events import Envelope, Event
from cashwrap.sale import events as s
from cashwrap.shift import money, selling
from cashwrap.shift.book import Book
from cashwrap.shift.parts import CancelledInShift, SaleInShift, SuspendedInShift
from cashwrap.tender import events as t

Fold = Callable[[Book, Envelope, Event], None]
_ALL: dict[type[Event], Callable[..., None]] = {
    s.SaleCompleted: selling.sold,
    s.SaleCancelled: selling.cancelled,
    s.SaleSuspended: selling.suspended,
    s.SaleResumed: selling.resumed,
    s.PriceOverrideJournaled: selling.overridden,
    s.DiscountJournaled: selling.discounted,
    s.ReceiptReprinted: selling.reprinted,
    s.DrawerOpened: selling.drawer_opened,
    t.CashTaken: money.cash_taken,
    t.CashReturned: money.cash_returned,
    t.TenderRecorded: money.recorded,
    t.TenderTakenBack: money.taken_back,
    t.CreditIssued: money.credited,
    t.TenderIntended: money.intended,
    t.TenderApproved: money.approved,
    t.TenderDeclined: money.not_paid,
    t.TenderCancelled: money.not_paid,
    t.TenderLateApproval: money.came_late,
    t.TenderDeclared: money.declared,
    t.TenderRefundIntended: money.refund_intended,
    t.TenderRefunded: money.refunded,
    t.TenderRefundRefused: money.refund_refused,
}
FOLDS: dict[str, Fold] = {cls.kind: fold for cls, fold in _ALL.items()}
_PART_OF: dict[type[Event], type[Event]] = {
    s.SaleCompleted: SaleInShift,
    s.SaleCancelled: CancelledInShift,
    s.SaleSuspended: SuspendedInShift,
}
READS: dict[str, type[Event]] = {cls.kind: _PART_OF.get(cls, cls) for cls in _ALL}
