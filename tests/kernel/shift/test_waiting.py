"""Sales that are suspended when a shift ends."""

import pytest

from cashwrap.receipt.paper import TextStyle
from cashwrap.sale.sale import Sale
from cashwrap.shift.model import ShiftReport
from cashwrap.shift.verify import verify_z
from cashwrap.testing.shop import Shop


def begin(shop: Shop, count: int = 1) -> Sale:
    sale = shop.till.new_sale(register="R1", staff="ana")
    sale.add("COLA", count)  # 3.50
    return sale


def close(shop: Shop, number: int) -> ShiftReport:
    shop.till.shifts.declare(number, {1: 0}, staff="ana")
    return shop.till.shifts.close(number, staff="boss")


@pytest.mark.req("R29")
def test_a_z_names_the_sales_that_still_wait(shop: Shop) -> None:
    """Those of this shift with their code; older ones, from the shift before, in the sum."""
    till, shifts = shop.till, shop.till.shifts
    shifts.open(0, register="R1", staff="ana")
    old = begin(shop, count=2).suspend("接电话", staff="ana")
    first = close(shop, 1)
    assert [(one.code, one.total_minor) for one in first.waiting] == [(old.code, 700)]
    shifts.open(0, register="R1", staff="ana")
    new = begin(shop).suspend("取钱包", staff="ana")
    gone, back = (begin(shop, count=count).suspend("接电话", staff="ana") for count in (3, 4))
    till.holds.cancel(gone, register="R1", staff="ana")
    till.holds.resume(back, register="R2", staff="ben").sale.pay_cash(1_400)
    shifts.blind_close(register="R1", staff="ana")
    blind = shifts.x(number=2, staff="ana")
    assert [one.total_minor for one in blind.waiting] == [0]
    report = close(shop, 2)
    assert [(one.code, one.total_minor) for one in report.waiting] == [(new.code, 350)]
    assert (report.waiting_count, report.waiting_minor) == (2, 1_050)
    paper = shifts.text(report, TextStyle(columns=32, language="en"))
    assert "Still suspended (2)        10.50\n" in paper
    assert f"  {new.code} 2026-03-01 10:00   3.50\n" in paper
    till.holds.resume(old, register="R3", staff="ben")
    assert shifts.z(2).waiting_count == 2  # a Z stays as it was printed
    assert not verify_z(till.store).fault
