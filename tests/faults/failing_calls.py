"""Let the n-th write or sync of the data file fail, and look at what the till says and keeps.

    python tests/faults/failing_calls.py --calls 200

The till runs under strace, which makes one call fail with EIO or ENOSPC, or fails every call from
the n-th on. The till may refuse, in its own words; it may never acknowledge what is not there, nor
die with a traceback. After it a plain start must find every acknowledged record, verify and sell.
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import msgspec
import workload as workloads

from cashwrap.errors import CashwrapError
from cashwrap.store.layout import DATA_FILE

CALLS = "pwrite64,pwritev,fdatasync,fsync"
ERRORS = ("EIO", "ENOSPC")
STEPS = 6


class Outcome(msgspec.Struct):
    """How many runs there were, in how many of them a call failed, and what was wrong."""

    runs: int = 0
    failed: int = 0
    latched: int = 0
    refused: dict[str, int] = {}
    bad: list[str] = []


def be_the_till(folder: Path, workload: str) -> None:
    """Sell, and say of each step ``ack SEQ`` or ``refused CODE``."""
    chosen = workloads.load(workload)
    try:
        with chosen.open(folder) as till:
            for number in range(STEPS):
                try:
                    print("ack", chosen.step(till, number), flush=True)
                except CashwrapError as refusal:
                    print("refused", refusal.code, flush=True)
    except CashwrapError as refusal:
        print("refused", refusal.code, flush=True)


def sell_under(folder: Path, fault: str, workload: str) -> tuple[list[list[str]], str]:
    """Run the till with a fault; return what it said, and what strace and Python said."""
    done = subprocess.run(
        ["strace", "-f", "-qq", "-P", str(folder / DATA_FILE), "-e", f"trace={CALLS}",
         "-e", f"inject={CALLS}:{fault}", sys.executable, __file__, "--be-till", str(folder),
         "--workload", workload],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        return [["died", str(done.returncode)]], done.stderr
    return [line.split() for line in done.stdout.splitlines()], done.stderr


def look_after(folder: Path, said: list[list[str]], workload: str) -> Iterator[str]:
    """Start the till without faults; yield what is wrong."""
    chosen = workloads.load(workload)
    acked = max((int(words[1]) for words in said if words[0] == "ack"), default=0)
    with chosen.open(folder) as till:
        store = chosen.store(till)
        if store.head.seq < acked:
            yield f"record {acked} was acknowledged, the journal ends at {store.head.seq}"
        chosen.settle(till)
        before = store.head.seq
        for number in range(STEPS, 4 * STEPS):
            chosen.step(till, number)
        if store.head.seq == before:
            yield "it does not go on selling"
        report = store.verify(all_seals=True)
        if not report.ok:
            yield str(report.fault or report.projections)


def check_latch(said: list[list[str]]) -> Iterator[str]:
    """After a fault of the disk nothing may be acknowledged until a restart."""
    words = [" ".join(one[:1] if one[0] == "ack" else one) for one in said]
    fault = "refused store.journal_fault"
    if fault in words and "ack" in words[words.index(fault) :]:
        yield "it went on selling after a fault of the disk"


def try_one(folder: Path, fault: str, workload: str, outcome: Outcome) -> None:
    """Run one fault on a fresh shop."""
    said, spoken = sell_under(folder, fault, workload)
    outcome.runs += 1
    outcome.failed += "(INJECTED)" in spoken
    codes = {words[1] for words in said if words[0] == "refused"}
    outcome.latched += "store.journal_fault" in codes
    for code in codes:
        outcome.refused[code] = outcome.refused.get(code, 0) + 1
    wrong = [f"died: {spoken[-300:]}"] if said and said[0][0] == "died" else []
    wrong += check_latch(said)
    try:
        wrong += look_after(folder, said, workload)
    except CashwrapError as refusal:
        wrong.append(f"it does not start again: {refusal}")
    outcome.bad += [f"{fault}: {one}" for one in wrong]


def run(calls: list[int], workload: str = "") -> Outcome:
    """Fail each of these calls, alone and with all after it, with each error."""
    outcome = Outcome()
    chosen = workloads.load(workload)
    for number, error, ever in itertools.product(calls, ERRORS, ("", "+")):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "till"
            chosen.make(folder)
            try_one(folder, f"error={error}:when={number}{ever}", workload, outcome)
    return outcome


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--calls", type=int, default=40, help="fail each of the first N calls")
    parser.add_argument("--workload", default="", help="module:Class")
    parser.add_argument("--be-till", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.be_till:
        be_the_till(Path(chosen.be_till), chosen.workload)
        return 0
    if not shutil.which("strace"):
        print("strace is not installed: install it (apt-get install strace) to run this")
        return 2
    began = time.perf_counter()
    found = run(list(range(1, chosen.calls + 1)), chosen.workload)
    print(f"{found} in {time.perf_counter() - began:.0f} s: {'FAILED' if found.bad else 'ok'}")
    return bool(found.bad)


if __name__ == "__main__":
    sys.exit(main())
