"""A till that is served does not wait for what its plugins wait for."""

import threading
import time

import pytest

from cashwrap.api.till_thread import TillThread
from cashwrap.ports import SystemClock
from cashwrap.till import Till

PLUGIN = """
import threading, time
from cashwrap.events import Event, event
from cashwrap.host.offers import WAIT, Device, DeviceState, Job, React

@event("slow.seen")
class Seen(Event, frozen=True):
    sale: str

GO, SEEN, THREADS, WAITS = threading.Event(), [], set(), []

@hookimpl
def cashwrap_followers():
    return [React(name="printer", kinds=("sale.completed",), do=do)]

def do(till, record):
    THREADS.add(threading.current_thread().name)
    GO.wait(20)
    if WAITS:
        answer = WAITS.pop()
        if isinstance(answer, Exception):
            raise answer
        return answer
    with till.read() as reader:
        assert reader.get("audit.settings", b"none") is None
    sale = record.body().sale
    assert till.receipt(sale).lines
    till.commit([Seen(sale)], command=sale)
    SEEN.append(sale)

@hookimpl
def cashwrap_jobs():
    return [Job(name="net", every_minutes=1, run=lambda till: THREADS.add("job"))]

@hookimpl
def cashwrap_devices():
    return [
        Device(name="printer", kind="printer", title={"en": "Printer"}, look=look),
        Device(name="drawer", kind="drawer", title={"en": "Drawer"}, look=lambda: 1 // 0),
    ]

def look():
    GO.wait(20)
    return DeviceState("warn", {"en": "paper is low"})
"""


class Served:
    """A till on its own thread, asked from this one."""

    def __init__(self, device):
        self.thread = TillThread(
            lambda: Till.open(
                device.shop.folder, randomness=device.shop.randomness, witness=[],
                clock=SystemClock(),
            )
        )  # fmt: skip

    def ask(self, work):
        given, done = [], threading.Event()

        def run(till):
            given.append(work(till))
            done.set()

        self.thread.do(run)
        assert done.wait(10)
        return given[0]

    def until(self, holds):
        """Wait until something holds on the till."""
        for _ in range(400):
            if self.ask(holds):
                return
            time.sleep(0.02)
        pytest.fail("it never came")


@pytest.fixture
def served(device, monkeypatch):
    monkeypatch.setattr("cashwrap.plugins.installed_plugins", list)
    device.plugin("slow", PLUGIN)
    device.shop.till.close()
    made = Served(device)
    made.thread.start()
    made.plugin = made.ask(lambda till: till.host.plugins["slow"].manager.get_plugin("slow"))
    made.plugin.GO.clear()
    made.plugin.SEEN.clear()
    made.plugin.WAITS.clear()
    yield made
    made.plugin.GO.set()
    made.thread.stop()


def sell(till):
    sale = till.new_sale()
    sale.add("COLA")
    sale.pay_cash(350)
    return sale.id


def kinds(till):
    return [record.envelope.kind for record in till.store.records()]


def test_a_follower_that_waits_holds_up_no_sale(served):
    """A printer that does not answer; sales go on, and it gets all of them in order later."""
    sales = [served.ask(sell) for _ in range(3)]
    served.until(lambda _: served.plugin.THREADS)
    assert served.ask(lambda till: till.followers()[0][2]) >= 3
    assert served.plugin.SEEN == []
    served.plugin.GO.set()
    served.until(lambda till: till.followers()[0][2] == 0)
    assert served.plugin.SEEN == sales
    assert served.ask(kinds).count("slow.seen") == 3
    assert served.plugin.THREADS == {"cashwrap-slow", "job"}


def test_what_the_world_lacks_is_no_fault_of_the_plugin(served):
    """No paper, no network: it is asked again, and nothing is set aside."""
    served.plugin.GO.set()
    served.plugin.WAITS[:] = [served.plugin.WAIT, ConnectionError("no network"), served.plugin.WAIT]
    sale = served.ask(sell)
    served.until(lambda _: served.plugin.SEEN)
    assert served.plugin.SEEN == [sale]
    assert "plugin.faulted" not in served.ask(kinds)


def test_what_a_plugin_raises_is_its_fault(served):
    """Told in the journal; after three it is set aside."""
    served.plugin.GO.set()
    served.plugin.WAITS[:] = [KeyError(1)] * 3
    served.ask(sell)
    served.until(lambda till: till.host.plugins["slow"].state == "aside")
    assert served.ask(kinds).count("plugin.faulted") == 3


def test_devices_are_looked_at_beside_the_till(served):
    """One that does not answer, or cannot be asked, holds up nobody."""
    served.ask(lambda till: till.devices(look=True))
    served.ask(sell)
    served.plugin.GO.set()
    served.until(lambda till: not till.is_looking)
    states = {one.name: (one.state, one.detail.get("en")) for one in served.ask(Till.devices)}
    assert states["printer"] == ("warn", "paper is low")
    assert states["drawer"][0] == "unknown"
    assert "ZeroDivisionError" in states["drawer"][1]


def test_a_till_that_ends_waits_for_nobody_for_long(served):
    """What was not done is done when it opens next."""
    served.ask(sell)
    served.until(lambda _: served.plugin.THREADS)
    began = time.monotonic()
    served.thread.stop()
    assert time.monotonic() - began < 10
    served.thread.stop = lambda: None
