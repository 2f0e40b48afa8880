"""Who asks: sessions of staff at a register, by an unguessable cookie, kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from secrets import token_urlsafe

import msgspec

from cashwrap.errors import CashwrapError

COOKIE = "cashwrap_session"
SESSIONS_MAX = 256


def cookie_of(register: str) -> str:
    """Return the name of the cookie with a page's session at a register.

    Programs, and pages that name no register, have the one of "".
    """
    return f"{COOKIE}_{sha256(register.encode()).hexdigest()[:12]}" if register else COOKIE


class NoSession(CashwrapError):
    """The request is of nobody who has signed in here."""

    code = "api.no_session"

    def __str__(self) -> str:
        return "nobody is signed in here: POST /api/v1/session first"


class Caller(msgspec.Struct, frozen=True):
    """Who asks, at which register, under which command id ("": none), from which paired device."""

    register: str
    staff: str
    command: str = ""
    training: bool = False
    device: str = ""


class Sessions:
    """The sessions of one serving till. They end with the process, like those of the kernel."""

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}

    def begin(self, caller: Caller) -> str:
        """Return the token of a new session; the oldest goes when there are too many."""
        token = token_urlsafe(32)
        self._callers[token] = caller
        if len(self._callers) > SESSIONS_MAX:
            del self._callers[next(iter(self._callers))]
        return token

    def change(self, token: str, caller: Caller) -> None:
        """Let a session be somebody's, or somewhere, else. Raises NoSession."""
        self.of(token, caller.device)
        self._callers[token] = caller

    @property
    def anybody_trains(self) -> bool:
        """Whether there is a session in training."""
        return any(caller.training for caller in self._callers.values())

    def trains(self, token: str) -> bool:
        """Return whether a session, if it is one, is in training."""
        found = self.whose(token)
        return found is not None and found.training

    def whose(self, token: str) -> Caller | None:
        """Return whose session it is, None where it ended."""
        return self._callers.get(token)

    def of(self, token: str, device: str) -> Caller:
        """Return whose session it is. Raises NoSession, also where another device has it."""
        found = self._callers.get(token)
        if found is None or found.device != device:
            raise NoSession
        return found

    def end_of(self, device: str) -> list[Caller]:
        """Forget all sessions of a device; return whose they were."""
        found = {token: one for token, one in self._callers.items() if one.device == device}
        for token in found:
            self.end(token)
        return list(found.values())

    def end_at(self, register: str, but: str = "") -> list[str]:
        """Forget all sessions at a register, but those of one person; return their tokens."""
        return self._end(lambda one: one.register == register and one.staff != but)

    def end_whose(self, staff: str) -> list[str]:
        """Forget all sessions of a person who may not work here any more; return their tokens."""
        return self._end(lambda one: one.staff == staff)

    def _end(self, wanted: Callable[[Caller], bool]) -> list[str]:
        found = [token for token, one in self._callers.items() if wanted(one)]
        for token in found:
            self.end(token)
        return found

    def end(self, token: str) -> None:
        """Forget a session."""
        self._callers.pop(token, None)
