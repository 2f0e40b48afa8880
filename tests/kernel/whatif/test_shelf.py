"""The goods of a shop as rules see them."""

import pytest

from cashwrap.promotions.model import Goods
from cashwrap.testing.shop import ITEMS, Shop
from cashwrap.whatif.shelf import shelf_of, with_costs

TREE = (
    {"type": "category", "code": "food", "name": "食品"},
    {"type": "category", "code": "drink", "name": "饮料", "parent": "food"},
    {"type": "item", "sku": "MILK", "name": "牛奶", "tax": "vat13", "category": "drink",
     "tags": ["cold"], "price": "11.30", "minimum": "9.00"},
    {"type": "item", "sku": "NOPRICE", "name": "没有价格"},
)  # fmt: skip


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path / "shop", items=[*ITEMS, *TREE])
    yield made
    made.till.close()


def shelf(shop):
    till = shop.till
    return shelf_of(till.store, till.settings, till.now().wall_ms)


def test_has_what_can_be_sold_at_its_price_in_force(shop):
    """Families, goods without a price and packs are left out; variants and meals are there."""
    found = {item.goods.sku: item.unit_minor for item in shelf(shop).items}
    assert found == {
        "APPLE": 1280, "BUN": 900, "CAKE": 2200, "COLA": 350, "MILK": 1130, "PEARL": 5,
        "SET": 2500, "TEA-L": 1800, "TEA-M": 1500,
    }  # fmt: skip


def test_knows_categories_above_tags_floor_and_the_taxes_in_a_price(shop):
    """A category includes those above it; 13 % in 11.30 leave 10.00."""
    (milk,) = [item for item in shelf(shop).items if item.goods.sku == "MILK"]
    assert milk.goods == Goods("MILK", "", ("drink", "food"), ("cold",))
    assert milk.least_minor == 900
    assert milk.unit_minor * milk.net_ppm // 1_000_000 in (999, 1000)


def test_costs_come_from_the_stock_ledger(shop):
    """The average of what is on hand, also after all of it was sold; None where nobody knows."""
    shop.receive("COLA", 10_000, 2_000)
    shop.receive("COLA", 10_000, 2_400)
    shop.receive("BUN", 1_000, 333)
    sale = shop.till.new_sale()
    sale.add("BUN")
    sale.pay_cash(1_000)
    costs = {item.goods.sku: item.cost_minor for item in shelf(shop).items}
    assert (costs["COLA"], costs["BUN"], costs["CAKE"]) == (220, 333, None)


def test_costs_may_come_from_elsewhere(shop):
    """Named SKUs get another cost, the rest keep theirs."""
    shop.receive("COLA", 10_000, 2_000)
    found = with_costs(shelf(shop), {"CAKE": 1_500})
    costs = {item.goods.sku: item.cost_minor for item in found.items}
    assert (costs["COLA"], costs["CAKE"]) == (200, 1_500)


def test_says_what_an_ordinary_sale_of_this_shop_is(shop):
    """Its own store and order types, now."""
    found = shelf(shop)
    assert found.occasion.store == "S001"
    assert found.order_types == ("", "dine_in", "takeaway")
    assert found.categories == ("drink", "food")
    assert found.real
