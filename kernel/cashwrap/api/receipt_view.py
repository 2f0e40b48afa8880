"""A receipt as pages see it: the document, and the paper as text."""

import msgspec

from cashwrap.api.wire import JsonObject, fields
from cashwrap.receipt.model import Receipt
from cashwrap.receipt.words import Language
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
