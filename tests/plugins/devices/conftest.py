"""A shop with the plugin, a printer of the network, and a port."""

import time
from pathlib import Path

import pytest

from cashwrap.testing.ports import FakePort
from cashwrap.testing.printers import FakePrinter
from cashwrap.testing.shop import SETTINGS, Shop

DEVICES = Path(__file__).parents[3] / "plugins/cashwrap_plugins/devices"
WAIT_S = 15.0


def until(done, meanwhile=lambda: None):
    end_s = time.monotonic() + WAIT_S
    while not (found := done()):
        assert time.monotonic() < end_s, "it did not come to that"
        meanwhile()
        time.sleep(0.01)
    return found


class Counter:
    """A shop's till, and what is wired to it."""

    def __init__(self, folder, settings):
        self.shop = Shop(folder, settings=settings, plugins=[DEVICES])
        self.work()

    @property
    def till(self):
        return self.shop.till

    def work(self):
        self.shop.clock.pass_ms(500)
        self.till.work()

    def until(self, done):
        return until(done, self.work)

    def sell(self, sku="COLA", given=None, **how):
        sale = self.till.new_sale(**how)
        sale.add(sku)
        sale.pay_cash(sale.due_minor if given is None else given)
        return self.till.receipt(sale.id).number

    def state(self, name):
        self.work()
        found = self.till.devices(look=True, wait_seconds=5)
        return next(one for one in found if one.name == name)


@pytest.fixture
def counter(tmp_path):
    made = []

    def make(settings, head=""):
        made.append(Counter(tmp_path / f"shop{len(made)}", head + SETTINGS + settings))
        return made[-1]

    yield make
    for each in made:
        each.till.close()


@pytest.fixture
def printer():
    made = FakePrinter()
    yield made
    made.switch_off()


@pytest.fixture
def port(tmp_path):
    made = FakePort(tmp_path)
    yield made
    made.unplug()
