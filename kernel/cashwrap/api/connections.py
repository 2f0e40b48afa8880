"""How long a connection may take to ask, how much it may send, and how many there may be.

Without it one machine that sends a byte a second on many connections would keep all others out.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cashwrap.api.gate import is_loopback

HEAD_SECONDS = 10
BODY_SECONDS = 20
BODY_STEP = 256 * 1024  # so much more of a body has its time again
HEAD_SIZE_MAX = 32 * 1024
FILES_WANTED = 4096
REMOTE_MAX, REMOTE_MAX_EACH, LOCAL_MAX = 192, 32, 256


def allow_connections() -> None:
    """Let the process have as many files open as it may: each connection is one."""
    try:
        import resource
    except ImportError:  # not on every system
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= now < FILES_WANTED:
        wanted = FILES_WANTED if most < 0 else min(most, FILES_WANTED)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class Room:
    """How many connections there are: this machine's, and each other one's."""

    def __init__(self) -> None:
        self._by_place: Counter[str] = Counter()

    def enter(self, place: str) -> bool:
        """Take a place, "" for this machine; return whether there was one."""
        local = self._by_place[""]
        remote = self._by_place.total() - local
        if place:
            taken = remote >= REMOTE_MAX or self._by_place[place] >= REMOTE_MAX_EACH
        else:
            taken = local >= LOCAL_MAX
        if not taken:
            self._by_place[place] += 1
        return not taken

    def leave(self, place: str) -> None:
        """Give it back."""
        self._by_place[place] -= 1
        if not self._by_place[place]:
            del self._by_place[place]


class PatientProtocol(HttpToolsProtocol):
    """The server's HTTP, with an end to its patience. One `Room` is shared by all connections."""

    room = Room()
    _place: str | None = None
    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _head_size = 0  # bytes that came since the request before
    _fields_size = 0  # of the header fields that were read
    _body_size = 0  # bytes of the body since its time began

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, where there is room for it."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        place = "" if is_loopback(host) else host
        if not self.room.enter(place):
            transport.abort()
            return
        self._place = place
        self._patience(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back."""
        self._left()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that is too large, or takes too long, ends the connection."""
        if self._timer is None:
            self._patience(HEAD_SECONDS)
        if self._in_head:
            self._head_size += len(data)
        super().data_received(data)
        if self._in_head and self._head_size > HEAD_SIZE_MAX and not self.transport.is_closing():
            self.send_400_response("Header fields too large.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field, unless all of them are too large."""
        self._fields_size += len(name) + len(value)
        if self._fields_size > HEAD_SIZE_MAX:
            raise HttpParserError("header fields too large")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Go on to the body."""
        self._in_head = False
        self._patience(BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; a large one that keeps coming has the time that it needs."""
        super().on_body(body)
        self._body_size += len(body)
        if self._body_size >= BODY_STEP:
            self._patience(BODY_SECONDS)

    def on_message_complete(self) -> None:
        """Have all of a request."""
        self._head_size, self._fields_size, self._in_head = 0, 0, True
        self._relax()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand over; how many pages listen is limited elsewhere."""
        self._left()
        super().handle_websocket_upgrade()

    def _patience(self, seconds: int) -> None:
        self._relax()
        self._body_size = 0
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _relax(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self.flow.read_paused:  # it is we who are slow
            self._patience(BODY_SECONDS)
        elif not self.transport.is_closing():
            self.transport.abort()

    def _left(self) -> None:
        self._relax()
        if self._place is not None:
            self.room.leave(self._place)
            self._place = None
