"""A till as a plugin works on it: it reads everything, and journals what is its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from cashwrap.events import Event
from cashwrap.host.errors import NotItsOwn
from cashwrap.ports import Timestamp
from cashwrap.settings import Settings
from cashwrap.store.store import Store
from cashwrap.store.tables import Reader

T = TypeVar("T")


class OpenTill(Protocol):
    """The till (`cashwrap.Till`) that plugins work on, as far as the host itself needs it."""

    @property
    def store(self) -> Store:
        """Return its store."""
        ...

    @property
    def settings(self) -> Settings:
        """Return its settings."""
        ...

    @property
    def is_training(self) -> bool:
        """Return whether nothing here counts."""
        ...

    def now(self) -> Timestamp:
        """Return the time."""
        ...

    def commit(self, events: Sequence[Event], *, staff: str = "", command: str = "") -> None:
        """Journal events."""
        ...


class PluginTill:
    """What followers, jobs and commands of one plugin get."""

    def __init__(self, till: OpenTill, plugin: str) -> None:
        self.till = till
        self.plugin = plugin

    def commit(self, events: Sequence[Event], *, staff: str = "", command: str = "") -> None:
        """Journal events of the plugin's own kinds; the same command commits once.

        Raises NotItsOwn, and what `Till.commit` raises.
        """
        for one in events:
            if not one.kind.startswith(f"{self.plugin}."):
                raise NotItsOwn(self.plugin, one.kind)
        own = command and f"{self.plugin}/{command}"
        self.till.commit(events, staff=staff, command=own)

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables; keep it short."""
        return self.till.store.read()

    def settings(self, kind: type[T]) -> T:
        """Return the plugin's own settings. Raises SettingsRefused."""
        return self.till.settings.of_plugin(self.plugin, kind)

    @property
    def now_ms(self) -> int:
        """Return the wall time."""
        return self.till.now().wall_ms
