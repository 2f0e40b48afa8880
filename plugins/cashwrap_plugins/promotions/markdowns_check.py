"""Markdowns held against the goods: what would raise a price, and what names no goods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cashwrap.catalog.errors import NoCatalog, UnknownItem
from cashwrap.errors import Issue
from cashwrap.host.acting import PluginTill

from .markdowns import Markdown, Markdowns, read_markdowns
from .options import PluginSettings

COUNTS_NOT = frozenset({"markdown.above_shelf", "markdown.unknown"})
"""Codes of lines that could be read, and count for nothing."""


def checked(till: PluginTill) -> Markdowns:
    """Return what the shop's file says now, with all that is wrong in it, by line."""
    file = till.settings(PluginSettings).markdowns
    if not file:
        return Markdowns()
    found = read_markdowns(till.folder / file, till.shop)
    wrong = [*found.issues]
    with suppress(NoCatalog):  # there is nothing to hold it against yet
        wrong += _against_goods(found.rows, Path(file).name, till)
    return found._replace(issues=tuple(sorted(wrong, key=line_of)))


def line_of(issue: Issue) -> int:
    """Return the line that an issue is about, 0 for the file."""
    line = issue.source.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0


def _against_goods(rows: tuple[Markdown, ...], name: str, till: PluginTill) -> Iterator[Issue]:
    """Tell of each line that is not over and changes nothing: it never raises a price."""
    now_ms, currency = till.now_ms, till.shop.currency
    for row in rows:
        if row.until_ms and row.until_ms <= now_ms:
            continue
        source = f"{name}:{row.line}"
        try:
            shelf_minor = till.shelf_minor(row.sku, max(now_ms, row.from_ms))
        except UnknownItem:
            yield Issue(source, "markdown.unknown", f"there are no goods {row.sku!r:.60}")
            continue
        if shelf_minor is not None and row.unit_minor > shelf_minor:
            dearer, shelf = currency.amount(row.unit_minor), currency.amount(shelf_minor)
            told = f"{row.sku} costs {shelf} on the shelf: {dearer} is more, and does not count"
            yield Issue(source, "markdown.above_shelf", told)
