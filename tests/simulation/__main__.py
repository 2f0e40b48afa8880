"""Simulate shops from the command line: many seeds, one seed as a story, or the mutants.

python -m tests.simulation --seeds 5000              over all cores
python -m tests.simulation --seed 4711 --trace       what happened, in words
python -m tests.simulation --mutants                 is every mutant caught, and how soon
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter

from .acts import WEIGHTS
from .mutants_all import MUTANTS, hunt
from .plan import STEPS, plan
from .run import close_devices, run_seed, run_steps
from .shrink import shrink
from .world import Result

CHUNK = 5
FAILURES_SHOWN = 3


def main() -> int:
    """Do what the command line says; return 1 where a rule was broken."""
    chosen = _arguments()
    try:
        if chosen.mutants or chosen.mutant:
            return _mutants(chosen.mutant, chosen.seeds)
        if chosen.seed is not None:
            return _one(chosen.seed, chosen.trace)
        return _many(chosen.first, chosen.seeds, chosen.jobs)
    finally:
        close_devices()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, help="run this one seed")
    parser.add_argument("--trace", action="store_true", help="tell its story")
    parser.add_argument("--mutants", action="store_true", help="hunt every mutant")
    parser.add_argument("--mutant", default="", help="hunt this one")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    return parser.parse_args()


def _one(seed: int, trace: bool) -> int:
    result = run_seed(seed)
    if trace:
        print("\n".join(result.story))
    if not result.check:
        print(f"seed {seed}: all rules hold; journals {result.digest}")
        return 0
    show(result)
    return 1


def show(result: Result) -> None:
    """Print a failure with as few steps as it needs, and how to see it again."""
    steps = plan(result.seed, WEIGHTS, STEPS)
    kept, best = shrink(result, steps, lambda fewer: run_steps(result.seed, fewer))
    print(f"\nseed {result.seed} breaks a rule, {result.check}: {result.what}")
    print(f"shrunk from {result.at + 1} to {len(kept)} steps:\n")
    print("\n".join(best.story))
    print(f"\n{best.check}: {best.what}")
    print(f"replay: python -m tests.simulation --seed {result.seed} --trace\n")


def _many(first: int, seeds: int, jobs: int) -> int:
    began, failed, tally, done = time.perf_counter(), [], Counter[str](), 0
    with multiprocessing.get_context("fork").Pool(jobs, _become_worker) as pool:
        for result in pool.imap_unordered(run_quietly, range(first, first + seeds), CHUNK):
            done += 1
            tally.update(result.tally)
            if result.check:
                failed.append(result)
                print(f"seed {result.seed}: {result.check}: {result.what.splitlines()[0]}")
            if done % 500 == 0:
                print(f"{done} seeds, {done / (time.perf_counter() - began):.1f} a second")
        pool.close()
        pool.join()
    took = time.perf_counter() - began
    acts = sum(count for name, count in tally.items() if ":" not in name)
    deaths = sum(count for name, count in tally.items() if name.endswith(": died"))
    print(
        f"{seeds} seeds, {acts} acts, {deaths} deaths in the middle of one, "
        f"{len(failed)} failing seeds, in {took:.0f} s: {seeds / took:.1f} seeds/s"
    )
    for result in sorted(failed, key=lambda each: each.seed)[:FAILURES_SHOWN]:
        show(result)
    return bool(failed)


def _become_worker() -> None:
    multiprocessing.util.Finalize(None, close_devices, exitpriority=10)


def run_quietly(seed: int) -> Result:
    """Run a seed and forget its story."""
    result = run_seed(seed)
    result.story = []
    return result


def _mutants(name: str, seeds: int) -> int:
    alive = 0
    print("| mutant | caught by seed no. | by the rule |\n|---|---|---|")
    for mutant in MUTANTS:
        if name and mutant.name != name:
            continue
        found = hunt(mutant, seeds)
        alive += found is None
        how = f"{found[0]} | {found[1].check}" if found else "never | -"
        print(f"| {mutant.name}: {mutant.what} | {how} |", flush=True)
    return bool(alive)


if __name__ == "__main__":
    sys.exit(main())
