"""Markdowns (临期, 晚市): prices for some days or hours, from a file that the shopkeeper drops in.

The file lies in the shop's folder and is read when the till opens, and again when it is another
(`markdowns_watch`). What is wrong in it is told with the number of its line, and that line alone
does not count. No markdown raises a price (`markdowns_check`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cashwrap.catalog.model import PriceBook, PriceEntry, PriceList
from cashwrap.errors import CashwrapError, InvalidInput, Issue
from cashwrap.money import Currency
from cashwrap.settings import Settings

BOOK = "promotions.markdowns"
PRIORITY = 100
ROWS_MAX = 100_000
FILE_SIZE_MAX = 32 << 20
LINE_SIZE_MAX = 2_000
HEADS = {
    "sku": "sku", "编码": "sku", "商品编码": "sku",
    "price": "price", "价格": "price", "特价": "price",
    "from": "from", "开始": "from",
    "to": "to", "until": "to", "结束": "to",
}  # fmt: skip
_TIME = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")


class Markdown(NamedTuple):
    """One line of the file. Times are milliseconds, ``until_ms`` is not in it; 0 is open-ended."""

    line: int
    sku: str
    unit_minor: int
    from_ms: int
    until_ms: int


class Markdowns(NamedTuple):
    """What a file says, what is wrong in it, and its SHA-256, "" where it could not be read."""

    rows: tuple[Markdown, ...] = ()
    issues: tuple[Issue, ...] = ()
    digest: str = ""


def read_markdowns(path: Path, settings: Settings) -> Markdowns:
    """Return the markdowns in a CSV file; none where there is no file."""
    try:
        raw = _content(path)
    except FileNotFoundError:
        return Markdowns()
    except (OSError, InvalidInput) as error:
        told = getattr(error, "strerror", None) or str(error)
        return Markdowns(issues=(Issue(path.name, "markdown.file", told),))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")  # as spreadsheets save it
    found = parse_markdowns(text, path.name, settings.currency, ZoneInfo(settings.timezone))
    return found._replace(digest=sha256(raw).hexdigest())


def _content(path: Path) -> bytes:
    """Return what is in a file; a pipe or a device would keep the till from opening."""
    found = path.stat()
    if not S_ISREG(found.st_mode) or found.st_size > FILE_SIZE_MAX:
        raise InvalidInput(f"this is no file of at most {FILE_SIZE_MAX >> 20} MiB")
    return path.read_bytes()


def parse_markdowns(text: str, name: str, currency: Currency, zone: ZoneInfo) -> Markdowns:
    """Return what a text of comma separated lines says: sku, price, from, to."""
    rows: list[Markdown] = []
    issues: list[Issue] = []
    lines = text.splitlines()
    heads = [HEADS.get(head.strip().lower(), "") for head in _cells("".join(lines[:1]))]
    if "sku" not in heads or "price" not in heads:
        told = "its first line has to name the columns sku, price, from and to"
        return Markdowns(issues=(Issue(f"{name}:1", "markdown.columns", told),))
    for number, line in enumerate(lines[1:], 2):
        cells = _cells(line)
        given = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head}
        if not any(given.values()):
            continue
        try:
            rows.append(_row(number, given, currency, zone))
        except CashwrapError as error:
            issues.append(Issue(f"{name}:{number}", "markdown.line", str(error)))
        if len(rows) == ROWS_MAX:
            told = f"more than {ROWS_MAX} lines: what follows does not count"
            issues.append(Issue(f"{name}:{number + 1}", "markdown.size", told))
            break
    return Markdowns(tuple(rows), (*issues, *_overlapping(rows, name)))


def _cells(line: str) -> list[str]:
    """Return the cells of one line; one that is too long for any price has but itself."""
    return next(csv.reader([line]), []) if len(line) <= LINE_SIZE_MAX else [line[:LINE_SIZE_MAX]]


def _row(number: int, given: Mapping[str, str], currency: Currency, zone: ZoneInfo) -> Markdown:
    sku = given.get("sku", "")
    if not sku:
        raise InvalidInput("it names no SKU")
    unit_minor = currency.parse(given.get("price", ""))
    if unit_minor < 0:
        raise InvalidInput(f"{given['price']!r:.20} is no price: write it as 2.50")
    from_ms = _moment(given.get("from", ""), zone, last=False)
    until_ms = _moment(given.get("to", ""), zone, last=True)
    if until_ms and until_ms <= from_ms:
        raise InvalidInput(f"it ends ({given['to']}) before it begins ({given['from']})")
    return Markdown(number, sku, unit_minor, from_ms, until_ms)


def _moment(text: str, zone: ZoneInfo, *, last: bool) -> int:
    """Return a moment of the shop's time zone; a day without a time ends with its last moment."""
    if not text:
        return 0
    found = _TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        moment = datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        raise InvalidInput(
            f"{text!r:.30} is no time: write 2026-03-01 or 2026-03-01 18:00"
        ) from None
    if last and year == datetime.max.year:
        return 0  # 9999-12-31 is how spreadsheets say that there is no end
    if last and ":" not in text:
        moment += timedelta(days=1)
    return int(moment.timestamp()) * 1000


def _overlapping(rows: list[Markdown], name: str) -> Iterator[Issue]:
    """Tell of goods that have two prices at one time: each line that meets one before it."""
    found: dict[int, tuple[Markdown, int]] = {}
    lasts: dict[str, Markdown] = {}  # of those that began before, the one that ends last
    for row in sorted(rows, key=lambda row: (row.from_ms, row.line)):
        last = lasts.setdefault(row.sku, row)
        if last is not row and row.from_ms < _end(last):
            later, other = max(row, last), min(row, last)
            found.setdefault(later.line, (later, other.line))
        if _end(row) > _end(last):
            lasts[row.sku] = row
    for line, (row, other_line) in sorted(found.items()):
        told = f"{row.sku} has a price at that time already (line {other_line}): of the two "
        yield Issue(f"{name}:{line}", "markdown.twice", f"{told}that begins later counts")


def _end(row: Markdown) -> int:
    return row.until_ms or 1 << 62


def as_price_list(rows: Sequence[Markdown], store: str) -> PriceList:
    """Return the markdowns as a book of this store, which stands above the chain's."""
    entries: dict[str, list[PriceEntry]] = {}
    for row in reversed(rows):
        entry = PriceEntry(BOOK, row.unit_minor, row.from_ms, row.until_ms)
        entries.setdefault(row.sku, []).append(entry)
    book = PriceBook(code=BOOK, layer="store", scope=store, priority=PRIORITY)
    rows_by_sku = {sku: tuple(those) for sku, those in entries.items()}
    return PriceList(book, rows_by_sku, only_lowers=True)
