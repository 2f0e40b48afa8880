"""The slip of a credit note: who has it may spend it, so its code stands there whole."""

from collections.abc import Iterator

import msgspec

from cashwrap.money import Currency
from cashwrap.receipt.document import local_at
from cashwrap.receipt.model import Shop
from cashwrap.receipt.paper import Paper, Row, TextStyle, as_text


class CreditSlip(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the slip: numbers and names, no layout.

    ``code`` is the data of the barcode (Code 128), ``shown`` what is typed by hand. ``number`` is
    the receipt number of the return as printed, "" where it is not finished. ``expires_ms`` 0:
    good for ever.
    """

    shop: Shop
    store: str
    till: str
    code: str
    shown: str
    number: str
    wall_ms: int
    utc_offset_min: int
    currency: Currency
    issued_minor: int
    balance_minor: int
    expires_ms: int = 0
    training: bool = False
    footer: tuple[str, ...] = ()


def render_credit(slip: CreditSlip, style: TextStyle | None = None) -> str:
    """Return the slip as plain text, each row at most ``style.columns`` wide."""
    return as_text(layout_credit(slip, style))


def layout_credit(slip: CreditSlip, style: TextStyle | None = None) -> list[Row]:
    """Return the rows to print; that of role ``barcode`` holds the data of the barcode.

    Raises InvalidInput for a width outside 24..200 columns.
    """
    return list(_rows(slip, Paper(style or TextStyle(), slip.currency)))


def _rows(slip: CreditSlip, paper: Paper) -> Iterator[Row]:
    said = paper.word
    yield from paper.training(slip.training)
    yield from paper.slip_head(slip.shop.name, "credit", slip.code, slip.shown)
    yield from paper.named("time", local_at(slip.wall_ms, slip.utc_offset_min))
    yield from paper.where(slip.store, slip.till)
    yield from paper.named("number", slip.number)
    yield paper.rule()
    yield from paper.pair(said("credit"), paper.total(slip.issued_minor), strong=True)
    if slip.balance_minor != slip.issued_minor:
        yield from paper.pair(said("credit_left"), paper.total(slip.balance_minor), strong=True)
    if slip.expires_ms:
        until = local_at(slip.expires_ms, slip.utc_offset_min)
        yield from paper.left(f"{said('credit_until')} {until}")
    yield from paper.left(said("credit_bearer"))
    for text in slip.footer:
        yield from paper.centered(text)
