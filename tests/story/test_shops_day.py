"""A shop's day at one till with two registers, from the PIN in the morning to the Z at night."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.staff.errors import ApprovalNeeded, NotSignedIn
from cashwrap.staff.people import DeviceOwner
from cashwrap.testing.shop import SETTINGS, Shop

RULES = """
[[rules]]
id = "buns"
layer = "item"
name = { zh-CN = "牛角包第三件免费", en = "third croissant free" }
range = { skus = ["BUN"] }
benefit = { kind = "group", every = 3, off = { percent_ppm = 1_000_000 } }
"""
PINS = {"ana": "471183", "ben": "580264", "boss": "903517"}
ROLES = {"boss": "manager", "ana": "cashier", "ben": "cashier"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", settings='registers = ["R1", "R2"]\n' + SETTINGS)
    made.till.publish_rules(RULES)
    for code, role in ROLES.items():
        made.till.staff.enroll(code, code, role=role, pin=PINS[code], by=DeviceOwner("opening"))
    yield made
    made.till.close()


def sign_in(shop: Shop) -> None:
    shop.till.staff.sign_in("ana", PINS["ana"], register="R1")
    shop.till.staff.sign_in("ben", PINS["ben"], register="R2")


@pytest.mark.req("R15")
@pytest.mark.req("R23")
@pytest.mark.req("R25")
def test_a_whole_day(shop: Shop) -> None:
    """Suspended at one till, resumed at the other, one of three returned to the cent, one
    approval for one act, a blind count, and a Z that leaves nothing out; the till dies twice."""
    with pytest.raises(NotSignedIn):
        shop.till.new_sale(register="R1", staff="ana")
    sign_in(shop)
    shift = shop.till.shifts.open(50_000, register="R1", staff="ana")
    shop.till.shifts.join("R1", register="R2", staff="ben")

    sale = shop.till.new_sale(register="R1", staff="ana")
    sale.add("BUN", 3, staff="ana")
    held = sale.suspend("接电话", key="13800138000", staff="ana")
    till = shop.crash()  # the plug is pulled while the customer is on the phone
    assert till.open_sales() == ()
    sign_in(shop)
    back = till.holds.resume(held.code, register="R2", staff="ben")
    assert back.changes.nothing
    assert back.sale.totals.payable_minor == 1_800
    with pytest.raises(ApprovalNeeded) as needed:
        back.sale.discount(percent_ppm=250_000, reason="破损", staff="ben")
    till.staff.approve(needed.value.act, "boss", PINS["boss"])
    back.sale.discount(percent_ppm=250_000, reason="破损", staff="ben")
    with pytest.raises(ApprovalNeeded):  # it was for that one act
        back.sale.discount(percent_ppm=250_000, reason="破损", staff="ben")
    assert back.sale.pay_cash(10_000, staff="ben").change_minor == 8_650

    sale = till.new_sale(register="R1", staff="ana")
    sale.take_back(1, [(1, 1)], reason="不喜欢", staff="ana")
    assert sale.due_minor == -450  # a third of 13.50, the free one being shared out
    assert sale.refund(staff="ana").cash_minor == 450
    returned = till.record_of(sale.id).seq
    assert till.available("BUN") == -2_000

    till = shop.crash()
    sign_in(shop)
    till.shifts.blind_close(register="R1", staff="ana")
    till.shifts.declare(shift.number, cash={10_000: 5, 500: 1, 100: 3, 1: 90}, staff="ana")
    till.staff.sign_in("boss", PINS["boss"], register="R2")
    report = till.shifts.close(shift.number, staff="boss")

    assert (report.cash.expected_minor, report.cash.counted_minor) == (50_900, 50_890)
    assert report.cash.over_minor == -10
    assert report.first_seq <= returned <= report.last_seq
    assert till.takings().payable_minor == 1_350 - 450
    assert "短款" in till.shifts.text(report)
    assert till.store.verify().ok
