"""Price real baskets under promotions, and hold a sample against the plain-Python reference.

    python benches/replay_promotions.py DATA [--baskets N] [--sample N] [--sales N]

DATA (or $JOURNEY) is the folder that `journey.py` describes. Every basket is priced from nothing by
the promotion engine, with the plan's matrix built. The sample is of baskets small enough for the
reference, which looks at every plan. Then the first baskets are rung up and paid at a till, with
the rules and without; what is paid must be what the engine says.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter_ns

from journey import Journey, by_kind, journey_rules, list_minor, read_journey, units_of
from journey_till import Sales

from cashwrap.bench.measure import percentile
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Occasion

OCCASION = Occasion(1_796_011_200_000, 1_796_011_200_000)
REFERENCE_UNITS = 7
TESTS = Path(__file__).parent.parent / "tests"


class Replay:
    """One run: times, and what came off."""

    def __init__(self, engine: PromotionEngine) -> None:
        self._engine = engine
        self.times_ns: list[int] = []
        self.list_minor = self.saved_minor = self.promoted = self.proved = self.gap_minor = 0
        self.by_rule: Counter[str] = Counter()

    def price(self, lines: Sequence[BasketLine]) -> int:
        """Price one basket; return what is left to pay."""
        began = perf_counter_ns()
        basket = self._engine.basket(OCCASION)
        for line in lines:
            basket.put(line)
        solution = basket.solve()
        cells = solution.cells
        self.times_ns.append(perf_counter_ns() - began)
        self.list_minor += list_minor(lines)
        self.saved_minor += solution.saving_minor
        self.promoted += solution.saving_minor > 0
        self.proved += solution.certificate.proved
        self.gap_minor = max(self.gap_minor, solution.certificate.gap_minor)
        for rule, _, row in cells:
            self.by_rule[rule] += sum(minor for _, minor in row)
        return solution.payable_minor


def check(journey: Journey, engine: PromotionEngine, sample: int) -> int:
    """Price a sample as the reference does; raise SystemExit naming what differs."""
    sys.path.insert(0, str(TESTS))
    from reference.promotions import best

    small = [lines for lines in journey.baskets if 2 <= units_of(lines) <= REFERENCE_UNITS]
    every = max(1, len(small) // sample) if sample else 1
    chosen = small[::every][:sample]
    replay = Replay(engine)
    for lines in chosen:
        ours, theirs = replay.price(lines), best(engine.rules, lines, OCCASION).payable_minor
        if ours != theirs:
            raise SystemExit(f"priced {ours}, the reference {theirs}: {lines}")
    return len(chosen)


def sell(baskets: Sequence[Sequence[BasketLine]], engine: PromotionEngine, folder: Path) -> None:
    """Sell baskets at a till without and with the rules; print how many a second."""
    shop = Sales(folder, baskets)
    try:
        plain_ns, listed = shop.sell()
        ruled_ns, paid = shop.sell(engine.rules)
    finally:
        shop.till.close()
    replay = Replay(engine)
    wanted = [replay.price(lines) for lines in baskets]
    if listed != [list_minor(lines) for lines in baskets] or paid != wanted:
        raise SystemExit("a till took other amounts than the engine says")
    print(
        f"  {len(baskets):,} of them sold and paid at a till: {_rate(plain_ns):,} sales/s without "
        f"rules, {_rate(ruled_ns):,} with them, each at the engine's price"
    )


def _rate(times_ns: Sequence[int]) -> int:
    return len(times_ns) * 10**9 // sum(times_ns)


def tell(journey: Journey, run: Replay, rules: int, checked: int) -> None:
    """Print what it came to."""
    done, lines = len(run.times_ns), sum(map(len, journey.baskets))
    at = {part: percentile(run.times_ns, part) / 1000 for part in (50, 99, 100)}
    print(
        f"{done:,} baskets, {lines:,} lines, {rules} rules: {_rate(run.times_ns):,} baskets/s\n"
        f"  p50 {at[50]:.1f} us, p99 {at[99]:.1f} us, most {at[100]:,.0f} us\n"
        f"  list {run.list_minor / 100:,.2f}, saved {run.saved_minor / 100:,.2f} "
        f"({run.saved_minor * 100 / run.list_minor:.2f} %), in {run.promoted:,} baskets\n"
        f"  proved {run.proved:,}; widest gap of the others {run.gap_minor / 100:.2f}\n"
        f"  {checked:,} baskets as the reference has them"
    )
    for kind, minor in by_kind(run.by_rule).items():
        print(f"    {kind:<10}{minor / 100:>14,.2f}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run all baskets, then the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", default=os.environ.get("JOURNEY"), type=Path)
    parser.add_argument("--baskets", type=int, default=0, help="only the first N")
    parser.add_argument("--sample", type=int, default=1000, help="how many the reference prices")
    parser.add_argument("--sales", type=int, default=5000, help="how many are sold at a till")
    parser.add_argument("--folder", type=Path, help="where the shop is made (its disk is measured)")
    args = parser.parse_args(argv)
    if args.data is None:
        parser.error("name the data: a folder with the files, or $JOURNEY")
    journey = read_journey(args.data, args.baskets)
    engine = PromotionEngine(journey_rules(journey.sold))
    run = Replay(engine)
    for lines in journey.baskets:
        run.price(lines)
    checked = check(journey, engine, args.sample)
    tell(journey, run, len(engine.rules.rules), checked)
    with tempfile.TemporaryDirectory(prefix="cashwrap-replay-", dir=args.folder) as folder:
        sell(journey.baskets[: args.sales], engine, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
