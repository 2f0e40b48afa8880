"""Named mistakes, patched into the real code at run time: the simulation must notice each.

A mutant that lives means that the books are blind somewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import msgspec

from cashwrap import counter as counter_module
from cashwrap.counter import Counter
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.payment import Payments
from cashwrap.store.draft import DraftFile
from cashwrap.store.errors import DiskFull
from cashwrap.store.records import Commit
from cashwrap.store.store import Store
from cashwrap.tender import doubt
from cashwrap.tender.driver import Declined, Unknown
from cashwrap.tender.events import TenderIntended
from cashwrap.tender.runner import TenderRunner
from cashwrap.testing.disk import MemoryDisk
from cashwrap.testing.memory_lmdb import MemoryTxn

from .run import run_seed
from .world import Result

SEEDS_MAX = 500
Patch = Callable[[object, str, object], None]


class Mutant(msgspec.Struct):
    """One mistake: its name, what it gets wrong, and how to make it."""

    name: str
    what: str
    make: Callable[[Patch], None]


MUTANTS: list[Mutant] = []


def mutant(what: str) -> Callable[[Callable[[Patch], None]], None]:
    """Register a mistake under the name of its function."""

    def register(make: Callable[[Patch], None]) -> None:
        MUTANTS.append(Mutant(make.__name__, what, make))

    return register


@contextmanager
def made(one: Mutant) -> Iterator[None]:
    """Make a mistake for the length of a block."""
    with ExitStack() as stack:

        def patch(owner: object, name: str, value: object) -> None:
            stack.enter_context(mock.patch.object(owner, name, value))

        one.make(patch)
        yield


def hunt(one: Mutant, seeds: int = SEEDS_MAX) -> tuple[int, Result] | None:
    """Return after how many seeds a mistake is noticed and how, or None where it never is."""
    with made(one):
        for count in range(1, min(seeds, SEEDS_MAX) + 1):
            result = run_seed(count - 1)
            if result.check:
                return count, result
    return None


# The journal


@mutant("a sale is told to be finished although its commit was refused")
def receipt_before_durable(patch: Patch) -> None:
    real = Store.commit_also

    def commit_also(self: Store, also: Any, events: Any, *more: Any, **named: Any) -> Commit:
        try:
            return real(self, also, events, *more, **named)
        except DiskFull:
            if not any(isinstance(each, SaleCompleted) for each in events):
                raise
            return Commit(0, 0, b"", 0)

    patch(Store, "commit_also", commit_also)


@mutant("commits are not flushed: a power cut takes the newest")
def commit_not_flushed(patch: Patch) -> None:
    real_keep, real_cut = MemoryTxn.keep, MemoryDisk.cut_power
    before: dict[int, tuple[Any, int]] = {}

    def keep(self: MemoryTxn) -> None:
        data = self.env.data
        before[id(data)] = data.tables, data.bytes
        real_keep(self)

    def cut_power(self: MemoryDisk, dice: Any) -> None:
        for data in self.files.values():
            if id(data) in before:
                data.tables, data.bytes = before.pop(id(data))
        real_cut(self, dice)

    patch(MemoryTxn, "keep", keep)
    patch(MemoryDisk, "cut_power", cut_power)


@mutant("a receipt's number goes by the clock: the last of the newest day that is not later")
def number_by_clock(patch: Patch) -> None:
    real = Counter.completed
    days: dict[str, dict[int, int]] = {}

    def completed(self: Counter, *given: Any, **named: Any) -> list[Any]:
        done, *more = real(self, *given, **named)
        known = days.setdefault(str(self.store.head.epoch) + str(id(self.store)), {})
        earlier = [number for day, number in known.items() if day <= done.day]
        number = max(earlier) + 1 if earlier and len(known) > 1 else done.number
        known[done.day] = number
        return [msgspec.structs.replace(done, number=number), *more]

    patch(Counter, "completed", completed)


@mutant("edits wait in memory for the flush, so that the death of the process takes them")
def draft_in_memory(patch: Patch) -> None:
    real_append, real_flush = DraftFile.append, DraftFile.flush
    held: dict[int, list[bytes]] = {}

    def append(self: DraftFile, *payloads: bytes) -> None:
        held.setdefault(id(self), []).extend(payloads)

    def flush(self: DraftFile) -> None:
        if payloads := held.pop(id(self), []):
            real_append(self, *payloads)
        real_flush(self)

    patch(DraftFile, "append", append)
    patch(DraftFile, "flush", flush)


# Payments


@mutant("the driver is asked before the intent is in the journal")
def intent_after_asking(patch: Patch) -> None:
    real = TenderRunner.begin

    def begin(self: TenderRunner, *given: Any, **named: Any) -> Any:
        commit, held = self._commit, []

        def later(events: Any, **more: Any) -> object:
            if isinstance(events[0], TenderIntended):
                held.extend(events)
                return None
            together, held[:] = (*held, *events), []
            return commit(together, **more)

        self._commit = later
        try:
            return real(self, *given, **named)
        finally:
            self._commit = commit

    patch(TenderRunner, "begin", begin)


@mutant("no answer counts as a no")
def doubt_is_declined(patch: Patch) -> None:
    real = doubt.trusted

    def trusted(payment: Any, outcome: Any) -> Any:
        found = real(payment, outcome)
        if isinstance(found, Unknown):
            return Declined(intent=payment.id, reason="no answer")
        return found

    patch(doubt, "trusted", trusted)


@mutant("an approval that comes after the till gave up is not given back")
def late_approval_kept(patch: Patch) -> None:
    rows = dict(doubt.TABLE["cancelled"])
    rows["approved"] = doubt.Row("closed", "closed")
    patch(doubt, "TABLE", {**doubt.TABLE, "cancelled": rows})


@mutant("after a restart a sale's payments count twice")
def counted_twice(patch: Patch) -> None:
    real = Payments.refresh

    def refresh(self: Payments) -> None:
        real(self)
        for payment in [each for each in self._by_id.values() if each.paid_minor > 1]:
            self._by_id[payment.id + "-again"] = msgspec.structs.replace(payment, amount_minor=1)

    patch(Payments, "refresh", refresh)


# Goods


@mutant("goods of the last line are not taken from stock")
def stock_forgotten(patch: Patch) -> None:
    real = counter_module.completed

    def completed(cart: Any, payments: Any, moves: Any, *more: Any) -> Any:
        return real(cart, payments, moves[:-1] if len(moves) > 3 else moves, *more)

    patch(counter_module, "completed", completed)
