"""What the reports of a shift cost when it holds many sales."""

from pathlib import Path
from time import perf_counter_ns, thread_time_ns

import msgspec

from cashwrap.bench.journals import SALES_PER_COMMIT, Sold, copied
from cashwrap.bench.shop import SETTINGS
from cashwrap.till import Till

X_TIMES, Z_TIMES = 200, 30


class ShiftTimes(msgspec.Struct):
    """Times of X reports, and of counted shifts being closed with their Z, ns.

    ``z_ns`` has the flush of the disk in it, ``z_cpu_ns`` is what the till itself works.
    """

    x_ns: list[int] = []
    z_ns: list[int] = []
    z_cpu_ns: list[int] = []


def shift_times(folder: Path, example: Sold, sales: int) -> ShiftTimes:
    """Fill shifts with copies of a sale, the first with all of them: X and the first Z are of that.

    The later Zs are of a few sales each; a report is made from running sums, so that it is the
    same work.
    """
    witness = [folder.parent / "witness"]
    Till.create(folder, SETTINGS, witness=witness)
    times = ShiftTimes()
    with Till.open(folder, witness=witness) as till:
        first = 1
        for number in range(1, Z_TIMES + 1):
            till.shifts.open(50_000, staff="bench")
            last = first + (sales if number == 1 else 3)
            for start in range(first, last, SALES_PER_COMMIT):
                numbers = range(start, min(start + SALES_PER_COMMIT, last))
                till.commit([one for each in numbers for one in copied(example, each)])
            first = last
            if number == 1:
                times.x_ns = [_x_ns(till) for _ in range(X_TIMES)]
            till.shifts.declare(number, {10_000: 12, 500: 3}, staff="bench")
            began, cpu = perf_counter_ns(), thread_time_ns()
            till.shifts.close(number, staff="bench")
            times.z_cpu_ns.append(thread_time_ns() - cpu)
            times.z_ns.append(perf_counter_ns() - began)
    return times


def _x_ns(till: Till) -> int:
    began = perf_counter_ns()
    till.shifts.x(staff="bench")
    return perf_counter_ns() - began
