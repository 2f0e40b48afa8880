"""Find, order and load the plugins of a till; gather what they add to it when it opens.

One that cannot be loaded, or adds what the kernel cannot take, is left out alone, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cashwrap.catalog.model import PriceList
from cashwrap.errors import CashwrapError
from cashwrap.host.finding import find
from cashwrap.host.host import Host, folder_of
from cashwrap.host.manifest import fits, needed_plugin
from cashwrap.host.plugin import Plugin, PluginInfo
from cashwrap.host.projection import Standing, standings
from cashwrap.host.scales import Scale
from cashwrap.host.timing import times_of
from cashwrap.host.watchdog import HookHung, HookLeft, Watchdog, kept_in
from cashwrap.money import INT64_MAX
from cashwrap.plugins import (
    PluginRefused,
    candidate_sources_of,
    drivers_of,
    offered_by,
    presets_of,
    projections_of,
)
from cashwrap.ports import Clock, SystemClock, stopwatch
from cashwrap.pricing.model import TaxCode
from cashwrap.settings import HostSettings, Settings, read_settings
from cashwrap.store.errors import TableRefused
from cashwrap.store.projections import check_ownership
from cashwrap.store.tables import Projection
from cashwrap.tender.checks import check_drivers
from cashwrap.tender.driver import TenderDriver

if TYPE_CHECKING:
    import pluggy

    from cashwrap.entry_points import EntryPoint
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.presets import Preset

T = TypeVar("T")

OPENING_TIMES = 5  # what is done once when a till opens may take so many times longer


class Added(NamedTuple):
    """What plugins add to a till that opens."""

    projections: Sequence[Projection] = ()
    drivers: Mapping[str, TenderDriver] = {}
    sources: Mapping[str, CandidateSource] = {}
    scales: Mapping[str, Scale] = {}
    price_lists: Sequence[PriceList] = ()
    taxes: tuple[TaxCode, ...] = ()
    """All of the shop's, where plugins add to them."""


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
    folder = None if shop is None else folder_of(host, shop)
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


def added(
    host: Host, settings: Settings, own: Sequence[Projection], taken: Collection[str]
) -> Added:
    """Return what the plugins add; who adds what cannot be taken is refused as a whole.

    ``own`` are projections of the program that opens the till, ``taken`` the names of the kernel's.
    Raises TableRefused for one of ``own`` with a part missing.
    """
    check_ownership(own, ())
    for one in own:
        host.plugins.setdefault(one.name, Plugin(None, one.name))
    while True:
        before = _refused(host.plugins.values())
        for plugin in host.plugins.values():
            plugin.projections.clear()
        result = _gathered(host, settings, own, taken)
        if _refused(host.plugins.values()) == before:
            return result


def _gathered(
    host: Host, settings: Settings, own: Sequence[Projection], taken: Collection[str]
) -> Added:
    projections: list[Projection] = []
    for one in own:
        projections += host.guests(host.plugins[one.name], [one])
    names = {*taken, *(one.name for one in own)}
    tables = _each(host, _projections, names)
    for plugin, given in tables:
        projections += host.guests(plugin, list(given.values()))
    drivers = _merged(_each(host, _drivers, ()) if host.asks("cashwrap_tender_drivers") else ())
    sources = _sources(host) if host.asks("cashwrap_candidate_sources") else {}
    taxes = _merged(_each(host, lambda manager: _taxes(manager, settings), ()))
    both = _taxed(settings, taxes.values()) if taxes else ()
    scales = _merged(_each(host, _scales, ()) if host.asks("cashwrap_scales") else ())
    lists = _merged(_each(host, lambda manager: _price_lists(manager, settings), ()))
    return Added(projections, drivers, sources, scales, list(lists.values()), both)


def _each(
    host: Host, ask: Callable[[pluggy.PluginManager], Mapping[str, T]], taken: Collection[str]
) -> list[tuple[Plugin, Mapping[str, T]]]:
    """Ask each plugin what it adds by name; of two with one name the later is refused."""
    known, answers = set(taken), []
    for plugin in host.active():
        if plugin.manager is None:
            continue
        try:
            given = _in_time(host, plugin, ask)
            if clash := known & given.keys():
                raise PluginRefused(f"it offers {min(clash)!r}, which is taken: disable one")
        except CashwrapError as error:
            plugin.refuse(str(error))
            continue
        known |= given.keys()
        answers.append((plugin, given))
    return answers


def _in_time(
    host: Host, plugin: Plugin, ask: Callable[[pluggy.PluginManager], Mapping[str, T]]
) -> Mapping[str, T]:
    """Return what a plugin adds. Raises PluginRefused also where it never comes back."""
    manager = plugin.manager
    assert manager is not None  # it is loaded
    try:
        return host.watched(lambda: ask(manager), OPENING_TIMES)
    except CashwrapError:
        raise
    except Exception as error:  # what it raised, or what reading what it gave did
        told = f"{type(error).__name__}: {error}"
        raise PluginRefused(f"plugin {plugin.name!r} adds what cannot be: {told}") from error


def _merged(answers: Sequence[tuple[Plugin, Mapping[str, T]]]) -> dict[str, T]:
    return {name: one for _, given in answers for name, one in given.items()}


def _projections(manager: pluggy.PluginManager) -> dict[str, Projection]:
    projections = projections_of(manager)
    check_ownership(projections, ())
    return {one.name: one for one in projections}


def _drivers(manager: pluggy.PluginManager) -> dict[str, TenderDriver]:
    drivers = drivers_of(manager)
    check_drivers(drivers)
    return drivers


def _sources(host: Host) -> dict[str, CandidateSource]:
    given = _each(host, candidate_sources_of, ())
    if not given:
        return {}
    from cashwrap.host.sources import HostedSource

    return {
        name: HostedSource(host, plugin, source)
        for plugin, sources in given
        for name, source in sources.items()
    }


def _price_lists(manager: pluggy.PluginManager, settings: Settings) -> dict[str, PriceList]:
    ((plugin, _),) = manager.list_name_plugin()
    lists = offered_by(manager, "cashwrap_price_lists", PriceList, store=settings.store)
    for each in lists:
        code = each.book.code
        if not code.startswith(f"{plugin}."):
            raise PluginRefused(f"it offers the price book {code!r}: its own begin with {plugin}.")
        for sku, entries in each.entries.items():
            for entry in entries:
                if entry.book != code or not _is_price(entry.unit_minor):
                    raise PluginRefused(f"price book {code!r}: {sku}: {entry!r:.80} cannot be")
    return {each.book.code: each for each in lists}


def _is_price(unit_minor: object) -> bool:
    return type(unit_minor) is int and 0 <= unit_minor <= INT64_MAX


def _scales(manager: pluggy.PluginManager) -> dict[str, Scale]:
    given = offered_by(manager, "cashwrap_scales", tuple)
    for pair in given:
        if len(pair) != 2 or not isinstance(pair[0], str) or not isinstance(pair[1], Scale):
            raise PluginRefused(f"cashwrap_scales gave {pair!r:.60}: give (name, scale)")
    return dict(given)


def _taxes(manager: pluggy.PluginManager, settings: Settings) -> dict[str, TaxCode]:
    """Return a plugin's taxes, checked together with the shop's as a sale would use them."""
    given = offered_by(
        manager, "cashwrap_taxes", TaxCode, store=settings.store, region=settings.region
    )
    taxes = {code.code: code for code in given}
    if not taxes:
        return taxes
    from cashwrap.pricing.engine import Engine

    Engine(settings.price, _taxed(settings, taxes.values()))
    return taxes


def _taxed(settings: Settings, taxes: Collection[TaxCode]) -> tuple[TaxCode, ...]:
    """Return the shop's taxes and plugins', each of these in the place of one of the same code."""
    return tuple({code.code: code for code in (*settings.taxes, *taxes)}.values())


def offers(host: Host, hook: str, kind: type[T]) -> list[tuple[Plugin, T]]:
    """Return what plugins offer when it is asked for: reports, commands. Faults are theirs."""
    return host.offers(hook, kind)


def without_till(shop: Path | None) -> Host:
    """Return the host for a look at a shop that no till is opened for.

    Where the settings cannot be read, it is as if there were none: other checks say what is wrong.
    """
    settings = Settings()
    if shop is not None and shop.is_dir():
        with suppress(CashwrapError):
            settings = read_settings(shop)
    return found(settings, shop, SystemClock())


def sources_here() -> dict[str, CandidateSource]:
    """Return the promotion rules of installed plugins' own kinds, for a look without a till."""
    return _merged(_each(without_till(None), candidate_sources_of, ()))


def presets_here() -> dict[str, Preset]:
    """Return the presets of installed plugins by code; one that fails brings none."""
    return _merged(_each(without_till(None), _presets, ()))


def _presets(manager: pluggy.PluginManager) -> dict[str, Preset]:
    return {preset.code: preset for preset in presets_of(manager)}


def tables_of(shop: Path, taken: Collection[str]) -> tuple[Host, Sequence[Projection]]:
    """Return the host for a look at a shop, and the tables that its plugins fold."""
    host = without_till(shop)
    return host, added(host, Settings(), (), taken).projections


def looked_at(shop: Path) -> tuple[PluginInfo, ...]:
    """Return what people see of a shop's plugins while its till may sell.

    Raises what `look_into` raises.
    """
    from msgspec.structs import replace

    from cashwrap.store.look import look_into

    host, _ = tables_of(shop, ())
    with look_into(shop) as look, look.read() as reader:
        try:
            host.left_out(reader)
            known = standings(reader)
        except TableRefused:  # of a store that is older than the table
            known = {}
    times = times_of(shop)
    return tuple(
        replace(
            info, spent=times.get(info.name, ()), faults=known.get(info.name, Standing()).faults
        )
        for info in host.infos()
    )
