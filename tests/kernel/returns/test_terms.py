"""Who may take goods back, how old a sale may be, and what a Z report still lets be voided."""

from collections.abc import Callable

import pytest
from builders.people import PINS, approved, bodies, staffed

from cashwrap.sale import latest
from cashwrap.sale.returning.events import GoodsReturned
from cashwrap.sale.sale import Sale
from cashwrap.staff import pins
from cashwrap.staff.errors import ApprovalNeeded
from cashwrap.tender.errors import CreditExpired
from cashwrap.testing.shop import Shop

DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs with next to no work."""
    monkeypatch.setattr(pins, "MEMORY_KIB", 8)
    monkeypatch.setattr(pins, "PASSES", 1)


@pytest.fixture
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    """A shop with people, where ana sells; goods come back for 14 days."""
    made = staffed(open_shop('[returns]\ndays = 14\nwithout_receipt = "today"\n'))
    made.till.staff.sign_in("ana", PINS["ana"])
    return made


def sell(shop: Shop, quantity: int) -> Sale:
    sale = shop.till.new_sale(staff="ana")
    sale.add("CAKE", quantity, staff="ana")
    sale.pay_cash(sale.due_minor, staff="ana")
    return sale


def test_many_small_returns_on_a_sale_are_a_large_one(shop: Shop) -> None:
    """A cashier gives 200.00 back alone: nine cakes are 198.00, the tenth needs somebody."""
    sell(shop, 20)
    back = shop.till.new_sale(staff="ana")
    for _ in range(9):
        back.take_back(1, [(1, 1)], staff="ana")
    edit = approved(shop, lambda: back.take_back(1, [(1, 1)], staff="ana"), "mia", PINS["mia"])
    assert edit.approver == "mia"
    back.refund(staff="ana")
    events = [one for one in bodies(shop, GoodsReturned.kind) if isinstance(one, GoodsReturned)]
    assert [one.approver for one in events] == [""] * 9 + ["mia"]


def test_an_old_sale_needs_an_approval(shop: Shop) -> None:
    """After 14 days somebody has to say yes; on the fourteenth nobody."""
    sell(shop, 2)
    shop.clock.jump(14 * DAY_MS)
    shop.till.new_sale(staff="ana").take_back(1, [(1, 1)], staff="ana")
    shop.clock.jump(DAY_MS)
    late = shop.till.new_sale(staff="ana")
    with pytest.raises(ApprovalNeeded) as needed:
        late.take_back(1, [(1, 1)], staff="ana")
    assert needed.value.act.right == "sale.return_late"
    assert approved(shop, lambda: late.take_back(1, [(1, 1)], staff="ana")).approver == "boss"


def test_a_clock_set_back_makes_no_return_timely(shop: Shop) -> None:
    """The newest receipts say how late it is, also when some are made with the clock set back."""
    sell(shop, 2)
    shop.clock.jump(19 * DAY_MS)
    sell(shop, 1)
    shop.clock.jump(-18 * DAY_MS)
    for _ in range(3):
        sell(shop, 1)
    late = shop.till.new_sale(staff="ana")
    with pytest.raises(ApprovalNeeded) as needed:
        late.take_back(1, [(1, 1)], staff="ana")
    assert needed.value.act.right == "sale.return_late"
    assert shop.till.returnable(1).late


def test_a_clock_set_forward_and_right_again_is_forgotten(shop: Shop) -> None:
    """A hundred receipts later nobody has to approve what is timely."""
    shop.clock.jump(1000 * DAY_MS)
    sell(shop, 1)
    shop.clock.jump(-1000 * DAY_MS)
    sell(shop, 2)
    assert shop.till.returnable(2).late
    for _ in range(latest.RECEIPTS):
        sell(shop, 1)
    assert not shop.till.returnable(2).late
    shop.till.new_sale(staff="ana").take_back(2, [(1, 1)], staff="ana")


def test_a_clock_set_back_makes_no_credit_note_good(open_shop: Callable[[str], Shop]) -> None:
    """A note of 30 days has expired on the 31st, whatever the clock says after it."""
    shop = open_shop("[credit]\ndays = 30\n")
    sell(shop, 1)
    back = shop.till.new_sale(staff="ana")
    back.take_back(1, staff="ana")
    note = back.refund("credit", staff="ana").credit
    assert note is not None
    shop.clock.jump(31 * DAY_MS)
    sell(shop, 1)
    shop.clock.jump(-19 * DAY_MS)
    sale = shop.till.new_sale(staff="ana")
    sale.add("CAKE", staff="ana")
    with pytest.raises(CreditExpired):
        sale.payments.credit(note.code, staff="ana")


def test_without_a_receipt_somebody_approves(shop: Shop) -> None:
    """Nothing is put down before that."""
    back = shop.till.new_sale(staff="ana")
    with pytest.raises(ApprovalNeeded):
        back.take_back_unreceipted("CAKE", staff="ana")
    assert back.returns == ()
    assert approved(shop, lambda: back.take_back_unreceipted("CAKE", staff="ana")).approver


def test_after_its_z_a_sale_is_returned_not_voided(shop: Shop) -> None:
    """A manager voids before the shift is closed; afterwards that takes the owner's word."""
    shop.till.shifts.open(10_000, staff="ana")
    sell(shop, 1)
    sell(shop, 1)
    approved(shop, lambda: shop.till.post_void(1, "wrong", staff="ana"), "mia", PINS["mia"])
    shop.till.shifts.declare(1, cash={10_000: 1, 2_000: 1, 100: 2}, staff="ana")
    shop.till.shifts.close(1, staff="ana")
    with pytest.raises(ApprovalNeeded):
        shop.till.post_void(2, "wrong", staff="ana")
    shop.till.staff.sign_in("mia", PINS["mia"])
    with pytest.raises(ApprovalNeeded) as needed:
        shop.till.post_void(2, "wrong", staff="mia")
    assert needed.value.act.right == "sale.post_void_after_z"
    voided = approved(shop, lambda: shop.till.post_void(2, "wrong", staff="mia"))
    assert voided.number == 4
