"""The fold: the table always equals the journal, and nothing is made or lost."""

import random

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from reference.ledger import Ledger
from reference.shelf import Shelf, Sold, Tables, envelope

from cashwrap.errors import CashwrapError
from cashwrap.stock.book import DrawPolicy
from cashwrap.stock.documents import (
    Amount,
    Output,
    Received,
    adjust,
    arrive,
    count,
    produce,
    receive,
    ship,
    stocktake,
)
from cashwrap.stock.errors import StockError
from cashwrap.stock.events import MovesOnly, StockMoved
from cashwrap.stock.moves import PRODUCTION, StockMove
from cashwrap.stock.projection import BALANCES, StockProjection
from cashwrap.stock.recipes import SoldGoods
from cashwrap.stock.reservations import commit_reservation, release, reserve
from cashwrap.stock.sell import return_to, sell
from cashwrap.stock.view import Settled, settle
from cashwrap.store.tables import Projection

PLACES = ["store:S1", "store:S2", "warehouse:W"]
SKUS = ["A", "B", "乙"]
place, sku = st.sampled_from(PLACES), st.sampled_from(SKUS)
milli = st.integers(1, 9_000)
lot = st.sampled_from([("", 0), ("L1", 20270101), ("L2", 20261201)])
owner = st.sampled_from(["", "", "consignment:甲"])
policy = st.builds(
    DrawPolicy,
    st.permutations(PLACES).map(lambda places: tuple(places[:2])),
    st.sampled_from(["allow", "warn", "refuse"]),
    st.sampled_from(["fefo", "fifo"]),
    st.sampled_from(["own_first", "consigned_first"]),
    st.sampled_from([0, 20261210]),
)


class Shop(RuleBasedStateMachine):
    """A shop that does everything in any order; refusals change nothing."""

    def __init__(self):
        super().__init__()
        self.shelf = Shelf()
        self.number = 0
        self.sales = []
        self.orders = []

    def attempt(self, decide):
        self.number += 1
        before = {name: dict(rows) for name, rows in self.shelf.tables.rows.items()}
        try:
            result = decide(self.shelf.stock, f"D{self.number}")
        except CashwrapError:
            assert self.shelf.tables.rows == before
            return None
        self.shelf.commit(*(result if isinstance(result, tuple) else (result,)))
        return result

    @rule(sku=sku, milli=milli, cost=st.integers(0, 99_999), lot=lot, owner=owner, place=place)
    def receive(self, sku, milli, cost, lot, owner, place):
        line = Received(sku, milli, cost, *lot, owner)
        self.attempt(lambda stock, name: receive(stock, name, [line], "supplier:X", place))

    @rule(goods=st.lists(st.tuples(sku, milli), min_size=1, max_size=4), policy=policy)
    def sell(self, goods, policy):
        lines = [SoldGoods(n, *each) for n, each in enumerate(goods, 1)]
        sold = self.attempt(
            lambda stock, _: Sold(sell(stock, lines, lambda _sku: None, policy)),
        )
        self.sales += [(move, 0) for move in (sold.moves if sold else ())]

    @precondition(lambda self: self.sales)
    @rule(data=st.data(), place=place)
    def give_back(self, data, place):
        index = data.draw(st.integers(0, len(self.sales) - 1))
        move, done = self.sales.pop(index)
        part = data.draw(st.integers(1, move.quantity_milli - done))
        back = return_to(self.shelf.stock, [(move, part, done)], place)
        self.shelf.commit(Sold(back))
        if done + part < move.quantity_milli:
            self.sales.append((move, done + part))

    @rule(sku=sku, milli=milli, source=place, to=place, part=st.integers(1, 9_000))
    def transfer(self, sku, milli, source, to, part):
        sent = self.attempt(lambda stock, name: ship(stock, name, [Amount(sku, milli)], source))
        if sent is not None:
            lines = [Amount(sku, min(part, milli))]
            self.attempt(lambda stock, _: arrive(stock, sent.document, lines, to))

    @rule(sku=sku, by=st.integers(-5_000, 5_000), place=place)
    def adjust(self, sku, by, place):
        self.attempt(lambda stock, name: adjust(stock, name, [Amount(sku, by)], place, "test"))

    @rule(sku=sku, counted=st.integers(0, 9_000), place=place)
    def stocktake(self, sku, counted, place):
        taken = count(self.shelf.stock, sku, place, counted)
        if self.attempt(lambda stock, name: stocktake(stock, name, [taken])) is not None:
            assert self.shelf.stock.on_hand(sku, place) == counted

    @rule(milli=milli, weights=st.lists(st.integers(0, 9), min_size=3, max_size=3), place=place)
    def produce(self, milli, weights, place):
        outputs = [Output(sku, milli, weight) for sku, weight in zip(SKUS, weights, strict=True)]
        self.attempt(lambda stock, name: produce(stock, name, [Amount("A", milli)], outputs, place))

    @rule(sku=sku, milli=milli, place=place)
    def order(self, sku, milli, place):
        promised = self.attempt(
            lambda stock, name: reserve(stock, name, [Amount(sku, milli)], [place])
        )
        self.orders += [promised.reservation] if promised else []

    @precondition(lambda self: self.orders)
    @rule(handed_over=st.booleans())
    def end_order(self, handed_over):
        name = self.orders.pop(0)
        if not handed_over or not self.attempt(
            lambda stock, _: commit_reservation(stock, name, name)
        ):
            self.shelf.commit(release(self.shelf.stock, name, "cancelled"))

    @invariant()
    def the_table_equals_the_journal(self):
        again = Tables()
        for body in self.shelf.journal:
            self.shelf.projection.fold(again, envelope(body), body)
        filled = {name: rows for name, rows in self.shelf.tables.rows.items() if rows}
        assert {name: rows for name, rows in again.rows.items() if rows} == filled

    @invariant()
    def nothing_is_made_or_lost(self):
        """Each SKU's and owner's quantity and value sum to zero over all locations."""
        made = 0
        for sku in self.shelf.stock.skus():
            sums = {}
            for row in self.shelf.stock.balances(sku):
                total = sums.setdefault(row.owner, [0, 0])
                total[0] += row.on_hand_milli
                total[1] += row.value_minor
                made += row.value_minor * (row.location == PRODUCTION)
            assert all(total == [0, 0] for total in sums.values())
        assert made == 0  # production moves value between SKUs and keeps none

    @invariant()
    def an_empty_balance_has_no_value(self):
        for sku in self.shelf.stock.skus():
            for row in self.shelf.stock.held(sku):
                assert row.on_hand_milli or not row.value_minor
                assert row.reserved_milli >= 0

    @invariant()
    def promises_are_what_balances_hold_back(self):
        promised = sum(
            hold.quantity_milli
            for _, kept in self.shelf.stock.reservations()
            for hold in kept.holds
        )
        reserved = sum(self.shelf.stock.reserved(sku) for sku in self.shelf.stock.skus())
        assert promised == reserved

    @invariant()
    def settlement_of_all_moves_equals_the_balances(self):
        moved = [
            each for each in settle(self.shelf.moves()) if each != Settled(each.sku, each.owner)
        ]
        owners = sorted({each.owner for each in moved})
        kept = [each for owner in owners for each in self.shelf.stock.settlement(owner)]
        assert [each for each in kept if each != Settled(each.sku, each.owner)] == moved


TestShop = Shop.TestCase
TestShop.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)


def random_moves(dice, size):
    for _ in range(size):
        source, target = dice.sample([*PLACES, "customer", "loss", "supplier:A", "transit:7"], 2)
        yield StockMove(
            dice.choice(SKUS),
            dice.randint(1, 5_000),
            source,
            target,
            dice.randint(0, 9_999),
            0,
            dice.choice(["", "L1", "L2"]),
            0,
            dice.choice(["", "consignment:甲"]),
        )


@pytest.mark.req("R148")
def test_on_hand_is_the_fold_of_the_ledger():
    """200,000 moves through the projection give what the plain ledger gives, SKU by SKU."""
    dice = random.Random(5)
    shelf, twins = Shelf(), {sku: Ledger() for sku in SKUS}
    for _ in range(200):
        moves = tuple(random_moves(dice, 1_000))
        shelf.projection.fold(shelf.tables, envelope(Sold(())), Sold(moves))
        for move in moves:
            twins[move.sku].fold([move])
    for sku, twin in twins.items():
        rows = [msgspec.structs.astuple(row) for row in shelf.stock.rows(sku)]
        assert rows == twin.sorted()


def test_packed_and_decoded_moves_fold_alike():
    """A rebuild that leaves moves packed writes the same bytes as the commit did."""
    moves = tuple(random_moves(random.Random(6), 50))
    one, other = Tables(), Tables()
    projection = StockProjection({Sold.kind: MovesOnly})
    projection.fold(one, envelope(Sold(moves)), Sold(moves))
    packed = msgspec.msgpack.decode(msgspec.msgpack.encode(Sold(moves)), type=MovesOnly)
    projection.fold(other, envelope(Sold(moves)), packed)
    assert one.rows == other.rows


def test_a_bad_move_changes_nothing():
    """An event that the ledger cannot hold is refused before anything is written."""
    shelf = Shelf()
    good = StockMove("A", 1, "supplier:X", PLACES[0])
    for bad in (StockMove("B", 0, "supplier:X", PLACES[0]), StockMove("B", 1, "here", "there")):
        with pytest.raises(StockError, match=r"stock\.moved"):
            shelf.commit(StockMoved((good, bad), "X", "receipt"))
    assert shelf.tables.rows == {}


def test_the_projection_keeps_to_the_stores_contract():
    """Its tables begin with its name and every kind is read as a struct."""
    projection: Projection = StockProjection()
    assert all(table.startswith(projection.name + ".") for table in projection.tables)
    assert BALANCES in projection.tables
    assert set(projection.reads) == {"stock.moved", "stock.reserved", "stock.released"}


@pytest.mark.req("R144")
def test_stock_is_asked_by_sku_store_and_batch():
    """One balance, one lot, all of a place, all places, by owner: each from one record."""
    shelf = Shelf()
    lines = [
        Received("A", 2_000, 200, "L1", 20270101),
        Received("A", 3_000, 300, "L2", 20261201),
        Received("A", 4_000, 400, owner="consignment:甲"),
    ]
    for number, where in enumerate(PLACES[:2]):
        shelf.commit(receive(shelf.stock, f"R{number}", lines, "supplier:X", where))
    stock = shelf.stock
    assert stock.on_hand("A", PLACES[0]) == 9_000
    assert stock.on_hand("A", PLACES[0], "L2") == 3_000
    assert stock.on_hand("A", owner="consignment:甲") == 8_000
    assert stock.on_hand("A") == stock.available("A") == 18_000
    assert [row.lot for row in stock.lots("A", PLACES[0])] == ["L2", "L1", ""]
    assert stock.by_owner("A", PLACES[0]) == {"": 5_000, "consignment:甲": 4_000}
    assert stock.value("A", PLACES[0], "") == 500
    assert stock.on_hand("nothing") == 0
    assert list(stock.skus()) == ["A"]
