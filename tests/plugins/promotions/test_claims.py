"""Price protection from the command line and over the local API."""

from argparse import ArgumentParser
from pathlib import Path

import pytest

import cashwrap_plugins.promotions
from cashwrap.host.acting import plugin_till
from cashwrap.host.offers import Call
from cashwrap.testing.shop import ITEMS, Shop
from cashwrap_plugins.promotions.claims import PRICE_PROTECTION, ROUTES
from cashwrap_plugins.promotions.protection import ProtectionRefused

PLUGIN = Path(cashwrap_plugins.promotions.__file__).parent


@pytest.fixture
def shop(tmp_path):
    """One cake was sold, and costs 3.00 less now."""
    shop = Shop(tmp_path / "shop", plugins=[PLUGIN])
    sale = shop.till.new_sale()
    sale.add("CAKE")
    sale.pay_cash(sale.due_minor)
    shop.load([item | ({"price": "19.00"} if item.get("sku") == "CAKE" else {}) for item in ITEMS])
    yield shop
    shop.till.close()


def run(shop, *words):
    parser = ArgumentParser()
    PRICE_PROTECTION.configure(parser)
    till = plugin_till(shop.till, "promotions")
    return PRICE_PROTECTION.run(till, parser.parse_args(words))


def test_the_command_says_what_would_go_back_and_gives_it(shop):
    """Once: the money is in the day's takings."""
    assert run(shop, "1").splitlines() == [
        "Receipt 1: ¥3.00 to give back, until 2026-03-08",
        "  line 1  CAKE: ¥22.00 paid, ¥19.00 now, ¥3.00 back",
    ]
    assert shop.till.takings().payable_minor == 2_200
    assert "¥3.00 given back" in run(shop, "1", "--give", "--staff", "lin")
    assert shop.till.takings().payable_minor == 1_900
    with pytest.raises(ProtectionRefused, match="had its difference"):
        run(shop, "1")
    assert shop.till.open_sales() == ()


def test_the_route_answers_the_claim(shop):
    """The register draws it, and gives it back as money off the sale."""
    (route,) = ROUTES
    till = plugin_till(shop.till, "promotions")
    view = route.run(Call(till=till, body=None, path={"number": "1"}))
    assert (view.refund_minor, view.until, view.lines[0].sku) == (300, 20260308, "CAKE")
    assert route.right == "sale.return"
