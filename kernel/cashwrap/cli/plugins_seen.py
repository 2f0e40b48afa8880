"""The plugins of a shop as they do now: of the till that runs, else of the last one that did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from cashwrap.errors import CashwrapError

if TYPE_CHECKING:
    from cashwrap.cli.output import Output
    from cashwrap.host.plugin import PluginInfo

Figures = Literal["running", "last_run", "none"]


class Seen(NamedTuple):
    """Plugins, whose figures stand with them, and when they were so."""

    infos: tuple[PluginInfo, ...]
    figures: Figures
    at_ms: int = 0


def seen(shop: Path) -> Seen:
    """Return the plugins by the served till, else by the folder. Raises what `looked_at` raises."""
    return _running(shop) or _as_left(shop)


def _as_left(shop: Path) -> Seen:
    from cashwrap.host.looking import looked_at
    from cashwrap.host.timing import kept_ms

    infos, at_ms = looked_at(shop), kept_ms(shop)
    return Seen(infos, "last_run" if at_ms else "none", at_ms)


def _running(shop: Path) -> Seen | None:
    """Return what the till that is served says, None where there is none that answers."""
    from time import time_ns

    from cashwrap.cli.served import served_till

    try:
        till = served_till(shop)
        return None if till is None else Seen(till.plugins(), "running", time_ns() // 1_000_000)
    except (OSError, CashwrapError):  # it ended meanwhile, or is of another version
        return None


def say_whose(seen: Seen, shop: Path, out: Output) -> None:
    """Say whose figures these are."""
    if seen.figures == "running":
        out.say("Times: of the till that runs now, since it was opened.")
    elif seen.figures == "last_run":
        out.say(f"Times: of the last run of the till, which ended at {_when(seen.at_ms, shop)}.")
    else:
        out.say("Times: none yet; a till leaves them when it is closed.")


def _when(at_ms: int, shop: Path) -> str:
    from zoneinfo import ZoneInfo

    from cashwrap.cli.shop import local
    from cashwrap.settings import read_settings

    return local(at_ms, ZoneInfo(read_settings(shop).timezone))
