"""Who sends a request: this machine's own program or page, or a paired device."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal

from cashwrap.errors import CashwrapError

Brought = Literal["", "cookie", "header"]


class DeviceUnknown(CashwrapError):
    """The device is not let in, or was shut out."""

    code = "api.device"

    def __str__(self) -> str:
        return "this device was shut out: pair it again with a code that the till shows"


class KnownDevice:
    """A paired device that a program knows; ``gone`` once it was shut out."""

    __slots__ = ("gone", "id", "seen_ms")

    def __init__(self, id: str) -> None:
        self.id = id
        self.gone = False
        self.seen_ms = 0


class Visitor:
    """Who sends one request.

    ``local``: from this machine. ``brought``: how the key came, so that a page and a program are
    told apart. ``who`` is whose turn it is in the queue. ``command`` and ``asked`` are the
    request's own id and a digest of all that it asks for, "" where it has none.
    """

    __slots__ = ("asked", "brought", "command", "known", "local", "who")

    def __init__(
        self,
        *,
        local: bool = True,
        brought: Brought = "",
        known: KnownDevice | None = None,
        who: str = "",
    ) -> None:
        self.local = local
        self.brought: Brought = brought
        self.known = known
        self.who = who
        self.command = ""
        self.asked = ""

    @property
    def device(self) -> str:
        """Return the id of the paired device, "" for the till's own."""
        return "" if self.known is None else self.known.id

    @property
    def owns(self) -> bool:
        """Return whether it is a program of this machine that read the till's own key."""
        return self.local and self.brought == "header" and self.known is None

    def check(self) -> None:
        """Raise DeviceUnknown for a device that was shut out since it came through the gate."""
        if self.known is not None and self.known.gone:
            raise DeviceUnknown


NOBODY = Visitor()
VISITOR: ContextVar[Visitor] = ContextVar("visitor", default=NOBODY)
