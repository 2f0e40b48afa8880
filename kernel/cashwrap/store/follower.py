"""Followers read the journal from a durable cursor of their own, at least once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from cashwrap.errors import InvalidInput, utf8
from cashwrap.store.records import Record

if TYPE_CHECKING:
    from cashwrap.store.store import Store

NAME_SIZE_MAX = 200
POLL_MAX = 100_000


class Follower:
    """A named reader of the journal. What was polled but not acknowledged comes again."""

    def __init__(self, store: Store, name: str) -> None:
        if not 1 <= len(utf8(name, "a follower's name")) <= NAME_SIZE_MAX:
            raise InvalidInput(f"a follower's name has 1 to {NAME_SIZE_MAX} bytes")
        self.name = name
        self._store = store
        self._read = store.cursor(name)

    @property
    def done(self) -> int:
        """The last seq acknowledged."""
        return self._store.cursor(self.name)

    @property
    def behind(self) -> int:
        """How many records are not acknowledged yet."""
        return self._store.head.seq - self.done

    def poll(self, limit: int = 100) -> list[Record]:
        """Return the next records after those polled before, at most ``limit`` (100,000)."""
        if type(limit) is not int or not 1 <= limit <= POLL_MAX:
            raise InvalidInput(f"{limit!r} records cannot be polled: ask for 1 to {POLL_MAX}")
        found = list(islice(self._store.records(self._read), limit))
        if found:
            self._read = found[-1].seq
        return found

    def ack(self, seq: int, *, now: bool = False) -> None:
        """Say that everything up to ``seq`` is done.

        It becomes durable with the next commit or at close, so that it costs no disk flush of its
        own; ``now`` pays for one.
        """
        if self._checked(seq) > self.done:
            self._store.move_cursor(self.name, seq, now=now)

    def rewind(self, seq: int | None = None) -> None:
        """Go back to ``seq``, or to what was acknowledged, and poll again from there."""
        if seq is not None and self._checked(seq) < self.done:
            self._store.move_cursor(self.name, seq)
        self._read = self.done if seq is None else min(seq, self.done)

    def _checked(self, seq: int) -> int:
        if type(seq) is not int or not 0 <= seq <= self._store.head.seq:
            raise InvalidInput(
                f"{seq!r} is not a record of this journal: it ends at {self._store.head.seq}"
            )
        return seq
