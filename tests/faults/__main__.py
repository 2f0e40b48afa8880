"""Every fault of docs/faults.md in one command.

    python -m tests.faults                    each of them quickly: a few minutes
    python -m tests.faults --long             the numbers of the table, on two processors
    python -m tests.faults F7 F20 --long      some of them

A harness that never fails proves nothing: weaker database settings must be caught, else it fails.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import crash_states
import flipped_bits
import kill9
import served_kill9
import till_kill9

HERE = Path(__file__).parent
TILL = "till_workload:TillWorkload"
JOBS = 2
Outcome = tuple[bool, object]


def kill_stores(long: bool) -> Outcome:
    tally = kill9.run(10_000 if long else 500)
    return tally.ok, tally


def kill_tills(long: bool) -> Outcome:
    tally = till_kill9.run_beside(10_000 if long else 500, JOBS)
    return tally.ok, tally


def kill_served(long: bool) -> Outcome:
    tally = served_kill9.run(300 if long else 20)
    return tally.ok, tally


def cut_stores(long: bool) -> Outcome:
    found = crash_states.run_beside(20 if long else 2, JOBS)
    return not found.bad, found


def cut_tills(long: bool) -> Outcome:
    found = crash_states.run_beside(44 if long else 2, JOBS, workload=TILL)
    return not found.bad, found


def catch(mutant: str) -> Outcome:
    found = crash_states.run(6, mutant, workload=TILL)
    return found.bad > 0, f"{found.bad} of {found.states} states are bad, as they must be"


def flip_bits(long: bool) -> Outcome:
    found = flipped_bits.run_beside(1_000 if long else 60, JOBS)
    return not found.bad, found


def alone(script: str, *options: str) -> Outcome:
    """Run a harness that needs a disk of its own making."""
    command = [sys.executable, str(HERE / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return not done.returncode, (done.stdout + done.stderr).strip()


def suite(*names: str) -> Outcome:
    """Run tests that are all there is to a fault."""
    files = [str(HERE.parent / name) for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    return not done.returncode, (done.stdout.strip().splitlines() or [done.stderr])[-1]


Step = tuple[str, str, Callable[[bool], Outcome]]
STEPS: tuple[Step, ...] = (
    ("F1", "kills of the store alone", kill_stores),
    ("F1", "kills of a whole till", kill_tills),
    ("F1", "kills of a served till", kill_served),
    ("F2", "power cuts, the store alone", cut_stores),
    ("F2", "power cuts, a whole till", cut_tills),
    ("F2", "metasync=False is caught", lambda long: catch("metasync")),
    ("F2", "sync=False is caught", lambda long: catch("sync")),
    (
        "F3",
        "writes and syncs that fail",
        lambda long: alone("failing_calls.py", "--calls", "200" if long else "20", "--jobs", "2"),
    ),
    (
        "F4",
        "flushes that take long",
        lambda long: alone("slow_disk.py", "--sales", "100" if long else "10"),
    ),
    (
        "F5",
        "a full disk; F6, a file that grows",
        lambda long: suite("faults/test_till_disk.py", "faults/test_failing_disk.py"),
    ),
    ("F7", "bits that flip", flip_bits),
    ("F8", "short, old and cloned files", lambda long: suite("faults/test_wrong_files.py")),
    (
        "F15",
        "clocks that jump",
        lambda long: suite("faults/test_clock_of_the_day.py", "story/test_clock.py"),
    ),
    (
        "F20",
        "kills while catalogs switch",
        lambda long: alone("torn_switch.py", "--kills", "200" if long else "20"),
    ),
)
NEEDS = {"F2": "strace", "F3": "cc", "F4": "cc", "F20": "cc"}


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="F1, F2, ...; all by default")
    parser.add_argument("--long", action="store_true", help="the numbers of docs/faults.md")
    chosen = parser.parse_args()
    failed, left_out = [], set()
    for fault, what, step in STEPS:
        if chosen.faults and fault not in chosen.faults:
            continue
        if not shutil.which(NEEDS.get(fault, "sh")):
            left_out.add(fault)
        elif not done(f"{fault} {what}", lambda step=step: step(chosen.long)):  # type: ignore[misc]
            failed.append(f"{fault} {what}")
    for fault in sorted(left_out):
        print(f"{fault} was left out: {NEEDS[fault]} is not installed")
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
