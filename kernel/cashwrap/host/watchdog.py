"""A hook that does not come back is broken off, so that the till does.

A second thread looks now and then; where it meets the same call again and again, it raises `Hung`
in the thread of that call. That ends a loop in Python. A call that waits inside the operating
system, for a socket say, sees it only when that wait ends: such work belongs in a follower.
"""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar
from weakref import ref

T = TypeVar("T")

POLL_SECONDS = 0.25
OPENING_TIMES = 5  # what is done once when a till opens may take so many times longer


class Hung(BaseException):
    """Raised inside a hook; no `Exception`, so that a loop which swallows those ends too."""


class HookHung(Exception):
    """A hook did not come back in time, and was broken off."""


class HookLeft(Exception):
    """A hook raised what ends programs (``sys.exit()``); here it ends the hook."""


def kept_in(act: Callable[[], T]) -> T:
    """Do something of a plugin, which cannot end the program by it. Raises HookLeft."""
    try:
        return act()
    except (Exception, KeyboardInterrupt, Hung):
        raise
    except BaseException as error:
        raise HookLeft(f"{type(error).__name__}: {error}") from error


class _Call:
    """One call: who makes it, and how far its ending and its breaking off have come."""

    __slots__ = ("done", "fired", "firing", "looks", "seen", "thread")

    def __init__(self, thread: int, looks: int) -> None:
        self.thread = thread
        self.looks = looks
        self.seen = 0
        self.done = False
        self.fired = False
        self.firing = False


class Watchdog:
    """Breaks off calls that take much longer than they may."""

    def __init__(self, limit_ms: int) -> None:
        self._looks = max(2, round(limit_ms / (POLL_SECONDS * 1000)))
        self._limit_ms = limit_ms
        self._call: _Call | None = None
        self._stop = threading.Event()
        self._started = False

    def guard(self, act: Callable[[], T], times: int = 1) -> T:
        """Do something that may take the limit so many times. Raises HookHung when it had to be
        broken off."""
        if not self._started:
            self._start()
        before, call = self._call, _Call(threading.get_ident(), self._looks * times)
        self._call = call
        try:
            try:
                return act()
            finally:
                self._call = before
                _settle(call)
        except Hung:
            self._call = before
            _settle(call)
            told = f"it did not come back within {self._limit_ms * times} ms"
            raise HookHung(told) from None

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._started = False

    def _start(self) -> None:
        """Begin to look. `threading.Thread` would wait here until the new thread has run."""
        self._started, self._stop = True, threading.Event()
        _thread.start_new_thread(_watch, (ref(self), self._stop))

    def look(self) -> None:
        """See how long the call that is under way has taken by now."""
        call = self._call
        if call is not None:
            call.seen += 1
            if call.seen == call.looks:
                _break_off(call)


def _watch(watchdog: ref[Watchdog], stop: threading.Event) -> None:
    """Look until told to stop, or until the till is gone that was never closed."""
    while not stop.wait(POLL_SECONDS):
        if (one := watchdog()) is None:
            return
        one.look()
        del one


def _break_off(call: _Call) -> None:
    """Raise Hung in the thread of a call, unless it has just ended.

    The ending waits while this is under way, so that nothing is ever raised behind it.
    """
    call.firing = True
    if not call.done:
        call.fired = True
        raise_in(call.thread, Hung)
    call.firing = False


def _settle(call: _Call) -> None:
    """End a call: after this nothing is raised for it any more."""
    call.done = True
    while call.firing:
        threading.Event().wait(0.001)
    if call.fired:
        _take_back()


def _take_back() -> None:
    """Let what was raised in this thread arrive here, if it has not yet.

    Python could be told to forget it, but 3.11 then looks for it for ever: every step is slower,
    and a function that is traced (by a debugger, for coverage) never begins.
    """
    with suppress(Hung):
        for _ in range(100):  # it arrives at a jump back
            pass


def raise_in(thread: int, error: type[BaseException]) -> None:
    """Have an error raised in a thread at its next step."""
    import ctypes  # a start without anything that hangs does not need it

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
