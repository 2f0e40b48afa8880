"""What goods cost when they leave: the worked numbers of docs/stock.md."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.shelf import Shelf

from cashwrap.stock.book import DrawPolicy
from cashwrap.stock.documents import Received, receive
from cashwrap.stock.errors import InsufficientStock, MoveRefused
from cashwrap.stock.moves import StockMove, cost_of, margin
from cashwrap.stock.recipes import SoldGoods
from cashwrap.stock.sell import draw, return_to, reverse, sell

STORE = "store:S001"
FLOOR = DrawPolicy((STORE,))


def nothing_known(_sku):
    return None


def receive_lines(shelf, *lines, location=STORE):
    document = f"R{len(shelf.journal)}"
    shelf.commit(receive(shelf.stock, document, lines, "supplier:ACME", location))


def sell_one(shelf, sku, milli, policy=FLOOR, **batch):
    goods = [SoldGoods(1, sku, milli, **batch)]
    return shelf.sold(sell(shelf.stock, goods, nothing_known, policy))


def left(shelf, sku, location=STORE):
    return shelf.stock.on_hand(sku, location), shelf.stock.value(sku, location)


def test_a_sale_takes_the_moving_average():
    """10 for 100.00 and 5 for 65.00 average 11.00; three cost 33.00."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 10_000, 10_000), Received("A", 5_000, 6_500))
    (move,) = sell_one(shelf, "A", 3_000)
    assert move.cost_minor == 3_300
    assert left(shelf, "A") == (12_000, 13_200)
    assert margin(4_500, [move]) == 1_200


def test_selling_out_leaves_no_value():
    """Three pieces for 10.00 cost 3.33, 3.34 and 3.33, and nothing is left."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 3_000, 1_000))
    assert [sell_one(shelf, "A", 1_000)[0].cost_minor for _ in range(3)] == [333, 334, 333]
    assert left(shelf, "A") == (0, 0)


def test_a_later_receipt_pays_back_a_shortage():
    """Goods sold before they were booked cost the last average, then what their receipt says."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 2_000, 2_000))
    moves = sell_one(shelf, "A", 5_000)
    assert [(move.quantity_milli, move.cost_minor) for move in moves] == [
        (2_000, 2_000),
        (3_000, 3_000),
    ]
    assert left(shelf, "A") == (-3_000, -3_000)
    receive_lines(shelf, Received("A", 10_000, 12_000))
    assert left(shelf, "A") == (7_000, 8_400)
    assert cost_of(shelf.moves()) == 5_600 - 14_000  # 56.00 sold of the 140.00 that came in
    customer = [row for row in shelf.stock.balances("A") if row.location == "customer"]
    assert [(row.on_hand_milli, row.value_minor) for row in customer] == [(5_000, 5_600)]


def test_a_shortage_is_paid_back_into_a_dated_lot():
    """Goods sold without a lot come off the lot that is received afterwards."""
    shelf = Shelf()
    sell_one(shelf, "A", 4_000)
    receive_lines(shelf, Received("A", 3_000, 900, "L1", 20261231))
    assert left(shelf, "A") == (-1_000, 0)
    assert shelf.stock.on_hand("A", STORE, "L1") == 0
    receive_lines(shelf, Received("A", 3_000, 900, "L2", 20261231))
    assert left(shelf, "A") == (2_000, 600)
    assert shelf.stock.on_hand("A", STORE, "L2") == 2_000


@pytest.mark.parametrize(("order", "expected"), [("fefo", ["L2", "L1"]), ("fifo", ["L1", "L2"])])
def test_lots_leave_in_the_order_of_the_policy(order, expected):
    """FEFO takes the first to expire, FIFO the first that came."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 2_000, 200, "L1", 20270101))
    receive_lines(shelf, Received("A", 2_000, 400, "L2", 20261201), Received("A", 9_000, 9))
    moves = sell_one(shelf, "A", 3_000, DrawPolicy((STORE,), lots=order))
    assert [move.lot for move in moves] == expected


def test_a_given_lot_is_taken_from_no_other():
    """A scanned batch is drawn as scanned, below zero if the books never saw it."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 2_000, 200, "L1", 20270101))
    (move,) = sell_one(shelf, "A", 1_000, lot="L9", expires=20270505)
    assert (move.lot, move.expires, move.cost_minor) == ("L9", 20270505, 100)
    assert shelf.stock.on_hand("A", STORE, "L9") == -1_000


def test_expired_lots_come_last_and_never_under_refuse():
    """A lot past its date is sold only when nothing else is there and the policy lets it."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 1_000, 10, "OLD", 20260101))
    receive_lines(shelf, Received("A", 1_000, 10, "NEW", 20270101))
    today = DrawPolicy((STORE,), today=20261122)
    goods = [SoldGoods(1, "A", 2_000)]
    assert [m.lot for m in sell(shelf.stock, goods, nothing_known, today)] == ["NEW", "OLD"]
    with pytest.raises(InsufficientStock, match="2 wanted, 1 available"):
        sell(shelf.stock, goods, nothing_known, msgspec.structs.replace(today, negative="refuse"))


@pytest.mark.req("R152")
def test_a_till_sells_from_its_locations_in_order():
    """The store's shelf first, then the warehouse; a shortage is booked at the first."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 2_000, 200))
    receive_lines(shelf, Received("A", 2_000, 300), location="warehouse:W1")
    moves = sell_one(shelf, "A", 5_000, DrawPolicy((STORE, "warehouse:W1")))
    assert [(m.source, m.quantity_milli, m.cost_minor) for m in moves] == [
        (STORE, 2_000, 200),
        ("warehouse:W1", 2_000, 300),
        (STORE, 1_000, 150),
    ]


@pytest.mark.req("R143")
@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ("own_first", ["", "consignment:B", "platform:P"]),
        ("consigned_first", ["consignment:B", "", "platform:P"]),
    ],
)
def test_owners_goods_leave_in_the_order_of_the_policy(owners, expected):
    """Own or consigned goods go first as the shop says, and each owner can be settled with."""
    shelf = Shelf()
    for owner in ("platform:P", "consignment:B", ""):
        receive_lines(shelf, Received("A", 1_000, 100, owner=owner))
    moves = sell_one(shelf, "A", 3_000, DrawPolicy((STORE,), owners=owners))
    assert [move.owner for move in moves] == expected
    (settled,) = shelf.stock.settlement("consignment:B")
    assert (settled.sold_milli, settled.sold_cost_minor, settled.on_hand_milli) == (1_000, 100, 0)


def test_refuse_names_sku_have_and_want():
    """Under ``refuse`` nothing goes below zero, and the refusal says what there is."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 2_000, 200))
    strict = DrawPolicy((STORE,), "refuse")
    with pytest.raises(InsufficientStock) as caught:
        sell_one(shelf, "A", 2_500, strict)
    error = caught.value
    assert (error.sku, error.have_milli, error.want_milli) == ("A", 2_000, 2_500)
    assert error.code == "stock.insufficient"
    twice = [SoldGoods(1, "A", 1_500), SoldGoods(2, "A", 1_500)]
    with pytest.raises(InsufficientStock, match=r"0\.5 available"):
        sell(shelf.stock, twice, nothing_known, strict)


def test_warn_sells_and_says_so():
    """Under ``warn`` the sale goes on and names what went beyond the books."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 2_000, 200))
    goods = [SoldGoods(1, "A", 1_000), SoldGoods(2, "A", 3_000)]
    drawn = draw(shelf.stock, goods, nothing_known, DrawPolicy((STORE,), "warn"))
    assert [(s.line, s.have_milli, s.want_milli) for s in drawn.shortages] == [(2, 1_000, 3_000)]
    assert sum(move.quantity_milli for move in drawn.moves) == 4_000


def test_partial_returns_sum_to_the_cost_of_the_sale():
    """Three pieces that cost 10.00 come back one by one for 3.33, 3.34 and 3.33."""
    move = StockMove("A", 3_000, STORE, "customer", 1_000, 1, "L1", 20270101, "consignment:B")
    parts = [reverse(move, 1_000, done) for done in (0, 1_000, 2_000)]
    assert [part.cost_minor for part in parts] == [333, 334, 333]
    assert {(part.source, part.target) for part in parts} == {("customer", STORE)}
    assert {(part.lot, part.expires, part.owner) for part in parts} == {
        ("L1", 20270101, "consignment:B")
    }
    with pytest.raises(MoveRefused, match="left"):
        reverse(move, 1_000, 2_500)


@given(
    quantity=st.integers(1, 10**9),
    cost=st.integers(0, 10**12),
    cuts=st.lists(st.integers(0, 10**9), max_size=6),
)
def test_any_partial_returns_are_exact(quantity, cost, cuts):
    """However a return is cut up, its parts sum to the original quantity and cost."""
    move = StockMove("A", quantity, STORE, "customer", cost)
    edges = sorted({0, quantity, *(cut % quantity for cut in cuts)})
    parts = [reverse(move, b - a, a) for a, b in pairwise(edges)]
    assert sum(part.quantity_milli for part in parts) == quantity
    assert sum(part.cost_minor for part in parts) == cost


def test_returned_goods_may_go_elsewhere():
    """Spoilt goods go to loss, others to the place that takes them back."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 2_000, 200))
    (move,) = sell_one(shelf, "A", 2_000)
    (spoilt,) = return_to(shelf.stock, [(move, 1_000, 0)], "loss:spoilt")
    assert (spoilt.source, spoilt.target, spoilt.cost_minor) == ("customer", "loss:spoilt", 100)
    back = return_to(shelf.stock, [(move, 1_000, 1_000)], "warehouse:W1")
    shelf.sold((spoilt, *back))
    assert left(shelf, "A", "warehouse:W1") == (1_000, 100)


@given(st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 9_999)), min_size=1, max_size=8))
def test_selling_all_in_any_parts_leaves_nothing(receipts):
    """Whatever came in at whatever cost, selling all of it takes all of its value."""
    shelf = Shelf()
    receive_lines(shelf, *(Received("A", milli, cost) for milli, cost in receipts))
    total = sum(milli for milli, _ in receipts)
    for part in (total // 3, total // 2):
        if part:
            sell_one(shelf, "A", part)
    rest = shelf.stock.on_hand("A", STORE)
    if rest:
        sell_one(shelf, "A", rest)
    assert left(shelf, "A") == (0, 0)
    assert cost_of(shelf.moves()) == 0


@pytest.mark.parametrize("locations", [(), ("customer",), ("loss:x",), ("shop:1",), (STORE, "")])
def test_sales_draw_only_from_our_own_places(locations):
    """A policy that names no place, or one whose goods are not ours, is refused."""
    with pytest.raises(MoveRefused):
        DrawPolicy(locations)


def test_a_shortage_counts_against_what_is_available():
    """Goods drawn before they were booked are not available in another lot."""
    shelf = Shelf()
    receive_lines(shelf, Received("A", 5_000, 500, "L1"))
    sell_one(shelf, "A", 2_000, lot="L9")
    with pytest.raises(InsufficientStock, match="3 available"):
        sell_one(shelf, "A", 4_000, DrawPolicy((STORE,), "refuse"))
