"""The payments of a sale as pages and programs see them."""

import msgspec

from cashwrap.api.wire import copied
from cashwrap.sale.sale import Sale
from cashwrap.tender.payments import Payment, PaymentState, RefundState, Verdict


class RefundView(msgspec.Struct, frozen=True, kw_only=True):
    """Money of a payment on its way back, or back already; ``owed``: the driver still gives it.

    ``sale`` is the return that it was given back on. ``counts_minor`` is by how much it lowers
    what was paid, cash rounding and tip left out.
    """

    id: str
    amount_minor: int
    reason: str
    owed: bool
    state: RefundState
    refusal: str
    settled_ms: int
    sale: str
    counts_minor: int
    in_cash: bool
    in_credit: bool


class PaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """One payment. ``show`` is what the customer has to scan, where the till must show it."""

    id: str
    driver: str
    kind: str
    state: PaymentState
    verdict: Verdict
    asked_minor: int
    amount_minor: int
    paid_minor: int
    tendered_minor: int
    change_minor: int
    rounding_minor: int
    account: str
    provider_id: str
    reason: str
    recorded: bool
    refunds: list[RefundView]
    show: str


def payment_view(sale: Sale, payment: Payment) -> PaymentView:
    """Return a payment of a sale, with what was given back of it."""
    return copied(
        PaymentView,
        payment,
        refunds=[copied(RefundView, one) for one in payment.refunds],
        show=sale.payments.showing(payment.id) if payment.state == "pending" else "",
    )
