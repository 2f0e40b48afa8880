"""The plugin on a real till."""

from itertools import permutations
from pathlib import Path

import pytest

import cashwrap_plugins.fiscal
from cashwrap.cli.main import main
from cashwrap.store.verify import differing_projections
from cashwrap.testing.plugins import conformance
from cashwrap.testing.shop import Shop

PLUGIN = Path(cashwrap_plugins.fiscal.__file__).parent
PLAIN = '\nshop_name = "街角小店"\n'
DAY_MS = 86_400_000


ITEMS = [
    {"type": "book", "code": "base"},
    {"type": "item", "sku": "COLA", "name": "可乐", "tax": "vat13", "price": "11.30"},
    {"type": "item", "sku": "RICE", "name": "大米", "tax": "vat9", "price": "10.90"},
    {"type": "item", "sku": "EGG", "name": "鸡蛋", "price": "5.00"},
]


def opened(tmp_path: Path, taxpayer: str = "general", items=ITEMS) -> Shop:
    settings = f'{PLAIN}[plugins.fiscal]\ntaxpayer = "{taxpayer}"\n'
    return Shop(tmp_path / "shop", settings=settings, items=items, plugins=[PLUGIN])


def sold(shop: Shop, sku: str, count: int = 1) -> str:
    sale = shop.till.new_sale()
    sale.add(sku, count)
    sale.pay_cash(sale.due_minor)
    return sale.id


@pytest.mark.parametrize("taxpayer", ["", "general", "small_scale"])
def test_it_conforms(tmp_path, taxpayer):
    """A day, a crash and a rebuild with it, whoever pays."""
    settings = f'{PLAIN}order_types = [""]\n[plugins.fiscal]\ntaxpayer = "{taxpayer}"\n'
    items = [*ITEMS[:2], *(dict(ITEMS[1], sku=sku) for sku in ("CAKE", "BUN", "TEA-L"))]
    assert conformance(PLUGIN, tmp_path / "shop", settings=settings, items=items) == []


def test_one_catalog_serves_both_kinds_of_taxpayer(tmp_path):
    """The customer pays the same; what of it is tax depends on who sells."""
    taxes = {}
    for taxpayer in ("general", "small_scale"):
        shop = opened(tmp_path / taxpayer, taxpayer)
        sold(shop, "COLA")
        totals = shop.till.takings()
        taxes[taxpayer] = (totals.payable_minor, totals.tax_minor)
        shop.till.close()
    assert taxes == {"general": (1_130, 130), "small_scale": (1_130, 11)}


def test_the_reports_add_up_what_the_return_asks_for(tmp_path, capsys):
    """By rate and day, what came back taken off; exempt goods are counted."""
    shop = opened(tmp_path)
    cola = sold(shop, "COLA", 2)
    sold(shop, "RICE")
    sold(shop, "EGG")
    shop.clock.pass_ms(DAY_MS)
    back = shop.till.new_sale()
    back.take_back(cola, [(1, 1)])
    back.refund()
    assert shop.till.store.verify().ok
    tax_minor = shop.till.takings(20260301).tax_minor
    shop.till.close()
    folder = str(shop.folder)
    capsys.readouterr()
    assert main(["report", "fiscal.vat", "-f", folder, "--language", "en"]) == 0
    shown = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert shown == [
        ["20260301", "vat13", "13%", "¥20.00", "¥2.60", "¥22.60"],
        ["20260301", "vat9", "9%", "¥10.00", "¥0.90", "¥10.90"],
        ["20260301", "exempt", "0%", "¥5.00", "¥0.00", "¥5.00"],
        ["20260302", "vat13", "13%", "-¥10.00", "-¥1.30", "-¥11.30"],
    ]
    assert tax_minor == 350
    assert main(["report", "fiscal.vat-return", "-f", folder, "--language", "zh-CN"]) == 0
    shown = capsys.readouterr().out
    assert "增值税申报汇总" in shown
    assert "¥1.30" in shown


def became(shop: Shop, before: str, after: str) -> None:
    """Change the kind of taxpayer while sales are open, as a restart with other settings does."""
    path = shop.folder / "settings.toml"
    path.write_text(path.read_text("utf-8").replace(f'"{before}"', f'"{after}"'), "utf-8")
    shop.crash()


KINDS = ["", "general", "small_scale"]


@pytest.mark.parametrize(("before", "after"), list(permutations(KINDS, 2)))
def test_open_sales_keep_the_taxes_they_began_with(tmp_path, before, after):
    """What is added to them as well; the next sale bears those of its own day, and all add up."""
    tax_minor = {
        "": {"COLA": 130, "RICE": 0}, "general": {"COLA": 130, "RICE": 90},
        "small_scale": {"COLA": 11, "RICE": 11},
    }  # fmt: skip
    items = ITEMS[:2] if "" in (before, after) else ITEMS[:3]
    shop = opened(tmp_path, before, items)
    added = items[-1]["sku"]
    shop.till.new_sale().add("COLA")
    became(shop, before, after)
    (sale,) = shop.till.open_sales()
    sale.add(added)
    expected = tax_minor[before]["COLA"] + tax_minor[before][added]
    assert sale.totals.tax_minor == expected
    sale.pay_cash(sale.due_minor)
    sold(shop, "COLA")
    assert shop.till.takings().tax_minor == expected + tax_minor[after]["COLA"]
    assert shop.till.store.verify().ok
    assert differing_projections(shop.till.store) == ()
    shop.till.close()


def test_goods_come_back_at_the_tax_they_were_sold_with(tmp_path):
    """Also in exchange for goods that bear another one now."""
    shop = opened(tmp_path, "general")
    cola = sold(shop, "COLA")
    became(shop, "general", "small_scale")
    swap = shop.till.new_sale()
    swap.take_back(cola)
    swap.add("COLA")
    assert swap.due_minor == 0
    swap.refund()
    assert shop.till.takings().tax_minor == 130 - 130 + 11
    shop.till.close()


@pytest.mark.parametrize(("hours", "tax_minor"), [(0, 130), (24, 11)])
def test_a_suspended_sale_keeps_its_taxes_as_long_as_its_quote(tmp_path, hours, tax_minor):
    """Then it is priced as today, taxes included; the customer pays the same."""
    shop = opened(tmp_path, "general")
    sale = shop.till.new_sale()
    sale.add("COLA")
    code = sale.suspend("fetches a bag").code
    became(shop, "general", "small_scale")
    shop.clock.pass_ms(hours * 3_600_000)
    back = shop.till.holds.resume(code).sale
    assert (back.totals.tax_minor, back.totals.payable_minor) == (tax_minor, 1_130)
    shop.till.close()


def test_the_catalogs_own_codes_stand_before_it(tmp_path):
    """A chain that imports its taxes is not overruled by a till."""
    own = {"type": "tax", "code": "vat13", "name": "13", "component": "own", "rate_ppm": 160_000}
    shop = opened(tmp_path, items=[own, *ITEMS])
    sold(shop, "COLA")
    assert shop.till.takings().tax_minor == 156  # 16 % of what is left of 11.30
    shop.till.close()


def test_a_wrong_setting_leaves_it_out_with_the_reason(tmp_path):
    """The till sells by the taxes of its settings."""
    shop = opened(tmp_path, "large")
    (info,) = [one for one in shop.till.host.infos() if one.name == "fiscal"]
    assert info.state == "refused"
    assert "taxpayer" in info.reason
    sold(shop, "COLA")
    assert shop.till.takings().tax_minor == 130
    shop.till.close()
