"""Requests that were done under an id: the same id for something else is refused, for days.

The kernel answers a command that it did before as it did then. What it cannot tell is whether the
same was asked for; that is kept here, beside the journal, in a file that a killed program leaves
whole. It holds digests, nothing of what was asked.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from time import time_ns
from typing import Any

import msgspec
from litestar import Request

from cashwrap.api.sessions import Caller
from cashwrap.errors import CashwrapError

FILE_NAMES = "api.commands", "api.commands.old"
SIZE = 16  # bytes of each digest: of the id, then of what was asked
KEPT_MAX = 100_000
DAY_MS = 86_400_000
_STAMP = 8  # when the day of a file began, before its rows
_encode = msgspec.json.Encoder(order="deterministic").encode


class KeyReused(CashwrapError):
    """A command id came again with another request, or from another person or device."""

    code = "api.key_reused"

    def __str__(self) -> str:
        return (
            "this Idempotency-Key is another request's, or somebody else's: give every act "
            "its own, and send the same again only as the same person to ask for the same"
        )


class Commands:
    """The ids of requests that were done, and a digest of each request.

    Two days are kept, one file each, at most 100,000 requests of each day. A disk that takes no
    more of it stops nothing: the till's own ids still hold.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._days: list[dict[bytes, bytes]] = [{}, {}]  # this one, and the one before
        self._since_ms = 0
        self._file = -1
        if folder is not None:
            self._load(folder)

    def check(self, command: str, asked: str) -> None:
        """Raise KeyReused where an id was used for something else."""
        name = _hash(command)
        known = self._days[0].get(name) or self._days[1].get(name)
        if known is not None and known != bytes.fromhex(asked):
            raise KeyReused

    def note(self, command: str, asked: str) -> None:
        """Remember what was done under an id; from the till's thread."""
        if (now_ms := time_ns() // 1_000_000) - self._since_ms >= DAY_MS:
            self._begin_day(now_ms)
        name, today = _hash(command), self._days[0]
        if name in today or len(today) >= KEPT_MAX:
            return
        today[name] = bytes.fromhex(asked)
        if self._file >= 0:
            with suppress(OSError):
                os.write(self._file, name + today[name])

    def close(self) -> None:
        """Give the file up."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _load(self, folder: Path) -> None:
        for at, name in enumerate(FILE_NAMES):
            with suppress(OSError):
                raw = (folder / name).read_bytes()
                if at == 0:
                    self._since_ms = int.from_bytes(raw[:_STAMP], "big")
                ends = range(_STAMP + 2 * SIZE, len(raw) + 1, 2 * SIZE)
                rows = (raw[end - 2 * SIZE : end] for end in ends)
                self._days[at] = {row[:SIZE]: row[SIZE:] for row in rows}
        with suppress(OSError):
            self._file = os.open(folder / FILE_NAMES[0], os.O_RDWR | os.O_APPEND)
            whole = os.fstat(self._file).st_size - _STAMP
            os.ftruncate(self._file, _STAMP + whole - whole % (2 * SIZE))  # a row cut off

    def _begin_day(self, now_ms: int) -> None:
        self._days = [{}, self._days[0]]
        self._since_ms = now_ms
        self.close()
        if self._folder is None:
            return
        today, before = (self._folder / name for name in FILE_NAMES)
        with suppress(OSError):
            if today.exists():
                os.replace(today, before)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._file = os.open(today, flags, 0o600)
            os.write(self._file, now_ms.to_bytes(_STAMP, "big"))


def digest_of(request: Request[Any, Any, Any], caller: Caller, body: bytes) -> str:
    """Return a digest of who asks, where, and all that is asked for.

    So nobody is given the answer to somebody else. The order of names in JSON is no matter.
    """
    with suppress(msgspec.DecodeError):
        body = _encode(msgspec.json.decode(body)) if body else body
    query = str(request.scope["query_string"], "latin-1")
    who = caller.register, caller.staff, caller.device
    asked = "\0".join((request.method, request.scope["path"], query, *who)).encode()
    return sha256(asked + b"\0" + body).hexdigest()[: 2 * SIZE]


def _hash(command: str) -> bytes:
    return sha256(command.encode()).digest()[:SIZE]
