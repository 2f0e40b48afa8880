"""Serve one till: bind, run until it is told to stop, close the till in order."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import msgspec
import uvicorn

from cashwrap.api.app import make_app
from cashwrap.api.device import device_key
from cashwrap.api.till_thread import TillThread
from cashwrap.errors import CashwrapError
from cashwrap.store.errors import JournalFault
from cashwrap.till import Till

PORT = 8620
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class NeedsTls(CashwrapError):
    """A till is reached from another machine by TLS only."""

    code = "api.needs_tls"

    def __str__(self) -> str:
        return (
            "other machines reach a till by TLS only: give --certificate and --private-key, or "
            "leave --host out"
        )


class AddressTaken(CashwrapError):
    """Another program listens there already, or this user may not."""

    code = "api.address"


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where a till is served. ``names`` are further names by which it may be asked for."""

    host: str = "127.0.0.1"
    port: int = PORT
    socket: str = ""
    certificate: str = ""
    private_key: str = ""
    names: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether nobody but this machine reaches it."""
        return bool(self.socket) or self.host in ("127.0.0.1", "localhost", "::1")

    @property
    def secure(self) -> bool:
        """Whether it is served by TLS."""
        return bool(self.certificate and self.private_key)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return what the Host of a request may be."""
        names = dict.fromkeys((*_LOOPBACK, self.host, *self.names))
        return tuple(form for name in names for form in (f"{name}:{self.port}", name))

    def address(self, key: str) -> str:
        """Return the address that opens the page."""
        if self.socket:
            return f"unix:{self.socket}"
        scheme, name = "https" if self.secure else "http", (*self.names, self.host)[0]
        return f"{scheme}://{name}:{self.port}/?device={key}"


def serve(
    open_till: Callable[[], Till], folder: Path, where: Where, tell: Callable[[Till], None]
) -> None:
    """Serve a till until the process is told to stop; ``tell`` is called when it is open.

    Raises NeedsTls, AddressTaken, KeyFileOpen, what opening the till raises, and JournalFault when
    the disk failed meanwhile.
    """
    if not where.is_local and not where.secure:
        raise NeedsTls
    with bound(where) as listening, suppress(_Told), _ends_in_order():
        thread = TillThread(open_till)
        try:
            thread.start()
            _run(thread, folder, where, listening, tell)
        finally:
            thread.stop()


class _Told(BaseException):
    """The process was told to end."""


@contextmanager
def _ends_in_order() -> Iterator[None]:
    """Raise `_Told` for a signal to end, so that the till is closed on the way out.

    The server has handlers of its own while it runs; it stops, and sends the signal again.
    """

    def told(_: int, __: FrameType | None) -> NoReturn:
        raise _Told

    before = {each: signal.signal(each, told) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def bound(where: Where) -> Iterator[socket.socket]:
    """Give a socket that listens there. Raises AddressTaken.

    A Unix socket is its owner's alone; one that nobody listens on any more is replaced.
    """
    path = Path(where.socket) if where.socket else None
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    listening = socket.socket(socket.AF_UNIX if path else family)
    try:
        if path is not None:
            _free(path)
            before = os.umask(0o177)
            try:
                listening.bind(where.socket)
            finally:
                os.umask(before)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((where.host, where.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        place = where.socket or f"{where.host}:{where.port}"
        raise AddressTaken(
            f"cannot listen at {place} ({error.strerror}): end the program that does, or name "
            "another place"
        ) from error
    try:
        yield listening
    finally:
        listening.close()
        if path is not None:
            path.unlink(missing_ok=True)


def _free(path: Path) -> None:
    """Remove a socket that a dead program left behind."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)


def _run(
    thread: TillThread,
    folder: Path,
    where: Where,
    listening: socket.socket,
    tell: Callable[[Till], None],
) -> None:
    app = make_app(
        thread,
        key=device_key(folder),
        hosts=where.hosts,
    )
    config = uvicorn.Config(
        app,
        ssl_certfile=where.certificate or None,
        ssl_keyfile=where.private_key or None,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        lifespan="on",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)

    def end() -> None:
        server.should_exit = True

    thread.broken = end  # a fresh process checks the journal and goes on
    thread.do(tell)
    server.run(sockets=[listening])
    if thread.fault:
        raise JournalFault(thread.fault)
