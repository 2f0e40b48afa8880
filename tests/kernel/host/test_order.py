"""Who is asked first is said by settings, priority and name; by loading never."""

import random

import pytest

from cashwrap.host.serving import offered

PLUGIN = """
from cashwrap.catalog.model import PriceBook, PriceEntry, PriceList
from cashwrap.host.offers import Command, Device, DeviceState, Job, React, Report, Route
from cashwrap.pricing.model import TaxCode
from cashwrap.promotions.rules import Each, Off, Rule
from cashwrap.receipt.model import Section
from cashwrap.testing.terminal import FakeTerminal

NAME, WORDS = "{name}", {{"en": "{name}"}}

class Table:
    name, version, tables, reads = NAME, 1, (NAME + ".x",), {{}}

    def fold(self, writer, envelope, body):
        pass

@hookimpl
def cashwrap_projections():
    return [Table()]

@hookimpl
def cashwrap_may(act, sale):
    return NAME if sale.note == "no" else None

@hookimpl
def cashwrap_receipt_sections(sale):
    return [Section(title=WORDS)]

@hookimpl
def cashwrap_rules(store, currency):
    return [Rule(id=NAME + "-off", layer="item", benefit=Each(off=Off(amount_minor={number})))]

@hookimpl
def cashwrap_taxes(store, region):
    return [TaxCode(code="odd-" + NAME[0], name=NAME, by_order_type={{"": ()}})]

@hookimpl
def cashwrap_price_lists(store):
    code = NAME + ".day"
    return [PriceList(PriceBook(code, priority=5), {{"COLA": (PriceEntry(code, 300 + {number}),)}})]

@hookimpl
def cashwrap_tender_drivers():
    return [("pay" if NAME in ("alpha", "delta") else NAME, FakeTerminal())]

@hookimpl
def cashwrap_routes():
    return [Route(method="GET", path="/x", run=lambda call: [], gives=list, summary=WORDS)]

@hookimpl
def cashwrap_devices():
    look = lambda: DeviceState("ok")
    return [Device(name="d", kind="printer", title=WORDS, look=look)]

@hookimpl
def cashwrap_followers():
    return [React(name="f", kinds=("sale.completed",), do=lambda till, record: None)]

@hookimpl
def cashwrap_jobs():
    return [Job(name="j", every_minutes=1, run=lambda till: None)]

@hookimpl
def cashwrap_commands():
    return [Command(name="c", line=NAME, run=lambda till, args: NAME)]

@hookimpl
def cashwrap_reports():
    return [Report(name="r", title=WORDS, columns=(), make=lambda reader, days: [])]
"""
PRIORITIES = {"alpha": 100, "beta": 50, "gamma": 100, "delta": 200}


def everything(till):
    """Return what the till is and does with its plugins, as far as it can be seen."""
    from cashwrap.host.offers import Command, Job, Report

    offers = offered(till.host)
    sale = till.new_sale()
    sale.add("COLA")
    price = sale.due_minor
    sale.note("no")
    with pytest.raises(Exception, match=" ") as vetoed:
        sale.pay_cash(price)
    sale.note("")
    sale.pay_cash(price)
    till.work()
    states = [(one.name, one.state, one.reason) for one in till.host.infos()]
    return {
        "price": price,
        "veto": str(vetoed.value),
        "sections": [one.title["en"] for one in till.receipt(sale.id).sections],
        "rules": till.rules().in_force.rules_hash,
        "routes": [name for name, _ in offers.routes],
        "devices": [one.plugin for one in till.devices()],
        "followers": [one[:2] for one in till.followers()],
        "commands": [plugin.name for plugin, _ in till.host.offers("cashwrap_commands", Command)],
        "reports": [plugin.name for plugin, _ in till.host.offers("cashwrap_reports", Report)],
        "jobs": [plugin.name for plugin, _ in till.host.offers("cashwrap_jobs", Job)],
        "taxes": sorted((one.code, one.name) for one in till.settings.taxes),
        "drivers": sorted(till.drivers),
        "states": states,
    }


def test_the_order_of_loading_changes_nothing(device, monkeypatch):
    """Four plugins that want the same, found in any order: the same till, byte for byte."""
    from cashwrap.host import loading

    for number, (name, priority) in enumerate(PRIORITIES.items()):
        manifest = (
            f"name = '{name}'\nversion = '1'\npriority = {priority}\n[needs]\nrights = ['veto', "
            "'receipt', 'rules', 'taxes', 'prices', 'tenders', 'routes', 'devices', 'journal', "
            "'jobs', 'commands']\n"
        )
        device.plugin(name, PLUGIN.format(name=name, number=number), manifest)
    device.settings("[host]\norder = ['gamma']\n")
    find, seen = loading.find, []
    for seed in range(4):

        def shuffled(folder, installed, seed=seed):
            found = find(folder, installed)
            random.Random(seed).shuffle(found)
            return found

        monkeypatch.setattr(loading, "find", shuffled)
        seen.append(everything(device.open()))
    assert seen[1:] == seen[:-1]
    assert [name for name, _, _ in seen[0]["states"]] == ["gamma", "beta", "alpha", "delta"]
    assert [state for _, state, _ in seen[0]["states"]] == ["active"] * 3 + ["refused"]
    assert seen[0]["sections"] == ["gamma", "beta", "alpha"]
    assert seen[0]["veto"].startswith("gamma")
