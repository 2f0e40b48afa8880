"""What a return would bring is what it brings, and asking changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.returning.errors import ReceiptNeeded
from cashwrap.testing.shop import Shop

PARTS = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 3)), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def long_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder: Path = tmp_path_factory.mktemp("quotes") / "shop"
    shop = Shop(folder)
    yield shop
    shop.till.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts=PARTS, off_minor=st.integers(0, 900))
def test_the_quote_is_what_comes_back(long_day: Shop, parts, off_minor: int) -> None:
    """Whatever came back before, on other sales or on this cart; and the journal is as it was."""
    till = long_day.till
    sold = till.new_sale()
    sold.add("CAKE", 3)
    sold.add("COLA", 5)
    if off_minor:
        sold.discount(amount_minor=off_minor, reason="torn")
    sold.pay_cash(100_000)
    number = till.number_of(sold.id)
    back = till.new_sale()
    for line, quantity in parts:
        head = till.store.head
        try:
            quote = till.return_quote(number, [(line, quantity)], sale=back.id)
        except ReturnRefused:
            with pytest.raises(ReturnRefused):
                back.take_back(number, [(line, quantity)], reason="不想要")
            continue
        assert till.store.head == head
        made = back.take_back(number, [(line, quantity)], reason="不想要")
        assert (quote.refund_minor, quote.goods) == (made.refund_minor, made.goods)
    if back.due_minor < 0:
        back.refund("cash")
    elif not back.cart.is_empty:
        back.payments.finish()


def test_without_a_receipt_the_quote_is_the_shops_price(open_shop) -> None:  # type: ignore[no-untyped-def]
    """Sold for 15.00 a week ago, 22.00 today: 15.00; a shop that takes nothing back says so."""
    shop = open_shop('[returns]\nwithout_receipt = "lowest"\n')
    sold = shop.till.new_sale()
    sold.add("CAKE")
    sold.discount(amount_minor=700, reason="friend")
    sold.pay_cash(sold.due_minor)
    quote = shop.till.return_quote_unreceipted("CAKE", 2)
    back = shop.till.new_sale()
    made = back.take_back_unreceipted("CAKE", 2)
    assert quote.refund_minor == made.refund_minor == 3000
    careful = open_shop("")
    with pytest.raises(ReceiptNeeded):
        careful.till.return_quote_unreceipted("CAKE")


def test_a_code_is_looked_up_without_being_sold(shop: Shop) -> None:
    """The same codes as a scan takes, and no sale for it."""
    found = shop.till.look_up("6901234567892")
    assert found.item.sku == "COLA"
    assert shop.till.open_sales() == ()
