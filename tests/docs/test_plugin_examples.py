"""The worked examples of plugins: each conforms, and does what its page says."""

import json
from pathlib import Path

import pytest

from cashwrap.cli.main import main
from cashwrap.host.errors import PluginVetoed
from cashwrap.host.scales import Reading, ScaleFailed
from cashwrap.testing.plugins import conformance
from cashwrap.testing.shop import ITEMS, SETTINGS, Shop

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
ALL = sorted(path.parent.name for path in EXAMPLES.glob("*/plugin.py"))


@pytest.fixture
def open_shop(tmp_path):
    """Give a shop with one of the examples, and close it."""
    made = []

    def opened(name, settings="", items=ITEMS):
        shop = Shop(
            tmp_path / "shop", settings=settings + SETTINGS, items=items, plugins=[EXAMPLES / name]
        )
        made.append(shop)
        return shop

    yield opened
    for shop in made:
        shop.till.close()


@pytest.mark.req("R289")
@pytest.mark.parametrize("name", ALL)
def test_each_example_conforms(name, tmp_path):
    """A day, a crash and a rebuild with it, without a fault."""
    assert conformance(EXAMPLES / name, tmp_path / "shop") == []


@pytest.mark.parametrize(
    ("region", "taxes"), [("HZ", {"vat13": 40, "city": 6}), ("", {"vat13": 40})]
)
def test_the_city_tax_is_one_citys(open_shop, region, taxes):
    """3.50 with 13 % and 2 % in it, in that city only."""
    till = open_shop("city_tax", settings=f'region = "{region}"\n').till
    sale = till.new_sale()
    sale.add("COLA")
    found = {tax.code: tax.tax_minor for tax in sale.priced().taxes}
    assert found == taxes


def test_the_stamp_card_counts_prints_and_takes(open_shop, capsys, tmp_path, monkeypatch):
    """Ten yuan are a stamp, on paper, in the report, taken back, and taken for a gift."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    shop = open_shop("stamp_card")
    till = shop.till
    sale = till.new_sale()
    sale.set_customer(member="M1")
    sale.add("CAKE", 5)
    sale.pay_cash(11_000)
    assert "已集印花" in till.receipt_text(sale.id)
    assert till.receipt(sale.id).sections[0].rows[0].value == "11"
    till.close()
    assert main(["report", "stamp_card.stamps", "-f", str(shop.folder)]) == 0
    assert "M1" in capsys.readouterr().out
    assert main(["redeem-stamps", "M1", "-f", str(shop.folder)]) == 0
    assert "M1: 1 stamps left" in capsys.readouterr().out
    assert main(["redeem-stamps", "M1", "-f", str(shop.folder)]) == 1
    assert "a card is full with 10" in capsys.readouterr().err


@pytest.mark.req("R289")
def test_the_new_scale_weighs_or_says_why_not(open_shop, tmp_path):
    """A line at rest is a weight; moving, empty and broken are told apart."""
    till = open_shop("new_scale").till
    till.scales["counter"].device = device = tmp_path / "scale"
    device.write_text("ST,GS,+  1.234kg\r\n")
    assert till.weigh() == till.weigh("counter") == Reading(1234)
    for line, why in [
        ("US,GS,+  1.234kg", "not at rest"),
        ("ST,GS,+  0.000kg", "nothing to sell"),
        ("ST,GS,-  0.004kg", "nothing to sell"),
        ("?", "does not answer"),
    ]:
        device.write_text(line)
        with pytest.raises(ScaleFailed, match=why):
            till.weigh("counter")
    with pytest.raises(ScaleFailed, match="counter"):
        till.weigh("other")


def test_fair_share_forbids_the_third(open_shop):
    """With its reason, by scan and by quantity; the sale stays as it was and can be paid."""
    scarce = [{**item, "tags": ["scarce"]} if item.get("sku") == "BUN" else item for item in ITEMS]
    till = open_shop("fair_share", items=scarce).till
    sale = till.new_sale()
    line = sale.add("BUN", 2)
    for act in (lambda: sale.add("BUN"), lambda: sale.set_quantity(line.number, 3)):
        with pytest.raises(PluginVetoed, match="每单限购 2 件"):
            act()
    assert [each.quantity_milli for each in sale.lines] == [2000]
    sale.set_quantity(line.number, 1)
    sale.pay_cash(sale.due_minor)
    assert sale.state == "completed"


def test_the_feed_follows_every_sale_once_and_goes_on_after_a_crash(open_shop):
    """A file for each sale; a disk that refuses is tried again and holds up nothing."""
    shop = open_shop("sales_feed")

    def sell():
        sale = shop.till.new_sale()
        sale.add("COLA")
        sale.pay_cash(350)

    def files():
        return sorted((shop.folder / "feed").glob("*.json"))

    sell()
    while shop.till.work():
        pass
    assert [json.loads(file.read_text())["number"] for file in files()] == [1]
    alive = (shop.folder / "feed/alive").read_text()
    shop.till.work()
    assert (shop.folder / "feed/alive").read_text() == alive
    sell()
    shop.crash()
    shop.clock.pass_ms(5 * 60_000)
    while shop.till.work():
        pass
    assert len(files()) == 2
    assert (shop.folder / "feed/alive").read_text() != alive


def test_market_prices_stand_above_the_catalogs(open_shop):
    """Apples at today's price, everything else as before; a wrong file leaves the plugin out."""
    till = open_shop("market_prices").till
    sale = till.new_sale()
    assert sale.add("APPLE", "1").goods.unit_minor == 1120
    assert sale.add("COLA").goods.unit_minor == 350
    assert sale.add("APPLE", "1").goods.book == "market_prices.today"
