"""What pages ask of the devices while the till is served: a test print, a look at a printer."""

from __future__ import annotations

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.host.offers import Call, Route

from .bench import Bench
from .printing import Job, ReceiptPrinter
from .sample import sample_rows


class PrinterView(msgspec.Struct, frozen=True):
    """A receipt printer. ``printing`` papers were handed to it and are not printed yet."""

    name: str
    state: str
    detail: dict[str, str]
    printing: int
    registers: tuple[str, ...]
    drawer: bool


class NoSuchPrinter(CashwrapError):
    """The settings name no such printer."""

    code = "devices.unknown"


def routes(bench: Bench) -> list[Route]:
    """Return the routes of a till's devices."""

    def printers(call: Call[None]) -> list[PrinterView]:
        return [_view(one) for one in bench.printers]

    def sample(call: Call[None]) -> PrinterView:
        printer = _named(bench, call.path["printer"])
        key = f"test {call.command or call.till.new_id()}"
        rows = sample_rows(
            printer.settings, bench.currency, f"{call.register} {call.staff}".strip()
        )
        printer.put(Job(key, rows))
        return _view(printer)

    return [
        Route(
            method="GET",
            path="/printers",
            run=printers,
            gives=list[PrinterView],
            summary={"zh-CN": "小票打印机及待打印", "en": "Receipt printers, and what they print"},
        ),
        Route(
            method="POST",
            path="/printers/{printer}/test",
            run=sample,
            gives=PrinterView,
            summary={"zh-CN": "测试打印", "en": "Print a test"},
        ),
    ]


def _view(printer: ReceiptPrinter) -> PrinterView:
    known, settings = printer.known, printer.settings
    return PrinterView(
        settings.name, known.state, known.detail, printer.waiting, settings.registers,
        settings.drawer != "none",
    )  # fmt: skip


def _named(bench: Bench, name: str) -> ReceiptPrinter:
    for printer in bench.printers:
        if printer.settings.name == name:
            return printer
    known = ", ".join(one.settings.name for one in bench.printers)
    raise NoSuchPrinter(f"{name!r} is no printer of this till: it has {known or 'none'}")
