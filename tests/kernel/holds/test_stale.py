"""A `Sale` that was suspended and brought back as another one: the old one does nothing to it."""

import pytest

from cashwrap.sale.holds.errors import AlreadyResumed
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
