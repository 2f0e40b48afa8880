"""Steps that tests of people and rights take often."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from cashwrap.errors import CashwrapError
from cashwrap.staff.errors import ApprovalNeeded
from cashwrap.testing.shop import Shop

T = TypeVar("T")
PINS = {"boss": "2580", "mia": "8246", "ana": "4711", "ben": "9173"}
ROLES = {"boss": "owner", "mia": "manager", "ana": "cashier", "ben": "cashier"}


def staffed(shop: Shop, *, at: str = "") -> Shop:
    """Give a shop its people, with nobody signed in."""
    staff = shop.till.staff
    staff.enroll("boss", "王店长", role="owner", pin=PINS["boss"])
    staff.sign_in("boss", PINS["boss"], register=at)
    for code in ("mia", "ana", "ben"):
        staff.enroll(code, code.title(), role=ROLES[code], pin=PINS[code], by="boss")
    staff.sign_out(at)
    return shop


def kinds(shop: Shop) -> list[str]:
    """Return the kinds of everything in the journal."""
    return [record.envelope.kind for record in shop.till.store.records()]


def bodies(shop: Shop, kind: str) -> list[object]:
    """Return the bodies of a kind in the journal."""
    records = shop.till.store.records()
    return [record.body() for record in records if record.envelope.kind == kind]


def approved(shop: Shop, step: Callable[[], T], by: str = "boss", pin: str = "2580") -> T:
    """Do what needs an approval: try it, have it approved, do it."""
    with pytest.raises(ApprovalNeeded) as needed:
        step()
    shop.till.staff.approve(needed.value.act, by, pin)
    return step()


def refused(step: Callable[[], object], error: type[CashwrapError], shop: Shop) -> None:
    """See that a step is refused and leaves nothing but the refusal in the journal."""
    before = kinds(shop)
    with pytest.raises(error):
        step()
    new = kinds(shop)[len(before) :]
    assert set(new) <= {"staff.refused", "staff.signed_out", "clock.changed"}, new
