"""The short way to draw from a single balance decides as the long way does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.shelf import Shelf

from cashwrap.errors import AmountOverflow
from cashwrap.money import INT64_MAX
from cashwrap.stock.book import Book, DrawPolicy
from cashwrap.stock.documents import Amount, Received, adjust, receive
from cashwrap.stock.moves import CUSTOMER, LOSS
from cashwrap.stock.view import Stock
from cashwrap_native import ledger

HERE = "store:S001"
lots = st.lists(
    st.tuples(
        st.integers(1, 5000),
        st.integers(0, 10_000) | st.integers(0, 2**61),
        st.sampled_from(["", "A", "临"]),
        st.sampled_from(["", "consignment:农场"]),
    ),
    max_size=3,
)
draws = st.lists(
    st.tuples(st.integers(1, 3000), st.sampled_from([CUSTOMER, LOSS])), min_size=1, max_size=5
)


class NoShortWay(Stock):
    """A stock that always makes the caller choose."""

    def plain_draw(
        self, sku: str, location: str, quantity_milli: int
    ) -> tuple[int, str, int, str] | None:
        return None


def draw_all(book: Book, drawn: list[tuple[int, str]]) -> int:
    """Draw one after the other; return at which line a cost did not fit, 0 for none."""
    for line, (milli, target) in enumerate(drawn, 1):
        try:
            book.draw("TEA", milli, DrawPolicy((HERE,)), target, line)
        except AmountOverflow:
            return line
    return 0


@given(lots, draws, st.booleans())
def test_both_ways_give_the_same_moves(
    received: list[tuple[int, int, str, str]], drawn: list[tuple[int, str]], drain: bool
) -> None:
    """Any balances, any number of draws of one SKU: same lots, owners and costs."""
    shelf = Shelf()
    for number, (milli, cost, lot, owner) in enumerate(received):
        line = Received("TEA", milli, cost, lot, 20260301 if lot else 0, owner)
        shelf.commit(receive(shelf.stock, f"D{number}", [line], "supplier:A", HERE))
    books = Book(shelf.stock), Book(NoShortWay(shelf.tables))
    before = shelf.stock.on_hand("TEA")
    if drain and before > 0:  # sold out, with a last known cost, and then beyond
        shelf.commit(adjust(shelf.stock, "A", [Amount("TEA", -before)], HERE, "盘亏"))
    refused = [draw_all(book, drawn) for book in books]
    assert refused[0] == refused[1]
    assert books[0].moves == books[1].moves
    assert books[0].rows("TEA") == books[1].rows("TEA")


def test_bad_input_is_refused() -> None:
    """A damaged record and a quantity not above zero are errors, never an answer."""
    shelf = Shelf()
    line = Received("TEA", INT64_MAX, INT64_MAX)
    shelf.commit(receive(shelf.stock, "D", [line], "supplier:A", HERE))
    record = shelf.tables.get("stock.balances", b"TEA")
    assert record is not None
    whole = ledger.plain_draw(record, HERE.encode(), INT64_MAX)
    assert whole == (INT64_MAX, "", 0, "")
    assert ledger.plain_draw(record, b"store:S002", 1) == (1, "", 0, "")
    assert ledger.plain_draw(None, HERE.encode(), 1) == (0, "", 0, "")
    with pytest.raises(ValueError, match="quantity"):
        ledger.plain_draw(record, HERE.encode(), 0)
    for cut in range(len(record)):
        with pytest.raises(ValueError, match="damaged"):
            ledger.plain_draw(record[:cut], HERE.encode(), 1)
