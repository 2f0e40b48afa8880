"""Check digits and the short form of UPC.

All sums are those of the GS1 General Specifications, section 7.9.
"""

_TIMES_2_LESS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)  # weight 2-: 2d less the tens digit of 2d
_TIMES_3 = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)  # weight 3: the units of 3d
_TIMES_5_MORE = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)  # weight 5+: units of 5d plus its tens
_TIMES_5_LESS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)  # weight 5-: units of 5d less its tens


def is_number(text: str) -> bool:
    """Whether the text is one or more ASCII digits."""
    return text.isascii() and text.isdigit()


def check_holds(digits: str) -> bool:
    """Whether the last of the ASCII digits is the right check digit for the others."""
    data = digits.encode()
    # ASCII digits are 48 + d; an odd count is subtracted so that any length works.
    return (sum(data[-1::-2]) + 3 * sum(data[-2::-2]) - 48 * _weights(len(data))) % 10 == 0


def check_digit(body: str) -> int:
    """Return the check digit that belongs after the ASCII digits of ``body``."""
    data = body.encode()
    total = 3 * sum(data[-1::-2]) + sum(data[-2::-2])
    odd, even = (len(data) + 1) // 2, len(data) // 2
    return -(total - 48 * (3 * odd + even)) % 10


def _weights(length: int) -> int:
    return (length + 1) // 2 + 3 * (length // 2)


def measure_verifier(digits: str) -> int:
    """Return the verifier of the 4 or 5 digits of a price or weight (sections 7.9.2 to 7.9.4)."""
    number = [int(digit) for digit in digits]
    if len(number) == 4:
        tables = (_TIMES_2_LESS, _TIMES_2_LESS, _TIMES_3, _TIMES_5_LESS)
        return sum(table[d] for table, d in zip(tables, number, strict=True)) * 3 % 10
    tables5 = (_TIMES_5_MORE, _TIMES_2_LESS, _TIMES_5_LESS, _TIMES_5_MORE, _TIMES_2_LESS)
    total = sum(table[d] for table, d in zip(tables5, number, strict=True))
    return _TIMES_5_LESS.index(-total % 10)


def expand_upce(text: str) -> str:
    """Return the 12 digits of UPC-A for a UPC-E of 6, 7 or 8 digits, or "" if it is none.

    6 digits are number system 0 without a check digit, 7 have the system in front, 8 end in the
    check digit of the expanded number, which is not verified here.
    """
    if len(text) not in (6, 7, 8) or not is_number(text):
        return ""
    system, core = (text[0], text[1:7]) if len(text) > 6 else ("0", text)
    if system not in "01":
        return ""
    body = system + _zeros_back(core)
    return body + (text[7] if len(text) == 8 else str(check_digit(body)))


def _zeros_back(core: str) -> str:
    """Return the ten digits behind six: the last says where zeros were left out (5.2.2.4.2)."""
    last = core[5]
    if last in "012":
        return f"{core[:2]}{last}0000{core[2:5]}"
    if last == "3":
        return f"{core[:3]}00000{core[3:5]}"
    if last == "4":
        return f"{core[:4]}00000{core[4]}"
    return f"{core[:5]}0000{last}"
