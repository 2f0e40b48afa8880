"""Each check finds what it is for, says what to do, and changes nothing."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import lmdb
import pytest

from cashwrap.catalog.errors import CatalogError
from cashwrap.doctor import disk, examine
from cashwrap.doctor.model import Finding, Level, worst
from cashwrap.errors import InvalidInput
from cashwrap.opening import kernel_projections
from cashwrap.settings import FILE_NAME
from cashwrap.store import backup
from cashwrap.store.errors import StoreDamaged
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

COLA = "6901234567892"
HOUR_MS = 3_600_000


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Return a shop with a catalog, one sale, and a terminal that stays silent."""
    made = Shop(
        tmp_path / "shop",
        drivers={"card": FakeTerminal(["silent_unpaid"])},
        items=[
            {"type": "item", "sku": "COLA", "name": "可乐", "gtins": [COLA], "price": "3.50",
             "tax": "vat13"},
        ],
    )  # fmt: skip
    sale = made.till.new_sale()
    sale.scan(COLA)
    sale.pay_cash(1_000)
    yield made
    made.till.close()


def found(shop: Shop | Path, *, deep: bool = False) -> dict[str, Finding]:
    """Return what every check says, the worst by its name."""
    if isinstance(shop, Path):
        place: Path | Till = shop
    else:
        place = shop.folder if shop.till.store.engine.is_closed else shop.till
    findings = examine(
        place, deep=deep, projections=kernel_projections() if deep else (), witness=[],
        clock=None if isinstance(shop, Path) else shop.clock,
    )  # fmt: skip
    by_name: dict[str, Finding] = {}
    for one in sorted(findings, key=lambda each: ("good", "look", "bad").index(each.level)):
        by_name[one.check] = one
    return by_name


def levels(shop: Shop | Path, *, deep: bool = False) -> dict[str, Level]:
    """Return the level of every check."""
    return {name: one.level for name, one in found(shop, deep=deep).items()}


# What a device of tests cannot promise: its kind of disk, its clock, a backup, a witness.
OF_THE_DEVICE = {"disk.kind", "disk.free", "disk.flush", "disk.allocated", "clock.synchronised",
                 "backups.last", "witness.kept"}  # fmt: skip


def test_a_sound_till_is_good(shop: Shop) -> None:
    """Closed or selling, from outside or from inside: nothing is wrong with it."""
    inside = found(shop, deep=True)
    shop.till.close()
    alone = found(shop, deep=True)
    for seen in (inside, alone):
        wrong = {name: one for name, one in seen.items() if one.level != "good"}
        assert wrong.keys() <= OF_THE_DEVICE, wrong
    assert "store.tables" in alone
    shop.reopen()


def test_a_till_of_another_program_is_examined_while_it_sells(shop: Shop) -> None:
    """The command line looks into a folder that is in use, and says who has it."""
    done = subprocess.run(
        [sys.executable, "-m", "cashwrap", "doctor", str(shop.folder), "--json", "--deep"],
        capture_output=True, check=False, env={**os.environ, "CASHWRAP_STATE_DIR": "/nonexistent"},
    )  # fmt: skip
    answer = json.loads(done.stdout)
    said = {one["check"]: one for one in answer["findings"]}
    assert str(os.getpid()) in said["store.in_use"]["found"]
    assert said["store.whole"]["level"] == "good"
    assert "store.tables" not in said  # they move while it sells
    assert answer["stats"]["last_seq"] == shop.till.store.head.seq
    with pytest.raises(InvalidInput):
        examine(shop.folder)


def test_examining_changes_nothing(shop: Shop) -> None:
    """Not a byte of the folder is other afterwards, and no file is left behind."""
    shop.till.close()
    before = {path: path.read_bytes() for path in shop.folder.iterdir() if path.suffix != ".mdb"}
    data = (shop.folder / "data.mdb").read_bytes()
    found(shop, deep=True)
    after = {path: path.read_bytes() for path in shop.folder.iterdir() if path.suffix != ".mdb"}
    assert after == before
    assert (shop.folder / "data.mdb").read_bytes() == data
    shop.reopen()


def test_every_finding_that_is_not_good_says_what_to_do(shop: Shop) -> None:
    """In both languages of the shop."""
    (shop.folder / FILE_NAME).write_text("sync = false")
    shop.till.close()
    (shop.folder / "till.key").unlink()
    bad = [one for one in found(shop).values() if one.level != "good"]
    assert {"settings.valid", "keys.key"} <= {one.check for one in bad}
    for one in bad:
        assert all((one.found.en, one.found.zh, one.advice.en, one.advice.zh))


def test_no_store_and_damaged_stores_are_looked_at_from_outside(shop: Shop, tmp_path: Path) -> None:
    """The doctor never raises for what is wrong, and says it in the words of the store."""
    assert worst(list(found(tmp_path / "nothing").values())) == "bad"
    shop.till.close()
    data = shop.folder / "data.mdb"
    whole = data.read_bytes()
    for damaged in (b"", b"no store at all" * 1_000, whole[:9_000]):
        data.write_bytes(damaged)
        assert levels(shop)["store.readable"] == "bad"
    data.write_bytes(whole)
    shop.reopen()


def test_an_end_that_was_none_is_told(shop: Shop) -> None:
    """After a power cut the next start brings everything back; until then somebody should know."""
    shop.till.abandon()
    assert levels(shop)["store.in_use"] == "look"
    shop.reopen()
    assert levels(shop)["store.in_use"] == "good"


def test_copies_are_told(shop: Shop, tmp_path: Path) -> None:
    """A folder that was copied is no till of this device."""
    import shutil

    shop.till.close()
    shutil.copytree(shop.folder, tmp_path / "copy")
    assert levels(tmp_path / "copy")["store.place"] == "bad"
    shop.reopen()


def test_a_fault_of_the_disk_is_told(shop: Shop) -> None:
    """The note that a latched till leaves is read from outside."""
    shop.till.store.engine.latch("Input/output error")
    assert levels(shop)["store.fault"] == "bad"
    assert {one.check: one.level for one in examine(shop.till)}["store.fault"] == "bad"
    shop.reopen()


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ("[database]\nmetasync = false", "settings.valid"),
        ('shopname = "x"', "settings.valid"),
        ('till = "T9"', "settings.names"),
        ('timezone = "Asia/Nowhere"', "clock.zone"),
        ("[plugins.nobody]\nx = 1", "plugins.settings"),
        ('[[taxes]]\ncode = "other"\nname = "x"\nby_order_type = { "" = [] }', "settings.taxes"),
    ],
)
def test_settings_that_do_not_fit(shop: Shop, wrong: str, check: str) -> None:
    """Unsafe, unknown, foreign and missing settings, each under a name of its own."""
    shop.till.close()
    kept = (shop.folder / FILE_NAME).read_text()
    (shop.folder / FILE_NAME).write_text(wrong)
    assert levels(shop)[check] != "good"
    (shop.folder / FILE_NAME).write_text(kept)
    shop.reopen()


def test_settings_that_changed_beside_a_till_count_from_its_next_start(shop: Shop) -> None:
    """The file is compared with what the running till journaled."""
    assert "settings.in_force" not in found(shop)
    path = shop.folder / FILE_NAME
    path.write_text(path.read_text() + "\n# other\n")
    assert levels(shop)["settings.in_force"] == "look"


def test_tables_of_another_version_are_told(shop: Shop) -> None:
    """The next start folds them anew, so that there is nothing to do but to know it."""
    shop.till.close()
    with lmdb.open(str(shop.folder), max_dbs=64) as env:
        table = env.open_db(b"store.meta")
        with env.begin(write=True, db=table) as txn:
            row = txn.get(b"projections")
            txn.put(b"projections", row.replace(b"rules.plan", b"ruler.plan"))
    assert levels(shop, deep=True)["store.stale"] == "look"
    shop.reopen()
    shop.till.close()
    assert "store.stale" not in levels(shop, deep=True)
    shop.reopen()


def test_a_changed_price_is_found(shop: Shop) -> None:
    """The catalog stands beside the journal; its hash in the journal shows any change of it."""
    shop.till.close()
    assert levels(shop, deep=True)["catalog.whole"] == "good"
    with lmdb.open(str(shop.folder), max_dbs=64) as env:
        table = env.open_db(b"catalog.prices")
        with env.begin(write=True, db=table) as txn:
            ((key, value),) = txn.cursor()
            txn.put(key, value.replace(b"\xcd\x01^", b"\xcd\x00^"))  # 350 becomes 94
    assert levels(shop, deep=True)["catalog.whole"] == "bad"
    shop.reopen()


def test_keys(shop: Shop) -> None:
    """Open to others, another's, gone."""
    path = shop.folder / "till.key"
    path.chmod(0o644)
    assert levels(shop)["keys.key_mode"] == "look"
    path.chmod(0o600)
    kept = path.read_text()
    path.write_text("00" * 32)
    assert levels(shop)["keys.key"] == "bad"
    path.write_text("no key")
    assert levels(shop)["keys.key"] == "bad"
    path.write_text(kept)
    assert levels(shop)["keys.key"] == "good"


def test_the_pepper(shop: Shop) -> None:
    """PINs can be checked with the pepper that they were made with, and with no other."""
    shop.till.staff.enroll("boss", "Boss", role="owner", pin="4711")
    assert levels(shop)["staff.pepper"] == "good"
    path = shop.folder / "staff.pepper"
    kept = path.read_bytes()
    path.write_text("11" * 32)
    assert levels(shop)["staff.pepper"] == "bad"
    path.unlink()
    assert levels(shop)["staff.pepper"] == "bad"
    path.write_bytes(kept)


def test_the_witness(shop: Shop, tmp_path: Path) -> None:
    """Kept elsewhere it knows a folder that is older than what this device wrote."""
    seen = tmp_path / "state"
    shop.till.close()
    old = (shop.folder / "data.mdb").read_bytes()
    with Till.open(shop.folder, plugins=False, clock=shop.clock, witness=[seen]):
        pass

    def level() -> Level:
        findings = examine(shop.folder, witness=[seen], clock=shop.clock)
        return {one.check: one.level for one in findings}["witness.kept"]

    assert level() == "good"
    with (shop.folder / "data.mdb").open("r+b") as file:  # the same file, with older pages
        file.write(old)
    assert level() == "bad"
    shop.till = Till.open(
        shop.folder, plugins=False, clock=shop.clock, witness=[seen], adopt="an old image came back"
    )


def test_another_history_is_told_from_an_older_one(shop: Shop, tmp_path: Path) -> None:
    """An old image that sold on is as long as what this device wrote, and not the same."""
    seen = tmp_path / "state"
    shop.till.close()
    old = (shop.folder / "data.mdb").read_bytes()
    with Till.open(shop.folder, plugins=False, clock=shop.clock, witness=[seen]):
        pass
    with (shop.folder / "data.mdb").open("r+b") as file:
        file.write(old)
    for _ in range(3):
        with Till.open(shop.folder, plugins=False, clock=shop.clock, witness=[]):
            shop.clock.pass_ms(60_000)
    findings = examine(shop.folder, witness=[seen], clock=shop.clock)
    (one,) = [one for one in findings if one.check == "witness.kept"]
    assert one.level == "bad"
    assert "another history" in one.found.en
    assert "不同" in one.found.zh
    shop.till = Till.open(
        shop.folder, plugins=False, clock=shop.clock, witness=[seen], adopt="the image sold on"
    )


def test_clocks(shop: Shop) -> None:
    """Long gone, behind the journal, or set lately."""
    assert levels(shop)["clock.right"] == "good"
    shop.clock.jump(-5 * HOUR_MS)
    assert levels(shop)["clock.right"] == "bad"
    shop.till.no_sale("look")
    assert levels(shop)["clock.steady"] == "look"
    shop.clock.jump(-50 * 365 * 24 * HOUR_MS)
    assert levels(shop)["clock.right"] == "bad"


def test_backups(shop: Shop, tmp_path: Path) -> None:
    """The last one's age, where this till made it."""
    assert levels(shop)["backups.last"] == "look"
    shop.till.store.backup(tmp_path / "all.mdb")
    assert levels(shop)["backups.last"] == "good"
    shop.clock.pass_ms(5 * 24 * HOUR_MS)
    assert levels(shop)["backups.last"] == "look"
    shop.clock.pass_ms(15 * 24 * HOUR_MS)
    assert levels(shop)["backups.last"] == "bad"
    (shop.folder / backup.NOTE_FILE).write_text("torn")
    assert levels(shop)["backups.last"] == "look"


def test_what_waits(shop: Shop) -> None:
    """Open sales, payments in doubt, suspended sales and shifts, each when they are old."""
    shop.till.shifts.open(50_000, staff="ana")
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.payments.ask("card")
    held = shop.till.new_sale()
    held.scan(COLA)
    held.suspend("phone call", key="138")
    seen = levels(shop)
    assert seen["payments.doubt"] == "look"
    assert {seen[name] for name in ("sales.open", "holds.waiting", "shifts.open")} == {"good"}
    shop.clock.pass_ms(30 * HOUR_MS)
    seen = levels(shop)
    assert seen["payments.doubt"] == "bad"
    assert {seen[name] for name in ("sales.open", "holds.waiting", "shifts.open")} == {"look"}
    assert "30" not in found(shop)["shifts.open"].found.en  # whole days
    assert "1 day" in found(shop)["shifts.open"].found.en


def test_training_is_told(shop: Shop) -> None:
    """A training folder takes room; a till that is for training says so first of all."""
    shop.till.training().close()
    assert levels(shop)["training.folder"] == "good"
    shop.till.close()
    assert "TRAINING" in found(shop.folder / "training")["training.marked"].found.en
    shop.reopen()


@pytest.mark.parametrize(
    ("change", "check", "level"),
    [
        (lambda m: m.setattr(disk, "_free_bytes", lambda folder: 10 << 20), "disk.free", "bad"),
        (lambda m: m.setattr(disk, "_free_bytes", lambda folder: 300 << 20), "disk.free", "look"),
        (lambda m: m.setattr(disk, "_file_system", lambda folder: "tmpfs"), "disk.kind", "bad"),
        (lambda m: m.setattr(disk, "_file_system", lambda folder: "nfs4"), "disk.kind", "bad"),
        (lambda m: m.setattr(disk, "_is_read_only", lambda folder: True), "disk.writable", "bad"),
        (lambda m: m.setattr(disk, "_flush_us", lambda file: 90_000), "disk.flush", "look"),
        (lambda m: m.setattr(disk, "_flush_us", lambda file: 900_000), "disk.flush", "bad"),
    ],
)
def test_disks(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[pytest.MonkeyPatch], None],
    check: str,
    level: Level,
) -> None:
    """Little room, memory, network, read only, slow."""
    change(monkeypatch)
    assert levels(shop)[check] == level


def test_a_start_looks_around_quickly(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong at a start is among the warnings and stops nothing."""
    assert {one.check for one in shop.till.health} >= {"disk.free", "payments.doubt"}
    monkeypatch.setattr(disk, "_free_bytes", lambda folder: 10 << 20)
    till = shop.reopen()
    assert any("free some space" in text for text in till.store.warnings)
    sale = till.new_sale()
    sale.scan(COLA)
    sale.pay_cash(1_000)
    assert sale.state == "completed"


def test_a_check_that_stumbles_hides_no_other(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it could not be made."""

    def stumble(folder: Path) -> int:
        raise CatalogError("no")

    monkeypatch.setattr(disk, "_free_bytes", stumble)
    seen = found(shop)
    assert seen["disk.free"].level == "look"
    assert seen["store.readable"].level == "good"


@pytest.mark.parametrize("seed", range(3))
def test_flipped_bits_are_found(shop: Shop, seed: int) -> None:
    """A deep look finds every flipped bit that the till would ever read; the rest change nothing.

    Each flip must be told, or leave head, chain and every table as they were.
    """
    for _ in range(30):
        sale = shop.till.new_sale()
        sale.scan(COLA)
        sale.pay_cash(1_000)
    used = shop.till.store.engine.used
    shop.till.close()
    data = shop.folder / "data.mdb"
    whole = data.read_bytes()
    sound = _content(shop.folder)
    dice = random.Random(seed)
    for _ in range(5):
        flipped = bytearray(whole)
        flipped[dice.randrange(used)] ^= 1 << dice.randrange(8)
        data.write_bytes(flipped)
        if worst(list(found(shop, deep=True).values())) != "bad":
            assert _content(shop.folder) == sound
    data.write_bytes(whole)
    shop.reopen()


def _content(folder: Path) -> list[bytes]:
    from cashwrap.store.look import look_into

    try:
        with look_into(folder) as look:
            return [record.hash for record in look.records()]
    except StoreDamaged:
        return []
