"""Card numbers never reach the disk or a log: find and mask what looks like one in any text.

A card number (ISO/IEC 7812-1) has 13 to 19 digits, a Luhn check digit, and begins with an issuer's
prefix. People write it in groups, so single spaces, hyphens and dots between digits do not hide it,
nor do full-width digits. Typed fields such as GTINs are not free text and do not come here.
"""

import hashlib
import re

_RUN = re.compile(r"\d+(?:[ .\-\u00a0\u3000]\d+)*")
_GROUP = re.compile(r"\d+")
_LONG = re.compile(r"\d(?:[ .\-]?\d){10,}")
_HEX = re.compile(r"[0-9a-f]{64}")
_LENGTHS = range(13, 20)

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
    (5018, 5018, tuple(_LENGTHS)),  # Maestro
    (5020, 5020, tuple(_LENGTHS)),
    (5038, 5038, tuple(_LENGTHS)),
    (56, 58, tuple(range(16, 20))),
    (6304, 6304, tuple(_LENGTHS)),
    (67, 67, tuple(range(16, 20))),
    (2200, 2205, tuple(range(16, 20))),  # Mir
    (9792, 9792, (16,)),  # Troy
)


def mask_pan(text: str) -> str:
    """Return the text with every card number reduced to its first six and last four digits.

    Linear in the text: at most 19 candidates are tried per group of digits.
    """
    return _RUN.sub(lambda run: _mask_run(run.group()), text)


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


def _mask_run(run: str) -> str:
    groups = list(_GROUP.finditer(run))
    masked, first = run, 0
    while first < len(groups):
        last = _card_from(run, groups, first)
        if last is None:
            first += 1
            continue
        start, end = groups[first].start(), groups[last].end()
        masked = masked[:start] + _stars(run[start:end]) + masked[end:]
        first = last + 1
    return masked


def _card_from(run: str, groups: list[re.Match[str]], first: int) -> int | None:
    """Return the last group of the longest card number that begins with group ``first``."""
    digits, found = "", None
    for place in range(first, len(groups)):
        digits += groups[place].group()[:20]
        if len(digits) > _LENGTHS[-1]:
            break
        if len(digits) in _LENGTHS and _is_card(digits):
            found = place
    return found


def _is_card(digits: str) -> bool:
    plain = "".join(str(int(digit)) for digit in digits)  # full-width digits too
    known = any(
        len(plain) in lengths and low <= int(plain[: len(str(low))]) <= high
        for low, high, lengths in _ISSUERS
    )
    return known and luhn(plain)


def luhn(digits: str) -> bool:
    """Return whether the last digit is the right check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _stars(text: str) -> str:
    count = sum(character.isdecimal() for character in text)
    seen, out = 0, []
    for character in text:
        seen += character.isdecimal()
        hidden = character.isdecimal() and 6 < seen <= count - 4
        out.append("*" if hidden else character)
    return "".join(out)
