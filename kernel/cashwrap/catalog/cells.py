"""What one cell of bulk input may hold: a parser takes text and returns the value, or refuses."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from cashwrap.catalog.errors import CatalogError
from cashwrap.errors import AmountOverflow, InvalidInput
from cashwrap.money import INT64_MAX, Currency, parse_quantity

T = TypeVar("T")
SKU_MAX, NAME_MAX, PLU_MAX, LIST_MAX = 64, 500, 20, 1000
PPM_MAX = 100_000_000
TIME_MS_MAX = 253_402_300_799_999  # the end of the year 9999
GTIN_LENGTHS = (8, 12, 13, 14)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CellRefused(CatalogError):
    """A cell does not hold what its column takes."""

    code = "catalog.cell"

    def __init__(self, issue_code: str, message: str) -> None:
        super().__init__(issue_code, message)
        self.issue_code = issue_code
        self.message = message

    def __str__(self) -> str:
        return self.message


class ListRefused(CellRefused):
    """Some members of a list are not what its column takes; ``kept`` are the others."""

    code = "catalog.cell"

    def __init__(self, refusals: list[CellRefused], kept: tuple[object, ...]) -> None:
        super().__init__(refusals[0].issue_code, refusals[0].message)
        self.refusals = refusals
        self.kept = kept


def shown(text: str) -> str:
    """Return text as it is quoted in a message."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def name(text: str) -> str:
    """A name: printable, any script, kept whole."""
    if len(text) > NAME_MAX:
        raise CellRefused("text.long", f"{len(text)} characters: at most {NAME_MAX} are kept")
    if not text.isprintable():
        raise CellRefused("text.control", f"{shown(text)} has characters that cannot be printed")
    return text


def code(text: str) -> str:
    """A code: 1 to 64 printable characters without spaces."""
    if len(text) > SKU_MAX:
        raise CellRefused("text.long", f"a code of {len(text)} characters: at most {SKU_MAX}")
    if not text.isprintable() or " " in text:
        raise CellRefused("text.control", f"{shown(text)} is no code: no spaces, only printable")
    return text


def plu(text: str) -> str:
    """A PLU: a code of at most 20 characters."""
    if len(text) > PLU_MAX:
        raise CellRefused("plu.long", f"{shown(text)} is no PLU: at most {PLU_MAX} characters")
    return code(text)


def gtin(text: str) -> int:
    """A GTIN with its check digit (GS1 General Specifications, section 7.9)."""
    if not (text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS):
        raise CellRefused(
            "gtin.form", f"{shown(text)} is no GTIN: 8, 12, 13 or 14 digits; other codes are PLUs"
        )
    digits = [int(digit) for digit in text]
    check = -(3 * sum(digits[-2::-2]) + sum(digits[-3::-2])) % 10
    if check != digits[-1]:
        raise CellRefused(
            "gtin.check_digit", f"{text}: the check digit is {digits[-1]}, expected {check}"
        )
    value = int(text)
    if not value:
        raise CellRefused("gtin.form", f"{text} names nothing")
    return value


def flag(text: str) -> bool:
    """Yes or no."""
    try:
        return {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False}[
            text.lower()
        ]
    except KeyError:
        raise CellRefused("flag.form", f"{shown(text)}: expected 1 or 0") from None


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of a few words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise CellRefused("word.unknown", f"{shown(text)}: expected {' or '.join(allowed)}")
        return text

    return parse


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number in a range."""

    def parse(text: str) -> int:
        digits = text.removeprefix("-")
        if not (len(text) <= 20 and digits.isascii() and digits.isdigit()):
            raise CellRefused("number.form", f"{shown(text)} is no whole number")
        value = int(text)
        if not low <= value <= high:
            raise CellRefused("number.range", f"{value}: expected {low} to {high}")
        return value

    return parse


def money(currency: Currency, *, negative: bool = False) -> Callable[[str], int]:
    """An amount as decimal text, in minor units."""

    scale: int = 10**currency.digits

    def parse(text: str) -> int:
        whole, dot, part = text.partition(".")
        if len(text) <= 17 and whole.isascii() and whole.isdigit():  # the common, fast case
            if not dot:
                return int(whole) * scale
            if part.isascii() and part.isdigit() and len(part) <= currency.digits:
                return int(whole + part.ljust(currency.digits, "0"))
        value = numeric(currency.parse, text)
        if value < 0 and not negative:
            raise CellRefused("number.range", f"{shown(text)} is below zero")
        return value

    return parse


def quantity(text: str) -> int:
    """A quantity above zero, in thousandths."""
    value = numeric(parse_quantity, text)
    if value <= 0:
        raise CellRefused("number.range", f"{shown(text)}: expected more than zero")
    return value


def numeric(parse: Callable[[str], int], text: str) -> int:
    """Return what a parser of `money` gives, its refusals as those of a cell."""
    try:
        return parse(text)
    except AmountOverflow:
        raise CellRefused(
            "number.overflow", f"{shown(text)} is too large: at most {INT64_MAX} units"
        ) from None
    except InvalidInput as refusal:
        raise CellRefused("number.form", str(refusal)) from None


def moment(text: str) -> int:
    """A moment: ISO 8601 with its zone, or milliseconds since 1970."""
    if text.isascii() and text.isdigit() and len(text) > 8:
        value = int(text) if len(text) <= 16 else TIME_MS_MAX + 1
    else:
        value = _iso_ms(text)
    if not 0 < value <= TIME_MS_MAX:
        raise CellRefused("time.range", f"{shown(text)}: expected 1970 to 9999")
    return value


def _iso_ms(text: str) -> int:
    try:
        when = datetime.fromisoformat(text)
        if when.tzinfo is None:
            raise CellRefused("time.zone", f"{shown(text)} has no zone: end it with Z or +08:00")
        apart = when - _EPOCH
    except (ValueError, OverflowError):
        raise CellRefused(
            "time.form", f"{shown(text)} is no moment: write 2026-01-31T08:00:00+08:00"
        ) from None
    return apart.days * 86_400_000 + apart.seconds * 1000 + apart.microseconds // 1000


def moment_text(at_ms: int) -> str:
    """Return a moment as `moment` reads it, "" for 0."""
    return str(at_ms).rjust(9, "0") if at_ms else ""


def pair(text: str) -> tuple[str, str]:
    """``axis=value``."""
    left, equals, right = text.partition("=")
    if not (equals and left and right):
        raise CellRefused("spec.form", f"{shown(text)}: expected axis=value")
    return name(left.strip()), name(right.strip())


def axis(text: str) -> tuple[str, tuple[str, ...]]:
    """``axis=value/value/value``."""
    left, values = pair(text)
    split = tuple(part.strip() for part in values.split("/"))
    if not all(split) or len(set(split)) != len(split):
        raise CellRefused("spec.form", f"{shown(text)}: expected axis=value/value, each once")
    return left, split


def many(parse: Callable[[str], T]) -> Callable[[list[str]], tuple[T, ...]]:
    """A list, each member parsed."""

    def parse_all(texts: list[str]) -> tuple[T, ...]:
        if len(texts) > LIST_MAX * 100:
            raise CellRefused("list.long", f"{len(texts)} members are too many")
        try:
            return tuple([parse(text) for text in texts])
        except CellRefused:
            raise _sorted_out(parse, texts) from None

    return parse_all


def _sorted_out(parse: Callable[[str], T], texts: list[str]) -> ListRefused:
    kept, refusals = [], []
    for text in texts:
        try:
            kept.append(parse(text))
        except CellRefused as refusal:
            refusals.append(refusal)
    return ListRefused(refusals, tuple(kept))


def split(text: str) -> list[str]:
    r"""Return the members of ``a|b``; ``\|`` and ``\\`` stand for themselves."""
    if "\\" not in text:
        return [part for raw in text.split("|") if (part := raw.strip())]
    parts, escaped = [""], False
    for char in text:
        if escaped or char not in "\\|":
            parts[-1] += char
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            parts.append("")
    return [part for raw in parts if (part := raw.strip())]


def join(parts: tuple[str, ...] | list[str]) -> str:
    """Return the cell that `split` reads back."""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: one ``'`` before it where needed."""
    return "'" + text if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """Return what `guarded` was given."""
    if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS):
        return text[1:]
    return text
