"""What plugins do beside selling: followers read the journal, jobs run when their time comes.

Each has a cursor of its own in the store, so that a restart goes on where it was. Nothing here is
on the way of a sale: a program calls `Work.step` when it has nothing better to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cashwrap.errors import CashwrapError
from cashwrap.host.acting import PluginTill
from cashwrap.host.device_watch import DeviceWatch
from cashwrap.host.hands import Errand, Hands, Own
from cashwrap.host.offers import WAIT, Job, React
from cashwrap.host.plugin import Plugin
from cashwrap.host.watchdog import Hung

if TYPE_CHECKING:
    from cashwrap.host.host import Host
    from cashwrap.host.open_till import OpenTill
    from cashwrap.store.records import Record

FOLLOW, JOBS = "cashwrap_followers", "cashwrap_jobs"
MINUTE_MS = 60_000
BATCH = 20
PAUSE_MS_MIN, PAUSE_MS_MAX = 1_000, 60_000
LOST_MS = 60_000
CLOSE_SECONDS = 2.0


class _Doing:
    """Something of a plugin, and how it is under way."""

    def __init__(self, plugin: Plugin, hook: str) -> None:
        self.plugin = plugin
        self.hook = hook
        self.errand: Errand | None = None
        self.since_ms = 0
        self.is_lost = False
        self.took_ns: list[int] = []


class _Following(_Doing):
    """A follower, how far the batch it has came, and until when it waits."""

    def __init__(self, plugin: Plugin, react: React) -> None:
        super().__init__(plugin, FOLLOW)
        self.react = react
        self.name = _name(plugin, react.name)
        self.done_seq = 0
        self.again_ms = 0
        self.pause_ms = 0
        self.waits_for = ""


class _Working(_Doing):
    """A job."""

    def __init__(self, plugin: Plugin, job: Job) -> None:
        super().__init__(plugin, JOBS)
        self.job = job
        self.name = _name(plugin, job.name)


class Work:
    """The followers, jobs and devices of a till's plugins."""

    def __init__(self, host: Host, till: OpenTill, hands: Hands | None = None) -> None:
        self._host = host
        self._till = till
        self._hands = hands or Own(till)
        self._asked: set[str] = set()
        self._followers: dict[str, _Following] = {}
        self._jobs: dict[str, _Working] = {}
        self.devices = DeviceWatch(host, till)

    def step(self) -> bool:
        """Do some of what waits; return whether more does. One that fails is tried again later."""
        if self._till.is_training:
            return False
        self._ask()
        more = [self._follow(one) for one in self._followers.values()]
        for job in self._jobs.values():
            self._run(job)
        self.devices.step()
        self._host.tell()
        return any(more)

    @property
    def followers(self) -> list[tuple[str, str, int]]:
        """Return plugin and name of each follower, and how many records it is behind."""
        store = self._till.store
        return [
            (one.plugin.name, one.react.name, store.head.seq - store.cursor(one.name))
            for one in self._followers.values()
        ]

    def end(self) -> None:
        """Take in what comes back soon; what does not is done again when the till opens next."""
        self._hands.end()
        until = time.monotonic() + CLOSE_SECONDS
        doing: list[_Doing] = [*self._followers.values(), *self._jobs.values()]
        for one in doing:
            while one.errand is not None and not one.errand.done and time.monotonic() < until:
                time.sleep(0.01)
            self._came_back(one)

    def _ask(self) -> None:
        """Ask the plugins that were not asked yet what they do; later those that came back."""
        active = {plugin.name for plugin in self._host.active()}
        if active <= self._asked:
            return
        self._asked |= active
        for plugin, react in self._host.offers(FOLLOW, React):
            self._followers.setdefault(_name(plugin, react.name), _Following(plugin, react))
        for plugin, job in self._host.offers(JOBS, Job):
            self._jobs.setdefault(_name(plugin, job.name), _Working(plugin, job))

    # Followers

    def _follow(self, one: _Following) -> bool:
        """Give a follower what it has not seen; return whether more waits for it at once."""
        if not self._is_free(one) or self._till.now().steady_ms < one.again_ms:
            return False
        store = self._till.store
        if one.react.from_now and not store.cursor(one.name):
            store.move_cursor(one.name, store.head.seq)
        follower = store.follower(one.name)
        records = follower.poll(BATCH)
        wanted = [each for each in records if each.envelope.kind in one.react.kinds]
        if not wanted:
            if records:
                follower.ack(records[-1].seq)
            return follower.behind > 0
        one.done_seq = wanted[0].seq - 1
        self._begin(one, lambda: self._react(one, wanted, records[-1].seq))
        went_well = self._came_back(one)
        return went_well and follower.behind > 0

    def _react(self, one: _Following, records: Sequence[Record], last_seq: int) -> None:
        """Do what follows some records, as far as it goes; on the plugin's own thread, if any."""
        till = self._till_of(one.plugin)
        for record in records:
            one.done_seq = record.seq - 1
            began_ns = self._host.ticks_ns()
            try:
                if one.react.do(till, record) is WAIT:
                    raise _Waits
            finally:
                one.took_ns.append(self._host.ticks_ns() - began_ns)
        one.done_seq = last_seq

    def _came_back(self, one: _Doing) -> bool:
        """Take in what an errand did, if it is done; return whether all of it went well."""
        errand = one.errand
        if errand is None or not errand.done:
            return False
        one.errand, one.is_lost = None, False
        for took_ns in one.took_ns:
            self._host.took(one.plugin, one.hook, took_ns)
        one.took_ns.clear()
        if isinstance(one, _Following):
            self._till.store.follower(one.name).ack(one.done_seq)
            self._pause(one, errand.error)
        if errand.error is not None and not isinstance(errand.error, _Waits | OSError):
            self._failed(one, errand.error)
        return errand.error is None

    def _pause(self, one: _Following, error: BaseException | None) -> None:
        """Say when a follower is asked again that could not do all: the world may be away."""
        if error is None or not isinstance(error, _Waits | OSError):
            one.pause_ms, one.again_ms, one.waits_for = 0, 0, ""
            return
        if isinstance(error, _Waits):
            pause_ms, one.waits_for = self._hands.pause_ms, "it asked to wait"
        else:
            one.pause_ms = min(PAUSE_MS_MAX, max(PAUSE_MS_MIN, one.pause_ms * 2))
            pause_ms, one.waits_for = one.pause_ms, f"{type(error).__name__}: {error}"[:200]
        one.again_ms = self._till.now().steady_ms + pause_ms if pause_ms else 0

    # Jobs

    def _run(self, one: _Working) -> None:
        """Run a job whose time has come; its cursor is the minute in which it ran last."""
        if not self._is_free(one):
            return
        store, minute = self._till.store, self._till.now().wall_ms // MINUTE_MS
        if 0 <= minute - store.cursor(one.name) < one.job.every_minutes:
            return
        store.move_cursor(one.name, minute)

        def run() -> None:
            began_ns = self._host.ticks_ns()
            try:
                one.job.run(self._till_of(one.plugin))
            finally:
                one.took_ns.append(self._host.ticks_ns() - began_ns)

        self._begin(one, run)
        self._came_back(one)

    # Both

    def _is_free(self, one: _Doing) -> bool:
        """Return whether something may begin: its plugin is asked, and it is not under way."""
        if one.errand is not None:
            self._came_back(one)
            self._look_for(one)
        return one.errand is None and one.plugin.state == "active"

    def _begin(self, one: _Doing, act: Callable[[], None]) -> None:
        one.since_ms = self._till.now().steady_ms
        one.errand = self._hands.do(one.plugin.name, act)

    def _look_for(self, one: _Doing) -> None:
        """Break off what does not come back, once; it holds up its own plugin alone."""
        gone_ms = self._till.now().steady_ms - one.since_ms
        if one.errand is not None and not one.is_lost and gone_ms > LOST_MS:
            one.is_lost = True
            self._host.fault(one.plugin, one.hook, f"it has not come back for {gone_ms // 1000} s")
            one.errand.break_off()

    def _failed(self, one: _Doing, error: BaseException) -> None:
        if isinstance(error, CashwrapError) and error.code == "till.closed":
            return
        if isinstance(error, KeyboardInterrupt):
            raise error
        if not isinstance(error, Hung):  # which was told when it was broken off
            self._host.fault(one.plugin, one.hook, f"{type(error).__name__}: {error}")

    def _till_of(self, plugin: Plugin) -> PluginTill:
        return PluginTill(self._hands.way(), plugin.name, plugin.manifest.needs.rights)


class _Waits(Exception):
    """A follower said that it cannot go on now."""


def _name(plugin: Plugin, what: str) -> str:
    return f"plugin {plugin.name} {what}"
