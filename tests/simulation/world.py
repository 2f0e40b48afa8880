"""The shop as one run sees it: devices, books, registers, and the loop over the steps of a plan."""

from __future__ import annotations

import hashlib
import random
import traceback
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.staff.errors import ApprovalNeeded
from cashwrap.store.draft import DraftUnavailable
from cashwrap.store.errors import DiskFull, JournalFault
from cashwrap.testing.disk import Died

from . import goods
from .bills import Wrong
from .device import Devices
from .plan import Step
from .scene import Act, Place, Scene

BEAT_MS = 1_000
OPENINGS_MAX = 20


class Result(msgspec.Struct):
    """What came of a run. ``check`` is "" where all rules held."""

    seed: int
    steps: int
    check: str = ""
    what: str = ""
    at: int = -1
    digest: str = ""
    story: list[str] = []
    tally: dict[str, int] = {}


class World:
    """One run."""

    def __init__(self, devices: Devices, seed: int, acts: dict[str, Act]) -> None:
        self.seed = seed
        self.acts = acts
        self.story: list[str] = []
        self.tally: Counter[str] = Counter()
        self.tills = [Place(device) for device in devices.start(seed)]
        self.started_ms = self.tills[0].device.clock.wall_ms
        self.at = -1

    def run(self, steps: Sequence[Step], finish: Callable[[World], None]) -> Result:
        """Do all steps, then end the day, and hold everything against the books."""
        try:
            for self.at, step in enumerate(steps):
                self.step(step)
            self.at = len(steps)
            finish(self)
        except Wrong as wrong:
            return self.result(steps, wrong.check, wrong.what)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
            return self.result(steps, "crash", what + "\n" + traceback.format_exc())
        return self.result(steps)

    def result(self, steps: Sequence[Step], check: str = "", what: str = "") -> Result:
        """Return what came of it."""
        at = self.at if check else -1
        tally = dict(sorted(self.tally.items()))
        return Result(self.seed, len(steps), check, what, at, self.digest(), self.story, tally)

    def digest(self) -> str:
        """Return one hash over the journals of all tills."""
        digest = hashlib.sha256()
        for each in self.tills:
            if each.device.till is not None:
                digest.update(each.till.store.head.hash)
        return digest.hexdigest()

    def say(self, what: str) -> None:
        """Tell the story."""
        self.story.append(f"{self.at:4} {what}")

    # Steps

    def step(self, step: Step) -> None:
        """Do one act at one till, whatever becomes of it."""
        dice = random.Random(step.seed)
        here = dice.choices(self.tills, (3, 1))[0]
        self.attempt(here, step.act, lambda: self.perform(here, step), dice)
        self.beat(here)

    def perform(self, here: Place, step: Step) -> object:
        """Do an act, with somebody signed in; where it needs an approval, it mostly gets one."""
        try:
            return self._act(here, step)
        except ApprovalNeeded as needed:
            if step.seed % 4 == 0:
                raise
            here.till.staff.approve(needed.act, goods.BOSS, goods.PIN)
            self.say(f"{here.device.name} {goods.BOSS} approves {needed.act.right}")
            return self._act(here, step)

    def _act(self, here: Place, step: Step) -> object:
        dice = random.Random(step.seed)
        dice.choices(self.tills, (3, 1))
        scene = Scene(self, here, dice)
        here.sign_in(scene.clerk, scene.register)
        return self.acts[step.act](scene)

    def attempt(
        self, here: Place, name: str, act: Callable[[], object], dice: random.Random
    ) -> bool:
        """Do something at a till; bring the till back where it dies. Return whether it was done."""
        try:
            done = act()
        except Died:
            self.tally[f"{name}: died"] += 1
            self.say(f"{here.device.name} dies ({self._hits(here)})")
            self.died(here, dice)
            return False
        except JournalFault as fault:
            self.tally[f"{name}: {fault.code}"] += 1
            self.say(f"{here.device.name} {name}: {fault} ({self._hits(here)})")
            self.died(here, dice)
            return False
        except CashwrapError as refused:
            self.tally[f"{name}: {refused.code}"] += 1
            self.say(f"{here.device.name} {name}: refused, {refused} {self._hits(here)}")
            if here.device.closed:  # it closed all the same, or did not open
                self.restart(here, dice, power_cut=False)
            self.rested(here)
            return False
        self.tally[name if done is not False else f"{name}: nothing to do"] += 1
        self.rested(here)
        return True

    def _hits(self, here: Place) -> str:
        hits, here.device.hits = here.device.hits, []
        return ", ".join(hits)

    def rested(self, here: Place) -> None:
        """Nothing is under way any more: take note of what the screens show."""
        here.device.watched = True
        here.books.look(here.till)
        here.books.saw(here.till)
        for sale in here.till.open_sales():
            here.sales[sale.register] = sale.id
        here.device.watched = False

    def reopen(self, here: Place) -> None:
        """Open a till that was closed in order."""
        here.books.flushed()
        here.device.till = None
        till = here.device.open()
        here.device.watched = True
        here.books.came_up(till, power_cut=False)
        here.device.watched = False
        for sale in here.till.open_sales():
            here.sales[sale.register] = sale.id

    def died(self, here: Place, dice: random.Random) -> None:
        """Bring a till back, after the death of its process or a power cut."""
        power_cut = dice.random() < 0.4
        self.restart(here, dice, power_cut=power_cut)

    def restart(self, here: Place, dice: random.Random, *, power_cut: bool) -> None:
        """End the till's process without warning and open its folder again."""
        device = here.device
        device.flushed = _nothing
        cut = False
        for attempt in range(OPENINGS_MAX):
            if power_cut:
                device.cut_power(dice)
                cut = True
            else:
                device.leave()
            here.last_beat_ms = device.clock.steady_ms
            if attempt >= OPENINGS_MAX // 2:
                device.troubles.clear()
            try:
                till = device.open()
                if not till.store.engine.fault:
                    break
                self.say(f"{device.name} opens on a broken disk ({self._hits(here)})")
            except Died:
                self.say(f"{device.name} dies while it opens ({self._hits(here)})")
                power_cut = dice.random() < 0.4
            except (DiskFull, JournalFault, DraftUnavailable) as error:
                self.say(f"{device.name} does not open: {error} ({self._hits(here)})")
            except CashwrapError as error:
                raise Wrong("opening", f"{device.name} does not open: {error}") from error
        else:
            raise Wrong("opening", f"{device.name} does not open again")
        self.say(f"{device.name} is up again{' after a power cut' if cut else ''}")
        device.watched = True
        here.books.came_up(till, power_cut=cut)
        here.books.flushed()  # a start after a death flushes what it found
        device.flushed = here.books.flushed
        device.watched = False
        for sale in till.open_sales():
            here.sales[sale.register] = sale.id

    def beat(self, here: Place) -> None:
        """Flush what the till flushes every second."""
        now_ms = here.device.clock.steady_ms
        if now_ms - here.last_beat_ms >= BEAT_MS:
            here.last_beat_ms = now_ms
            try:
                here.device.disk.beat()
            except OSError:
                pass
            except Died:
                self.say(f"{here.device.name} dies while it flushes")
                self.died(here, random.Random(now_ms))


def _nothing() -> None:
    """Take no note."""
