"""What plugins add beside data of the kernel's own kinds: reports, commands, routes, devices."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from pathlib import Path, PurePosixPath
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar, get_args

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.staff.rights import RIGHTS, Right
from cashwrap.store.records import Record
from cashwrap.store.tables import Reader

if TYPE_CHECKING:
    from cashwrap.host.acting import PluginTill

Words = dict[str, str]
Cell = str | int
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Place = Literal["cart", "pay", "done", "member", "customer", "more"]
State = Literal["ok", "warn", "lost", "unknown"]
DeviceKind = Literal["printer", "scale", "drawer", "display", "scanner", "terminal"]
Body = TypeVar("Body")

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_STEP = re.compile(r"[a-z0-9][a-z0-9._-]*|\{[a-z][a-z0-9_]*\}")

_TAKEN = frozenset("request socket scope state headers cookies query body data caller desk".split())


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
    """A command of ``cashwrap``. ``run`` works on an open till, and returns what to print.

    ``needs_staff`` says of its arguments whether somebody has to sign in for it: it has ``--by``
    then, a PIN is asked for, and ``args.by`` is who acts, at ``args.register`` if it has one.
    """

    name: str
    line: str
    run: Callable[[PluginTill, Namespace], str]
    configure: Callable[[ArgumentParser], None] | None = None
    needs_staff: Callable[[Namespace], bool] | None = None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do every so many minutes while the till is open, also after a restart."""

    name: str
    every_minutes: int
    run: Callable[[PluginTill], None]

    def __post_init__(self) -> None:
        if type(self.every_minutes) is not int or self.every_minutes < 1:
            raise InvalidInput(f"job {self.name!r}: every_minutes is a whole number from 1")


class Wait(Enum):
    """What a follower answers when a record's time has not come."""

    WAIT = "wait"


WAIT = Wait.WAIT
"""Not now: the follower stays where it is and is asked again; no fault, however often."""


class React(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do after each event of some kinds: at least once, in order, also after a crash.

    ``do`` must bear to be called again with the same record. What it raises is tried again; it may
    answer `WAIT`. ``from_now``: one that is new begins with what comes, not with the first record.
    """

    name: str
    kinds: tuple[str, ...]
    do: Callable[[PluginTill, Record], Wait | None]
    from_now: bool = False


class Call(msgspec.Struct, Generic[Body], frozen=True, kw_only=True):
    """One request to a plugin's route. ``body`` is what the route takes, checked; else None.

    ``staff`` is who is signed in, at which ``register``; ``command`` the caller's own id of it,
    "" where it gave none: the same one again must change nothing a second time.
    """

    till: PluginTill
    body: Body
    path: dict[str, str] = {}
    query: dict[str, str] = {}
    staff: str = ""
    register: str = ""
    command: str = ""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Something that pages and programs ask a plugin for, at ``/api/v1/plugins/NAME`` + ``path``.

    ``takes`` and ``gives`` are msgspec structs, or lists of one (``list[Card]``). ``right`` is
    asked before it runs. ``query`` names what may stand behind the ``?``, and says what it is.
    ``run`` works on the till's own thread.
    """

    method: Method
    path: str
    run: Callable[[Call[Any]], object]
    gives: type | GenericAlias
    summary: Words
    takes: type | GenericAlias | None = None
    right: Right | Literal[""] = ""
    query: dict[str, Words] = {}

    def __post_init__(self) -> None:
        steps, taken = self.path.removeprefix("/").split("/"), _TAKEN & {*self.names, *self.query}
        if not self.path.startswith("/") or not all(map(_STEP.fullmatch, steps)):
            raise InvalidInput(f"route {self.path!r:.60}: a path is as /cards/{{card}}/stamps")
        if self.method not in get_args(Method):
            raise InvalidInput(f"route {self.path}: {self.method!r:.20} is no method for it")
        if self.right and self.right not in RIGHTS:
            raise InvalidInput(f"route {self.path}: {self.right!r:.40} is no right")
        if self.takes is not None and self.method in ("GET", "DELETE"):
            raise InvalidInput(f"route {self.path}: {self.method} takes no body")
        if taken or len(set(self.names)) < len(self.names):
            raise InvalidInput(
                f"route {self.path}: each name once, and none of {', '.join(sorted(_TAKEN))}"
            )

    @property
    def shape(self) -> str:
        """Return its path without the names in braces: of two with one shape only one is found."""
        return re.sub(r"\{\w+\}", "{}", self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the braces of its path name."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of files for browsers, with an ``index.html``.

    They are at ``/plugins/NAME/`` + ``path``; ``path`` "/" is the till's own address, for a plugin
    whose manifest asks for ``front``.
    """

    name: str
    title: Words
    folder: Path
    path: str = ""

    def __post_init__(self) -> None:
        _named("page", self.name)
        if self.path not in ("", "/") and not all(map(_NAME.fullmatch, self.path.split("/"))):
            raise InvalidInput(f"page {self.name}: {self.path!r:.60}: write a path as cards/print")
        if not isinstance(self.folder, Path) or not self.folder.is_dir():
            raise InvalidInput(f"page {self.name}: there is no folder {self.folder}")


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the register's page, drawn by an ES module of one of the plugin's pages.

    ``module`` is its file, seen from ``/plugins/NAME/``. ``place``: under the lines of the sale,
    beside paying, after it, beside the member, on the customer's screen, or a screen of its own.
    """

    name: str
    title: Words
    module: str
    place: Place

    def __post_init__(self) -> None:
        _named("panel", self.name)
        path = PurePosixPath(self.module)
        if path.suffix not in (".js", ".mjs") or path.is_absolute() or ".." in path.parts:
            raise InvalidInput(f"panel {self.name}: {self.module!r:.60} is no module of a page")
        if self.place not in get_args(Place):
            places = ", ".join(get_args(Place))
            raise InvalidInput(f"panel {self.name}: {self.place!r:.40} is none of {places}")


class DeviceState(msgspec.Struct, frozen=True):
    """How a device does: ``warn`` is that it works and wants something, as paper."""

    state: State
    detail: Words = {}


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is plugged in. ``look`` asks how it does, on any thread; it may take its time.

    What ``look`` raises is the state "unknown", and no fault of the plugin.
    """

    name: str
    kind: DeviceKind
    title: Words
    look: Callable[[], DeviceState]

    def __post_init__(self) -> None:
        _named("device", self.name)
        if self.kind not in get_args(DeviceKind):
            kinds = ", ".join(get_args(DeviceKind))
            raise InvalidInput(f"device {self.name}: {self.kind!r:.40} is none of {kinds}")


def _named(what: str, name: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidInput(f"{what} {name!r:.60}: a name has small letters, digits, - and _")
