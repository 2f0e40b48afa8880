"""A receipt as pages see it: the document, and the paper as text."""

from collections.abc import Callable, Iterator

import msgspec

from cashwrap.receipt.model import Receipt
from cashwrap.receipt.words import Language
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.projection import ended
from cashwrap.sale.returning.projection import came_back
from cashwrap.till import Till


class ReceiptView(msgspec.Struct, frozen=True):
    """One receipt: its document, and the paper as text in the language that was asked for."""

    sale: str
    number: str
    document: Receipt
    text: str


def receipt_view(till: Till, sale: str, receipt: Receipt, language: Language | None) -> ReceiptView:
    """Return a receipt in a language, that of the settings by default."""
    from cashwrap.receipt.text import render_text

    style = till.text_style
    if language is not None:
        style = msgspec.structs.replace(style, language=language)
    text = render_text(receipt, style)
    return ReceiptView(sale, receipt.number, receipt, text)


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line in a list of receipts.

    ``member`` is masked (138****5678) unless it was asked for by the whole of it, or somebody asks
    who has the right ``journal.read``.
    ``voided_by`` is the receipt that reversed it, or 0; ``returns`` how often goods of it came
    back, ``returned_whole`` that nothing of it is left with the customer.
    """

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
    member: str = ""
    voided_by: int = 0
    returns: int = 0
    returned_whole: bool = False


def receipt_row(till: Till, number: int, shown: Callable[[str], str]) -> ReceiptRow:
    """Return the row of a receipt; ``shown`` says how its member is. Raises NoSuchSale."""
    sale = till.sale_of_number(number)
    record = till.record_of(sale)
    body = record.body()
    assert isinstance(body, SaleCompleted)  # see `Till.record_of`
    with till.store.read() as reader:
        place, back = ended(reader, sale), came_back(reader, sale)
    return ReceiptRow(
        number=number,
        sale=sale,
        type=body.type,
        day=body.day,
        at_ms=record.envelope.wall_ms,
        register=body.register,
        staff=record.envelope.staff,
        payable_minor=body.payable_minor,
        first=next(_goods(body), ""),
        lines=len(body.lines),
        tenders=[taking.kind for taking in body.takings],
        copies=0 if place is None else place.copies,
        member=shown(body.member),
        voided_by=next((one.number for one in back if one.type == "post_void"), 0),
        returns=len(back),
        returned_whole=any(one.whole for one in back),
    )


def _goods(sale: SaleCompleted) -> Iterator[str]:
    """Yield the names of what was sold, then of what came back."""
    yield from (line.name for line in sale.lines)
    yield from (goods.name for back in sale.returns for goods in back.goods)
