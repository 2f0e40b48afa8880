"""The one thread that owns the till: requests wait in a queue, and are done one after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import perf_counter_ns
from typing import TypeVar

from cashwrap.api.commands import Commands
from cashwrap.api.metrics import Times
from cashwrap.api.visitor import VISITOR, Visitor
from cashwrap.api.waiting import Rows, TooBusy
from cashwrap.errors import CashwrapError
from cashwrap.sale.sale import Sale
from cashwrap.store.errors import JournalFault
from cashwrap.tender.patience import Patience
from cashwrap.till import Till

T = TypeVar("T")
Stepped = Callable[[Till, tuple[Sale, ...]], None]
IDLE_SECONDS = 0.1
WORK_NS = 250_000_000
TOGETHER_MAX = 32


class ApiStopping(CashwrapError):
    """The program that serves this till is ending; ask again when it is back."""

    code = "api.stopping"

    def __str__(self) -> str:
        return "this till is closing: ask again when it is back"


class _Job:
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


class TillThread:
    """A till on its own thread.

    ``stepped`` is told after a payment was asked about; ``training`` is a second till for which
    this holds too, while somebody trains. ``rested`` is told when nobody waits, ``broken`` when the
    disk has failed, so that nothing is committed any more until the till is opened again.
    ``commands`` are those that were done, ``waits`` how long requests waited.
    """

    def __init__(self, open_till: Callable[[], Till]) -> None:
        self._open_till = open_till
        self._jobs: Rows[_Job | Callable[[Till], None] | None] = Rows()
        self._ready = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._live, name="till")
        self._stopping = False
        self._work_ns = 0
        self.fault = ""
        self.waits = Times()
        self.commands = Commands()
        self._put_back: Callable[[Till], None] | None = _no_job
        self.broken: Callable[[], None] = _nobody
        self.stepped: Stepped = _nothing
        self.rested: Callable[[Till], None] = _no_job
        self.training: tuple[Till, Stepped] | None = None

    def start(self) -> None:
        """Open the till. Raises what opening it raises."""
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            self._thread.join()
            raise self._failed

    def stop(self) -> None:
        """Do what waits, then close the till."""
        self._stopping = True
        self._jobs.put("", None)
        self._thread.join()

    def do(self, work: Callable[[Till], None]) -> None:
        """Do something on the till's thread, from any thread; nobody waits for it."""
        self._jobs.put("", work)

    @property
    def waiting(self) -> int:
        """Return how many requests wait."""
        return len(self._jobs)

    def busy_ms(self, who: str) -> int:
        """Return after how long somebody may ask again where no more of theirs may wait, else 0."""
        if not self._jobs.is_full(who):
            return 0
        return max(100, self.waits.mean_us * 2 // 1000)

    async def run(self, work: Callable[[Till], T]) -> T:
        """Do something on the till's thread and return what it gives, or raise what it raises.

        Raises ApiStopping, TooBusy.
        """
        if self._stopping:
            raise ApiStopping
        visitor = VISITOR.get()
        if left_ms := self.busy_ms(visitor.who):
            raise TooBusy(left_ms)
        given: list[T] = []
        job = _Job(lambda till: given.append(work(till)), asyncio.get_running_loop(), visitor)
        self._jobs.put(visitor.who, job)
        await job.future
        return given[0]

    # Inside: on the thread

    def _live(self) -> None:
        try:
            till = self._open_till()
        except BaseException as error:
            self._failed = error
            self._ready.set()
            return
        self.commands = Commands(Path(till.store.engine.folder))
        till.runner.ask = Patience().ask
        self._ready.set()
        try:
            with till:
                if till.host.is_live:
                    till.work_on_threads(self.do)
                while self._turn(till):
                    pass
        except BaseException:
            self.broken()  # nobody would be answered any more
            raise
        finally:
            self.commands.close()

    def _turn(self, till: Till) -> bool:
        """Do what waits, or ask about a payment when its time has come; False at the end."""
        job = self._next(till)
        if job is None:
            return self._goes_on()
        if isinstance(job, _Job):
            self._do(till, [job, *self._waiting()])
        elif job is not _no_job:
            job(till)
        if job is _no_job or perf_counter_ns() > self._work_ns:
            self._work_ns = perf_counter_ns() + WORK_NS
            till.work()  # plugins' followers and jobs: when nobody waits, and now and then
            self.rested(till)
        _step(till, self.stepped)
        if self.training is not None:
            _step(*self.training)
        return True

    def _goes_on(self) -> bool:
        """Return whether something waits that came before the end was asked for."""
        if len(self._jobs):
            self._jobs.put("", None)
            return True
        return False

    def _next(self, till: Till) -> _Job | Callable[[Till], None] | None:
        if self._put_back is not _no_job:
            job, self._put_back = self._put_back, _no_job
            return job
        try:
            return self._jobs.take(self._wait_seconds(till))
        except Empty:
            return _no_job

    def _waiting(self) -> list[_Job]:
        """Return the requests that wait too, in order, as far as they may share a flush."""
        found: list[_Job] = []
        while len(found) < TOGETHER_MAX - 1:
            try:
                job = self._jobs.take()
            except Empty:
                break
            if not isinstance(job, _Job):
                self._put_back = job
                break
            found.append(job)
        return found

    def _do(self, till: Till, jobs: list[_Job]) -> None:
        """Do requests; those that came while others were done share one flush of the disk.

        Each is answered once everything that it may have seen is on the disk.
        """
        now_ns = perf_counter_ns()
        for job in jobs:
            self.waits.took((now_ns - job.came_ns) // 1000)
        if len(jobs) == 1:
            jobs[0].run(till, self.commands)
            _answer(jobs)
        else:
            self._do_together(till, jobs)
        self.fault = till.store.engine.fault
        if self.fault:
            self.broken()

    def _do_together(self, till: Till, jobs: list[_Job]) -> None:
        done: list[_Job] = []

        def tell() -> None:
            _answer(done)
            done.clear()

        with suppress(JournalFault), till.store.grouped():
            for job in jobs:
                job.run(till, self.commands)
                done.append(job)
                till.store.when_durable(tell)
        for job in done:  # what they did is not on the disk
            job.error = JournalFault(till.store.engine.fault)
        _answer(done)

    def _wait_seconds(self, till: Till) -> float:
        tills = [till] if self.training is None else [till, self.training[0]]
        return min(_due_seconds(one) for one in tills)


def _due_seconds(till: Till) -> float:
    due_ms = till.next_step_ms
    if due_ms is None:
        return IDLE_SECONDS
    return min(max(due_ms - till.now().steady_ms, 0) / 1000, IDLE_SECONDS)


def _step(till: Till, stepped: Stepped) -> None:
    """Ask on about a payment whose time has come."""
    if _due_seconds(till) == 0:
        being_paid = tuple(one for one in till.open_sales() if one.payments.in_doubt)
        if till.step():
            stepped(till, being_paid)


def _answer(jobs: Iterable[_Job]) -> None:
    """Tell who waits for these, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, those in by_loop.items():
        with suppress(RuntimeError):  # it ended meanwhile
            loop.call_soon_threadsafe(_answer_in_loop, those)


def _answer_in_loop(jobs: Iterable[_Job]) -> None:
    for job in jobs:
        job.answer()


def _nobody() -> None:
    """Tell nobody."""


def _nothing(_: Till, __: tuple[Sale, ...]) -> None:
    """Tell nobody."""


def _no_job(_: Till) -> None:
    """Do nothing; the time of a payment may have come."""
