"""Find, order and load the plugins of a till.

One that cannot be loaded is left out alone, with its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cashwrap.host.finding import find
from cashwrap.host.host import Host
from cashwrap.host.manifest import fits, needed_plugin
from cashwrap.host.plugin import Plugin
from cashwrap.host.watchdog import OPENING_TIMES, HookHung, HookLeft, Watchdog, kept_in
from cashwrap.plugins import (
    PluginRefused,
)
from cashwrap.ports import Clock, SystemClock, stopwatch
from cashwrap.settings import HostSettings, Settings

if TYPE_CHECKING:
    from cashwrap.entry_points import EntryPoint

T = TypeVar("T")


def found(
    settings: Settings,
    shop: Path | None,
    clock: Clock,
    *,
    plugins: bool = True,
    installed: Sequence[EntryPoint] | None = None,
) -> Host:
    """Return the host of every plugin that is there, loaded unless the settings disable it.

    ``installed`` are those of installed packages, where they are known already.
    On the device's own clock a call that does not come back is broken off; any other clock is a
    simulation's, in which nothing may happen by the time of the world outside.
    """
    host = settings.host
    watchdog = Watchdog(host.hang_ms) if isinstance(clock, SystemClock) else None
    known: dict[str, Plugin] = {}
    folder = None if shop is None else host.folder_in(shop)
    for each in find(folder, installed) if plugins else ():
        known.setdefault(each.name, Plugin(each))
    for plugin in known.values():
        if plugin.name in host.disable or (host.only and plugin.name not in host.only):
            plugin.state, plugin.reason = "disabled", "the settings disable it"
        else:
            _load(plugin, settings, shop, watchdog)
    _refuse_without(known)
    order = sorted(known.values(), key=lambda one: _place(one, host))
    return Host(order, host, settings.plugins, stopwatch(clock), watchdog)


def beside(shop: Host, settings: Settings, folder: Path, clock: Clock) -> Host:
    """Return the host of a training till: the shop's plugins as they are there, on ``folder``."""
    plugins = []
    watchdog = Watchdog(settings.host.hang_ms) if isinstance(clock, SystemClock) else None
    for one in shop.plugins.values():
        if one.source == "program":
            continue
        plugin = one.again()
        if one.state == "active":
            _load(plugin, settings, folder, watchdog)
        else:
            plugin.state, plugin.reason = one.state, one.reason
        plugins.append(plugin)
    ticks_ns = stopwatch(clock)
    return Host(plugins, settings.host, settings.plugins, ticks_ns, watchdog, is_training=True)


def _load(plugin: Plugin, settings: Settings, shop: Path | None, watchdog: Watchdog | None) -> None:
    """Import a plugin, which may neither end the program by it nor keep it from opening."""

    def load() -> None:
        kept_in(lambda: plugin.load(settings, shop))

    try:
        load() if watchdog is None else watchdog.guard(load, OPENING_TIMES)
    except (HookHung, HookLeft) as error:
        plugin.refuse(f"a plugin cannot be loaded: {error}")


def _place(plugin: Plugin, host: HostSettings) -> tuple[int, int, str]:
    """Return where a plugin stands: as the settings say, then by priority, then by name."""
    order = host.order
    at = order.index(plugin.name) if plugin.name in order else len(order)
    return at, plugin.priority, plugin.name


def _refuse_without(plugins: Mapping[str, Plugin]) -> None:
    """Refuse what needs a plugin that is not there, and then what needs that one."""
    while True:
        before = _refused(plugins.values())
        for plugin in plugins.values():
            if plugin.state == "active" and (lacking := _lacking(plugin, plugins)):
                plugin.refuse(lacking)
        if _refused(plugins.values()) == before:
            return


def _lacking(plugin: Plugin, plugins: Mapping[str, Plugin]) -> str:
    for need in plugin.manifest.needs.plugins:
        try:
            name, wanted = needed_plugin(need)
            other = plugins.get(name)
            if other is None or other.state != "active":
                return f"it needs the plugin {name!r}, which is not active here"
            if not fits(other.version, wanted):
                return f"it needs {need}, but {name} is {other.version or 'of no known version'}"
        except PluginRefused as error:
            return str(error)
    return ""


def _refused(plugins: Collection[Plugin]) -> int:
    return sum(plugin.state == "refused" for plugin in plugins)
