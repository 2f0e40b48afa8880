"""What customer displays are told: two rows of 20, or one number with a lamp. Pure.

CD5220 as in the Partner CD5220 manual p. 15; ESC/POS as in Epson's DM-D; LED8 as Chinese displays
of eight digits have it, whose lamps differ by make.
"""

import unicodedata
from typing import Literal

import msgspec

from cashwrap.receipt.width import clean, display_width, grapheme_width, graphemes

from .escpos import encoded

COLUMNS = 20
DIGITS_MOST = 8
CLEAR, ESC, CR = b"\x0c", b"\x1b", b"\r"
SECOND_ROW = b"\x1f\x24\x01\x02"
Lamp = Literal[0, 1, 2, 3, 4]
"""0 none, 1 price, 2 total, 3 received, 4 change."""


class Screen(msgspec.Struct, frozen=True):
    """What a display shows; ``digits`` and ``lamp`` are for those that have digits alone."""

    upper: str = ""
    lower: str = ""
    digits: str = ""
    lamp: Lamp = 0


def told(screen: Screen, protocol: str, encoding: str) -> bytes:
    """Return the bytes that make a display show a screen, whatever it showed before."""
    if protocol == "led8":
        digits = screen.digits[-DIGITS_MOST - ("." in screen.digits) :].encode("ascii", "ignore")
        return CLEAR + ESC + b"s%d" % screen.lamp + ESC + b"QA" + digits + CR
    upper, lower = (_in(encoding, text) for text in (screen.upper, screen.lower))
    if protocol == "cd5220":
        return CLEAR + ESC + b"QA" + upper + CR + ESC + b"QB" + lower + CR
    return ESC + b"@" + CLEAR + upper + SECOND_ROW + lower


def row(left: str, right: str, encoding: str) -> str:
    """Return a row with text that is cut to fit, and an amount at the right that never is."""
    room = COLUMNS - display_width(right, ambiguous_wide=True)
    kept, width = "", 0
    for sign in graphemes(_plain(clean(left)) if encoding == "ascii" else clean(left)):
        width += grapheme_width(sign, ambiguous_wide=True)
        if width > room - bool(right):
            break
        kept += sign
    return kept + " " * (room - display_width(kept, ambiguous_wide=True)) + right


def _plain(text: str) -> str:
    """Return what of a text has ASCII letters: accents go, Chinese goes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.split())


def _in(encoding: str, text: str) -> bytes:
    if encoding == "ascii":
        return _plain_row(text)
    return encoded(text, encoding).replace(b"\x1c&", b"").replace(b"\x1c.", b"")


def _plain_row(text: str) -> bytes:
    return text.encode("ascii", "replace")[:COLUMNS]
