"""Promises to orders."""

import pytest
from reference.shelf import Shelf

from cashwrap.stock.book import DrawPolicy
from cashwrap.stock.documents import Amount, Received, receive
from cashwrap.stock.errors import (
    InsufficientStock,
    MoveRefused,
    ReservationTaken,
    UnknownReservation,
)
from cashwrap.stock.events import StockHold
from cashwrap.stock.recipes import SoldGoods
from cashwrap.stock.reservations import (
    commit_reservation,
    release,
    release_expired,
    release_part,
    reserve,
)
from cashwrap.stock.sell import draw, sell

STORE, WAREHOUSE = "store:S001", "warehouse:W1"


def nothing_known(_sku):
    return None


@pytest.fixture
def shelf():
    made = Shelf()
    for location, milli in ((STORE, 3_000), (WAREHOUSE, 2_000)):
        lines = [Received("A", milli, milli, "L1", 20270101)]
        made.commit(receive(made.stock, f"R-{location}", lines, "supplier:ACME", location))
    return made


def figures(shelf, location=STORE):
    stock = shelf.stock
    return tuple(ask("A", location) for ask in (stock.on_hand, stock.reserved, stock.available))


@pytest.mark.req("R111")
def test_reserve_at_order_commit_at_handover(shelf):
    """A promise lowers what is available, the handover lowers what is on hand, at cost."""
    shelf.commit(reserve(shelf.stock, "web-1", [Amount("A", 2_000)], [STORE]))
    assert figures(shelf) == (3_000, 2_000, 1_000)
    released, moved = commit_reservation(shelf.stock, "web-1", "web-1")
    assert [(m.lot, m.cost_minor, m.target) for m in moved.moves] == [("L1", 2_000, "customer")]
    assert moved.reservation == "web-1"
    shelf.commit(released, moved)
    assert figures(shelf) == (1_000, 0, 1_000)
    with pytest.raises(UnknownReservation, match="web-1"):
        commit_reservation(shelf.stock, "web-1", "web-1")


@pytest.mark.req("R111")
def test_release_at_cancel_gives_all_back(shelf):
    """A cancelled order leaves the books as if it had never been."""
    before = figures(shelf)
    shelf.commit(reserve(shelf.stock, "web-1", [Amount("A", 2_000)], [STORE]))
    shelf.commit(release(shelf.stock, "web-1", "cancelled"))
    assert figures(shelf) == before
    assert shelf.stock.reservation("web-1") is None


@pytest.mark.req("R110")
def test_promises_never_exceed_what_is_available(shelf):
    """The last unit is promised once; another order is told what there is."""
    shelf.commit(reserve(shelf.stock, "web-1", [Amount("A", 4_000)], [STORE, WAREHOUSE]))
    kept = shelf.stock.reservation("web-1")
    assert [(hold.location, hold.quantity_milli) for hold in kept.holds] == [
        (STORE, 3_000),
        (WAREHOUSE, 1_000),
    ]
    with pytest.raises(InsufficientStock, match="2 wanted, 1 available"):
        reserve(shelf.stock, "web-2", [Amount("A", 2_000)], [STORE, WAREHOUSE])
    both = [Amount("A", 500), Amount("A", 1_000)]
    with pytest.raises(InsufficientStock, match=r"A: 1 wanted, 0\.5 available"):
        reserve(shelf.stock, "web-2", both, [STORE, WAREHOUSE])
    with pytest.raises(ReservationTaken):
        reserve(shelf.stock, "web-1", [Amount("A", 1_000)], [STORE])


def test_a_floor_sale_wins_unless_the_policy_refuses(shelf):
    """Goods in hand are sold; ``warn`` says they were promised, ``refuse`` keeps them."""
    shelf.commit(reserve(shelf.stock, "web-1", [Amount("A", 2_000)], [STORE]))
    goods = [SoldGoods(1, "A", 2_000)]
    with pytest.raises(InsufficientStock, match="1 available"):
        sell(shelf.stock, goods, nothing_known, DrawPolicy((STORE,), "refuse"))
    warned = draw(shelf.stock, goods, nothing_known, DrawPolicy((STORE,), "warn"))
    assert [s.have_milli for s in warned.shortages] == [1_000]
    held = shelf.stock.reservation("web-1").holds
    pickup = draw(shelf.stock, goods, nothing_known, DrawPolicy((STORE,), "refuse"), held)
    assert pickup.shortages == ()
    shelf.sold(warned.moves)
    assert figures(shelf) == (1_000, 2_000, -1_000)
    with pytest.raises(InsufficientStock):
        commit_reservation(shelf.stock, "web-1", "web-1")
    shelf.commit(*commit_reservation(shelf.stock, "web-1", "web-1", negative="allow"))
    assert figures(shelf) == (-1_000, 0, -1_000)


def test_unpaid_promises_end(shelf):
    """A promise with an end is released once it is over; a paid one stays."""
    shelf.commit(reserve(shelf.stock, "paid", [Amount("A", 1_000)], [STORE]))
    shelf.commit(reserve(shelf.stock, "unpaid", [Amount("A", 1_000)], [STORE], until_ms=1_000))
    assert list(release_expired(shelf.stock, 999)) == []
    (over,) = release_expired(shelf.stock, 1_000)
    assert (over.reservation, over.reason) == ("unpaid", "expired")
    shelf.commit(over)
    assert figures(shelf) == (3_000, 1_000, 2_000)


def test_a_part_may_be_released(shelf):
    """Half of an order is cancelled, never more than it holds."""
    shelf.commit(reserve(shelf.stock, "web-1", [Amount("A", 2_000)], [STORE]))
    part = [StockHold("A", 500, STORE)]
    shelf.commit(release_part(shelf.stock, "web-1", part, "changed"))
    assert figures(shelf) == (3_000, 1_500, 1_500)
    with pytest.raises(MoveRefused, match="does not hold"):
        release_part(shelf.stock, "web-1", [StockHold("A", 1_501, STORE)], "changed")


def test_only_goods_in_our_hands_are_promised(shelf):
    """A promise from a customer's or supplier's place, or without lines, is refused."""
    for lines, locations in (([Amount("A", 1)], ["customer"]), ([], [STORE])):
        with pytest.raises(MoveRefused):
            reserve(shelf.stock, "web-1", lines, locations)
