"""A sale as pages and programs see it: everything that is drawn, under its own name."""

from typing import Literal, TypeVar

import msgspec

from cashwrap.api.offer_view import names_goods
from cashwrap.pricing.model import Allocation
from cashwrap.promotions.model import Hint
from cashwrap.promotions.rules import PayPoints, Rule
from cashwrap.sale.cart import Line
from cashwrap.sale.edits import ChosenModifier, DiscountGiven, ReturnAdded
from cashwrap.sale.sale import Sale
from cashwrap.sale.state import State
from cashwrap.tender.payments import Payment, PaymentState, RefundState, Verdict

V = TypeVar("V", bound=msgspec.Struct)
Names = dict[str, str]  # language -> words


class ModifierView(msgspec.Struct, frozen=True):
    """A modifier on a line; its price is in the line's."""

    code: str
    name: str
    price_minor: int


class LineRule(msgspec.Struct, frozen=True):
    """What one promotion or discount took off a line."""

    rule: str
    name: Names
    minor: int


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line. ``unit_minor`` is charged; ``parent`` is the set meal it is a part of, or 0."""

    number: int
    sku: str
    name: str
    family: str
    unit: str
    measure: str
    quantity_milli: int
    unit_minor: int
    list_unit_minor: int
    gross_minor: int
    discount_minor: int
    tax_minor: int
    payable_minor: int
    note: str
    seller: str
    entry: str
    parent: int
    slot: str
    lot: str
    expires: int
    modifiers: list[ModifierView]
    override_reason: str
    parts: list[int]
    rules: list[LineRule]


class TotalsView(msgspec.Struct, frozen=True):
    """The sums of the sale, minor units."""

    list_minor: int
    discount_minor: int
    fees_minor: int
    tax_added_minor: int
    tax_minor: int
    rounding_minor: int
    payable_minor: int


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
    reason: str
    recorded: bool
    refunds: list[RefundView]
    show: str


class AppliedView(msgspec.Struct, frozen=True):
    """A promotion that counts, and what it saves."""

    rule: str
    name: Names
    saving_minor: int


class HintView(msgspec.Struct, frozen=True):
    """What the customer could add to pay ``gain_minor`` less for it.

    ``names_goods``: they are of some goods only, which `GET /sales/{sale}/rules/{rule}/goods` has.
    """

    rule: str
    name: Names
    add_minor: int
    add_count: int
    gain_minor: int
    names_goods: bool


class OfferView(msgspec.Struct, frozen=True):
    """Gifts or add-ons that the customer may still take, of the rule's goods; free: for nothing."""

    rule: str
    name: Names
    units: int
    free: bool


class RewardView(msgspec.Struct, frozen=True):
    """What a promotion gives other than money off: points (so many times), or coupons."""

    rule: str
    name: Names
    kind: Literal["points", "coupon"]
    times_ppm: int
    extra: int
    count: int


class ChoiceView(msgspec.Struct, frozen=True):
    """A promotion that waits to be chosen, or was left out."""

    rule: str
    name: Names
    choice: str


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
    give money back on this one: their ``refunds`` say how far that is.
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


def sale_view(sale: Sale, number: int, *, training: bool) -> SaleView:
    """Return a sale as it stands; ``number`` is its receipt's, 0 before there is one."""
    header, named = sale.cart.header, {rule.id: rule for rule in sale.rules}
    due_minor = 0 if sale.state in ("cancelled", "suspended") else sale.due_minor
    is_open = sale.state == "open" and bool(sale.lines)
    applied = _applied(sale, named)
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
        points_used=_points_used(sale, named),
        note=header.note,
        seller=header.seller,
        number=number,
        training=training,
        lines=_lines(sale, named),
        totals=_copied(TotalsView, sale.totals),
        due_minor=due_minor,
        cash_due_minor=payments.cash_due()[0] if due_minor > 0 else due_minor,
        paid_minor=payments.paid_minor,
        change_minor=sum(payment.change_minor for payment in payments.all),
        returned_minor=sale.cart.returned_minor,
        payments=[_payment(sale, payment) for payment in payments.all],
        giving=[_payment(sale, payment) for payment in payments.giving],
        in_doubt=[payment.id for payment in payments.in_doubt],
        applied=applied,
        saved_minor=sum(one.saving_minor for one in applied),
        hints=[_hint(hint, named) for hint in sale.hints()] if is_open else [],
        offers=[
            OfferView(one.rule, _names(named, one.rule), one.units, _is_gift(named, one.rule))
            for one in sale.offers()
        ] if is_open else [],
        rewards=_rewards(sale, named),
        choices=[
            ChoiceView(rule.id, dict(rule.name), header.ticked.get(rule.id, ""))
            for rule in named.values()
            if rule.opt_in or rule.id in header.ticked
        ],
        discounts=[_discount(one) for one in header.discounts.values()],
        coupons=list(header.coupons),
        fees=[_copied(FeeView, fee) for fee in header.fees.values()],
        returns=[_return(one) for one in sale.returns],
        can_undo=sale.state == "open" and sale.cart.can_undo,
    )  # fmt: skip


def _lines(sale: Sale, named: dict[str, Rule]) -> list[LineView]:
    priced = sale.priced()
    prices = {one.line: one for one in priced.lines}
    off: dict[int, list[Allocation]] = {}
    for cell in priced.allocations:
        off.setdefault(cell.line, []).append(cell)
    rows = []
    for line in sale.lines:
        goods, price = line.goods, prices.get(line.number)
        rows.append(
            LineView(
                number=line.number,
                sku=goods.sku,
                name=goods.name,
                family=goods.family,
                unit=goods.unit,
                measure=goods.measure,
                quantity_milli=line.quantity_milli,
                unit_minor=line.unit_minor,
                list_unit_minor=goods.list_minor or goods.unit_minor,
                gross_minor=price.gross_minor if price else 0,
                discount_minor=price.discount_minor if price else 0,
                tax_minor=price.tax_minor if price else 0,
                payable_minor=price.payable_minor if price else 0,
                note=line.note,
                seller=line.seller,
                entry=line.entry,
                parent=line.parent,
                slot=line.slot,
                lot=goods.lot,
                expires=goods.expires,
                modifiers=[_modifier(one) for one in goods.modifiers],
                override_reason=line.override_reason,
                parts=list(line.parts),
                rules=_line_rules(line, off, named),
            )
        )
    return rows


def _line_rules(
    line: Line, off: dict[int, list[Allocation]], named: dict[str, Rule]
) -> list[LineRule]:
    cells = off.get(line.number, [])
    return [LineRule(one.rule, _names(named, one.rule), one.minor) for one in cells]


def _modifier(one: ChosenModifier) -> ModifierView:
    return ModifierView(one.code, one.name, one.price_minor)


def _payment(sale: Sale, payment: Payment) -> PaymentView:
    return PaymentView(
        id=payment.id,
        driver=payment.driver,
        kind=payment.kind,
        state=payment.state,
        verdict=payment.verdict,
        asked_minor=payment.asked_minor,
        amount_minor=payment.amount_minor,
        paid_minor=payment.paid_minor,
        tendered_minor=payment.tendered_minor,
        change_minor=payment.change_minor,
        rounding_minor=payment.rounding_minor,
        account=payment.account,
        reason=payment.reason,
        recorded=payment.recorded,
        refunds=[_copied(RefundView, one) for one in payment.refunds],
        show=sale.payments.showing(payment.id) if payment.state == "pending" else "",
    )


def _copied(kind: type[V], of: msgspec.Struct) -> V:
    """Return a view with the fields of the same names."""
    return kind(**{name: getattr(of, name) for name in kind.__struct_fields__})


def _applied(sale: Sale, named: dict[str, Rule]) -> list[AppliedView]:
    proof = sale.proof()
    applied = () if proof is None else proof.applied
    return [AppliedView(one.rule, _names(named, one.rule), one.saving_minor) for one in applied]


def _names(named: dict[str, Rule], rule: str) -> Names:
    found = named.get(rule)
    return {} if found is None else dict(found.name)


def _is_gift(named: dict[str, Rule], rule: str) -> bool:
    found = named.get(rule)
    return found is not None and found.gift


def _hint(hint: Hint, named: dict[str, Rule]) -> HintView:
    rule, words = named.get(hint.rule), _names(named, hint.rule)
    of_some = rule is not None and names_goods(rule)
    return HintView(hint.rule, words, hint.add_minor, hint.add_count, hint.gain_minor, of_some)


def _points_used(sale: Sale, named: dict[str, Rule]) -> int:
    proof = sale.proof()
    return sum(
        use.times
        for one in (() if proof is None else proof.applied)
        for use in one.uses
        if one.rule in named and isinstance(named[one.rule].benefit, PayPoints)
    )


def _rewards(sale: Sale, named: dict[str, Rule]) -> list[RewardView]:
    proof = sale.proof()
    return [
        RewardView(one.rule, _names(named, one.rule), one.kind, one.times_ppm, one.extra, one.count)
        for one in (() if proof is None else proof.rewards)
    ]


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
