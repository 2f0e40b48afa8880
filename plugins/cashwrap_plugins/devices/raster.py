"""Rows drawn as a picture: prints any script on any printer, given a font.

Pillow, qrcode and python-barcode are imported here alone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.errors import CashwrapError
from cashwrap.receipt.paper import Row
from cashwrap.receipt.width import grapheme_width, graphemes

from .settings import PrinterSettings

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

GAP = 6  # dots between rows
FACES_MOST = 32  # in one file
QR_DOTS, BAR_DOTS, BAR_HIGH = 6, 2, 64
_PLACES = (
    "~/.fonts", "~/.local/share/fonts", "/usr/share/fonts", "/usr/local/share/fonts",
    "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
_FONTS = (
    "NotoSansMonoCJK", "NotoSansCJK", "SourceHanSans", "wqy-microhei", "wqy-zenhei",
    "DroidSansFallback", "simsun", "simhei", "msyh", "PingFang", "STHeiti", "NotoSerifCJK",
)  # fmt: skip


class MissingFont(CashwrapError):
    """Nothing here can draw the text: install a font, or name one in the settings."""

    code = "devices.font"


def picture(rows: Sequence[Row], settings: PrinterSettings) -> Image:
    """Return black signs on white, as wide as the paper. Raises MissingFont."""
    from PIL import Image

    cell = settings.dots // settings.columns
    font = _font(settings.font or _found(), cell * 2)
    parts = [_part(row, settings, font, cell) for row in rows]
    paper = Image.new("1", (settings.dots, max(sum(part.height for part in parts), 1)), 1)
    top = 0
    for part in parts:
        paper.paste(part, ((settings.dots - part.width) // 2, top))
        top += part.height
    return paper


def square(text: str, dots: int) -> Image:
    """Return a QR code, no wider than the paper."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make()
    modules = code.get_matrix()
    each = max(min(QR_DOTS, dots // len(modules)), 1)
    return _modules(["".join("01"[on] for on in row) for row in modules], each, each)


def _part(row: Row, settings: PrinterSettings, font: FreeTypeFont, cell: int) -> Image:
    from PIL import Image

    if row.role == "qr":
        none = settings.qr == "none"
        return Image.new("1", (1, 1), 1) if none else square(row.text, settings.dots)
    if row.role == "barcode":
        return _bars(row.text, settings.dots)
    return _drawn(row, settings.dots, font, cell)


def _drawn(row: Row, dots: int, font: FreeTypeFont, cell: int) -> Image:
    """Draw one row of text, each sign in the middle of its cells."""
    from PIL import Image, ImageDraw

    part = Image.new("1", (dots, cell * 2 + GAP), 1)
    draw = ImageDraw.Draw(part)
    draw.fontmode = "1"
    base = cell * 2 + GAP // 2 - cell // 3
    column = 0
    for sign in graphemes(row.text):
        width = grapheme_width(sign, ambiguous_wide=True)
        middle = column * cell + width * cell // 2
        strong = 1 if row.role == "strong" else 0
        draw.text((middle, base), sign, fill=0, font=font, anchor="ms", stroke_width=strong)
        column += width
    return part


def _bars(text: str, dots: int) -> Image:
    """Return Code 128, as wide as the paper takes it."""
    import barcode

    (modules,) = barcode.get("code128", text).build()
    return _modules([modules], max(min(BAR_DOTS, dots // len(modules)), 1), BAR_HIGH)


def _modules(rows: Sequence[str], wide: int, high: int) -> Image:
    """Return rows of ``1`` (dark) and ``0``, each module so many dots."""
    from PIL import Image

    small = Image.new("1", (len(rows[0]), len(rows)), 1)
    small.putdata([0 if module == "1" else 1 for row in rows for module in row])
    return small.resize((len(rows[0]) * wide, len(rows) * high), Image.Resampling.NEAREST)


@lru_cache(maxsize=8)
def _font(path: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    try:
        return ImageFont.truetype(path, size, index=_face(path))
    except OSError as error:
        raise MissingFont(f"{path} is no font that can be read: {error}") from error


def _face(path: str) -> int:
    """Return the face of a collection that suits best: signs of one width, Chinese forms."""
    from PIL import ImageFont

    names: list[str] = []
    while len(names) < FACES_MOST:
        try:
            names.append(" ".join(map(str, ImageFont.truetype(path, 8, len(names)).getname())))
        except OSError:
            break
    ranked = sorted(
        range(len(names)), key=lambda at: ("Mono" not in names[at], "SC" not in names[at])
    )
    return ranked[0] if ranked else 0


@lru_cache(maxsize=1)
def _found() -> str:
    """Return a font with Chinese. Raises MissingFont."""
    files = [
        str(Path(place, name))
        for root in _PLACES
        for place, _, names in os.walk(Path(root).expanduser())
        for name in names
        if name.endswith((".ttf", ".ttc", ".otf"))
    ]
    for wanted in _FONTS:
        for file in sorted(files, key=lambda each: ("Regular" not in each, each)):
            if wanted.lower() in Path(file).name.lower():
                return file
    raise MissingFont(
        "no font with Chinese is installed: apt install fonts-noto-cjk, or name a file as `font`"
    )
