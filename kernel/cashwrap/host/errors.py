"""What the plugin host refuses."""

from __future__ import annotations

from collections.abc import Sequence

from cashwrap.errors import CashwrapError


class UnknownPlugin(CashwrapError):
    """No plugin of that name is here."""

    code = "plugin.unknown"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        return f"no plugin {self.name!r:.60} is here: there are {', '.join(self.known) or 'none'}"


class PluginVetoed(CashwrapError):
    """A plugin that may say no did; the message is its reason, for the cashier."""

    code = "plugin.vetoed"

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(plugin, reason)
        self.plugin = plugin
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason} ({self.plugin})"


class PluginNeeded(CashwrapError):
    """The settings say that this till does not sell without a plugin, and it is not there."""

    code = "plugin.needed"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"this till does not open without the plugin {self.name!r}, which {self.why}"


class StillFaulty(CashwrapError):
    """A plugin that was set aside cannot be brought back: it fails as before."""

    code = "plugin.still_faulty"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"plugin {self.name!r} stays aside: {self.why}; repair or update it first"


class PluginAside(CashwrapError):
    """A plugin that was set aside is asked for something."""

    code = "plugin.aside"

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(plugin, reason)
        self.plugin = plugin
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"plugin {self.plugin!r} is not asked ({self.reason}): bring it back under Plugins, or "
            f"by `cashwrap plugins --restore {self.plugin}`"
        )


class PluginFailed(CashwrapError):
    """A plugin failed in what it was asked for; nothing was done, and the till sells."""

    code = "plugin.failed"

    def __init__(self, plugin: str) -> None:
        super().__init__(plugin)
        self.plugin = plugin

    def __str__(self) -> str:
        return (
            f"plugin {self.plugin!r} failed in this, and the till sells on without it: "
            f"`cashwrap plugins {self.plugin}` says what went wrong"
        )


class NotItsOwn(CashwrapError):
    """A plugin would journal an event of another's name."""

    code = "plugin.not_its_own"

    def __init__(self, plugin: str, kind: str) -> None:
        super().__init__(plugin, kind)
        self.plugin = plugin
        self.kind = kind

    def __str__(self) -> str:
        return (
            f"plugin {self.plugin!r} may not journal {self.kind!r}: its own events begin with "
            f"{self.plugin + '.'!r}"
        )
