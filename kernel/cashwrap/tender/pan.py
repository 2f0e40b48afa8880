"""Card numbers never reach the disk or a log: find and mask what looks like one in any text.

A card number (ISO/IEC 7812-1) has 13 to 19 digits, a Luhn check digit, and begins with an issuer's
prefix. People write it in groups, so single spaces, hyphens and dots between digits do not hide it,
nor do full-width digits. Typed fields such as GTINs are not free text and do not come here.
"""

import hashlib
import re
from functools import lru_cache

from cashwrap.errors import InvalidInput

_RUN = re.compile(r"\d+(?:[ .\-\u00a0\u3000]\d+)*")
_GROUP = re.compile(r"\d+")
_LONG = re.compile(r"\d(?:[ .\-]?\d){10,}")
_HEX = re.compile(r"[0-9a-f]{64}")
_TEXT_MAX = 500
WORDS_MAX = 2000
_DIGITS_MIN, _DIGITS_MAX = 13, 19
_ANY_LENGTH = tuple(range(_DIGITS_MIN, _DIGITS_MAX + 1))
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # twice a digit, nine cast out

# (first prefix, last prefix, lengths), from the schemes' public BIN ranges.
_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 18, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (62, 62, tuple(range(16, 20))),  # UnionPay
    (81, 82, tuple(range(16, 20))),  # UnionPay, RuPay
    (3528, 3589, tuple(range(16, 20))),  # JCB
    (300, 305, tuple(range(14, 20))),  # Diners Club
    (36, 36, tuple(range(14, 20))),
    (38, 39, tuple(range(14, 20))),
    (60, 60, tuple(range(16, 20))),  # Discover, RuPay
    (644, 659, tuple(range(16, 20))),
    (5018, 5018, _ANY_LENGTH),  # Maestro
    (5020, 5020, _ANY_LENGTH),
    (5038, 5038, _ANY_LENGTH),
    (56, 58, tuple(range(16, 20))),
    (6304, 6304, _ANY_LENGTH),
    (67, 67, tuple(range(16, 20))),
    (2200, 2205, tuple(range(16, 20))),  # Mir
    (9792, 9792, (16,)),  # Troy
)


def mask_pan(text: str) -> str:
    """Return the text with every card number reduced to its first six and last four digits.

    Linear in the text: at most 19 candidates are tried per group of digits.
    """
    return _RUN.sub(lambda run: _mask_run(run.group()), text)


def free_text(text: str) -> str:
    """Return what is kept of a text from outside: card numbers masked, 500 characters at most."""
    return mask_pan(text[: 2 * _TEXT_MAX])[:_TEXT_MAX]  # a number across the cut is seen whole


def words(text: str, what: str) -> str:
    """Return what a caller says as it may be kept: whole, card numbers masked.

    Raises InvalidInput for what is no text, or longer than 2000 characters.
    """
    if text == "":
        return ""
    if not isinstance(text, str) or len(text) > WORDS_MAX:
        raise InvalidInput(f"{what} must be text of at most {WORDS_MAX} characters")
    if (kept := _words(str(text))) is None:
        raise InvalidInput(f"{what} holds half a character (a lone surrogate): write it anew")
    return kept


def command_id(command: str) -> str:
    """Return a caller's command id as it may be kept; one like a card number becomes its hash.

    Masked, two ids could become one. Raises InvalidInput as `words` does.
    """
    if words(command, "a command id") == command:
        return command
    return hashlib.sha256(command.encode()).hexdigest()


def looks_like_pan(text: str) -> bool:
    """Return whether ``mask_pan`` would change the text."""
    return mask_pan(text) != text


def mask_account(text: str) -> str:
    """Return a driver's account text with no more than six first and four last digits in clear.

    Stricter than `mask_pan`: in this field any eleven digits in a row are a card number.
    """
    return _LONG.sub(lambda run: _stars(run.group()), text)


def only_digest(text: str) -> str:
    """Return the text if it is a SHA-256 in hex or empty, else its SHA-256: never raw data."""
    if not text or _HEX.fullmatch(text):
        return text
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=4096)  # the same staff and sellers all day
def _words(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return mask_pan(text)


def _mask_run(run: str) -> str:
    groups = list(_GROUP.finditer(run))
    parts: list[str] = []
    copied = first = 0
    while first < len(groups):
        last = _card_from(groups, first)
        if last is None:
            first += 1
            continue
        start, end = groups[first].start(), groups[last].end()
        parts += run[copied:start], _stars(run[start:end])
        copied, first = end, last + 1
    return "".join((*parts, run[copied:]))


def _card_from(groups: list[re.Match[str]], first: int) -> int | None:
    """Return the last group of the longest card number that begins with group ``first``."""
    digits, ends = "", []
    for place in range(first, min(first + _DIGITS_MAX, len(groups))):
        digits += groups[place].group()
        if len(digits) > _DIGITS_MAX:
            break
        ends.append((len(digits), place))
    if not ends or ends[-1][0] < _DIGITS_MIN:
        return None
    plain = digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)
    lengths = _lengths(plain[:4])
    for length, place in reversed(ends):
        if length in lengths and luhn(plain[:length]):
            return place
    return None


@lru_cache(maxsize=10_000)  # all there are
def _lengths(first_four: str) -> frozenset[int]:
    """Return how long the card numbers that begin so are."""
    found: set[int] = set()
    for low, high, lengths in _ISSUERS:
        if low <= int(first_four[: len(str(low))]) <= high:
            found.update(lengths)
    return frozenset(found)


def luhn(digits: str) -> bool:
    """Return whether the last digit is the right check digit (ISO/IEC 7812-1, annex B)."""
    doubled = sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[::-2]))) % 10 == 0


def _stars(text: str) -> str:
    count = sum(character.isdecimal() for character in text)
    seen, out = 0, []
    for character in text:
        seen += character.isdecimal()
        hidden = character.isdecimal() and 6 < seen <= count - 4
        out.append("*" if hidden else character)
    return "".join(out)
