"""What goods would come to now, without a sale."""

import pytest

from cashwrap.catalog.errors import UnknownItem
from cashwrap.sale.quote import Quoted
from cashwrap.testing.shop import Shop


def test_a_quote_is_what_a_sale_would_come_to(shop: Shop) -> None:
    """Cans, weighed apples and a set meal, each with its own amount, as on a sale."""
    till = shop.till
    quoted = till.quote(
        [
            Quoted("COLA", 2_000),
            Quoted("APPLE", 532),
            Quoted("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]}),
        ],
        customer="vip",
    )
    sale = till.new_sale(customer="vip")
    sale.add("COLA", 2)
    sale.add("APPLE", "0.532")
    sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    assert [line.payable_minor for line in quoted] == [600, 681, 2_800]
    assert sum(line.payable_minor for line in quoted) == sale.totals.payable_minor


def test_a_quote_leaves_nothing_behind(shop: Shop) -> None:
    """No sale is open, nothing is journaled."""
    before = shop.till.store.head
    shop.till.quote([Quoted("COLA")])
    assert shop.till.open_sales() == ()
    assert shop.till.store.head == before


def test_what_is_not_sold_has_no_quote(shop: Shop) -> None:
    """An unknown item is refused by name."""
    with pytest.raises(UnknownItem, match="WINE"):
        shop.till.quote([Quoted("WINE")])
