"""How the devices of plugins do: looked at every minute and when somebody asks, beside the till.

On the device's own clock each is looked at on a thread of its own, so that a printer that does not
answer holds up nobody. In a simulation it is looked at at once.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cashwrap.host.offers import Device, DeviceKind, DeviceState, State, Words

if TYPE_CHECKING:
    from cashwrap.host.host import Host
    from cashwrap.host.open_till import OpenTill

HOOK = "cashwrap_devices"
EVERY_MS = 60_000
LOOK_SECONDS = 5.0
STATES_FILE = "devices.json"
_SILENT = DeviceState("lost", {"en": "it does not answer", "zh-CN": "没有应答"})


class DeviceSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A device and how it does since ``since_ms``; ``looked_ms`` 0: nobody has looked yet."""

    plugin: str
    name: str
    kind: DeviceKind
    title: Words
    state: State = "unknown"
    detail: Words = {}
    since_ms: int = 0
    looked_ms: int = 0


class _Look:
    """One look at a device."""

    def __init__(self, device: Device) -> None:
        self.found: DeviceState | None = None
        self._device = device

    def run(self) -> None:
        """Ask the device; what it raises or cannot mean is that nothing is known."""
        try:
            self.found = msgspec.convert(self._device.look(), DeviceState, from_attributes=True)
        except Exception as error:  # whatever a driver may raise
            told = f"{type(error).__name__}: {error}"[:200]
            self.found = DeviceState("unknown", {"en": told, "zh-CN": told})


class _Watched:
    """A device, what is known of it, and the look that is under way."""

    def __init__(self, device: Device, seen: DeviceSeen) -> None:
        self.device = device
        self.seen = seen
        self.look: _Look | None = None
        self.until = 0.0


class DeviceWatch:
    """The devices of a till's plugins."""

    def __init__(self, host: Host, till: OpenTill) -> None:
        self._host = host
        self._till = till
        self._watched: list[_Watched] = []
        self._asked: set[str] = set()
        self._seen: tuple[DeviceSeen, ...] = ()
        self._again_ms = 0

    def seen(self) -> tuple[DeviceSeen, ...]:
        """Return the devices of plugins that are asked, and how they do; the same object while
        nothing changed but the time of the look."""
        self._ask()
        self._take_in()
        return self._seen

    def step(self) -> None:
        """Look at all once a minute."""
        if not self._host.may_want(HOOK):
            return
        now_ms = self._till.now().steady_ms
        if now_ms >= self._again_ms:
            self.look()
        self.seen()

    def look(self, wait_seconds: float = 0.0) -> None:
        """Begin to look at every device that nobody is looking at, and wait for it so long."""
        self._ask()
        self._again_ms = self._till.now().steady_ms + EVERY_MS
        for one in self._watched:
            if one.look is None:
                self._begin(one)
        until = time.monotonic() + wait_seconds
        while self.is_looking and time.monotonic() < until:
            time.sleep(0.01)
        self._take_in()

    @property
    def is_looking(self) -> bool:
        """Return whether a look is under way that may still be waited for."""
        now = time.monotonic()
        return any(
            one.look is not None and one.look.found is None and now < one.until
            for one in self._watched
        )

    # Inside

    def _ask(self) -> None:
        active = {plugin.name for plugin in self._host.active()}
        if active == self._asked:
            return
        known = {(one.seen.plugin, one.seen.name): one for one in self._watched}
        self._asked, self._watched = active, []
        names: set[tuple[str, str]] = set()
        for plugin, device in self._host.offers(HOOK, Device):
            if (plugin.name, device.name) in names:
                self._host.fault(plugin, HOOK, f"it offers the device {device.name!r} twice")
                self._watched = [one for one in self._watched if one.seen.plugin != plugin.name]
                continue
            names.add((plugin.name, device.name))
            new = DeviceSeen(
                plugin=plugin.name, name=device.name, kind=device.kind, title=device.title
            )
            self._watched.append(known.get((plugin.name, device.name)) or _Watched(device, new))
        self._tell()

    def _begin(self, one: _Watched) -> None:
        one.look = _Look(one.device)
        one.until = time.monotonic() + LOOK_SECONDS
        if not self._host.is_live:
            one.look.run()
            return
        name = f"cashwrap-look-{one.seen.plugin}"
        threading.Thread(target=one.look.run, name=name, daemon=True).start()

    def _take_in(self) -> None:
        was = [(one.seen.state, one.seen.detail) for one in self._watched]
        for one in self._watched:
            if one.look is None:
                continue
            if (found := one.look.found) is not None:
                one.look = None
                self._found(one, found)
            elif time.monotonic() >= one.until and one.seen.detail != _SILENT.detail:
                self._found(one, _SILENT)  # and nobody looks again before that one is back
        if was != [(one.seen.state, one.seen.detail) for one in self._watched]:
            self._tell()

    def _found(self, one: _Watched, found: DeviceState) -> None:
        now_ms, seen = self._till.now().wall_ms, one.seen
        is_new = (found.state, found.detail) != (seen.state, seen.detail)
        one.seen = msgspec.structs.replace(
            seen,
            state=found.state,
            detail=found.detail,
            since_ms=now_ms if is_new or not seen.since_ms else seen.since_ms,
            looked_ms=now_ms,
        )

    def _tell(self) -> None:
        self._seen = tuple(one.seen for one in self._watched)
        with suppress(OSError):
            path = Path(self._till.store.engine.folder) / STATES_FILE
            path.write_bytes(msgspec.json.encode(self._seen))


def devices_of(shop: Path) -> tuple[DeviceSeen, ...]:
    """Return how the devices of a shop did when its till looked last; none where it never did."""
    try:
        raw = (shop / STATES_FILE).read_bytes()
        return msgspec.json.decode(raw, type=tuple[DeviceSeen, ...])
    except (OSError, msgspec.MsgspecError):
        return ()
