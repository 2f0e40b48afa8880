"""A sale as pages and programs see it: everything that is drawn, under its own name."""

from typing import Literal

import msgspec

from cashwrap.api.line_view import LineView, line_views
from cashwrap.api.payment_view import PaymentView, payment_view
from cashwrap.api.promotion_view import (
    AppliedView,
    ChoiceView,
    HintView,
    OfferView,
    RewardView,
    applied_views,
    choice_views,
    hint_views,
    offer_views,
    points_used,
    reward_views,
)
from cashwrap.api.wire import copied
from cashwrap.sale.edits import DiscountGiven, ReturnAdded
from cashwrap.sale.sale import Sale
from cashwrap.sale.state import State


class TotalsView(msgspec.Struct, frozen=True):
    """The sums of the sale, minor units."""

    list_minor: int
    discount_minor: int
    fees_minor: int
    tax_added_minor: int
    tax_minor: int
    rounding_minor: int
    payable_minor: int


class DiscountView(msgspec.Struct, frozen=True):
    """A discount by hand: ``value`` is ppm, minor units, or a unit price, by its kind."""

    id: str
    kind: str
    value: int
    reason: str
    lines: list[int]
    approver: str


class BackView(msgspec.Struct, frozen=True):
    """Goods of one line that come back."""

    line: int
    sku: str
    name: str
    quantity_milli: int
    amount_minor: int


class ReturnView(msgspec.Struct, frozen=True):
    """One return on the sale; ``of_number`` is the receipt, 0 where there is none."""

    id: str
    of_sale: str
    of_number: int
    refund_minor: int
    reason: str
    note: str
    location: str
    goods: list[BackView]


class FeeView(msgspec.Struct, frozen=True, kw_only=True):
    """A surcharge of the order: ``value`` is minor units, or ppm ``of`` the goods' sum."""

    id: str
    name: str
    kind: Literal["fixed", "percent"]
    value: int
    of: Literal["list", "discounted"]
    tax: str
    tax_included: bool


class SaleView(msgspec.Struct, frozen=True, kw_only=True):
    """A whole sale. ``number`` is its receipt's, 0 while it is open.

    ``due_minor`` is below zero for what is to be given back; ``cash_due_minor`` is what to ask for
    in cash. ``in_doubt`` names payments without an answer, ``giving`` are those of other sales that
    give money back on this one: their ``refunds`` say how far that is. ``revision`` grows with each
    change of what is sold: of two answers the one with the higher is the newer.
    """

    id: str
    state: State
    register: str
    order_type: str
    staff: str
    customer: str
    member: str
    tier: str
    points: int
    points_wanted: int
    points_used: int
    note: str
    seller: str
    number: int
    training: bool
    lines: list[LineView]
    totals: TotalsView
    due_minor: int
    cash_due_minor: int
    paid_minor: int
    change_minor: int
    returned_minor: int
    payments: list[PaymentView]
    giving: list[PaymentView]
    in_doubt: list[str]
    applied: list[AppliedView]
    saved_minor: int
    hints: list[HintView]
    offers: list[OfferView]
    rewards: list[RewardView]
    choices: list[ChoiceView]
    discounts: list[DiscountView]
    coupons: list[str]
    fees: list[FeeView]
    returns: list[ReturnView]
    can_undo: bool
    revision: int


def sale_view(sale: Sale, number: int, *, training: bool) -> SaleView:
    """Return a sale as it stands; ``number`` is its receipt's, 0 before there is one."""
    header, named = sale.cart.header, {rule.id: rule for rule in sale.rules}
    due_minor = 0 if sale.state in ("cancelled", "suspended") else sale.due_minor
    is_open = sale.state == "open" and bool(sale.lines)
    applied = applied_views(sale, named)
    payments = sale.payments
    return SaleView(
        id=sale.id,
        state=sale.state,
        register=sale.register,
        order_type=header.order_type,
        staff=sale.cart.opened.staff,
        customer=header.customer,
        member=header.member,
        tier=header.tier,
        points=header.points,
        points_wanted=header.points_wanted,
        points_used=points_used(sale, named),
        note=header.note,
        seller=header.seller,
        number=number,
        training=training,
        lines=line_views(sale, named),
        totals=copied(TotalsView, sale.totals),
        due_minor=due_minor,
        cash_due_minor=payments.cash_due()[0] if due_minor > 0 else due_minor,
        paid_minor=payments.paid_minor,
        change_minor=sum(payment.change_minor for payment in payments.all),
        returned_minor=sale.cart.returned_minor,
        payments=[payment_view(sale, payment) for payment in payments.all],
        giving=[payment_view(sale, payment) for payment in payments.giving],
        in_doubt=[payment.id for payment in payments.in_doubt],
        applied=applied,
        saved_minor=sum(one.saving_minor for one in applied),
        hints=hint_views(sale, named) if is_open else [],
        offers=offer_views(sale, named) if is_open else [],
        rewards=reward_views(sale, named),
        choices=choice_views(sale, named),
        discounts=[_discount(one) for one in header.discounts.values()],
        coupons=list(header.coupons),
        fees=[copied(FeeView, fee) for fee in header.fees.values()],
        returns=[_return(one) for one in sale.returns],
        can_undo=sale.state == "open" and sale.cart.can_undo,
        revision=len(sale.cart.history),
    )


def _discount(one: DiscountGiven) -> DiscountView:
    return DiscountView(
        one.id, one.discount, one.value, one.reason, list(one.lines), one.approver
    )  # fmt: skip


def _return(one: ReturnAdded) -> ReturnView:
    goods = [
        BackView(back.line, back.sku, back.name, back.quantity_milli, back.amount_minor)
        for back in one.goods
    ]
    return ReturnView(
        one.id, one.of_sale, one.of_number, one.refund_minor, one.reason, one.note, one.location,
        goods,
    )  # fmt: skip
