"""A journal of many sales: how fast it is replayed and verified."""

import hashlib
import random
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.bench.measure import best_ns
from cashwrap.bench.shop import SETTINGS, Customers
from cashwrap.opening import kernel_projections, kernel_staged
from cashwrap.ports import SystemClock, SystemRandomness
from cashwrap.sale.events import SaleCompleted
from cashwrap.settings import parse_settings
from cashwrap.store.store import Store
from cashwrap.store.verify import check_chain
from cashwrap.tender.events import CashTaken
from cashwrap.till import Till

SALES_PER_COMMIT = 250
MOVING_SKUS = 20_000
SECOND_NS = 1_000_000_000
Sold = tuple[CashTaken, SaleCompleted]


def sold(till: Till, customers: Customers, lines: int) -> Sold:
    """Sell a basket and return the events of its last commit."""
    sale = customers.basket(till, lines)
    sale.pay_cash(100_000_000)
    payment, end = (record.body() for record in till.store.records(till.store.head.seq - 2))
    assert isinstance(payment, CashTaken)
    assert isinstance(end, SaleCompleted)
    return payment, end


class LongJournal:
    """A store with many copies of one real sale, each with its own id, number and goods."""

    def __init__(self, folder: Path, example: Sold, sales: int) -> None:
        self._folder = folder
        self._sales = sales
        self._moves = sales * len(example[1].moves)
        self._fill(example)

    def _fill(self, example: Sold) -> None:
        settings = parse_settings(SETTINGS)
        clock, rolls = SystemClock(), random.Random(1)
        with Store.create(
            self._folder, store=settings.store, till=settings.till, clock=clock,
            randomness=SystemRandomness(), witness=[],
        ) as store:  # fmt: skip
            for first in range(1, self._sales + 1, SALES_PER_COMMIT):
                numbers = range(first, min(first + SALES_PER_COMMIT, self._sales + 1))
                events = [one for number in numbers for one in copied(example, number, rolls)]
                store.commit(events, at=clock.now())

    def measure(self) -> "JournalFigures":
        """Rebuild and verify it."""
        with self.opened() as store:
            (rebuild_ns,) = best_ns(store.rebuild)
            chain, _ = check_chain(store.engine, store.identity, store.head.seq)
            assert chain.fault is None
            raws = [record.raw for record in store.records()]
            sha256 = hashlib.sha256
            verify_ns, hash_ns = best_ns(
                lambda: check_chain(store.engine, store.identity, store.head.seq),
                lambda: [sha256(raw).digest() for raw in raws],
            )
        return JournalFigures(
            moves_per_s=self._moves * SECOND_NS // rebuild_ns,
            sales_per_s=self._sales * SECOND_NS // rebuild_ns,
            verify_mb_per_s=chain.bytes * 1000 // verify_ns,
            sha256_mb_per_s=chain.bytes * 1000 // hash_ns,
        )

    def opened(self) -> Store:
        """Open it with the kernel's tables, which are folded now."""
        return Store.open(
            self._folder, clock=SystemClock(), randomness=SystemRandomness(),
            projections=kernel_projections(), staged=kernel_staged(), witness=[], announce=False,
        )  # fmt: skip


class JournalFigures(NamedTuple):
    """Rates of one journal; MB are millions of bytes of records."""

    moves_per_s: int
    sales_per_s: int
    verify_mb_per_s: int
    sha256_mb_per_s: int


def copied(example: Sold, number: int, rolls: random.Random | None = None) -> Sold:
    """Return a sale with a number, id and payment of its own; ``rolls`` draw other goods."""
    payment, end = example
    sale, payment_id = f"{number:026d}", f"P{number:025d}"
    moves = end.moves
    if rolls is not None:
        skus = [f"SKU{rolls.randrange(MOVING_SKUS):07d}" for _ in moves]
        moves = tuple(replace(move, sku=sku) for move, sku in zip(moves, skus, strict=True))
    paid = tuple(replace(each, intent=payment_id) for each in end.payments)
    return (
        replace(payment, payment=payment_id, sale=sale),
        replace(
            end, sale=sale, number=number, moves=moves, payments=paid,
            grand_sales_minor=number * end.payable_minor,
        ),
    )  # fmt: skip
