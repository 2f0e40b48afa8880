"""The least price of an item holds for discounts and overrides, however it is sold."""

import pytest

from cashwrap.pricing.errors import BelowMinimum
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import ITEMS, Shop

LEAST = {"COLA": "3.00", "APPLE": "10.00", "SET": "20.00"}


@pytest.fixture
def sale(shop: Shop) -> Sale:
    """A sale in a shop whose cola, apples and set meal have a least price."""
    shop.load(
        [
            item | {"minimum": LEAST[str(item["sku"])]}
            if item["type"] == "item" and item["sku"] in LEAST
            else item
            for item in ITEMS
        ]
    )
    return shop.till.new_sale()


CASES = {
    "piece": (lambda sale: sale.add("COLA"), 300),
    "case of 24": (lambda sale: sale.scan("16901234567899"), 24 * 300),
    "weighed": (lambda sale: sale.add("APPLE", "1.500"), 1500),
    "price label": (lambda sale: sale.scan("2110001005008"), 391),  # 0.391 kg at 5.00
    "set meal": (
        lambda sale: sale.add("SET", 2, choices={"点心": ["CAKE"], "饮品": ["TEA-M"]}),
        2 * 2000,
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_no_discount_brings_goods_below_their_least_price(sale: Sale, case: str) -> None:
    """90 % off, on the line or the order, or more than all of it, stops at the least price."""
    add, least_minor = CASES[case]
    line = add(sale)
    for given in (
        {"percent_ppm": 900_000, "lines": [line.number]},
        {"percent_ppm": 1_000_000},
        {"amount_minor": 10**9},
        {"unit_price_minor": 1, "lines": [line.number]},
    ):
        sale.discount(reason="清仓", **given)  # type: ignore[arg-type]
        assert sale.totals.payable_minor == least_minor
        sale.undo()


@pytest.mark.parametrize("case", ["piece", "case of 24", "set meal"])
def test_an_override_below_the_least_price_needs_an_approver(sale: Sale, case: str) -> None:
    """Refused without one, and nothing is journaled; with one it holds."""
    line = CASES[case][0](sale)
    before = sale.priced(), sale.history
    with pytest.raises(BelowMinimum, match="ask for approval"):
        sale.override_price(line.number, 1, "清仓")
    assert (sale.priced(), sale.history) == before
    sale.override_price(line.number, 1, "清仓", approver="boss")
    assert sale.lines[0].unit_minor == 1
