"""Open ports with every wait bounded; what is missing or unplugged is `PortFailed`."""

import re
from typing import Any, Protocol

from cashwrap.errors import CashwrapError

READ_S, WRITE_S = 0.05, 0.5
_HOST = re.compile(r"[\w.-]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}")


class PortFailed(CashwrapError):
    """A device's port is not there, is taken, or went away; it is tried again."""

    code = "devices.port"


class Port(Protocol):
    """What drivers need of a port. Any of it may raise `OSError`."""

    def read(self, size: int = 1) -> bytes:
        """Return what came within a moment, perhaps nothing."""
        ...

    def write(self, data: bytes, /) -> int | None:
        """Write it, within `WRITE_S`."""
        ...

    def close(self) -> None:
        """Give it up."""
        ...


def open_port(port: str, baud: int, line: str) -> Port:
    """Return an open serial port, or a serial server's (``host:port``). Raises PortFailed.

    ``line`` is as 8N1.
    """
    try:
        import serial
    except ModuleNotFoundError:
        raise PortFailed("pyserial is not installed: pip install 'cashwrap[devices]'") from None
    try:
        try:
            return _opened(serial, port, baud, line)
        except Exception:
            if line[0] == "8":
                raise
            return _opened(serial, port, baud, "8N1")  # it has no 7 bits; a parity bit is no frame
    except Exception as error:  # a SerialException is an OSError, a termios.error is not
        raise PortFailed(f"{port}: {plain(error)}") from error


def _opened(serial: Any, port: str, baud: int, line: str) -> Port:
    url = f"socket://{port}" if _HOST.fullmatch(port) else port
    more = {} if "://" in url else {"exclusive": True}  # two readers would tear frames apart
    opened: Port = serial.serial_for_url(
        url, baudrate=baud, bytesize=int(line[0]), parity=line[1], stopbits=int(line[2]),
        timeout=READ_S, write_timeout=WRITE_S, **more,
    )  # fmt: skip
    return opened


def plain(error: Exception) -> str:
    """Return why in few words; pyserial repeats the port and the error number."""
    reason = getattr(error, "strerror", None) or str(error)
    return str(reason).rpartition("] ")[2][:120]
