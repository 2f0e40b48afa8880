"""What people see of plugins, and what plugins may do."""

import json

import pytest

from cashwrap.cli.main import main
from cashwrap.events import Event, event
from cashwrap.host.acting import plugin_till
from cashwrap.host.errors import NotItsOwn
from cashwrap.promotions.rules import Candidates, Rule, RuleSet
from cashwrap.sale.events import SaleCancelled
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

VETO = """
@hookimpl
def cashwrap_may(act, sale):
    return "not on a Sunday" if act == "pay" and sale.note == "sunday" else None
"""
FEED = """
from cashwrap.host.offers import React

SEEN, FAIL = [], []

@hookimpl
def cashwrap_followers():
    return [React(name="cans", kinds=("sale.completed",), do=do)]

def do(till, record):
    if FAIL:
        raise OSError(FAIL.pop())
    SEEN.append(record.seq)
"""


@event("feed_test.seen")
class Seen(Event, frozen=True):
    count: int


def module(till, name):
    return till.host.plugins[name].manager.get_plugin(name)


def sell(till, note=""):
    sale = till.new_sale()
    sale.add("COLA")
    sale.note(note)
    sale.pay_cash(350)
    return sale


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))


def test_every_call_of_a_sale_can_be_traced(device):
    """Which plugin was asked what, how long it took, and what it said; and no longer than asked."""
    device.plugin("shut", VETO)
    till = device.open()
    with till.host.traced() as calls:
        with pytest.raises(Exception, match="not on a Sunday"):
            sell(till, "sunday")
    sell(till)
    asked = [(call.plugin, call.hook, call.answer) for call in calls]
    assert asked == [
        ("shut", "cashwrap_may", "None"),
        ("shut", "cashwrap_may", "'not on a Sunday'"),
    ]
    assert all(call.took_ns > 0 for call in calls)


def test_a_plugin_is_asked_about_the_acts_that_it_names_and_no_scan_waits_for_others(device):
    """Who forbids payments alone is not asked before goods are added; another still is."""
    device.plugin("shut", VETO, '[needs]\nrights = ["veto"]\nacts = ["pay"]\n')
    till = device.open()
    assert till.watched == {"pay"}
    device.plugin("picky", VETO.replace('"pay"', '"add"').replace("sale.note", "sale.customer"))
    till = device.open()
    with till.host.traced() as calls:
        sell(till)
        with pytest.raises(Exception, match="not on a Sunday"):
            till.new_sale(customer="sunday").add("COLA")
        with pytest.raises(Exception, match="not on a Sunday"):
            sell(till, "sunday")
    asked = [(call.plugin, call.answer) for call in calls]
    no = "'not on a Sunday'"
    assert asked == [
        ("picky", "None"), ("picky", "None"), ("shut", "None"),
        ("picky", no),
        ("picky", "None"), ("picky", "None"), ("shut", no),
    ]  # fmt: skip


def test_a_plugin_that_may_not_say_no_is_not_asked_in_a_sale_without_it(shop):
    """Where no plugin forbids anything, a sale is not watched."""
    assert not shop.till.watched


def test_a_follower_goes_on_where_it_was_and_tries_again(device):
    """Each record at least once, in order; one that fails comes again, and holds up nothing."""
    device.plugin("feed", FEED)
    till = device.open()
    feed = module(till, "feed")
    feed.SEEN.clear()
    sell(till)
    till.work()
    feed.FAIL.append("no disk")
    sell(till)
    till.work()
    till.work()
    assert len(feed.SEEN) == 1
    device.shop.clock.pass_ms(1_000)
    till.work()
    assert len(feed.SEEN) == 2
    assert feed.SEEN == sorted(feed.SEEN)
    sell(till)
    till = device.open()
    while till.work():
        pass
    assert len(feed.SEEN) == 3


def test_a_plugin_journals_its_own_events_only(device):
    """Not money, and not another plugin's; the same command commits once."""
    device.plugin("feed_test", "")
    till = device.open()
    own = plugin_till(till, "feed_test")
    for _ in range(2):
        own.commit([Seen(1)], command="tap")
    kinds = [record.envelope.kind for record in till.store.records()]
    assert kinds.count("feed_test.seen") == 1
    for foreign in (SaleCancelled("x", 1, "", 0, ()), Seen(2)):
        with pytest.raises(NotItsOwn):
            plugin_till(till, "other").commit([foreign])


def test_the_command_shows_and_brings_back(device, state, capsys):
    """Versions, times of the last run, faults and why; back by a command, in the journal."""
    shop = str(device.shop.folder)
    device.plugin("odd", VETO.replace("return", "1 // 0\n    return"), "version = '2.1'\n"
                  "title = {en = 'Odd'}\n[needs]\nrights = ['veto']")  # fmt: skip
    device.plugin("bad", "1 // 0")
    till = device.open()
    for _ in range(3):
        sell(till)
    till.close()
    assert main(["plugins", "-f", shop, "--json"]) == 6
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)["plugins"]}
    assert (found["bad"]["state"], found["odd"]["state"]) == ("refused", "aside")
    assert (found["odd"]["version"], found["odd"]["faults"]) == ("2.1", 3)
    (spent,) = found["odd"]["spent"]
    assert (spent["hook"], spent["calls"]) == ("cashwrap_may", 3)
    assert main(["plugins", "odd", "-f", shop]) == 6
    out = capsys.readouterr().out
    assert "Odd" in out
    assert "cashwrap_may" in out
    assert "veto" in out


def test_a_command_sets_aside_and_restores(tmp_path, state, monkeypatch, capsys):
    """By hand, over restarts, until somebody brings it back."""
    monkeypatch.setattr("cashwrap.plugins.installed_plugins", list)
    Till.create(tmp_path / "shop")
    shop = str(tmp_path / "shop")
    home = tmp_path / "shop/plugins/quiet"
    home.mkdir(parents=True)
    (home / "plugin.py").write_text("")
    assert main(["plugins", "quiet", "-f", shop]) == 0
    assert main(["plugins", "--set-aside", "quiet", "-f", shop]) == 6
    assert main(["plugins", "quiet", "-f", shop]) == 6
    assert main(["plugins", "--restore", "quiet", "-f", shop]) == 0
    assert main(["plugins", "quiet", "-f", shop]) == 0
    assert main(["plugins", "nobody", "-f", shop]) == 1
    assert "there are quiet" in capsys.readouterr().err


def test_commands_that_a_plugin_breaks_go_on_without_it(device, state, capsys):
    """Looking and care need no plugin."""
    device.plugin("bad", "1 // 0")
    device.open().close()
    shop = str(device.shop.folder)
    assert main(["takings", "-f", shop]) == 0
    assert main(["verify", "-f", shop]) == 0
    assert main(["rebuild", "-f", shop]) == 0
    assert main(["doctor", "-f", shop]) == 1
    assert "插件 bad 未启用" in capsys.readouterr().out


def test_in_training_nothing_of_a_plugin_reaches_the_shop(device):
    """Followers and jobs do not run; its tables are folded."""
    device.plugin("feed", FEED)
    till = device.open()
    feed = module(till, "feed")
    feed.SEEN.clear()
    practice = till.training()
    sell(practice)
    while practice.work():
        pass
    assert feed.SEEN == []


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path / "plain")
    yield made
    made.till.close()


RULE = """
class Odd:
    def candidates(self, rule, lines, occasion):
        raise LookupError("no colours")

@hookimpl
def cashwrap_candidate_sources():
    return [("odd", Odd())]
"""


def test_a_rule_of_a_plugin_that_raises_is_left_out_and_told_once(device, told):
    """The goods cost what they cost without it, at every price; nothing is set aside."""
    device.plugin("odd", RULE)
    till = device.open()
    benefit = Candidates(plugin="odd", data="{}")
    till.publish_rules(RuleSet(rules=(Rule(id="colours", layer="item", benefit=benefit),)))
    for _ in range(5):
        sale = sell(till)
        assert till.record_of(sale.id).body().payable_minor == 350
    (info,) = till.host.infos()
    assert (told(), info.state) == (["plugin.faulted"], "active")
    assert info.spent[0].hook == "cashwrap_candidate_sources"


def test_what_comes_back_while_the_till_is_open_is_asked_at_once(device):
    """Also what was aside when it opened: its questions, its followers."""
    device.plugin("shut", VETO + FEED)
    till = device.open()
    till.host.set_aside("shut", "by hand")
    till = device.open()
    feed = module(till, "shut")
    feed.SEEN.clear()
    assert sell(till, "sunday").state == "completed"
    till.work()
    till.host.restore("shut")
    with pytest.raises(Exception, match="not on a Sunday"):
        sell(till, "sunday")
    while till.work():
        pass
    assert len(feed.SEEN) == 1
