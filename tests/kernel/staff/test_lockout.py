"""Wrong PINs: how long they make wait, and that nothing shortens it."""

from itertools import count

import pytest

from cashwrap.errors import InvalidInput
from cashwrap.staff.errors import AccountLocked, MustWait, StaffError, WrongPin
from cashwrap.staff.lockout import ACCOUNT_WAITS, DEVICE_WAITS, WAIT_MS_MAX, wait_ms
from cashwrap.staff.people import DeviceOwner
from cashwrap.testing.shop import Shop

pytestmark = pytest.mark.usefixtures("cheap")
HOUR_MS = 3_600_000


def wrong(shop: Shop, code: str = "ana", pin: str = "9999") -> type[StaffError]:
    """Try a wrong PIN; return how it was answered."""
    with pytest.raises(StaffError) as answer:
        shop.till.staff.sign_in(code, pin)
    return answer.type


def wait_for_it(shop: Shop, code: str) -> int:
    """Wait until an account takes a PIN again; return how long that was."""
    (left,) = [one.waits_ms for one in shop.till.staff.people() if one.code == code]
    shop.clock.pass_ms(left)
    return left


def test_waiting_doubles_from_the_fifth_wrong_pin():
    """30 s, doubled by each one more, never more than 15 minutes."""
    assert [wait_ms(n, ACCOUNT_WAITS) // 1000 for n in range(12)] == [
        0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900,
    ]  # fmt: skip
    assert wait_ms(10**6, DEVICE_WAITS) == WAIT_MS_MAX


def test_five_wrong_pins_make_an_account_wait_also_for_the_right_one(shop: Shop):
    """While it waits no PIN is looked at, and none counts."""
    for _ in range(5):
        assert wrong(shop) is WrongPin
    with pytest.raises(MustWait) as waits:
        shop.till.staff.sign_in("ana", "4711")
    assert 29_000 < waits.value.left_ms <= 30_000
    assert not waits.value.device
    for _ in range(9):
        assert wrong(shop) is MustWait
    shop.till.staff.sign_in("ben", "9173")
    wait_for_it(shop, "ana")
    shop.till.staff.sign_in("ana", "4711")
    assert {one.wrong for one in shop.till.staff.people()} == {0}


def test_ten_wrong_pins_lock_an_account_until_a_manager_unlocks_it(shop: Shop):
    """No waiting ends that; a manager does, and it is in the journal."""
    for _ in range(10):
        wait_for_it(shop, "ana")
        assert wrong(shop) is WrongPin
    shop.clock.pass_ms(100 * HOUR_MS)
    with pytest.raises(AccountLocked):
        shop.till.staff.sign_in("ana", "4711")
    shop.crash()
    assert wrong(shop, pin="4711") is AccountLocked
    shop.till.staff.sign_in("mia", "8246")
    shop.till.staff.unlock("ana", by="mia")
    shop.till.staff.sign_in("ana", "4711")


def test_a_new_pin_unlocks_as_well(shop: Shop):
    """Who forgot theirs gets another one and begins at none wrong."""
    for _ in range(10):
        wait_for_it(shop, "ana")
        wrong(shop)
    shop.till.staff.sign_in("mia", "8246")
    shop.till.staff.reset_pin("ana", "1357", by="mia")
    shop.till.staff.sign_in("ana", "1357")


def test_whoever_locks_all_managers_out_does_not_lock_the_shop(shop: Shop):
    """The last who could unlock the others only waits; the owner of the device ends that too."""
    for code in ("mia", "boss"):
        for _ in range(10):
            wait_for_it(shop, code)
            assert wrong(shop, code) is WrongPin
    assert {one.code for one in shop.till.staff.people() if one.locked} == set()
    assert wrong(shop, "boss", "2580") is MustWait
    shop.till.staff.unlock(by=DeviceOwner("somebody played with the till"))
    shop.till.staff.unlock("boss", by=DeviceOwner("somebody played with the till"))
    shop.till.staff.sign_in("boss", "2580")
    shop.till.staff.unlock("mia", by="boss")
    shop.till.staff.sign_in("mia", "8246")


def test_twenty_wrong_pins_make_the_device_wait_and_nothing_more(shop: Shop):
    """Also codes that nobody has count for the device; it is never locked for good."""
    for number in range(DEVICE_WAITS):
        assert wrong(shop, f"nobody{number}") is WrongPin
    with pytest.raises(MustWait) as waits:
        shop.till.staff.sign_in("boss", "2580")
    assert waits.value.device
    shop.clock.pass_ms(waits.value.left_ms)
    shop.till.staff.sign_in("boss", "2580")
    assert wrong(shop) is WrongPin


@pytest.mark.parametrize("way", ["crash", "reopen", "forward", "backward"])
def test_neither_a_restart_nor_a_clock_shortens_the_waiting(shop: Shop, way: str):
    """It is counted on the steady clock, and anew from the start of the process."""
    for _ in range(6):
        wait_for_it(shop, "ana")
        wrong(shop)
    shop.clock.pass_ms(55_000)  # of the 60 s
    if way in ("crash", "reopen"):
        getattr(shop, way)()
    else:
        shop.clock.jump(HOUR_MS * 1000 * (1 if way == "forward" else -1))
    shop.clock.pass_ms(4_000)
    assert wrong(shop, pin="4711") is MustWait
    shop.clock.pass_ms(57_000)
    shop.till.staff.sign_in("ana", "4711")


def test_a_device_that_was_switched_off_waits_anew(shop: Shop):
    """Its steady clock begins at zero again, and so does the waiting."""
    for _ in range(9):
        wait_for_it(shop, "ana")
        wrong(shop)
    shop.till.abandon()
    shop.clock.steady_ms = 5_000
    shop.crash()
    assert wrong(shop, pin="4711") is MustWait
    shop.clock.pass_ms(481_000)
    shop.till.staff.sign_in("ana", "4711")


def test_wrong_pins_of_approvals_and_changes_count_alike(shop: Shop):
    """There is no other door at which to try."""
    from cashwrap.staff.errors import ApprovalNeeded

    staff = shop.till.staff
    staff.sign_in("ana", "4711")
    with pytest.raises(ApprovalNeeded) as needed:
        shop.till.no_sale("change")
    act = needed.value.act
    for step in (
        lambda: staff.approve(act, "mia", "1111"),
        lambda: staff.refuse(act, "mia", "1111"),
        lambda: staff.change_pin("mia", "1111", "1357"),
        lambda: staff.sign_in("mia", "1111"),
        lambda: staff.approve(act, "mia", "1112"),
    ):
        with pytest.raises(WrongPin):
            step()
    for step in (
        lambda: staff.approve(act, "mia", "8246"),
        lambda: staff.change_pin("mia", "8246", "1357"),
    ):
        with pytest.raises(MustWait):
            step()


@pytest.mark.parametrize("target", ["one account", "all accounts"])
@pytest.mark.parametrize("trick", ["none", "restarts", "clock"])
def test_brute_force_gets_at_most_a_hundred_tries_an_hour(shop: Shop, target: str, trick: str):
    """F30: whoever restarts the till and sets its clock as they like gets no more tries.

    A thief tries as soon as a PIN would be looked at, at one account that is unlocked as often as
    it locks, or at all of the device and codes that nobody has.
    """
    everybody = ("ana", "ben", "mia", "boss")
    began, looked_at = shop.clock.steady_ms, []
    for number in count():
        if shop.clock.steady_ms - began > 3 * HOUR_MS:
            break
        code = "ana" if target == "one account" else (*everybody, f"x{number}")[number % 5]
        try:
            shop.till.staff.sign_in(code, f"{number % 10_000:04}")
        except WrongPin:
            looked_at.append(shop.clock.steady_ms)
        except AccountLocked as locked:
            shop.till.staff.unlock(locked.account, by=DeviceOwner("it is locked again"))
        except MustWait as waits:
            if trick == "restarts" and number % 3 == 0:
                shop.crash()  # and no second less is left
            elif trick == "clock":
                shop.clock.jump(HOUR_MS * (48 if number % 2 else -30))
            shop.clock.pass_ms(waits.left_ms)
    most = max(sum(first <= at < first + HOUR_MS for at in looked_at) for first in looked_at)
    assert 20 < most <= 100


@pytest.mark.parametrize("given", [None, 4711, b"4711", ["4711"]])
def test_what_is_no_text_is_refused_and_counts_for_nothing(shop: Shop, given: object):
    """A program that passes something else is told so."""
    for account, pin in ((given, "4711"), ("ana", given)):
        with pytest.raises(InvalidInput):
            shop.till.staff.sign_in(account, pin)
    with pytest.raises(InvalidInput):
        shop.till.staff.approve(given, "boss", "2580")
    assert {one.wrong for one in shop.till.staff.people()} == {0}
