"""Let the n-th write or sync of a till's file fail, and look at what the till says and keeps.

    python tests/faults/failing_calls.py --calls 200 --jobs 2

Each of the first n calls on the journal's file fails with EIO or ENOSPC, once or from then on, or
is interrupted (EINTR), once or three times; so do calls on the draft. The clerk serves customers
and does all acts of a day meanwhile. The till may refuse, in its own words; it may never
acknowledge what is not there, nor die with a traceback, nor go on after a fault of the disk. Then
a plain start must find all that was acknowledged, agree with the bank, verify and sell.
"""

import argparse
import errno
import itertools
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import faulty_disk
import msgspec
from apart import Lines, Tell, beside, in_child, memory_root, no_probe
from kept_shop import KeptShop
from till_checks import Known, check
from till_clerk import Selling
from till_kill9 import warm_up
from till_workload import TillWorkload

from cashwrap.counter import DRAFT_FILE
from cashwrap.errors import CashwrapError
from cashwrap.store.layout import DATA_FILE

STEPS = 40
LATCHED = "refused store.journal_fault"


class Fault(msgspec.Struct, frozen=True):
    """The calls on a file that fail: ``times`` of them from the ``at``-th on."""

    file: str
    at: int
    error: int
    times: int

    def __str__(self) -> str:
        often = "from then on" if self.times == faulty_disk.FOREVER else f"{self.times} times"
        return f"call {self.at} on {self.file} fails with {errno.errorcode[self.error]} {often}"


WAYS = (
    (errno.EIO, 1),
    (errno.EIO, faulty_disk.FOREVER),
    (errno.ENOSPC, 1),
    (errno.ENOSPC, faulty_disk.FOREVER),
    (errno.EINTR, 1),
    (errno.EINTR, 3),  # for ever, no program would come to its end
)


class Outcome(msgspec.Struct):
    """How many runs there were, in how many of them a call failed, and what was wrong."""

    runs: int = 0
    failed: int = 0
    latched: int = 0
    printed: int = 0
    during: dict[str, int] = {}
    refused: dict[str, int] = {}
    bad: list[str] = []

    def add(self, other: "Outcome") -> None:
        """Count another share in."""
        for name in ("runs", "failed", "latched", "printed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.during, other.during), (self.refused, other.refused)):
            for key, count in theirs.items():
                mine[key] = mine.get(key, 0) + count
        self.bad += other.bad


def sell_under(folder: Path, fault: Fault, tell: Tell) -> None:
    """Open and do a day's acts while calls fail, and tell what came of each."""
    faulty_disk.plan(folder / fault.file, at=fault.at, times=fault.times, error=fault.error)
    try:
        selling = Selling(folder, tell)
    except CashwrapError as refusal:
        tell(f"refused {refusal.code}")
        return
    selling.record()
    before = 0
    for number in range(STEPS):
        try:
            selling.work_in_turn(number)
        except CashwrapError as refusal:
            selling.record()  # what a step did before it failed
            tell(f"refused {refusal.code}")
        if before < fault.at <= faulty_disk.seen():
            tell("failed")
        before = faulty_disk.seen()


def look_after(folder: Path, known: Known, tell: Tell) -> None:
    """Start the till without faults; tell what is wrong."""
    selling = Selling(folder, lambda text: None)
    for wrong in check(selling, known).faults:
        tell(wrong)
    before = selling.till.store.head.seq
    dice = random.Random(1)
    for _ in range(5):
        selling.work(dice)
    if selling.till.store.head.seq == before:
        tell("it does not go on selling")
    if not selling.till.store.verify(all_seals=True).ok:
        tell("it does not verify after selling on")


def after_the_latch(told: Lines) -> Iterator[str]:
    """After a fault of the disk nothing may be acknowledged until a restart."""
    newest = 0
    for number, line in enumerate(told):
        if line.startswith("record "):
            seq = int(line.split()[1])
            if seq > newest and LATCHED in told[:number]:
                yield f"record {seq} was acknowledged after a fault of the disk"
            newest = seq
        elif line.startswith("print ") and LATCHED in told[:number]:
            yield "a receipt was printed after a fault of the disk"


def hit(told: Lines) -> str:
    """Return during which act the call failed, "" when there were not so many calls."""
    if "failed" in told:
        doing = [line[6:] for line in told[: told.index("failed")] if line.startswith("doing ")]
        return doing[-1]
    return "opening" if any(line.startswith("refused store.") for line in told) else ""


def try_one(folder: Path, fault: Fault, outcome: Outcome) -> None:
    """Run one fault on a fresh shop."""
    told = in_child(lambda tell: sell_under(folder, fault, tell))
    known = Known()
    for line in told:
        known.learn(line)
    outcome.runs += 1
    outcome.printed += len(known.printed)
    outcome.latched += LATCHED in told
    if what := hit(told):
        outcome.failed += 1
        outcome.during[what] = outcome.during.get(what, 0) + 1
    for code in {line.split()[1] for line in told if line.startswith("refused ")}:
        outcome.refused[code] = outcome.refused.get(code, 0) + 1
    wrong = [line for line in told if line.startswith("died ")] + [*after_the_latch(told)]
    wrong += in_child(lambda tell: look_after(folder, known, tell))
    outcome.bad += [f"{fault}: {one}" for one in wrong]


def run(faults: list[Fault]) -> Outcome:
    """Try each of these faults."""
    root = memory_root()
    warm_up(root or "")
    place = Path(tempfile.mkdtemp(dir=root))
    outcome = Outcome()
    try:
        TillWorkload().make(place / "till")
        kept = KeptShop(place / "till")
        with no_probe():
            for fault in faults:
                try_one(place / "till", fault, outcome)
                kept.put_back()
    finally:
        shutil.rmtree(place)
    return outcome


def faults_of(calls: list[int], draft_calls: list[int]) -> list[Fault]:
    """Return each way to fail for these calls on the journal's file and on the draft."""
    places = [(DATA_FILE, at) for at in calls] + [(DRAFT_FILE, at) for at in draft_calls]
    return [Fault(file, at, *way) for (file, at), way in itertools.product(places, WAYS)]


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--calls", type=int, default=20, help="fail each of the first N calls")
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth of them")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--json", action="store_true", help="say it for a program")
    chosen = parser.parse_args()
    if not faulty_disk.compiler():
        faulty_disk.refuse()
    faulty_disk.start()
    began = time.perf_counter()
    calls = list(range(1, chosen.calls + 1, chosen.every))
    faults = faults_of(calls, calls[: len(calls) // 4])
    found = Outcome()
    for part in beside(run, [(faults[job :: chosen.jobs],) for job in range(chosen.jobs)]):
        found.add(part)
    if chosen.json:
        sys.stdout.write(msgspec.json.encode(found).decode())
    else:
        took = time.perf_counter() - began
        print(f"{found} in {took:.0f} s: {'FAILED' if found.bad else 'ok'}")
    return bool(found.bad)


if __name__ == "__main__":
    sys.exit(main())
