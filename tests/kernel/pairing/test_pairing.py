"""Devices that are let in and shut out again: by whom, what is kept of them, and what they do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.errors import InvalidInput
from cashwrap.pairing.errors import CodeRefused, NameTaken, NoSuchDevice, TooManyDevices
from cashwrap.pairing.pairing import DEVICES_MAX, NewDevice, hashed
from cashwrap.sale.events import DrawerOpened
from cashwrap.staff.errors import ApprovalNeeded, RightDenied
from cashwrap.staff.people import DeviceOwner
from cashwrap.staff.roles import Grant
from cashwrap.testing.shop import Shop

SECRET = b"s" * 43
OWNER = DeviceOwner("new tablet")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "shop")
    yield shop
    shop.till.close()


def let_in(shop: Shop, name: str = "厨房平板", by: str | DeviceOwner = "") -> NewDevice:
    code = shop.till.pairing.show_code(by).code
    return shop.till.pairing.let_in(code, name, SECRET)


def kinds(shop: Shop) -> list[str]:
    return [record.envelope.kind for record in shop.till.store.records()]


def test_a_code_lets_one_device_in_once(shop: Shop):
    """The device gets a key of its own; the code is worth nothing then."""
    pairing = shop.till.pairing
    code = pairing.show_code().code
    new = pairing.let_in(code, "  厨房平板 ", SECRET)
    assert new.device.name == "厨房平板"
    assert len(new.key) == 43
    assert pairing.devices == (new.device,)
    with pytest.raises(CodeRefused):
        pairing.let_in(code, "second", SECRET)


def test_the_journal_has_neither_key_nor_code(shop: Shop):
    """What is kept is the key's keyed hash: nobody who reads the journal gets in by it."""
    code = shop.till.pairing.show_code().code
    new = shop.till.pairing.let_in(code, "tablet", SECRET)
    raw = b"".join(record.raw for record in shop.till.store.records())
    assert new.key.encode() not in raw
    assert code.replace("-", "").encode() not in raw
    assert new.device.key == hashed(new.key, SECRET) != hashed(new.key, b"another till")
    assert hashed(new.key, SECRET).encode() in raw


def test_devices_outlive_a_crash_and_a_rebuild(shop: Shop):
    """They are folded from the journal, as everything is."""
    new = let_in(shop)
    shop.crash()
    assert shop.till.pairing.devices == (new.device,)
    shop.till.store.rebuild()
    assert shop.till.pairing.devices == (new.device,)
    assert shop.till.store.verify().fault is None


def test_a_code_does_not_outlive_its_program(shop: Shop):
    """It is kept in memory alone."""
    code = shop.till.pairing.show_code().code
    shop.crash()
    with pytest.raises(CodeRefused):
        shop.till.pairing.let_in(code, "tablet", SECRET)


def test_one_is_shut_out_and_the_others_stay(shop: Shop):
    """Each is revoked by itself, by id or by name."""
    first, second = let_in(shop, "one"), let_in(shop, "two")
    shop.till.pairing.shut_out(shop.till.pairing.device("one").id)
    assert shop.till.pairing.devices == (second.device,)
    with pytest.raises(NoSuchDevice):
        shop.till.pairing.shut_out(first.device.id)


def test_a_name_is_one_device_and_the_code_stays_good(shop: Shop):
    """A name that is taken, or is none, is told without using the code up."""
    let_in(shop, "tablet")
    pairing = shop.till.pairing
    code = pairing.show_code().code
    with pytest.raises(NameTaken):
        pairing.let_in(code, "tablet", SECRET)
    for name in ("", "  ", "x" * 41, "a\nb"):
        with pytest.raises(InvalidInput):
            pairing.let_in(code, name, SECRET)
    assert pairing.let_in(code, "another", SECRET).device.name == "another"


def test_a_wrong_code_comes_before_a_wrong_name(shop: Shop):
    """Who has no code learns nothing of the names that there are."""
    let_in(shop, "tablet")
    shop.till.pairing.show_code()
    with pytest.raises(CodeRefused):
        shop.till.pairing.let_in("BBBB-BBBB", "tablet", SECRET)


def test_there_is_an_end_to_devices(shop: Shop):
    """So many may be paired, no more."""
    for number in range(DEVICES_MAX):
        let_in(shop, f"device {number}")
    with pytest.raises(TooManyDevices):
        shop.till.pairing.show_code()


def test_what_a_device_does_stands_in_the_journal_with_its_name(shop: Shop):
    """Each record names the paired device that it was done from, "" for the till's own."""
    new = let_in(shop)
    till = shop.till
    till.store.device = new.device.id
    sale = till.new_sale()
    sale.add("COLA")
    sale.pay_cash(350)
    till.store.device = ""
    till.no_sale("change")
    done = {record.envelope.kind: record.envelope.device for record in till.store.records()}
    assert done["sale.completed"] == new.device.id
    assert done["devices.paired"] == done[DrawerOpened.kind] == ""


class TestWithAccounts:
    """Where the shop has accounts, the right `devices.pair` is asked."""

    @pytest.fixture
    def shop(self, tmp_path: Path) -> Iterator[Shop]:
        shop = Shop(tmp_path / "shop")
        staff = shop.till.staff
        staff.enroll("boss", "王店长", role="owner", pin="4711")
        staff.sign_in("boss", "4711")
        staff.enroll("ana", "安娜", role="cashier", pin="5826", by="boss")
        yield shop
        shop.till.close()

    def test_a_cashier_does_not_pair_devices(self, shop: Shop):
        """Their role has no such right; the refusal is journaled."""
        shop.till.staff.sign_in("ana", "5826")
        with pytest.raises(RightDenied):
            shop.till.pairing.show_code("ana")
        assert kinds(shop)[-1] == "staff.refused"

    def test_an_approval_is_used_up_by_the_code(self, shop: Shop):
        """Where the role needs one, it is journaled with the code that it let be shown."""
        staff = shop.till.staff
        staff.define_role("cashier", {"devices.pair": Grant("approval")}, by="boss")
        staff.sign_in("ana", "5826")
        with pytest.raises(ApprovalNeeded) as needed:
            shop.till.pairing.show_code("ana")
        staff.approve(needed.value.act, "boss", "4711")
        new = let_in(shop, by="ana")
        assert new.device.by == "ana"
        assert kinds(shop)[-3:] == [
            "devices.code_shown", "staff.approval_used", "devices.paired",
        ]  # fmt: skip
        with pytest.raises(ApprovalNeeded):
            shop.till.pairing.show_code("ana")

    def test_the_owner_of_the_machine_needs_no_account(self, shop: Shop):
        """Who has the folder has the till; the journal says that it was they."""
        new = let_in(shop, by=OWNER)
        shop.till.pairing.shut_out(new.device.id, OWNER)
        assert kinds(shop)[-6::2] == ["staff.owner_acted"] * 3
        assert shop.till.pairing.devices == ()
