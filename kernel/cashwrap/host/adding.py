"""What plugins add to a till when it opens.

One that adds what the kernel cannot take is left out alone, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cashwrap.catalog.model import PriceList
from cashwrap.errors import CashwrapError
from cashwrap.host.host import Host
from cashwrap.host.plugin import Plugin
from cashwrap.host.scales import Scale
from cashwrap.host.watchdog import OPENING_TIMES
from cashwrap.money import INT64_MAX
from cashwrap.plugins import (
    PluginRefused,
    candidate_sources_of,
    drivers_of,
    offered_by,
    projections_of,
)
from cashwrap.pricing.model import TaxCode
from cashwrap.settings import Settings
from cashwrap.store.projections import check_ownership
from cashwrap.store.tables import Projection
from cashwrap.tender.checks import check_drivers
from cashwrap.tender.driver import TenderDriver

if TYPE_CHECKING:
    import pluggy

    from cashwrap.promotions.candidates import CandidateSource

T = TypeVar("T")


class Added(NamedTuple):
    """What plugins add to a till that opens."""

    projections: Sequence[Projection] = ()
    drivers: Mapping[str, TenderDriver] = {}
    sources: Mapping[str, CandidateSource] = {}
    scales: Mapping[str, Scale] = {}
    price_lists: Sequence[PriceList] = ()
    taxes: tuple[TaxCode, ...] = ()
    """All of the shop's, where plugins add to them."""


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
        before = _refused(host)
        for plugin in host.plugins.values():
            plugin.projections.clear()
        result = _gathered(host, settings, own, taken)
        if _refused(host) == before:
            return result


def _gathered(
    host: Host, settings: Settings, own: Sequence[Projection], taken: Collection[str]
) -> Added:
    projections: list[Projection] = []
    for one in own:
        projections += host.guests(host.plugins[one.name], [one])
    names = {*taken, *(one.name for one in own)}
    tables = gathered(host, _projections, names)
    for plugin, given in tables:
        projections += host.guests(plugin, list(given.values()))
    drivers = merged(gathered(host, _drivers, ()) if host.asks("cashwrap_tender_drivers") else ())
    sources = _sources(host) if host.asks("cashwrap_candidate_sources") else {}
    taxes = merged(gathered(host, lambda manager: _taxes(manager, settings), ()))
    both = _taxed(settings, taxes.values()) if taxes else ()
    scales = merged(gathered(host, _scales, ()) if host.asks("cashwrap_scales") else ())
    lists = merged(gathered(host, lambda manager: _price_lists(manager, settings), ()))
    return Added(projections, drivers, sources, scales, list(lists.values()), both)


def gathered(
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


def merged(answers: Sequence[tuple[Plugin, Mapping[str, T]]]) -> dict[str, T]:
    """Return what all plugins add, by name."""
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
    given = gathered(host, candidate_sources_of, ())
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
    return checked_lists(plugin, lists)


def checked_lists(plugin: str, lists: Sequence[PriceList]) -> dict[str, PriceList]:
    """Return price lists of a plugin by their books' codes. Raises PluginRefused."""
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


def _refused(host: Host) -> int:
    return sum(plugin.state == "refused" for plugin in host.plugins.values())
