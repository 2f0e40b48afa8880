"""Lay a receipt out as rows of fixed width: 32 columns on 58 mm paper, 42 or 48 on 80 mm."""

from collections.abc import Iterator

from cashwrap.money import MILLI, PPM, format_quantity
from cashwrap.receipt.document import local_time
from cashwrap.receipt.model import (
    LineModifier,
    Receipt,
    ReceiptLine,
    ReceiptTotals,
    ReturnedGoods,
    ReturnedSale,
    RewardRow,
    Savings,
    Section,
    TaxRow,
    TenderText,
    Words,
)
from cashwrap.receipt.paper import Paper, as_text
from cashwrap.receipt.paper import Row as Row
from cashwrap.receipt.paper import TextStyle as TextStyle
from cashwrap.receipt.width import clean
from cashwrap.receipt.words import in_language, tender_name, with_unit


def render_text(receipt: Receipt, style: TextStyle | None = None) -> str:
    """Return the receipt as plain text, each row at most ``style.columns`` wide."""
    return as_text(layout(receipt, style))


def layout(receipt: Receipt, style: TextStyle | None = None) -> list[Row]:
    """Return the rows to print, the QR code's text last but for the footer.

    Raises InvalidInput for a width outside 24..200 columns.
    """
    return list(_ReceiptPaper(receipt, style or TextStyle()).rows())


class _ReceiptPaper(Paper):
    """One receipt on one width of paper."""

    def __init__(self, receipt: Receipt, style: TextStyle) -> None:
        super().__init__(style, receipt.currency)
        self.receipt = receipt
        whole = receipt.totals.order_discounts if receipt.totals else ()
        self.of_order = {discount.rule for discount in whole}

    def rows(self) -> Iterator[Row]:
        yield from self.head()
        yield self.rule()
        for back in self.receipt.returned:
            yield from self.returned(back)
            yield self.rule()
        if self.receipt.lines:
            for line in self.receipt.lines:
                yield from self.line(line)
            yield self.rule()
            yield from self.count()
        if self.receipt.totals is not None:
            yield from self.totals(self.receipt.totals)
            for tender in self.receipt.tenders:
                yield from self.tender(tender)
            yield from self.settled(self.receipt.totals)
            if self.receipt.savings is not None:
                yield from self.savings(self.receipt.savings)
        if self.receipt.taxes and self.style.taxes:
            yield self.rule()
            for tax in self.receipt.taxes:
                yield from self.tax(tax)
        for section in self.receipt.sections:
            yield self.rule()
            yield from self.section(section)
        yield self.rule()
        yield from self.foot()

    # Blocks, from the top of the paper to its foot.

    def head(self) -> Iterator[Row]:
        receipt, shop = self.receipt, self.receipt.shop
        yield from self.marks()
        yield from self.centered(shop.name, strong=True)
        for text in (shop.branch, *shop.address):
            yield from self.centered(text)
        yield from self.named("phone", shop.phone, centered=True)
        yield from self.named("tax_id", shop.tax_id, centered=True)
        yield from self.centered(self.word(receipt.kind), strong=True)
        yield from self.named("number", receipt.number)
        yield from self.named("time", local_time(receipt))
        yield from self.where(receipt.store, receipt.till, receipt.register)
        yield from self.named("staff", receipt.staff)
        yield from self.named("customer", receipt.customer)
        yield from self.named("original", receipt.original)
        yield from self.named("reason", receipt.reason)
        yield from self.named("voided_by", receipt.voided_by)

    def marks(self) -> Iterator[Row]:
        for mark in self.receipt.marks:
            text = self.word(f"mark.{mark.kind}").replace("{n}", str(mark.number))
            yield from self.centered(f"*** {text} ***", strong=True)

    def section(self, section: Section) -> Iterator[Row]:
        """What a plugin prints."""
        if section.title:
            yield from self.centered(in_language(section.title, self.style.language), strong=True)
        for row in section.rows:
            words = in_language(row.words, self.style.language)
            yield from self.pair(words, row.value) if row.value else self.left(words)

    def returned(self, back: ReturnedSale) -> Iterator[Row]:
        """What came back of one sale; its number and reason, unless the head has them."""
        if not back.original:
            yield from self.left(self.word("no_receipt"))
        elif back.original != self.receipt.original:
            yield from self.named("original", back.original)
        if back.reason != self.receipt.reason:
            yield from self.named("reason", back.reason)
        for goods in back.goods:
            yield from self.pair(self.came_back(goods), self.money(-goods.amount_minor))
        settled = sum(goods.amount_minor for goods in back.goods) - back.refund_minor
        yield from self.amount("settled", settled)
        for code in back.coupons:
            yield from self.pair(self.word("reissued"), code)

    def came_back(self, goods: ReturnedGoods) -> str:
        if not goods.quantity_milli:
            return f"{self.word('discount_back')}: {goods.name}"
        number = format_quantity(goods.quantity_milli)
        quantity = with_unit(number, clean(goods.unit), self.style.language)
        return goods.name if quantity == "1" else f"{goods.name} x {quantity}"

    def line(self, line: ReceiptLine) -> Iterator[Row]:
        bilingual = self.style.language == "zh-CN+en"
        yield from self.item(line)
        if bilingual and line.second_name and line.second_name != line.name:
            yield from self.left(line.second_name, indent=2)
        for modifier in line.modifiers:
            yield from self.left(self.modifier(modifier), indent=2)
        for part in line.components:
            extra = f" +{self.money(part.upcharge_minor)}" if part.upcharge_minor else ""
            yield from self.left(f"- {part.name}{times(part.quantity_milli)}{extra}", indent=2)
            for modifier in part.modifiers:
                yield from self.left(self.modifier(modifier), indent=4)
        for note in line.notes:
            yield from self.left(f"* {note}", indent=2)
        for discount in line.discounts:
            if discount.rule not in self.of_order:
                name = self.said(discount.name, discount.words)
                yield from self.pair(name, self.money(-discount.minor), indent=2)

    def item(self, line: ReceiptLine) -> Iterator[Row]:
        """The name with the amount beside it, or below it with how it came about."""
        number = format_quantity(line.quantity_milli)
        quantity = with_unit(number, clean(line.unit), self.style.language)
        if line.amount_minor is None or line.unit_minor is None:
            unit = quantity.removeprefix(number).strip()
            yield from self.pair(f"{line.name} {unit}", f"x{number}")
        elif line.quantity_milli == MILLI and quantity == number and line.was_unit_minor is None:
            yield from self.pair(line.name, self.money(line.amount_minor))
        else:
            yield from self.left(line.name)
            how = f"{quantity} x {self.money(line.unit_minor)}"
            if line.was_unit_minor is not None:
                how += f" ({self.word('was')} {self.money(line.was_unit_minor)})"
            yield from self.pair(how, self.money(line.amount_minor), indent=2)

    def modifier(self, modifier: LineModifier) -> str:
        price = f" {self.money(modifier.price_minor)}" if modifier.price_minor else ""
        return f"+ {modifier.name}{times(modifier.quantity_milli)}{price}"

    def count(self) -> Iterator[Row]:
        """Pieces sold; a weighed line is one piece."""
        pieces = sum(
            line.quantity_milli if line.quantity_milli % MILLI == 0 and line.unit == "each"
            else MILLI
            for line in self.receipt.lines
        )  # fmt: skip
        yield from self.pair(self.word("lines"), format_quantity(pieces))

    def totals(self, totals: ReceiptTotals) -> Iterator[Row]:
        if self.receipt.lines and totals.list_minor != totals.payable_minor:
            yield from self.pair(self.word("list"), self.money(totals.list_minor))
        yield from self.amount("discount", -totals.discount_minor)
        for discount in totals.order_discounts:
            name = self.said(discount.name, discount.words)
            yield from self.pair(name, self.money(-discount.minor), indent=2)
        for fee in totals.fees:
            yield from self.pair(self.said(fee.name, fee.words), self.money(fee.minor))
        yield from self.amount("tax_added", totals.tax_added_minor)
        yield from self.amount("rounding", totals.rounding_minor)
        if self.receipt.lines:
            yield from self.amount("returned", -totals.returned_minor)
        yield from self.pair(self.word("total"), self.total(totals.payable_minor), strong=True)
        yield from self.amount("cash_rounding", totals.tender_rounding_minor)

    def tender(self, tender: TenderText) -> Iterator[Row]:
        account = f" {tender.account}" if tender.account else ""
        name = tender_name(tender.name, self.style.language)
        yield from self.pair(f"{name}{account}", self.money(tender.amount_minor))
        if tender.given_minor is not None and tender.given_minor != tender.amount_minor:
            yield from self.pair(self.word("given"), self.money(tender.given_minor), indent=2)
        if tender.reference:
            yield from self.left(tender.reference, indent=2)
        if tender.in_doubt:
            yield from self.left(f"* {self.word('in_doubt')}", indent=2)

    def settled(self, totals: ReceiptTotals) -> Iterator[Row]:
        yield from self.amount("change", totals.change_minor)
        if self.receipt.kind != "bill" and totals.due_minor:
            yield from self.pair(self.word("due"), self.money(totals.due_minor), strong=True)

    def savings(self, savings: Savings) -> Iterator[Row]:
        """What the promotions were worth, what was used up for it, and what they gave besides."""
        yield self.rule()
        if savings.saved_minor:
            saved = self.total(savings.saved_minor)
            yield from self.pair(self.word("saved"), saved, strong=True)
        for code in savings.coupons_used:
            yield from self.pair(self.word("coupon_used"), code)
        if savings.points_used:
            yield from self.pair(self.word("points_used"), str(savings.points_used))
        for reward in savings.rewards:
            yield from self.reward(reward)

    def reward(self, reward: RewardRow) -> Iterator[Row]:
        name = self.said(reward.name, reward.words)
        if reward.kind == "points":
            times = f"x{percent_times(reward.times_ppm)}" if reward.times_ppm != PPM else ""
            extra = f"+{reward.extra}" if reward.extra else ""
            yield from self.pair(f"{self.word('points')}: {name}", f"{times} {extra}".strip())
        for code in reward.codes:
            yield from self.pair(f"{self.word('next_coupon')}: {name}", code)

    def tax(self, tax: TaxRow) -> Iterator[Row]:
        included = f"{self.word('tax_included')} " if tax.included else ""
        rate = percent(tax.rate_ppm) if tax.rate_ppm else ""
        rate = "" if tax.name.endswith(rate) else f" {rate}"
        on = f"{self.word('tax_on')} {self.money(tax.base_minor)}"
        yield from self.pair(f"{included}{tax.name}{rate}", self.money(tax.tax_minor))
        yield from self.left(on, indent=2)

    def foot(self) -> Iterator[Row]:
        receipt = self.receipt
        for message in receipt.messages:
            yield from self.left(message)
        yield from self.named("record", f"{receipt.epoch}-{receipt.seq}")
        anchor = " ".join(receipt.anchor[i : i + 4] for i in range(0, len(receipt.anchor), 4))
        yield from self.named("hash", anchor)
        yield Row(receipt.lookup, "qr")
        for text in receipt.footer:
            yield from self.centered(text)
        yield from self.marks()

    def said(self, name: str, words: Words) -> str:
        """Return a promotion's name in the paper's language, or the one that there is."""
        return in_language(words, self.style.language) or name


def times(quantity_milli: int) -> str:
    """Return `` x2``, or nothing for one."""
    return "" if quantity_milli == MILLI else f" x{format_quantity(quantity_milli)}"


def percent(rate_ppm: int) -> str:
    """Return ``13%`` for 130,000 ppm, exactly."""
    whole, part = divmod(abs(rate_ppm), 10_000)
    digits = f".{part:04d}".rstrip("0") if part else ""
    return f"{'-' if rate_ppm < 0 else ''}{whole}{digits}%"


def percent_times(ppm: int) -> str:
    """Return ``2`` for 2,000,000 ppm, ``1.5`` for 1,500,000."""
    return percent(ppm // 100).removesuffix("%")
