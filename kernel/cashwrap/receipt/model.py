"""What a receipt is made from (`ReceiptInput`) and what is on it (`Receipt`).

A receipt holds numbers and names, no labels and no layout: the same document becomes paper of any
width and language, an e-receipt, or a page. Money is minor units of ``currency``.
"""

from typing import Literal

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.money import Currency
from cashwrap.pricing.model import Priced, TaxAmount

Words = dict[str, str]
"""The same words by language: ``{"zh-CN": "满100减10", "en": "10 off 100"}``."""

Kind = Literal["sale", "return", "exchange", "void", "bill"]
"""``void`` is a post-void of a finished sale; ``bill`` is shown before anything is paid."""

MarkKind = Literal["copy", "training", "gift", "void", "in_doubt"]


class ReceiptRefused(CashwrapError, ValueError):
    """The parts of a receipt do not belong together, or one of them cannot be printed."""

    code = "receipt.refused"


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells: the head of the paper."""

    name: str
    branch: str = ""
    address: tuple[str, ...] = ()
    phone: str = ""
    tax_id: str = ""


class RecordName(msgspec.Struct, frozen=True, kw_only=True):
    """The journal record that the receipt stands for, and the number a person reads.

    ``register`` is "" at a till that has one.

    ``digest`` is the record's SHA-256 (32 bytes); its first 8 bytes are printed, which makes the
    customer's paper an outside anchor of the journal.
    """

    store: str
    till: str
    epoch: int
    seq: int
    number: str
    digest: bytes
    register: str = ""


class LineModifier(msgspec.Struct, frozen=True):
    """An addition to a line; ``price_minor`` (each) is part of the line's unit price."""

    name: str
    quantity_milli: int = 1000
    price_minor: int = 0


class MealComponent(msgspec.Struct, frozen=True):
    """What fills one slot of a set meal."""

    name: str
    quantity_milli: int = 1000
    upcharge_minor: int = 0
    modifiers: tuple[LineModifier, ...] = ()


class LineText(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is in words.

    ``line`` is its number in `Priced`. A set meal has no money of its own there: ``parts`` then
    names the priced lines of its components, which are printed as one. ``second_name`` is the
    name in the other language. ``was_unit_minor`` is the unit price before a price override, or
    None.
    """

    line: int
    name: str
    quantity_milli: int
    unit_minor: int
    unit: str = "each"
    second_name: str = ""
    was_unit_minor: int | None = None
    modifiers: tuple[LineModifier, ...] = ()
    components: tuple[MealComponent, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[int, ...] = ()


class TenderText(msgspec.Struct, frozen=True, kw_only=True):
    """One payment. ``name`` is cash, card, wechat, ... (`words.tender_name`) or the shop's own.

    ``amount_minor`` counts toward the sale (negative when money goes back).

    ``given_minor`` is what the customer handed over and ``change_minor`` what came back.
    ``account`` is already masked; a run of more than 10 digits is refused.
    """

    name: str
    amount_minor: int
    given_minor: int | None = None
    change_minor: int = 0
    account: str = ""
    reference: str = ""
    in_doubt: bool = False


class RewardRow(msgspec.Struct, frozen=True, array_like=True):
    """What a promotion gave other than money off: points, or coupons for a next purchase."""

    name: str
    kind: Literal["points", "coupon"]
    times_ppm: int = 0
    extra: int = 0
    codes: tuple[str, ...] = ()
    words: Words = {}


class Savings(msgspec.Struct, frozen=True, kw_only=True):
    """What promotions were worth to the customer: all that came off, and what was used for it."""

    saved_minor: int
    coupons_used: tuple[str, ...] = ()
    points_used: int = 0
    rewards: tuple[RewardRow, ...] = ()


class ReturnedGoods(msgspec.Struct, frozen=True, array_like=True):
    """Goods that came back; > 0 goes to the customer. Quantity 0: only a discount of them moved."""

    name: str
    quantity_milli: int
    unit: str
    amount_minor: int


class ReturnedSale(msgspec.Struct, frozen=True, kw_only=True):
    """What came back of one earlier sale, whose number is ``original`` ("" without a receipt).

    ``refund_minor`` differs from the sum of the goods by what is settled with other returns of the
    same sale. ``coupons`` are codes given anew in place of those that the sale had used up.
    """

    original: str
    goods: tuple[ReturnedGoods, ...]
    refund_minor: int
    reason: str = ""
    coupons: tuple[str, ...] = ()


class ReceiptInput(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a receipt is built from.

    ``order_rules`` are the discounts of the order as a whole, which are shown once and not line by
    line. ``rule_names``, ``tax_names`` and ``fee_names`` give the words for the ids in ``priced``;
    an id without words is printed itself. ``rule_words`` are those of promotions, by language;
    ``rewards`` is what they gave other than money off. ``returned`` is what came back, with the
    ``returned_taxes`` in it; ``voided_by`` the number of the post-void that reversed the sale.
    ``tender_rounding_minor`` is what rounding of a cash payment added to the payable amount.
    ``copy`` is 0 for the first print, else the number of the reprint.
    """

    kind: Kind = "sale"
    shop: Shop
    record: RecordName
    wall_ms: int
    utc_offset_min: int = 480
    currency: Currency = Currency()
    priced: Priced
    lines: tuple[LineText, ...]
    tenders: tuple[TenderText, ...] = ()
    order_rules: tuple[str, ...] = ()
    rule_names: dict[str, str] = {}
    tax_names: dict[str, str] = {}
    fee_names: dict[str, str] = {}
    tender_rounding_minor: int = 0
    staff: str = ""
    customer: str = ""
    original: str = ""
    reason: str = ""
    copy: int = 0
    training: bool = False
    gift: bool = False
    messages: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    rule_words: dict[str, Words] = {}
    coupons_used: tuple[str, ...] = ()
    points_used: int = 0
    rewards: tuple[RewardRow, ...] = ()
    returned: tuple[ReturnedSale, ...] = ()
    returned_taxes: tuple[TaxAmount, ...] = ()
    voided_by: str = ""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Something that must not be overlooked; ``number`` counts the copies."""

    kind: MarkKind
    number: int = 0


class Discount(msgspec.Struct, frozen=True, array_like=True):
    """What one rule took off one line; > 0 comes off. ``words`` is its name by language, if any."""

    rule: str
    name: str
    minor: int
    words: Words = {}


class ReceiptLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the receipt. Amounts are None on a gift receipt.

    ``amount_minor`` is before ``discounts``; ``payable_minor`` after them and with added tax.
    """

    line: int
    name: str
    second_name: str
    quantity_milli: int
    unit: str
    unit_minor: int | None
    was_unit_minor: int | None
    amount_minor: int | None
    payable_minor: int | None
    discounts: tuple[Discount, ...]
    modifiers: tuple[LineModifier, ...]
    components: tuple[MealComponent, ...]
    notes: tuple[str, ...]


class FeeRow(msgspec.Struct, frozen=True, array_like=True):
    """One surcharge of the order, or what a promotion took off one (then below 0)."""

    name: str
    minor: int
    words: Words = {}


class TaxRow(msgspec.Struct, frozen=True, array_like=True):
    """One tax over the whole receipt. ``included`` says that prices already hold it."""

    code: str
    name: str
    rate_ppm: int
    base_minor: int
    tax_minor: int
    included: bool


class ReceiptTotals(msgspec.Struct, frozen=True, kw_only=True):
    """The sums.

    ``payable`` = ``list`` - ``discount`` + ``fees`` + ``tax_added`` + ``rounding`` - ``returned``;
    ``due`` = ``payable`` + ``tender_rounding`` - what the tenders came to. ``order_discounts`` are
    part of ``discount`` and of the discounts of the lines.
    """

    list_minor: int
    discount_minor: int
    fees: tuple[FeeRow, ...]
    tax_added_minor: int
    tax_minor: int
    rounding_minor: int
    payable_minor: int
    tender_rounding_minor: int
    due_minor: int
    change_minor: int
    order_discounts: tuple[Discount, ...] = ()
    returned_minor: int = 0


class SectionRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of a section: words by language, and what stands at the right end."""

    words: Words
    value: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a plugin prints on a receipt, below the sale."""

    title: Words = {}
    rows: tuple[SectionRow, ...] = ()


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A finished receipt.

    ``totals`` and ``savings`` are None, and taxes and tenders are empty, on a gift receipt;
    ``savings`` also where nothing was saved. ``sections`` are plugins'.

    ``anchor`` is the first 8 bytes of the record's hash in hex, ``lookup`` the text of the QR code
    that finds the sale again (`lookup.parse`). ``register`` is "" at a till that has one.
    """

    kind: Kind
    marks: tuple[Mark, ...]
    shop: Shop
    store: str
    till: str
    epoch: int
    seq: int
    number: str
    anchor: str
    lookup: str
    wall_ms: int
    utc_offset_min: int
    currency: Currency
    lines: tuple[ReceiptLine, ...]
    totals: ReceiptTotals | None
    taxes: tuple[TaxRow, ...]
    tenders: tuple[TenderText, ...]
    staff: str
    customer: str
    original: str
    reason: str
    messages: tuple[str, ...]
    footer: tuple[str, ...]
    savings: Savings | None = None
    returned: tuple[ReturnedSale, ...] = ()
    register: str = ""
    voided_by: str = ""
    sections: tuple[Section, ...] = ()
