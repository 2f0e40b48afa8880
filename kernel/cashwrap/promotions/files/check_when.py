"""Checks of windows: dates and hours that can be read, in an order that leaves something."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cashwrap.promotions.files.said import Said
from cashwrap.promotions.rules import Window

_DATE = re.compile(r"^\d{4}-\d\d-\d\d$", re.ASCII)
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$", re.ASCII)
_HOUR = re.compile(r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", re.ASCII)


def window_faults(window: Window) -> Iterator[Said]:
    """Yield what is wrong with a window."""
    if window == Window():
        yield Said("", "window", "it says nothing: leave it out, and the rule counts always")
    yield from _span_faults(window)
    for index, day in enumerate(window.dates):
        if not _parses(day, _DATE):
            yield Said(f"dates[{index}]", "window", f"{day!r} is no date: write 2026-10-01")
    for index, number in enumerate(window.month_days):
        if number == 0:
            yield Said(f"month_days[{index}]", "window", "a month has no day 0: 1 is the first")
    for index, pair in enumerate(window.hours):
        yield from _hour_faults(f"hours[{index}]", pair)
    if window.timezone and not _zone_exists(window.timezone):
        text = f"time zone {window.timezone!r} is not known: write Asia/Shanghai"
        yield Said("timezone", "window", text)


def _span_faults(window: Window) -> Iterator[Said]:
    sound = True
    for name, text in (("from", window.from_), ("until", window.until)):
        if text and not _parses(text, _MOMENT):
            sound = False
            why = f"{text!r} is no local date or time: write 2026-11-11 or 2026-11-11T09:00"
            yield Said(name, "window", why)
    if sound and window.from_ and window.until:
        if datetime.fromisoformat(window.from_) >= datetime.fromisoformat(window.until):
            text = f"it ends at {window.until}, not after it begins at {window.from_}"
            yield Said("until", "window", f"{text}: until is exclusive, write the day after")


def _hour_faults(where: str, pair: tuple[str, str]) -> Iterator[Said]:
    sound = True
    for index, text in enumerate(pair):
        if not _HOUR.match(text) or (index == 0 and text == "24:00"):
            sound = False
            yield Said(f"{where}[{index}]", "window", f"{text!r} is no hour: write 09:30")
    if sound and pair[0] == pair[1]:
        text = f"{pair[0]} to {pair[1]} is no time at all: leave it out, or write 00:00 to 24:00"
        yield Said(where, "window", text)


def _parses(text: str, form: re.Pattern[str]) -> bool:
    if not form.match(text) or text != text.strip():
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
