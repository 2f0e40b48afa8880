"""The till that is examined: what could be read of it, from inside or from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.ports import Timestamp
from cashwrap.settings import Settings
from cashwrap.store.records import Record
from cashwrap.store.tables import Projection, Reader
from cashwrap.store.verify import Readable

if TYPE_CHECKING:
    from cashwrap.store.store import Store


class Book(Readable, Protocol):
    """A store as checks read it."""

    def read(self) -> AbstractContextManager[Reader]:
        """Give a view of the tables."""
        ...

    def records(self, after_seq: int = 0, until: int | None = None) -> Iterator[Record]:
        """Yield records."""
        ...


class NotReadable(CashwrapError):
    """A check needs something of the till that could not be read; another check says why."""

    code = "doctor.not_readable"


class Patient(msgspec.Struct):
    """One till under examination.

    ``owner`` is the process that has the folder open, 0 for none. ``store`` is there when it is
    this program. ``refused`` is why the store could not be read, ``misset`` why the settings could
    not. Times of day come from ``now``.
    """

    folder: Path
    now: Timestamp
    witness: Sequence[Path]
    owner: int = 0
    deep: bool = False
    projections: Sequence[Projection] = ()
    store: Store | None = None
    looked: Book | None = None
    read_settings: Settings | None = None
    refused: CashwrapError | None = None
    misset: CashwrapError | None = None

    @property
    def book(self) -> Book:
        """Return what can be read of the store. Raises NotReadable."""
        if self.looked is None:
            raise NotReadable(str(self.refused))
        return self.looked

    @property
    def settings(self) -> Settings:
        """Return the settings. Raises NotReadable."""
        if self.read_settings is None:
            raise NotReadable(str(self.misset))
        return self.read_settings

    @property
    def at_rest(self) -> bool:
        """Whether nobody writes to the store while it is examined."""
        return not self.owner


def age(ms: int) -> tuple[str, str]:
    """Return a stretch of time in words, English and Chinese, in its largest whole unit."""
    minutes = max(0, ms) // 60_000
    for size, en, zh in ((24 * 60, "day", "天"), (60, "hour", "小时"), (1, "minute", "分钟")):
        if minutes >= size or size == 1:
            count = minutes // size
            return f"{count} {en}{'' if count == 1 else 's'}", f"{count} {zh}"
    raise AssertionError


def size(size_bytes: int) -> str:
    """Return ``12 KB``, ``3.4 MB`` or ``1.2 GB``, in integers."""
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if size_bytes >= unit:
            tenths = size_bytes * 10 // unit
            return f"{tenths // 10}.{tenths % 10} {name}"
    return f"{-(-size_bytes // 1000)} KB"
