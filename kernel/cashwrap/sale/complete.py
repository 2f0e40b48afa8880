"""The last event of a sale, decided from its cart and its payments."""

from collections.abc import Iterator, Sequence

from cashwrap.events import Event
from cashwrap.money import checked
from cashwrap.pricing.model import Priced
from cashwrap.promotions import usage
from cashwrap.promotions.rules import Text
from cashwrap.sale.cart import Cart, Line
from cashwrap.sale.coupons import settled
from cashwrap.sale.edits import LineVoided, ReturnAdded
from cashwrap.sale.events import (
    Payment,
    Returned,
    SaleCancelled,
    SaleCompleted,
    SaleType,
    SoldLine,
    Taking,
    TaxTotal,
)
from cashwrap.sale.fees import fee_name
from cashwrap.sale.projection import SeriesTotals, merge_takings
from cashwrap.stock.moves import StockMove, cost_of
from cashwrap.tender import payments as tender


def completed(
    cart: Cart,
    payments: Sequence[tender.Payment],
    moves: tuple[StockMove, ...],
    series: SeriesTotals,
    day: int,
) -> SaleCompleted:
    """Return the event of a sale that is paid in full. ``series`` is the till's as it stands."""
    priced, totals, header = cart.priced(), cart.totals, cart.header
    returns = tuple(_returned(each) for each in header.returns.values())
    payable_minor = totals.payable_minor - sum(each.refund_minor for each in returns)
    paid = [payment for payment in payments if payment.state == "approved" and _counts(payment)]
    kept = tuple(Taking(payment.driver, payment.refundable_minor) for payment in paid)
    return SaleCompleted(
        sale=cart.opened.sale,
        number=series.last_number + 1,
        day=day,
        moves=moves,
        takings=merge_takings((), kept),
        payable_minor=payable_minor,
        tax_minor=totals.tax_minor - sum(each.tax_minor for each in returns),
        discount_minor=totals.discount_minor - sum(each.discount_minor for each in returns),
        cost_minor=cost_of(moves) if returns else sum(move.cost_minor for move in moves),
        cash_rounding_minor=sum(payment.rounding_minor for payment in paid),
        grand_sales_minor=checked(series.grand_sales_minor + payable_minor),
        lines=tuple([_sold(line, header.seller) for line in cart.lines.values()]),
        priced=priced,
        payments=tuple(_paid(payment) for payment in paid),
        history=tuple(cart.history),
        order_type=header.order_type,
        customer=header.customer,
        seller=header.seller,
        note=header.note,
        member=header.member,
        rule_names=_rule_names(cart, priced),
        type=type_of(cart),
        returns=returns,
        voided_lines=[type(edit) for edit in cart.history].count(LineVoided),
        fees_minor=totals.fees_minor,
        rounding_minor=totals.rounding_minor,
        taxes=_taxes(priced, returns),
    )


def _taxes(priced: Priced, returns: Sequence[Returned]) -> tuple[TaxTotal, ...]:
    """Return the taxes by code and rate as they came, less those that went back."""
    sums: dict[tuple[str, int], list[int]] = {}
    for sign, taxes in [(1, priced.taxes), *((-1, each.taxes) for each in returns)]:
        for tax in taxes:
            both = sums.setdefault((tax.code, tax.rate_ppm), [0, 0])
            both[0] += sign * tax.base_minor
            both[1] += sign * tax.tax_minor
    return tuple([TaxTotal(code, rate, *both) for (code, rate), both in sums.items()])


def type_of(cart: Cart) -> SaleType:
    """Return whether goods are sold, come back, both, or a finished sale is reversed."""
    returns = cart.header.returns
    if not returns:
        return "sale"
    if any(each.voids for each in returns.values()):
        return "post_void"
    return "exchange" if cart.lines else "return"


def _returned(edit: ReturnAdded) -> Returned:
    answer = edit.answer
    return Returned(
        edit.of_sale,
        edit.of_number,
        edit.goods,
        answer.refund_minor,
        sum(row.tax_minor for row in answer.taxes),
        sum(cell.minor for cell in answer.cells if cell.rule != "rounding"),
        answer.taxes,
        edit.reason,
        edit.note,
        edit.location,
        edit.whole,
        tuple(coupon.code for coupon in edit.reissued),
    )


def used_up(cart: Cart, done: SaleCompleted) -> Iterator[Event]:
    """Yield what a completed sale uses up: limits of rules, coupons; and the coupons it issues.

    What came back on it gives them free again.
    """
    if cart.header.returns:
        from cashwrap.sale.returning.ending import came_back

        yield from came_back(cart.header, done)
    proof = done.priced.proof
    if proof is None or cart.promoting is None:
        return
    limited = cart.promoting.rules.limited
    if used := usage.used(limited, proof, done.sale, done.member, done.day):
        yield used
    if coupons := settled(done.sale, proof):
        yield coupons


def _rule_names(cart: Cart, priced: Priced) -> dict[str, Text]:
    """Return what the rules that gave something are called, for the paper of any later day."""
    if priced.proof is None or cart.promoting is None:
        return {}
    rule = cart.promoting.rules.named
    proof = priced.proof
    gave = [each.rule for each in proof.applied] + [each.rule for each in proof.rewards]
    names = {each: rule(each).name for each in gave}
    return names | {each.rule: fee_name(rule(each.rule)) for each in proof.fees}


def cancelled(cart: Cart, reason: str, day: int) -> SaleCancelled:
    """Return the event of a sale that was abandoned."""
    return SaleCancelled(
        cart.opened.sale,
        day,
        reason,
        cart.totals.payable_minor - cart.returned_minor,
        tuple(cart.history),
    )


def _sold(line: Line, seller: str) -> SoldLine:
    goods = line.goods
    return SoldLine(  # in the order of its fields: by name it takes twice as long
        line.number,
        goods.sku,
        goods.name,
        line.quantity_milli,
        goods.unit,
        line.unit_minor,
        goods.unit_minor,
        goods.book,
        goods.tax,
        line.seller or seller,
        line.note,
        line.parent,
        line.slot,
        goods.modifiers,
        goods.lot,
        goods.expires,
        goods.serial,
        line.override_reason,
        goods.base_milli,
        line.upcharge_minor,
    )


def _counts(payment: tender.Payment) -> bool:
    """Return whether anything of a payment was left when the sale ended."""
    return payment.paid_minor != 0 or payment.refundable_minor != 0


def _asked(payment: tender.Payment) -> int:
    """Return what a payment came to: all that was taken, but what was taken too much."""
    return payment.amount_minor + payment.tip_minor + payment.rounding_minor


def _paid(payment: tender.Payment) -> Payment:
    return Payment(
        kind=payment.driver,
        tendered_minor=payment.tendered_minor or _asked(payment),
        change_minor=payment.change_minor,
        intent=payment.id,
        provider_id=payment.provider_id,
        account=payment.account,
        tip_minor=payment.tip_minor,
        rounding_minor=payment.rounding_minor,
    )
