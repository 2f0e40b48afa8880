"""Stock documents: each conserves quantity and value, and refuses what it cannot do."""

import pytest
from reference.shelf import Shelf

from cashwrap.errors import AmountOverflow, InvalidInput
from cashwrap.money import INT64_MAX
from cashwrap.stock.documents import (
    Amount,
    Output,
    Received,
    adjust,
    arrive,
    close_transfer,
    count,
    produce,
    receive,
    send_back,
    ship,
    stocktake,
    waste,
)
from cashwrap.stock.errors import DocumentPosted, InsufficientStock, MoveRefused, UnknownLocation
from cashwrap.stock.moves import StockMove

STORE, OTHER = "store:S001", "store:S002"


def stocked(*lines):
    shelf = Shelf()
    shelf.commit(receive(shelf.stock, "R1", lines, "supplier:ACME", STORE))
    return shelf


def left(shelf, sku, location=STORE):
    return shelf.stock.on_hand(sku, location), shelf.stock.value(sku, location)


def sell_moves(shelf, sku, milli):
    shelf.sold((StockMove(sku, milli, STORE, "customer"),))


@pytest.mark.req("R151")
def test_a_transfer_arrives_in_parts_and_its_difference_is_closed():
    """Ten shipped, four and five received, one written off; value goes with them to the cent."""
    shelf = stocked(Received("A", 10_000, 3_333))
    shelf.commit(ship(shelf.stock, "T1", [Amount("A", 10_000)], STORE))
    assert left(shelf, "A") == (0, 0)
    assert left(shelf, "A", "transit:T1") == (10_000, 3_333)
    shelf.commit(arrive(shelf.stock, "T1", [Amount("A", 4_000)], OTHER))
    shelf.commit(arrive(shelf.stock, "T1", [Amount("A", 5_000)], OTHER))
    with pytest.raises(InsufficientStock, match="1 available"):
        arrive(shelf.stock, "T1", [Amount("A", 2_000)], OTHER)
    shelf.commit(close_transfer(shelf.stock, "T1", ["A"], "missing"))
    assert left(shelf, "A", "transit:T1") == (0, 0)
    assert left(shelf, "A", OTHER) == (9_000, 3_000)
    assert shelf.stock.postings("transfer", "T1") == 4
    with pytest.raises(MoveRefused, match="moves nothing"):
        close_transfer(shelf.stock, "T1", ["A"], "again")


def test_a_transfer_keeps_lot_and_owner():
    """Goods arrive as they were sent: the same lot, date and owner."""
    shelf = stocked(Received("A", 2_000, 200, "L1", 20270101, "consignment:B"))
    shelf.commit(ship(shelf.stock, "T1", [Amount("A", 2_000)], STORE))
    shelf.commit(arrive(shelf.stock, "T1", [Amount("A", 2_000)], OTHER))
    (lot,) = shelf.stock.lots("A", OTHER)
    assert (lot.lot, lot.expires, lot.owner) == ("L1", 20270101, "consignment:B")


@pytest.mark.req("R150")
def test_beef_becomes_steak_trim_and_loss():
    """10 kg for 600.00 become steak and trim by weight 9 : 1; the lost kilo carries no cost."""
    shelf = stocked(Received("beef", 10_000, 60_000))
    shelf.commit(
        produce(
            shelf.stock,
            "P1",
            [Amount("beef", 10_000)],
            [
                Output("steak", 7_000, 9),
                Output("trim", 2_000, 1),
                Output("beef", 1_000, 0, "loss"),
            ],
            STORE,
        )
    )
    assert left(shelf, "beef") == (0, 0)
    assert left(shelf, "steak") == (7_000, 54_000)
    assert left(shelf, "trim") == (2_000, 6_000)


@pytest.mark.req("R150")
def test_assembly_carries_the_cost_of_its_parts():
    """A basket costs the sum of what went into it; parts that are not there are refused."""
    shelf = stocked(Received("apple", 6_000, 1_000), Received("box", 1_000, 250))
    parts = [Amount("apple", 3_000), Amount("box", 1_000)]
    shelf.commit(produce(shelf.stock, "P1", parts, [Output("basket", 1_000)], STORE))
    assert left(shelf, "basket") == (1_000, 750)
    with pytest.raises(InsufficientStock, match="box"):
        produce(shelf.stock, "P2", parts, [Output("basket", 1_000)], STORE)
    with pytest.raises(MoveRefused, match="weights"):
        produce(shelf.stock, "P2", parts[:1], [Output("basket", 1_000, 0)], STORE)
    with pytest.raises(AmountOverflow):
        produce(shelf.stock, "P2", parts[:1], [Output("basket", 1_000, 2**63)], STORE)


@pytest.mark.req("R149")
def test_sales_during_a_count_do_not_distort_it():
    """Counted 9 where the books said 10, then two sold: the difference is one, posted once."""
    shelf = stocked(Received("A", 10_000, 10_000))
    counted = count(shelf.stock, "A", STORE, 9_000)
    sell_moves(shelf, "A", 2_000)
    shelf.commit(stocktake(shelf.stock, "C1", [counted], "monthly"))
    assert shelf.stock.on_hand("A", STORE) == 7_000
    with pytest.raises(DocumentPosted, match="C1"):
        stocktake(shelf.stock, "C1", [counted])


def test_found_goods_come_in_at_the_average():
    """A surplus is valued as what is there; the shrinkage account shows both ways."""
    shelf = stocked(Received("A", 10_000, 10_000), Received("B", 4_000, 400))
    counts = [count(shelf.stock, "A", STORE, 12_000), count(shelf.stock, "B", STORE, 3_000)]
    shelf.commit(stocktake(shelf.stock, "C1", counts))
    assert left(shelf, "A") == (12_000, 12_000)
    assert left(shelf, "B") == (3_000, 300)
    loss = [row for row in shelf.stock.balances("A") if row.location == "loss"]
    assert [(row.on_hand_milli, row.value_minor) for row in loss] == [(-2_000, -2_000)]


def test_a_count_without_difference_is_still_an_event():
    """A clean stocktake is recorded and cannot be posted again; double counts are refused."""
    shelf = stocked(Received("A", 1_000, 100, "L1"), Received("A", 1_000, 100, "L2"))
    one = count(shelf.stock, "A", STORE, 1_000, "L1")
    two = count(shelf.stock, "A", STORE, 1_000, "L2")
    both = count(shelf.stock, "A", STORE, 2_000)
    with pytest.raises(InvalidInput, match="twice"):
        stocktake(shelf.stock, "C1", [one, two, both])
    shelf.commit(stocktake(shelf.stock, "C1", [one, two]))
    assert shelf.stock.postings("stocktake", "C1") == 1
    with pytest.raises(MoveRefused, match="below zero"):
        count(shelf.stock, "A", STORE, -1)


def test_adjustments_go_both_ways():
    """Above zero was found, below zero is gone, zero is a mistake."""
    shelf = stocked(Received("A", 10_000, 10_000))
    lines = [Amount("A", 1_000), Amount("A", -3_000)]
    shelf.commit(adjust(shelf.stock, "J1", lines, STORE, "recount"))
    assert left(shelf, "A") == (8_000, 8_000)
    with pytest.raises(MoveRefused, match="above zero"):
        adjust(shelf.stock, "J2", [Amount("A", 0)], STORE, "nothing")


def test_waste_and_returns_to_the_supplier_leave_at_cost():
    """Spoilt goods go to loss, others back where they came from, each at average cost."""
    shelf = stocked(Received("A", 10_000, 10_000))
    shelf.commit(waste(shelf.stock, "W1", [Amount("A", 1_000)], STORE, "broken"))
    shelf.commit(send_back(shelf.stock, "B1", [Amount("A", 2_000)], STORE, "supplier:ACME"))
    assert left(shelf, "A") == (7_000, 7_000)
    supplier = [row for row in shelf.stock.balances("A") if row.location == "supplier:ACME"]
    assert [(row.on_hand_milli, row.value_minor) for row in supplier] == [(-8_000, -8_000)]


def test_opening_balances_are_posted_once():
    """The same opening document a second time is refused."""
    shelf = Shelf()
    lines = [Received("A", 5_000, 500)]
    shelf.commit(receive(shelf.stock, "O1", lines, "supplier:opening", STORE, "opening"))
    with pytest.raises(DocumentPosted):
        receive(shelf.stock, "O1", lines, "supplier:opening", STORE, "opening")


@pytest.mark.parametrize(
    ("line", "location", "error"),
    [
        (Received("A", 0, 1), STORE, MoveRefused),
        (Received("A", -1, 1), STORE, MoveRefused),
        (Received("A", 1, -1), STORE, MoveRefused),
        (Received("", 1, 1), STORE, MoveRefused),
        (Received("A" * 512, 1, 1), STORE, MoveRefused),
        (Received("A", 1, 1, "L" * 256), STORE, MoveRefused),
        (Received("A", 1, 1, "L", 20261301), STORE, MoveRefused),
        (Received("A", 1, 1, owner="friend"), STORE, MoveRefused),
        (Received("A", 1, 1, owner="consignment:"), STORE, MoveRefused),
        (Received("A", 1, 1), "customer", MoveRefused),
        (Received("A", 1, 1), "shop:S001", UnknownLocation),
        (Received("A", 1, 1), "store:", UnknownLocation),
        (Received("A", 1, 1), "store:" + "S" * 250, UnknownLocation),
        (Received("A", INT64_MAX + 1, 1), STORE, AmountOverflow),
        (Received("A", 1, INT64_MAX + 1), STORE, AmountOverflow),
        (Received("\ud800", 1, 1), STORE, MoveRefused),
        (Received("A", 1, 1, "\ud800"), STORE, MoveRefused),
        (Received("A", 1, 1), "store:\ud800", MoveRefused),
    ],
)
def test_bad_lines_are_refused_in_words(line, location, error):
    """Nothing that the ledger cannot hold becomes an event."""
    shelf = Shelf()
    with pytest.raises(error):
        receive(shelf.stock, "R1", [line], "supplier:ACME", location)


def test_a_balance_never_wraps_around():
    """One more than int64 holds is refused, and the books stay as they were."""
    shelf = stocked(Received("A", INT64_MAX, INT64_MAX))
    before = dict(shelf.tables.rows["stock.balances"])
    with pytest.raises(AmountOverflow):
        receive(shelf.stock, "R2", [Received("A", 1, 0)], "supplier:ACME", STORE)
    more = StockMove("A", 1, "supplier:ACME", "warehouse:W1", 0)
    with pytest.raises(AmountOverflow):
        shelf.sold((StockMove("Z", 1, "supplier:ACME", STORE), more, more))
    assert shelf.tables.rows["stock.balances"] == before


@pytest.mark.parametrize("document", ["", "D" * 201])
def test_a_document_needs_a_number(document):
    """An empty or endless document number is refused."""
    with pytest.raises(MoveRefused, match="document number"):
        receive(Shelf().stock, document, [Received("A", 1, 1)], "supplier:ACME", STORE)
