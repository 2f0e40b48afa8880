"""Open sales while catalogs and settings change around them."""

import msgspec
import pytest

from cashwrap.errors import AmountOverflow
from cashwrap.pricing.errors import UnknownTax
from cashwrap.pricing.model import Fee
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.settings import FILE_NAME
from cashwrap.testing.shop import SETTINGS, Shop


def tax(code: str, rate_ppm: int) -> dict[str, object]:
    return {"type": "tax", "code": code, "component": "vat", "name": "税", "rate_ppm": rate_ppm}


def item(sku: str, code: str) -> dict[str, object]:
    return {"type": "item", "sku": sku, "name": sku, "tax": code, "price": "1.00"}


OLD = [tax("old", 130_000), item("OLD", "old")]
NEW = [tax("old", 90_000), tax("new", 60_000), item("OLD", "old"), item("NEW", "new")]


def proof(sale: Sale) -> bytes:
    return msgspec.msgpack.encode(sale.priced())


@pytest.fixture
def moved(shop: Shop) -> Sale:
    """A sale that began under one catalog and goes on under the next."""
    shop.load(OLD)
    sale = shop.till.new_sale()
    sale.add("OLD")
    assert sale.totals.tax_minor == 12  # 13 % in 1.00
    shop.load(NEW)
    return sale


def test_a_tax_code_of_a_newer_catalog_is_learned_and_old_ones_stay(
    shop: Shop, moved: Sale
) -> None:
    """6 % on what only the new catalog has, 13 % as begun on the rest; a new sale pays 9 %."""
    moved.add("NEW")
    moved.add("OLD")
    assert [row.rate_ppm for row in moved.priced().taxes] == [130_000, 60_000]
    assert moved.totals.payable_minor == 300
    other = shop.till.new_sale()
    other.add("OLD")
    assert [row.rate_ppm for row in other.priced().taxes] == [90_000]
    before = proof(moved)
    assert proof(shop.crash().sale(moved.id)) == before
    again = shop.till.sale(moved.id)
    again.undo()
    again.undo()
    assert again.totals.tax_minor == 12
    again.pay_cash(100)
    body = shop.till.record_of(again.id).body()
    assert isinstance(body, SaleCompleted)
    assert body.tax_minor == 12


def test_an_open_sale_comes_back_though_its_tax_codes_are_gone(shop: Shop, moved: Sale) -> None:
    """Catalog and settings without the code: the sale is priced as it was, to the byte."""
    before = proof(moved)
    shop.load([item("FREE", "")])
    (shop.folder / FILE_NAME).write_text(SETTINGS.partition("[[taxes]]")[0], encoding="utf-8")
    again = shop.crash().sale(moved.id)
    assert proof(again) == before
    again.set_quantity(1, 3)
    assert again.totals.payable_minor == 300


def test_a_tax_code_that_nobody_knows_is_refused_and_the_sale_goes_on(
    shop: Shop, moved: Sale
) -> None:
    """A fee under a code that no table has: refused, and the proof is as it was."""
    before = proof(moved), moved.history
    with pytest.raises(UnknownTax):
        moved.charge(Fee("fee", "服务费", "fixed", 100, tax="nowhere"))
    with pytest.raises(AmountOverflow):  # its code is learned for nothing
        moved.charge(Fee("fee", "服务费", "fixed", 2**63 - 1, tax="new"))
    assert (proof(moved), moved.history) == before
    moved.pay_cash(100)
    assert shop.till.store.verify().fault is None
