"""Sell on a disk whose every flush takes long, and time what a clerk waits for.

    python tests/faults/slow_disk.py --sales 100

A commit flushes twice. The time from taking the cash to the moment when the receipt may print
should be two flushes and at most 30 ms more at the 99th percentile; scanning never waits for one.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import faulty_disk
import msgspec
from apart import memory_root
from till_clerk import COLA, Selling
from till_workload import TillWorkload

FLUSHES_MS = (5, 20, 100, 500)
ALLOWED_MS = 30.0


class Outcome(msgspec.Struct):
    """Of so many sales, the 99th percentile by flush time, in ms: paying, and one scan."""

    sales: int = 0
    paying_ms: dict[int, float] = {}
    scanning_ms: dict[int, float] = {}

    @property
    def bad(self) -> list[str]:
        paying = [(2 * flush, took) for flush, took in self.paying_ms.items()]
        scanning = [(0, took) for took in self.scanning_ms.values()]
        return [
            f"{took} ms where {waited} ms were flushes"
            for waited, took in (*paying, *scanning)
            if took > waited + ALLOWED_MS
        ]


def p99(times: list[float]) -> float:
    return round(1000 * sorted(times)[len(times) * 99 // 100], 2)


def sell(selling: Selling, sales: int) -> tuple[float, float]:
    """Serve customers; return the 99th percentiles of paying and of a scan, in ms."""
    paying, scanning, dice = [], [], random.Random(1)
    for _ in range(sales):
        sale = selling.till.new_sale(register=selling.registers[0])
        for _ in range(dice.randrange(1, 8)):
            began = time.perf_counter()
            sale.scan(COLA)
            scanning.append(time.perf_counter() - began)
        began = time.perf_counter()
        sale.pay_cash(sale.due_minor)
        paying.append(time.perf_counter() - began)
    return p99(paying), p99(scanning)


def run(sales: int, flushes_ms: tuple[int, ...] = FLUSHES_MS) -> Outcome:
    """Sell on disks of each speed."""
    place = Path(tempfile.mkdtemp(dir=memory_root()))
    outcome = Outcome(sales)
    try:
        TillWorkload().make(place / "till")
        selling = Selling(place / "till", lambda text: None)
        sell(selling, 20)
        for flush_ms in flushes_ms:
            faulty_disk.plan(place / "till", slow_us=flush_ms * 1000)
            outcome.paying_ms[flush_ms], outcome.scanning_ms[flush_ms] = sell(selling, sales)
        faulty_disk.plan(place / "till")
        selling.close()
    finally:
        shutil.rmtree(place)
    return outcome


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sales", type=int, default=100)
    chosen = parser.parse_args()
    if not faulty_disk.compiler():
        faulty_disk.refuse()
    faulty_disk.start()
    found = run(chosen.sales)
    print(f"{found}: {'too slow: ' + ', '.join(found.bad) if found.bad else 'ok'}")
    return bool(found.bad)


if __name__ == "__main__":
    sys.exit(main())
