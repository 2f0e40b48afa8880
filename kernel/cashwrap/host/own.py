"""What a plugin is on one till: where it is, and its settings there."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cashwrap.settings import Settings

if TYPE_CHECKING:
    import pluggy

T = TypeVar("T")
ARGUMENT = "own"


class Own:
    """A plugin on one till. A hook that takes ``own`` gets the same one while the till is open.

    What a plugin keeps for a till it may keep by it (a ``WeakKeyDictionary``): a process may have
    several tills open. ``folder`` is the shop's, None where there is no shop; ``shop`` the till's
    own settings (currency, time zone, store), as it was opened with.
    """

    __slots__ = ("__weakref__", "folder", "plugin", "shop")

    def __init__(
        self, plugin: str, folder: Path | None = None, shop: Settings | None = None
    ) -> None:
        self.plugin = plugin
        self.folder = folder
        self.shop = shop or Settings()

    def settings(self, kind: type[T]) -> T:
        """Return ``[plugins.NAME]`` of the till's settings. Raises SettingsRefused."""
        return self.shop.of_plugin(self.plugin, kind)


def give_own(manager: pluggy.PluginManager, own: Own) -> None:
    """Have every hook of a manager that takes ``own`` get it, whoever asks it."""
    for name, hook in vars(manager.hook).items():
        for each in () if name.startswith("_") else hook.get_hookimpls():
            if ARGUMENT in each.argnames:
                each.function = partial(each.function, own=own)
                each.argnames = tuple(one for one in each.argnames if one != ARGUMENT)
