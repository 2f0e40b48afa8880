"""Price protection from the command line and over the local API."""

import io
from argparse import ArgumentParser
from pathlib import Path

import pytest
from builders.people import PINS, staffed

import cashwrap_plugins.promotions
from cashwrap.cli.main import main
from cashwrap.host.acting import plugin_till
from cashwrap.host.offers import Call
from cashwrap.staff import pins
from cashwrap.testing.shop import ITEMS, Shop, with_settings
from cashwrap_plugins.promotions.claims import PRICE_PROTECTION, ROUTES
from cashwrap_plugins.promotions.protection import ProtectionRefused

PLUGIN = Path(cashwrap_plugins.promotions.__file__).parent

DAYS = 3_660  # the command line goes by the machine's own clock


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """One cake was sold, and costs 3.00 less now."""
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))
    settings = with_settings(f"[plugins.promotions.protection]\ndays = {DAYS}\n")
    shop = Shop(tmp_path / "shop", settings=settings, plugins=[PLUGIN])
    sale = shop.till.new_sale()
    sale.add("CAKE")
    sale.pay_cash(sale.due_minor)
    shop.load([item | ({"price": "19.00"} if item.get("sku") == "CAKE" else {}) for item in ITEMS])
    yield shop
    shop.till.close()


def run(shop, *words):
    parser = ArgumentParser()
    PRICE_PROTECTION.configure(parser)
    parser.add_argument("--by", default="")  # as the command line adds it
    till = plugin_till(shop.till, "promotions")
    return PRICE_PROTECTION.run(till, parser.parse_args(words))


def test_the_command_says_what_would_go_back_and_gives_it(shop):
    """Once: the money is in the day's takings."""
    assert run(shop, "1").splitlines() == [
        "Receipt 1: ¥3.00 to give back, until 2036-03-08",
        "  line 1  CAKE: ¥22.00 paid, ¥19.00 now, ¥3.00 back",
    ]
    assert shop.till.takings().payable_minor == 2_200
    assert "¥3.00 given back" in run(shop, "1", "--give", "--by", "lin")
    assert shop.till.takings().payable_minor == 1_900
    with pytest.raises(ProtectionRefused, match="had its difference"):
        run(shop, "1")
    assert shop.till.open_sales() == ()


def test_the_route_answers_the_claim(shop):
    """The register draws it, and gives it back as money off the sale."""
    (route,) = ROUTES
    till = plugin_till(shop.till, "promotions")
    view = route.run(Call(till=till, body=None, path={"number": "1"}))
    assert (view.refund_minor, view.until, view.lines[0].sku) == (300, 20360308, "CAKE")
    assert route.right == "sale.return"


@pytest.mark.usefixtures("installed")
def test_who_gives_it_signs_in_at_the_command_line(shop, monkeypatch, capsys):
    """A PIN is asked for where the shop has accounts, and only where money is to move."""
    monkeypatch.setattr(pins, "MEMORY_KIB", 8)
    staffed(shop)
    shop.till.close()

    def cashwrap(*words, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["price-protection", *words, "-f", str(shop.folder)])
        return code, "".join(capsys.readouterr())

    assert "¥3.00 to give back" in cashwrap("1")[1]
    for words, typed in ((["--give"], ""), (["--give", "--by", "mia"], "0000\n")):
        code, told = cashwrap("1", *words, typed=typed)
        assert code != 0
        assert "PIN" in told
    code, told = cashwrap("1", "--give", "--by", "mia", typed=PINS["mia"] + "\n")
    assert (code, "¥3.00 given back" in told) == (0, True)
    shop.reopen()
    completed = [one for one in shop.till.store.records() if one.envelope.kind == "sale.completed"]
    assert completed[-1].envelope.staff == "mia"
    assert completed[-1].body().payable_minor == -300
    assert shop.till.signed_in("") == ""
