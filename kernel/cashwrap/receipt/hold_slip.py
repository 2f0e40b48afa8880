"""The slip of a suspended sale: what the customer comes back with, its code as a barcode."""

from collections.abc import Iterator

import msgspec

from cashwrap.money import Currency, format_quantity
from cashwrap.receipt.document import local_at
from cashwrap.receipt.model import Shop
from cashwrap.receipt.paper import Paper, Row, TextStyle, as_text
from cashwrap.receipt.words import with_unit


class SlipLine(msgspec.Struct, frozen=True, array_like=True):
    """One line that waits; the amount is after discounts, taxes included."""

    name: str
    quantity_milli: int
    unit: str
    payable_minor: int


class HoldSlip(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the slip: numbers and names, no layout.

    ``code`` is the data of the barcode (Code 128) and what stands under it. ``quote_until_ms`` is
    until when the prices hold, 0 where they hold for ever or not at all (``quote_kept``). ``key``
    is masked.
    """

    shop: Shop
    store: str
    till: str
    code: str
    wall_ms: int
    utc_offset_min: int
    currency: Currency
    lines: tuple[SlipLine, ...]
    total_minor: int
    quote_kept: bool
    quote_until_ms: int = 0
    register: str = ""
    staff: str = ""
    key: str = ""
    reason: str = ""
    training: bool = False
    footer: tuple[str, ...] = ()


def render_slip(slip: HoldSlip, style: TextStyle | None = None) -> str:
    """Return the slip as plain text, each row at most ``style.columns`` wide."""
    return as_text(layout_slip(slip, style))


def layout_slip(slip: HoldSlip, style: TextStyle | None = None) -> list[Row]:
    """Return the rows to print; that of role ``barcode`` holds the data of the barcode.

    Raises InvalidInput for a width outside 24..200 columns.
    """
    return list(_rows(slip, Paper(style or TextStyle(), slip.currency)))


def _rows(slip: HoldSlip, paper: Paper) -> Iterator[Row]:
    said = paper.word
    yield from paper.training(slip.training)
    yield from paper.slip_head(slip.shop.name, "hold", slip.code)
    yield from paper.named("time", local_at(slip.wall_ms, slip.utc_offset_min))
    yield from paper.where(slip.store, slip.till, slip.register)
    for key, value in (("staff", slip.staff), ("hold_key", slip.key), ("reason", slip.reason)):
        yield from paper.named(key, value)
    yield paper.rule()
    for line in slip.lines:
        quantity = with_unit(format_quantity(line.quantity_milli), line.unit, paper.style.language)
        yield from paper.pair(f"{line.name} x {quantity}", paper.money(line.payable_minor))
    yield paper.rule()
    yield from paper.pair(said("total"), paper.total(slip.total_minor), strong=True)
    if slip.quote_until_ms:
        until = local_at(slip.quote_until_ms, slip.utc_offset_min)
        yield from paper.left(f"{said('hold_until')} {until}")
    else:
        yield from paper.left(said("hold_kept" if slip.quote_kept else "hold_today"))
    yield from paper.left(said("hold_unpaid"))
    for text in slip.footer:
        yield from paper.centered(text)
