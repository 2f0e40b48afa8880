"""Live updates: every change goes to each page that listens, in order; a slow page is let go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec

Kind = Literal["snapshot", "sale", "shift", "hold", "drawer", "device", "sync", "paired"]
WAITING_MAX = 200
LISTENERS_MAX = 128


class Close(NamedTuple):
    """That a page is let go, and why: a close code of WebSocket and a stable code."""

    code: int
    reason: str


NOBODY = Close(4401, "api.no_session")
SHUT_OUT = Close(4401, "api.device")
TOO_SLOW = Close(1013, "api.too_slow")
TOO_MANY = Close(1013, "api.busy")
Waiting = asyncio.Queue[bytes | Close]


class Update(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change at a register. ``body`` is what the route of the same name would answer."""

    type: Kind
    register: str
    body: object


class Listener(NamedTuple):
    """A page that listens: to a register (None: all), with a session, from a paired device."""

    loop: asyncio.AbstractEventLoop
    waiting: Waiting
    register: str | None
    token: str = ""
    device: str = ""


class Live:
    """Who listens. `tell` and `let_go` may be called from any thread."""

    def __init__(self) -> None:
        self._listeners: dict[int, Listener] = {}
        self._names = 0
        self._encode = msgspec.json.Encoder().encode

    @property
    def is_full(self) -> bool:
        """Return whether as many listen as may."""
        return len(self._listeners) >= LISTENERS_MAX

    def listen(self, listener: Listener, snapshot: object) -> int:
        """Tell somebody how all stands, and from now on every change; return a name."""
        self._names += 1
        name = self._names
        self._listeners[name] = listener
        self._send(name, listener, Update("snapshot", listener.register or "", snapshot))
        return name

    def leave(self, name: int) -> None:
        """Let somebody listen no more."""
        self._listeners.pop(name, None)

    def tell(
        self, kind: Kind, register: str, body: object, may: Callable[[Listener], bool] | None = None
    ) -> None:
        """Tell everybody who listens to a register, and may hear it; "" is told to all."""

        def hears(one: Listener) -> bool:
            return (not register or one.register in (None, register)) and (not may or may(one))

        wanted = self._those(hears)
        if wanted:
            raw = self._encode(Update(kind, register, body))
            for name, one in wanted:
                one.loop.call_soon_threadsafe(self._put, name, one, raw)

    def let_go(self, *, token: str = "", device: str = "") -> None:
        """Let go who listens with a session that ended, or from a device that was shut out."""
        why = SHUT_OUT if device else NOBODY
        for name, one in self._those(
            lambda one: one.token == token if token else one.device == device
        ):
            self.leave(name)
            one.loop.call_soon_threadsafe(one.waiting.put_nowait, why)

    def _those(self, wanted: Callable[[Listener], bool]) -> list[tuple[int, Listener]]:
        return [(name, one) for name, one in tuple(self._listeners.items()) if wanted(one)]

    def _send(self, name: int, listener: Listener, update: Update) -> None:
        listener.loop.call_soon_threadsafe(self._put, name, listener, self._encode(update))

    def _put(self, name: int, listener: Listener, raw: bytes) -> None:
        if listener.waiting.qsize() < WAITING_MAX:
            listener.waiting.put_nowait(raw)
        elif name in self._listeners:
            self.leave(name)
            listener.waiting.put_nowait(TOO_SLOW)
