"""What the journal says of sales.

``register`` is the register it happened at, "" at a device with one: see `events.placed`.
"""

from typing import Literal

import msgspec

from cashwrap.events import Event, event
from cashwrap.pricing.model import Priced, TaxAmount
from cashwrap.promotions.rules import Text
from cashwrap.sale.edits import AnyEdit, ChosenModifier, GoodsBack
from cashwrap.sale.holds.model import Quoted
from cashwrap.stock.moves import StockMove

SaleType = Literal["sale", "return", "exchange", "post_void"]


class Taking(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Money of one kind that stays in the till: what was given less the change."""

    kind: str
    amount_minor: int


class Payment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One payment of a sale, ``kind`` being cash or the driver's name.

    ``tendered`` - ``change`` - ``tip`` - ``rounding`` = what it paid. Accounts are masked.
    """

    kind: str
    tendered_minor: int
    change_minor: int = 0
    intent: str = ""
    provider_id: str = ""
    account: str = ""
    tip_minor: int = 0
    rounding_minor: int = 0


class SoldLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line as sold. ``list_minor`` is the unit price before an override, ``unit_minor`` after.

    ``parent`` is the line of the set meal that this is a part of, else 0. Amounts of the line
    stand under the same number in the sale's ``priced``.
    """

    line: int
    sku: str
    name: str
    quantity_milli: int
    unit: str
    unit_minor: int
    list_minor: int
    book: str = ""
    tax: str = ""
    seller: str = ""
    note: str = ""
    parent: int = 0
    slot: str = ""
    modifiers: tuple[ChosenModifier, ...] = ()
    lot: str = ""
    expires: int = 0
    serial: str = ""
    override_reason: str = ""
    base_milli: int = 1000
    upcharge_minor: int = 0


class Returned(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What came back of one original sale: "" and 0 where there was no receipt.

    ``taxes`` are those that went back with it, ``discount_minor`` the discounts. ``reissued`` are
    codes of coupons given anew in place of those that the original had used up.
    """

    of_sale: str
    of_number: int
    goods: tuple[GoodsBack, ...]
    refund_minor: int
    tax_minor: int
    discount_minor: int
    taxes: tuple[TaxAmount, ...]
    reason: str = ""
    note: str = ""
    location: str = ""
    whole: bool = False
    reissued: tuple[str, ...] = ()


class TaxTotal(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All tax of one code and rate on a sale, and the net amount it is on."""

    code: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


@event("sale.completed", sound=True)  # the draft read every edit back; 20 us
class SaleCompleted(Event, frozen=True):
    """A sale was paid in full.

    ``number`` is the receipt number, without gaps per till; ``day`` the business day (yyyymmdd).
    ``grand_sales_minor`` is the till's perpetual total of sales including this one, so that a
    deleted tail shows. ``history`` is every edit since the sale began, voided lines included.
    ``rule_names`` are the words for promotions that gave something, by language.
    ``voided_lines`` were struck out on the way. ``rounding_minor`` is that of the total.

    ``returns`` is what came back on it. ``payable_minor``, ``tax_minor``, ``discount_minor``,
    ``cost_minor``, ``takings`` and ``grand_sales_minor`` are net of that, so they may be below 0;
    ``taxes`` likewise, which sum to ``tax_minor``. ``lines`` and ``priced`` are of the goods sold
    alone.
    """

    sale: str
    number: int
    day: int
    moves: tuple[StockMove, ...]
    takings: tuple[Taking, ...]
    payable_minor: int
    tax_minor: int
    discount_minor: int
    cost_minor: int
    cash_rounding_minor: int
    grand_sales_minor: int
    lines: tuple[SoldLine, ...]
    priced: Priced
    payments: tuple[Payment, ...]
    history: tuple[AnyEdit, ...]
    order_type: str = ""
    customer: str = ""
    seller: str = ""
    note: str = ""
    training: bool = False
    member: str = ""
    rule_names: dict[str, Text] = msgspec.field(default_factory=dict)
    register: str = ""
    type: SaleType = "sale"
    returns: tuple[Returned, ...] = ()
    voided_lines: int = 0
    fees_minor: int = 0
    rounding_minor: int = 0
    taxes: tuple[TaxTotal, ...] = ()


class SaleFolded(Event, frozen=True):
    """The leading part of `SaleCompleted`: all that the projections need of it."""

    sale: str
    number: int
    day: int
    moves: msgspec.Raw
    takings: tuple[Taking, ...]
    payable_minor: int
    tax_minor: int
    discount_minor: int
    cost_minor: int
    cash_rounding_minor: int
    grand_sales_minor: int


@event("sale.cancelled")
class SaleCancelled(Event, frozen=True):
    """An open sale was abandoned; ``total_minor`` is what it had come to."""

    sale: str
    day: int
    reason: str
    total_minor: int
    history: tuple[AnyEdit, ...]
    register: str = ""
    approver: str = ""


@event("sale.suspended", sound=True)  # as `SaleCompleted`
class SaleSuspended(Event, frozen=True):
    """A sale was parked (挂单) under ``key``; its whole history comes back when it is resumed.

    ``reason`` is one of the shop's, ``said`` free text. ``number`` counts the till's holds and
    ``code`` is how the slip says it; ``hour`` is the hour of the local day. ``quoted`` is what the
    customer was told, ``engine`` the source of the engine that priced it.
    """

    sale: str
    day: int
    reason: str
    total_minor: int
    history: tuple[AnyEdit, ...]
    key: str = ""
    register: str = ""
    said: str = ""
    number: int = 0
    code: str = ""
    member: str = ""
    hour: int = 0
    quoted: Quoted = Quoted()
    engine: bytes = b""
    approver: str = ""


@event("sale.resumed")
class SaleResumed(Event, frozen=True):
    """A parked sale was brought back (取单) to a register; ``edits`` are what that did to it.

    ``engine`` is the source of the engine that prices it from now on, "" for the one before.
    """

    sale: str
    register: str = ""
    code: str = ""
    edits: tuple[AnyEdit, ...] = ()
    engine: bytes = b""
    total_minor: int = 0
    approver: str = ""


@event("sale.price_overridden")
class PriceOverrideJournaled(Event, frozen=True):
    """A unit price was set by hand. Journaled at once, whatever becomes of the sale."""

    sale: str
    line: int
    sku: str
    list_minor: int
    unit_minor: int
    reason: str
    approver: str = ""
    register: str = ""


@event("sale.discount_given")
class DiscountJournaled(Event, frozen=True):
    """A manual discount was given. Journaled at once, whatever becomes of the sale."""

    sale: str
    id: str
    discount: str
    value: int
    lines: tuple[int, ...]
    reason: str
    approver: str = ""
    register: str = ""


@event("sale.reprinted")
class ReceiptReprinted(Event, frozen=True):
    """A receipt was printed again; ``copy`` counts from 1."""

    sale: str
    number: int
    copy: int
    gift: bool = False
    register: str = ""
    approver: str = ""


@event("drawer.opened")
class DrawerOpened(Event, frozen=True):
    """The drawer was opened without a sale (no sale), with the reason."""

    reason: str
    register: str = ""
    approver: str = ""
