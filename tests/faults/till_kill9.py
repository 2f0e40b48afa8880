"""Kill a whole selling till with SIGKILL at random moments, and prove that nothing was lost.

    python tests/faults/till_kill9.py --kills 10000 --jobs 2

Each round forks a process that opens the till as after a crash, checks everything that this process
was told before (`till_checks`), and does a shop's day in random order (`till_clerk`). What it tells
goes through a pipe that this process owns; "print" is told only when a receipt may print.
"""

import argparse
import contextlib
import gc
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from traceback import extract_tb

sys.path.insert(0, str(Path(__file__).parent))

import msgspec
from apart import beside, memory_root, no_probe
from till_checks import Known, Report, check
from till_clerk import Selling
from till_workload import TillWorkload

ROUNDS_PER_STORE = 25
PROBE_EVERY = 20
STAFFED_EVERY = 4
REOPEN_SECONDS_MAX = 1.0
FIRST_SIGN_SECONDS_MAX = 60
WARM_UP = 60


class Tally(msgspec.Struct):
    """What was seen over all rounds."""

    kills: int = 0
    killed_while_opening: int = 0
    edits: int = 0
    receipts: int = 0
    doubts_resolved: int = 0
    open_sales_back: int = 0
    sales_finished_unheard: int = 0
    records: int = 0
    during: dict[str, int] = {}
    faults: list[str] = []
    reopen_ms: list[float] = []

    @property
    def ok(self) -> bool:
        return not self.faults and self.reopen_p99_ms <= REOPEN_SECONDS_MAX * 1000

    @property
    def reopen_p99_ms(self) -> float:
        ranked = sorted(self.reopen_ms)
        return ranked[len(ranked) * 99 // 100] if ranked else 0.0

    def __str__(self) -> str:
        times = f"reopen p99 {self.reopen_p99_ms:.1f} ms, max {max(self.reopen_ms, default=0):.1f}"
        return (
            f"{self.kills} kills ({self.killed_while_opening} while opening), "
            f"{self.edits} edits, {self.receipts} receipts and {self.records} records "
            "acknowledged, "
            f"{self.open_sales_back} open sales came back, {self.doubts_resolved} payments in "
            f"doubt resolved, {self.sales_finished_unheard} sales saved but not heard of, "
            f"{times}; killed during {self.during}; "
            f"faults: {sorted(set(self.faults))[:9] or 'none'}"
        )

    def add(self, other: "Tally") -> None:
        """Count another run's in."""
        for name in self.__struct_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, dict):
                for key, count in theirs.items():
                    mine[key] = mine.get(key, 0) + count
            else:
                setattr(self, name, mine + theirs)


def be_the_till(folder: Path, known: Known, pipe: int, seed: int) -> None:
    """Open, check, report, then serve customers until killed."""
    selling = Selling(folder, lambda text: os.write(pipe, text.encode() + b"\n"))
    try:
        report = check(selling, known)
    except Exception as error:
        report = Report(selling.opening_ms, [f"{type(error).__name__}: {error}"])
    os.write(pipe, b"report " + msgspec.json.encode(report) + b"\n")
    dice = random.Random(seed)
    while True:
        selling.work(dice)


def fork_till(folder: Path, known: Known, seed: int) -> tuple[int, int]:
    """Return the process id and the reading end of the pipe of a new till."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    try:
        be_the_till(folder, known, writing, seed)
    except BaseException as error:
        where = " < ".join(
            f"{Path(f.filename).name}:{f.lineno}" for f in reversed(extract_tb(error.__traceback__))
        )
        os.write(writing, f"died {type(error).__name__}: {error} at {where}\n".encode())
    finally:
        os._exit(1)


def round_once(folder: Path, known: Known, dice: random.Random, tally: Tally) -> None:
    """Run one till until it is killed, and learn what it told."""
    process, pipe = fork_till(folder, known, dice.randrange(10**6))
    try:
        if dice.random() < 0.1:  # also while it opens and checks
            time.sleep(dice.random() * 0.02)
        elif select.select([pipe], [], [], FIRST_SIGN_SECONDS_MAX)[0]:
            time.sleep(dice.random() * 0.025)
    finally:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    with os.fdopen(pipe, "rb") as reading:
        told = reading.read()
    tally.kills += 1
    lines = told.decode().splitlines(keepends=True)
    hear([line for line in lines if line.endswith("\n")], known, tally)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        tally.faults.append(f"the till ended by itself: {lines[-1:]}")


def hear(lines: list[str], known: Known, tally: Tally) -> None:
    """Learn from the lines of one till, its report first."""
    if not lines or not lines[0].startswith("report "):
        tally.killed_while_opening += 1
        return
    report = msgspec.json.decode(lines[0][7:], type=Report)
    tally.faults += report.faults
    tally.reopen_ms.append(report.took_ms)
    tally.doubts_resolved += report.doubts
    tally.open_sales_back += report.open_sales
    tally.sales_finished_unheard += len(report.finished_unheard)
    for sale in report.finished_unheard:
        del known.edits[sale]
    known.printed.clear()  # checked; verify proves from now on that they stay
    known.ends.clear()
    known.zs.clear()
    for line in lines[1:]:
        known.learn(line)
        tally.edits += line.startswith("edits ")
        tally.receipts += line.startswith("print ")
        tally.records += line.startswith("record ")
    doing = [line[6:-1] for line in lines if line.startswith("doing ")]
    for what in doing[-1:]:
        tally.during[what] = tally.during.get(what, 0) + 1


def warm_up(root: str) -> None:
    """Serve some customers and put all away, so that the tills that are forked have all loaded."""
    folder = Path(tempfile.mkdtemp(dir=root or None)) / "till"
    TillWorkload().make(folder, staffed=True)
    selling = Selling(folder, lambda text: None)
    dice = random.Random(1)
    with contextlib.suppress(Exception):  # a till that is broken on purpose
        for _ in range(WARM_UP):
            selling.work(dice)
        check(selling, Known())
    selling.abandon()
    shutil.rmtree(folder.parent)


def run(kills: int, seed: int = 1, root: str = "", per_store: int = ROUNDS_PER_STORE) -> Tally:
    """Kill so many tills; a fresh store after every 25.

    By default in memory: what a process wrote outlives it on any file system, and a disk without
    waiting lets more happen between two kills.
    """
    root = root or memory_root() or ""
    dice = random.Random(seed)
    tally = Tally()
    warm_up(root)
    gc.collect()
    gc.freeze()  # what is forked off copies less
    try:
        for start in range(0, kills, per_store):
            folder = Path(tempfile.mkdtemp(dir=root or None)) / "till"
            TillWorkload().make(folder, staffed=start // per_store % STAFFED_EVERY == 0)
            kill_one_store(folder, range(start, min(start + per_store, kills)), dice, tally)
            shutil.rmtree(folder.parent)
    finally:
        gc.unfreeze()
    return tally


def kill_one_store(folder: Path, rounds: range, dice: random.Random, tally: Tally) -> None:
    """Kill the tills of one store, one after the other."""
    known = Known()
    for number in rounds:
        with contextlib.nullcontext() if number % PROBE_EVERY == 0 else no_probe():
            round_once(folder, known, dice, tally)


def run_beside(kills: int, jobs: int, seed: int = 1, root: str = "") -> Tally:
    """Kill so many tills, in several processes at once."""
    share = -(-kills // jobs)
    total = Tally()
    for found in beside(run, [(share, seed + job * 1_000_003, root) for job in range(jobs)]):
        total.add(found)
    return total


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--root", default="", help="folder to work in; memory by default")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    chosen = parser.parse_args()
    began = time.perf_counter()
    tally = run_beside(chosen.kills, chosen.jobs, chosen.seed, chosen.root)
    print(f"{tally} in {time.perf_counter() - began:.0f} s: {'ok' if tally.ok else 'FAILED'}")
    return not tally.ok


if __name__ == "__main__":
    sys.exit(main())
