"""Projections of plugins: one that fails is left out, and the commit goes on without it.

A fold runs inside the transaction of a sale, so what it raises would take the sale back. A guest's
error is told apart from the disk's; the store then begins the transaction anew without the guest,
whose tables stay as they were before, and are folded from the journal when it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cashwrap.errors import CashwrapError
from cashwrap.events import Envelope, Event
from cashwrap.store.disk import MapFull, MapResized
from cashwrap.store.tables import (
    BulkProjection,
    BulkWriter,
    CommitProjection,
    Projection,
    Told,
    Writer,
    fold_each,
)

Timed = Callable[[Callable[[], None]], None]
"""Does something, and takes the time of it."""


class FoldFailed(CashwrapError):
    """A plugin's fold failed; its tables are left out until it is brought back."""

    code = "store.fold_failed"

    def __init__(self, projection: str, reason: str) -> None:
        super().__init__(projection, reason)
        self.projection = projection
        self.reason = reason

    def __str__(self) -> str:
        return f"the tables of {self.projection!r} cannot be folded: {self.reason}"


class Guest:
    """Somebody else's projection. Raises FoldFailed whatever it raises."""

    def __init__(self, inner: Projection, timed: Timed | None = None) -> None:
        self.name: str = inner.name
        self.version: int = inner.version
        self.tables: tuple[str, ...] = tuple(inner.tables)
        self.reads: Mapping[str, type[Event]] = inner.reads
        self.inner = inner
        self._timed = timed

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        self._do(lambda: self.inner.fold(writer, envelope, body))

    def fold_commit(self, writer: Writer, told: Sequence[Told]) -> None:
        """Apply the events of one commit, together where it can."""
        inner = self.inner
        if isinstance(inner, CommitProjection):
            self._do(lambda: inner.fold_commit(writer, told))
        else:
            self._do(lambda: fold_each(inner, writer, told))

    def fold_all(self, writer: BulkWriter, told: Sequence[Told]) -> None:
        """Apply many events for a rebuild, whose time is nobody's who waits for a sale."""
        inner = self.inner
        with_all = isinstance(inner, BulkProjection)
        try:
            if with_all:
                assert isinstance(inner, BulkProjection)
                inner.fold_all(writer, told)
            else:
                fold_each(inner, writer, told)
        except Exception as error:  # whatever a plugin may raise
            raise self.failed(error) from error

    def failed(self, error: Exception) -> FoldFailed:
        """Return the refusal of this guest for what it raised."""
        return FoldFailed(self.name, f"{type(error).__name__}: {error}"[:300])

    def _do(self, act: Callable[[], None]) -> None:
        try:
            if self._timed is None:
                act()
            else:
                self._timed(act)
        except (MapFull, MapResized):  # the file grows, and the transaction runs again
            raise
        except Exception as error:  # whatever a plugin may raise
            raise self.failed(error) from error


def as_guest(inner: Projection, timed: Timed | None = None) -> Guest:
    """Return a projection as a guest, once."""
    return inner if isinstance(inner, Guest) else Guest(inner, timed)
