"""A plugin as a shop installs it: found by its entry point, its tables folded with the sale."""

from pathlib import Path

import pytest

from cashwrap.host.own import Own, give_own
from cashwrap.plugins import PluginRefused, drivers_of, load_plugins, projections_of
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

SOURCE = '''
from cashwrap.events import Event, event
from cashwrap.hookspecs import hookimpl
from cashwrap.sale.events import SaleCompleted, SaleFolded
from cashwrap.testing.terminal import FakeTerminal


@event("stamps.spent")
class StampsSpent(Event, frozen=True):
    """A customer gave stamps away."""

    count: int


class Stamps:
    """One stamp for each full 10 yuan of sales."""

    name, version, tables = "stamps", 1, ("stamps.count",)
    reads = {SaleCompleted.kind: SaleFolded, StampsSpent.kind: StampsSpent}
    also = ""

    def fold(self, writer, envelope, body):
        before = int(writer.get("stamps.count", b"all") or b"0")
        more = -body.count if isinstance(body, StampsSpent) else body.payable_minor // 1000
        writer.put("stamps.count", b"all", b"%d" % (before + more))
        if self.also:
            writer.put(self.also, b"x", b"x")


@hookimpl
def cashwrap_projections():
    return [Stamps()]


@hookimpl
def cashwrap_tender_drivers():
    return [("giftcard", FakeTerminal())]
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The plugin's distribution on the path, as a package installer leaves it."""
    site, module = tmp_path / "site", f"stamps_{tmp_path.name.replace('-', '_')}"
    info = site / "stamps-1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"{module}.py").write_text(
        SOURCE.replace("stamps.spent", f"stamps.spent_{module}"), encoding="utf-8"
    )
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stamps\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[cashwrap.plugins]\nstamps = {module}\n")
    monkeypatch.syspath_prepend(str(site))
    return module


def opened(shop: Shop) -> Till:
    shop.till.close()
    shop.till = Till.open(
        shop.folder, plugins=True, clock=shop.clock, randomness=shop.randomness, witness=[]
    )
    return shop.till


def offered() -> object:
    manager = load_plugins()
    give_own(manager, Own("any"))
    return projections_of(manager), drivers_of(manager)


def stamps(till: Till) -> int:
    with till.store.read() as reader:
        return int(reader.get("stamps.count", b"all") or b"0")


def test_a_plugins_tables_follow_the_journal(shop: Shop, installed: str) -> None:
    """Folded with each sale, those before it too, kept over a crash, equal to their rebuild."""
    before = shop.till.new_sale()
    before.scan("16901234567899")
    before.pay_cash(8400)
    till = opened(shop)
    assert stamps(till) == 8
    sale = till.new_sale()
    sale.add("COLA", 4)
    assert sale.payments.ask("giftcard", 1400).verdict == "paid"
    assert (sale.state, stamps(till)) == ("completed", 9)
    spent = __import__(installed).StampsSpent
    till.commit([spent(5)])
    assert stamps(till) == 4
    assert till.store.verify().fault is None
    till.store.rebuild()
    assert stamps(till) == 4
    till.abandon()
    assert stamps(opened(shop)) == 4


def test_a_fold_outside_its_own_tables_sets_the_plugin_aside(
    shop: Shop, installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin that writes another room's table is refused, and asked no more; the sale stands."""
    till = opened(shop)
    sale = till.new_sale()
    sale.add("COLA", 4)
    monkeypatch.setattr(__import__(installed).Stamps, "also", "sale.totals")
    sale.pay_cash(1400)
    assert (sale.state, till.takings().payable_minor, stamps(till)) == ("completed", 1400, 0)
    (told,) = [one for one in till.host.infos() if one.name == "stamps"]
    assert (told.state, told.faults) == ("aside", 1)
    assert "not declared" in told.reason
    assert till.store.verify().ok


@pytest.mark.parametrize(
    ("find", "instead", "why"),
    [
        ('"stamps", 1', '"sale", 1', "its own begin with 'stamps'"),
        ('"stamps", 1', '"stampsandmore", 1', "its own begin with 'stamps'"),
        ("[Stamps()]", "[Stamps(), Stamps()]", "twice"),
        ("[Stamps()]", "[1 // 0]", "failed in cashwrap_projections"),
        ('"giftcard"', '"cash"', "taken"),
        ('("giftcard", FakeTerminal())', '("a", 1), ("a", 2)', "taken"),
        ("def cashwrap_projections", "def cashwrap_projection", "cannot be loaded"),
        ("from cashwrap.events", "from cashwrap.nowhere", "cannot be loaded"),
    ],
)
def test_a_plugin_that_does_not_fit_is_refused_by_name(
    tmp_path: Path, installed: str, find: str, instead: str, why: str
) -> None:
    """Foreign names, failing hooks and broken imports are told apart before the folder opens."""
    file = tmp_path / "site" / f"{installed}.py"
    source = file.read_text(encoding="utf-8")
    assert find in source
    file.write_text(source.replace(find, instead), encoding="utf-8")
    with pytest.raises(PluginRefused, match=why):
        offered()


def test_tables_of_a_plugin_bear_its_name(shop: Shop, tmp_path: Path, installed: str) -> None:
    """A plugin with a table of another room's name is left out when the folder opens."""
    file = tmp_path / "site" / f"{installed}.py"
    source = file.read_text(encoding="utf-8")
    file.write_text(source.replace('("stamps.count",)', '("sale.totals",)'), encoding="utf-8")
    till = opened(shop)
    (told,) = [one for one in till.host.infos() if one.name == "stamps"]
    assert told.state == "refused"
    assert "must begin with 'stamps.'" in told.reason
    assert any("'stamps' is not used" in warning for warning in till.store.warnings)
