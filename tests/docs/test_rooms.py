"""The first example on each room's page runs as it is printed, beside an open store."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.stock.view import Stock
from cashwrap.testing.shop import Shop

DOCS = Path(__file__).parents[2] / "docs"
FIRST_EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def run(page: str, shop: Shop, **names: object) -> dict[str, object]:
    """Run the page's first example; return what it made."""
    found = FIRST_EXAMPLE.search((DOCS / page).read_text(encoding="utf-8"))
    assert found is not None
    made = {"store": shop.till.store, "now": shop.clock.now(), **names}
    exec(compile(found[1], page, "exec"), made)
    return made


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", items=())
    yield made
    made.till.close()


def test_catalog_page(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is imported, put in force, and a scanned can has its price."""
    monkeypatch.chdir(tmp_path)
    table = (DOCS / "catalog.md").read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]
    Path("goods.csv").write_text(table.replace(",drink,", ",,"), encoding="utf-8")
    assert run("catalog.md", shop)["price"].unit_minor == 350  # type: ignore[attr-defined]


def test_scanning_page(shop: Shop) -> None:
    """A can is scanned."""
    made = run("scanning.md", shop, now_ms=shop.clock.now().wall_ms, show=print)
    assert made["scan"].gtin == 6901234567892  # type: ignore[attr-defined]


def test_pricing_page(shop: Shop) -> None:
    """Two at 19.99 less a tenth."""
    made = run("pricing.md", shop)
    assert made["cart"].price().payable_minor == 3598  # type: ignore[attr-defined]


def test_stock_page(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten pieces come in, two break, eight are left at their cost."""
    run("stock.md", shop)
    assert capsys.readouterr().out == "10000 15000\n"
    with shop.till.store.read() as reader:
        stock = Stock(reader)
        assert (stock.on_hand("TEA", "store:S1"), stock.value("TEA", "store:S1")) == (8_000, 12_000)


def test_shifts_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A drawer is opened, sold from, counted blind, and balances."""
    stocked = Shop(tmp_path / "shop")
    run("shifts.md", stocked, till=stocked.till)
    assert capsys.readouterr().out == "50000\n1 0\n"
    stocked.till.close()
