"""A receipt as pages see it: the document, and the paper as text."""

import msgspec

from cashwrap.api.wire import JsonObject, fields
from cashwrap.receipt.model import Receipt
from cashwrap.receipt.words import Language
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.projection import ended, series_totals
from cashwrap.till import Till


class ReceiptView(msgspec.Struct, frozen=True):
    """One receipt; ``document`` has the fields of `cashwrap.receipt.model.Receipt`."""

    sale: str
    number: str
    document: JsonObject
    text: str


def receipt_view(till: Till, sale: str, receipt: Receipt, language: Language | None) -> ReceiptView:
    """Return a receipt in a language, that of the settings by default."""
    from cashwrap.receipt.text import render_text

    style = till.text_style
    if language is not None:
        style = msgspec.structs.replace(style, language=language)
    text = render_text(receipt, style)
    return ReceiptView(sale, receipt.number, fields(receipt), text)


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line in a list of receipts."""

    number: int
    sale: str
    type: str
    day: int
    at_ms: int
    register: str
    staff: str
    payable_minor: int
    first: str
    lines: int
    tenders: list[str]
    copies: int


def receipt_rows(till: Till, day: int, before: int, limit: int) -> list[ReceiptRow]:
    """Return the newest receipts, of one business day where it is given, below a number."""
    with till.store.read() as reader:
        last = series_totals(reader).last_number
    number = min(before - 1, last) if before else last
    rows: list[ReceiptRow] = []
    while number > 0 and len(rows) < limit:
        try:
            row = _row(till, number)
        except NoSuchSale:  # trimmed, and safe elsewhere: older ones are too
            break
        if day and row.day < day:
            break
        if not day or row.day == day:
            rows.append(row)
        number -= 1
    return rows


def _row(till: Till, number: int) -> ReceiptRow:
    sale = till.sale_of_number(number)
    record = till.record_of(sale)
    body = record.body()
    assert isinstance(body, SaleCompleted)  # see `Till.record_of`
    with till.store.read() as reader:
        place = ended(reader, sale)
    return ReceiptRow(
        number=number,
        sale=sale,
        type=body.type,
        day=body.day,
        at_ms=record.envelope.wall_ms,
        register=body.register,
        staff=record.envelope.staff,
        payable_minor=body.payable_minor,
        first=body.lines[0].name if body.lines else "",
        lines=len(body.lines),
        tenders=[taking.kind for taking in body.takings],
        copies=0 if place is None else place.copies,
    )
