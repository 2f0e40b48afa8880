"""Asking the till that another process serves, by its local API: with the key of its folder."""

from __future__ import annotations

import http.client
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from cashwrap.errors import CashwrapError

if TYPE_CHECKING:
    from cashwrap.host.plugin import PluginInfo

T = TypeVar("T")
NOTE, KEY = "api.served", "api.key"
TIMEOUT_SECONDS = 10


class Shown(msgspec.Struct, frozen=True):
    """A code that the till shows."""

    code: str
    expires_at_ms: int
    address: str
    fingerprint: str


class Paired(msgspec.Struct, frozen=True):
    """A device that is let in."""

    id: str
    name: str
    seen_ms: int


class _Note(msgspec.Struct, frozen=True):
    origin: str
    certificate: str = ""


class _Problem(msgspec.Struct, frozen=True):
    code: str = ""
    detail: str = ""


class TillRefused(CashwrapError):
    """The served till refused, in its own words."""

    code = "api.refused"

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code  # type: ignore[misc]  # the till's own
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class _UnixConnection(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_SECONDS)
        self.sock.connect(self._path)


class ServedTill:
    """The till of a folder, as another process serves it."""

    def __init__(self, note: _Note, key: str) -> None:
        self._note = note
        self._key = key

    def show_code(self) -> Shown:
        """Let the till show a code. Raises TillRefused."""
        return msgspec.json.decode(self._ask("POST", "/devices/pairing"), type=Shown)

    def stop_code(self) -> None:
        """Let the code be good no more."""
        self._ask("DELETE", "/devices/pairing")

    def paired(self) -> list[Paired]:
        """Return the devices that are let in."""
        return msgspec.json.decode(self._ask("GET", "/devices/paired"), type=list[Paired])

    def plugins(self) -> tuple[PluginInfo, ...]:
        """Return the plugins as that till has them now, with their times since it was opened."""
        from cashwrap.host.plugin import PluginInfo

        return msgspec.json.decode(self._ask("GET", "/plugins"), type=tuple[PluginInfo, ...])

    def shut_out(self, named: str) -> None:
        """Shut out a device by its name or id. Raises TillRefused."""
        found = next((one.id for one in self.paired() if named in (one.name, one.id)), named)
        self._ask("DELETE", f"/devices/paired/{quote(found, safe='')}")

    def answers(self) -> bool:
        """Return whether it is served in fact."""
        try:
            self._ask("GET", "/devices/paired")
        except OSError:
            return False
        return True

    def _ask(self, method: str, path: str) -> bytes:
        connection = self._connection()
        try:
            connection.request(method, f"/api/v1{path}", headers={"X-Cashwrap-Device": self._key})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            problem = msgspec.json.decode(body, type=_Problem)
            raise TillRefused(problem.code, problem.detail)
        return body

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._note.origin)
        if parts.scheme == "unix":
            return _UnixConnection(parts.path)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        trusted = ssl.create_default_context(cafile=self._note.certificate)
        trusted.check_hostname = False  # it is the very certificate of this folder
        trusted.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=trusted)


def served_till(folder: Path) -> ServedTill | None:
    """Return the till of a folder as it is served now, None where it is not."""
    try:
        note = msgspec.json.decode((folder / NOTE).read_bytes(), type=_Note)
        till = ServedTill(note, (folder / KEY).read_text("ascii").strip())
    except (OSError, msgspec.DecodeError):
        return None
    return till if till.answers() else None
