"""docs/receipt.svg: a printed receipt as a picture, each character in its column."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from builders.receipts import morning

from cashwrap.receipt.document import build, reprint
from cashwrap.receipt.text import Row, TextStyle, layout
from cashwrap.receipt.width import grapheme_width, graphemes

CELL, LINE, MARGIN = 9, 20, 18
COLUMNS = 32


def receipt_picture() -> str:
    """Return the sample receipt, reprinted once, as SVG."""
    receipt = reprint(build(morning()), 1)
    rows = [row for row in layout(receipt, TextStyle(columns=COLUMNS)) if row.role != "qr"]
    width, height = COLUMNS * CELL + 2 * MARGIN, len(rows) * LINE + 2 * MARGIN
    body = "\n".join(text for number, row in enumerate(rows) for text in row_texts(number, row))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-size="15" '
        'font-family="DejaVu Sans Mono, Noto Sans Mono CJK SC, Microsoft YaHei, monospace">\n'
        f'<rect width="{width}" height="{height}" fill="#fdfcf7" stroke="#c9c6ba"/>\n'
        f"{body}\n</svg>\n"
    )


def row_texts(number: int, row: Row) -> Iterator[str]:
    """Yield one text element per run of characters of equal width."""
    weight = ' font-weight="bold"' if row.role == "strong" else ""
    y = MARGIN + number * LINE + 15
    for column, columns, run in runs(row.text):
        yield (
            f'<text x="{MARGIN + column * CELL}" y="{y}" textLength="{columns * CELL}" '
            f'lengthAdjust="spacingAndGlyphs"{weight}>{escape(run)}</text>'
        )


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (first column, columns, characters); spaces only part the runs."""
    column = start = kind = 0
    run = ""
    for each in [*graphemes(text), " "]:
        size = grapheme_width(each, ambiguous_wide=True)
        if run and (each == " " or size != kind):
            yield start, column - start, run
            run = ""
        if each != " ":
            if not run:
                start, kind = column, size
            run += each
        column += size
