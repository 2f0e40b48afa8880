"""Hiding payment and card numbers, so that no log, journal or message can hold one."""

import re

_NUMBER = r"(?<![0-9])[0-9]{13,19}(?![0-9])"
_GROUPED = tuple(  # as embossed: 19, 16, 15 and 14 digits
    rf"(?<![0-9]){'[ -]'.join(f'[0-9]{{{n}}}' for n in groups)}(?![0-9])"
    for groups in ((4, 4, 4, 4, 3), (4, 4, 4, 4), (4, 6, 5), (4, 6, 4))
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # digit sum of twice the digit
_KEPT_HEAD, _KEPT_TAIL = 6, 4  # what PCI DSS 3.4.1 lets a display show
_SHOWN_MAX = 40


def masked(number: str) -> str:
    """Return the number with its middle digits as stars: ``411111******1111``."""
    digits = sum(char.isdigit() for char in number)
    seen = 0
    out = []
    for char in number:
        if char.isdigit():
            seen += 1
            char = char if seen <= _KEPT_HEAD or seen > digits - _KEPT_TAIL else "*"
        out.append(char)
    return "".join(out)


def without_cards(text: str) -> str:
    """Return the text with every number that could be a card's masked, run together or grouped."""
    if len(text) >= 13:
        text = re.sub(_NUMBER, lambda match: _mask_if_card(match[0]), text)
        for pattern in _GROUPED:
            text = _mask_groups(re.compile(pattern), text)
    return text


def _mask_groups(pattern: re.Pattern[str], text: str) -> str:
    """Mask each match that could be a card; matches may overlap, so step by one after a miss."""
    at = 0
    while match := pattern.search(text, at):
        safe = _mask_if_card(match[0])
        at = match.start() + 1
        text = text[: match.start()] + safe + text[match.end() :]
    return text


def shown(text: str) -> str:
    """Return what an error may show of a scanned text: no card number, at most 40 characters."""
    safe = without_cards(text)
    return safe if len(safe) <= _SHOWN_MAX else f"{safe[: _SHOWN_MAX - 1]}…"


def could_be_card(digits: str) -> bool:
    """Whether 13 to 19 digits have an issuer's prefix (ISO/IEC 7812) and pass the Luhn check.

    Prefixes 3 to 6 are issued whole; 81 is UnionPay's, 2221 to 2720 with 16 digits Mastercard's.
    """
    mastercard = len(digits) == 16 and "2221" <= digits[:4] <= "2720"
    issued = mastercard or digits[0] in "3456" or digits[:2] == "81"
    return issued and 13 <= len(digits) <= 19 and _luhn(digits)


def _mask_if_card(text: str) -> str:
    return masked(text) if could_be_card(text.replace(" ", "").replace("-", "")) else text


def _luhn(digits: str) -> bool:
    plain = sum(map(int, digits[-1::-2]))
    return (plain + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])) % 10 == 0
