"""Where a shop is read from: a store that this process has open, or a look beside one."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from cashwrap.store.identity import Head, Identity
from cashwrap.store.journal import Journal
from cashwrap.store.records import Record
from cashwrap.store.tables import Reader

DAY_MS = 86_400_000


class Source(Protocol):
    """What `till.store` and `cashwrap.store.look.Look` have in common."""

    identity: Identity
    journal: Journal
    head: Head

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables."""
        ...

    def records(self, after_seq: int = 0, until: int | None = None) -> Iterator[Record]:
        """Yield records in order."""
        ...


def seq_before(source: Source, wall_ms: int) -> int:
    """Return a record's number such that all at or after a moment come later, if clocks went on.

    A day is left for clocks that were set back. Records that were trimmed are passed over.
    """
    low, high = source.identity.base.seq, source.head.seq
    wanted_ms = wall_ms - DAY_MS
    while low < high:
        middle = (low + high + 1) // 2
        record = source.journal.get(middle)
        if record is not None and record.envelope.wall_ms < wanted_ms:
            low = middle
        else:
            high = middle - 1
    return low
