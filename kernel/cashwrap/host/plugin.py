"""One plugin: what it is, whether it is used, and what it did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from cashwrap.events import known_events
from cashwrap.host.finding import Found, InFolder, Installed
from cashwrap.host.manifest import PRIORITY, Manifest, check_manifest, read_manifest
from cashwrap.host.own import Own, give_own
from cashwrap.host.timing import Durations, Spent
from cashwrap.plugins import PluginRefused, load_plugins
from cashwrap.settings import Settings

if TYPE_CHECKING:
    import pluggy

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
REASON_MAX = 500
State = Literal["active", "disabled", "refused", "aside"]


class PluginInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin as people see it. ``reason`` is why it is not active."""

    name: str
    version: str
    source: str
    state: State
    reason: str = ""
    title: dict[str, str] = {}
    summary: dict[str, str] = {}
    priority: int = PRIORITY
    api: str = ""
    hooks: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    faults: int = 0
    slow: int = 0
    spent: tuple[Spent, ...] = ()
    has_settings: bool = False
    needs_restart: bool = False


class Plugin:
    """A plugin that was found. Nothing of it is imported before `load`."""

    def __init__(self, found: Found | None, name: str = "") -> None:
        self.name = name or (found.name if found else "")
        self.source = found.source if found else "program"
        self.state: State = "active"
        self.reason = ""
        self.manifest = Manifest()
        self.priority = PRIORITY
        self.manager: pluggy.PluginManager | None = None
        self.hooks: tuple[str, ...] = ()
        self.projections: list[str] = []
        self.faults = 0
        self.slow = 0
        self.panel_faults: dict[str, int] = {}
        self.dropped: set[str] = set()  # panels that failed too often
        self.times: dict[str, Durations] = {}
        self.settings_kind: type[msgspec.Struct] | None = None
        self._found = found

    def again(self) -> Plugin:
        """Return the same plugin as it was found, for another till of this program."""
        return Plugin(self._found, self.name)

    def refuse(self, why: str) -> None:
        """Leave it out for as long as the till is open."""
        self.state, self.reason = "refused", why[:REASON_MAX]

    def load(self, settings: Settings, shop: Path | None = None) -> None:
        """Import it and check it against its manifest; what is wrong with it becomes its reason."""
        try:
            self._load(settings, shop)
        except PluginRefused as error:
            self.refuse(str(error))

    def _load(self, settings: Settings, shop: Path | None) -> None:
        assert self._found is not None  # a program's own is not loaded
        if not _NAME.fullmatch(self.name):
            raise PluginRefused(
                f"{self.name!r:.60} cannot be a plugin's name: letters, digits and _, so that what "
                "begins with it is its own"
            )
        manifest = read_manifest(self._found.home)
        self.manifest = manifest or self.manifest
        self.priority = self.manifest.priority
        self.manager = load_plugins([self._found])
        give_own(self.manager, Own(self.name, shop, settings))
        self.hooks = tuple(sorted(
            hook for hook in vars(self.manager.hook)
            if not hook.startswith("_") and getattr(self.manager.hook, hook).get_hookimpls()
        ))  # fmt: skip
        self._check_events()
        if manifest is not None:
            check_manifest(self.name, manifest, self.hooks)
            self._check_settings(manifest, settings.plugins.get(self.name, {}))

    @property
    def _home(self) -> str:
        """Return the package that its modules are in, "" for a module that stands alone."""
        assert self.manager is not None  # it is loaded
        return getattr(self.manager.get_plugin(self.name), "__package__", "") or ""

    def _check_events(self) -> None:
        assert self.manager is not None  # it is loaded
        module = getattr(self.manager.get_plugin(self.name), "__name__", "")
        for kind, cls in known_events().items():
            at = cls.__module__
            its = at == module or (self._home and at.startswith(f"{self._home}."))
            if its and not kind.startswith(f"{self.name}."):
                raise PluginRefused(
                    f"it declares the event {kind!r}: its own begin with {self.name + '.'!r}"
                )

    def _check_settings(self, manifest: Manifest, settings: Mapping[str, Any]) -> None:
        """Read its settings as it will, so that what is wrong with them is known at once."""
        if not manifest.settings:
            return
        from importlib import import_module

        module, _, name = manifest.settings.partition(":")
        try:
            place = f"{self._home}.{module}" if self._home else module
            kind = getattr(import_module(place), name)
            if not issubclass(kind, msgspec.Struct):
                raise TypeError("it is no msgspec struct")
            self.settings_kind = kind
            msgspec.convert(dict(settings), kind)
        except msgspec.ValidationError as error:
            raise PluginRefused(f"settings plugins.{self.name}: {error}") from error
        except Exception as error:  # whatever a plugin's module may raise
            raise PluginRefused(f"its settings {manifest.settings!r}: {error}") from error

    @property
    def version(self) -> str:
        """Return its version, by its manifest or its package."""
        if not self.manifest.version and isinstance(self._found, Installed | InFolder):
            return self._found.distribution
        return self.manifest.version

    def info(
        self, settings: Mapping[str, Any], faults: int, *, needs_restart: bool = False
    ) -> PluginInfo:
        """Return what people see of it; settings that are secret are not shown."""
        manifest, kind = self.manifest, self.settings_kind
        if kind is not None and settings:
            from cashwrap.host.secrets import shown

            settings, _ = shown(msgspec.json.schema(kind), settings)
        return PluginInfo(
            name=self.name,
            version=self.version,
            source=self.source,
            state=self.state,
            reason=self.reason,
            title=manifest.title,
            summary=manifest.summary,
            priority=self.priority,
            api=manifest.needs.api,
            hooks=self.hooks,
            rights=manifest.needs.rights,
            devices=manifest.needs.devices,
            requires=manifest.needs.plugins,
            settings=dict(settings),
            faults=faults,
            slow=self.slow,
            has_settings=kind is not None,
            needs_restart=needs_restart,
            spent=tuple(self.times[hook].spent(hook) for hook in sorted(self.times)),
        )
