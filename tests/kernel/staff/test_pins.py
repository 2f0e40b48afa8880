"""PINs: which are taken, how they are kept, and that a journal alone gives none away."""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from argon2.low_level import Type, hash_secret_raw

from cashwrap.staff.errors import PepperLost, PinRefused, PinVoid, WrongPin
from cashwrap.staff.people import DeviceOwner
from cashwrap.staff.pepper import FILE_NAME
from cashwrap.staff.projection import accounts
from cashwrap.testing.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "shop", items=())
    shop.till.staff.enroll("boss", "Boss", role="owner", pin="2580")
    yield shop
    shop.till.close()


OBVIOUS = ["0000", "7777", "1234", "4321", "012345", "9876", "8901", "1212", "123123", "1987"]


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "１３５８", " 2580", *OBVIOUS])
def test_what_is_no_pin_or_tried_first_is_refused(shop: Shop, pin: str):
    """A PIN has 4 to 12 digits, and is none of those that a thief begins with."""
    with pytest.raises(PinRefused):
        shop.till.staff.enroll("ana", "Ana", role="cashier", pin=pin, by=DeviceOwner("test"))
    assert [one.code for one in shop.till.staff.people()] == ["boss"]


def test_a_pin_that_is_the_account_s_code_is_refused(shop: Shop):
    """Whoever knows the code would know the PIN."""
    with pytest.raises(PinRefused):
        shop.till.staff.enroll("4711", "Ana", role="cashier", pin="4711", by=DeviceOwner("test"))


def test_what_is_kept_is_argon2id_under_the_pepper(shop: Shop):
    """HMAC-SHA-256(pepper, argon2id(pin, salt)), 19 MiB, two passes, one lane, a salt each."""
    with shop.till.store.read() as reader:
        secret = accounts(reader)["boss"].secret
    assert secret is not None
    assert (secret.memory_kib, secret.passes, secret.lanes) == (19 * 1024, 2, 1)
    assert len(secret.salt) == 16
    raw = hash_secret_raw(b"2580", secret.salt, 2, 19 * 1024, 1, 32, Type.ID)
    pepper = bytes.fromhex((shop.folder / FILE_NAME).read_text())
    assert hmac.digest(pepper, raw, sha256) == secret.mac


def test_the_pepper_is_the_owner_s_file_and_in_no_backup(shop: Shop, tmp_path: Path):
    """Only its owner reads it, and neither the journal nor a backup holds it."""
    path = shop.folder / FILE_NAME
    assert path.stat().st_mode & 0o777 == 0o600
    shop.till.store.backup(tmp_path / "copy")
    pepper = bytes.fromhex(path.read_text())
    for held in ((tmp_path / "copy").read_bytes(), (shop.folder / "data.mdb").read_bytes()):
        assert pepper not in held
        assert pepper.hex().encode() not in held
        assert b"2580" not in held


def test_a_pepper_that_others_could_read_is_theirs_no_more(shop: Shop):
    """A file that was copied with loose permissions is made strict when it is read."""
    (shop.folder / FILE_NAME).chmod(0o644)
    shop.reopen().staff.sign_in("boss", "2580")
    assert (shop.folder / FILE_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [None, "", "zz", "00" * 31])
def test_without_the_pepper_no_pin_is_checked_and_none_counts_as_wrong(
    shop: Shop, left: str | None
):
    """A lost pepper is said in words, with the way out, and locks nobody."""
    path = shop.folder / FILE_NAME
    path.unlink()
    if left is not None:
        path.write_text(left)
    shop.reopen()
    for _ in range(6):
        with pytest.raises(PepperLost, match="device-owner"):
            shop.till.staff.sign_in("boss", "2580")
    assert shop.till.staff.people()[0].wrong == 0


def test_the_owner_of_the_device_ends_a_lost_pepper_and_the_journal_says_so(shop: Shop):
    """A new pepper voids every older PIN; each is set anew, and who did what is on record."""
    staff = shop.till.staff
    staff.enroll("ana", "Ana", role="cashier", pin="4711", by=DeviceOwner("first day"))
    (shop.folder / FILE_NAME).unlink()
    staff = shop.reopen().staff
    staff.reset_pin("boss", "8246", by=DeviceOwner("the disk was changed"))
    kinds = [record.envelope.kind for record in shop.till.store.records()]
    assert kinds[-3:] == ["staff.owner_acted", "staff.pepper_made", "staff.pin_set"]
    with pytest.raises(PinVoid):
        staff.sign_in("ana", "4711")
    staff.sign_in("boss", "8246")
    staff.reset_pin("ana", "4711", by="boss")
    staff.sign_in("ana", "4711")
    assert shop.till.store.verify().ok


def test_a_manager_makes_no_new_pepper(shop: Shop):
    """While PINs hang on a pepper, only the owner of the device replaces it."""
    staff = shop.till.staff
    staff.sign_in("boss", "2580")
    staff.enroll("ana", "Ana", role="cashier", pin="4711", by="boss")
    (shop.folder / FILE_NAME).unlink()
    staff = shop.reopen().staff
    with pytest.raises(PepperLost):
        staff.sign_in("boss", "2580")
    assert not (shop.folder / FILE_NAME).exists()


def test_a_code_that_nobody_has_takes_as_much_work_as_a_wrong_pin(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    """The answer takes as long, so that nobody learns who works here; a disabled one alike."""
    import argon2.low_level as low_level

    done: list[tuple[int, int, int]] = []
    real = low_level.hash_secret_raw

    def counted(secret: bytes, salt: bytes, **how: int) -> bytes:
        done.append((how["memory_cost"], how["time_cost"], how["parallelism"]))
        return real(secret, salt, **how)

    staff = shop.till.staff
    staff.enroll("ana", "Ana", role="cashier", pin="4711", by=DeviceOwner("test"))
    staff.disable("ana", by=DeviceOwner("test"))
    monkeypatch.setattr(low_level, "hash_secret_raw", counted)
    for code, pin in (("boss", "1111"), ("nobody", "4711"), ("ana", "4711")):
        with pytest.raises(WrongPin):
            staff.sign_in(code, pin)
    assert done == [(19 * 1024, 2, 1)] * 3
