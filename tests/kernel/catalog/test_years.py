"""A till that imports its catalog week after week for years."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.catalog.snapshot import snapshots
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

DAY_MS = 86_400_000


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    yield made
    made.till.close()


def kept(till: Till) -> list[int]:
    with till.store.read() as reader:
        return [one.version for one in snapshots(reader)]


def price_minor(till: Till) -> int:
    sale = till.new_sale()
    sale.add("NEW")
    found = sale.totals.payable_minor
    sale.cancel()
    return found


def test_old_catalogs_go_and_what_is_planned_stays(shop: Shop) -> None:
    """Each import leaves those in force and planned, and the newest three beside its own."""
    till, source = shop.till, shop.folder / "goods.csv"
    planned_ms = till.now().wall_ms + DAY_MS
    for week in range(1, 9):
        source.write_text(f"sku,name,tax,price\nNEW,新品,food,{week}.00\n", "utf-8")
        till.import_catalog(source, effective_at_ms=planned_ms if week == 2 else 0)
    assert kept(till) == [3, 6, 7, 8, 9]  # 1 was the shop's first
    assert price_minor(till) == 800
    shop.clock.pass_ms(DAY_MS)
    assert price_minor(till) == 200


def test_a_training_till_keeps_only_what_it_sells_by(shop: Shop) -> None:
    """Each time that training begins the shop's catalog is copied, and the one before goes."""
    for whole in range(1, 5):
        price = f"{whole}.00"
        shop.load([{"type": "item", "sku": "NEW", "name": "新品", "tax": "food", "price": price}])
        training = shop.till.training()
        assert price_minor(training) == whole * 100
        assert len(kept(training)) <= 2
