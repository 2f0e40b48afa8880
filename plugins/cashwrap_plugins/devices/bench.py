"""The devices of one till while it is open: made from its settings, started when first needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary, finalize

from cashwrap.events import Event
from cashwrap.host.offers import Device, DeviceKind
from cashwrap.host.own import Own
from cashwrap.host.views import SaleSeen

from .displays import PoleDisplay
from .drawers import register_of
from .keeping import STOP_S, Kept
from .ledger import Ledger
from .printing import ReceiptPrinter
from .scales import SerialScale
from .settings import DevicesSettings

FOLDER = "devices"
_KINDS = {
    "scale": {"zh-CN": "电子秤", "en": "Scale"},
    "printer": {"zh-CN": "小票打印机", "en": "Receipt printer"},
    "drawer": {"zh-CN": "钱箱", "en": "Cash drawer"},
    "display": {"zh-CN": "客显", "en": "Customer display"},
}
At = TypeVar("At", ReceiptPrinter, PoleDisplay)


class Bench:
    """What stands on the counter of a till."""

    def __init__(self, own: Own) -> None:
        self.settings = own.settings(DevicesSettings)
        self.currency = own.shop.currency
        place = own.folder / FOLDER if own.folder else None
        self.scales = [SerialScale(one) for one in self.settings.scales]
        self.printers = [
            ReceiptPrinter(one, Ledger(place / f"{one.name}.json" if place else None))
            for one in self.settings.printers
        ]
        self.displays = [PoleDisplay(one, self.currency) for one in self.settings.displays]
        self._started = False
        self._starting = threading.Lock()

    @property
    def _all(self) -> Sequence[Kept]:
        return (*self.scales, *self.printers, *self.displays)

    def start(self) -> None:
        """Begin to work with them, once."""
        with self._starting:
            if not self._started:
                self._started = True
                for each in self._all:
                    each.start()

    def stop(self) -> None:
        """Let them go, together within a second."""
        with self._starting:
            working = self._all if self._started else ()
        for each in working:
            each.ask_to_stop()
        until_s = time.monotonic() + STOP_S
        for each in working:
            each.stop(max(until_s - time.monotonic(), 0))

    def printers_of(self, register: str) -> list[ReceiptPrinter]:
        """Return the printers that stand at a register."""
        return _at(self.printers, register)

    def committed(self, events: Iterable[Event]) -> None:
        """Open the drawer where cash goes, and show what the customer gets back."""
        events = tuple(events)
        register = register_of(events)
        if register is not None:
            self.start()
            for printer in self.printers_of(register):
                printer.open_drawer()
        for event in events:
            for display in _at(self.displays, getattr(event, "register", "")):
                display.committed(event)

    def changed(self, sale: SaleSeen) -> None:
        """Show an open sale."""
        self.start()
        for display in _at(self.displays, sale.register):
            display.changed(sale)

    def why_no_payment(self, register: str, language: str) -> str | None:
        """Return why money may not be taken now, if the owner wants a printer for it."""
        printers = self.printers_of(register) if self.settings.printer_needed else []
        states = [printer.known for printer in printers]
        if not states or any(one.state != "lost" for one in states):
            return None
        language = "en" if language == "en" else "zh-CN"
        return (
            f"{_KINDS['printer'][language]} {printers[0].settings.name}: "
            + (states[0].detail[language])
        )

    def devices(self) -> list[Device]:
        """Return them as the till shows them."""
        self.start()
        found = [_device(one.settings.name, "scale", one) for one in self.scales]
        found += [_device(one.settings.name, "printer", one) for one in self.printers]
        found += [
            Device(
                name=f"{one.settings.name}-drawer",
                kind="drawer",
                title=_title("drawer", one.settings.name),
                look=one.look_at_drawer,
            )
            for one in self.printers
            if one.settings.drawer != "none"
        ]
        return [*found, *(_device(one.settings.name, "display", one) for one in self.displays)]


_BENCHES: WeakKeyDictionary[Own, Bench] = WeakKeyDictionary()
_MAKING = threading.Lock()


def bench_of(own: Own) -> Bench:
    """Return the devices of a till, made when they are asked for first."""
    with _MAKING:
        bench = _BENCHES.get(own)
        if bench is None:
            bench = _BENCHES[own] = Bench(own)
            finalize(own, bench.stop)  # a till that was dropped lets its ports go too
        return bench


def stop(own: Own) -> None:
    """Let the devices of a till go, if it has any."""
    bench = _BENCHES.get(own)
    if bench is not None:
        bench.stop()


def _at(devices: Iterable[At], register: str) -> list[At]:
    """Return those that stand at a register: named for it, or for none in particular."""
    return [
        one for one in devices if not one.settings.registers or register in one.settings.registers
    ]


def _device(name: str, kind: DeviceKind, one: SerialScale | ReceiptPrinter | PoleDisplay) -> Device:
    return Device(name=name, kind=kind, title=_title(kind, name), look=one.look)


def _title(kind: str, name: str) -> dict[str, str]:
    return {language: f"{word} {name}" for language, word in _KINDS[kind].items()}
