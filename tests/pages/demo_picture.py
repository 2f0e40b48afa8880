"""docs/images/demo.svg: what `cashwrap demo` prints on a terminal of 80 columns."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.sax.saxutils import escape

from rich.color import ColorTriplet
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

from cashwrap.cli.demo import FOLDER, ring_up
from cashwrap.cli.demo_page import WIDTH, page
from cashwrap.demo.ports import DemoRandomness
from cashwrap.receipt.width import grapheme_width, graphemes

CELL, LINE, MARGIN, BAR = 8, 18, 20, 34
THEME = TerminalTheme(
    (30, 33, 39), (208, 212, 220),
    [(0, 0, 0), (240, 113, 120), (152, 195, 121), (229, 192, 123),
     (97, 175, 239), (198, 120, 221), (86, 182, 194), (208, 212, 220)],
)  # fmt: skip


class Run(NamedTuple):
    """Characters of one width and style, from a column on."""

    column: int
    columns: int
    text: str
    style: Style


def demo_picture() -> str:
    """Return the page as SVG; without what is measured, it is the same on every machine."""
    with TemporaryDirectory() as folder:
        shown = ring_up(Path(folder) / FOLDER, DemoRandomness(fixed_key=True), lambda *_: None)
    still = shown._replace(folder=FOLDER, rang_up_us=0, hashed_us=0)
    console = Console(
        width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    lines = console.render_lines(page(still, "cashwrap", plain=False), pad=False)
    return drawn(["$ cashwrap demo"], lines)


def drawn(typed: list[str], lines: list[list[Segment]]) -> str:
    """Return lines of a terminal as SVG."""
    rows = [[Segment(text, Style(bold=True))] for text in typed] + lines
    while rows and not "".join(segment.text for segment in rows[-1]).strip():
        rows.pop()
    width, height = WIDTH * CELL + 2 * MARGIN, len(rows) * LINE + MARGIN + BAR
    body = "\n".join(text for number, row in enumerate(rows) for text in row_texts(number, row))
    dots = "".join(
        f'<circle cx="{MARGIN + at * 20}" cy="17" r="6" fill="{color}"/>'
        for at, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-size="13.3" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, Noto Sans Mono CJK SC, Noto Sans CJK SC, '
        'PingFang SC, Microsoft YaHei, monospace" xml:space="preserve">\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="{THEME.background_color.hex}"/>\n'
        f"{dots}\n{body}\n</svg>\n"
    )


def row_texts(number: int, row: list[Segment]) -> Iterator[str]:
    """Yield one text element per run."""
    y = BAR + number * LINE + 13
    for run in runs(row):
        looks = [f'fill="{color_of(run.style).hex}"']
        if run.style.bold:
            looks.append('font-weight="bold"')
        yield (
            f'<text x="{MARGIN + run.column * CELL}" y="{y}" textLength="{run.columns * CELL}" '
            f'lengthAdjust="spacingAndGlyphs" {" ".join(looks)}>{escape(run.text)}</text>'
        )


def runs(row: list[Segment]) -> Iterator[Run]:
    """Yield the runs of a row; spaces only part them."""
    column = 0
    for segment in row:
        style = segment.style or Style()
        start, kind, text = column, 0, ""
        for each in [*graphemes(segment.text), ""]:
            size = grapheme_width(each, ambiguous_wide=False) if each else 0
            if text and (not each.strip() or size != kind):
                yield Run(start, column - start, text, style)
                text = ""
            if each.strip():
                start, kind = (start, kind) if text else (column, size)
                text += each
            column += size


def color_of(style: Style) -> ColorTriplet:
    """Return the color of a style; dim ones are halfway to the background."""
    color = style.color.get_truecolor(THEME) if style.color else THEME.foreground_color
    if not style.dim:
        return color
    back = THEME.background_color
    return ColorTriplet(*((a + b) // 2 for a, b in zip(color, back, strict=True)))
