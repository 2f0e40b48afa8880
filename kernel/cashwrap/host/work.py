"""What plugins do beside selling: followers read the journal, jobs run when their time comes.

Each has a cursor of its own in the store, so that a restart goes on where it was. Nothing here is
on the way of a sale: a program calls `Work.step` when it has nothing better to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cashwrap.host.acting import plugin_till
from cashwrap.host.loading import offers
from cashwrap.host.offers import Job, React
from cashwrap.host.plugin import Plugin

if TYPE_CHECKING:
    from cashwrap.host.host import Host
    from cashwrap.till import Till

FOLLOW, JOBS = "cashwrap_followers", "cashwrap_jobs"
MINUTE_MS = 60_000
BATCH = 20


class Work:
    """The followers and jobs of a till's plugins."""

    def __init__(self, host: Host, till: Till) -> None:
        self._host = host
        self._till = till
        self._asked: set[str] = set()
        self._followers: list[tuple[Plugin, React]] = []
        self._jobs: list[tuple[Plugin, Job]] = []

    def step(self) -> bool:
        """Do some of what waits; return whether more does. One that fails is tried again later."""
        self._ask()
        more = [self._follow(plugin, react) for plugin, react in self._followers]
        for plugin, job in self._jobs:
            self._run(plugin, job)
        self._host.tell()
        return any(more)

    def _ask(self) -> None:
        """Ask the plugins that were not asked yet what they do; later those that came back."""
        active = {plugin.name for plugin in self._host.active()}
        if self._till.is_training or active <= self._asked:
            return
        self._asked |= active
        self._followers = offers(self._host, FOLLOW, React)
        self._jobs = offers(self._host, JOBS, Job)

    @property
    def behind(self) -> dict[str, int]:
        """Return how many records each follower has not seen yet."""
        head = self._till.store.head.seq
        return {
            _name(plugin, react.name): head - self._till.store.cursor(_name(plugin, react.name))
            for plugin, react in self._followers
        }

    def _follow(self, plugin: Plugin, react: React) -> bool:
        if plugin.state != "active":
            return False
        store, name = self._till.store, _name(plugin, react.name)
        follower, till = store.follower(name), plugin_till(self._till, plugin.name)
        for record in follower.poll(BATCH):
            wanted = record.envelope.kind in react.kinds
            if wanted and not self._did(plugin, FOLLOW, lambda: react.do(till, record)):  # noqa: B023
                return False
            follower.ack(record.seq)
        return follower.behind > 0

    def _run(self, plugin: Plugin, job: Job) -> None:
        """Run a job whose time has come; its cursor is the minute in which it ran last."""
        store, name = self._till.store, _name(plugin, job.name)
        minute = self._till.now().wall_ms // MINUTE_MS
        since = minute - store.cursor(name)
        if plugin.state != "active" or 0 <= since < job.every_minutes:
            return
        till = plugin_till(self._till, plugin.name)
        store.move_cursor(name, minute)
        self._did(plugin, JOBS, lambda: job.run(till))

    def _did(self, plugin: Plugin, hook: str, act: Callable[[], None]) -> bool:
        try:
            self._host.unhurried(plugin, hook, act)
        except Exception as error:  # whatever a plugin may raise
            self._host.fault(plugin, hook, f"{type(error).__name__}: {error}")
            return False
        return True


def _name(plugin: Plugin, what: str) -> str:
    return f"plugin {plugin.name} {what}"
