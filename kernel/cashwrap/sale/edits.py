"""Edits: the history of an open sale, as its draft and its final event keep it.

Each edit holds everything that was looked up when it was made (name, price, tax code), so the same
cart comes back after a crash whatever the catalog says by then.
"""

from collections.abc import Callable
from typing import Literal, TypedDict

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.pricing.model import Fee

DiscountKind = Literal["percent", "amount", "unit_price"]


class Edit(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """Common to all edits: wall time in ms, who, and the caller's command id, "" if none."""

    at_ms: int
    staff: str = ""
    command: str = ""


class Stamp(TypedDict):
    """The fields that all edits have in common, as keyword arguments."""

    at_ms: int
    staff: str
    command: str


class Goods(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is sold on a line and for how much, as looked up when it was added.

    ``unit_minor`` is the price of one ``unit``, modifiers included; ``book`` the price book it came
    from, "code" when the barcode carried the price. One ``unit`` holds ``base_milli`` thousandths
    of the stock unit: 24_000 for a case of 24, 532 for a labelled pack of 0.532 kg. ``lot`` and
    ``expires`` (yyyymmdd, 0 none) come from the barcode or the cashier.
    """

    sku: str
    name: str
    unit_minor: int
    tax: str
    tax_included: bool
    unit: str = "each"
    measure: Literal["count", "weight"] = "count"
    book: str = ""
    minimum_minor: int = 0
    base_milli: int = 1000
    modifiers: tuple["ChosenModifier", ...] = ()
    lot: str = ""
    expires: int = 0
    serial: str = ""


class ChosenModifier(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A modifier on a line; its price is already in the line's ``unit_minor``."""

    code: str
    name: str
    price_minor: int
    sku: str = ""


class ChosenPart(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A component of a set meal: its slot, goods at base price, quantity per meal, upcharge."""

    slot: str
    goods: Goods
    quantity_milli: int = 1000
    upcharge_minor: int = 0


class SaleOpened(Edit, frozen=True, tag="open"):
    """The sale began."""

    sale: str
    order_type: str = ""
    customer: str = ""
    catalog_version: int = 0


class LineAdded(Edit, frozen=True, tag="add"):
    """A line was added. A set meal has ``parts``, which take the line numbers after its own.

    ``entry`` says how it came in (scan, key, search, plu) and ``code`` what was read.
    """

    line: int
    goods: Goods
    quantity_milli: int
    parts: tuple[ChosenPart, ...] = ()
    entry: str = ""
    code: str = ""


class QuantitySet(Edit, frozen=True, tag="qty"):
    """A line's quantity (thousandths, > 0) was set; ``weighed`` when a scale said so."""

    line: int
    quantity_milli: int
    weighed: bool = False


class LineVoided(Edit, frozen=True, tag="void"):
    """A line was struck out; it stays visible in the history."""

    line: int
    reason: str = ""


class GoodsChanged(Edit, frozen=True, tag="spec"):
    """The line's goods became others (another size, another modifier); the line stays."""

    line: int
    goods: Goods
    parts: tuple[ChosenPart, ...] = ()


class Noted(Edit, frozen=True, tag="note"):
    """A note on a line, or on the sale (line 0); "" removes it."""

    line: int
    text: str


class SellerSet(Edit, frozen=True, tag="seller"):
    """Who is credited with a line, or with the whole sale (line 0)."""

    line: int
    seller: str


class PriceOverridden(Edit, frozen=True, tag="price"):
    """A cashier's own price for a line's unit; the list price stays in the proof."""

    line: int
    unit_minor: int
    reason: str
    approver: str = ""


class DiscountGiven(Edit, frozen=True, tag="disc"):
    """A manual discount: ``value`` is ppm or minor units; no ``lines`` means the whole order."""

    id: str
    discount: DiscountKind
    value: int
    reason: str
    lines: tuple[int, ...] = ()
    approver: str = ""


class DiscountRemoved(Edit, frozen=True, tag="undisc"):
    """A manual discount was taken away again."""

    id: str


class FeeCharged(Edit, frozen=True, tag="fee"):
    """A surcharge was put on the order, replacing one of the same id."""

    fee: Fee


class FeeRemoved(Edit, frozen=True, tag="unfee"):
    """A surcharge was taken off the order."""

    id: str


class OrderTypeSet(Edit, frozen=True, tag="type"):
    """Dine in, takeaway, delivery: as the shop's settings name them."""

    order_type: str


class CustomerSet(Edit, frozen=True, tag="cust"):
    """The customer group became known; ``goods`` are the lines whose price changed by it."""

    customer: str
    goods: tuple[tuple[int, Goods], ...] = ()


class Undone(Edit, frozen=True, tag="undo"):
    """The newest edit that still counts does not count any more."""


AnyEdit = (
    SaleOpened
    | LineAdded
    | QuantitySet
    | LineVoided
    | GoodsChanged
    | Noted
    | SellerSet
    | PriceOverridden
    | DiscountGiven
    | DiscountRemoved
    | FeeCharged
    | FeeRemoved
    | OrderTypeSet
    | CustomerSet
    | Undone
)

_encode = msgspec.msgpack.Encoder().encode
_decode: Callable[[bytes], AnyEdit] = msgspec.msgpack.Decoder(AnyEdit).decode


def sound(edit: AnyEdit) -> AnyEdit:
    """Return an edit as the draft will give it back after a crash.

    Raises InvalidInput for one that could be written but never read again.
    """
    try:
        return _decode(_encode(edit))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as fault:
        raise InvalidInput(f"this step cannot be kept: {fault}") from None
