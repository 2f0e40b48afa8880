"""``cashwrap devices``: what is wired to a till, tried out from its command line."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from cashwrap.errors import CashwrapError
from cashwrap.host.offers import Command
from cashwrap.host.own import Own
from cashwrap.money import format_quantity

from .bench import Bench, bench_of
from .displays import PoleDisplay
from .printing import Job, ReceiptPrinter
from .sample import sample_rows
from .scales import NoWeight, SerialScale

if TYPE_CHECKING:
    from cashwrap.host.acting import PluginTill

WAIT_S = 5.0
SLOW_S = 20.0  # a printer that is in order, and slow
SETTLE_S = 1.5  # a scale has to be heard first
_Named = TypeVar("_Named", SerialScale, ReceiptPrinter, PoleDisplay)


class NoSuchDevice(CashwrapError):
    """The settings name no such device."""

    code = "devices.unknown"


class NotDone(CashwrapError):
    """A device did not do what it was told to."""

    code = "devices.not_done"


def command(own: Own) -> Command:
    """Return the command for a till."""

    def run(till: PluginTill, args: Namespace) -> str:
        bench = bench_of(own)
        bench.start()
        return _ACTS[args.act](bench, own, till, args)

    return Command(
        name="devices",
        line="list devices, print a test, weigh, show, open the drawer",
        run=run,
        configure=_configure,
    )


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("act", nargs="?", default="list", choices=tuple(_ACTS))
    parser.add_argument("name", nargs="?", default="", help="the device; the only one by default")
    parser.add_argument("words", nargs="*", help="what a display shows")


def _list(bench: Bench, own: Own, till: PluginTill, args: Namespace) -> str:
    devices = bench.devices()
    if not devices:
        return "No devices: [plugins.devices] in settings.toml names them (docs/devices.md)."
    _within(lambda: all(one.look().state == "ok" for one in bench.scales), SETTLE_S)
    rows = [(one.name, one.kind, one.look()) for one in devices]
    return "\n".join(
        f"{name:<20} {kind:<8} {found.state:<8} {found.detail.get('en', '')}"
        for name, kind, found in rows
    )


def _print(bench: Bench, own: Own, till: PluginTill, args: Namespace) -> str:
    printer = _named(bench.printers, args.name)
    key = f"test {till.new_id()}"
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(till.now_ms / 1000))
    printer.put(Job(key, sample_rows(printer.settings, own.shop.currency, when)))
    if not _within(lambda: printer.is_printed(key)) and printer.look().state == "ok":
        _within(lambda: printer.is_printed(key), SLOW_S)
    if printer.is_printed(key):
        return f"{printer.settings.name} took a test print: {printer.known.detail['en']}"
    raise NotDone(f"{printer.settings.name} prints nothing: {printer.look().detail['en']}")


def _weigh(bench: Bench, own: Own, till: PluginTill, args: Namespace) -> str:
    scale = _named(bench.scales, args.name)
    why = ""

    def weight() -> str:
        nonlocal why
        try:
            found = scale.read()
        except NoWeight as error:
            why = str(error)
            return ""
        why = "the goods are not at rest"
        return f"{format_quantity(found.quantity_milli)} {found.unit}" if found.stable else ""

    found = _within(weight)
    if not found:
        raise NotDone(f"{scale.settings.name} gives no weight: {why}")
    return f"{scale.settings.name}: {found}"


def _show(bench: Bench, own: Own, till: PluginTill, args: Namespace) -> str:
    from .screens import of_words

    display = _named(bench.displays, args.name)
    _within(lambda: not display.trouble)
    if display.trouble:
        raise NotDone(f"{display.settings.name} shows nothing: {display.trouble}")
    words = " ".join(args.words) or "CASHWRAP 0123456789"
    display.show(of_words(words, display.settings.encoding))
    time.sleep(0.5)  # it is shown by its own thread
    return f"{display.settings.name} was told to show {words!r}"


def _drawer(bench: Bench, own: Own, till: PluginTill, args: Namespace) -> str:
    printer = _named([one for one in bench.printers if one.settings.drawer != "none"], args.name)
    printer.open_drawer()
    found = printer.look_at_drawer()
    if found.state == "ok" or not printer.trouble:
        return f"The drawer at {printer.settings.name} was told to open: {found.detail['en']}"
    raise NotDone(f"the drawer at {printer.settings.name}: {found.detail['en']}")


_ACTS: dict[str, Callable[[Bench, Own, PluginTill, Namespace], str]] = {
    "list": _list, "print": _print, "weigh": _weigh, "show": _show, "drawer": _drawer,
}  # fmt: skip


def _named(devices: Sequence[_Named], name: str) -> _Named:
    found = [one for one in devices if name in ("", one.settings.name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(one.settings.name for one in devices) or "none"
    raise NoSuchDevice(f"name one of the devices that can do this: {known}")


def _within(done: Callable[[], object], wait_s: float | None = None) -> object:
    """Return what is true within moments, else what is not."""
    end_s = time.monotonic() + (WAIT_S if wait_s is None else wait_s)
    while not (found := done()) and time.monotonic() < end_s:
        time.sleep(0.05)
    return found
