"""Run random carts through the engine and the reference; show the smallest cart that differs.

python tests/reference/promotions_compare.py --carts 1000000 --seed 1 --jobs 2
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from msgspec.structs import replace
from reference import promotions_search
from reference.integer_program import dense_world, payable
from reference.promotions import best
from reference.promotions_cells import cells
from reference.promotions_shrink import smallest, told
from reference.promotions_uses import applied
from reference.promotions_worlds import World, world

from cashwrap.promotions.engine import PromotionEngine, Solution
from cashwrap.promotions.recheck.proof import recheck_proof

Difference = str
Check = Callable[[World], Difference]


def solved(given: World) -> Solution:
    """The compiled engine's answer."""
    basket = PromotionEngine(given.rules).basket(given.occasion)
    for line in given.lines:
        basket.put(line)
    return basket.solve()


def against_engine(given: World) -> Difference:
    """How the engine differs from the reference; "" where it does not."""
    plan = best(*given)
    try:
        solution = solved(given)
    except Exception as error:  # whatever it is, it is a difference
        return f"engine raised {error!r}"
    if not solution.certificate.proved:
        return f"not proved: {solution.certificate}"
    pairs = [
        ("payable_minor", plan.payable_minor, solution.payable_minor),
        ("cells", cells(plan), solution.cells),
        ("applied", applied(plan), solution.applied),
    ]
    for name, expected, found in pairs:
        if expected != found:
            return f"{name}:\n  reference {expected}\n  engine    {found}"
    return ""


def against_search(given: World) -> Difference:
    """How the engine differs from the search of tests, on carts too large for every plan."""
    plan = promotions_search.best(*given)
    solution = solved(given)
    if (plan.payable_minor, cells(plan)) != (solution.payable_minor, solution.cells):
        return f"cells:\n  reference {cells(plan)}\n  engine    {solution.cells}"
    return ""


def against_program(given: World) -> Difference:
    """Whether the least amount by the integer program is the engine's, or lies within its gap."""
    least, solution = payable(given), solved(given)
    found, gap = solution.payable_minor, solution.certificate.gap_minor
    within = found - gap <= least <= found and solution.certificate.proved == (gap == 0)
    return "" if within else f"integer program {least}, engine {found} with gap {gap}"


def against_proof(given: World) -> Difference:
    """What the check of stored proofs says of the engine's, also of those cut short."""
    policy = replace(given.rules.policy, node_budget=3_000)
    given = given._replace(rules=replace(given.rules, policy=policy))
    solution = solved(given)
    issues = recheck_proof(solution.proof(), given.rules)
    return "\n".join(f"{issue.source}: {issue.message}" for issue in issues)


CHECKS: dict[str, Check] = {
    "engine": against_engine,
    "proof": against_proof,
    "search": against_search,
    "program": against_program,
}
DENSE = ("search", "program")


def run(
    carts: int, seed: int, units: int, check: str = "engine", most: int = 1
) -> tuple[int, list[str]]:
    """Compare so many carts; return how many, and each difference on its smallest cart."""
    dice = random.Random(seed)
    faults: list[str] = []
    for n in range(carts):
        wild = dice.choice((0.0, 0.2, 0.5, 0.8))
        given = dense_world(dice, units) if check in DENSE else world(dice, units, wild)
        if CHECKS[check](given):
            found = smallest(given, lambda w: bool(CHECKS[check](w)))
            faults.append(f"seed {seed}, cart {n}: {CHECKS[check](found)}\n{told(found)}")
            if len(faults) >= most:
                return n + 1, faults
    return carts, faults


def main() -> int:
    """Compare in several processes and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--carts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--units", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10**9, help="end after so long")
    parser.add_argument("--check", choices=sorted(CHECKS), default="engine")
    options = parser.parse_args()
    began = time.monotonic()
    part = min(250 if options.check == "engine" else 50, options.carts)
    compared = differences = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        waiting = [
            pool.submit(run, part, options.seed * 1_000_003 + n, options.units, options.check)
            for n in range(max(1, options.carts // part))
        ]
        for done in as_completed(waiting):
            count, faults = done.result()
            compared += count
            differences += len(faults)
            for fault in faults[: max(0, 10 - differences + len(faults))]:
                print(fault, end="\n\n", flush=True)
            if time.monotonic() - began > options.seconds:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    seconds = time.monotonic() - began
    print(f"{compared} carts in {seconds:.0f} s, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
