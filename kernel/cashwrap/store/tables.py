"""The contract between the store and the rooms that keep something in it.

A table is an ordered map of bytes to bytes named ``room.what``. Projections are the only writers of
folded tables, inside the transaction that appends the events; staged tables (catalog snapshots) are
written in small transactions of their own and become visible by one event.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from cashwrap.events import Envelope, Event

Change = Callable[[bytes | None, bytes], bytes]
Told = tuple[Envelope, Event]


class Reader(Protocol):
    """A consistent view of all tables. Keep it short: an old view keeps old pages alive."""

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        ...

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order: keys that begin with ``prefix`` and are > ``after``."""
        ...


class Writer(Reader, Protocol):
    """A view that may also write; it sees its own writes."""

    def put(self, table: str, key: bytes, value: bytes) -> None:
        """Set the value under a key (at most 511 bytes of key)."""
        ...

    def delete(self, table: str, key: bytes) -> bool:
        """Remove a key; return whether it was there."""
        ...

    def change(self, table: str, parts: Mapping[bytes, bytes], change: Change) -> None:
        """Set each key's value to ``change(value or None, part)``: all of them, or none.

        What ``change`` raises comes through, and nothing was put then.
        """
        ...


class Projection(Protocol):
    """Tables that are a fold over the journal, and nothing else.

    ``reads`` maps each event kind it wants to the struct to decode it as: the event's own class,
    or a narrower one with only its leading fields, which makes a rebuild faster; a field that it
    declares as None is passed over. ``version`` is
    raised when the fold changes, and the store then rebuilds. ``fold`` must depend on nothing but
    its arguments, and read the body, never ``envelope.body``, which a rebuild leaves out.
    """

    @property
    def name(self) -> str:
        """Return the namespace of its tables."""
        ...

    @property
    def version(self) -> int:
        """Return the version of the fold."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of its tables."""
        ...

    @property
    def reads(self) -> Mapping[str, type[Event]]:
        """Return the event kinds that it folds, and what to decode each as."""
        ...

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event to the tables."""
        ...


class BulkWriter(Writer, Protocol):
    """A writer over memory, for a rebuild."""

    def rows(self, table: str) -> dict[bytes, bytes]:
        """Return the rows of a table, to be changed in place until the fold returns."""
        ...


@runtime_checkable
class BulkProjection(Projection, Protocol):
    """A projection that folds many events at once, which makes a rebuild faster."""

    def fold_all(self, writer: BulkWriter, told: Sequence[Told]) -> None:
        """Apply events in order; the tables are then those that `fold` of each would make."""
        ...


def fold_each(projection: Projection, writer: Writer, told: Sequence[Told]) -> None:
    """Apply events in order, one by one."""
    for envelope, body in told:
        projection.fold(writer, envelope, body)


@runtime_checkable
class CommitProjection(Projection, Protocol):
    """A projection that folds the events of one commit at once: a row they all change is read and
    written once."""

    def fold_commit(self, writer: Writer, told: Sequence[Told]) -> None:
        """Apply the events of one commit in order; the tables are then those that `fold` makes."""
        ...
