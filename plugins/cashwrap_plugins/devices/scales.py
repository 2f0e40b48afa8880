"""A scale on a port: a thread reads it, and the till asks what was read last."""

import time
from collections.abc import Callable, Iterator
from typing import get_args

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.host.offers import DeviceState
from cashwrap.host.scales import Reading

from .keeping import Kept, not_connected
from .ports import Port, PortFailed, open_port
from .scale_protocols import PROTOCOLS, ScaleProtocol
from .settings import ScaleSettings, Unit
from .weights import Send, Told, Trouble, Weight, Why, milli_of
from .words import WHY, state

ASK_EVERY_S = 0.15
READ_MOST = 256
_UNITS: tuple[Unit, ...] = get_args(Unit)

Opener = Callable[[str, int, str], Port]


class NoWeight(CashwrapError):
    """The scale has no weight to give now; the message says why."""

    code = "devices.no_weight"


class Shown(msgspec.Struct, frozen=True):
    """What the scale said last, and how often in a row."""

    told: Weight | Trouble
    times: int
    at_s: float


class Latest:
    """The newest thing that a scale said. Written by one thread, read by any."""

    def __init__(self, settings: ScaleSettings, protocol: ScaleProtocol) -> None:
        self._settings = settings
        self._equal = settings.equal or protocol.equal
        self._shown: Shown | None = None

    def take(self, told: Weight | Trouble, at_s: float) -> None:
        """Take in what it says now."""
        before = self._shown
        same = before is not None and before.told == told and not self.is_stale(at_s)
        self._shown = Shown(told, before.times + 1 if same and before else 1, at_s)

    def forget(self) -> None:
        """Know nothing: the port went away."""
        self._shown = None

    def is_stale(self, now_s: float) -> bool:
        """Return whether what it said is too old to count."""
        shown = self._shown
        return shown is None or now_s - shown.at_s > self._settings.stale_ms / 1000

    def why_none(self, now_s: float) -> Why | None:
        """Return why there is no weight though the scale speaks, None where there is one."""
        shown = self._shown
        if shown is None or self.is_stale(now_s):
            return None
        if isinstance(shown.told, Trouble):
            return shown.told.why
        wanted = self._settings.shows
        return "unit" if wanted and shown.told.unit not in ("", wanted) else None

    def reading(self, now_s: float) -> Reading:
        """Return the weight; not stable until enough readings agree. Raises NoWeight."""
        shown = self._shown
        if shown is None or self.is_stale(now_s):
            raise NoWeight("it sends nothing: look at its cable, its power and its protocol")
        if (why := self.why_none(now_s)) is not None:
            raise NoWeight(WHY[why]["en"])
        assert isinstance(shown.told, Weight)  # else there is a reason
        settings = self._settings
        milli = milli_of(shown.told, shown.told.unit or settings.shows or "kg", settings.unit)
        stable = shown.told.stable and shown.times >= self._equal
        return Reading(milli, settings.unit, stable)


class SerialScale(Kept):
    """A scale as the settings have it; `read` never waits for the port."""

    def __init__(
        self,
        settings: ScaleSettings,
        opener: Opener = open_port,
        ticks_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(settings.name)
        self.settings = settings
        self._protocol = PROTOCOLS[settings.protocol]
        self._opener = opener
        self._ticks_s = ticks_s
        self._latest = Latest(settings, self._protocol)
        self._asked_s = 0.0

    def read(self) -> Reading:
        """Return what it shows now. Raises NoWeight."""
        if self.trouble:
            raise NoWeight(self.trouble)
        return self._latest.reading(self._ticks_s())

    def look(self) -> DeviceState:
        """Return how it does."""
        if self.trouble:
            return not_connected(self.trouble)
        now_s = self._ticks_s()
        if self._latest.is_stale(now_s):
            return state("lost", "silent")
        why = self._latest.why_none(now_s)
        if why in (None, "moving"):
            return state("ok")
        return state("warn", f"scale.{why}")

    def work(self) -> None:
        """Read the port until stopped."""
        settings, protocol = self.settings, self._protocol
        port = self._opener(
            settings.port, settings.baud or protocol.baud, settings.line or protocol.line
        )
        self.trouble, framer = "", protocol.framer()
        try:
            while not self.is_stopping:
                self._ask(port)
                heard: Iterator[Told | None] = framer.feed(port.read(READ_MOST), protocol.parse)
                for told in heard:
                    self._take(told or Trouble("garbled"), port)
        finally:
            self._latest.forget()
            _close(port)

    def _ask(self, port: Port) -> None:
        now_s = self._ticks_s()
        if self._protocol.ask and now_s - self._asked_s >= ASK_EVERY_S:
            self._asked_s = now_s
            port.write(self._protocol.ask)

    def _take(self, told: Told, port: Port) -> None:
        if isinstance(told, Send):
            port.write(told.data)
        else:
            self._latest.take(told, self._ticks_s())


def _close(port: Port) -> None:
    try:
        port.close()
    except (OSError, PortFailed):  # it is gone already
        return
