"""Ours beside other engines and other ways of choosing: one run, one table each.

python benches/peers/run.py [--folder FOLDER] [--carts 1000] [--times 20]
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from environment import PEERS, Measured, Priced, Running, install
from offers import workload
from ours import Ours
from strategies import STRATEGIES

from cashwrap.bench.dense import OCCASION, dense_cart, dense_rules
from cashwrap.bench.every_plan import Cart, least_payable
from cashwrap.bench.measure import percentile
from cashwrap.promotions.engine import PromotionEngine

SIZES = (6, 8, 10, 12)
OURS = "cashwrap"
OUR_TIMES = 40  # for each of a peer


def compare_speed(folder: Path, times: int, scattered: int | None) -> None:
    """Print how long each engine takes for the same basket, turn by turn in the same minutes."""
    work = workload(scattered=scattered)
    mine = Ours(work)
    peers = {peer.name: Running(peer, install(peer, folder), work) for peer in PEERS}
    runs: dict[str, list[Priced]] = {name: [] for name in (OURS, *peers)}
    for _ in range(times):
        for name, peer in peers.items():
            runs[name].append(peer.price())
            runs[OURS] += [mine.price() for _ in range(OUR_TIMES)]
    for peer in peers.values():
        peer.end()
    rows = {name: _measured(each) for name, each in runs.items()}
    base = percentile(rows[OURS].times_ns, 50)
    offers = f"{len(work.offers)} offers" + ("" if scattered is None else ", scattered")
    print(f"{len(work.basket)} lines, {offers}, {rows[OURS].total_minor / 100:,.2f}\n")
    print(f"{'':<30}{'p50 ms':>12}{'p99 ms':>12}{'times ours':>12}{'saved':>10}")
    for name, row in rows.items():
        said = f" ({'proved best' if mine.proved else 'not proved'})" if name == OURS else ""
        print(_speed_row(name + said, row, base))


def _measured(runs: Sequence[Priced]) -> Measured:
    last = runs[-1]
    return Measured([run.took_ns for run in runs], last.off_minor, last.total_minor)


def _speed_row(name: str, row: Measured, base_ns: int) -> str:
    p50, p99 = (percentile(row.times_ns, part) for part in (50, 99))
    spread = f"{p50 / 1e6:>12,.3f}{p99 / 1e6:>12,.3f}"
    return f"{name:<30}{spread}{p50 / base_ns:>12,.0f}{row.off_minor / 100:>10,.2f}"


class Tally:
    """How a way of choosing did on the carts of one size."""

    def __init__(self) -> None:
        self.carts = self.wrong = self.lost_minor = self.least_saved_minor = 0

    def add(self, cart: Cart, payable_minor: int, least_minor: int) -> None:
        """Count one cart; nothing can be below the least that all plans give."""
        if payable_minor < least_minor:
            raise SystemExit(f"{payable_minor} is below the least of all plans, {least_minor}")
        self.carts += 1
        self.wrong += payable_minor > least_minor
        self.lost_minor += payable_minor - least_minor
        self.least_saved_minor += cart.total_minor - least_minor

    def __str__(self) -> str:
        return (
            f"{self.wrong * 100 / self.carts:.1f} % / "
            f"{self.lost_minor * 100 / self.least_saved_minor:.1f} %"
        )


def judge(units: int, carts: int) -> dict[str, Tally]:
    """Return how each way of choosing did, and ours, beside every permitted plan."""
    engine = PromotionEngine(dense_rules())
    tallies = {name: Tally() for name in (*STRATEGIES, OURS)}
    for seed in range(carts):
        lines = dense_cart(units, seed)
        cart, least, basket = Cart(lines), least_payable(lines), engine.basket(OCCASION)
        for name, strategy in STRATEGIES.items():
            tallies[name].add(cart, strategy(cart), least)
        for line in lines:
            basket.put(line)
        tallies[OURS].add(cart, basket.solve().payable_minor, least)
    return tallies


def compare_choices(carts: int) -> None:
    """Print the share of carts that are priced worse than the best, and the saving lost."""
    print(f"\n{carts} dense carts of each size: priced worse than the best / saving lost\n")
    columns = [judge(units, carts) for units in SIZES]
    print(f"{'':<34}" + "".join(f"{units:>8} units    " for units in SIZES))
    for name in columns[0]:
        print(f"{name:<34}" + "".join(f"{column[name]!s:>18}" for column in columns))


def main(argv: Sequence[str] | None = None) -> int:
    """Run both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--carts", type=int, default=1000, help="dense carts of each size")
    parser.add_argument("--times", type=int, default=20, help="how often each peer prices")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "cashwrap-peers",
        help="where the peers are installed, and found again",
    )
    parser.add_argument(
        "--scattered",
        type=int,
        help="the harder offers, with so many of the basket's goods in each",
    )
    parser.add_argument("--no-peers", action="store_true", help="only the ways of choosing")
    args = parser.parse_args(argv)
    if not args.no_peers:
        compare_speed(args.folder, args.times, args.scattered)
    compare_choices(args.carts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
