"""Everything works in training, nothing counts, and nothing of it can reach the shop."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NoReturn

import pytest

from cashwrap.audit import TrainingBegan, TrainingEnded
from cashwrap.receipt import electronic, lookup
from cashwrap.sale.errors import NoSuchSale
from cashwrap.staff.errors import WrongPin
from cashwrap.store.errors import FollowerRefused, StoreCopied
from cashwrap.store.restore import restore
from cashwrap.tender.driver import Capabilities, Intent, Outcome, SettlementLine
from cashwrap.testing.shop import SeededRandomness, Shop
from cashwrap.till import Till
from cashwrap.training.folder import NOTE, AlreadyTraining, NotTraining, training_folder, wipe
from cashwrap.training.people import TRAINING_PIN
from cashwrap.training.terminal import ask_next

COLA = "6901234567892"
RULES = """
[[rules]]
id = "second-half"
layer = "item"
range = { skus = ["COLA"] }
benefit = { kind = "group", every = 2, off = { percent_ppm = 500_000 } }
"""


class RealTerminal:
    """A terminal that must never be touched."""

    capabilities = Capabilities(kind="card", settlement=True)

    def _touched(self) -> NoReturn:
        raise AssertionError("a real terminal was asked by a till for training")

    def begin(self, intent: Intent) -> Outcome:
        """Fail the test."""
        self._touched()

    def query(self, intent_id: str) -> Outcome:
        """Fail the test."""
        self._touched()

    def cancel(self, intent_id: str) -> Outcome:
        """Fail the test."""
        self._touched()

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        """Fail the test."""
        self._touched()

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        """Fail the test."""
        self._touched()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Return a shop whose terminal is not to be touched, with cola on its shelf."""
    made = Shop(tmp_path / "shop", drivers={"card": RealTerminal()})
    made.receive("COLA", 24_000, 4_800)
    yield made
    made.till.close()


def sold(till: Till, *, tender: str = "cash") -> str:
    """Sell one cola; return the sale."""
    sale = till.new_sale(staff="ana")
    sale.scan(COLA)
    if tender == "cash":
        sale.pay_cash(1_000)
    else:
        sale.payments.ask(tender)
    assert sale.state == "completed"
    return sale.id


@pytest.mark.req("R272")
def test_everything_works_and_nothing_counts(shop: Shop) -> None:
    """Sales in training move no stock, number and money of the shop; who trained is journaled."""
    before = shop.till.takings()
    with shop.till.training(staff="ana") as training:
        sold(training)
        sold(training, tender="card")
        training.no_sale("change", staff="ana")
        assert training.takings().sales == 2
        assert training.available("COLA") == 22_000
    assert shop.till.takings() == before
    assert shop.till.available("COLA") == 24_000
    assert [one.envelope.kind for one in shop.till.store.records()][-2:] == [
        TrainingBegan.kind, TrainingEnded.kind,
    ]  # fmt: skip
    last = list(shop.till.store.records())[-1]
    body = last.body()
    assert isinstance(body, TrainingEnded)
    assert (last.envelope.staff, body.sales) == ("ana", 2)
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.pay_cash(1_000)
    assert shop.till.receipt(sale.id).number == "S001-T1-000001"


def test_what_the_shop_has_is_there_to_practise_on(shop: Shop) -> None:
    """Catalog, rules, settings and stock are the shop's as they are when training begins."""
    shop.till.publish_rules(RULES)
    training = shop.till.training()
    sale = training.new_sale()
    sale.add("COLA", 2)
    assert sale.totals.payable_minor == 525
    sale.cancel()
    shop.load([{"type": "item", "sku": "NEW", "name": "新品", "tax": "food", "price": "7.00"}])
    shop.receive("NEW", 5_000, 100)
    shop.till.rollback_rules()
    again = shop.till.training()
    assert again is training
    sale = again.new_sale()
    sale.add("NEW", 1)
    assert sale.totals.payable_minor == 700
    assert again.available("NEW") == 4_000
    assert again.rules().in_force is None


def test_paper_and_links_say_training(shop: Shop) -> None:
    """Receipts, copies, e-receipts, square codes and signed links are marked as training."""
    training = shop.till.training()
    sale = sold(training)
    copy = training.reprint(sale)
    assert "培训模式" in training.receipt_text(sale)
    assert "培训模式" in training.receipt_text(sale, gift=True)
    assert [mark.kind for mark in copy.marks] == ["copy", "training"]
    assert copy.number == "TRAINING-S001-T1-000001"
    assert electronic.decode(training.e_receipt(sale)).marks[-1].kind == "training"
    claim, _, _ = electronic.parse_link(training.receipt_link(sale, "https://shop.example/r"))
    assert claim.training
    assert lookup.parse(copy.lookup).training
    assert electronic.parse_link(shop.till.receipt_link(_real(shop), "x"))[0].training is False


def test_slips_and_reports_say_training(shop: Shop) -> None:
    """Hold slips, X and Z are marked, and shifts are counted apart from the shop's."""
    training = shop.till.training()
    shift = training.shifts.open(5_000, staff="ana")
    sale = training.new_sale(staff="ana")
    sale.scan(COLA)
    held = sale.suspend("phone call", staff="ana")
    assert "培训模式" in training.holds.slip_text(held)
    assert "培训模式" in training.shifts.text(training.shifts.x(staff="ana"))
    training.shifts.declare(shift.number, {5_000: 1}, staff="ana")
    assert "培训模式" in training.shifts.text(training.shifts.close(shift.number, staff="ana"))
    assert shop.till.shifts.all() == []
    assert shop.till.holds.waiting() == ()


def test_goods_come_back_in_training(shop: Shop) -> None:
    """A return of a training sale is a training sale itself, by the simulated terminal."""
    training = shop.till.training()
    number = training.receipt(sold(training, tender="card")).number
    back = training.new_sale(staff="ana")
    back.take_back(number, [(1, 1)], reason="practise", staff="ana")
    back.refund(staff="ana")
    assert back.state == "completed"
    assert training.receipt(back.id).marks[0].kind == "training"
    assert training.available("COLA") == 24_000


def _real(shop: Shop) -> str:
    return sold(shop.till)


def test_a_training_receipt_brings_nothing_back_in_the_shop(shop: Shop) -> None:
    """Neither its square code nor its number is a receipt of the shop, nor the other way round."""
    real = _real(shop)
    training = shop.till.training()
    practised = training.receipt(sold(training))
    with pytest.raises(NoSuchSale, match="training"):
        shop.till.new_sale().take_back(practised.lookup, [(1, 1)], reason="x")
    with pytest.raises(NoSuchSale):
        shop.till.new_sale().take_back(practised.number, [(1, 1)], reason="x")
    with pytest.raises(NoSuchSale, match="training"):
        training.new_sale().take_back(shop.till.receipt(real).lookup, [(1, 1)], reason="x")


def test_the_folder_knows_by_itself_that_it_is_for_training(shop: Shop, tmp_path: Path) -> None:
    """Opened by hand with real drivers, they are not used: the journal says what it is for."""
    shop.till.training().close()
    with Till.open(
        training_folder(shop.folder), drivers={"card": RealTerminal()}, plugins=False,
        clock=shop.clock, witness=[],
    ) as till:  # fmt: skip
        assert till.is_training
        sold(till, tender="card")
        with pytest.raises(AlreadyTraining):
            till.training()


def test_no_device_follows_a_training_journal_unawares(shop: Shop) -> None:
    """A printer, a drawer, a network is a follower; one that knows of training says so."""
    training = shop.till.training()
    training.no_sale("try the drawer")
    with pytest.raises(FollowerRefused):
        training.store.follower("drawer")
    printer = training.store.follower("printer", training=True)
    assert any(one.envelope.kind == "drawer.opened" for one in printer.poll())


def test_what_was_practised_stays_unless_it_is_to_be_fresh(shop: Shop) -> None:
    """The next session goes on; a fresh one begins with nothing, and only training is lost."""
    with shop.till.training() as training:
        sold(training)
    with shop.till.training() as training:
        assert training.takings().sales == 1
        with shop.till.training(fresh=True) as fresh:
            assert fresh.takings().sales == 0
        assert training.store.engine.is_closed


def test_a_damaged_or_foreign_training_folder_is_made_anew(shop: Shop) -> None:
    """Nothing in it counts, so nothing has to be saved."""
    shop.till.training().close()
    data = training_folder(shop.folder) / "data.mdb"
    data.write_bytes(data.read_bytes()[:5_000])
    with shop.till.training() as training:
        sold(training)
    shop.till.close()
    (shop.folder / "till.key").unlink()
    shop.till = Till.open(
        shop.folder, plugins=False, clock=shop.clock, randomness=SeededRandomness(7), witness=[],
        rekey="the key is gone",
    )  # fmt: skip
    with shop.till.training() as training:
        assert training.takings().sales == 0


def test_a_folder_that_is_none_of_ours_is_left_alone(shop: Shop) -> None:
    """Only what says that it is for training is thrown away."""
    place = training_folder(shop.folder)
    place.mkdir()
    (place / "photos.txt").write_text("of the staff party")
    with pytest.raises(NotTraining):
        shop.till.training()
    with pytest.raises(NotTraining):
        wipe(place)
    assert (place / "photos.txt").exists()


def test_a_shop_that_happens_to_be_called_training_is_left_alone(shop: Shop) -> None:
    """A store there that does not say it is for training is not opened, and keeps its settings."""
    place = training_folder(shop.folder)
    Till.create(place, 'shop_name = "another"', clock=shop.clock, witness=[])
    before = {path: path.read_bytes() for path in place.iterdir()}
    for fresh in (False, True):
        with pytest.raises(NotTraining):
            shop.till.training(fresh=fresh)
    assert {path: path.read_bytes() for path in place.iterdir()} == before


def test_the_shop_is_backed_up_verified_and_restored_as_ever(shop: Shop, tmp_path: Path) -> None:
    """The training folder is in no backup, changes no proof, and is no copy of the shop."""
    with shop.till.training() as training:
        sold(training)
        assert shop.till.store.verify(all_seals=True).ok
        report = shop.till.store.backup(tmp_path / "shop.mdb")
    assert report.records == shop.till.store.head.seq - 1  # the end of training came after it
    shop.reopen()
    assert shop.till.store.warnings == []
    into = tmp_path / "again"
    restore(
        tmp_path / "shop.mdb", into, clock=shop.clock, randomness=SeededRandomness(3),
        reason="disk changed", witness=[],
    )  # fmt: skip
    assert not training_folder(into).exists()
    with Till.open(into, plugins=False, clock=shop.clock, witness=[]) as till:
        assert not till.is_training


def test_a_copied_shop_is_adopted_with_its_training(shop: Shop, tmp_path: Path) -> None:
    """The copy is noticed for the shop's sake alone; its training is made anew where it stands."""
    with shop.till.training() as training:
        sold(training)
    shop.till.close()
    shutil.copytree(shop.folder, tmp_path / "copy")
    shop.till = shop.reopen()
    with pytest.raises(StoreCopied):
        Till.open(tmp_path / "copy", plugins=False, clock=shop.clock, witness=[])
    with Till.open(
        tmp_path / "copy", plugins=False, clock=shop.clock, randomness=shop.randomness, witness=[],
        adopt="the old terminal broke",
    ) as till:  # fmt: skip
        assert not till.is_training
        with till.training() as training:
            assert training.takings().sales == 0
            sold(training)
        assert till.store.verify().ok


def test_no_witness_is_kept_of_training(shop: Shop, tmp_path: Path) -> None:
    """The files by which an old shop's folder is noticed know nothing of training."""
    shop.till.close()
    state = tmp_path / "state"
    with Till.open(shop.folder, plugins=False, clock=shop.clock, witness=[state]) as till:
        till.training().close()
        assert len(list(state.iterdir())) == 1
    shop.reopen()


def test_a_till_that_dies_in_training_practises_the_power_cut(shop: Shop) -> None:
    """An open sale and a payment in doubt come back in training, and the terminal remembers."""
    training = shop.till.training()
    ask_next(training_folder(shop.folder), "card", ["silent"])
    sale = training.new_sale()
    sale.scan(COLA)
    sale.payments.ask("card")
    assert sale.state != "completed"
    shop.crash()
    assert shop.till.open_sales() == ()
    training = shop.till.training()
    (back,) = training.open_sales()
    for _ in range(10):
        shop.clock.pass_ms(3_000)
        training.step()
    assert back.state == "completed"


def test_accounts_come_along_without_their_pins(shop: Shop) -> None:
    """Everybody signs in with the training PIN; a real one is wrong there and nowhere on disk."""
    people = shop.till.staff
    people.enroll("boss", "Boss", role="owner", pin="4711")
    people.sign_in("boss", "4711")
    people.enroll("ana", "Ana", role="cashier", pin="4712", by="boss")
    training = shop.till.training(staff="boss")
    with pytest.raises(WrongPin):
        training.staff.sign_in("ana", "4712")
    training.staff.sign_in("ana", TRAINING_PIN)
    people.disable("ana", "left", by="boss")
    people.enroll("ben", "Ben", role="cashier", pin="4713", by="boss")
    shop.till.training(staff="boss")
    assert {one.code: one.active for one in training.staff.people()} == {
        "ana": False, "ben": True, "boss": True,
    }  # fmt: skip
    real = (shop.folder / "staff.pepper").read_bytes()
    assert (training_folder(shop.folder) / "staff.pepper").read_bytes() != real


def test_the_folder_tells_people_what_it_is(shop: Shop) -> None:
    """Whoever finds the folder reads in it that it may be deleted."""
    shop.till.training().close()
    text = (training_folder(shop.folder) / NOTE).read_text("utf-8")
    assert "培训模式" in text
    assert TRAINING_PIN in text
