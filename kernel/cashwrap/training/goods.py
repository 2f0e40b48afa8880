"""What a training till needs of the shop's: catalog, promotion rules, and stock to sell from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Protocol

from cashwrap.catalog import keys
from cashwrap.catalog.copying import copy_snapshot
from cashwrap.catalog.errors import NoCatalog
from cashwrap.catalog.events import GroupsArranged, activate
from cashwrap.catalog.projection import current
from cashwrap.catalog.snapshot import Snapshot, decode_names
from cashwrap.events import Event
from cashwrap.promotions import kept as rules_kept
from cashwrap.promotions import projection as rules
from cashwrap.promotions.events import RulesRolledBack
from cashwrap.promotions.publish import publish
from cashwrap.stock.events import StockMoved
from cashwrap.stock.moves import StockMove, is_held
from cashwrap.stock.view import Stock
from cashwrap.store.store import Store
from cashwrap.store.tables import Reader

MOVES_PER_DOCUMENT = 25_000
_SUPPLIER = "supplier:TRAINING"


class Readable(Protocol):
    """A shop's store, its own till's or one that is looked into."""

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables."""
        ...


def bring_goods(shop: Readable, training: Store, now_ms: int) -> None:
    """Bring a training store's catalog, groups, rules and stock up to the shop's."""
    events = [
        *_catalog(shop, training, now_ms),
        *_groups(shop, training),
        *_rules(shop, training, now_ms),
    ]
    if events:
        training.commit(events, at=training.clock.now())
    for document in _stock(shop, training):
        training.commit([document], at=training.clock.now())


def _catalog(shop: Readable, training: Store, now_ms: int) -> Iterator[Event]:
    with shop.read() as reader:
        wanted = _current(reader, now_ms)
    with training.read() as reader:
        there = _current(reader, now_ms)
    if wanted == there:
        return
    copied: Snapshot | None = copy_snapshot(shop.read, wanted[0], training.read, training.stage)
    if copied is not None:
        yield activate(copied)


def _current(reader: Reader, now_ms: int) -> tuple[int, str]:
    try:
        entry = current(reader, now_ms)
    except NoCatalog:
        return 0, ""
    return entry.version, entry.content_hash


def _groups(shop: Readable, training: Store) -> Iterator[Event]:
    wanted, there = _layout(shop), _layout(training)
    for key in sorted(wanted.keys() | there.keys()):
        if wanted.get(key) != there.get(key):
            store, _, group = key.decode().partition("\0")
            yield GroupsArranged(store, wanted.get(key, ()), group)


def _layout(store: Readable) -> dict[bytes, tuple[str, ...]]:
    with store.read() as reader:
        return {key: decode_names(value) for key, value in reader.items(keys.LAYOUT)}


def _rules(shop: Readable, training: Store, now_ms: int) -> Iterator[Event]:
    with shop.read() as reader:
        wanted = rules.current(rules.read_plan(reader), now_ms)
        found = rules.rules_of(reader, wanted.rules_hash) if wanted else None
    with training.read() as reader:
        there = rules.current(rules.read_plan(reader), now_ms)
        if (there.rules_hash if there else "") == (wanted.rules_hash if wanted else ""):
            return
        number = there.number if there else 0
        event: Event = publish(reader, found, 0) if found else RulesRolledBack(0, number)
    if found:
        rules_kept.keep(training.read, training.stage, found)
    yield event


def _stock(shop: Readable, training: Store) -> Iterator[StockMoved]:
    """Yield opening balances of goods that the training till has never seen."""
    with training.read() as reader:
        known = set(Stock(reader).skus())
    moves = _opening(shop, known)
    number = training.head.seq
    while batch := list(islice(moves, MOVES_PER_DOCUMENT)):
        number += 1
        yield StockMoved(tuple(batch), f"TRAINING-{number}", "opening")


def _opening(shop: Readable, known: set[str]) -> Iterator[StockMove]:
    with shop.read() as reader:
        skus = [sku for sku in Stock(reader).skus() if sku not in known]
    for page in _pages(skus, 5_000):
        with shop.read() as reader:
            stock = Stock(reader)
            moves = [move for sku in page for move in _held(stock, sku)]
        yield from moves


def _held(stock: Stock, sku: str) -> Iterator[StockMove]:
    for row in stock.rows(sku):
        if row.on_hand_milli > 0 and row.location and is_held(row.location):
            yield StockMove(
                sku, row.on_hand_milli, _SUPPLIER, row.location, max(0, row.value_minor), 0,
                row.lot, row.expires, row.owner,
            )  # fmt: skip


def _pages(skus: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(skus), size):
        yield skus[first : first + size]
