"""What the register asks while the till is served: how the counter does, a test print."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.host.offers import Call, Page, Panel, Route
from cashwrap.host.scales import Reading

from .bench import Bench
from .printing import Job, ReceiptPrinter
from .sample import sample_rows
from .scales import NoWeight, SerialScale

TITLE = {"zh-CN": "外设测试", "en": "Try the devices"}


class PrinterView(msgspec.Struct, frozen=True):
    """A receipt printer. ``printing`` papers were handed to it and are not printed yet."""

    name: str
    state: str
    detail: dict[str, str]
    printing: int
    registers: tuple[str, ...]
    drawer: bool


class ScaleView(msgspec.Struct, frozen=True):
    """A scale, and what it shows now; ``quantity_milli`` is null where it gives no weight."""

    name: str
    state: str
    detail: dict[str, str]
    quantity_milli: int | None
    unit: str
    stable: bool


class CounterView(msgspec.Struct, frozen=True):
    """What stands on the counter."""

    printers: tuple[PrinterView, ...]
    scales: tuple[ScaleView, ...]


class NoSuchPrinter(CashwrapError):
    """The settings name no such printer."""

    code = "devices.unknown"


def routes(bench: Bench) -> list[Route]:
    """Return the routes of a till's devices."""

    def counter(call: Call[None]) -> CounterView:
        return CounterView(
            tuple(_printer(one) for one in bench.printers),
            tuple(_scale(one) for one in bench.scales),
        )

    def sample(call: Call[None]) -> PrinterView:
        printer = _named(bench, call.path["printer"])
        key = f"test {call.command or call.till.new_id()}"
        told = f"{call.register} {call.staff}".strip()
        printer.put(Job(key, sample_rows(printer.settings, bench.currency, told)))
        return _printer(printer)

    return [
        Route(
            method="GET",
            path="/counter",
            run=counter,
            gives=CounterView,
            summary={"zh-CN": "打印机与电子秤", "en": "Printers and scales as they are now"},
        ),
        Route(
            method="POST",
            path="/printers/{printer}/test",
            run=sample,
            gives=PrinterView,
            summary={"zh-CN": "测试打印", "en": "Print a test"},
        ),
    ]


def page() -> Page:
    """Return the folder with the panel's module."""
    return Page(name="counter", title=TITLE, folder=Path(__file__).parent / "static")


def panel() -> Panel:
    """Return the panel under More."""
    return Panel(name="counter", title=TITLE, module="counter.js", place="more")


def _printer(printer: ReceiptPrinter) -> PrinterView:
    known, settings = printer.known, printer.settings
    drawer = settings.drawer != "none"
    return PrinterView(
        settings.name, known.state, known.detail, printer.waiting, settings.registers, drawer
    )


def _scale(scale: SerialScale) -> ScaleView:
    found, name, unit = scale.look(), scale.settings.name, scale.settings.unit
    reading: Reading | None
    try:
        reading = scale.read()
    except NoWeight:
        reading = None
    shown = None if reading is None else reading.quantity_milli
    stable = reading is not None and reading.stable
    return ScaleView(name, found.state, found.detail, shown, unit, stable)


def _named(bench: Bench, name: str) -> ReceiptPrinter:
    for printer in bench.printers:
        if printer.settings.name == name:
            return printer
    known = ", ".join(one.settings.name for one in bench.printers)
    raise NoSuchPrinter(f"{name!r} is no printer of this till: it has {known or 'none'}")
