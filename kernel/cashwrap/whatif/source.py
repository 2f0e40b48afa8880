"""Where a shop is read from: a store that this process has open, or a look beside one."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from cashwrap.store.identity import Head
from cashwrap.store.records import Record
from cashwrap.store.tables import Reader


class Source(Protocol):
    """What `till.store` and `cashwrap.store.look.Look` have in common."""

    @property
    def head(self) -> Head:
        """Return the newest record's name and hash."""
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables."""
        ...

    def records(self, after_seq: int = 0, until: int | None = None) -> Iterator[Record]:
        """Yield records in order."""
        ...
