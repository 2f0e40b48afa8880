"""Ring up the real baskets of a Taiwanese grocer as full durable sales, and check every sum.

    python benches/replay_tafeng.py DATA [--sales N] [--folder DIR] [--memory-folder DIR]

DATA (or $TAFENG) is a parquet or CSV file with the columns of `tafeng.py`. Each morning a delivery
brings what the day sells, at the data's cost. Then every basket is a sale: scanned, priced, paid in
cash, committed. A line whose price is not the shelf price of the day gets a price override; where
its total does not divide by its units, the unit price is rounded up and the rest taken off as an
amount. At the end each day's sales, takings, cost and margin, and each SKU's ledger, must equal the
data, and the journal is verified. SQLite stores the same records beside it, commit by commit.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from time import monotonic, perf_counter_ns

from peer import Peer
from tafeng import MINOR, Basket, BoughtLine, by_day, read_baskets, sums_by_ean, write_catalog

from cashwrap import Till
from cashwrap.ports import Timestamp
from cashwrap.sale.sale import Sale
from cashwrap.stock.documents import Received, receive
from cashwrap.stock.moves import CUSTOMER
from cashwrap.stock.view import Stock

SETTINGS = """
shop_name = "Ta-Feng"
currency = { code = "TWD", digits = 2, symbol = "NT$" }
timezone = "Asia/Taipei"
same_item = "new_line"

[scan]
store_codes = []
"""
OPENS_MS, OPEN_FOR_MS = 9 * 3_600_000, 12 * 3_600_000
NOTE_MINOR = 100_00  # customers pay with notes of a hundred
TELL_EVERY_S = 5.0


class DayClock:
    """The data's own days: a sale every so often from nine in the morning."""

    def __init__(self, day: str) -> None:
        self.start_ms = self.wall_ms = _midnight_ms(day)

    def to(self, day: str, past_ms: int) -> None:
        """Go to a moment of a day."""
        self.wall_ms = max(self.wall_ms, _midnight_ms(day) + past_ms)

    def now(self) -> Timestamp:
        """Return the moment."""
        return Timestamp(self.wall_ms, self.wall_ms - self.start_ms)


def _midnight_ms(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T00:00+08:00").timestamp()) * 1000


class Replay:
    """One run: its times, and what it came to."""

    def __init__(self) -> None:
        self.sale_ns: list[int] = []  # from the new sale to its change
        self.end_ns: list[int] = []  # of that, the payment: decide, commit, on the disk
        self.peer_ns: list[int] = []  # SQLite, the records of a sale, in as many transactions
        self.overrides = 0
        self.amounts_off = 0
        self.journal_bytes = 0
        self.verify_s = 0.0

    def ring_up(self, till: Till, basket: Basket) -> None:
        """Sell one basket."""
        began = perf_counter_ns()
        sale = till.new_sale()
        for bought in basket.lines:
            self._add(sale, bought)
        paying = perf_counter_ns()
        sale.pay_cash(-(-sale.due_minor // NOTE_MINOR) * NOTE_MINOR)
        ended = perf_counter_ns()
        self.sale_ns.append(ended - began)
        self.end_ns.append(ended - paying)

    def _add(self, sale: Sale, bought: BoughtLine) -> None:
        line = sale.scan(bought.ean)
        if bought.units > 1:
            sale.set_quantity(line.number, bought.units)
        if line.unit_minor != bought.unit_minor:
            sale.override_price(line.number, bought.unit_minor, "the price in the data")
            self.overrides += 1
        if over := bought.unit_minor * bought.units - bought.total_minor:
            sale.discount(amount_minor=over, lines=(line.number,), reason="the total in the data")
            self.amounts_off += 1

    def to_peer(self, till: Till, peer: Peer, before: int) -> None:
        """Store what a sale journaled: each act at once, the payment with the sale's end."""
        *acts, payment, end = [(record.seq, record.raw) for record in till.store.records(before)]
        began = perf_counter_ns()
        for act in acts:
            peer.store([act])
        peer.store([payment, end])
        self.peer_ns.append(perf_counter_ns() - began)

    def verify(self, till: Till) -> None:
        """Prove the journal and the tables; raise SystemExit with what is wrong."""
        began = perf_counter_ns()
        report = till.store.verify()
        self.verify_s = (perf_counter_ns() - began) / 1e9
        if not report.ok:
            raise SystemExit(f"the journal does not verify: {report}")
        self.journal_bytes = report.bytes

    def tell(self, title: str, day: str, total: int) -> None:
        """Show how far it is."""
        done = len(self.sale_ns)
        print(
            f"{title}: {day}  {done}/{total} sales  {done * 100 // total} %  "
            f"{_rate(self.sale_ns)} sales/s, SQLite {_rate(self.peer_ns)}/s",
            flush=True,
        )


def _rate(times_ns: Sequence[int]) -> int:
    return len(times_ns) * 10**9 // sum(times_ns)


def deliver(till: Till, day: str, baskets: Sequence[Basket]) -> None:
    """Take in what the day will sell, at what it cost."""
    lines = [
        Received(ean, units * 1000, cost_minor)
        for ean, (units, cost_minor) in sorted(sums_by_ean(baskets).items())
    ]
    own = till.settings.own_location
    till.move_stock(lambda stock: receive(stock, f"IN-{day}", lines, "supplier:TF", own))


def replay(baskets: Sequence[Basket], folder: Path, title: str) -> Replay:
    """Run all baskets in a new shop in a folder, and check everything."""
    catalog = folder / "catalog"
    catalog.mkdir(parents=True)
    skus = write_catalog(baskets, catalog)
    clock, run = DayClock(baskets[0].day), Replay()
    Till.create(folder / "shop", SETTINGS, clock=clock, witness=[])
    with (
        Till.open(folder / "shop", clock=clock, witness=[]) as till,
        closing(Peer(folder / "peer.sqlite")) as peer,
    ):
        till.import_catalog(catalog)
        print(f"{title}: {skus} SKUs imported, {len(baskets)} sales to ring up", flush=True)
        told = monotonic()
        for day, sold in by_day(baskets).items():
            clock.to(day, 0)
            deliver(till, day, sold)
            for number, basket in enumerate(sold):
                clock.to(day, OPENS_MS + OPEN_FOR_MS * number // len(sold))
                before = till.store.head.seq
                run.ring_up(till, basket)
                run.to_peer(till, peer, before)
                if monotonic() - told > TELL_EVERY_S:
                    told = monotonic()
                    run.tell(title, day, len(baskets))
        check(till, baskets)
        run.verify(till)
    return run


def check(till: Till, baskets: Sequence[Basket]) -> None:
    """Compare every day and every SKU with the data; raise SystemExit naming what differs."""
    wrong = [*_wrong_days(till, baskets), *_wrong_skus(till, baskets)]
    if wrong:
        raise SystemExit("the shop's books differ from the data:\n" + "\n".join(wrong[:20]))


def _wrong_days(till: Till, baskets: Sequence[Basket]) -> list[str]:
    wrong = []
    for day, sold in by_day(baskets).items():
        booked = till.takings(int(day.replace("-", "")))
        paid = sum(line.total_minor for basket in sold for line in basket.lines)
        cost = sum(line.cost_minor for basket in sold for line in basket.lines)
        cash = sum(taking.amount_minor for taking in booked.takings)
        found = (booked.sales, booked.payable_minor, cash, booked.cost_minor)
        if found != (len(sold), paid, paid, cost):
            wrong.append(f"{day}: sales, price, cash, cost {found}, data {len(sold), paid, cost}")
    return wrong


def _wrong_skus(till: Till, baskets: Sequence[Basket]) -> list[str]:
    """The ledger: the customers have what they bought at its cost, the shelf is empty."""
    data = sums_by_ean(baskets)
    own = till.settings.own_location

    def differing(stock: Stock) -> list[str]:
        wrong = []
        for ean, (units, cost_minor) in data.items():
            rows = {row.location: (row.on_hand_milli, row.value_minor) for row in stock.rows(ean)}
            if rows.get(CUSTOMER) != (units * 1000, cost_minor) or rows.get(own, (0, 0)) != (0, 0):
                wrong.append(f"{ean}: ledger {rows}, data {units * 1000, cost_minor}")
        extra = set(stock.skus()) - data.keys()
        return [*wrong, *(f"{ean}: in the ledger, not in the data" for ean in sorted(extra))]

    return till.ask_stock(differing)


def _print_sums(baskets: Sequence[Basket], run: Replay) -> None:
    lines = [line for basket in baskets for line in basket.lines]
    cost = sum(line.cost_minor for line in lines)
    total = sum(line.total_minor for line in lines)
    units, free = sum(line.units for line in lines), sum(not line.cost_minor for line in lines)
    print(
        f"\n{len(baskets)} sales, {len(lines)} lines, {units} units, {len(by_day(baskets))} days\n"
        f"  price   NT$ {total / MINOR:>14,.2f}   as in the data, each day\n"
        f"  cost    NT$ {cost / MINOR:>14,.2f}   as in the data, each day and SKU\n"
        f"  margin  NT$ {(total - cost) / MINOR:>14,.2f}\n"
        f"  stock   0 left of every SKU, worth 0; {free} lines cost nothing in the data\n"
        f"  {run.overrides} price overrides, {run.amounts_off} amounts off\n"
        f"  journal {run.journal_bytes / 1e6:.1f} MB verified, and all tables equal their "
        f"rebuild, in {run.verify_s:.1f} s"
    )


def _print_times(title: str, result: Replay) -> None:
    def at(times: list[int], share: int) -> str:
        return f"{sorted(times)[(len(times) - 1) * share // 100] / 1e6:7.3f}"

    for name, times in (
        ("whole sale", result.sale_ns),
        ("  its payment", result.end_ns),
        ("SQLite, same records", result.peer_ns),
    ):
        print(f"{title:<16}{name:<22}{_rate(times):>9,}{at(times, 50):>10}{at(times, 99):>10}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the replay with and without the disk's flush."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", default=os.environ.get("TAFENG"), type=Path)
    parser.add_argument("--sales", type=int, default=0, help="only the first N sales")
    parser.add_argument("--folder", type=Path, help="a folder on the disk to measure")
    parser.add_argument(
        "--memory-folder",
        type=Path,
        default=Path("/dev/shm"),
        help="a folder in memory, where a flush costs nothing",
    )
    args = parser.parse_args(argv)
    if args.data is None:
        parser.error("name the data: a parquet or CSV file, or $TAFENG")
    baskets = read_baskets(args.data, args.sales)
    if not baskets:
        parser.error(f"{args.data} has no lines")
    results = {}
    for title, where in (("with flush", args.folder), ("without flush", args.memory_folder)):
        with tempfile.TemporaryDirectory(prefix="cashwrap-replay-", dir=where) as folder:
            results[title] = replay(baskets, Path(folder), title)
    _print_sums(baskets, results["with flush"])
    print(f"\n{'':<38}{'sales/s':>9}{'p50 ms':>10}{'p99 ms':>10}")
    for title, result in results.items():
        _print_times(title, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
