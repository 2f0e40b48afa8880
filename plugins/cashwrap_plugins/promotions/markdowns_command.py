"""A look at the markdowns at the command line, before and after the till takes them."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from zoneinfo import ZoneInfo

from cashwrap.host.acting import PluginTill
from cashwrap.host.offers import Command

from .markdowns import Markdown
from .markdowns_check import checked
from .options import PluginSettings


def _run(till: PluginTill, args: Namespace) -> str:
    """Say what stands in the file: what counts now, what comes, and what is wrong in it."""
    settings = till.shop
    path = till.folder / till.settings(PluginSettings).markdowns
    found = checked(till)
    if not (found.rows or found.issues):
        return f"There are no markdowns: {path} is not there, or empty."
    zone, now_ms = ZoneInfo(settings.timezone), till.now_ms
    rows = [
        f"  {row.sku}: {settings.currency.amount(row.unit_minor)}  {_when(row, zone, now_ms)}"
        for row in found.rows
    ]
    wrong = [f"  {each.source}: {each.message}" for each in found.issues]
    return "\n".join([f"{path.name}: {len(found.rows)} prices", *rows, *wrong])


def _when(row: Markdown, zone: ZoneInfo, now_ms: int) -> str:
    if row.until_ms and row.until_ms <= now_ms:
        return "over"
    state = "now" if row.from_ms <= now_ms else f"from {_told(row.from_ms, zone)}"
    return f"{state}, until {_told(row.until_ms, zone)}" if row.until_ms else state


def _told(wall_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(wall_ms / 1000, zone).strftime("%Y-%m-%d %H:%M")


MARKDOWNS = Command(name="markdowns", line="The markdowns of the shop's file (降价)", run=_run)
