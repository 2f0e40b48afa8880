"""Live updates: every change goes to each page that listens, in order; a slow page is let go."""

from __future__ import annotations

import asyncio
from typing import Literal, NamedTuple

import msgspec

Kind = Literal["sale", "shift", "device", "sync", "payment", "hold", "session"]
WAITING_MAX = 200


class Update(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change at a register. ``body`` is what the route of the same name would answer."""

    type: Kind
    register: str
    body: object


class _Listener(NamedTuple):
    loop: asyncio.AbstractEventLoop
    waiting: asyncio.Queue[bytes | None]
    register: str | None


class Live:
    """Who listens. `tell` may be called from any thread."""

    def __init__(self) -> None:
        self._listeners: dict[int, _Listener] = {}
        self._names = 0
        self._encode = msgspec.json.Encoder().encode

    def listen(self, register: str | None) -> tuple[int, asyncio.Queue[bytes | None]]:
        """Return a name, and a queue of updates of a register (None: all); None ends it."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._names += 1
        self._listeners[self._names] = _Listener(asyncio.get_running_loop(), queue, register)
        return self._names, queue

    def leave(self, name: int) -> None:
        """Listen no more."""
        self._listeners.pop(name, None)

    def tell(self, kind: Kind, register: str, body: object) -> None:
        """Tell everybody who listens to a register."""
        wanted = [
            (name, one)
            for name, one in tuple(self._listeners.items())
            if one.register is None or one.register == register
        ]
        if wanted:
            raw = self._encode(Update(kind, register, body))
            for name, one in wanted:
                one.loop.call_soon_threadsafe(self._put, name, one, raw)

    def _put(self, name: int, listener: _Listener, raw: bytes) -> None:
        if listener.waiting.qsize() < WAITING_MAX:
            listener.waiting.put_nowait(raw)
        elif name in self._listeners:
            self.leave(name)
            listener.waiting.put_nowait(None)
