"""The register's pages through the till."""

import pytest

from cashwrap.testing.shop import ITEMS, Shop


@pytest.mark.req("R4")
def test_a_stores_own_order_survives_a_restart_and_leaves_headquarters_alone(
    shop: Shop,
) -> None:
    """C before A, and goods within a page, kept after a restart; an empty order goes back."""
    groups: list[dict[str, object]] = [
        {"type": "group", "code": code, "name": code, "position": place, "skus": ["COLA", "BUN"]}
        for place, code in enumerate("ABC")
    ]
    shop.load([*ITEMS, *groups])
    shop.till.arrange(["C", "A"])
    shop.till.arrange(["BUN"], "A")
    shop.reopen()
    assert [group.code for group in shop.till.groups()] == ["C", "A", "B"]
    assert shop.till.groups()[1].skus == ("BUN", "COLA")
    assert [group.code for group in shop.till.catalog.groups()] == ["A", "B", "C"]
    shop.till.arrange([])
    assert [group.code for group in shop.till.groups()] == ["A", "B", "C"]


def test_text_that_no_record_can_hold_is_simply_not_found(shop: Shop) -> None:
    """A lone surrogate names no store, no family and no SKU, and raises nothing of Python's own."""
    catalog = shop.till.catalog
    assert [group.code for group in catalog.groups("\ud800")] == []
    assert catalog.variants("\ud800") == ()
    assert catalog.find_sku("\ud800") is None
    assert catalog.items("\ud800") == ()
