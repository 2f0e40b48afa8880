"""Find plugins through their entry points and ask them what they add."""

import pluggy

from cashwrap import hookspecs
from cashwrap.errors import CashwrapError
from cashwrap.store.tables import Projection
from cashwrap.tender.driver import TenderDriver

ENTRY_POINT_GROUP = "cashwrap.plugins"


class PluginRefused(CashwrapError):
    """A plugin adds something that the kernel cannot take."""

    code = "plugin.refused"


def load_plugins() -> pluggy.PluginManager:
    """Return a manager holding every installed plugin.

    Raises PluginRefused when one cannot be imported or implements an unknown hook.
    """
    manager = pluggy.PluginManager("cashwrap")
    manager.add_hookspecs(hookspecs)
    try:
        manager.load_setuptools_entrypoints(ENTRY_POINT_GROUP)
        manager.check_pending()
    except Exception as error:  # whatever a plugin's import may raise
        raise PluginRefused(f"a plugin cannot be loaded: {error}") from error
    return manager


def projections_of(manager: pluggy.PluginManager) -> list[Projection]:
    """Return the plugins' projections by name."""
    found = [one for many in manager.hook.cashwrap_projections() for one in many]
    return sorted(found, key=lambda projection: projection.name)


def drivers_of(manager: pluggy.PluginManager) -> dict[str, TenderDriver]:
    """Return the plugins' payment drivers by tender kind. Raises PluginRefused for a kind twice."""
    drivers: dict[str, TenderDriver] = {}
    for many in manager.hook.cashwrap_tender_drivers():
        for kind, driver in many:
            if kind in drivers or kind == "cash":
                raise PluginRefused(f"two plugins offer the tender kind {kind!r}: disable one")
            drivers[kind] = driver
    return drivers
