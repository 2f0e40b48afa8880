"""The plugin on a real till."""

from pathlib import Path

import pytest

import cashwrap_plugins.fiscal
from cashwrap.cli.main import main
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
