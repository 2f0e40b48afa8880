"""The trace switch: what plugins are asked in one sale, and what they say."""

import json

import pytest

from cashwrap.cli.main import main
from cashwrap.store.look import look_into

MAY = """
@hookimpl
def cashwrap_may(act, sale):
    if any(line.sku == "BUN" for line in sale.lines):
        return "no buns today"
"""

FAILS = """
@hookimpl
def cashwrap_committed(events):
    raise ValueError("lamp")
"""


@pytest.fixture
def shop(device):
    device.plugin("keeper", MAY)
    device.plugin("lamp", FAILS)
    device.settings('[host]\nonly = ["keeper", "lamp"]\n')
    device.open().close()
    return device.shop


def test_each_call_of_a_sale_is_shown_in_order(shop, capsys):
    """Goods, money, and what failed; the exit code says look."""
    argv = ["plugins", "--trace", "COLA", "6901234567892", "--member", "M1", "--json"]
    assert main([*argv, "-f", str(shop.folder)]) == 6
    shown = json.loads(capsys.readouterr().out)
    steps = [(step["did"], [call["plugin"] for call in step["calls"]]) for step in shown["steps"]]
    assert steps == [
        ("member M1", []),
        ("COLA", ["keeper"]),
        ("6901234567892", ["keeper"]),
        ("cash", ["keeper", "lamp"]),
        ("receipt", []),
    ]
    (lamp,) = [one for one in shown["plugins"] if one["name"] == "lamp"]
    assert lamp["faults"] == 1
    assert shown["steps"][3]["calls"][1]["answer"] == "raised ValueError: lamp"


def test_a_veto_is_an_answer_and_the_sale_goes_on(shop, capsys):
    """The step says what the cashier would be told."""
    assert main(["plugins", "--trace", "BUN", "COLA", "-f", str(shop.folder)]) == 6
    shown = capsys.readouterr().out
    assert "BUN: no buns today" in shown
    assert "'no buns today'" in shown
    assert "raised ValueError: lamp" in shown


def test_nothing_of_it_is_kept(shop, capsys):
    """The shop's journal has no record more, and no folder is left behind."""
    with look_into(shop.folder) as look:
        before = look.head
    main(["plugins", "--trace", "COLA", "-f", str(shop.folder)])
    with look_into(shop.folder) as look:
        assert look.head == before


@pytest.mark.parametrize("place", ["apart/of/it", "../beside", "absolute"])
def test_plugins_are_found_wherever_the_settings_say(device, tmp_path, capsys, place):
    """In the shop's folder, beside it, or anywhere."""
    there = tmp_path / "anywhere" if place == "absolute" else device.shop.folder / place
    named = str(there) if place == "absolute" else place
    device.plugin("keeper", MAY)
    there.parent.mkdir(parents=True, exist_ok=True)
    (device.shop.folder / "plugins").rename(there)
    device.settings(f'[host]\nfolder = "{named}"\nonly = ["keeper"]\n')
    device.open().close()
    assert main(["plugins", "--trace", "COLA", "-f", str(device.shop.folder)]) == 0
    assert "keeper" in capsys.readouterr().out


def test_the_newest_calls_are_kept_while_it_is_on(device):
    """The settings switch it on from the start; it can be switched while the till sells."""
    device.plugin("keeper", MAY)
    device.settings("[host]\ntrace = true\n")
    till = device.open()
    sale = till.new_sale()
    sale.add("COLA")
    sale.add("CAKE")
    tracing = till.host.tracing
    assert [(call.number, call.plugin) for call in tracing.calls()] == [
        (1, "keeper"),
        (2, "keeper"),
    ]
    tracing.switch(on=False)
    sale.add("CAKE")
    assert tracing.calls() == ()
    tracing.switch(on=True)
    sale.add("CAKE")
    assert [call.answer for call in tracing.calls()] == ["None"]
