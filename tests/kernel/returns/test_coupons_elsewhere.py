"""A coupon that lies on one sale while it becomes void, or is used, by another."""

import pytest
from builders.promotions import BACK, FIVE, rule_set

from cashwrap.sale.coupons import CouponsSettled
from cashwrap.sale.errors import PriceChanged
from cashwrap.testing.shop import Shop


def issued(shop: Shop) -> str:
    """Sell ten cakes on receipt 1; return the code of the coupon that they bring."""
    shop.till.publish_rules(rule_set(BACK, FIVE))
    sale = shop.till.new_sale()
    sale.add("CAKE", 10)
    sale.pay_cash(22_000)
    (settled,) = [
        body
        for record in shop.till.store.records()
        if type(body := record.body()) is CouponsSettled
    ]
    return settled.issued[0].code


def test_goods_that_come_back_take_their_coupon_off_an_open_sale(shop: Shop) -> None:
    """Buying, showing the coupon at the next till, and giving the goods back gains nothing."""
    code = issued(shop)
    sale = shop.till.new_sale()
    sale.add("CAKE", 3)
    sale.add_coupon(code)
    assert sale.due_minor == 6100
    back = shop.till.new_sale()
    back.take_back(1)
    back.refund()
    with pytest.raises(PriceChanged):
        sale.pay_cash(6100)
    assert (sale.state, sale.due_minor) == ("open", 6600)
    assert sale.pay_cash(6600).change_minor == 0


def test_a_coupon_that_became_void_while_a_sale_waited_is_named(shop: Shop) -> None:
    """The sale comes back without it."""
    code = issued(shop)
    sale = shop.till.new_sale()
    sale.add("CAKE", 3)
    sale.add_coupon(code)
    hold = sale.suspend("接电话")
    shop.till.post_void(1, "twice")
    back = shop.till.holds.resume(hold)
    assert [gone.coupon for gone in back.changes.coupons] == [code]
    assert (back.changes.before_minor, back.sale.due_minor) == (6100, 6600)


def test_an_undo_uses_no_coupon_twice(shop: Shop) -> None:
    """A coupon that was given back for another sale is not taken from both."""
    code = issued(shop)
    sales = [shop.till.new_sale(), shop.till.new_sale()]
    for sale in sales:
        sale.add("CAKE", 3)
        sale.add_coupon(code)
        if sale is sales[0]:
            sale.remove_coupon(code)
    sales[0].undo()
    assert [sale.due_minor for sale in sales] == [6100, 6100]
    sales[0].pay_cash(6100)
    with pytest.raises(PriceChanged):
        sales[1].pay_cash(6100)
    assert sales[1].due_minor == 6600
