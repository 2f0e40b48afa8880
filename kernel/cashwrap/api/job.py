"""A request on its way to the till's thread, and back to the event loop that waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import perf_counter_ns

from cashwrap.api.commands import Commands
from cashwrap.api.visitor import Visitor
from cashwrap.errors import CashwrapError
from cashwrap.till import Till


class ApiStopping(CashwrapError):
    """The program that serves this till is ending; ask again when it is back."""

    code = "api.stopping"

    def __str__(self) -> str:
        return "this till is closing: ask again when it is back"


class Job:
    """Something to do on the till, and who waits for it."""

    __slots__ = ("came_ns", "error", "future", "loop", "visitor", "work")

    def __init__(
        self, work: Callable[[Till], object], loop: asyncio.AbstractEventLoop, visitor: Visitor
    ) -> None:
        self.work = work
        self.visitor = visitor
        self.came_ns = perf_counter_ns()
        self.loop = loop
        self.future: asyncio.Future[None] = loop.create_future()
        self.error: BaseException | None = None

    def run(self, till: Till, commands: Commands) -> None:
        """Do it as who asked for it, and keep what it raised."""
        visitor = self.visitor
        try:
            visitor.check()
            till.store.device = visitor.device
            if visitor.command:
                commands.check(visitor.command, visitor.asked)
            self.work(till)
            if visitor.command:
                commands.note(visitor.command, visitor.asked)
        except BaseException as error:
            self.error = error
        finally:
            till.store.device = ""

    def answer(self) -> None:
        """Tell who waits; called in the event loop."""
        if self.future.done():
            return  # who asked has gone
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(None)


def answer(jobs: Iterable[Job]) -> None:
    """Tell who waits for these, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, those in by_loop.items():
        with suppress(RuntimeError):  # it ended meanwhile
            loop.call_soon_threadsafe(_answer_in_loop, those)


def refuse(jobs: Iterable[Job]) -> None:
    """Tell who waits for these that the till is closing."""
    jobs = list(jobs)
    for job in jobs:
        job.error = ApiStopping()
    answer(jobs)


def _answer_in_loop(jobs: Iterable[Job]) -> None:
    for job in jobs:
        job.answer()
