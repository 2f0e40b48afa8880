"""Whether the value of a GS1 element can be true: lengths, characters, check digits, dates."""

import re
from collections.abc import Callable

from cashwrap.scan.ais import Ai, Part
from cashwrap.scan.dates import full_date, is_time, long_date
from cashwrap.scan.digits import check_digit, check_holds, is_number
from cashwrap.scan.errors import CheckDigitWrong, DateImpossible, ElementError
from cashwrap.scan.masking import shown
from cashwrap.scan.model import SET_82

_CHARSETS = {
    "N": (re.compile(r"[0-9]*"), "digits"),
    "X": (re.compile(r"[!\"%-?A-Z_a-z]*"), "characters of GS1 set 82"),
    "Y": (re.compile(r"[#\-/0-9A-Z]*"), "characters of GS1 set 39"),
    "Z": (re.compile(r"[0-9A-Za-z_\-]*"), "base64url characters"),
}
_MODEL_CHECK = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def check_value(ai: str, row: Ai, value: str, this_year: int) -> None:
    """Raise ElementError, DateImpossible or CheckDigitWrong for a value that cannot be."""
    at = 0
    for part in row.parts:
        text = value[at : at + part.length_max]
        at += len(text)
        if text or not part.optional:
            _check_part(ai, part, text, this_year)
    if at != len(value):
        raise ElementError(
            ai,
            f"has {len(value)} characters, at most {row.length_max} are allowed: "
            "has the scanner lost a separator?",
        )


def _check_part(ai: str, part: Part, text: str, this_year: int) -> None:
    if len(text) < part.length_min:
        raise ElementError(ai, f"is too short: expected {part.length_min}, got {len(text)}")
    pattern, name = _CHARSETS[part.letter]
    if not pattern.fullmatch(text):
        raise ElementError(ai, f"may hold {name} only")
    if part.check == "check":
        if not check_holds(text):
            raise CheckDigitWrong(text, check_digit(text[:-1]), f"element ({ai})")
    elif part.check in _DATES:
        if not _DATES[part.check](text, this_year):
            raise DateImpossible(ai, f"holds {text!r}, which is no date or time")
    elif part.check and not _RULES[part.check](text):
        raise ElementError(ai, f"holds {shown(text)!r}, which cannot be")


def _late_time(text: str) -> bool:
    return text == "9999" or is_time(text)


def _piece(text: str) -> bool:
    return 1 <= int(text[:2]) <= int(text[2:])


def _place(text: str) -> bool:
    """Latitude and longitude, shifted to be positive, in ten-millionths of a degree."""
    return int(text[:10]) <= 1_800_000_000 and int(text[10:]) <= 3_600_000_000


def _birth_order(text: str) -> bool:
    first, last = text[0], text[2]
    return text[1] == "/" and is_number(first + last) and first <= last


def _iban(text: str) -> bool:
    """ISO 13616: country and check digits moved to the end leave 1 modulo 97."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", text):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _model(text: str) -> bool:
    """The two check characters of a Global Model Number (section 7.9.5)."""
    body, pair = text[:-2], text[-2:]
    if not (body and body[0].isdigit()):
        return False
    pairs = zip(reversed(body), _PRIMES, strict=False)
    total = sum(SET_82.index(char) * weight for char, weight in pairs) % 1021
    return pair == _MODEL_CHECK[total >> 5] + _MODEL_CHECK[total & 31]


_DATES: dict[str, Callable[[str, int], object]] = {
    "date": lambda text, year: full_date(text, year, day_zero=False),
    "date0": full_date,
    "long_date": lambda text, _: long_date(text),
    "time": lambda text, _: is_time(text),
    "late_time": lambda text, _: _late_time(text),
    "minutes": lambda text, _: len(text) != 3 and is_time("00" + text),
}
_RULES: dict[str, Callable[[str], bool]] = {
    "birth_order": _birth_order,
    "country": lambda text: bool(re.fullmatch("[A-Z]{2}", text)),
    "flag": lambda text: text in "01",
    "iban": _iban,
    "minus": lambda text: text == "-",
    "model": _model,
    "no_leading_zero": lambda text: text[0] != "0" or text == "0",
    "piece": _piece,
    "place": _place,
    "threes": lambda text: len(text) % 3 == 0,
    "zero": lambda text: text == "0",
}
