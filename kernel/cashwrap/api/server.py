"""Serve one till: bind, run until it is told to stop, close the till in order."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

import uvicorn
from litestar import Litestar

from cashwrap.api.app import make_app
from cashwrap.api.connections import PatientProtocol, allow_connections
from cashwrap.api.device import device_key
from cashwrap.api.places import NeedsTls, Where, bound, bound_lan
from cashwrap.api.served import served_at
from cashwrap.api.till_thread import TillThread
from cashwrap.api.tls import Tls
from cashwrap.store.errors import JournalFault
from cashwrap.till import Till

HANDSHAKE_SECONDS = 10
MESSAGE_SIZE_MAX = 16 * 1024  # what a page says on the live updates is a sign of life
Tell = Callable[[Till], None]


class _Sockets(NamedTuple):
    """What listens: to this machine, and to the shop's network."""

    here: socket.socket
    lan: socket.socket | None


def serve(open_till: Callable[[], Till], folder: Path, where: Where, tell: Tell) -> None:
    """Serve a till until the process is told to stop; ``tell`` is called when it is open.

    Raises NeedsTls, AddressTaken, KeyFileOpen, CertificateRefused, what opening the till raises,
    and JournalFault when the disk failed meanwhile.
    """
    if not where.is_local and not where.secure:
        raise NeedsTls
    tls = Tls(folder, where) if where.lan or where.secure else None
    with bound(where) as here, bound_lan(where) as lan, suppress(_Told), _ends_in_order():
        thread = TillThread(open_till)
        try:
            thread.start()
            with served_at(folder, where):
                _run(thread, folder, where, _Sockets(here, lan), tls, tell)
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


class _Server(uvicorn.Server):
    """uvicorn, with TLS on the sockets that other machines reach."""

    def __init__(
        self, config: uvicorn.Config, tls: Tls | None, secured: list[socket.socket]
    ) -> None:
        super().__init__(config)
        self._tls = tls
        self._secured = secured
        self._renewing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; slow handshakes are ended, and the certificate is renewed in time."""
        await super().startup(sockets)
        if self._tls is None:
            return
        loop = asyncio.get_running_loop()
        for each in self._secured:
            listening = await loop.create_server(
                self._connection,
                sock=each,
                ssl=self._tls.context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
            )
            self.servers.append(listening)
        self._renewing = asyncio.create_task(self._tls.keep_good())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen no more, and end in order."""
        if self._renewing is not None:
            self._renewing.cancel()
        await super().shutdown(sockets)

    def _connection(self) -> asyncio.Protocol:
        state = self.lifespan.state
        return PatientProtocol(config=self.config, server_state=self.server_state, app_state=state)


def _run(
    thread: TillThread,
    folder: Path,
    where: Where,
    sockets: _Sockets,
    tls: Tls | None,
    tell: Tell,
) -> None:
    app = make_app(
        thread,
        key=device_key(folder),
        hosts=where.hosts,
        reach=None if tls is None else tls.reach,
    )
    allow_connections()
    plain = [] if where.secure else [sockets.here]
    secured = [one for one in sockets if one is not None and one not in plain]
    server = _Server(_config(app), tls, secured)

    def end() -> None:
        server.should_exit = True

    thread.broken = end  # a fresh process checks the journal and goes on
    thread.ask(tell)
    server.run(sockets=plain)
    if thread.fault:
        raise JournalFault(thread.fault)


def _config(app: Litestar) -> uvicorn.Config:
    """Return how uvicorn serves the till: the log is ours, and its headers tell nothing."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        lifespan="on",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        ws_max_size=MESSAGE_SIZE_MAX,
        ws_per_message_deflate=False,
    )
