"""Where a till is served: on this machine, on a Unix socket, and to the shop's network by TLS."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import msgspec

from cashwrap.errors import CashwrapError

PORT = 8620
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))  # RFC 5737, 3849


class NeedsTls(CashwrapError):
    """A till is reached from another machine by TLS only."""

    code = "api.needs_tls"

    def __str__(self) -> str:
        return (
            "other machines reach a till by TLS only: use --lan, or give --certificate and "
            "--private-key, or leave --host out"
        )


class AddressTaken(CashwrapError):
    """Another program listens there already, or this user may not."""

    code = "api.address"


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where a till is served. ``names`` are further names by which it may be asked for.

    ``lan``: the shop's network too, by TLS at ``lan_port`` (0: the port after this one), with the
    certificate that is given or one of its own.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    socket: str = ""
    certificate: str = ""
    private_key: str = ""
    names: tuple[str, ...] = ()
    lan: bool = False
    lan_port: int = 0

    @property
    def is_local(self) -> bool:
        """Whether nobody but this machine reaches it at ``host``."""
        return bool(self.socket) or self.host in ("127.0.0.1", "localhost", "::1")

    @property
    def has_certificate(self) -> bool:
        """Whether a certificate is given."""
        return bool(self.certificate and self.private_key)

    @property
    def secure(self) -> bool:
        """Whether ``host`` is served by TLS."""
        return self.has_certificate and not self.lan

    @property
    def tls_port(self) -> int:
        """Return the port of the shop's network."""
        return self.lan_port or self.port + 1

    @property
    def lan_names(self) -> tuple[str, ...]:
        """Return the names and addresses by which the shop's network finds this machine."""
        return tuple(dict.fromkeys((*self.names, *lan_addresses(), *host_names())))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return what the Host of a request may be, beside the address that it was sent to."""
        if self.socket:
            return (*_LOOPBACK, *self.names, *(f"{name}:{self.port}" for name in _LOOPBACK))
        found = [_with_port(name, self.port) for name in (*_LOOPBACK, self.host, *self.names)]
        if self.lan:
            names = (*_LOOPBACK, *self.lan_names)
            found += [_with_port(name, self.tls_port) for name in names]
        return tuple(dict.fromkeys(form.lower() for forms in found for form in forms))

    def address(self, key: str) -> str:
        """Return the address that opens the page on this machine."""
        if self.socket:
            return f"unix:{self.socket}"
        if self.is_local or not self.secure:
            return f"{self.origin}/?device={key}"
        return f"{self.origin}/pair"

    @property
    def origin(self) -> str:
        """Return where pages and programs of this machine find it."""
        if self.socket:
            return f"unix:{self.socket}"
        scheme, name = "https" if self.secure else "http", (*self.names, self.host)[0]
        name = name if self.secure else self.host
        return f"{scheme}://{_with_port(name, self.port)[0]}"

    @property
    def lan_origin(self) -> str:
        """Return where other devices find it, "" where they do not."""
        if self.lan:
            name = next(iter(self.lan_names), "")
            return f"https://{_with_port(name, self.tls_port)[0]}" if name else ""
        return self.origin if self.secure and not self.is_local else ""


def lan_addresses() -> list[str]:
    """Return the addresses of this machine in its networks, the one that is used most first."""
    found = []
    for family, elsewhere in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((elsewhere, 9))  # sends nothing, and says from where it would
            found.append(str(asked.getsockname()[0]))
    with suppress(OSError):
        found += [str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None)]
    plain = dict.fromkeys(one for one in found if "%" not in one)
    return [one for one in plain if not ip_address(one).is_loopback]


def host_names() -> list[str]:
    """Return the names of this machine, as its network may know it."""
    name = socket.gethostname().lower()
    known = name.isascii() and name not in ("", "localhost")
    return [name] if known and "." in name else [f"{name}.local", name] if known else []


def _with_port(name: str, port: int) -> list[str]:
    """Return how a Host names a place; the usual ports may be left out."""
    shown = f"[{name}]" if ":" in name and not name.startswith("[") else name
    return [f"{shown}:{port}", shown] if port in (80, 443) else [f"{shown}:{port}"]


@contextmanager
def bound(where: Where) -> Iterator[socket.socket]:
    """Give a socket that listens there. Raises AddressTaken.

    A Unix socket is its owner's alone; one that nobody listens on any more is replaced.
    """
    if not where.socket:
        with _listening(where.host, where.port) as listening:
            yield listening
        return
    path = Path(where.socket)
    listening = socket.socket(socket.AF_UNIX)
    with _said(listening, where.socket):
        _free(path)
        before = os.umask(0o177)
        try:
            listening.bind(where.socket)
        finally:
            os.umask(before)
        listening.listen(128)
    try:
        yield listening
    finally:
        listening.close()
        path.unlink(missing_ok=True)


@contextmanager
def bound_lan(where: Where) -> Iterator[socket.socket | None]:
    """Give a socket that listens to the shop's network, where it is served there."""
    if not where.lan:
        yield None
        return
    with _listening("0.0.0.0", where.tls_port) as listening:
        yield listening


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    with _said(listening, f"{host}:{port}"):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    with listening:
        yield listening


@contextmanager
def _said(listening: socket.socket, place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        listening.close()
        raise AddressTaken(
            f"cannot listen at {place} ({error.strerror}): end the program that does, or name "
            "another place"
        ) from error


def _free(path: Path) -> None:
    """Remove a socket that a dead program left behind."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
