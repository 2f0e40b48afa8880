"""Find plugins through their entry points and ask them what they add.

pluggy is imported where there is a plugin: a till without one starts sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from cashwrap.entry_points import EntryPoint, entry_points
from cashwrap.errors import CashwrapError
from cashwrap.store.tables import Projection
from cashwrap.tender.driver import TenderDriver

if TYPE_CHECKING:
    import pluggy

    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.presets import Preset

T = TypeVar("T")
OFFERS_MAX = 10_000

ENTRY_POINT_GROUP = "cashwrap.plugins"


class PluginRefused(CashwrapError):
    """A plugin adds something that the kernel cannot take."""

    code = "plugin.refused"


def installed_plugins() -> list[EntryPoint]:
    """Return the entry points of every installed plugin. Raises PluginRefused."""
    try:
        return entry_points(ENTRY_POINT_GROUP)
    except Exception as error:  # whatever an importer other than Python's may raise
        raise PluginRefused(f"installed plugins cannot be listed: {error}") from error


class Loadable(Protocol):
    """A plugin that can be imported, by its name."""

    @property
    def name(self) -> str:
        """Return its name."""
        ...

    def load(self) -> object:
        """Import it. Raises what the import raises."""
        ...


def load_plugins(points: Sequence[Loadable] | None = None) -> pluggy.PluginManager:
    """Return a manager holding every installed plugin; of two with one name, the first found.

    Raises PluginRefused when one cannot be imported or implements an unknown hook.
    """
    import pluggy

    from cashwrap import hookspecs

    if points is None:
        points = installed_plugins()
    manager = pluggy.PluginManager("cashwrap")
    manager.add_hookspecs(hookspecs)
    try:
        for point in points:
            if not manager.has_plugin(point.name):
                manager.register(point.load(), point.name)
        manager.check_pending()
    except Exception as error:  # whatever a plugin's import may raise
        raise PluginRefused(f"a plugin cannot be loaded: {error}") from error
    return manager


def projections_of(manager: pluggy.PluginManager) -> list[Projection]:
    """Return the plugins' projections by name.

    Raises PluginRefused for a hook that fails, or a projection outside its plugin's name.
    """
    found: dict[str, Projection] = {}
    for plugin, projection in _offered(manager.hook.cashwrap_projections):
        name = getattr(projection, "name", None)
        if not isinstance(name, str):
            raise PluginRefused(f"plugin {plugin!r} offers tables without a name")
        if name != plugin and not name.startswith(f"{plugin}."):
            raise PluginRefused(
                f"plugin {plugin!r} offers tables named {name!r}: its own begin with {plugin!r}"
            )
        if name in found:
            raise PluginRefused(f"plugin {plugin!r} offers the tables {name!r} twice")
        found[name] = projection
    return [found[name] for name in sorted(found)]


def drivers_of(manager: pluggy.PluginManager) -> dict[str, TenderDriver]:
    """Return the plugins' payment drivers by tender kind.

    Raises PluginRefused for a hook that fails, and for a kind that is taken.
    """
    drivers: dict[str, TenderDriver] = {}
    for plugin, (kind, driver) in _offered(manager.hook.cashwrap_tender_drivers):
        if kind in drivers or kind == "cash":
            raise PluginRefused(
                f"plugin {plugin!r} offers the tender kind {kind!r}, which is taken: disable it"
            )
        drivers[kind] = driver
    return drivers


def candidate_sources_of(manager: pluggy.PluginManager) -> dict[str, CandidateSource]:
    """Return the plugins' own kinds of promotion rules by name.

    Raises PluginRefused for a hook that fails, and for a name that is taken.
    """
    sources: dict[str, CandidateSource] = {}
    for plugin, (name, source) in _offered(manager.hook.cashwrap_candidate_sources):
        if name in sources:
            raise PluginRefused(
                f"plugin {plugin!r} offers rules of the kind {name!r}, which is taken: disable it"
            )
        if not callable(getattr(source, "candidates", None)):
            raise PluginRefused(f"plugin {plugin!r}: the rules {name!r} have no candidates()")
        sources[name] = source
    return sources


def presets_of(manager: pluggy.PluginManager) -> list[Preset]:
    """Return the plugins' presets, each plugin's in its own order. Raises PluginRefused."""
    presets: dict[str, Preset] = {}
    for plugin, preset in _offered(manager.hook.cashwrap_rule_presets):
        if preset.code in presets:
            raise PluginRefused(
                f"plugin {plugin!r} offers the preset {preset.code!r}, a second one"
            )
        presets[preset.code] = preset
    return list(presets.values())


def offered_by(manager: pluggy.PluginManager, hook: str, kind: type[T], **given: object) -> list[T]:
    """Return what plugins give for a hook, each of a kind. Raises PluginRefused."""
    offers = _offered(getattr(manager.hook, hook), **given)
    for plugin, one in offers:
        if not isinstance(one, kind):
            raise PluginRefused(f"plugin {plugin!r}: {hook} gave {one!r:.60}, no {kind.__name__}")
    return [one for _, one in offers]


def _offered(hook: pluggy.HookCaller, **arguments: object) -> list[tuple[str, Any]]:
    """Return what each plugin's hook gives, with the plugin's name, in order of names."""
    given: list[tuple[str, Any]] = []
    for implementation in sorted(hook.get_hookimpls(), key=lambda each: each.plugin_name):
        name = implementation.plugin_name
        try:
            wanted = {each: arguments[each] for each in implementation.argnames}
            offer = cast(Iterable[Any], implementation.function(**wanted))
            those = [(name, one) for one in islice(offer, OFFERS_MAX + 1)]
            if len(those) > OFFERS_MAX:
                raise ValueError(f"it gave more than {OFFERS_MAX}")
            given += those
        except Exception as error:  # whatever a plugin may raise
            raise PluginRefused(f"plugin {name!r} failed in {hook.name}: {error}") from error
    return given
