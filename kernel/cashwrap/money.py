"""Money and quantities: integers inside, decimal text at the edges.

Money is an int of minor units of one currency; a quantity is an int of thousandths of its unit; a
rate is an int of millionths (ppm). Division always names its rounding.
"""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import msgspec

from cashwrap.errors import AmountOverflow, InvalidInput

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
MILLI = 1000
PPM = 1_000_000

Rounding = Literal["half_up", "half_even", "up", "down"]
"""half_up and half_even go to the nearest; up goes away from zero, down toward zero."""


class Currency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A currency: ISO 4217 code, digits after the point (0 to 4), and how it is shown."""

    code: str = "CNY"
    digits: Annotated[int, msgspec.Meta(ge=0, le=4)] = 2
    symbol: str = "¥"

    def __post_init__(self) -> None:
        code = self.code
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise InvalidInput(f"{code[:20]!r} is no currency code: write three capitals like CNY")

    def format(self, minor: int) -> str:
        """Return e.g. ``12.50`` for 1250 minor units, without the symbol."""
        sign = "-" if minor < 0 else ""
        whole, part = divmod(abs(minor), 10**self.digits)
        return f"{sign}{whole}.{part:0{self.digits}d}" if self.digits else f"{sign}{whole}"

    def amount(self, minor: int) -> str:
        """Return an amount with the symbol, as ``¥12.50`` or ``-¥0.05``."""
        return f"{'-' if minor < 0 else ''}{self.symbol}{self.format(abs(minor))}"

    def parse(self, text: str) -> int:
        """Return the minor units of ``12.5``, exactly.

        Raises InvalidInput for anything but a plain decimal of at most ``digits`` places, and
        AmountOverflow outside int64.
        """
        return _scaled(text, self.digits, f"an amount in {self.code}")


def parse_quantity(text: str) -> int:
    """Return the thousandths in ``0.532``, exactly. Raises as `Currency.parse` does."""
    return _scaled(text, 3, "a quantity")


def format_quantity(milli: int) -> str:
    """Return ``2`` for 2000 and ``0.532`` for 532."""
    sign = "-" if milli < 0 else ""
    whole, part = divmod(abs(milli), MILLI)
    return f"{sign}{whole}" + (f".{part:03d}".rstrip("0") if part else "")


def _scaled(text: str, digits: int, what: str) -> int:
    stripped = text.strip()
    plain = stripped.lstrip("+-").replace(".", "", 1)
    if len(stripped) > 40 or not (plain.isascii() and plain.isdigit()):
        raise InvalidInput(f"{text[:40]!r} is not {what}: write it like 12.50")
    try:
        value = Decimal(stripped).scaleb(digits)
    except InvalidOperation:
        raise InvalidInput(f"{text[:40]!r} is not {what}: write it like 12.50") from None
    if value != value.to_integral_value():
        raise InvalidInput(f"{text[:40]!r} has more than {digits} digits after the point")
    return checked(int(value))


def checked(value: int) -> int:
    """Return the value, or raise AmountOverflow when it does not fit in int64."""
    if not INT64_MIN <= value <= INT64_MAX:
        raise AmountOverflow(f"{value} does not fit in a signed 64-bit integer")
    return value


def div_round(numerator: int, denominator: int, mode: Rounding) -> int:
    """Return numerator / denominator rounded by ``mode``; the denominator is positive."""
    quotient, rest = divmod(abs(numerator), denominator)
    if mode == "up":
        quotient += rest > 0
    elif mode == "half_up":
        quotient += 2 * rest >= denominator
    elif mode == "half_even":
        quotient += 2 * rest > denominator or (2 * rest == denominator and quotient & 1)
    return -quotient if numerator < 0 else quotient
