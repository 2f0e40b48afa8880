"""Each fault of docs/runbook.md is made, its message is the one printed there, its commands run."""

import io
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builders.tamper import change_record

from cashwrap import Till
from cashwrap.cli import exits
from cashwrap.cli.main import main
from cashwrap.doctor import disk
from cashwrap.errors import CashwrapError
from cashwrap.store.engine import Engine
from cashwrap.store.errors import DiskFull
from cashwrap.testing.shop import ManualClock
from cashwrap.testing.terminal import FakeTerminal

PAGE = Path(__file__).parents[2] / "docs" / "runbook.md"
CATALOG = "sku,name,gtins,tax,price\nCOLA,可乐,6901234567892,vat13,3.50\n"
RULES = '[[rules]]\nid = "r"\nlayer = "item"\nrange = { skus = ["COLA"] }\n' + (
    'benefit = { kind = "group", every = 2, off = { percent_ppm = 500_000 } }\n'
)
YEARS_MS = 10 * 365 * 86_400_000


def parts() -> dict[str, str]:
    """Return the parts of the page by their headings."""
    _, *found = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part for part in found}


def commands(part: str) -> list[tuple[list[str], set[int]]]:
    """Return the commands of a part, each with the exit codes that are right."""
    blocks = re.findall(r"```console\n(.*?)```", part, re.DOTALL)
    found = []
    for line in "".join(blocks).splitlines():
        words, _, code = line.partition(" # ")
        right = {int(code)} if code.strip() else {exits.OK, exits.LOOK}
        found.append((shlex.split(words)[1:], right))
    return found


class World:
    """A shop named ``shop`` in the current folder, and what is quoted of a fault."""

    def __init__(self, part: str, patch: pytest.MonkeyPatch) -> None:
        self.part = " ".join(part.split())
        self.patch = patch
        self.held: Till | None = None
        Till.create("shop", 'shop_name = "街角小店"')
        Path("items.csv").write_text(CATALOG)
        with self.till() as till:
            till.import_catalog("items.csv")
            self.sell(till)

    def till(self, clock: ManualClock | None = None) -> Till:
        """Open the shop's till, with a terminal that never answers."""
        terminal = FakeTerminal(["silent_unpaid"])
        return Till.open("shop", drivers={"card": terminal}, plugins=False, clock=clock)

    def sell(self, till: Till) -> str:
        """Sell a cola for cash."""
        sale = till.new_sale()
        sale.add("COLA")
        sale.pay_cash(1_000)
        return sale.id

    def says(self, act: Callable[[], object]) -> None:
        """Do something that is refused in words that the page quotes."""
        with pytest.raises(CashwrapError) as refused:
            act()
        said = " ".join(str(refused.value).split())
        quoted = re.findall(r"`([^`]+)`", self.part)
        assert any(words in said for words in quoted if len(words) > 9), said

    def back_up(self) -> None:
        """Make the backup of Monday."""
        assert main(["backup", "usb/monday.mdb", "-f", "shop"]) == 0


FAULTS: dict[str, Callable[[World], object]] = {}


def fault(heading: str) -> Callable[[Callable[[World], object]], Callable[[World], object]]:
    """Say how the fault of a part is made."""

    def register(make: Callable[[World], object]) -> Callable[[World], object]:
        FAULTS[heading] = make
        return make

    return register


@fault("The till's program stopped, or was killed")
@fault("The power fails")
def killed(world: World) -> None:
    """An open sale, and no close."""
    till = world.till()
    till.new_sale().add("COLA")
    till.abandon()
    with world.till() as till:
        (sale,) = till.open_sales()
        assert sale.totals.payable_minor == 350
        sale.cancel("gone")


@fault("The power fails while a customer pays by card or phone")
@fault("The card terminal is silent")
def paying(world: World) -> None:
    """A payment that nobody answers."""
    till = world.till()
    sale = till.new_sale()
    sale.add("COLA")
    sale.payments.ask("card")
    till.abandon()
    with world.till() as till:
        (sale,) = till.open_sales()
        if "wait for its answer" in world.part:
            world.says(lambda: sale.pay_cash(1_000))
        (payment,) = sale.payments.in_doubt
        sale.payments.declare(payment.id, paid=True, reason="the customer shows the debit")
        assert sale.state == "completed"


@fault("The receipt printer is dead")
@fault("The disk is slow")
@fault("The store must grow, or keeps growing")
def nothing_else(world: World) -> None:
    """The till itself is well."""


def shift(world: World) -> None:
    """Count and close a shift with ¥2.00 too little."""
    with world.till() as till:
        opened = till.shifts.open(10_000, staff="ana")
        world.sell(till)
        till.no_sale("change", staff="ana")
        till.shifts.declare(opened.number, {10_000: 1, 100: 1, 50: 1}, staff="ana")
        report = till.shifts.close(opened.number, staff="boss")
        (cash,) = [row for row in report.tenders if row.tender == "cash"]
        assert cash.over_minor == -200


FAULTS["The drawer is short, or over"] = shift


@fault("The disk is full")
@fault("The disk is full at closing time")
def full(world: World) -> None:
    """No room is left but the reserve."""
    world.patch.setattr(disk, "_free_bytes", lambda folder: 1 << 20)
    with world.till() as till:
        till.training().close()
        opened = till.shifts.open(0, staff="ana")
        sale = till.new_sale()
        sale.add("COLA")
        with pytest.MonkeyPatch.context() as patch:

            def no_room(self: Engine, emergency: bool) -> None:
                if not emergency:
                    raise DiskFull(self.used, self.map_size)

            patch.setattr(Engine, "_make_room", no_room)
            world.says(lambda: sale.pay_cash(1_000))
            till.shifts.declare(opened.number, {}, staff="ana")
            till.shifts.close(opened.number, staff="ana")
        sale.pay_cash(1_000)
        assert sale.state == "completed"


@fault("The disk fails")
def failing(world: World) -> None:
    """The latch of an I/O error, with its note."""
    till = world.till()
    till.store.engine.latch("mdb_txn_commit: Input/output error")
    world.says(lambda: world.sell(till))
    till.abandon()


@fault("A bit of the file has changed, or somebody changed a record")
def changed(world: World) -> None:
    """One byte of an old record."""
    world.back_up()
    change_record("shop", 3)
    world.says(world.till)


@fault("The file is cut short, empty, or another one")
def short(world: World) -> None:
    """Half of the data file is gone."""
    world.back_up()
    data = Path("shop/data.mdb")
    data.write_bytes(data.read_bytes()[:20_000])
    world.says(world.till)


@fault("The folder was copied, or moved to another device")
def copied(world: World) -> None:
    """A copy beside the original."""
    shutil.copytree("shop", "copy")
    world.says(lambda: Till.open("copy", plugins=False))


@fault("An old folder came back")
def old(world: World) -> None:
    """The very file, as it was three sales ago."""
    before = Path("shop/data.mdb").read_bytes()
    with world.till() as till:
        world.sell(till)
    with Path("shop/data.mdb").open("r+b") as file:
        file.write(before)
    world.says(world.till)


@fault("The clock is wrong")
def clock(world: World) -> None:
    """Somebody sold ten years from now, and set the clock right."""
    ahead = ManualClock()
    ahead.wall_ms += YEARS_MS
    with world.till(ahead) as till:
        world.sell(till)


@fault("A wrong price, or wrong rules, were published")
def wrong_price(world: World) -> None:
    """A cola for a tenth of its price."""
    with world.till() as till:
        Path("wrong.csv").write_text(CATALOG.replace("3.50", "0.35"))
        Path("right.csv").write_text(CATALOG)
        till.import_catalog("wrong.csv")
        till.publish_rules(RULES)


@fault("The settings are wrong, or unsafe")
def settings(world: World) -> None:
    """A flag under which a database forgets, then a name that is none."""
    path = Path("shop/settings.toml")
    path.write_text("[database]\nmetasync = false\n")
    world.says(world.till)
    path.write_text('shopname = "x"\n')
    world.says(world.till)


@fault("A plugin does not load")
def plugin(world: World) -> None:
    """An entry point whose module is not there."""
    from cashwrap import plugins
    from cashwrap.entry_points import EntryPoint

    def one() -> list[EntryPoint]:
        return [EntryPoint("gone", "no_such_module.plugin")]

    world.patch.setattr(plugins, "installed_plugins", one)
    with Till.open("shop") as till:
        (warning,) = [each for each in till.store.warnings if "plugin" in each]
    quoted = re.findall(r"`([^`]+)`", world.part)
    assert any(words in warning for words in quoted)


@fault("After an update it does not open, or the old version is needed again")
def too_new(world: World) -> None:
    """A store of a later format."""
    import lmdb
    import msgspec

    with lmdb.open("shop", max_dbs=64) as env:
        table = env.open_db(b"store.meta")
        with env.begin(write=True, db=table) as txn:
            row = msgspec.msgpack.decode(txn.get(b"identity"))
            txn.put(b"identity", msgspec.msgpack.encode(row | {"format": 99}))
    world.says(world.till)


def enroll(world: World) -> None:
    """Give the shop an owner with a PIN."""
    with world.till() as till:
        till.staff.enroll("boss", "Boss", role="owner", pin="4826")


@fault("A PIN is forgotten")
def forgotten(world: World) -> None:
    """The owner types another one."""
    enroll(world)
    with world.till() as till:
        world.says(lambda: till.staff.sign_in("boss", "4827"))


@fault("Somebody guesses PINs")
def guessed(world: World) -> None:
    """Ten wrong PINs, with the waits between."""
    enroll(world)
    clock = ManualClock()
    with world.till(clock) as till:
        for _ in range(10):
            with pytest.raises(CashwrapError):
                till.staff.sign_in("boss", "4827")
            if "too many" in _said(lambda: till.staff.sign_in("boss", "4827")):
                world.says(lambda: till.staff.sign_in("boss", "4827"))
            clock.pass_ms(16 * 60_000)


def _said(act: Callable[[], object]) -> str:
    try:
        act()
    except CashwrapError as error:
        return str(error)
    return ""


@fault("The pepper is lost")
def pepper(world: World) -> None:
    """The file is gone."""
    enroll(world)
    Path("shop/staff.pepper").unlink()
    with world.till() as till:
        world.says(lambda: till.staff.sign_in("boss", "4826"))


@fault("The till's key is lost")
def key(world: World) -> None:
    """The file is gone."""
    Path("shop/till.key").unlink()
    world.says(world.till)


@fault("Two programs want the same till")
def twice(world: World) -> None:
    """One sells, the other one wants to."""
    with world.till():
        world.says(world.till)


@fault("A table is wrong")
def table(world: World) -> None:
    """Somebody changed a balance behind the till's back."""
    import lmdb

    with lmdb.open("shop", max_dbs=64) as env:
        balances = env.open_db(b"sale.days")
        with env.begin(write=True, db=balances) as txn:
            txn.put(b"29990101", b"\x90")


@pytest.mark.parametrize("heading", parts())
def test_the_commands_of_a_fault_run(
    heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is made, its words are those of the page, and what to do about it works."""
    part = parts()[heading]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(disk, "_file_system", lambda folder: "ext4")
    monkeypatch.setattr(disk, "_flush_us", lambda file: 1_000)
    assert commands(part)
    FAULTS[heading](World(part, monkeypatch))
    for words, right in commands(part):
        monkeypatch.setattr("sys.stdin", io.StringIO("7391\n7391\n"))
        assert main(words) in right, words


def test_every_fault_has_its_four_parts() -> None:
    """What the clerk sees and does, what the owner does, what is certain."""
    for heading, part in parts().items():
        for wanted in ("**Clerk sees:**", "**Clerk does:**", "**Owner does:**", "**Certain:**"):
            assert wanted in part, heading
    assert parts().keys() == FAULTS.keys()
