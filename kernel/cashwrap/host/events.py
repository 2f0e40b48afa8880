"""What the journal says of plugins."""

from cashwrap.events import Event, event


@event("plugin.faulted")
class PluginFaulted(Event, frozen=True):
    """A plugin failed: it raised, gave what cannot be, or took longer than it may (``slow``).

    ``count`` is the how-manieth time since the till was opened.
    """

    plugin: str
    hook: str
    what: str
    count: int = 1
    slow: bool = False


@event("plugin.set_aside")
class PluginSetAside(Event, frozen=True):
    """A plugin is asked no more, until somebody brings it back; its tables are left behind."""

    plugin: str
    reason: str
    by: str = ""


@event("plugin.settings_changed")
class PluginSettingsChanged(Event, frozen=True):
    """Somebody changed settings of a plugin, or whether it is used, for when the till opens next.

    ``fields`` are names; what they were set to stands in the settings file alone.
    """

    plugin: str
    fields: tuple[str, ...]


@event("plugin.restored")
class PluginRestored(Event, frozen=True):
    """A plugin that was set aside is asked again; its tables were folded anew."""

    plugin: str
    by: str = ""
