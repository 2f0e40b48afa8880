"""Accounts and roles: who may change them, and what nobody can do to them."""

from itertools import pairwise

import pytest
from builders.people import bodies

from cashwrap.errors import InvalidInput
from cashwrap.staff.errors import (
    AccountExists,
    BeyondOwnRights,
    LastManager,
    NoSuchAccount,
    NoSuchRole,
    NotSignedIn,
    RightDenied,
    WrongPin,
)
from cashwrap.staff.people import DeviceOwner
from cashwrap.staff.rights import RIGHTS
from cashwrap.staff.roles import SHIPPED, Grant
from cashwrap.testing.shop import Shop

pytestmark = pytest.mark.usefixtures("cheap")


def test_a_shop_without_accounts_is_open_to_all(open_shop):
    """While nobody has an account, everything may be done, and ``staff`` is a word."""
    shop = open_shop()
    sale = shop.till.new_sale(staff="anybody")
    sale.add("COLA")
    sale.override_price(1, 1, "r", approver="me", staff="somebody")
    sale.pay_cash(1, staff="another")
    assert not shop.till.guarded


def test_the_first_account_can_manage_staff(open_shop):
    """Otherwise nobody ever could."""
    shop = open_shop()
    with pytest.raises(LastManager):
        shop.till.staff.enroll("ana", "Ana", role="cashier", pin="4711")
    assert not shop.till.guarded
    shop.till.staff.enroll("boss", "Boss", role="owner", pin="2580")
    with pytest.raises(NotSignedIn):
        shop.till.new_sale()


@pytest.mark.req("R134")
def test_each_clerk_has_an_account_of_the_store(shop: Shop):
    """An account says at which store it was made, and is in the journal and its tables."""
    assert [one.store for one in bodies(shop, "staff.enrolled")] == ["S001"] * 4
    before = shop.till.staff.people()
    shop.till.store.rebuild()
    assert shop.crash().staff.people() == before
    assert [(one.code, one.role) for one in before] == [
        ("ana", "cashier"), ("ben", "cashier"), ("boss", "owner"), ("mia", "manager"),
    ]  # fmt: skip


def test_only_who_may_manage_staff_does(shop: Shop):
    """A cashier is refused, and that is in the journal."""
    staff = shop.till.staff
    staff.sign_in("ana", "4711")
    with pytest.raises(RightDenied):
        staff.disable("ben", by="ana")
    with pytest.raises(NotSignedIn):
        staff.disable("ben", by="boss")
    (refused,) = bodies(shop, "staff.refused")
    assert (refused.asker, refused.act.right, refused.why) == ("ana", "staff.manage", "denied")


def test_a_code_is_given_once_and_names_what_there_is(shop: Shop):
    """A code is never reused, also not that of a disabled account."""
    staff = shop.till.staff
    staff.sign_in("boss", "2580")
    staff.disable("ben", by="boss")
    with pytest.raises(AccountExists):
        staff.enroll("ben", "Benno", role="cashier", pin="9173", by="boss")
    with pytest.raises(NoSuchRole):
        staff.enroll("cai", "Cai", role="king", pin="9173", by="boss")
    with pytest.raises(NoSuchAccount):
        staff.disable("cai", by="boss")
    for code in ("", " cai", "c\n", "c" * 41):
        with pytest.raises(InvalidInput):
            staff.enroll(code, "Cai", role="cashier", pin="9173", by="boss")


def test_the_last_who_may_manage_staff_stays(shop: Shop):
    """Neither disabling, nor another role, nor another meaning of a role leaves nobody."""
    staff = shop.till.staff
    staff.sign_in("boss", "2580")
    staff.disable("mia", by="boss")
    with pytest.raises(LastManager):
        staff.disable("boss", by="boss")
    with pytest.raises(LastManager):
        staff.give_role("boss", "cashier", by="boss")
    with pytest.raises(LastManager):
        staff.define_role("owner", {"staff.manage": Grant("approval")}, by="boss")
    with pytest.raises(LastManager):
        staff.disable("boss", by=DeviceOwner("even so"))
    staff.enable("mia", by="boss")
    staff.disable("boss", by="boss")
    assert staff.signed_in() == ""


def test_nobody_gives_or_takes_more_than_they_have(shop: Shop):
    """A manager cannot make themselves an owner, nor get at an owner's account."""
    staff = shop.till.staff
    staff.sign_in("mia", "8246")
    tries = (
        lambda: staff.give_role("mia", "owner", by="mia"),
        lambda: staff.enroll("eve", "Eve", role="owner", pin="9173", by="mia"),
        lambda: staff.reset_pin("boss", "9173", by="mia"),
        lambda: staff.disable("boss", by="mia"),
        lambda: staff.define_role("manager", {"sale.discount": Grant("allowed")}, by="mia"),
        lambda: staff.define_role("owner", {"sale.sell": Grant("denied")}, by="mia"),
        lambda: staff.define_role("eve", {}, like="owner", by="mia"),
    )
    for step in tries:
        with pytest.raises(BeyondOwnRights):
            step()
    staff.give_role("ana", "supervisor", by="mia")
    staff.reset_pin("ana", "9173", by="mia")


def test_nobody_resets_their_own_pin_without_the_old_one(shop: Shop):
    """An unattended session of a manager gives nobody their account."""
    staff = shop.till.staff
    staff.sign_in("boss", "2580")
    with pytest.raises(InvalidInput, match="change_pin"):
        staff.reset_pin("boss", "9173", by="boss")
    with pytest.raises(WrongPin):
        staff.change_pin("boss", "2581", "9173")
    staff.change_pin("boss", "2580", "9173")
    staff.sign_in("boss", "9173")


def test_a_disabled_account_is_out_at_once(shop: Shop):
    """It is signed out, its PIN is no more, and it comes back with the same PIN."""
    staff = shop.till.staff
    staff.sign_in("ana", "4711", register="R1")
    sale = shop.till.new_sale(register="R1")
    staff.sign_in("boss", "2580", register="R2")
    staff.disable("ana", "left us", by="boss")
    with pytest.raises(NotSignedIn):
        sale.add("COLA")
    with pytest.raises(WrongPin):
        staff.sign_in("ana", "4711", register="R1")
    (gone,) = bodies(shop, "staff.signed_out")[-1:]
    assert (gone.account, gone.why, gone.register) == ("ana", "disabled", "R1")
    staff.enable("ana", by="boss")
    staff.sign_in("ana", "4711", register="R1")


def test_a_role_changes_what_its_people_may_do_at_once(shop: Shop):
    """Grants that are not named stay; a new role has nothing but what it is given."""
    staff = shop.till.staff
    staff.sign_in("ana", "4711", register="R1")
    staff.sign_in("boss", "2580", register="R2")
    staff.define_role("cashier", {"sale.sell": Grant("denied")}, by="boss")
    with pytest.raises(RightDenied):
        shop.till.new_sale(register="R1", staff="ana")
    staff.define_role("greeter", {"sale.suspend": Grant("allowed")}, by="boss")
    staff.give_role("ana", "greeter", by="boss")
    assert [right for right in RIGHTS if staff.grant("ana", right).how != "denied"] == [
        "sale.suspend"
    ]


@pytest.mark.parametrize(
    "grants",
    [
        {"sale.fly": Grant("allowed")},
        {"sale.cancel": Grant("allowed", 5)},
        {"sale.discount": Grant("approval", 5)},
        {"sale.discount": Grant("allowed", -1)},
        {"sale.discount": "allowed"},
    ],
)
def test_what_is_no_grant_is_refused(shop: Shop, grants):
    """A limit stands only on a right that has one."""
    shop.till.staff.sign_in("boss", "2580")
    with pytest.raises(InvalidInput):
        shop.till.staff.define_role("cashier", grants, by="boss")


def test_shipped_roles_grow_and_the_owner_has_all():
    """Each shipped role may do all that the one before may."""
    roles = list(SHIPPED.values())
    assert [role.name for role in roles] == ["cashier", "supervisor", "manager", "owner"]
    for small, large in pairwise(roles):
        assert large.reaches(small)
        assert not small.reaches(large)
    assert all(SHIPPED["owner"].grant(right) == Grant("allowed") for right in RIGHTS)
    assert [role.name for role in roles if role.manages_staff] == ["manager", "owner"]


def test_the_device_s_owner_says_why(shop: Shop):
    """Who has no account at hand steps in with a reason that everybody reads."""
    with pytest.raises(InvalidInput):
        shop.till.staff.unlock("ana", by=DeviceOwner(" "))
    shop.till.staff.unlock("ana", by=DeviceOwner("forgot her PIN"))
    assert [one.reason for one in bodies(shop, "staff.owner_acted")] == ["forgot her PIN"]
