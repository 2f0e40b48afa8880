"""The plugin on a till: its settings, its command, its routes, what it journals."""

import subprocess
import sys
from pathlib import Path

import pytest

from cashwrap.host.own import Own
from cashwrap.host.scales import ScaleFailed
from cashwrap.testing.plugins import conformance
from cashwrap_plugins.devices.ledger import KEPT_MOST, Ledger

ROOT = Path(__file__).parents[3]
DEVICES = ROOT / "plugins/cashwrap_plugins/devices"


def scale(port, more=""):
    return f"""
[[plugins.devices.scales]]
name = "deli"
port = "{port.path}"
protocol = "st_gs"
{more}
"""


def front(printer):
    return f"""
[[plugins.devices.printers]]
name = "front"
via = "network"
port = "127.0.0.1:{printer.port}"
drawer = "pin2"
"""


def test_it_passes_the_suite_of_plugins(tmp_path):
    """Its manifest, a shop's day, a crash and a rebuild."""
    assert conformance(DEVICES, tmp_path / "shop") == []


@pytest.mark.req("R288")
def test_a_till_weighs_by_a_scale(counter, port):
    """And says what to do when there is no weight."""
    at = counter(scale(port))
    with pytest.raises(ScaleFailed, match="weigh again, or key the weight in"):
        at.till.weigh()

    def weighed():
        port.send(b"ST,GS,+  0.532kg\r\n")
        try:
            return at.till.weigh()
        except ScaleFailed:
            return None

    found = at.until(weighed)
    assert (found.quantity_milli, found.unit) == (532, "kg")
    assert at.state("deli").state == "ok"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('[[plugins.devices.scales]]\nname = "a"\nport = "x"\nprotocol = "toledo"', "toledo"),
        ('[[plugins.devices.scales]]\nname = "a"\nport = "x"\nprotocol = "sma"\nbaud = -1', "baud"),
        ('[[plugins.devices.printers]]\nname = "A b"\nvia = "file"\nport = "x"', "name"),
        ('[[plugins.devices.printers]]\nname = "a"\nvia = "file"', "port"),
        (
            '[[plugins.devices.printers]]\nname = "a"\nvia = "file"\nport = "x"\n'
            '[[plugins.devices.displays]]\nname = "a"\nport = "y"',
            "two devices are called 'a'",
        ),
    ],
)
def test_wrong_settings_are_told_when_the_till_opens(counter, settings, says):
    """With the field; the till sells without the plugin."""
    at = counter(settings)
    info = next(one for one in at.till.host.infos() if one.name == "devices")
    assert info.state == "refused"
    assert says in info.reason
    at.sell()


def test_without_settings_it_costs_nothing(tmp_path):
    """Neither a driver nor a library is imported, and no thread runs."""
    script = f"""
import sys, threading
from pathlib import Path
from cashwrap.testing.shop import Shop
shop = Shop(Path({str(tmp_path / "shop")!r}), plugins=[Path({str(DEVICES)!r})])
shop.till.work()
sale = shop.till.new_sale()
sale.add("COLA")
sale.pay_cash(350)
shop.till.work()
loaded = [name for name in sys.modules if name.endswith((".bench", ".scales", "serial", "escpos"))]
assert not [name for name in loaded if "device" in name or "serial" in name or "escpos" in name]
assert not [each for each in threading.enumerate() if each.name.startswith("device ")]
shop.till.close()
"""
    paths = [str(ROOT / each) for each in ("kernel", "plugins", "native")]
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths}\n{script}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


def test_the_till_lets_the_ports_go_when_it_closes(counter, port):
    """So that it can be opened again, and by others."""
    import threading

    at = counter(scale(port))
    at.state("deli")
    at.shop.reopen()
    at.state("deli")
    assert [each.name for each in threading.enumerate()].count("device deli") == 1
    at.till.close()
    assert "device deli" not in [each.name for each in threading.enumerate()]
    at.shop.till = at.shop._opened()


def test_what_changed_about_a_device_is_journaled_each_minute(counter, printer):
    """For those who ask on the next day why there were no receipts."""
    at = counter(front(printer))

    def kinds():
        records = at.till.store.records()
        return [x.body() for x in records if x.envelope.kind == "devices.changed"]

    printer.paper_out = True
    at.shop.clock.pass_ms(61_000)
    at.until(lambda: len(kinds()) == 1)
    printer.new_roll()
    at.shop.clock.pass_ms(61_000)
    at.until(lambda: len(kinds()) == 2)
    told = [(each.device, each.state, each.detail) for each in kinds()]
    assert told == [
        ("front", "lost", "out of paper: put in a new roll"), ("front", "ok", "")
    ]  # fmt: skip


def run(at, *args):
    """Run ``cashwrap devices ...`` on a till."""
    from argparse import ArgumentParser

    from cashwrap.host.acting import plugin_till
    from cashwrap.host.offers import Command

    ((_, command),) = at.till.host.offers("cashwrap_commands", Command)
    parser = ArgumentParser()
    command.configure(parser)
    sys.modules[command.run.__module__].WAIT_S = 1.5
    return command.run(plugin_till(at.till, "devices"), parser.parse_args(args))


def test_the_command_lists_prints_opens_and_weighs(counter, printer, port):
    """What a shop tries when it wires something."""
    at = counter(front(printer) + scale(port))
    listed = run(at).splitlines()
    assert [" ".join(line.split()[:3]) for line in listed] == [
        "deli scale lost", "front printer ok", "front-drawer drawer unknown"
    ]  # fmt: skip
    assert "took a test print" in run(at, "print")
    (text,) = printer.texts()
    assert "测试打印 TEST PRINT" in text
    assert "was told to open" in run(at, "drawer")
    at.until(lambda: printer.kicks == 1)
    with pytest.raises(Exception, match="gives no weight: it sends nothing") as refused:
        run(at, "weigh")
    assert refused.value.code == "devices.not_done"
    with pytest.raises(Exception, match="that can do this: none"):
        run(at, "show")


def test_the_command_says_what_is_wrong(counter, printer):
    """A printer without paper prints no test."""
    printer.paper_out = True
    at = counter(front(printer))
    with pytest.raises(Exception, match="out of paper"):
        run(at, "print", "front")
    assert run(counter("")).startswith("No devices")


def test_pages_ask_for_a_test_print(counter, printer):
    """By routes, while the till is served; the same command prints one."""
    from cashwrap.host.acting import plugin_till
    from cashwrap.host.offers import Call, Route

    at = counter(front(printer))
    routes = {one.method: one for _, one in at.till.host.offers("cashwrap_routes", Route)}
    till = plugin_till(at.till, "devices")
    call = Call(till=till, body=None, path={"printer": "front"}, staff="lin", command="c1")
    for _ in range(2):
        assert routes["POST"].run(call).name == "front"
    at.until(lambda: printer.papers and not routes["GET"].run(call).printers[0].printing)
    assert len(printer.papers) == 1
    (view,) = routes["GET"].run(call).printers
    assert (view.state, view.drawer) == ("ok", True)
    with pytest.raises(Exception, match="no printer of this till"):
        routes["POST"].run(Call(till=till, body=None, path={"printer": "x"}))


def test_the_ledger_knows_what_was_printed_and_what_was_being(tmp_path):
    """Also after it was opened again; a file that cannot be read knows nothing."""
    path = tmp_path / "devices/front.json"
    ledger = Ledger(path)
    for number in range(KEPT_MOST + 5):
        ledger.sending(f"k{number}")
        ledger.printed(f"k{number}")
    ledger.sending("last")
    again = Ledger(path)
    assert again.may_be_printed("last")
    assert not again.is_printed("last")
    assert again.is_printed("k504")
    assert not again.is_printed("k1")
    path.write_bytes(b"{")
    assert not Ledger(path).is_printed("k504")


def test_a_look_without_a_till_starts_nothing(tmp_path):
    """As `cashwrap plugins` looks."""
    import threading

    from cashwrap.settings import parse_settings
    from cashwrap_plugins.devices.plugin import cashwrap_scales

    settings = parse_settings(
        '[[plugins.devices.scales]]\nname = "deli"\nport = "/dev/none"\nprotocol = "sma"\n'
    )
    ((name, _),) = cashwrap_scales(Own("devices", None, settings))
    assert name == "deli"
    assert "device deli" not in [each.name for each in threading.enumerate()]
