"""A receipt printer: a thread that prints, asks how it does, and opens the drawer.

Its queue is the journal: the follower hands over one paper at a time and goes on when it was
printed. Where the printer answers, a paper counts as printed once the printer says so after it;
where it does not, once all of it was taken.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import msgspec

from cashwrap.host.offers import DeviceState
from cashwrap.receipt.paper import Row
from cashwrap.receipt.width import center

from .drawers import Drawer
from .escpos import kick, paper
from .keeping import Kept, not_connected
from .ledger import Ledger
from .links import Link, open_link
from .printer_status import ASK, ASK_DONE, PrinterStatus, is_done, is_status, status_of
from .raster import MissingFont
from .settings import PrinterSettings
from .words import MAYBE_TWICE, state

ANSWER_S = 0.5
WAITING_S, SENSING_S, IDLE_S = 1.0, 1.0, 10.0
CONFIRM_S = 30.0
KICK_FRESH_S = 10.0
LOOK_S = 5.0


class Job(msgspec.Struct, frozen=True):
    """A paper to print; the same ``key`` is the same paper."""

    key: str
    rows: tuple[Row, ...]


class ReceiptPrinter(Kept):
    """A printer as the settings have it."""

    def __init__(
        self,
        settings: PrinterSettings,
        ledger: Ledger,
        opener: Callable[[PrinterSettings], Link] = open_link,
        ticks_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(settings.name)
        self.settings = settings
        self.drawer = Drawer(settings)
        self._ledger = ledger
        self._opener = opener
        self._ticks_s = ticks_s
        self._jobs: deque[Job] = deque()
        self._kicked_s: float | None = None
        self._status: PrinterStatus | None = None
        self._no_font = ""
        self._confirmed = False
        self._looked = threading.Condition()
        self._looks = 0

    # Asked from other threads

    def put(self, job: Job) -> None:
        """Have a paper printed, unless it waits already."""
        if all(job.key != one.key for one in self._jobs):
            self._jobs.append(job)
            self.wake()

    def has(self, key: str) -> bool:
        """Return whether a paper waits here."""
        return any(key == one.key for one in tuple(self._jobs))

    @property
    def waiting(self) -> int:
        """Return how many papers wait here."""
        return len(self._jobs)

    def is_printed(self, key: str) -> bool:
        """Return whether a paper was printed."""
        return self._ledger.is_printed(key)

    def open_drawer(self) -> None:
        """Open the drawer now; when that cannot be within moments, it is not opened later."""
        if self.settings.drawer != "none":
            self._kicked_s = self._ticks_s()
            self.wake()

    def look(self) -> DeviceState:
        """Look at it now, and return how it does."""
        with self._looked:
            before = self._looks
            self.wake()
            self._looked.wait_for(lambda: self._looks != before or self.is_stopping, LOOK_S)
        return self.known

    def look_at_drawer(self) -> DeviceState:
        """Look at the drawer now."""
        self.look()
        if self.trouble:
            return state("unknown", "port", why=self.trouble)
        return self.drawer.state(self._ticks_s())

    @property
    def known(self) -> DeviceState:
        """Return how it did when it was looked at last."""
        if self.trouble:
            return not_connected(self.trouble)
        if self._no_font:
            return state("lost", "font", why=self._no_font)
        return state("unknown", "blind") if self._status is None else self._status.said

    # On its own thread

    def work(self) -> None:
        """Print what is to be printed until stopped."""
        link: Link | None = None
        try:
            while not self.is_stopping:
                link = link or self._opener(self.settings)
                self._turn(link)
                if self.settings.via == "network" and not self._jobs:
                    link.close()  # another till may want the printer
                    link = None
                self._rest()
        except OSError:
            self._seen(None)
            raise
        finally:
            if link is not None:
                link.close()

    def failed(self) -> None:
        """Tell those who wait for a look that there is none to have."""
        self._tell_looked()

    def _rest(self) -> None:
        blocked = bool(self._jobs)
        sensing = self.settings.sensor != "none"
        self.pause(WAITING_S if blocked else SENSING_S if sensing else IDLE_S)

    def _turn(self, link: Link) -> None:
        """Open the drawer if that is wanted, look, and print while it can."""
        self._kick(link)
        self._look(link)
        while self._jobs and self._is_ready and not self.is_stopping:
            if not self._print(self._jobs[0], link):
                return
            self._jobs.popleft()
            self._kick(link)

    @property
    def _is_ready(self) -> bool:
        return self._status is None or not self._status.why_not

    def _kick(self, link: Link) -> None:
        asked_s, self._kicked_s = self._kicked_s, None
        if asked_s is not None and self._ticks_s() - asked_s < KICK_FRESH_S:
            link.write(kick(self.settings, now=not self._is_ready), self._goes_on)

    def _print(self, job: Job, link: Link) -> bool:
        """Print a paper; False where it cannot be now, and waits."""
        again = self._ledger.may_be_printed(job.key)
        rows = _marked(job.rows, self.settings.columns) if again else job.rows
        try:
            data = paper(rows, self.settings)
        except MissingFont as error:
            self._no_font = str(error)
            return False
        self._no_font = ""
        confirms = self._status is not None and self._ask_done(link)
        self._ledger.sending(job.key)
        if not link.write(data, self._goes_on):
            return False
        if confirms and not self._wait_done(link):
            return False
        self._ledger.printed(job.key)
        return True

    def _goes_on(self) -> bool:
        return not self.is_stopping

    # Asking

    def _look(self, link: Link, *, busy: bool = False) -> None:
        """Ask it how it does. Raises OSError where it always said so, and is silent."""
        asked = self.settings.answers == "auto" and link.reads
        answers: dict[int, int] = {}
        for number in ASK if asked else ():
            answer = self._ask(link, number)
            if answer is None and number == 1:
                break
            if answer is not None:
                answers[number] = answer
        if answers:
            self._ledger.answered()
        elif asked and not busy and self._ledger.answers:
            raise TimeoutError("it does not answer any more: switch it off and on")
        self._seen(status_of(answers) if answers else None)
        self.trouble = ""
        self._tell_looked()

    def _seen(self, status: PrinterStatus | None) -> None:
        self._status = status
        self.drawer.seen(status, self._ticks_s())

    def _tell_looked(self) -> None:
        with self._looked:
            self._looks += 1
            self._looked.notify_all()

    def _ask(self, link: Link, number: int) -> int | None:
        """Ask for one status byte in real time; None where no answer comes."""
        self._hear(link, 0)  # what came unasked is not the answer
        link.write(ASK[number], self._goes_on)
        end_s = self._ticks_s() + ANSWER_S
        while (left_s := end_s - self._ticks_s()) > 0:
            for byte in self._hear(link, left_s):
                if is_status(byte):
                    return byte
        return None

    def _hear(self, link: Link, wait_s: float) -> bytes:
        """Return what it says; a confirmation among it is kept in mind."""
        data = link.read(wait_s)
        self._confirmed = self._confirmed or any(map(is_done, data))
        return data

    def _ask_done(self, link: Link) -> bool:
        """Return whether it confirms what it has printed; asked while it has nothing to print."""
        self._confirmed = False
        link.write(ASK_DONE, self._goes_on)
        end_s = self._ticks_s() + ANSWER_S
        while not self._confirmed and (left_s := end_s - self._ticks_s()) > 0:
            self._hear(link, left_s)
        return self._confirmed

    def _wait_done(self, link: Link) -> bool:
        """Wait until it has printed; without paper it may take its time. False when stopping.

        Raises OSError when it could print, and does not say that it did.
        """
        self._confirmed = False
        link.write(ASK_DONE, self._goes_on)
        end_s = self._ticks_s() + CONFIRM_S
        look_s = self._ticks_s() + WAITING_S
        while not self._confirmed:
            if self.is_stopping:
                return False
            self._hear(link, min(ANSWER_S, WAITING_S))
            if self._ticks_s() >= look_s and not self._confirmed:
                self._look(link, busy=True)
                self._kick(link)
                look_s = self._ticks_s() + WAITING_S
            if not self._is_ready:
                end_s = self._ticks_s() + CONFIRM_S
            if self._ticks_s() > end_s:
                raise TimeoutError("it took the paper, and does not say that it printed it")
        return True


def _marked(rows: tuple[Row, ...], columns: int) -> tuple[Row, ...]:
    """Return a paper that may have been printed before, and says so."""
    mark = tuple(Row(center(text, columns, ambiguous_wide=True), "strong") for text in MAYBE_TWICE)
    return (*mark, *rows, *mark)
