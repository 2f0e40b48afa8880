"""Links to printers: python-escpos opens them, and every wait on them is ours and bounded.

Its own writing would lose count of what a stalled printer took, and its reading waits too long.
"""

from __future__ import annotations

import os
import selectors
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .ports import PortFailed
from .settings import PrinterSettings

if TYPE_CHECKING:
    from escpos.escpos import Escpos

_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)
CONNECT_S = 3.0
STEP_S = 0.25
CHUNK = 1_024
RAW_PORT = 9100


class Link:
    """An open way to a printer. What fails raises `OSError`."""

    def __init__(self, printer: Escpos, descriptor: int, *, reads: bool) -> None:
        self._printer = printer
        self._descriptor = descriptor
        self.reads = reads

    def write(self, data: bytes, go_on: Callable[[], bool]) -> bool:
        """Write all of it, asking while the printer takes nothing; False when told to stop."""
        rest = memoryview(data)
        while rest:
            if _is_ready(self._descriptor, selectors.EVENT_WRITE, STEP_S):
                rest = rest[os.write(self._descriptor, rest[:CHUNK]) :]
            elif not go_on():
                return False
        return True

    def read(self, wait_s: float) -> bytes:
        """Return what came, waiting at most so long for it."""
        if not self.reads:
            return b""
        if not _is_ready(self._descriptor, selectors.EVENT_READ, wait_s):
            return b""
        data = os.read(self._descriptor, 256)
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        return data

    def close(self) -> None:
        """Let go, after what it still says was read: unread bytes would cut off what it prints."""
        end_s = time.monotonic() + STEP_S
        with suppress(OSError):
            while self.read(0) and time.monotonic() < end_s:
                pass
        with suppress(Exception):  # it is gone already; a termios.error is no OSError
            self._printer.close()
        self._printer._device = False  # or its end closes it once more


def _is_ready(descriptor: int, event: int, wait_s: float) -> bool:
    with _Selector() as selector:  # epoll refuses plain files
        selector.register(descriptor, event)
        return bool(selector.select(wait_s))


def open_link(settings: PrinterSettings) -> Link:
    """Return an open link to a printer. Raises PortFailed."""
    try:
        from escpos.exceptions import Error
    except ModuleNotFoundError:
        raise PortFailed(
            "python-escpos is not installed: pip install 'cashwrap[devices]'"
        ) from None
    try:
        return _OPENERS[settings.via](settings)
    except (Error, OSError, ValueError) as error:
        raise PortFailed(f"{settings.port}: {_plain(error)}") from error


def _network(settings: PrinterSettings) -> Link:
    from escpos.printer import Network

    host, _, port = settings.port.rpartition(":")
    if not host:
        host, port = settings.port, ""
    printer = Network(host, int(port or RAW_PORT), timeout=CONNECT_S)
    device = socket.create_connection((printer.host, printer.port), CONNECT_S)
    device.setblocking(False)
    printer.device = device  # its own opening leaks the socket of a printer that is off
    return Link(printer, device.fileno(), reads=True)


def _serial(settings: PrinterSettings) -> Link:
    from escpos.printer import Serial

    baud = settings.baud or 9_600
    printer = Serial(settings.port, baudrate=baud, timeout=0, dsrdtr=False)
    printer.open()
    device: Any = printer.device
    return Link(printer, device.fileno(), reads=True)


def _file(settings: PrinterSettings) -> Link:
    """A device node that is read where it can be, as /dev/usb/lp0; a plain file is written."""
    from escpos.printer import File

    printer = File(settings.port)
    is_device = stat.S_ISCHR(os.stat(settings.port).st_mode)
    flags = os.O_RDWR | os.O_NONBLOCK if is_device else os.O_WRONLY | os.O_APPEND
    descriptor = os.open(settings.port, flags)
    printer.device = os.fdopen(descriptor, "r+b" if is_device else "wb", buffering=0)
    return Link(printer, descriptor, reads=is_device)


_OPENERS: dict[str, Callable[[PrinterSettings], Link]] = {
    "network": _network, "serial": _serial, "file": _file,
}  # fmt: skip


def _plain(error: Exception) -> str:
    """Return why in few words."""
    while isinstance(error.__context__, OSError) and not isinstance(error, OSError):
        error = error.__context__
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(reason)[:120]
