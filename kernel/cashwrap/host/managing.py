"""What people with the right ``plugins.manage`` do to plugins; all of it is journaled."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.host import own_settings
from cashwrap.host.events import PluginSettingsChanged
from cashwrap.host.own_settings import OwnSettings
from cashwrap.host.plugin import PluginInfo
from cashwrap.staff.rights import Act, Right

if TYPE_CHECKING:
    from cashwrap.host.open_till import OpenTill
    from cashwrap.host.tracing import Tracing

MANAGE: Right = "plugins.manage"


class InTraining(CashwrapError):
    """Plugins are the shop's; who trains leaves them as they are."""

    code = "plugin.training"

    def __str__(self) -> str:
        return "plugins are changed at the shop's till: end training first"


def seen(till: OpenTill, staff: str, register: str) -> tuple[PluginInfo, ...]:
    """Return the plugins of a till; their settings only to who may change them."""
    infos = till.host.infos()
    if till.may(MANAGE, staff, register):
        return infos
    return tuple(msgspec.structs.replace(one, settings={}) for one in infos)


class Manager:
    """Plugins of a till in the hands of somebody at a register. Each act asks for the right."""

    def __init__(self, till: OpenTill, staff: str, register: str) -> None:
        if till.is_training:
            raise InTraining
        self._till = till
        self._staff = staff
        self._register = register

    def settings(self, name: str) -> OwnSettings:
        """Return a plugin's settings. Raises UnknownPlugin, NoSettings."""
        self._allow(name, "see its settings")
        return self._settings(name)

    def set(self, name: str, values: dict[str, Any]) -> OwnSettings:
        """Write all of a plugin's settings for when the till opens next; what is left out is the
        default. Raises PluginSettingsRefused, SettingsRefused, and what `settings` raises."""
        digest = sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()
        self._allow(name, f"settings {digest}")
        plugin = self._till.host.known(name)
        if fields := own_settings.changed(plugin, self._folder, values):
            self._told(name, fields)
        return self._settings(name)

    def switch(self, name: str, *, on: bool) -> PluginInfo:
        """Have a plugin used, or not, from when the till opens next. Raises UnknownPlugin."""
        self._allow(name, "enable" if on else "disable")
        self._till.host.known(name)
        if own_settings.switched(name, self._folder, on=on):
            self._told(name, ("enabled" if on else "disabled",))
        return self._info(name)

    def set_aside(self, name: str, reason: str) -> PluginInfo:
        """Ask a plugin no more, at once. Raises UnknownPlugin."""
        self._allow(name, f"set aside: {reason}")
        self._till.host.set_aside(name, reason or "somebody set it aside", self._who)
        return self._info(name)

    def restore(self, name: str) -> PluginInfo:
        """Ask a plugin again, at once. Raises UnknownPlugin, StillFaulty."""
        self._allow(name, "restore")
        self._till.host.restore(name, self._who)
        return self._info(name)

    def trace(self, *, on: bool | None = None) -> Tracing:
        """Return the newest calls of hooks, after they began or ended to be kept.

        They tell what plugins answered, which may be about customers: the right is asked.
        """
        tracing = self._till.host.tracing
        self._allow("", "trace" if on is None else f"trace {'on' if on else 'off'}")
        if on is not None:
            tracing.switch(on=on)
        return tracing

    def _settings(self, name: str) -> OwnSettings:
        host = self._till.host
        return own_settings.own_settings(host.known(name), self._folder, host.own_settings(name))

    @property
    def _folder(self) -> Path:
        return Path(self._till.store.engine.folder)

    @property
    def _who(self) -> str:
        return self._staff or self._till.signed_in(self._register)

    def _allow(self, name: str, what: str) -> None:
        act = Act(MANAGE, f"plugin {name}".strip(), what)
        self._till.allow(act, self._staff, self._register)
        self._till.use_up(self._staff, self._register)

    def _told(self, name: str, fields: tuple[str, ...]) -> None:
        changed = PluginSettingsChanged(name, fields)
        self._till.commit([changed], staff=self._staff, register=self._register)

    def _info(self, name: str) -> PluginInfo:
        return next(one for one in self._till.host.infos() if one.name == name)
