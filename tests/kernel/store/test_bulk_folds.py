"""Folding many events at once leaves the tables that folding them one by one leaves."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.errors import AmountOverflow
from cashwrap.events import Envelope, Event
from cashwrap.money import INT64_MAX
from cashwrap.ports import Timestamp
from cashwrap.sale.events import (
    ReceiptReprinted,
    SaleCancelled,
    SaleCompleted,
    SaleFolded,
    SaleResumed,
    SaleSuspended,
    Taking,
)
from cashwrap.sale.projection import SaleProjection
from cashwrap.stock.events import StockHold, StockMoved, StockReleased, StockReserved
from cashwrap.stock.moves import StockMove
from cashwrap.stock.projection import StockProjection
from cashwrap.store.projections import fold_all
from cashwrap.store.tables import Projection
from cashwrap.store.views import MemoryWriter
from cashwrap.tender import events as e
from cashwrap.tender.projection import SaleEnded, TenderProjection

pack = msgspec.msgpack.encode
OUT = StockMove("A", 1000, "store:S001", "customer", 3)


def sale(day: int, number: int, *moves: StockMove) -> SaleFolded:
    """Return what the projections see of a finished sale."""
    takings = (Taking("cash", 5), Taking("card" if number % 2 else "alipay", 0))
    packed = msgspec.Raw(pack(moves))
    return SaleFolded(f"S{number}", number, day, packed, takings, 5, 1, 2, 3, -1, 5 * number)


SALES: list[tuple[str, Event]] = [
    ("sale.completed", sale(20260301, 1)),
    ("sale.completed", sale(20260301, 2)),
    ("sale.completed", sale(20260302, 3)),
    ("sale.cancelled", SaleCancelled("S4", 20260301, "", 0, ())),
    ("sale.suspended", SaleSuspended("S5", 20260301, "", 0, ())),
    ("sale.resumed", SaleResumed("S5")),
    ("sale.reprinted", ReceiptReprinted("S1", 1, 2)),
]
STOCK: list[tuple[str, Event]] = [
    ("sale.completed", sale(20260301, 1, OUT, StockMove("B", 2, "store:S001", "customer"))),
    ("sale.completed", sale(20260301, 2, OUT)),
    ("stock.moved", StockMoved((StockMove("A", 9, "supplier:X", "store:S001"),), "D1", "receipt")),
    ("stock.reserved", StockReserved("R1", (StockHold("A", 2, "store:S001"),))),
    ("stock.released", StockReleased("R1", ())),
]
PAYMENTS: list[tuple[str, Event]] = [
    (event.kind, event)
    for event in (
        e.TenderIntended("P1", "S1", "card", "card", 9, "CNY", Timestamp(5, 5), 9, False, 0, b"x"),
        e.TenderAsked("P1"),
        e.TenderApproved("P1", 9, 0, 9, "X1"),
        e.TenderApproved("P1", 9, 0, 9, "X2", stored=True),
        e.TenderForwarded("P1", True),
        e.TenderCancelled("P1"),
        e.TenderLateApproval("P1", 9, "X3"),
        e.TenderRefundIntended("R1", "P1", 9, "late", True),
        e.TenderRefunded("R1", "P1", 9),
        e.CashTaken("P2", "S1", "CNY", 10, 1),
        e.CashTaken("P3", "S2", "CNY", 5, 5),
        e.CashReturned("P4", "S3", "CNY", 4, "P2"),
        e.CashReturned("P5", "S3", "CNY", 4),
        e.TenderRecorded("P6", "S1", "voucher", "gift", 3, "CNY", "V1"),
        e.TenderTakenBack("R6", "P6", 3),
    )
] + [("sale.completed", SaleEnded("S1")), ("sale.cancelled", SaleEnded("S2"))]


@pytest.mark.parametrize(
    ("projection", "events"),
    [
        (SaleProjection(), SALES),
        (StockProjection({SaleCompleted.kind: SaleFolded}), STOCK),
        (TenderProjection(), PAYMENTS),
    ],
    ids=["sale", "stock", "tender"],
)
@given(data=st.data())
def test_the_size_of_a_batch_leaves_no_trace(
    projection: Projection, events: list[tuple[str, Event]], data: st.DataObject
) -> None:
    """Any events in any order, cut anywhere, give the rows of one fold for each event."""
    drawn = data.draw(st.lists(st.sampled_from(events), max_size=20))
    told = [(envelope(kind, seq), body) for seq, (kind, body) in enumerate(drawn, 1)]
    cut = data.draw(st.integers(0, len(told)))
    one_by_one, at_once = MemoryWriter(projection.tables), MemoryWriter(projection.tables)
    for each in told:
        projection.fold(one_by_one, *each)
    fold_all(projection, at_once, told[:cut])
    fold_all(projection, at_once, told[cut:])
    assert rows(at_once) == rows(one_by_one)


def test_an_overflow_in_a_batch_names_the_event() -> None:
    """A balance beyond 64 bits is refused in the words of a single fold."""
    projection = StockProjection({SaleCompleted.kind: SaleFolded})
    much = sale(20260301, 1, StockMove("A", INT64_MAX, "store:S001", "customer"))
    with pytest.raises(AmountOverflow, match=r"sale\.completed: a balance"):
        fold_all(
            projection, MemoryWriter(projection.tables), 2 * [(envelope("sale.completed", 1), much)]
        )


def test_rows_changed_in_place_are_found_in_order() -> None:
    """A scan sees what was put into the rows of a table directly."""
    writer = MemoryWriter(("t.rows",))
    writer.put("t.rows", b"b", b"1")
    writer.rows("t.rows")[b"a"] = b"2"
    assert list(writer.items("t.rows")) == [(b"a", b"2"), (b"b", b"1")]


def envelope(kind: str, seq: int) -> Envelope:
    """Return what stands around an event."""
    return Envelope(kind, 1, "S001", "T1", 1, seq, 1000 + seq, seq, "", "", msgspec.Raw(b""))


def rows(writer: MemoryWriter) -> dict[str, dict[bytes, bytes]]:
    """Return all rows by table."""
    return {name: table.rows for name, table in writer.tables.items()}
