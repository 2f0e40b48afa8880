"""A till and its plugins: what they bring to it, and when they may work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cashwrap.ringing_up import RingingUp

if TYPE_CHECKING:
    from cashwrap.host.device_watch import DeviceSeen
    from cashwrap.host.hands import Post
    from cashwrap.host.host import Host
    from cashwrap.host.managing import Manager
    from cashwrap.host.open_till import OpenTill
    from cashwrap.host.scales import Reading, Scale
    from cashwrap.host.work import Work


class Plugged(RingingUp):
    """A counter that plugins work on."""

    scales: Mapping[str, Scale] = {}
    """Scales of plugins by name, read by `weigh`; a program may put its own here."""

    _work: Work | None = None

    def weigh(self, scale: str = "") -> Reading:
        """Return what a scale shows, "" for the only one: for `Sale.weigh`. Raises ScaleFailed."""
        from cashwrap.host.scales import read

        self._check_open()
        return read(self.scales, scale)

    def followers(self) -> list[tuple[str, str, int]]:
        """Return plugin and name of what follows the journal, and how many records it is behind."""
        return [] if self._work is None else self._work.followers

    def devices(self, *, look: bool = False, wait_seconds: float = 0.0) -> tuple[DeviceSeen, ...]:
        """Return the devices of plugins and how they did when they were looked at last.

        ``look`` begins to look at them now, and waits so long for those that do not answer.
        """
        self._check_open()
        if self.is_training:
            return ()
        watch = self._plugins_work().devices
        if look:
            watch.look(wait_seconds)
        return watch.seen()

    @property
    def is_looking(self) -> bool:
        """Return whether devices are being looked at that have not answered yet."""
        return self._work is not None and self._work.devices.is_looking

    def work_on_threads(self, post: Post) -> None:
        """From now on have followers and jobs of plugins work on threads of their own.

        ``post`` has something done on this till's thread, and may be called from any.
        """
        from cashwrap.host.hands import Theirs
        from cashwrap.host.work import Work

        def work(_: OpenTill) -> None:
            self.work()

        self._work = Work(self.host, self, Theirs(post, lambda: post(work)))

    def _plugins_work(self) -> Work:
        if self._work is None:
            from cashwrap.host.work import Work

            self._work = Work(self.host, self)
        return self._work

    def manage_plugins(self, *, staff: str = "", register: str = "") -> Manager:
        """Return the plugins in the hands of somebody, whose right ``plugins.manage`` is asked.

        They set aside and restore, change settings, enable and trace. Raises InTraining.
        """
        from cashwrap.host.managing import Manager

        self._check_open()
        return Manager(self, staff, register)

    def work(self) -> bool:
        """Do some of what plugins have to do beside selling; return whether more waits.

        Call it when there is nothing better to do, from the same thread. It raises nothing that a
        plugin does.
        """
        self._check_open()
        if self._changed:
            from cashwrap.host.showing import show

            show(self.host, self._changed, self.open_sales())
        return self._plugins_work().step()

    def _take_in(self, host: Host) -> None:
        """Begin to work with plugins; what is wrong with them is told, and stops nothing."""
        self._host = host
        host.began(self.store, self._commit_beside)
        if host.may_want("cashwrap_may"):
            from cashwrap.host.vetoes import acts

            self.watched = acts(host)
        self._changed = set() if host.may_want("cashwrap_cart_changed") else None
