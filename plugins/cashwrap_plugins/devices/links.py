"""Links to printers: every wait on them is bounded, and what a stalled one took is counted.

Python's own writing would lose count when a printer stalls, and begin a paper again in the middle.
"""

from __future__ import annotations

import os
import selectors
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from .ports import Port, PortFailed, open_port, plain
from .settings import PrinterSettings

_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)
CONNECT_S = 3.0
STEP_S = 0.25
CHUNK = 1_024
RAW_PORT = 9100
BAUD = 9_600


class Closes(Protocol):
    """What holds a descriptor open."""

    def close(self) -> None:
        """Give it up."""
        ...


class Link:
    """An open way to a printer. What fails raises `OSError`."""

    def __init__(self, device: Closes, descriptor: int, *, reads: bool) -> None:
        self._device = device
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
            self._device.close()


def _is_ready(descriptor: int, event: int, wait_s: float) -> bool:
    with _Selector() as selector:  # epoll refuses plain files
        selector.register(descriptor, event)
        return bool(selector.select(wait_s))


def open_link(settings: PrinterSettings) -> Link:
    """Return an open link to a printer. Raises PortFailed."""
    try:
        return _OPENERS[settings.via](settings)
    except (OSError, ValueError) as error:
        raise PortFailed(f"{settings.port}: {plain(error)}") from error


def _network(settings: PrinterSettings) -> Link:
    host, _, port = settings.port.rpartition(":")
    if not host:
        host, port = settings.port, ""
    device = socket.create_connection((host.strip("[]"), int(port or RAW_PORT)), CONNECT_S)
    device.setblocking(False)
    return Link(device, device.fileno(), reads=True)


class _SerialPort(Port, Protocol):
    def fileno(self) -> int: ...


def _serial(settings: PrinterSettings) -> Link:
    device: _SerialPort = open_port(settings.port, settings.baud or BAUD, "8N1")  # type: ignore[assignment]
    return Link(device, device.fileno(), reads=True)


def _file(settings: PrinterSettings) -> Link:
    """A device node that is read where it can be, as /dev/usb/lp0; a plain file is written."""
    is_device = stat.S_ISCHR(os.stat(settings.port).st_mode)
    flags = os.O_RDWR | os.O_NONBLOCK if is_device else os.O_WRONLY | os.O_APPEND
    descriptor = os.open(settings.port, flags)
    device = os.fdopen(descriptor, "r+b" if is_device else "wb", buffering=0)
    return Link(device, descriptor, reads=is_device)


_OPENERS: dict[str, Callable[[PrinterSettings], Link]] = {
    "network": _network, "serial": _serial, "file": _file,
}  # fmt: skip
