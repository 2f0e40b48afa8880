"""Markdowns (临期, 晚市): prices for some days or hours, from a file that the shopkeeper drops in.

The file lies in the shop's folder and is read when the till opens. What is wrong in it is told with
the number of its line, and that line alone does not count.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cashwrap.catalog.model import PriceBook, PriceEntry, PriceList
from cashwrap.errors import CashwrapError, InvalidInput, Issue
from cashwrap.money import Currency
from cashwrap.settings import Settings

BOOK = "promotions.markdowns"
PRIORITY = 100
ROWS_MAX = 100_000
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
    """What a file says, and what is wrong in it."""

    rows: tuple[Markdown, ...] = ()
    issues: tuple[Issue, ...] = ()


def read_markdowns(path: Path, settings: Settings) -> Markdowns:
    """Return the markdowns in a CSV file; none where there is no file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Markdowns()
    except UnicodeDecodeError:
        text = path.read_text(encoding="gb18030", errors="replace")  # as spreadsheets save it
    except OSError as error:
        return Markdowns(issues=(Issue(path.name, "markdown.file", error.strerror or str(error)),))
    return parse_markdowns(text, path.name, settings.currency, ZoneInfo(settings.timezone))


def parse_markdowns(text: str, name: str, currency: Currency, zone: ZoneInfo) -> Markdowns:
    """Return what a text of comma separated lines says: sku, price, from, to."""
    rows: list[Markdown] = []
    issues: list[Issue] = []
    lines = csv.reader(text.splitlines())
    heads = [HEADS.get(head.strip().lower(), "") for head in next(lines, [])]
    if "sku" not in heads or "price" not in heads:
        told = "its first line has to name the columns sku, price, from and to"
        return Markdowns(issues=(Issue(f"{name}:1", "markdown.columns", told),))
    for number, cells in enumerate(lines, 2):
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
    if last and ":" not in text:
        moment += timedelta(days=1)
    return int(moment.timestamp()) * 1000


def _overlapping(rows: list[Markdown], name: str) -> Iterator[Issue]:
    """Tell of goods that have two prices at one time."""
    by_sku: dict[str, list[Markdown]] = {}
    for row in rows:
        others = by_sku.setdefault(row.sku, [])
        twice = [other for other in others if _meet(row, other)]
        if twice:
            told = f"{row.sku} has a price at that time already (line {twice[0].line}): of the two "
            yield Issue(f"{name}:{row.line}", "markdown.twice", f"{told}that begins later counts")
        others.append(row)


def _meet(one: Markdown, other: Markdown) -> bool:
    ever = 1 << 62
    return one.from_ms < (other.until_ms or ever) and other.from_ms < (one.until_ms or ever)


def as_price_list(rows: tuple[Markdown, ...], store: str) -> PriceList:
    """Return the markdowns as a book of this store, which stands above the chain's."""
    entries: dict[str, tuple[PriceEntry, ...]] = {}
    for row in rows:
        entry = PriceEntry(BOOK, row.unit_minor, row.from_ms, row.until_ms)
        entries[row.sku] = (entry, *entries.get(row.sku, ()))
    book = PriceBook(code=BOOK, layer="store", scope=store, priority=PRIORITY)
    return PriceList(book, entries)
