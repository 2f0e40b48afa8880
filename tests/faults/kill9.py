"""Kill a selling till with SIGKILL at random moments, and prove that nothing was lost.

    python tests/faults/kill9.py --kills 10000

Each round forks a fresh process that opens the till as after a crash, checks it (chain, seals,
projections, every acknowledged record present) and sells on, writing "receipt may print" to a pipe
only after each commit. This process kills it at a random moment and remembers what it was told.
"""

import argparse
import os
import random
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import msgspec
import workload as workloads

from cashwrap.store import opening

ACK = struct.Struct(">cQd")
ROUNDS_PER_STORE = 200
PROBE_EVERY = 50
REOPEN_SECONDS_MAX = 1.0
FIRST_SIGN_SECONDS_MAX = 60


class Tally(msgspec.Struct):
    """What was seen over all rounds."""

    kills: int = 0
    acked: int = 0
    unacked_but_there: int = 0
    lost: int = 0
    broken: int = 0
    slow: int = 0
    reopen_ms_max: float = 0.0

    @property
    def ok(self) -> bool:
        return not (self.lost or self.broken or self.slow)


def sell(workload: workloads.StoreWorkload, folder: Path, acked: int, pipe: int, seed: int) -> None:
    """Be the till: open, check, report, then sell until killed."""
    began = time.perf_counter()
    with workload.open(folder) as till:
        took = time.perf_counter() - began
        store = workload.store(till)
        there = store.head.seq
        sound = store.verify().ok
        os.write(pipe, ACK.pack(b"o" if sound else b"x", there, took))
        number = seed
        while True:
            number += 1
            os.write(pipe, ACK.pack(b"a", workload.step(till, number), 0.0))


def fork_till(
    workload: workloads.StoreWorkload, folder: Path, acked: int, seed: int
) -> tuple[int, int]:
    """Return the process id and the reading end of the pipe of a new till."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    try:
        sell(workload, folder, acked, writing, seed)
    except BaseException as error:
        print(f"till: {type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(1)


def round_once(
    workload: workloads.StoreWorkload, folder: Path, acked: int, dice: random.Random, tally: Tally
) -> int:
    """Run one till until it is killed; return the newest record that it acknowledged."""
    process, pipe = fork_till(workload, folder, acked, dice.randrange(10**6))
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
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        tally.broken += 1
    tally.kills += 1
    for mark, seq, took in ACK.iter_unpack(told[: len(told) // ACK.size * ACK.size]):
        if mark == b"a":
            tally.acked += 1
            acked = seq
            continue
        tally.broken += mark == b"x"
        tally.lost += max(0, acked - seq)
        tally.unacked_but_there += seq > acked
        tally.slow += took > REOPEN_SECONDS_MAX
        tally.reopen_ms_max = max(tally.reopen_ms_max, took * 1000)
    return acked


def run(
    kills: int, seed: int = 1, workload: workloads.StoreWorkload | None = None, root: str = ""
) -> Tally:
    """Kill so many tills; a fresh store after every 200."""
    workload = workload or workloads.StoreWorkload()
    dice = random.Random(seed)
    tally = Tally()
    probe = opening.probe
    for start in range(0, kills, ROUNDS_PER_STORE):
        folder = Path(tempfile.mkdtemp(dir=root or None)) / "till"
        workload.make(folder)
        acked = 0
        try:
            for number in range(start, min(start + ROUNDS_PER_STORE, kills)):
                # The till is itself a child here: reading in yet another one is only sampled.
                opening.probe = probe if number % PROBE_EVERY == 0 else lambda folder: None
                acked = round_once(workload, folder, acked, dice, tally)
        finally:
            opening.probe = probe
            shutil.rmtree(folder.parent)
    return tally


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workload", default="", help="module:Class")
    chosen = parser.parse_args()
    began = time.perf_counter()
    tally = run(chosen.kills, chosen.seed, workloads.load(chosen.workload))
    print(f"{tally} in {time.perf_counter() - began:.0f} s: {'ok' if tally.ok else 'FAILED'}")
    return not tally.ok


if __name__ == "__main__":
    sys.exit(main())
