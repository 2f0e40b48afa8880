"""The markdowns of the shop's file for pages: what is cheaper now, and what comes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.host.acting import PluginTill
from cashwrap.host.offers import Call, Route

from .markdowns import Markdown
from .markdowns_check import COUNTS_NOT, checked, line_of
from .options import PluginSettings

SHOWN_MAX = 200


class MarkdownView(msgspec.Struct, frozen=True):
    """Goods at a markdown, at times of the shop; ``until`` is "" where it has no end."""

    sku: str
    name: str
    unit_minor: int
    since: str
    until: str
    counts: bool


class MarkdownsView(msgspec.Struct, frozen=True):
    """Markdowns that count and that come, soonest end first; ``wrong`` lines count for nobody."""

    file: str
    markdowns: list[MarkdownView]
    wrong: list[str]


def _answer(call: Call[None]) -> MarkdownsView:
    till, now_ms = call.till, call.till.now_ms
    file = till.settings(PluginSettings).markdowns
    found = checked(till)
    dead = {line_of(each) for each in found.issues if each.code in COUNTS_NOT}
    rows = [
        row
        for row in found.rows
        if (not row.until_ms or row.until_ms > now_ms) and row.line not in dead
    ]
    rows.sort(key=lambda row: (row.from_ms > now_ms, row.until_ms or 1 << 62, row.sku))
    return MarkdownsView(
        file,
        [_view(row, till, now_ms) for row in rows[:SHOWN_MAX]],
        [f"{each.source}: {each.message}" for each in found.issues[:SHOWN_MAX]],
    )


def _view(row: Markdown, till: PluginTill, now_ms: int) -> MarkdownView:
    try:
        name = till.item(row.sku).name
    except CashwrapError:  # it is in the file, and not in the catalog
        name = row.sku
    zone, counts = ZoneInfo(till.shop.timezone), row.from_ms <= now_ms
    since, until = (_told(at_ms, zone) for at_ms in (row.from_ms, row.until_ms))
    return MarkdownView(row.sku, name, row.unit_minor, since, until, counts)


def _told(wall_ms: int, zone: ZoneInfo) -> str:
    """Return a moment as people of the shop write it, "" for none."""
    at = datetime.fromtimestamp(wall_ms / 1000, zone)
    return at.strftime("%Y-%m-%d %H:%M") if wall_ms else ""


MARKDOWNS_ROUTE = Route(
    method="GET",
    path="/markdowns",
    run=_answer,
    gives=MarkdownsView,
    summary={"zh-CN": "现在与即将开始的降价", "en": "Markdowns that count, and that come"},
)
