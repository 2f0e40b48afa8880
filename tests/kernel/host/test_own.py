"""What a plugin is on one till; what it sees of carts, and how it ends."""

OWN = """
import msgspec
from pathlib import Path

SEEN = []

class Stamps(msgspec.Struct, frozen=True):
    spend: int = 10

class Scale:
    def __init__(self, own):
        self.own = own
    def read(self):
        raise OSError(str(self.own.settings(Stamps).spend))

@hookimpl
def cashwrap_scales(own):
    return [("counter", Scale(own))]

@hookimpl
def cashwrap_committed(own, events):
    SEEN.append(own)
"""
SHOWN = """
SEEN = []

@hookimpl
def cashwrap_cart_changed(sale):
    SEEN.append((sale.id, [line.sku for line in sale.lines], sale.payable_minor))
"""
ENDED = """
SEEN = []

@hookimpl
def cashwrap_closed(own):
    SEEN.append(own.plugin)
"""


def module(till, name):
    return till.host.plugins[name].manager.get_plugin(name)


def test_a_hook_gets_its_plugin_on_this_till_with_its_settings(device):
    """Also hooks that are asked before there is a till, and it is the same object at each."""
    device.plugin("feed", OWN)
    device.settings("[plugins.feed]\nspend = 25\n")
    till = device.open()
    own = till.scales["counter"].own
    assert (own.plugin, own.folder) == ("feed", device.shop.folder)
    assert own.settings(module(till, "feed").Stamps).spend == 25
    till.no_sale("change")
    assert set(module(till, "feed").SEEN) == {own}


def test_two_tills_of_one_process_are_not_mixed_up(device, tmp_path):
    """The plugin's own is another one on each opening."""
    device.plugin("feed", OWN)
    first = device.open().scales["counter"].own
    assert device.open().scales["counter"].own is not first


def test_an_open_sale_that_changed_is_shown_once_when_nobody_waits(device):
    """Scanning asks nobody; what is shown is the sale as it is by then."""
    device.plugin("pole", SHOWN)
    till = device.open()
    seen = module(till, "pole").SEEN
    sale = till.new_sale()
    sale.add("COLA")
    sale.add("BUN")
    assert seen == []
    till.work()
    till.work()
    assert seen == [(sale.id, ["COLA", "BUN"], 1250)]
    sale.undo()
    till.work()
    assert seen[1:] == [(sale.id, ["COLA"], 350)]
    sale.add("BUN")
    sale.pay_cash(1250)
    till.work()
    assert len(seen) == 2  # it ended


def test_a_sale_that_is_brought_back_is_shown(device):
    """Resumed, or left open by a crash."""
    device.plugin("pole", SHOWN)
    till = device.open()
    sale = till.new_sale()
    sale.add("COLA")
    hold = sale.suspend("接电话")
    till.work()
    seen = module(till, "pole").SEEN
    seen.clear()
    till.holds.resume(hold.code)
    till.work()
    assert [one[1] for one in seen] == [["COLA"]]


def test_a_plugin_is_told_that_the_till_closes_and_nothing_when_it_is_killed(device):
    """So that its threads and ports end with the till; nothing may depend on it."""
    device.plugin("pole", ENDED)
    till = device.open()
    seen = module(till, "pole").SEEN
    till.close()
    assert seen == ["pole"]
    till = device.open()
    till.abandon()
    assert seen == ["pole"]


SLOW = """
import time

@hookimpl
def cashwrap_closed():
    time.sleep(0.2)
"""


def test_letting_go_may_take_a_moment(device, told):
    """No sale waits for it: it counts as neither slow nor a fault."""
    device.plugin("pole", SLOW)
    device.open()
    device.open()
    assert told() == []
