"""A sale that was suspended and brought back: what stays, and what its old `Sale` still does."""

import pytest

from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.holds.errors import AlreadyResumed
from cashwrap.sale.returning.errors import ReturnChanged
from cashwrap.testing.shop import Shop


def test_a_suspended_sale_is_cancelled_where_it_waits(shop: Shop) -> None:
    """The hold is cancelled with it; the same command again does nothing."""
    sale = shop.till.new_sale()
    sale.add("CAKE")
    hold = sale.suspend("接电话")
    sale.cancel("nobody came", command="c1")
    sale.cancel("nobody came", command="c1")
    assert sale.state == "cancelled"
    assert shop.till.holds.find(hold.code).state == "cancelled"


@pytest.mark.parametrize("paid", [0, 100, 2200])
def test_a_resumed_sale_is_not_cancelled_through_the_suspended_one(shop: Shop, paid: int) -> None:
    """What was paid stays a sale, with its receipt, and may be returned."""
    sale = shop.till.new_sale()
    sale.add("CAKE")
    back = shop.till.holds.resume(sale.suspend("接电话")).sale
    if paid:
        back.pay_cash(paid)
    with pytest.raises(AlreadyResumed):
        sale.cancel("mistake")
    if back.state != "completed":
        back.pay_cash(2200)
    assert shop.till.returnable(sale.id).number == shop.till.returnable(1).number
    assert shop.till.holds.find(sale.id).state == "completed"


def test_the_number_of_a_line_that_was_undone_is_not_given_again(shop: Shop) -> None:
    """Also where the sale waited in between: a number means one line for ever."""
    sale = shop.till.new_sale()
    for sku in ("COLA", "CAKE", "BUN"):
        sale.add(sku)
    sale.undo()
    back = shop.till.holds.resume(sale.suspend("接电话")).sale
    assert back.add("TEA-L").number == 4
    till = shop.crash()
    assert till.sale(back.id).add("BUN").number == 5


def test_a_return_that_was_done_elsewhere_is_among_the_changes(shop: Shop) -> None:
    """Whoever comes back with goods that came back meanwhile is told at the resume, not later."""
    sold = shop.till.new_sale()
    sold.add("CAKE", 2)
    sold.pay_cash(4_400)
    waits = shop.till.new_sale()
    waits.take_back(1, [(1, 1)])
    again = shop.till.holds.resume(waits.suspend("接电话"))
    assert again.changes.nothing
    hold = again.sale.suspend("接电话")
    other = shop.till.new_sale()
    other.take_back(1, [(1, 2)])
    other.refund()
    back = shop.till.holds.resume(hold)
    assert not back.changes.nothing
    (told,) = back.changes.returns
    assert (told.number, told.before_minor, told.after_minor) == (1, 2_200, 0)
    assert told.why
    with pytest.raises(ReturnRefused):
        back.sale.refund()


def test_a_return_that_brings_less_now_is_among_the_changes(shop: Shop) -> None:
    """Two pieces of one receipt wait; one comes back elsewhere: what is left is told."""
    sold = shop.till.new_sale()
    sold.add("CAKE", 3)
    sold.discount(amount_minor=100, reason="torn")
    sold.pay_cash(6_500)
    waits = shop.till.new_sale()
    edit = waits.take_back(1, [(1, 1)])
    hold = waits.suspend("接电话")
    other = shop.till.new_sale()
    other.take_back(1, [(1, 1)])
    other.refund()
    back = shop.till.holds.resume(hold)
    (told,) = back.changes.returns
    assert (told.before_minor, told.after_minor) == (edit.refund_minor, 2_166)
    with pytest.raises(ReturnChanged):
        back.sale.refund()
    assert back.sale.refund().cash_minor == 2_166
