"""The trace switch: every call of a hook, what it answered, and how long it took."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, MutableSequence, Sized
from contextlib import contextmanager

import msgspec

KEPT = 1_000
ANSWER_MAX = 120


class Traced(msgspec.Struct, frozen=True):
    """One call of a hook: what it answered, or what it raised. Counted from 1."""

    plugin: str
    hook: str
    took_ns: int
    answer: str
    number: int = 0


class Tracing:
    """The newest calls of hooks while it is on; what it costs while it is off is one test."""

    def __init__(self, *, on: bool = False) -> None:
        self._number = 0
        self._calls: MutableSequence[Traced] | None = None
        self.switch(on=on)

    @property
    def on(self) -> bool:
        """Return whether calls are kept."""
        return self._calls is not None

    def switch(self, *, on: bool) -> None:
        """Begin or end to keep calls; what was kept is forgotten at the end."""
        if on != self.on:
            self._calls = deque(maxlen=KEPT) if on else None

    def calls(self) -> tuple[Traced, ...]:
        """Return the newest calls, oldest first."""
        return tuple(self._calls or ())

    def add(self, plugin: str, hook: str, took_ns: int, answer: str) -> None:
        """Keep a call."""
        if self._calls is not None:
            self._number += 1
            self._calls.append(Traced(plugin, hook, took_ns, answer, self._number))

    @contextmanager
    def apart(self) -> Iterator[list[Traced]]:
        """Give a list that every call is put into instead, until the block ends."""
        kept, calls = self._calls, list[Traced]()
        self._calls = calls
        try:
            yield calls
        finally:
            self._calls = kept


def told_answer(given: object) -> str:
    """Return an answer in short; what many things were given is counted."""
    try:
        told = repr(given)
    except Exception as error:  # a plugin's own __repr__
        told = f"{type(given).__name__} ({type(error).__name__})"
    if len(told) > ANSWER_MAX and isinstance(given, Sized) and not isinstance(given, str):
        return f"{len(given)}: {told[:ANSWER_MAX]}..."
    return told[:ANSWER_MAX]


def told_fault(error: BaseException) -> str:
    """Return what a call raised, in short."""
    return f"raised {type(error).__name__}: {error}"[:ANSWER_MAX]
