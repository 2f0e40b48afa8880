"""Receipt rows as ESC/POS bytes: pure, and the same for any transport.

Text goes out grapheme by grapheme by the kernel's widths, Chinese in runs between ``FS &`` and
``FS .``, so that what one character prints as never depends on its neighbours.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from cashwrap.receipt.paper import Row
from cashwrap.receipt.width import clean, display_width, grapheme_width, graphemes

from . import library
from .settings import PrinterSettings

ESC, FS, DLE = b"\x1b", b"\x1c", b"\x10"
INIT = ESC + b"@"
STRONG, PLAIN = ESC + b"E\x01", ESC + b"E\x00"
CENTER, LEFT = ESC + b"a\x01", ESC + b"a\x00"
KANJI, ALPHA = FS + b"&", FS + b"."
KICK_PINS = {"pin2": 0, "pin5": 1}
NARROW_YEN, WIDE_YEN = "¥", "￥"  # U+00A5 has no place in GBK


def paper(rows: Iterable[Row], settings: PrinterSettings) -> bytes:
    """Return the bytes that print rows and cut the paper. Raises MissingFont for raster."""
    if settings.encoding == "raster":
        from .raster import picture

        body = library.picture(settings, picture(list(rows), settings))
    else:
        body = b"".join(_row(row, settings) for row in rows)
    return INIT + body + library.cut(settings)


def kick(settings: PrinterSettings, *, now: bool = False) -> bytes:
    """Return the pulse that opens a drawer; ``now`` also while the printer cannot print."""
    if now:
        return DLE + b"\x14\x01" + bytes((KICK_PINS[settings.drawer], 1))
    return library.pulse(settings)


def _row(row: Row, settings: PrinterSettings) -> bytes:
    if row.role == "qr":
        return _square(row.text, settings)
    if row.role == "barcode":
        return CENTER + library.bars(settings, row.text) + b"\n" + LEFT
    room = settings.columns - display_width(row.text, ambiguous_wide=True)
    line = encoded(row.text, settings.encoding, room) + b"\n"
    return STRONG + line + PLAIN if row.role == "strong" else line


def _square(text: str, settings: PrinterSettings) -> bytes:
    if settings.qr == "none":
        return b""
    if settings.qr == "raster":
        from .raster import square

        drawn = library.picture(settings, square(text, settings.dots))
    else:
        drawn = library.square(settings, text)
    return CENTER + drawn + b"\n" + LEFT


def encoded(text: str, encoding: str, room: int = 0) -> bytes:
    """Return a row in a printer's encoding; what it does not know is ``?``, as wide as it was.

    ``room`` is how many columns are free behind it.
    """
    if encoding == "utf-8":
        return text.encode()
    text = _yen(text, room) if NARROW_YEN in text else text
    parts = []
    for wide, run in groupby(_signs(text, encoding), key=lambda sign: sign[0] > 0x7F):
        whole = b"".join(run)
        parts.append(KANJI + whole + ALPHA if wide else whole)
    return b"".join(parts)


def _yen(text: str, room: int) -> str:
    """Return a row with wide yen signs where there is a column to spare, with Y for the others."""
    while NARROW_YEN in text:
        if "  " in text:
            text = text.replace("  ", " ", 1).replace(NARROW_YEN, WIDE_YEN, 1)
        elif room > 0:
            text, room = text.replace(NARROW_YEN, WIDE_YEN, 1), room - 1
        else:
            text = text.replace(NARROW_YEN, "Y")
    return text


def _signs(text: str, encoding: str) -> Iterator[bytes]:
    for sign in graphemes(text):
        yield _sign(sign, encoding)


def _sign(sign: str, encoding: str) -> bytes:
    if sign.isascii():
        return clean(sign).encode() or b" "  # a control sign would drive the printer
    width = grapheme_width(sign, ambiguous_wide=True)
    if width == 2 and len(sign) == 1:
        try:
            return sign.encode(encoding)
        except UnicodeEncodeError:
            pass
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore")[:width]
    return plain.ljust(width, b"?") if plain else b"?" * width
