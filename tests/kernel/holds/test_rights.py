"""Who may suspend, and bring back what somebody else suspended."""

import pytest

from cashwrap.sale.events import SaleResumed
from cashwrap.staff.errors import ApprovalNeeded, NotSignedIn, RightDenied
from cashwrap.staff.roles import Grant
from cashwrap.testing.shop import Shop


@pytest.fixture
def staffed(shop: Shop) -> Shop:
    """Accounts: an owner, two cashiers; a role may not suspend, resuming others' needs approval."""
    staff = shop.till.staff
    staff.enroll("boss", "Boss", role="owner", pin="8264", by="boss")
    staff.sign_in("boss", "8264", register="")
    for code, pin in (("ana", "7391"), ("ben", "6482")):
        staff.enroll(code, code, role="cashier", pin=pin, by="boss")
    staff.sign_in("ana", "7391", register="R1")
    staff.sign_in("ben", "6482", register="R2")
    return shop


def test_resuming_what_another_suspended_asks_for_the_right(staffed: Shop) -> None:
    """One's own needs no more than selling; the approver stands in the record."""
    till = staffed.till
    till.staff.define_role("cashier", {"sale.resume": Grant("approval")}, by="boss")
    for clerk, register in (("ana", "R1"), ("ana", "R1")):
        sale = till.new_sale(register=register, staff=clerk)
        sale.add("COLA")
        sale.suspend(staff=clerk)
    first, second = till.holds.waiting()
    with pytest.raises(ApprovalNeeded) as needed:
        till.holds.resume(first, register="R2", staff="ben")
    assert till.holds.waiting() == (first, second)
    till.staff.approve(needed.value.act, "boss", "8264")
    back = till.holds.resume(first, register="R2", staff="ben", command="r1")
    assert till.holds.resume(first, register="R2", staff="ben", command="r1") == back
    (record,) = [r for r in till.store.records() if isinstance(r.body(), SaleResumed)]
    assert record.body().approver == "boss"  # type: ignore[attr-defined]
    till.holds.resume(second, register="R1", staff="ana")
    assert till.holds.waiting() == ()


def test_who_is_not_signed_in_or_may_not_does_neither(staffed: Shop) -> None:
    """The sale stays where it is."""
    till = staffed.till
    sale = till.new_sale(register="R1", staff="ana")
    sale.add("COLA")
    with pytest.raises(NotSignedIn):
        sale.suspend(staff="zoe")
    till.staff.define_role("cashier", {"sale.suspend": Grant("denied")}, by="boss")
    with pytest.raises(RightDenied):
        sale.suspend(staff="ana")
    assert sale.state == "open"
    till.staff.define_role("cashier", {"sale.suspend": Grant("allowed")}, by="boss")
    parked = sale.suspend()  # who is signed in at the register
    assert parked.staff == "ana"
    with pytest.raises(NotSignedIn):
        till.holds.resume(parked, register="R2", staff="zoe")
    assert till.holds.waiting() == (parked,)
