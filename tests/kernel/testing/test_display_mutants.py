"""The suite for customer displays finds each of these faults, and none in a sound plugin."""

from pathlib import Path

import pytest

from cashwrap.testing import displays
from cashwrap.testing.displays import DisplayConformance, DisplayRig

SOUND = '''
import os
import threading
import time

from cashwrap import hookimpl
from cashwrap.sale.events import SaleCancelled, SaleCompleted, SaleSuspended


def money(minor):
    return f"{minor // 100}.{minor % 100:02}"  # MONEY


def row(left, right):
    left = left.encode("ascii", "replace").decode()
    return left[: 19 - len(right)].ljust(20 - len(right)) + right  # ROW


class Pole:
    """Two rows of 20; a thread shows what is wanted, also after the cable was out."""

    def __init__(self, own):
        self.path = own.shop.plugins["pole"]["port"]
        self.wanted = self.shown = None
        self.before = ()
        self.file = -1
        self.ends = False
        threading.Thread(target=self.run, daemon=True).start()

    def show(self, upper, lower):
        self.wanted = upper + lower  # SHOW

    def run(self):
        while not self.ends:
            try:
                self.step()
            except OSError:
                if self.file >= 0:
                    os.close(self.file)
                self.file = -1
                self.shown = None  # LOST
            time.sleep(0.01)

    def step(self):
        if self.file < 0:
            self.file = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            if not os.read(self.file, 1):
                raise OSError
        except BlockingIOError:
            pass
        wanted = self.wanted
        if wanted != self.shown:
            os.write(self.file, b"\\x0c" + wanted.encode())  # WRITE
            self.shown = wanted

    def changed(self, sale):
        new = [line for line in sale.lines if line not in self.before]  # NEW
        self.before = sale.lines
        total = row("TOTAL", money(sale.payable_minor))  # TOTAL
        upper = " " * 20
        if new:
            line = new[-1]
            upper = row(line.name, money(line.unit_minor * line.quantity_milli // 1000))  # LINE
        self.show(upper, total)


POLES = {}


def pole(own):
    if own not in POLES:
        POLES[own] = Pole(own)
    return POLES[own]


@hookimpl
def cashwrap_cart_changed(sale, own):
    pole(own).changed(sale)  # CHANGED


@hookimpl
def cashwrap_committed(events, own):
    for event in events:
        if isinstance(event, SaleCompleted):
            change = sum(payment.change_minor for payment in event.payments)
            pole(own).show(row("PAID", money(event.payable_minor)), row("CHANGE", money(change)))
        elif isinstance(event, (SaleCancelled, SaleSuspended)):  # GONE
            pole(own).show(" " * 20, " " * 20)


@hookimpl
def cashwrap_closed(own):
    if own in POLES:
        POLES.pop(own).ends = True
'''

DIRECT = "wanted = upper + lower\n        self.wanted = wanted\n        self.step()"

FAULTS = {
    "the price of one piece": (
        "line.unit_minor * line.quantity_milli // 1000", "line.unit_minor", "each_line",
    ),
    "the first line for ever": ("line = new[-1]", "line = sale.lines[0]", "each_line"),
    "whole units": (
        'f"{minor // 100}.{minor % 100:02}"', 'f"{(minor + 50) // 100}"', "each_line",
    ),
    "before discounts": (
        "money(sale.payable_minor))  # TOTAL",
        "money(sum(x.unit_minor * x.quantity_milli // 1000 for x in sale.lines)))",
        "total_is_what",
    ),
    "the name pushes the amount out": (
        "return left[: 19 - len(right)].ljust(20 - len(right)) + right",
        'return (left + " " + right)[:20].ljust(20)', "whole_beside",
    ),
    "no change": ('row("CHANGE", money(change))', '" " * 20', "comes_back"),
    "the screen is not cleared": (
        'b"\\x0c" + wanted.encode()', "wanted.replace('  ', '').encode()", "nothing_of_the_last",
    ),
    "a cancelled sale stays": (
        "(SaleCancelled, SaleSuspended)", "SaleSuspended", "shown_no_more",
    ),
    "a suspended sale stays": (
        "(SaleCancelled, SaleSuspended)", "SaleCancelled", "shown_no_more",
    ),
    "dark after the cable": ("self.shown = None  # LOST", "pass", "unplugged"),
    "the sale waits for the cable": ("self.wanted = upper + lower  # SHOW", DIRECT, "unplugged"),
    "the first of many": (
        "self.wanted = upper + lower  # SHOW",
        "self.wanted = self.wanted if self.wanted != self.shown else upper + lower", "many_changes",
    ),
    "notes": (
        "upper = row(line.name, ", "upper = row(line.note or line.name, ", "not_for_customers",
    ),
    "the sale's note": ('row("TOTAL", ', 'row(sale.note or "TOTAL", ', "not_for_customers"),
    "one sale in a lifetime": (
        "pole(own).changed(sale)  # CHANGED",
        "sale.id == pole(own).__dict__.setdefault('id', sale.id) and pole(own).changed(sale)",
        "nothing_of_the_last",
    ),
}  # fmt: skip
TESTS = [name for name in vars(DisplayConformance) if name.startswith("test_")]


def shows(heard: bytes) -> str:
    """Two rows of 20: form feed clears, what follows is written from the beginning."""
    cells = [" "] * 40
    for part in heard.split(b"\x0c")[-1:]:
        for at, sign in enumerate(part.decode("ascii")):
            cells[at % 40] = sign
    return "".join(cells[:20]) + "\n" + "".join(cells[20:])


def suite(folder: Path, source: str) -> DisplayConformance:
    plugin = folder / "pole"
    plugin.mkdir()
    (plugin / "plugin.py").write_text(source)
    (plugin / "manifest.toml").write_text(
        'name = "pole"\nversion = "1.0"\ntitle = { en = "Pole", "zh-CN" = "客显" }\n'
        '[needs]\nhooks = ["cashwrap_cart_changed", "cashwrap_committed", "cashwrap_closed"]\n'
        'rights = ["journal"]\n'
    )

    class Suite(DisplayConformance):
        def rig(self) -> DisplayRig:
            return DisplayRig(
                plugins=(plugin,),
                settings=lambda port: f'\n[plugins.pole]\nport = "{port}"\n',
                shows=shows,
            )

    return Suite()


@pytest.mark.parametrize("test", TESTS)
def test_a_sound_plugin_passes(test, tmp_path):
    """Whatever is tried."""
    getattr(suite(tmp_path, SOUND), test)(tmp_path)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(fault, tmp_path, monkeypatch):
    """By the test that is about it; it is waited for no longer than it takes to see it."""
    monkeypatch.setattr(displays, "WAIT_S", 1.0)
    right, wrong, where = FAULTS[fault]
    assert SOUND.count(right) == 1
    (test,) = [name for name in TESTS if where in name]
    with pytest.raises(AssertionError):
        getattr(suite(tmp_path, SOUND.replace(right, wrong)), test)(tmp_path)
