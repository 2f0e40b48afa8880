"""A plugin for each hook that does what it should not; the till opens, sells and stays whole."""

import pytest

from cashwrap import hookspecs
from cashwrap.events import Event, event
from cashwrap.host.acting import plugin_till
from cashwrap.host.errors import NotItsOwn
from cashwrap.host.selling import NotASeller
from cashwrap.host.serving import offered
from cashwrap.ports import SystemClock
from cashwrap.sale.events import SaleCancelled

HOOKS = {
    name: each.__code__.co_varnames[: each.__code__.co_argcount]
    for name, each in vars(hookspecs).items()
    if name.startswith("cashwrap_")
}
SEEN_ONLY = {"cashwrap_committed", "cashwrap_cart_changed", "cashwrap_closed"}
"""What these return is nobody's."""
BY_COMMAND = {"cashwrap_commands", "cashwrap_reports", "cashwrap_rule_presets"}
"""Asked by commands of people alone."""


@event("attack_test.done")
class Done(Event, frozen=True):
    x: int = 0


def source(hook, body):
    return f"@hookimpl\ndef {hook}({', '.join(HOOKS[hook])}):\n    {body}\n"


def armed(device, body, hooks=HOOKS):
    """Give each hook a plugin of its own that does this in it."""
    for hook in hooks:
        device.plugin(f"odd_{hook.removeprefix('cashwrap_')}", source(hook, body))


def day(till):
    """Do what asks every hook that a till asks by itself."""
    offered(till.host)
    for _ in range(2):
        sale = till.new_sale()
        sale.add("COLA")
        till.work()
        sale.pay_cash(350)
        assert sale.state == "completed"
        assert till.receipt(sale.id).sections == ()
    till.devices(look=True)
    while till.work():
        pass


@pytest.mark.parametrize(
    "body",
    [
        "raise KeyError('x' * 10**6)",
        "raise SystemExit(1)",
        "raise GeneratorExit",
        "raise RecursionError",
        "yield 1 // 0",
        "exec('raise BaseException')",
    ],
)
def test_what_a_hook_raises_ends_neither_sale_nor_program(device, told, body):
    """Whatever it is; each is told in the journal, in a line."""
    armed(device, body)
    till = device.open()
    day(till)
    faulted = {
        record.body().plugin for record in till.store.records()
        if record.envelope.kind == "plugin.faulted"
    }  # fmt: skip
    lazy = SEEN_ONLY if body.startswith("yield") else set()  # nobody goes through what they give
    expected = set(HOOKS) - BY_COMMAND - lazy - {"cashwrap_closed"}
    assert faulted == {f"odd_{hook.removeprefix('cashwrap_')}" for hook in expected}
    assert all(len(one.reason) < 1_000 for one in till.host.infos())
    assert till.store.verify().ok
    till.close()


@pytest.mark.parametrize(
    "body",
    [
        "return 17",
        "return [17, None]",
        "return object()",
        "return ['x' * 10**7]",
        "return iter(int, 1)",
        "return [[]] * 10**6",
        "return {}.keys",
    ],
)
def test_what_cannot_be_an_answer_is_none(device, told, body):
    """Wrong types, too much, without an end: left out, told, and no price is another."""
    armed(device, body)
    till = device.open()
    day(till)
    states = {one.name: (one.state, one.faults) for one in till.host.infos()}
    for hook in set(HOOKS) - BY_COMMAND - SEEN_ONLY:
        assert states[f"odd_{hook.removeprefix('cashwrap_')}"] != ("active", 0), hook
    assert till.store.verify().ok


def test_what_hangs_when_the_till_opens_is_left_out(device):
    """At its import, and in what it adds; the till opens and sells."""
    device.settings("[host]\nhang_ms = 500\n")
    device.plugin("importing", "while True:\n    pass")
    device.plugin("giving", source("cashwrap_price_lists", "return [1 for _ in iter(int, 1)]"))
    till = device.open(SystemClock())
    assert {one.state for one in till.host.infos()} == {"refused"}
    assert all("did not come back within" in one.reason for one in till.host.infos())
    sale = till.new_sale()
    sale.add("COLA")
    assert sale.pay_cash(350)


def test_what_hangs_at_a_receipt_or_a_display_holds_up_nobody_for_long(device, told):
    """Also in a generator that the kernel goes through."""
    device.settings("[host]\nhang_ms = 500\n")
    endless = "yield next(one for one in iter(int, 1) if one)"
    device.plugin("paper", source("cashwrap_receipt_sections", endless))
    device.plugin("lamp", source("cashwrap_committed", "while events: pass"))
    till = device.open(SystemClock())
    sale = till.new_sale()
    sale.add("COLA")
    sale.pay_cash(350)
    assert till.receipt(sale.id).sections == ()
    assert {"plugin.faulted"} <= set(told())


def test_nothing_of_anothers_is_journaled(device):
    """Neither the kernel's, also under a plugin of a room's name, nor another plugin's."""
    for name in ("sale", "other", "attack_test"):
        device.plugin(name, "")
    till = device.open()
    before = till.store.head.seq
    for name, foreign in [
        ("sale", SaleCancelled("x", 1, "", 0, ())),
        ("other", Done()),
        ("other", SaleCancelled("x", 1, "", 0, ())),
    ]:
        with pytest.raises(NotItsOwn):
            plugin_till(till, name).commit([foreign])
    with pytest.raises(NotItsOwn):
        plugin_till(till, "attack_test").commit(iter([Done(), SaleCancelled("x", 1, "", 0, ())]))
    assert till.store.head.seq == before


MONEY = """
from cashwrap.sale.events import SaleCompleted

class Thief:
    name, version, tables = "thief", 1, (TABLES,)
    reads = {SaleCompleted.kind: SaleCompleted}

    def fold(self, writer, envelope, body):
        writer.put(WRITES, b"x", b"1")

@hookimpl
def cashwrap_projections():
    return [Thief()]
"""


@pytest.mark.parametrize(
    ("tables", "writes"),
    [
        ("'sale.days'", "'sale.days'"),
        ("'thief.x', 'stock.balances'", "'thief.x'"),
        ("'thief.x'", "'sale.days'"),
        ("'thief.x'", "'store.head'"),
        ("'thief.x'", "'other.table'"),
    ],
)
def test_no_fold_writes_into_anothers_table(device, tables, writes):
    """Refused when it is named, a fault when it is done; the books are as without it."""
    device.plugin("thief", MONEY.replace("TABLES", tables).replace("WRITES", writes))
    till = device.open()
    sale = till.new_sale()
    sale.add("COLA")
    sale.pay_cash(350)
    (info,) = till.host.infos()
    assert info.state in ("refused", "aside")
    assert till.takings().sales == 1
    assert till.store.verify().ok


def test_a_plugin_has_no_till_to_take_money_by(device):
    """What it gets has no way on; to sell it has to ask, and then is held to staff rights."""
    device.plugin("quiet", "", "[needs]\nrights = []")
    device.plugin("seller", "", "[needs]\nrights = ['sales']")
    till = device.open()
    own = plugin_till(till, "quiet")
    for name in dir(own):
        if not name.startswith("_") and name not in ("plugin", "shop", "folder", "is_training"):
            value = getattr(own, name)
            assert not hasattr(value, "commit"), name
    with pytest.raises(AttributeError):
        own.till  # noqa: B018
    with pytest.raises(NotASeller):
        own.sell(lambda selling: selling.open_sales)

    def order(selling):
        sale = selling.new_sale(staff="web", command="order-1")
        sale.add("COLA")
        return sale.id

    assert plugin_till(till, "seller").sell(order) == till.open_sales()[0].id
    assert own.open_sales()[0].lines[0].sku == "COLA"


CORRUPT = """
from cashwrap.receipt.model import Section
from cashwrap.sale.events import SaleCompleted

class Count:
    name, version, tables = "count", 1, ("count.n",)
    reads = {SaleCompleted.kind: SaleCompleted}

    def fold(self, writer, envelope, body):
        before = int(writer.get("count.n", b"n") or b"0")
        broken = body.payable_minor == 700
        writer.put("count.n", b"n", b"broken" if broken else b"%d" % (before + 1))

@hookimpl
def cashwrap_projections():
    return [Count()]

@hookimpl
def cashwrap_receipt_sections(sale, reader, gift):
    return [Section(title={"en": str(int(reader.get("count.n", b"n") or b"0"))})]
"""


def test_a_plugin_with_a_broken_table_fails_alone(device):
    """On paper it is missing, at the next sale it is set aside, and the books are right."""
    device.plugin("count", CORRUPT)
    till = device.open()
    for quantity in (2, 1, 1):
        sale = till.new_sale()
        sale.add("COLA", quantity)
        sale.pay_cash(sale.due_minor)
        assert till.receipt(sale.id).sections == ()
    (info,) = till.host.infos()
    assert (info.state, till.takings().sales) == ("aside", 3)
    assert till.store.verify().ok


def test_names_that_begin_anothers_are_no_names(device, tmp_path, monkeypatch):
    """A dot in it would make its events and tables those of the plugin before the dot."""
    from cashwrap.entry_points import EntryPoint

    (tmp_path / "evil_module.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    device.plugin("members", "")
    till = device.open()
    till.close()
    monkeypatch.setattr(
        "cashwrap.plugins.installed_plugins", lambda: [EntryPoint("members.x", "evil_module")]
    )
    from cashwrap.till import Till

    with Till.open(
        device.shop.folder, clock=device.shop.clock, randomness=device.shop.randomness, witness=[]
    ) as till:
        states = {one.name: one.state for one in till.host.infos()}
    assert states == {"members.x": "refused", "members": "active"}
