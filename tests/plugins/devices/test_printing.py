"""A shop prints: what, on which printer, once, and what it says when it cannot."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cashwrap.host.errors import PluginVetoed
from cashwrap.testing.printers import FakePrinter

ROOT = Path(__file__).parents[3]
TWO = 'registers = ["A", "B"]\n'
DRAWER = 'drawer = "pin2"\nsensor = "high"\nleft_open_s = 5\n'


def front(printer, more="", name="front"):
    return f"""
[[plugins.devices.printers]]
name = "{name}"
via = "network"
port = "127.0.0.1:{printer.port}"
{more}
"""


@pytest.mark.req("R286")
def test_reprints_slips_and_the_z_are_printed_too(counter, printer):
    """Each as the kernel lays it out, a reprint marked as what it is."""
    at = counter(front(printer))
    shift = at.till.shifts.open(10_000, staff="lin")
    number = at.sell()
    at.till.reprint(at.till.sale_of_number(1))
    waiting = at.till.new_sale()
    waiting.add("BUN")
    hold = waiting.suspend("接电话")
    at.until(lambda: len(printer.papers) == 3)
    first, again, slip = printer.texts()
    assert number in first
    assert "重印 第1次" not in first
    assert "重印 第1次" in again
    assert hold.code in slip
    at.till.holds.resume(hold).sale.cancel("left")
    at.till.shifts.declare(shift.number, {100: 103, 50: 1}, staff="lin")
    report = at.till.shifts.close(shift.number, staff="lin")
    at.until(lambda: len(printer.papers) == 4)
    assert printer.texts()[3].startswith(at.till.shifts.text(report))


def test_a_shop_may_print_only_what_is_asked_for(counter, printer):
    """Without paper for each sale a reprint is paper all the same."""
    at = counter(front(printer, 'receipts = "no"\nreports = false'))
    at.sell()
    at.till.reprint(at.till.sale_of_number(1))
    at.until(lambda: len(printer.papers) == 1)
    assert "重印" in printer.texts()[0]


def test_each_register_prints_at_its_own_printer(counter, printer):
    """One without registers prints for all of them."""
    second, office = FakePrinter(), FakePrinter()
    at = counter(
        front(printer, 'registers = ["A"]')
        + front(second, 'registers = ["B"]', "second")
        + front(office, "", "office"),
        head=TWO,
    )
    first, other = at.sell(register="A"), at.sell(register="B")
    at.until(lambda: len(office.papers) == 2 and printer.papers and second.papers)
    assert [first in text for text in printer.texts()] == [True]
    assert [other in text for text in second.texts()] == [True]
    for each in (second, office):
        each.switch_off()


def test_a_printer_that_is_bought_today_does_not_print_the_year(counter, printer, tmp_path):
    """It begins with the next sale."""
    at = counter("")
    for _ in range(3):
        at.sell()
    path = at.shop.folder / "settings.toml"
    path.write_text(path.read_text("utf-8") + front(printer), "utf-8")
    at.shop.reopen()
    at.work()
    number = at.sell()
    at.until(lambda: printer.papers)
    time.sleep(0.3)
    at.work()
    assert [number in text for text in printer.texts()] == [True]


@pytest.mark.req("R286")
@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        ("paper_out", "lost", "out of paper"),
        ("cover_open", "lost", "cover is open"),
        ("paper_low", "warn", "nearly out"),
    ],
)
def test_what_the_printer_says_is_told(counter, printer, fault, state, words):
    """In both languages, and it is well again when it is."""
    at = counter(front(printer))
    setattr(printer, fault, True)
    at.until(lambda: at.state("front").state == state)
    found = at.state("front")
    assert (found.state, found.kind) == (state, "printer")
    assert words in found.detail["en"]
    assert found.detail["zh-CN"]
    setattr(printer, fault, False)
    at.until(lambda: at.state("front").state == "ok")


def test_a_printer_that_never_answers_is_not_called_well(counter, printer):
    """It prints; whether it did, nobody knows."""
    printer.answers = False
    at = counter(front(printer))
    number = at.sell()
    at.until(lambda: printer.papers)
    assert number in printer.texts()[0]
    found = at.state("front")
    assert found.state == "unknown"
    assert "does not say" in found.detail["en"]


def test_a_printer_that_is_not_there_is_a_state(counter):
    """The till opens and sells; what it is told says where to look."""
    at = counter("""
[[plugins.devices.printers]]
name = "front"
via = "network"
port = "127.0.0.1:1"
[[plugins.devices.printers]]
name = "back"
via = "file"
port = "/dev/usb/lp77"
[[plugins.devices.printers]]
name = "side"
via = "serial"
port = "/dev/ttyNONE"
""")
    at.sell()
    for name in ("front", "back", "side"):
        found = at.state(name)
        assert found.state == "lost"
        assert "not connected" in found.detail["en"]


def test_a_printer_at_a_serial_port_or_a_device_node(counter, port, tmp_path):
    """The same bytes, by whatever it is wired."""
    node = tmp_path / "lp0"
    node.touch()
    at = counter(f"""
[[plugins.devices.printers]]
name = "serial"
via = "serial"
port = "{port.path}"
answers = "no"
[[plugins.devices.printers]]
name = "node"
via = "file"
port = "{node}"
""")
    number = at.sell()
    heard = bytearray()

    def printed():
        heard.extend(port.receive())
        return b"\x1dV\x01" in heard and b"\x1dV\x01" in node.read_bytes()

    at.until(printed)
    assert number.encode() in heard
    assert bytes(heard) == node.read_bytes()
    assert at.state("node").state == "unknown"


@pytest.mark.req("R283")
def test_the_drawer_opens_for_cash_and_for_nothing_else(counter, printer):
    """A sale for cash, a no sale, money in and out; not a card, not a suspended sale."""
    at = counter(front(printer, DRAWER))
    at.sell(given=1_000)
    at.until(lambda: printer.kicks == 1)
    sale = at.till.new_sale()
    sale.add("COLA")
    sale.payments.record("voucher", "券", 350)
    at.until(lambda: len(printer.papers) == 2)
    assert printer.kicks == 1
    at.till.no_sale("change", staff="lin")
    at.until(lambda: printer.kicks == 2)


@pytest.mark.req("R283")
def test_the_drawer_opens_without_paper(counter, printer):
    """In real time: the change is in it."""
    at = counter(front(printer, DRAWER))
    printer.paper_out = True
    at.until(lambda: at.state("front").state == "lost")
    at.sell(given=1_000)
    at.until(lambda: printer.kicks == 1)
    assert printer.papers == []


@pytest.mark.req("R283")
def test_a_drawer_that_is_left_open_is_told(counter, printer):
    """Closed, open, and open for too long; without a sensor nobody knows."""
    at = counter(front(printer, DRAWER) + front(printer, 'drawer = "pin2"', "blind"))
    assert at.state("front-drawer").detail["en"] == "closed"
    at.till.no_sale("change", staff="lin")
    at.until(lambda: at.state("front-drawer").detail["en"].startswith("open"))
    at.until(lambda: at.state("front-drawer").state == "warn")
    printer.drawer_open = False
    at.until(lambda: at.state("front-drawer").state == "ok")
    assert at.state("blind-drawer").state == "unknown"


def test_a_drawer_is_not_opened_later(counter, printer):
    """When the printer comes back after a while, nobody stands at the drawer."""
    from cashwrap_plugins.devices.ledger import Ledger
    from cashwrap_plugins.devices.printing import ReceiptPrinter
    from cashwrap_plugins.devices.settings import PrinterSettings

    settings = PrinterSettings(
        name="front", via="network", port=f"127.0.0.1:{printer.port}", drawer="pin2"
    )
    ticks = [100.0]
    late = ReceiptPrinter(settings, Ledger(None), ticks_s=lambda: ticks[0] + time.monotonic() / 1e3)
    late.open_drawer()
    ticks[0] += 20
    late.start()
    assert late.look().state == "ok"
    late.stop()
    assert printer.kicks == 0


def test_an_owner_may_want_no_money_without_a_receipt(counter, printer):
    """Only where the settings say so; and an unknown state forbids nothing."""
    at = counter("\n[plugins.devices]\nprinter_needed = true\n" + front(printer))
    printer.paper_out = True
    at.until(lambda: at.state("front").state == "lost")
    with pytest.raises(PluginVetoed, match="缺纸"):
        at.sell()
    printer.new_roll()
    at.until(lambda: at.state("front").state == "ok")
    for sale in at.till.open_sales():
        sale.pay_cash(350)


def test_what_nobody_knows_forbids_nothing(counter, printer):
    """A printer that never answers may print well."""
    printer.answers = False
    at = counter("\n[plugins.devices]\nprinter_needed = true\n" + front(printer))
    at.until(lambda: at.state("front").detail["en"].startswith("it takes data"))
    at.sell()


@pytest.mark.req("R293")
def test_a_printer_that_hangs_gets_nothing_that_would_be_lost(counter, printer):
    """It always answered, and is silent now: the sale goes on, the receipt waits."""
    at = counter(front(printer))
    at.until(lambda: at.state("front").state == "ok")
    printer.answers = False
    at.until(lambda: at.state("front").state == "lost")
    assert "does not answer any more" in at.state("front").detail["en"]
    number = at.sell()
    for _ in range(20):
        at.work()
        time.sleep(0.02)
    assert printer.papers == []
    printer.answers = True
    at.until(lambda: printer.papers)
    assert number in printer.texts()[0]


def test_without_that_wish_nothing_is_refused(counter, printer):
    """The default."""
    printer.paper_out = True
    at = counter(front(printer))
    at.until(lambda: at.state("front").state == "lost")
    at.sell()


KILLED = """
import sys, time
from pathlib import Path
from cashwrap import Till

till = Till.open(sys.argv[1], witness=[])
till.work()
print("open", flush=True)
sale = till.new_sale()
sale.add("COLA")
sale.pay_cash(350)
print("sold", flush=True)
while True:
    till.work()
    time.sleep(0.01)
"""


@pytest.mark.req("R293")
def test_kill_9_while_it_prints_leaves_no_receipt_out(counter, printer):
    """The next till prints it, and says that it may be the second one."""
    at = counter(front(printer))
    at.till.close()
    script = at.shop.folder / "killed.py"
    script.write_text(KILLED, "utf-8")
    paths = os.pathsep.join(str(ROOT / each) for each in ("kernel", "plugins", "native"))
    ledger = at.shop.folder / "devices/front.json"
    real = printer._print

    def takes(client, data):
        """It takes a paper and never confirms it."""
        if b"\x1b@" not in data:
            real(client, data)

    printer._print = takes
    killed = subprocess.Popen(
        [sys.executable, script, at.shop.folder],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert killed.stdout.readline() == "open\n"
    assert killed.stdout.readline() == "sold\n"
    asked = time.monotonic() + 10
    while not (ledger.exists() and b'"sending":""' not in ledger.read_bytes()):
        assert time.monotonic() < asked
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    printer._print = real
    at.shop.till = at.shop._opened()
    at.until(lambda: printer.papers)
    (text,) = printer.texts()
    assert "MAY BE PRINTED TWICE" in text
    assert "S001-T1-000001" in text
