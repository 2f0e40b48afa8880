"""Standing promotions: rules of one shop by presets in its settings, never published by hand."""

from pathlib import Path

import pytest

import cashwrap_plugins.promotions
from cashwrap.errors import BulkRefused
from cashwrap.money import Currency
from cashwrap.promotions.rules import Each, Off, Rule, RuleSet
from cashwrap.testing.plugins import conformance
from cashwrap.testing.shop import Shop, with_settings
from cashwrap_plugins.promotions.options import Standing
from cashwrap_plugins.promotions.standing import rules_of

PLUGIN = Path(cashwrap_plugins.promotions.__file__).parent
HALF = """
[[plugins.promotions.standing]]
preset = "second-half-price"
settings = { goods = "CAKE" }
"""


def opened(folder: Path, more: str) -> Shop:
    return Shop(folder, settings=with_settings(more), plugins=[PLUGIN])


def pays(shop: Shop, *skus: str) -> int:
    sale = shop.till.new_sale()
    for sku in skus:
        sale.add(sku)
    due = sale.due_minor
    sale.cancel("a look")
    return due


def test_a_rule_of_the_settings_is_in_force_and_named_on_the_receipt(tmp_path):
    """No publishing; the second cake costs half."""
    shop = opened(tmp_path / "shop", HALF)
    sale = shop.till.new_sale()
    sale.add("CAKE", 2)
    assert sale.due_minor == 3_300
    sale.pay_cash(3_300)
    assert "第二件半价" in shop.till.receipt_text(sale.id)
    assert shop.till.store.verify().ok
    shop.till.close()


def test_it_joins_what_the_shop_publishes_and_goes_when_it_is_taken_out(tmp_path):
    """The shop's own rules stay; both are priced together."""
    shop = opened(tmp_path / "shop", HALF)
    tenth = Each(off=Off(percent_ppm=100_000))
    shop.till.publish_rules(RuleSet(rules=(Rule(id="tenth", layer="item", benefit=tenth),)))
    assert (pays(shop, "CAKE", "CAKE"), pays(shop, "BUN")) == (3_300, 810)
    path = shop.folder / "settings.toml"
    path.write_text(path.read_text("utf-8").replace(HALF, ""), encoding="utf-8")
    shop.reopen()
    assert (pays(shop, "CAKE", "CAKE"), pays(shop, "BUN")) == (3_960, 810)
    shop.till.close()


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing("no-such"), "standing[0].preset"),
        (Standing("spend-off", {"steps": "many"}), "standing[0].spend-off:steps"),
        (Standing("spend-off"), "standing[0].spend-off:steps"),
        (Standing("any-for-price", {"count": "3", "price": "9", "colour": "red"}), "colour"),
    ],
)
def test_what_a_preset_does_not_take_is_refused_by_name(standing, why):
    """All of it at once."""
    with pytest.raises(BulkRefused, match="problems") as refused:
        list(rules_of((standing, Standing("nor-this")), Currency()))
    assert why in str(refused.value)


def test_two_of_one_name_want_an_id():
    """Ids stand under the plugin's name."""
    half = Standing("second-half-price", {"goods": "CAKE"})
    with pytest.raises(BulkRefused, match="give one of them an id"):
        list(rules_of((half, half), Currency()))
    other = Standing("second-half-price", {"goods": "BUN", "id": "buns"})
    found = [rule.id for rule in rules_of((half, other), Currency())]
    assert found == ["promotions-second-half-price", "promotions-buns"]


def test_wrong_ones_leave_the_shops_own_rules_alone(tmp_path):
    """The fault is the plugin's, and told; the till sells."""
    shop = opened(tmp_path / "shop", HALF.replace('goods = "CAKE"', 'colour = "red"'))
    assert pays(shop, "CAKE", "CAKE") == 4_400
    (info,) = [one for one in shop.till.host.infos() if one.name == "promotions"]
    assert info.faults
    shop.till.close()


def test_it_conforms(tmp_path):
    """A day with a standing rule."""
    assert conformance(PLUGIN, tmp_path / "shop", settings=with_settings(HALF)) == []
