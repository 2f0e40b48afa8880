"""Whose thread followers and jobs run on: the till's own, or one of each plugin's.

A program that embeds a till calls `Till.work` when it has nothing better to do, and everything
happens in that call. A till that is served has threads: what a plugin waits for, a printer or a
network, then holds up nobody but the plugin.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol, TypeVar

from cashwrap.errors import CashwrapError
from cashwrap.host.acting import Asks, AtOnce
from cashwrap.host.watchdog import Hung, raise_in

if TYPE_CHECKING:
    from cashwrap.host.open_till import OpenTill
    from cashwrap.store.tables import Reader

T = TypeVar("T")
Post = Callable[[Callable[["OpenTill"], None]], None]
LENT_SECONDS = 2.0
_LOOK_SECONDS = 0.5


class TillGone(CashwrapError):
    """A plugin asks a till that is closing; what it was at is done again when it opens next."""

    code = "till.closed"

    def __str__(self) -> str:
        return "this till is closing: open the folder again"


class ViewEnded(CashwrapError):
    """A plugin kept its view of the tables for too long, or used it after giving it back."""

    code = "plugin.view_ended"

    def __str__(self) -> str:
        return f"a view of the tables lasts {LENT_SECONDS:g} s at most: read, leave, then work"


class Errand:
    """Something that a plugin is doing; ``done`` once it came back, with what it raised."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self.done = False
        self.error: BaseException | None = None
        self.thread = 0

    def run(self) -> None:
        """Do it, whatever happens."""
        self.thread = threading.get_ident()
        try:
            self._act()
        except BaseException as error:  # a plugin may raise anything, and `Hung` is one of these
            self.error = error
        self.done = True

    def break_off(self) -> None:
        """End it where it loops; where it waits outside of Python, it ends with that."""
        if not self.done and self.thread:
            raise_in(self.thread, Hung)


class Hands(Protocol):
    """Does things for plugins."""

    pause_ms: int
    """After how long a follower that waits is asked again."""

    def do(self, plugin: str, act: Callable[[], None]) -> Errand:
        """Begin to do something for a plugin; what it was given before comes first."""
        ...

    def way(self) -> Asks:
        """Return the way to the till from there."""
        ...

    def end(self) -> None:
        """Let nothing of what is still done reach the till any more."""
        ...


class Own:
    """The till's own thread: everything is done when `do` returns."""

    pause_ms = 0

    def __init__(self, till: OpenTill) -> None:
        self._till = till

    def do(self, plugin: str, act: Callable[[], None]) -> Errand:
        """Do it now."""
        errand = Errand(act)
        errand.run()
        return errand

    def way(self) -> Asks:
        """Return the way to the till from there."""
        return AtOnce(self._till)

    def end(self) -> None:
        """Nothing is under way."""


class Theirs:
    """A thread for each plugin. ``post`` has something done on the till's thread."""

    pause_ms = 500

    def __init__(self, post: Post, wake: Callable[[], None]) -> None:
        self._queues: dict[str, SimpleQueue[Errand]] = {}
        self._wake = wake
        self._way = Posted(post)

    def do(self, plugin: str, act: Callable[[], None]) -> Errand:
        """Have it done on the plugin's thread, and the till woken then."""
        queue = self._queues.get(plugin)
        if queue is None:
            queue = self._queues[plugin] = SimpleQueue()
            name = f"cashwrap-{plugin}"
            threading.Thread(target=self._live, args=(queue,), name=name, daemon=True).start()
        errand = Errand(act)
        queue.put(errand)
        return errand

    def way(self) -> Asks:
        """Return the way to the till from there."""
        return self._way

    def end(self) -> None:
        """Let nothing of what is still done reach the till any more."""
        self._way.is_open = False

    def _live(self, queue: SimpleQueue[Errand]) -> None:
        while self._way.is_open:
            queue.get().run()
            self._wake()


class _Answer:
    """What was asked of the till from another thread."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.error: BaseException | None = None


class Posted:
    """The way to the till from another thread: through the queue of its own."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.is_open = True

    def __call__(self, act: Callable[[OpenTill], T]) -> T:
        """Return what an act gives that is done on the till's own thread. Raises TillGone."""
        given: list[T] = []
        answer = _Answer()

        def work(till: OpenTill) -> None:
            try:
                given.append(act(till))
            except BaseException as error:  # it is raised where it was asked
                answer.error = error
            answer.came.set()

        self._post(work)
        self._wait(answer.came)
        if answer.error is not None:
            raise answer.error
        return given[0]

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give one consistent view of all tables; the till waits until it is given back.

        It is taken back after a while, so that a plugin that keeps it holds up nobody.
        """
        lent = _Lent()
        self._post(lent.lend)
        try:
            self._wait(lent.came)
            if lent.error is not None:
                raise lent.error
            yield lent
        finally:
            lent.back.set()

    def _wait(self, came: threading.Event) -> None:
        while not came.wait(_LOOK_SECONDS):
            if not self.is_open:
                raise TillGone


class _Lent(_Answer):
    """A view of the tables on loan."""

    def __init__(self) -> None:
        super().__init__()
        self.back = threading.Event()
        self._lock = threading.Lock()
        self._reader: Reader | None = None

    def lend(self, till: OpenTill) -> None:
        """Open the view, and wait until it comes back; called on the till's thread."""
        try:
            with till.store.read() as reader:
                self._reader = reader
                self.came.set()
                self.back.wait(LENT_SECONDS)
                with self._lock:
                    self._reader = None
        except BaseException as error:  # it is raised where it was asked
            self.error = error
            self.came.set()

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        with self._lock:
            return self._view.get(table, key)

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order."""
        with self._lock:
            rows = self._view.items(table, prefix, after)
        while True:
            with self._lock:
                _ = self._view
                row = next(rows, None)
            if row is None:
                return
            yield row

    @property
    def _view(self) -> Reader:
        if self._reader is None:
            raise ViewEnded
        return self._reader
