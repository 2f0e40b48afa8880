"""What people read names people: receipts, slips and reports say the account's name."""

from collections.abc import Callable

import pytest

from cashwrap.receipt.paper import TextStyle
from cashwrap.receipt.text import render_text
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

OpenShop = Callable[..., Shop]


@pytest.fixture
def till(shop: Shop) -> Till:
    """Ana is signed in at R1, Ben at R2, and R1 has a shift."""
    till = shop.till
    till.staff.sign_in("ana", "4711", register="R1")
    till.staff.sign_in("ben", "9173", register="R2")
    till.shifts.open(50_000, register="R1", staff="")
    return till


@pytest.mark.req("R134")
def test_a_receipt_says_who_and_at_which_register(till: Till) -> None:
    """The name, not the code; the register where the till has several; the same as e-receipt."""
    sale = till.new_sale(register="R1")
    sale.add("CAKE")
    sale.pay_cash(5_000)
    receipt = till.receipt(sale.id)
    assert (receipt.staff, receipt.register) == ("Ana", "R1")
    paper = render_text(receipt, TextStyle(columns=32, language="en"))
    assert "Cashier: Ana\n" in paper
    assert "Till: S001/T1/R1\n" in paper
    back = till.new_sale(register="R2")
    back.take_back(1, [(1, 1)], reason="torn")
    back.refund()
    paper = render_text(till.receipt(back.id), TextStyle(columns=32, language="zh-CN+en"))
    assert "收银机 Till: S001/T1/R2\n" in paper
    assert "-￥22.00\n" in paper  # the sign stands before the currency's, as on every screen


@pytest.mark.req("R134", "R27")
def test_a_slip_says_who_suspended(till: Till) -> None:
    """Whoever brings the slip back names the person who gave it."""
    sale = till.new_sale(register="R1")
    sale.add("CAKE")
    slip = till.holds.slip_text(sale.suspend("接电话"))
    assert "收银员: Ana\n" in slip
    assert "S001/T1/R1\n" in slip


@pytest.mark.req("R134", "R179")
def test_a_report_says_names_with_codes(till: Till) -> None:
    """Two people may have one name; who answers for a drawer is told apart by the code."""
    shifts = till.shifts
    paper = shifts.text(shifts.x(register="R1", staff=""))  # whoever is signed in at R1
    assert "人员: Ana (ana)\n" in paper
    shifts.declare(1, {10_000: 5}, staff="ana")
    paper = shifts.text(shifts.close(1, staff="ana"))
    assert paper.count("Ana (ana)\n") == 4  # opened, closed, staff, counted by


def test_a_report_says_nothing_of_what_did_not_happen(shop: Shop) -> None:
    """No heading without a row under it, no zeros outside of shifts, one receipt is no range."""
    till = shop.till
    till.staff.sign_in("boss", "2580", register="R1")
    till.shifts.open(0, register="R1", staff="boss")
    style = TextStyle(columns=32, language="en")
    paper = till.shifts.text(till.shifts.x(register="R1", staff="boss"), style)
    assert "Acts" not in paper
    assert "Takings" not in paper
    assert "OUTSIDE" not in paper
    sale = till.new_sale(register="R1")
    sale.add("CAKE")
    sale.pay_cash(5_000)
    back = till.new_sale(register="R1")
    back.take_back(1, [(1, 1)], reason="torn")
    back.refund("credit")
    paper = till.shifts.text(till.shifts.x(register="R1", staff="boss"), style)
    assert "Receipts: 1 - 2\n" in paper
    assert "Credit note Given back    -22.00\n" in paper
    assert "Credit note (0)" not in paper


@pytest.mark.req("R134")
def test_without_accounts_a_receipt_names_who_began_the_sale(open_shop: OpenShop) -> None:
    """Whoever takes the money may be named; else it is the sale's own clerk, never nobody."""
    till = open_shop().till
    for staff, named in (("", "ana"), ("ben", "ben")):
        sale = till.new_sale(staff="ana")
        sale.add("CAKE")
        sale.pay_cash(5_000, staff=staff)
        assert till.receipt(sale.id).staff == named
    card = till.new_sale(staff="ana")
    card.add("CAKE")
    card.payments.record("card", "bank terminal", 2_200)
    assert till.receipt(card.id).staff == "ana"
    back = till.new_sale(staff="mia")
    back.take_back(1, [(1, 1)], reason="torn")
    back.refund()
    assert till.receipt(back.id).staff == "mia"
