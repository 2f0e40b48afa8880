"""The receipt of a completed sale, made from its journal record."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cashwrap.pricing.model import TaxCode
from cashwrap.promotions.model import PriceProof
from cashwrap.receipt.document import build
from cashwrap.receipt.model import (
    Kind,
    LineModifier,
    LineText,
    MealComponent,
    Receipt,
    ReceiptInput,
    RecordName,
    ReturnedGoods,
    ReturnedSale,
    RewardRow,
    Shop,
    TenderText,
    Words,
)
from cashwrap.receipt.paper import TextStyle
from cashwrap.sale.coupons import issued_codes, used_codes
from cashwrap.sale.edits import DiscountGiven, FeeCharged
from cashwrap.sale.events import Payment, SaleCompleted, SaleType, SoldLine
from cashwrap.sale.fees import FEE_OF_RULE
from cashwrap.settings import Settings
from cashwrap.store.records import Record

_KINDS: dict[SaleType, Kind] = {
    "sale": "sale",
    "return": "return",
    "exchange": "exchange",
    "post_void": "void",
}


def receipt_of(
    record: Record,
    settings: Settings,
    taxes: Mapping[str, TaxCode],
    called: Callable[[str], str] = str,
    *,
    copy: int = 0,
    gift: bool = False,
    voided_by: int = 0,
) -> Receipt:
    """Return the receipt of a ``sale.completed`` record, which a post-void may have reversed.

    ``called`` gives the name of a clerk's account.
    """
    envelope, sale = record.envelope, record.body()
    assert isinstance(sale, SaleCompleted)
    proof = sale.priced.proof

    def printed(number: int) -> str:
        return receipt_number(envelope.store, envelope.till, number, sale.training)

    returned = _returned(sale, printed)
    return build(
        ReceiptInput(
            kind=_KINDS[sale.type],
            shop=shop_of(settings),
            record=RecordName(
                store=envelope.store,
                till=envelope.till,
                register=sale.register,
                epoch=envelope.epoch,
                seq=envelope.seq,
                number=printed(sale.number),
                digest=record.hash,
            ),
            wall_ms=envelope.wall_ms,
            utc_offset_min=utc_offset_min(settings.timezone, envelope.wall_ms),
            currency=settings.currency,
            priced=sale.priced,
            lines=_lines(sale.lines),
            tenders=tuple(_tender(payment) for payment in sale.payments),
            order_rules=_order_rules(sale),
            rule_names={given.id: given.reason for given in _discounts(sale)},
            tax_names=_tax_names(taxes),
            fee_names=fee_names(sale),
            tender_rounding_minor=sale.cash_rounding_minor,
            staff=called(envelope.staff),
            customer=masked(sale.member) or sale.customer,
            copy=copy,
            training=sale.training,
            gift=gift,
            messages=(sale.note,) if sale.note else (),
            footer=settings.receipt.footer,
            rule_words=_rule_words(sale),
            coupons_used=() if proof is None else used_codes(proof),
            points_used=_points_used(proof),
            rewards=_rewards(sale),
            returned=returned,
            returned_taxes=tuple(tax for back in sale.returns for tax in back.taxes),
            original=_same([back.original for back in returned]),
            reason=_same([back.reason for back in returned]),
            voided_by=printed(voided_by) if voided_by else "",
        )
    )


def _returned(sale: SaleCompleted, printed: Callable[[int], str]) -> tuple[ReturnedSale, ...]:
    return tuple(
        ReturnedSale(
            original=printed(back.of_number) if back.of_number else "",
            goods=tuple(
                ReturnedGoods(each.name, each.quantity_milli, each.unit, each.amount_minor)
                for each in back.goods
            ),
            refund_minor=back.refund_minor,
            reason=back.note or back.reason,
            coupons=back.reissued,
        )
        for back in sale.returns
    )


def _same(texts: list[str]) -> str:
    """Return the text that all have, "" where they differ."""
    return texts[0] if len(set(texts)) == 1 else ""


def receipt_number(store: str, till: str, number: int, training: bool) -> str:
    """Return the number as it stands on paper; one of training is no number of the shop's."""
    return f"{'TRAINING-' * training}{store}-{till}-{number:06d}"


def _order_rules(sale: SaleCompleted) -> tuple[str, ...]:
    """Return what came off the order as a whole: it is shown once, not line by line."""
    by_hand = [given.id for given in _discounts(sale) if not given.lines]
    proof = sale.priced.proof
    applied = () if proof is None else proof.applied
    return (*[each.rule for each in applied if each.layer not in ("price", "item")], *by_hand)


def _rule_words(sale: SaleCompleted) -> dict[str, Words]:
    """Return the names of promotions by the ids of their discounts and of their fees."""
    fees = {fee.id for fee in sale.priced.fees}
    of_fees = {FEE_OF_RULE + rule: words for rule, words in sale.rule_names.items()}
    return sale.rule_names | {id: words for id, words in of_fees.items() if id in fees}


def _points_used(proof: PriceProof | None) -> int:
    applied = () if proof is None else proof.applied
    return sum(use.times for each in applied if each.layer == "points" for use in each.uses)


def _rewards(sale: SaleCompleted) -> tuple[RewardRow, ...]:
    proof = sale.priced.proof
    if proof is None:
        return ()
    issued = issued_codes(sale.sale, proof)
    return tuple(
        RewardRow(
            next(iter(sale.rule_names.get(reward.rule, {}).values()), reward.rule),
            reward.kind,
            reward.times_ppm,
            reward.extra,
            issued.get(reward.rule, ()),
            sale.rule_names.get(reward.rule, {}),
        )
        for reward in proof.rewards
    )


def shop_of(settings: Settings) -> Shop:
    """Return who sells, as the head of every paper says it."""
    receipt = settings.receipt
    return Shop(
        name=settings.shop_name or settings.store,
        branch=receipt.branch,
        address=receipt.header,
        phone=receipt.phone,
        tax_id=receipt.tax_id,
    )


def style_of(settings: Settings) -> TextStyle:
    """Return the columns and language of a shop's paper."""
    receipt = settings.receipt
    return TextStyle(columns=receipt.columns, language=receipt.language)


def masked(member: str) -> str:
    """Return a member's id as paper may show it: 138****5678."""
    return f"{member[:3]}****{member[-4:]}" if len(member) > 7 else member


def utc_offset_min(timezone: str, wall_ms: int) -> int:
    """Return by how many minutes the shop's time is before UTC at a moment."""
    offset = datetime.fromtimestamp(wall_ms // 1000, UTC).astimezone(ZoneInfo(timezone)).utcoffset()
    return 0 if offset is None else offset.days * 1440 + offset.seconds // 60


def _lines(sold: tuple[SoldLine, ...]) -> tuple[LineText, ...]:
    parts: dict[int, list[SoldLine]] = {}
    for line in sold:
        if line.parent:
            parts.setdefault(line.parent, []).append(line)
    return tuple(_line(line, parts.get(line.line, [])) for line in sold if not line.parent)


def _line(line: SoldLine, parts: list[SoldLine]) -> LineText:
    return LineText(
        line=line.line,
        name=line.name,
        quantity_milli=line.quantity_milli,
        unit_minor=line.unit_minor,
        unit="each" if line.book == "code" else line.unit,  # a labelled pack is one piece
        was_unit_minor=line.list_minor if line.list_minor != line.unit_minor else None,
        modifiers=tuple(
            LineModifier(modifier.name, price_minor=modifier.price_minor)
            for modifier in line.modifiers
        ),
        components=tuple(_component(part, line) for part in parts),
        parts=tuple(part.line for part in parts),
        notes=(line.note,) if line.note else (),
    )


def _component(part: SoldLine, meal: SoldLine) -> MealComponent:
    return MealComponent(
        name=part.name,
        quantity_milli=part.quantity_milli * 1000 // meal.quantity_milli,
        upcharge_minor=part.upcharge_minor,
    )


def _tender(payment: Payment) -> TenderText:
    cash = payment.kind == "cash"
    return TenderText(
        name=payment.kind,
        amount_minor=payment.tendered_minor - payment.change_minor - payment.tip_minor,
        given_minor=payment.tendered_minor if cash else None,
        change_minor=payment.change_minor,
        account=payment.account,
        reference=payment.provider_id,
    )


def _discounts(sale: SaleCompleted) -> list[DiscountGiven]:
    return [edit for edit in sale.history if isinstance(edit, DiscountGiven)]


def fee_names(sale: SaleCompleted) -> dict[str, str]:
    """Return what its fees are called, by id: those of rules and those charged by hand."""
    proof = sale.priced.proof
    of_rules = {} if proof is None else {FEE_OF_RULE + fee.rule: fee.fee for fee in proof.fees}
    by_hand = {edit.fee.id: edit.fee.name for edit in sale.history if isinstance(edit, FeeCharged)}
    return of_rules | by_hand


def _tax_names(taxes: Mapping[str, TaxCode]) -> dict[str, str]:
    return {
        component.code: component.name
        for code in taxes.values()
        for components in code.by_order_type.values()
        for component in components
    }
