"""Rows of fixed width, which every paper of a till is made of: 32 columns on 58 mm, 42 or 48 on
80 mm."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.money import Currency
from cashwrap.receipt.width import center, clean, display_width, pad_left, wrap
from cashwrap.receipt.words import COLUMNS_MAX, COLUMNS_MIN, Language, word


class TextStyle(msgspec.Struct, frozen=True, kw_only=True):
    """How a device prints.

    ``ambiguous_wide``: characters such as ① take two columns, as on printers with Chinese fonts.
    """

    columns: int = 32
    language: Language = "zh-CN"
    ambiguous_wide: bool = True
    taxes: bool = True


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One row. ``strong`` is emphasised without changing its width.

    ``qr`` and ``barcode`` (Code 128) are the text of a code.
    """

    text: str
    role: Literal["text", "strong", "qr", "barcode"] = "text"


class Paper:
    """Paper of one width, language and currency. Raises InvalidInput outside 24..200 columns."""

    def __init__(self, style: TextStyle, currency: Currency) -> None:
        if not COLUMNS_MIN <= style.columns <= COLUMNS_MAX:
            raise InvalidInput(
                f"a receipt of {style.columns} columns: give {COLUMNS_MIN} to {COLUMNS_MAX}"
            )
        self.style = style
        self.columns = style.columns
        self.wide = style.ambiguous_wide
        self.currency = currency

    def word(self, key: str) -> str:
        """Return the word for a key in the paper's language."""
        return word(key, self.style.language)

    def money(self, minor: int) -> str:
        """Return an amount without its currency's sign."""
        return self.currency.format(minor)

    def total(self, minor: int) -> str:
        """Return an amount with its currency's sign."""
        sign = "-" if minor < 0 else ""
        return f"{sign}{symbol(self.currency)}{self.money(abs(minor))}"

    def rule(self) -> Row:
        """Return a line across the paper."""
        return Row("-" * self.columns)

    def amount(self, key: str, minor: int) -> Iterator[Row]:
        """Yield a named amount, nothing for 0."""
        if minor:
            yield from self.pair(self.word(key), self.money(minor))

    def named(self, key: str, value: str, centered: bool = False) -> Iterator[Row]:
        """Yield a named value, nothing where there is none."""
        if value:
            text = f"{self.word(key)}: {value}"
            yield from self.centered(text) if centered else self.left(text)

    def training(self, marked: bool) -> Iterator[Row]:
        """Yield the mark of what was made in training, nothing for what counts."""
        if marked:
            yield from self.centered(f"*** {self.word('mark.training')} ***", strong=True)

    def slip_head(self, shop: str, key: str, code: str, shown: str = "") -> Iterator[Row]:
        """Yield whose slip it is, what it is, its barcode and what is typed in place of that."""
        yield from self.centered(shop, strong=True)
        yield from self.centered(self.word(key), strong=True)
        yield Row(code, "barcode")
        yield from self.centered(shown or code, strong=True)
        yield self.rule()

    def where(self, store: str, till: str, register: str = "") -> Iterator[Row]:
        """Yield which till it was, and which of its registers where it has several."""
        yield from self.named("till", "/".join(filter(None, (store, till, register))))

    def left(self, text: str, indent: int = 0) -> Iterator[Row]:
        """Yield text from the left edge, or from ``indent``."""
        for row in wrap(clean(text), self.columns - indent, self.wide):
            yield Row(" " * indent + row)

    def centered(self, text: str, strong: bool = False) -> Iterator[Row]:
        """Yield text in the middle."""
        for row in wrap(clean(text), self.columns, self.wide):
            yield Row(center(row, self.columns, self.wide), "strong" if strong else "text")

    def pair(self, left: str, right: str, indent: int = 0, strong: bool = False) -> Iterator[Row]:
        """Yield text at the left that wraps, and an amount at the right edge that never does."""
        role: Literal["text", "strong"] = "strong" if strong else "text"
        rows = wrap(clean(left), self.columns - indent, self.wide)
        last = " " * indent + rows.pop() if rows else ""
        for row in rows:
            yield Row(" " * indent + row, role)
        room = self.columns - display_width(last, self.wide)
        if last and display_width(right, self.wide) >= room:
            yield Row(last, role)
            last, room = "", self.columns
        yield Row(last + pad_left(right, room, self.wide), role)


def as_text(rows: Iterable[Row]) -> str:
    """Return rows as plain text, without those that only a printer can draw."""
    return "".join(f"{row.text}\n" for row in rows if row.role not in ("barcode", "qr"))


def symbol(currency: Currency) -> str:
    """Return the sign before a total.

    The yen sign is given in its full width: U+00A5 has no place in GBK, U+FFE5 prints everywhere.
    A sign of more than 3 columns is left out, so that any total fits the narrowest paper.
    """
    sign = "￥" if currency.symbol == "¥" else clean(currency.symbol)
    return sign if display_width(sign, ambiguous_wide=True) <= 3 else ""
