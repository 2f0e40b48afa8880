"""What signing in costs beside the bare hash of the PIN."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter_ns

from cashwrap.bench.figures import Ratio
from cashwrap.bench.measure import percentile
from cashwrap.staff.pins import HASH_SIZE, LANES, MEMORY_KIB, PASSES
from cashwrap.till import Till

PIN = "258046"
PEOPLE = 50


def sign_in_over_argon2(folder: Path, times: int) -> Ratio:
    """Return the median of signing in over that of argon2id alone, turn by turn.

    A shop of 50 people. A sign-in is the hash, one durable commit and the accounts read again.
    """
    from argon2.low_level import Type, hash_secret_raw

    Till.create(folder, witness=[])
    with Till.open(folder, plugins=False, witness=[]) as till:
        till.staff.enroll("0", "0", role="owner", pin=PIN)
        till.staff.sign_in("0", PIN)
        for number in range(1, PEOPLE):
            till.staff.enroll(str(number), "clerk", role="cashier", pin=PIN, by="0")
        ours: list[int] = []
        bare: list[int] = []
        for number in range(times):
            began = perf_counter_ns()
            till.staff.sign_in(str(number % PEOPLE), PIN)
            ours.append(perf_counter_ns() - began)
            began = perf_counter_ns()
            hash_secret_raw(PIN.encode(), bytes(16), PASSES, MEMORY_KIB, LANES, HASH_SIZE, Type.ID)
            bare.append(perf_counter_ns() - began)
    return Ratio(round(percentile(ours, 50) / percentile(bare, 50), 3))
