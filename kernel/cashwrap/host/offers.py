"""What plugins add beside data of the kernel's own kinds: reports, commands, jobs, followers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.store.records import Record
from cashwrap.store.tables import Reader

if TYPE_CHECKING:
    from cashwrap.host.acting import PluginTill

Words = dict[str, str]
Cell = str | int


class Days(NamedTuple):
    """Business days, yyyymmdd, first and last."""

    first: int
    last: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A table that people read. ``make`` gives its rows, one cell for each of ``columns``.

    Columns in ``money`` hold minor units, and are shown in the shop's currency.
    """

    name: str
    title: Words
    columns: tuple[Words, ...]
    make: Callable[[Reader, Days], Iterable[Sequence[Cell]]]
    money: tuple[int, ...] = ()


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of ``cashwrap``. ``run`` works on an open till, and returns what to print."""

    name: str
    line: str
    run: Callable[[PluginTill, Namespace], str]
    configure: Callable[[ArgumentParser], None] | None = None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do every so many minutes while the till is open, also after a restart."""

    name: str
    every_minutes: int
    run: Callable[[PluginTill], None]

    def __post_init__(self) -> None:
        if type(self.every_minutes) is not int or self.every_minutes < 1:
            raise InvalidInput(f"job {self.name!r}: every_minutes is a whole number from 1")


class React(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do after each event of some kinds: at least once, in order, also after a crash.

    ``do`` must bear to be called again with the same record. What it raises is tried again.
    """

    name: str
    kinds: tuple[str, ...]
    do: Callable[[PluginTill, Record], None]
