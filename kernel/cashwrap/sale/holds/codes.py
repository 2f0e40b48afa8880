"""The short code on the slip of a suspended sale: scanned, or read out over a counter.

``H``, the hold's number in this till, a check digit after H. M. Damm (2004): it finds every wrong
digit and every two that changed places. The letter keeps it apart from GTINs and PLUs.
"""

from cashwrap.sale.holds.errors import BadHoldCode
from cashwrap.scan.symbology import split_symbology

LETTER = "H"
DIGITS = 4  # at least, so that codes of a till look alike
_NUMBER_MAX = 2**63 - 1
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def code_of(number: int) -> str:
    """Return the code of a hold by its number in the till, from 1: ``H00017``."""
    digits = str(number).zfill(DIGITS)
    return f"{LETTER}{digits}{_check(digits)}"


def looks_like_code(text: str) -> bool:
    """Return whether a scanned or keyed text is the code of a suspended sale."""
    body = _body(text)
    return len(body) > DIGITS and body.isascii() and body.isdigit() and not _check(body)


def number_of(text: str) -> int:
    """Return the number of a hold by its code, as scanned or keyed. Raises BadHoldCode."""
    if not looks_like_code(text) or (number := int(_body(text)[:-1])) > _NUMBER_MAX:
        raise BadHoldCode(text)
    return number


def _body(text: str) -> str:
    """Return what follows the letter, "" where there is none."""
    _, data = split_symbology(text.strip().translate(_FULL_WIDTH))
    plain = "".join(data.upper().split())
    return plain[1:] if plain.startswith(LETTER) else ""


def _check(digits: str) -> int:
    """Return the digit that belongs behind; 0 for digits that end in their own."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim
