"""The one thread that owns the till: requests wait in a queue, and are done one after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import perf_counter_ns
from typing import TypeVar, cast

from cashwrap.api.commands import Commands
from cashwrap.api.job import ApiStopping, Job, answer, refuse
from cashwrap.api.metrics import Times
from cashwrap.api.visitor import VISITOR
from cashwrap.api.waiting import Rows, TooBusy
from cashwrap.host.hands import Posted, TillGone
from cashwrap.sale.sale import Sale
from cashwrap.store.errors import JournalFault
from cashwrap.tender.patience import Patience
from cashwrap.till import Till

T = TypeVar("T")
Stepped = Callable[[Till, tuple[Sale, ...]], None]
IDLE_SECONDS = 0.1
WORK_NS = 250_000_000
TOGETHER_MAX = 32


class TillThread:
    """A till on its own thread.

    ``stepped`` is told after a payment was asked about; ``training`` is a second till for which
    this holds too, while somebody trains. ``rested`` is told when nobody waits, ``broken`` when
    nothing is committed any more until the till is opened again: the disk has failed, or what was
    done here has ended the thread. ``commands`` are those that were done, ``waits`` how long
    requests waited.
    """

    def __init__(self, open_till: Callable[[], Till]) -> None:
        self._open_till = open_till
        self._jobs: Rows[Job | Callable[[Till], None] | None] = Rows()
        self._ready = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._live, name="till")
        self._way = Posted(self.do)
        self._stopping = False
        self._at: list[Job] = []
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
            self.stop()

    def stop(self) -> None:
        """Do what waits, then close the till. Raises what ended the thread before its time."""
        self._stopping = True
        self._jobs.put("", None)
        self._thread.join()
        if self._failed is not None:
            raise self._failed

    def do(self, work: Callable[[Till], None]) -> None:
        """Do something on the till's thread, from any thread; nobody waits for it."""
        self._jobs.put("", work)

    def ask(self, work: Callable[[Till], T]) -> T:
        """Do something on the till's thread, from any other, and return what it gives.

        Raises what it raises, what ended the thread before its time, and ApiStopping.
        """
        try:
            return self._way(lambda till: work(cast(Till, till)))  # which it opened itself
        except TillGone as gone:
            raise self._failed or ApiStopping() from gone

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
        job = Job(lambda till: given.append(work(till)), asyncio.get_running_loop(), visitor)
        self._jobs.put(visitor.who, job)
        if not self._way.is_open:  # the thread ended meanwhile
            refuse(self._left())
        await job.future
        return given[0]

    # Inside: on the thread

    def _live(self) -> None:
        try:
            with self._open_till() as till:
                self.commands = Commands(Path(till.store.engine.folder))
                till.runner.ask = Patience().ask
                if till.host.is_live:
                    till.work_on_threads(self.do)
                self._ready.set()
                while self._turn(till):
                    pass
        except BaseException as error:  # raised again by who started the thread, or ends it
            self._failed = error
        finally:
            self._end()

    def _end(self) -> None:
        """Let nobody wait for a till that is closed."""
        self._stopping, self._way.is_open = True, False
        self.commands.close()
        refuse([*self._at, *self._left()])
        self._ready.set()
        if self._failed is not None:
            self.broken()

    def _left(self) -> Iterator[Job]:
        """Take the requests that nobody will do any more."""
        with suppress(Empty):
            while True:
                job = self._jobs.take()
                if isinstance(job, Job):
                    yield job

    def _turn(self, till: Till) -> bool:
        """Do what waits, or ask about a payment when its time has come; False at the end."""
        job = self._next(till)
        if job is None:
            return self._goes_on()
        if isinstance(job, Job):
            self._at = [job, *self._waiting()]
            self._do(till, self._at)
            self._at = []
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

    def _next(self, till: Till) -> Job | Callable[[Till], None] | None:
        if self._put_back is not _no_job:
            job, self._put_back = self._put_back, _no_job
            return job
        try:
            return self._jobs.take(self._wait_seconds(till))
        except Empty:
            return _no_job

    def _waiting(self) -> list[Job]:
        """Return the requests that wait too, in order, as far as they may share a flush."""
        found: list[Job] = []
        while len(found) < TOGETHER_MAX - 1:
            try:
                job = self._jobs.take()
            except Empty:
                break
            if not isinstance(job, Job):
                self._put_back = job
                break
            found.append(job)
        return found

    def _do(self, till: Till, jobs: list[Job]) -> None:
        """Do requests; those that came while others were done share one flush of the disk.

        Each is answered once everything that it may have seen is on the disk.
        """
        now_ns = perf_counter_ns()
        for job in jobs:
            self.waits.took((now_ns - job.came_ns) // 1000)
        if len(jobs) == 1:
            jobs[0].run(till, self.commands)
            answer(jobs)
        else:
            self._do_together(till, jobs)
        self.fault = till.store.engine.fault
        if self.fault:
            self.broken()

    def _do_together(self, till: Till, jobs: list[Job]) -> None:
        done: list[Job] = []

        def tell() -> None:
            answer(done)
            done.clear()

        with suppress(JournalFault), till.store.grouped():
            for job in jobs:
                job.run(till, self.commands)
                done.append(job)
                till.store.when_durable(tell)
        for job in done:  # what they did is not on the disk
            job.error = JournalFault(till.store.engine.fault)
        answer(done)

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


def _nobody() -> None:
    """Tell nobody."""


def _nothing(_: Till, __: tuple[Sale, ...]) -> None:
    """Tell nobody."""


def _no_job(_: Till) -> None:
    """Do nothing; the time of a payment may have come."""
