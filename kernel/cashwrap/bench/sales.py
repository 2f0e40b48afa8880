"""What a sale costs: a scan, and a payment beside the bare database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns, thread_time_ns
from typing import TYPE_CHECKING, NamedTuple, cast

import lmdb
import msgspec

from cashwrap.bench.shop import LINES, Customers
from cashwrap.store.disk import preallocate
from cashwrap.store.layout import DATA_FILE
from cashwrap.till import Till

if TYPE_CHECKING:
    from cashwrap.sale.sale import Sale

SCANS_PER_CART = 50
CASH_MINOR = 100_000_000


def scan_times(till: Till, customers: Customers, scans: int) -> list[int]:
    """Return the times of scanning the last line of a full cart and reading its totals, ns.

    The line is struck out again, so that every scan meets the same cart.
    """
    times: list[int] = []
    while len(times) < scans:
        sale = customers.basket(till, LINES - 1)
        for _ in range(SCANS_PER_CART):
            code = customers.code()
            began = perf_counter_ns()
            line = sale.scan(code)
            _ = sale.totals.payable_minor
            times.append(perf_counter_ns() - began)
            sale.void_line(line.number)
        sale.cancel()
    return times


class Write(NamedTuple):
    """One row that a transaction put, or removed (``value`` None)."""

    table: str
    key: bytes
    value: bytes | None
    append: bool


class Commits(msgspec.Struct):
    """Times of whole payments or other acts, and of the bare transactions beside them, ns."""

    paid_ns: list[int] = []
    paid_cpu_ns: list[int] = []
    bare_ns: list[int] = []
    bare_cpu_ns: list[int] = []


def commit_times(till: Till, customers: Customers, sales: int, folder: Path) -> Commits:
    """Pay sales of 20 lines, each beside a bare LMDB transaction with the same keys and bytes.

    What the transactions put is recorded first, from as many sales that are not timed. The bare
    environment is a copy of the store's file from before them, so both trees are alike.
    """
    shutil.copyfile(Path(till.store.engine.folder) / DATA_FILE, folder / DATA_FILE)
    bare = Bare(folder, till.store.engine.dbs)
    recorded = [_recorded(till, _paying(customers.basket(till))) for _ in range(sales)]
    times = Commits()
    for writes in recorded:
        _beside(_paying(customers.basket(till)), bare, writes, times)
    bare.close()
    return times


class Holds(msgspec.Struct):
    """Times of suspending and of resuming, and of the bare transactions beside them, ns."""

    suspend: Commits = msgspec.field(default_factory=Commits)
    resume: Commits = msgspec.field(default_factory=Commits)


def hold_times(till: Till, customers: Customers, sales: int, folder: Path) -> Holds:
    """Suspend and resume sales of 20 lines, each act beside its bare transaction as above."""
    shutil.copyfile(Path(till.store.engine.folder) / DATA_FILE, folder / DATA_FILE)
    bare = Bare(folder, till.store.engine.dbs)
    recorded = []
    for _ in range(sales):
        sale = customers.basket(till)
        suspended = _recorded(till, sale.suspend)
        recorded.append((suspended, _recorded(till, _resuming(till))))
        till.sale(sale.id).cancel()
    times = Holds()
    for suspended, resumed in recorded:
        sale = customers.basket(till)
        _beside(sale.suspend, bare, suspended, times.suspend)
        _beside(_resuming(till), bare, resumed, times.resume)
        till.sale(sale.id).cancel()
    bare.close()
    return times


def _paying(sale: Sale) -> Callable[[], object]:
    return lambda: sale.pay_cash(CASH_MINOR)


def _resuming(till: Till) -> Callable[[], object]:
    """Bring back the one sale that waits, by its code."""
    (hold,) = till.holds.waiting()
    return lambda: till.holds.resume(hold.code)


def _beside(act: Callable[[], object], bare: Bare, writes: list[Write], times: Commits) -> None:
    """Time an act, and a bare transaction with the same rows."""
    began, cpu = perf_counter_ns(), thread_time_ns()
    act()
    times.paid_cpu_ns.append(thread_time_ns() - cpu)
    times.paid_ns.append(perf_counter_ns() - began)
    began, cpu = perf_counter_ns(), thread_time_ns()
    bare.write(writes)
    times.bare_cpu_ns.append(thread_time_ns() - cpu)
    times.bare_ns.append(perf_counter_ns() - began)


class Bare:
    """LMDB with its default flags and nothing around it."""

    def __init__(self, folder: Path, tables: dict[str, lmdb._Database]) -> None:
        size = 2 * os.path.getsize(folder / DATA_FILE)
        preallocate(folder / DATA_FILE, size)
        self._env = lmdb.open(str(folder), map_size=size, max_dbs=len(tables))
        self._dbs = {name: self._env.open_db(name.encode(), create=False) for name in tables}

    def write(self, writes: list[Write]) -> None:
        """Do the same in one transaction, and return once it is on the disk."""
        dbs = self._dbs
        with self._env.begin(write=True) as txn:
            for table, key, value, append in writes:
                if value is None:
                    txn.delete(key, db=dbs[table])
                else:
                    txn.put(key, value, db=dbs[table], append=append)

    def close(self) -> None:
        """Close the file."""
        self._env.close()


def _recorded(till: Till, act: Callable[[], object]) -> list[Write]:
    """Do something and return what its transaction wrote."""
    engine = till.store.engine
    real, writes = engine.env, list[Write]()
    engine.env = cast("lmdb.Environment", _Listening(real, engine.dbs, writes))
    try:
        act()
    finally:
        engine.env = real
    return writes


class _Listening:
    """Stands for the environment and notes what write transactions put."""

    def __init__(
        self, env: lmdb.Environment, dbs: dict[str, lmdb._Database], writes: list[Write]
    ) -> None:
        self._env = env
        self._names = {id(db): name for name, db in dbs.items()}
        self._writes = writes

    def begin(self, *, write: bool = False) -> object:
        txn = self._env.begin(write=write)
        return _Noting(txn, self._names, self._writes) if write else txn

    def __getattr__(self, name: str) -> object:
        return getattr(self._env, name)


class _Noting:
    """Stands for a write transaction."""

    def __init__(
        self, txn: lmdb.Transaction[bytes], names: dict[int, str], writes: list[Write]
    ) -> None:
        self._txn = txn
        self._names = names
        self._writes = writes

    def put(
        self, key: bytes, value: bytes, *, db: lmdb._Database, append: bool = False,
        overwrite: bool = True,
    ) -> bool:  # fmt: skip
        self._writes.append(Write(self._names[id(db)], key, value, append))
        return self._txn.put(key, value, db=db, append=append, overwrite=overwrite)

    def delete(self, key: bytes, *, db: lmdb._Database) -> bool:
        there = self._txn.delete(key, db=db)
        if there:
            self._writes.append(Write(self._names[id(db)], key, None, False))
        return there

    def __getattr__(self, name: str) -> object:
        return getattr(self._txn, name)
