"""The host of a till: it asks plugins, takes their time, and has their faults told.

A plugin is asked in the order of its place in the settings, its priority and its name, never in
that of loading. What it raises, or gives that cannot be, is its own fault: the sale goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cashwrap.events import Event
from cashwrap.host.errors import PluginNeeded, UnknownPlugin
from cashwrap.host.faults import FOLD, Faults
from cashwrap.host.plugin import Plugin, PluginInfo
from cashwrap.host.projection import standings
from cashwrap.host.timing import Durations, keep_times
from cashwrap.host.tracing import Traced, Tracing, told_answer, told_fault
from cashwrap.host.watchdog import HookHung, HookLeft, Watchdog, kept_in
from cashwrap.plugins import PluginRefused, offered_by
from cashwrap.settings import HostSettings
from cashwrap.store.guests import Guest
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection, Reader

T = TypeVar("T")

NOT_IN_TRAINING = frozenset(
    {
        "cashwrap_tender_drivers",
        "cashwrap_candidate_sources",
        "cashwrap_rules",
        "cashwrap_scales",
        "cashwrap_devices",
        "cashwrap_committed",
        "cashwrap_cart_changed",
        "cashwrap_closed",
        "cashwrap_followers",
        "cashwrap_jobs",
    }
)
"""Hooks that reach outside, or whose answers a training till has from the shop's."""

_NO_BUDGET = 1 << 62


class Implementation(NamedTuple):
    """A plugin's function for a hook, and which arguments it wants."""

    plugin: Plugin
    function: Callable[..., object]
    wants: tuple[str, ...]


class Host:
    """The plugins of one till that is open. Made by `cashwrap.host.loading.found`."""

    def __init__(
        self,
        plugins: Sequence[Plugin],
        settings: HostSettings,
        own_settings: dict[str, dict[str, Any]],
        ticks_ns: Callable[[], int],
        watchdog: Watchdog | None = None,
        *,
        is_training: bool = False,
    ) -> None:
        self.plugins = {plugin.name: plugin for plugin in plugins}
        self._settings = settings
        self._own_settings = own_settings
        self._ticks_ns = ticks_ns
        self._watchdog = watchdog
        self.is_training = is_training
        self._store: Store | None = None
        self._by_hook: dict[str, list[Implementation]] = {}
        self._faults = Faults(self.plugins, settings, self._by_hook.clear)
        self.tracing = Tracing(on=settings.trace)

    # What is known

    def active(self) -> list[Plugin]:
        """Return the plugins that are asked, in the order in which they are."""
        return [plugin for plugin in self.plugins.values() if plugin.state == "active"]

    def infos(self) -> tuple[PluginInfo, ...]:
        """Return what people see of every plugin."""
        known = {}
        if self._store is not None:
            with self._store.read() as reader:
                known = standings(reader)
        return tuple(
            plugin.info(
                self._own_settings.get(name, {}),
                known[name].faults if name in known else 0,
                needs_restart=self._is_changed(plugin),
            )
            for name, plugin in self.plugins.items()
        )

    def own_settings(self, name: str) -> dict[str, Any]:
        """Return what the settings said of a plugin when the till was opened."""
        return self._own_settings.get(name, {})

    def _is_changed(self, plugin: Plugin) -> bool:
        """Return whether the settings file says something else of a plugin by now."""
        if self._store is None or plugin.source == "program":
            return False
        from cashwrap.host.own_settings import is_changed

        folder, used = Path(self._store.engine.folder), plugin.state != "disabled"
        return is_changed(plugin.name, folder, self.own_settings(plugin.name), used=used)

    @property
    def is_live(self) -> bool:
        """Return whether time passes by the clock of the world, so that threads may be used."""
        return self._watchdog is not None

    def ticks_ns(self) -> int:
        """Return the steady time, for a duration."""
        return self._ticks_ns()

    def took(self, plugin: Plugin, hook: str, took_ns: int) -> None:
        """Count a call of something that nobody waited for."""
        plugin.times.setdefault(hook, Durations()).add(took_ns, slow=False)
        if self.tracing.on:
            self.tracing.add(plugin.name, hook, took_ns, "")

    @property
    def faults_max(self) -> int:
        """Return after how many faults something is asked no more."""
        return self._settings.faults_max

    def wants(self, hook: str) -> bool:
        """Return whether any plugin that is asked implements a hook."""
        return bool(self._implementations(hook))

    def may_want(self, hook: str) -> list[Plugin]:
        """Return the plugins that implement a hook, also those that could be brought back."""
        there = [one for one in self.plugins.values() if one.state in ("active", "aside")]
        return [plugin for plugin in there if hook in plugin.hooks]

    def asks(self, hook: str) -> bool:
        """Return whether a hook is asked here: in training none that reaches outside."""
        return not (self.is_training and hook in NOT_IN_TRAINING)

    def _implementations(self, hook: str) -> list[Implementation]:
        found = self._by_hook.get(hook)
        if found is None:
            found = self._by_hook[hook] = [
                Implementation(plugin, each.function, tuple(each.argnames))
                for plugin in self.active()
                if plugin.manager is not None and self.asks(hook)
                for each in getattr(plugin.manager.hook, hook).get_hookimpls()
            ]
        return found

    # Asking

    def call(self, hook: str, **given: object) -> list[tuple[Plugin, object]]:
        """Ask every plugin that implements a hook; return the answers of those that gave one."""
        return self.ask(hook, _as_it_is, None, **given)

    def ask(
        self,
        hook: str,
        taken: Callable[[object], T],
        whom: Callable[[Plugin], bool] | None = None,
        **given: object,
    ) -> list[tuple[Plugin, T]]:
        """Do the same with answers that are read and checked, in the time of the plugin.

        What ``taken`` raises of an answer is a fault of the plugin. ``whom`` says who is asked.
        """
        answers = []
        for plugin, function, wants in self._implementations(hook):
            if whom is not None and not whom(plugin):
                continue
            asked = partial(function, **{name: given[name] for name in wants})
            try:
                answers.append((plugin, self.timed(plugin, hook, lambda: taken(asked()))))  # noqa: B023
            except Exception as error:  # whatever a plugin may raise
                self.fault(plugin, hook, f"{type(error).__name__}: {error}")
        return answers

    def offers_of(self, plugin: Plugin, hook: str, kind: type[T], **given: object) -> list[T]:
        """Return what a plugin gives for a hook, each of a kind. Raises PluginRefused."""
        manager = plugin.manager
        if manager is None:
            return []
        try:
            return self.watched(lambda: offered_by(manager, hook, kind, **given))
        except (HookHung, HookLeft) as error:
            raise PluginRefused(f"plugin {plugin.name!r} failed in {hook}: {error}") from error

    def timed(self, plugin: Plugin, hook: str, act: Callable[[], T], budgets: int = 1) -> T:
        """Do something for a plugin while a sale waits, and take the time of it."""
        budget_ns = budgets * self._settings.budget_ms * 1_000_000
        return self._timed(plugin, hook, self._watched(act), budget_ns)

    def guarded(self, plugin: Plugin, hook: str, act: Callable[[], T]) -> T:
        """Do something whose time others judge; it is broken off when it does not come back."""
        return self._timed(plugin, hook, self._watched(act), _NO_BUDGET)

    def _watched(self, act: Callable[[], T]) -> Callable[[], T]:
        inside = partial(kept_in, act)
        return inside if self._watchdog is None else partial(self._watchdog.guard, inside)

    def watched(self, act: Callable[[], T], times: int = 1) -> T:
        """Do something of a plugin whose time is not taken. Raises HookHung, HookLeft.

        It may take so many times what may hang.
        """
        if self._watchdog is None:
            return kept_in(act)
        return self._watchdog.guard(lambda: kept_in(act), times)

    def offers(self, hook: str, kind: type[T]) -> list[tuple[Plugin, T]]:
        """Return what plugins offer for a hook, each of a kind. Faults are theirs."""
        result = []
        for plugin in self.active():
            if hook in plugin.hooks and self.asks(hook):
                try:
                    result += [(plugin, one) for one in self.offers_of(plugin, hook, kind)]
                except PluginRefused as error:
                    self.fault(plugin, hook, str(error))
        return result

    def _timed(self, plugin: Plugin, hook: str, act: Callable[[], T], budget_ns: int) -> T:
        began_ns, answer = self._ticks_ns(), ""
        try:
            given = act()
            answer = told_answer(given) if self.tracing.on else ""
            return given
        except BaseException as error:
            answer = told_fault(error) if self.tracing.on else ""
            raise
        finally:
            took_ns = self._ticks_ns() - began_ns
            slow = took_ns > budget_ns
            plugin.times.setdefault(hook, Durations()).add(took_ns, slow=slow)
            if self.tracing.on:
                self.tracing.add(plugin.name, hook, took_ns, answer)
            if slow:
                self._faults.slow(plugin, hook, took_ns)

    @contextmanager
    def traced(self) -> Iterator[list[Traced]]:
        """Give a list that every call of a hook is put into, until the block ends."""
        with self.tracing.apart() as calls:
            yield calls

    # Faults

    def fault(self, plugin: Plugin, hook: str, what: str) -> None:
        """Count a fault; the plugin is set aside when it was one too many."""
        self._faults.fault(plugin, hook, what)

    def note(self, plugin: Plugin, hook: str, what: str) -> None:
        """Have a fault journaled with the next commit that sets nothing aside."""
        self._faults.note(plugin, hook, what)

    def tell(self) -> None:
        """Journal what went wrong; what cannot be now is kept for the next time."""
        self._faults.tell()

    def set_aside(self, name: str, reason: str, by: str = "") -> None:
        """Ask a plugin no more, because somebody says so. Raises UnknownPlugin."""
        self._faults.set_aside(self.known(name), reason, by)
        self._faults.tell()

    def restore(self, name: str, by: str = "") -> None:
        """Ask a plugin again that was set aside, its tables folded anew.

        Raises UnknownPlugin, and StillFaulty where they cannot be.
        """
        self._faults.restore(self.known(name), by)

    def known(self, name: str) -> Plugin:
        """Return a plugin by its name. Raises UnknownPlugin."""
        found = self.plugins.get(name)
        if found is None:
            raise UnknownPlugin(name, tuple(self.plugins))
        return found

    # Beside the till

    def guests(self, plugin: Plugin, projections: Sequence[Projection]) -> list[Guest]:
        """Return a plugin's projections as guests of the store, whose time is taken."""
        plugin.projections += [one.name for one in projections]

        def timed(act: Callable[[], None]) -> None:
            self.timed(plugin, FOLD, act)

        own = [one.inner if isinstance(one, Guest) else one for one in projections]
        return [Guest(one, timed) for one in own]

    def left_out(self, reader: Reader) -> dict[str, str]:
        """Return the projections of plugins that the journal says are set aside, and why."""
        return self._faults.left_out(reader)

    def began(self, store: Store, journal: Callable[[Sequence[Event]], None]) -> None:
        """Begin to work on a till: what is wrong so far is told. Raises PluginNeeded."""
        self._store = store
        self._faults.began(store, journal)
        for name in () if self.is_training else self._settings.needed:
            plugin_or_none = self.plugins.get(name)
            if plugin_or_none is None or plugin_or_none.state != "active":
                why = "is not here" if plugin_or_none is None else plugin_or_none.reason
                raise PluginNeeded(name, why or "is disabled")

    def committed(self, events: Sequence[Event], staff: str) -> None:
        """Do what follows a commit: tell whose folds failed in it, and show it to plugins."""
        self._faults.look_at_folds()
        if self._implementations("cashwrap_committed"):
            self.call("cashwrap_committed", events=tuple(events), staff=staff)
        self._faults.tell()

    def ended(self) -> None:
        """Let plugins end, tell what is untold, and leave the times for those who look later."""
        for plugin, function, _ in self._implementations("cashwrap_closed"):
            try:
                self.guarded(plugin, "cashwrap_closed", function)  # no sale waits for it
            except Exception as error:  # whatever a plugin may raise
                self.fault(plugin, "cashwrap_closed", f"{type(error).__name__}: {error}")
        self.tell()
        if self._watchdog is not None:
            self._watchdog.stop()
        if self._store is None:
            return
        times = {name: plugin.times for name, plugin in self.plugins.items() if plugin.times}
        if times:
            keep_times(Path(self._store.engine.folder), times)


def _as_it_is(answer: object) -> object:
    return answer
