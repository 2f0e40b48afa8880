"""Faults F1 and F2 in one command: kill -9 at random moments, and every state of a power cut.

    python -m tests.faults            a few minutes
    python -m tests.faults --long     10,000 kills and over 100,000 crash states

Each against the store alone and against a whole till. The two weaker database settings must be
caught as well, else the harness itself would prove nothing.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import crash_states
import kill9
import till_kill9

TILL = "till_workload:TillWorkload"
COMMITS = 40  # or customers, in one recording
Outcome = tuple[bool, object]


def kill_stores(kills: int) -> Outcome:
    tally = kill9.run(kills)
    return tally.ok, tally


def kill_tills(kills: int) -> Outcome:
    tally = till_kill9.run(kills)
    return tally.ok, tally


def cut_power(workload: str, rounds: int) -> Outcome:
    """Record and enumerate again and again, each time with other subsets and tears."""
    total = crash_states.Outcome()
    for seed in range(rounds):
        found = crash_states.run(COMMITS, seed=seed, workload=workload)
        total.commits += found.commits
        total.states += found.states
        total.bad += found.bad
        total.examples += found.examples
    return not total.bad, total


def catch(mutant: str) -> Outcome:
    found = crash_states.run(6, mutant, workload=TILL)
    return found.bad > 0, f"{found.bad} of {found.states} states are bad, as they must be"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--long", action="store_true", help="the numbers of docs/faults.md")
    long = parser.parse_args().long
    kills, rounds = (10_000, 30) if long else (500, 1)
    steps: list[tuple[str, Callable[[], Outcome]]] = [
        (f"F1 store, {kills} kills", lambda: kill_stores(kills)),
        (f"F1 till, {kills} kills", lambda: kill_tills(kills)),
    ]
    if shutil.which("strace"):
        steps += [
            ("F2 store, power cuts", lambda: cut_power("", rounds)),
            ("F2 till, power cuts", lambda: cut_power(TILL, rounds)),
            ("F2 mutant metasync=False", lambda: catch("metasync")),
            ("F2 mutant sync=False", lambda: catch("sync")),
        ]
    failed = [name for name, step in steps if not done(name, step)]
    if not shutil.which("strace"):
        print("F2 was left out: install strace (apt-get install strace) to run it")
    print(f"FAILED: {', '.join(failed)}" if failed else "all ok")
    return bool(failed)


def done(name: str, step: Callable[[], Outcome]) -> bool:
    """Run one step and say how it went."""
    began = time.perf_counter()
    ok, seen = step()
    print(f"{'ok' if ok else 'FAILED'}  {name} ({time.perf_counter() - began:.0f} s): {seen}")
    sys.stdout.flush()
    return ok


if __name__ == "__main__":
    sys.exit(main())
