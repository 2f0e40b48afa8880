"""Display width: how many columns a text takes, and how to cut it without breaking a character.

A character here is a grapheme: a base with its combining marks, an emoji joined by ZWJ, a flag, a
Hangul syllable of conjoining jamo (Unicode UAX #29, the rules that receipts meet). Widths follow
UAX #11: wide and fullwidth take two columns, ambiguous ones as the device prints them.
"""

import re
import unicodedata
from functools import lru_cache

ZWJ, EMOJI_STYLE = "\u200d", "\ufe0f"
_JOINERS = {ZWJ, "\u200c"}
_TRAILING_VOWELS = {"\u0e33", "\u0eb3"}  # Thai and Lao AM stay with their consonant
_NOT_FIRST = set("，。、；：？！）》」』】〕〉”’…%％,.;:?!)]}")
_NOT_LAST = set("（《「『【〔〈“‘([{")
_PLAIN = re.compile(r"[\x20-\x7e]*")


def clean(text: str) -> str:
    """Return the text as one printable line.

    Line breaks and tabs become single spaces; control and formatting characters (printer escapes,
    direction overrides) and marks without a base are dropped, so a name can neither drive a
    printer nor disturb the columns.
    """
    if _PLAIN.fullmatch(text):
        return " ".join(text.split())
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category in ("Zs", "Zl", "Zp") or char in "\t\n\r\v\f\x85":
            kept.append(" ")
        elif category == "Cs":
            kept.append("\ufffd")
        elif category == "Cc" or (category == "Cf" and not _extends(char)):
            continue
        elif (kept and kept[-1] != " ") or not (_extends(char) or _is_zero_width(char)):
            kept.append(char)
    whole = unicodedata.normalize("NFC", "".join(kept))  # what was dropped may have stood between
    return " ".join(whole.split())


def graphemes(text: str) -> list[str]:
    """Split a cleaned text into what a reader takes for its characters."""
    found: list[str] = []
    for char in text:
        if found and _joins(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def display_width(text: str, ambiguous_wide: bool) -> int:
    """Return the columns that a cleaned text takes."""
    if _PLAIN.fullmatch(text):
        return len(text)
    return sum(grapheme_width(each, ambiguous_wide) for each in graphemes(text))


@lru_cache(maxsize=8192)
def grapheme_width(grapheme: str, ambiguous_wide: bool) -> int:
    """Return 0, 1 or 2."""
    if EMOJI_STYLE in grapheme or _is_regional(grapheme[0]):
        return 2
    columns = 0
    for char in grapheme.split(ZWJ)[0]:
        if not _is_zero_width(char):
            columns += 2 if _is_wide(char, ambiguous_wide) else 1
    return min(columns, 2)


def wrap(text: str, columns: int, ambiguous_wide: bool) -> list[str]:
    """Break a cleaned text into rows of at most ``columns`` (>= 2), losing only spaces at breaks.

    Breaks fall at spaces and between wide characters; a longer word is cut between characters. A
    closing mark does not begin a row, an opening one does not end it, where a row has room for it.
    """
    if text and display_width(text, ambiguous_wide) <= columns:
        return [text]
    rows: list[str] = []
    row, width = "", 0
    for piece in _pieces(text, ambiguous_wide):
        size = display_width(piece, ambiguous_wide)
        if width + size <= columns:
            row, width = row + piece, width + size
            continue
        if row.strip():
            rows.append(row.strip())
        *full, row = _cut(piece.strip(), columns, ambiguous_wide)
        rows.extend(full)
        row += piece[len(piece.rstrip()) :]
        width = display_width(row, ambiguous_wide)
    return [*rows, row.strip()] if row.strip() else rows


def pad_left(text: str, columns: int, ambiguous_wide: bool) -> str:
    """Return the text pushed to the right edge."""
    return " " * (columns - display_width(text, ambiguous_wide)) + text


def center(text: str, columns: int, ambiguous_wide: bool) -> str:
    """Return the text in the middle, without spaces after it."""
    return " " * ((columns - display_width(text, ambiguous_wide)) // 2) + text


def _pieces(text: str, ambiguous_wide: bool) -> list[str]:
    """Split where a row may end: after spaces and beside wide characters."""
    pieces: list[str] = []
    last, last_wide = " ", False
    for each in graphemes(text):
        wide = grapheme_width(each, ambiguous_wide) == 2
        may_break = last == " " or wide or last_wide
        if pieces and (each == " " or not may_break or each in _NOT_FIRST or last in _NOT_LAST):
            pieces[-1] += each
        else:
            pieces.append(each)
        last, last_wide = each, wide
    return pieces


def _cut(piece: str, columns: int, ambiguous_wide: bool) -> list[str]:
    rows, row, width = [], "", 0
    for each in graphemes(piece):
        size = grapheme_width(each, ambiguous_wide)
        if width + size > columns:
            rows.append(row)
            row, width = "", 0
        row, width = row + each, width + size
    return [*rows, row]


def _joins(before: str, char: str) -> bool:
    """Whether a character belongs to the grapheme before it."""
    if before == " ":
        return False
    if _extends(char):
        return True
    if _is_regional(char):
        return len(before) == 1 and _is_regional(before)
    if before[-1] == ZWJ:
        return _is_pictograph(char) and _is_pictograph(before[0])
    return _jamo_joins(before[-1], char)


@lru_cache(maxsize=8192)
def _extends(char: str) -> bool:
    return (
        char in _JOINERS
        or char in _TRAILING_VOWELS
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # tags of regional flags
    )


def _jamo_joins(before: str, char: str) -> bool:
    leading = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c"
    syllable = "\uac00" <= before <= "\ud7a3"
    vowel = "\u1160" <= before <= "\u11a7" or "\ud7b0" <= before <= "\ud7c6"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return leading or syllable or vowel
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return syllable or vowel or "\u11a8" <= before <= "\u11ff"
    return leading and ("\u1100" <= char <= "\u115f" or syllable)


def _is_zero_width(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Me", "Cf")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\u1160" <= char <= "\u11ff"  # vowels and finals inside a Hangul syllable
        or "\ud7b0" <= char <= "\ud7fb"
    )


def _is_wide(char: str, ambiguous_wide: bool) -> bool:
    kind = unicodedata.east_asian_width(char)
    return kind in ("W", "F") or (kind == "A" and ambiguous_wide)


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char[0] <= "\U0001f1ff"


def _is_pictograph(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk") or char >= "\U0001f000"
