"""Promotion rules that plugins bring: they join the shop's own in what is published."""

import pytest

from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.projection import rules_of
from cashwrap.promotions.rules import Each, Off, Rule, RuleSet

RULES = """
from cashwrap.promotions.rules import Each, Off, Range, Rule

@hookimpl
def cashwrap_rules(store, currency):
    GIVES
"""
ONE = 'return [Rule(id="{id}", layer="item", benefit=Each(off=Off(amount_minor={off})))]'
SHOP = RuleSet(
    name="spring",
    rules=(Rule(id="ten", layer="price", benefit=Each(off=Off(amount_minor=10))),),
)


@pytest.fixture
def with_rules(device):
    """Open the till with a plugin that gives these rules; None: without it."""

    def opened(name="cards", gives="", manifest=None):
        if gives:
            device.plugin(name, RULES.replace("GIVES", gives), manifest)
            for module in [one for one in __import__("sys").modules if name in one]:
                if module.startswith("cashwrap_device"):
                    del __import__("sys").modules[module]
        return device.open()

    return opened


def price(till):
    sale = till.new_sale()
    sale.add("COLA")
    try:
        return sale.due_minor
    finally:
        sale.cancel("look")


def ids(till):
    in_force = till.rules().in_force
    with till.store.read() as reader:
        return (
            [] if in_force is None else [r.id for r in rules_of(reader, in_force.rules_hash).rules]
        )


def test_they_count_from_the_next_opening(with_rules):
    """Published by the till itself, so that the hash on each sale names what it was priced by."""
    till = with_rules(gives=ONE.format(id="cards-off", off=50))
    assert (ids(till), price(till)) == (["cards-off"], 300)
    before = till.rules().in_force
    assert dict(before.joined).keys() == {"cards"}
    assert with_rules().rules().in_force == before, "nothing changed, nothing is published"
    till = with_rules(gives=ONE.format(id="cards-off", off=70))
    assert price(till) == 280
    assert till.store.verify().ok


def test_the_shops_own_stay_the_shops(with_rules):
    """A publication replaces its own part; what plugins give is in every one."""
    till = with_rules(gives=ONE.format(id="cards-off", off=50))
    published = till.publish_rules(SHOP)
    assert published.rules_hash != rules_hash(SHOP)
    assert ids(till) == ["ten", "cards-off"]
    with till.store.read() as reader:
        again = rules_of(reader, published.rules_hash)
    assert again.rules[1].tags == ("plugin:cards",)
    assert till.publish_rules(again).rules_hash == published.rules_hash, "what is read back is it"
    till = with_rules(gives="return []")
    assert ids(till) == ["ten"]
    assert till.rules().in_force.rules_hash == rules_hash(SHOP)


def test_a_plan_has_them_too(with_rules, device):
    """Also when they change before its time has come."""
    till = with_rules(gives=ONE.format(id="cards-off", off=50))
    soon = device.shop.clock.now().wall_ms + 3_600_000
    till.publish_rules(SHOP, effective_at_ms=soon)
    till = with_rules(gives=ONE.format(id="cards-off", off=90))
    assert price(till) == 260
    device.shop.clock.pass_ms(3_600_001)
    assert ids(till) == ["ten", "cards-off"]
    assert price(till) == 250


@pytest.mark.parametrize(
    "gives",
    [
        "raise KeyError(1)",
        "return 17",
        "return ['x']",
        ONE.format(id="others-off", off=50),
        ONE.format(id="cards-off", off=-5),
        ONE.format(id="cards-off", off="'x'"),
        ONE.format(id="cards-off", off=50) + " * 2",
        'return [Rule(id=None, layer="item", benefit=Each(off=Off(amount_minor=1)))]',
        ONE.format(id="cards-off", off=50).replace("layer", "group='x', layer"),
        "return (1 / 0 for _ in 'x')",
    ],
)
def test_rules_that_cannot_be_leave_out_the_plugins_alone(with_rules, device, told, gives):
    """The shop's own count, the fault is told, the till opens."""
    device.shop.till.publish_rules(SHOP)
    till = with_rules(gives=gives)
    assert (ids(till), price(till)) == (["ten"], 340)
    assert "plugin.faulted" in told()
    (info,) = till.host.infos()
    assert info.state == "active"


def test_setting_a_plugin_aside_changes_no_price(with_rules):
    """Neither at once nor at the next opening; disabling it does, at the next."""
    till = with_rules(gives=ONE.format(id="cards-off", off=50))
    till.host.set_aside("cards", "too loud")
    assert price(till) == 300
    till = with_rules()
    assert price(till) == 300
    till.publish_rules(SHOP)
    assert ids(till) == ["ten", "cards-off"]


def test_a_disabled_plugin_has_none(with_rules, device):
    """From the next opening on."""
    with_rules(gives=ONE.format(id="cards-off", off=50))
    device.settings("[host]\ndisable = ['cards']\n")
    till = with_rules()
    assert (ids(till), price(till)) == ([], 350)


def test_going_back_keeps_what_plugins_give_now(with_rules):
    """The shop goes back to its own set before; the plugins' are those of today."""
    till = with_rules(gives=ONE.format(id="cards-off", off=50))
    till.publish_rules(SHOP)
    till = with_rules(gives=ONE.format(id="cards-off", off=60))
    till.rollback_rules(to=1)
    assert (ids(till), price(till)) == (["cards-off"], 290)


def test_the_order_of_loading_changes_nothing(with_rules, device):
    """Two plugins, found in either order, with either priority: one hash."""
    first = ONE.format(id="alpha-off", off=30)
    second = ONE.format(id="beta-off", off=20)
    with_rules("beta", second)
    one = with_rules("alpha", first).rules().in_force.rules_hash
    device.settings("[host]\norder = ['beta']\n")
    assert with_rules().rules().in_force.rules_hash == one


def test_who_trains_has_the_shops_rules(with_rules):
    """As they are in force there."""
    till = with_rules(gives=ONE.format(id="cards-off", off=50))
    practice = till.training()
    assert price(practice) == 300
