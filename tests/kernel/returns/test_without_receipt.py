"""Goods that come back without a receipt: at which price, and where they and the money go."""

import pytest

from cashwrap.errors import CashwrapError
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.returning.errors import ReceiptNeeded
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop


def sell(shop: Shop, sku: str, off_minor: int = 0) -> None:
    sale = shop.till.new_sale()
    sale.add(sku)
    if off_minor:
        sale.discount(amount_minor=off_minor, reason="friend")
    sale.pay_cash(sale.due_minor)


def unreceipted(shop: Shop, sku: str, quantity: object = 1, **how: object) -> Sale:
    back = shop.till.new_sale()
    back.take_back_unreceipted(sku, quantity, **how)  # type: ignore[arg-type]
    return back


def test_a_shop_takes_nothing_back_without_a_receipt_unless_it_says_so(shop: Shop) -> None:
    """The default is the careful one."""
    with pytest.raises(ReceiptNeeded, match=r"returns\.without_receipt"):
        unreceipted(shop, "CAKE")


def test_the_lowest_price_of_late_counts(open_shop) -> None:  # type: ignore[no-untyped-def]
    """22.00 today, sold for 15.00 last week and for 10.00 two months ago: 15.00."""
    shop = open_shop('[returns]\nwithout_receipt = "lowest"\nunreceipted_to = "cash"\n')
    day_ms = 86_400_000
    for off_minor, days in ((1200, 53), (700, 7), (0, 0)):
        sell(shop, "CAKE", off_minor)
        shop.clock.jump(days * day_ms)
    back = unreceipted(shop, "CAKE", 2)
    assert back.due_minor == -3000
    assert back.refund().cash_minor == 3000
    assert unreceipted(shop, "COLA").due_minor == -350  # never sold: today's


def test_a_clock_that_was_wrong_hides_no_lower_price(open_shop) -> None:  # type: ignore[no-untyped-def]
    """One sale that says it is of last year ends the search for those before it no more."""
    shop = open_shop('[returns]\nwithout_receipt = "lowest"\n')
    sell(shop, "CAKE", 700)
    shop.clock.jump(-400 * 86_400_000)
    sell(shop, "COLA")
    shop.clock.jump(400 * 86_400_000)
    assert unreceipted(shop, "CAKE").due_minor == -1500


def test_todays_price_is_taxed_as_a_sale_would_be(open_shop) -> None:  # type: ignore[no-untyped-def]
    """The taxes in it go back, to the unit that a sale of the same would bring."""
    shop = open_shop('[returns]\nwithout_receipt = "today"\nunreceipted_to = "cash"\n')
    sell(shop, "APPLE")
    back = unreceipted(shop, "APPLE", "0.750", reason="rotten", location="loss")
    sale = shop.till.new_sale()
    sale.add("APPLE", "0.750")
    assert back.due_minor == -sale.due_minor
    back.refund()
    body = shop.till.record_of(back.id).body()
    assert isinstance(body, SaleCompleted)
    assert body.tax_minor == -sale.totals.tax_minor
    assert (body.returns[0].of_number, body.returns[0].note) == (0, "rotten")
    assert [move.target for move in body.moves] == ["loss:returned"]


def test_the_lot_in_hand_goes_back_to_stock(open_shop) -> None:  # type: ignore[no-untyped-def]
    """Cost is today's; the batch is the one that the clerk reads off the pack."""
    shop = open_shop('[returns]\nwithout_receipt = "today"\nunreceipted_to = "cash"\n')
    shop.receive("COLA", 4_000, 8_00)
    back = unreceipted(shop, "COLA", lot="B7", serial="SN1")
    back.refund()
    body = shop.till.record_of(back.id).body()
    assert isinstance(body, SaleCompleted)
    (move,) = body.moves
    assert (move.lot, move.cost_minor, move.target) == ("B7", 200, "store:S001")
    assert body.cost_minor == -200
    assert body.returns[0].goods[0].serial == "SN1"


def test_what_cannot_be_priced_or_is_a_meal_is_refused(open_shop) -> None:  # type: ignore[no-untyped-def]
    """Nothing is put down by a refusal."""
    shop = open_shop('[returns]\nwithout_receipt = "today"\n')
    back = shop.till.new_sale()
    for sku, quantity in (("SET", 1), ("NOPE", 1), ("TEA", 1), ("CAKE", 0), ("CAKE", "0.5")):
        with pytest.raises(CashwrapError):
            back.take_back_unreceipted(sku, quantity)
    assert back.returns == ()
