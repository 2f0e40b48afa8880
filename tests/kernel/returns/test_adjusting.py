"""Money off a finished sale whose goods stay; any split of returns stands in test_any_split.py."""

from collections.abc import Callable

import pytest
from builders.people import PINS, approved, staffed

from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.returning.errors import PostVoidRefused
from cashwrap.sale.sale import Sale
from cashwrap.staff import pins
from cashwrap.staff.errors import ApprovalNeeded
from cashwrap.testing.shop import Shop


def sell(shop: Shop, quantity: int, staff: str = "") -> Sale:
    sale = shop.till.new_sale(staff=staff)
    sale.add("CAKE", quantity, staff=staff)
    sale.pay_cash(sale.due_minor, staff=staff)
    return sale


def adjust(shop: Shop, line: int, minor: int, number: int = 1) -> Sale:
    back = shop.till.new_sale()
    back.adjust(number, [(line, minor)], reason="price protection")
    back.refund()
    return back


def test_the_goods_stay_and_a_later_return_gives_that_much_less(shop: Shop) -> None:
    """Three cakes at 22.00, 6.00 off a week later: they come back for 60.00, 20.00 each."""
    sell(shop, 3)
    done = adjust(shop, 1, 600)
    assert (done.state, done.totals.payable_minor, done.returns[0].goods[0].quantity_milli) == (
        "completed", 0, 0,
    )  # fmt: skip
    given = []
    for _ in range(3):
        back = shop.till.new_sale()
        given.append(back.take_back(1, [(1, 1)]).refund_minor)
        back.refund()
    assert given == [2000, 2000, 2000]
    assert shop.till.takings().payable_minor == 0


def test_it_goes_out_of_the_drawer_and_stands_on_the_z(open_shop: Callable[[str], Shop]) -> None:
    """What the drawer should hold is what was paid less what was given."""
    shop = open_shop("[shifts]\nrequired = true\n")
    shop.till.shifts.open(10_000, staff="ana")
    sell(shop, 3)
    adjust(shop, 1, 600)
    report = shop.till.shifts.x(staff="ana")
    assert report.cash.expected_minor == 10_000 + 6_600 - 600


def test_it_goes_back_to_the_tender_that_paid(shop: Shop) -> None:
    """A card that paid is asked to give it back."""
    sale = shop.till.new_sale()
    sale.add("CAKE", 1)
    sale.payments.ask("card")
    back = shop.till.new_sale()
    back.adjust(1, [(1, 500)])
    given = back.refund()
    assert [(one.tender, one.amount_minor) for one in given.given] == [("card", 500)]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([(1, 6_601)], "has 6600 left"),
        ([(1, 0)], "left of what was paid"),
        ([(2, 100)], "is not on the sale"),
        ([(-1, 100)], "is not on the sale"),
        ([(1, 100), (1, 100)], "each line once"),
        ([], "name at least one line"),
    ],
)
def test_what_cannot_be_given_is_refused(
    shop: Shop, lines: list[tuple[int, int]], why: str
) -> None:
    """Never more than what is left of what was paid, and only for goods of the sale."""
    sell(shop, 3)
    back = shop.till.new_sale()
    with pytest.raises(ReturnRefused, match=why):
        back.adjust(1, lines)
    assert back.returns == ()


def test_goods_that_came_back_have_no_share_in_it(shop: Shop) -> None:
    """One of three came back before: the money off is that of the two that stayed."""
    sell(shop, 3)
    first = shop.till.new_sale()
    first.take_back(1, [(1, 1)])
    first.refund()
    adjust(shop, 1, 500)
    rest = shop.till.new_sale()
    assert rest.take_back(1).refund_minor == 4_400 - 500


def test_two_at_once_give_once(shop: Shop) -> None:
    """What another sale gave meanwhile is seen before any money moves."""
    sell(shop, 3)
    one, other = shop.till.new_sale(), shop.till.new_sale()
    one.adjust(1, [(1, 600)])
    other.adjust(1, [(1, 600)])
    one.refund()
    with pytest.raises(ReturnRefused, match="meanwhile"):
        other.refund()
    other.remove_return(other.returns[0].id)
    other.cancel()
    assert shop.till.takings().payable_minor == 6_600 - 600


def test_it_survives_a_crash_and_the_same_command_is_the_same_act(shop: Shop) -> None:
    """A command that is repeated after a crash gives nothing twice."""
    sell(shop, 3)
    back = shop.till.new_sale()
    first = back.adjust(1, [(1, 600)], command="claim-1")
    back = shop.crash().sale(back.id)
    assert back.adjust(1, [(1, 600)], command="claim-1") == first
    back.refund()
    assert shop.till.takings().payable_minor == 6_600 - 600


def test_the_receipt_says_what_it_was_for(shop: Shop) -> None:
    """The paper names the goods, the first receipt and the reason."""
    sell(shop, 3)
    paper = shop.till.receipt_text(adjust(shop, 1, 600).id)
    assert "优惠调整" in paper
    assert "price protection" in paper
    assert "-6.00" in paper


def test_a_cashier_asks_for_it(
    open_shop: Callable[[str], Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Money off a finished sale takes the right `sale.adjust_price`, up to its limit."""
    monkeypatch.setattr(pins, "MEMORY_KIB", 8)
    monkeypatch.setattr(pins, "PASSES", 1)
    shop = staffed(open_shop(""))
    shop.till.staff.sign_in("ana", PINS["ana"])
    sell(shop, 3, "ana")
    back = shop.till.new_sale(staff="ana")
    with pytest.raises(ApprovalNeeded) as needed:
        back.adjust(1, [(1, 600)], staff="ana")
    assert needed.value.act.right == "sale.adjust_price"
    edit = approved(shop, lambda: back.adjust(1, [(1, 600)], staff="ana"), "boss", PINS["boss"])
    assert edit.approver == "boss"


def test_a_reversal_that_a_crash_left_open_is_refused_once_money_went_off(shop: Shop) -> None:
    """A post-void is of the whole sale, or not at all."""
    sell(shop, 1)
    voiding = shop.till.new_sale()
    voiding.void_whole(shop.till.original(1), "rung up twice", "", "")
    adjust(shop, 1, 500)
    with pytest.raises(PostVoidRefused, match="meanwhile"):
        voiding.refund()
    voiding.cancel()
    assert shop.till.takings().payable_minor == 2_200 - 500
