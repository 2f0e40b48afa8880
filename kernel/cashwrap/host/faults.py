"""What goes wrong with the plugins of a till: counted, journaled, and in the end set aside.

After some faults a plugin is asked no more until somebody brings it back. What the journal does not
take now is kept for later: a fault of a plugin stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cashwrap.errors import CashwrapError
from cashwrap.events import Event
from cashwrap.host.errors import StillFaulty
from cashwrap.host.events import PluginFaulted, PluginRestored, PluginSetAside
from cashwrap.host.plugin import Plugin
from cashwrap.host.projection import Standing, standings
from cashwrap.settings import HostSettings
from cashwrap.store.guests import FoldFailed
from cashwrap.store.store import Store
from cashwrap.store.tables import Reader

TOLD_MAX = 200  # characters of what went wrong
FOLD = "fold"


class Faults:
    """The faults of the plugins of one till; ``changed`` is told when others are to be asked."""

    def __init__(
        self, plugins: Mapping[str, Plugin], settings: HostSettings, changed: Callable[[], None]
    ) -> None:
        self._plugins = plugins
        self._settings = settings
        self._changed = changed
        self._store: Store | None = None
        self._journal: Callable[[Sequence[Event]], None] | None = None
        self._untold: list[Event] = []
        self._told_left_out: set[str] = set()

    def fault(self, plugin: Plugin, hook: str, what: str) -> None:
        """Count a fault; the plugin is set aside when it was one too many."""
        plugin.faults += 1
        told = what[:TOLD_MAX]
        self._untold.append(PluginFaulted(plugin.name, hook, told, plugin.faults))
        if plugin.faults >= self._settings.faults_max:
            self.set_aside(plugin, f"{plugin.faults} faults, the last in {hook}: {told}")

    def note(self, plugin: Plugin, hook: str, what: str) -> None:
        """Have a fault journaled with the next commit that sets nothing aside."""
        self._untold.append(PluginFaulted(plugin.name, hook, what[:TOLD_MAX]))

    def slow(self, plugin: Plugin, hook: str, took_ns: int) -> None:
        """Count a slow call; the plugin is set aside when it was one too many."""
        plugin.slow += 1
        took_ms = took_ns // 1_000_000
        what = f"took {took_ms} ms, more than {self._settings.budget_ms} ms"
        self._untold.append(PluginFaulted(plugin.name, hook, what, plugin.slow, slow=True))
        if plugin.slow >= self._settings.slow_max:
            self.set_aside(plugin, f"{plugin.slow} slow calls, the last in {hook}: {what}")

    def set_aside(self, plugin: Plugin, reason: str, by: str = "") -> None:
        """Ask a plugin no more."""
        if plugin.state == "active":
            plugin.state, plugin.reason = "aside", reason
            self._changed()
            self._untold.append(PluginSetAside(plugin.name, reason, by))

    def restore(self, plugin: Plugin, by: str = "") -> None:
        """Ask a plugin again, its tables folded anew. Raises StillFaulty where they cannot be."""
        store = self._store
        plugin.panel_faults.clear()
        plugin.dropped.clear()
        if plugin.state != "aside" or store is None:
            return
        try:
            for projection in plugin.projections:
                store.take_in(projection)
        except FoldFailed as failed:
            for projection in plugin.projections:
                store.leave_out(projection, failed.reason)
            raise StillFaulty(plugin.name, failed.reason) from failed
        plugin.state, plugin.reason, plugin.faults, plugin.slow = "active", "", 0, 0
        self._told_left_out -= set(plugin.projections)
        self._changed()
        self._untold.append(PluginRestored(plugin.name, by))
        self.tell()

    def left_out(self, reader: Reader) -> dict[str, str]:
        """Return the projections of plugins that the journal says are set aside, and why."""
        aside = {name: one.aside for name, one in standings(reader).items() if one.aside}
        for name, reason in aside.items():
            plugin = self._plugins.get(name)
            if plugin is not None and plugin.state == "active":
                plugin.state, plugin.reason = "aside", reason
                self._changed()
        found = [plugin for plugin in self._plugins.values() if plugin.state == "aside"]
        left = {each: plugin.reason for plugin in found for each in plugin.projections}
        self._told_left_out = set(left)
        return left

    def began(self, store: Store, journal: Callable[[Sequence[Event]], None]) -> None:
        """Begin to work on a till: what is wrong so far is told."""
        self._store, self._journal = store, journal
        with store.read() as reader:
            known = standings(reader)
        for plugin in self._plugins.values():
            if plugin.state in ("refused", "aside"):
                store.warnings.append(f"plugin {plugin.name!r} is not used: {plugin.reason}")
            told = f"load: {plugin.reason[:TOLD_MAX]}"
            if plugin.state == "refused" and known.get(plugin.name, Standing()).last != told:
                self._untold.append(PluginFaulted(plugin.name, "load", plugin.reason[:TOLD_MAX]))
        self._tell_left_out(store)
        self.tell()

    def look_at_folds(self) -> None:
        """Look whether tables could not be folded that could be before."""
        if self._store is not None and len(self._store.left_out) > len(self._told_left_out):
            self._tell_left_out(self._store)

    def tell(self) -> None:
        """Journal what went wrong; what cannot be now is kept for the next time."""
        store, journal = self._store, self._journal
        if store is None or journal is None or not self._untold:
            return
        for plugin in self._plugins.values():
            for projection in plugin.projections if plugin.state == "aside" else ():
                if projection not in store.left_out:
                    store.leave_out(projection, plugin.reason)
                    self._told_left_out.add(projection)
        untold, self._untold = self._untold, []
        for one in untold:
            if isinstance(one, PluginSetAside):
                store.warnings.append(f"plugin {one.plugin!r} was set aside: {one.reason}")
        try:
            journal(untold)
        except CashwrapError:  # a full disk, say: the sale goes on all the same
            self._untold = [*untold, *self._untold]

    def _tell_left_out(self, store: Store) -> None:
        """A plugin whose tables cannot be folded is set aside as a whole, at once."""
        for projection, reason in tuple(store.left_out.items()):
            if projection in self._told_left_out:
                continue
            self._told_left_out.add(projection)
            for plugin in self._plugins.values():
                if projection in plugin.projections:
                    plugin.faults += 1
                    told = reason[:TOLD_MAX]
                    self._untold.append(PluginFaulted(plugin.name, FOLD, told, plugin.faults))
                    self.set_aside(plugin, f"its tables cannot be folded: {told}")
