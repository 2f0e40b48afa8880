"""What the till that people train on asks of plugins: all that it sells by, nothing outside."""

import pytest

PLUGIN = """
from cashwrap.catalog.model import PriceBook, PriceEntry, PriceList
from cashwrap.events import Event, event
from cashwrap.host.offers import Device, DeviceState, Job, React, Route
from cashwrap.promotions.rules import Each, Off, Rule
from cashwrap.receipt.model import Section
from cashwrap.testing.terminal import FakeTerminal

ASKED = []

def asked(hook):
    ASKED.append(hook)

@hookimpl
def cashwrap_may(act, sale):
    asked("may")
    return "not in training either" if sale.note == "no" else None

@hookimpl
def cashwrap_receipt_sections(sale, reader, gift, own):
    asked("sections")
    return [Section(title={"en": f"paper of {own.folder.name}"})]

@hookimpl
def cashwrap_price_lists(store):
    asked("price_lists")
    entry = PriceEntry("whole.day", 300)
    return [PriceList(PriceBook("whole.day", priority=10**6), {"COLA": (entry,)})]

@hookimpl
def cashwrap_taxes(store, region):
    asked("taxes")
    return []

@hookimpl
def cashwrap_rules(store, currency):
    asked("rules")
    return [Rule(id="whole-off", layer="item", benefit=Each(off=Off(amount_minor=20)))]

@hookimpl
def cashwrap_followers():
    asked("followers")
    return []

@hookimpl
def cashwrap_jobs():
    asked("jobs")
    return []

@hookimpl
def cashwrap_committed(events, staff):
    ASKED.extend(event.kind for event in events)

@hookimpl
def cashwrap_cart_changed(sale):
    asked("cart_changed")

@hookimpl
def cashwrap_closed():
    asked("closed")

@hookimpl
def cashwrap_tender_drivers():
    asked("tender_drivers")
    return [("acme", FakeTerminal())]

@hookimpl
def cashwrap_scales():
    asked("scales")
    return []

@hookimpl
def cashwrap_devices():
    asked("devices")
    return []
"""


@pytest.fixture
def practice(device):
    """A training till beside a shop with a plugin that does everything."""
    device.plugin("whole", PLUGIN)
    till = device.open()
    asked = till.host.plugins["whole"].manager.get_plugin("whole").ASKED
    asked.clear()
    return till, till.training(), asked


def test_what_it_sells_by_is_the_plugins_too(practice):
    """Prices, rules, vetoes, paper: as in the shop, so that training is worth something."""
    shop, till, _ = practice
    sale = till.new_sale()
    sale.add("COLA")
    assert sale.due_minor == 280
    sale.note("no")
    with pytest.raises(Exception, match="not in training either"):
        sale.pay_cash(280)
    sale.note("")
    sale.pay_cash(280)
    assert [one.title["en"] for one in till.receipt(sale.id).sections] == ["paper of training"]
    assert till.drivers.keys() == shop.drivers.keys()


def test_nothing_of_it_reaches_outside(practice):
    """No follower, job, display, driver or device is asked for what is practised."""
    _, till, asked = practice
    sale = till.new_sale()
    sale.add("COLA")
    sale.pay_cash(300)
    while till.work():
        pass
    assert till.devices() == ()
    till.close()
    assert set(asked) == {
        "price_lists", "taxes", "may", "training.began", "training.ended",
    }, "the shop's journal says who trained, and no more"  # fmt: skip


def test_what_a_plugin_does_wrong_there_counts_there_alone(device, told):
    """The shop's journal has no fault, and its plugin stays."""
    device.plugin("odd", "@hookimpl\ndef cashwrap_may(act, sale):\n    return 1 // 0")
    shop = device.open()
    till = shop.training()
    for _ in range(3):
        sale = till.new_sale()
        sale.add("COLA")
        sale.pay_cash(350)
    assert [one.state for one in till.host.infos()] == ["aside"]
    assert [one.state for one in shop.host.infos()] == ["active"]
    assert told() == []


def test_a_plugin_that_is_aside_is_so_in_training(device):
    """Who trains meets the till as it is."""
    device.plugin("shut", "@hookimpl\ndef cashwrap_may(act, sale):\n    return 'no'")
    shop = device.open()
    shop.host.set_aside("shut", "by hand")
    till = shop.training()
    sale = till.new_sale()
    sale.add("COLA")
    assert [one.state for one in till.host.infos()] == ["aside"]
