"""Suspending and resuming: nothing lost, once, at any register, found by code, sale or key."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.back_office import UnknownRegister
from cashwrap.errors import InvalidInput
from cashwrap.sale.edits import Resumed
from cashwrap.sale.errors import CommandReused, EmptySale, NoSuchSale, NothingToUndo, ReasonNeeded
from cashwrap.sale.events import SaleCompleted, SaleResumed, SaleSuspended
from cashwrap.sale.holds import codes
from cashwrap.sale.holds.errors import (
    AlreadyResumed,
    BadHoldCode,
    HoldCancelled,
    HoldSlipScanned,
    NoSuchHold,
    SeveralCarts,
    SeveralHolds,
)
from cashwrap.sale.holds.holds import Resumed as Back
from cashwrap.sale.holds.model import Hold
from cashwrap.sale.sale import Sale
from cashwrap.sale.state import NotInThisState
from cashwrap.testing.shop import Shop

OpenShop = Callable[..., Shop]


def rung_up(shop: Shop, register: str = "R1") -> Sale:
    """Two colas at a price of the cashier's, a bun, a set meal, a voided apple, a note."""
    sale = shop.till.new_sale(register=register, staff="ana")
    sale.add("COLA", 2)
    sale.add("BUN")
    sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    apple = sale.add("APPLE", "0.532")
    sale.void_line(apple.number, "软了")
    sale.override_price(1, 320, "临期", staff="ana")
    sale.discount(percent_ppm=100_000, lines=[2], reason="掉地上", staff="ana")
    sale.note("红衣女士")
    return sale


# Nothing is lost


@pytest.mark.req("R19")
@pytest.mark.req("R23")
@pytest.mark.req("R26")
def test_a_sale_comes_back_with_everything_that_was_on_it(shop: Shop) -> None:
    """Lines, prices by hand, discounts, notes, voided lines: all as it was, to the cent."""
    sale = rung_up(shop)
    before = sale.lines, sale.priced(), sale.history, sale.cart.header.note
    parked = sale.suspend("接电话", key="138", staff="ana")
    assert shop.till.open_sales() == ()
    with pytest.raises(NoSuchSale):
        shop.till.sale(sale.id)
    back = shop.till.holds.resume(parked.code, register="R1", staff="ana")
    again = back.sale
    assert (again.lines, again.priced(), again.history[:-1], again.cart.header.note) == before
    assert back.changes.nothing
    again.pay_cash(again.due_minor)
    assert again.state == "completed"


def test_the_next_customer_is_served_while_it_waits(shop: Shop) -> None:
    """The till is free: another sale begins, and ends, at the same register."""
    parked = rung_up(shop).suspend()
    other = shop.till.new_sale(register="R1")
    other.add("COLA")
    other.pay_cash(350)
    assert [hold.code for hold in shop.till.holds.waiting()] == [parked.code]


def test_a_sale_in_hand_is_told_that_it_waits(shop: Shop) -> None:
    """Whoever still holds the suspended sale cannot sell on it."""
    sale = rung_up(shop)
    sale.suspend()
    for act in (lambda: sale.add("COLA"), lambda: sale.pay_cash(10_000), sale.suspend):
        with pytest.raises(NotInThisState, match="resume"):
            act()


def test_what_is_on_an_empty_sale_is_not_suspended(shop: Shop) -> None:
    """There is nothing to come back for."""
    sale = shop.till.new_sale(register="R1")
    with pytest.raises(EmptySale):
        sale.suspend()
    assert sale.state == "open"


def test_a_sale_with_money_on_it_is_not_suspended(shop: Shop) -> None:
    """Give the money back, or finish it; afterwards it may wait."""
    sale = rung_up(shop)
    sale.pay_cash(100)
    with pytest.raises(NotInThisState, match="give it back"):
        sale.suspend()
    sale.payments.give_back("改主意了")
    parked = sale.suspend()
    again = shop.till.holds.resume(parked, register="R2").sale
    assert [payment.state for payment in again.payments.all] == ["approved"]
    assert again.due_minor == again.totals.payable_minor


def test_an_undo_goes_back_as_far_as_the_resume(shop: Shop) -> None:
    """What was done before it waited is not undone by somebody who never saw it."""
    parked = rung_up(shop).suspend()
    sale = shop.till.holds.resume(parked, register="R1").sale
    with pytest.raises(NothingToUndo):
        sale.undo()
    sale.add("CAKE")
    sale.undo()
    assert sale.totals.payable_minor == parked.total_minor
    with pytest.raises(NothingToUndo):
        sale.undo()


# Registers, and once


@pytest.mark.req("R25")
def test_a_sale_is_resumed_at_another_register(shop: Shop) -> None:
    """What happens from then on happens there."""
    parked = rung_up(shop, "R1").suspend(staff="ana")
    sale = shop.till.holds.resume(parked.code, register="R2", staff="ben").sale
    assert sale.register == "R2"
    sale.pay_cash(100_000, staff="ben")
    done = shop.till.record_of(sale.id).body()
    assert isinstance(done, SaleCompleted)
    assert done.register == "R2"
    assert isinstance(done.history[-1], Resumed)


def test_a_sale_is_resumed_once_and_the_second_is_told_where(shop: Shop) -> None:
    """The same slip at two registers gives one sale."""
    parked = rung_up(shop).suspend()
    shop.till.holds.resume(parked.code, register="R2", staff="ben")
    with pytest.raises(AlreadyResumed, match="2026-03-01 10:00:00 at register R2 by ben") as told:
        shop.till.holds.resume(parked.code, register="R1", staff="ana")
    assert (told.value.register, told.value.staff) == ("R2", "ben")
    assert len(shop.till.open_sales()) == 1


def test_a_sale_that_was_paid_since_is_not_resumed(shop: Shop) -> None:
    """Nor one that was cancelled while it waited."""
    first, second = rung_up(shop).suspend(), rung_up(shop).suspend()
    sale = shop.till.holds.resume(first).sale
    sale.pay_cash(100_000)
    with pytest.raises(AlreadyResumed, match="completed"):
        shop.till.holds.resume(first)
    shop.till.holds.cancel(second, "没人来", staff="ana")
    with pytest.raises(HoldCancelled, match="begin a new sale"):
        shop.till.holds.resume(second)


def test_an_unknown_register_is_refused_before_anything_is_done(shop: Shop) -> None:
    """The sale waits on."""
    parked = rung_up(shop).suspend()
    with pytest.raises(UnknownRegister):
        shop.till.holds.resume(parked, register="R9")
    assert shop.till.holds.waiting() == (parked,)


def test_a_sale_that_is_suspended_again_is_found_by_its_first_slip(shop: Shop) -> None:
    """The customer has the old slip in hand; the sale is one and the same."""
    first = rung_up(shop).suspend("接电话")
    sale = shop.till.holds.resume(first).sale
    sale.add("CAKE")
    second = sale.suspend("取钱包")
    assert first.code != second.code
    assert shop.till.holds.find(first.code).state == "held_again"
    back = shop.till.holds.resume(first.code)
    assert back.sale.id == first.sale
    assert back.sale.totals.payable_minor == second.total_minor
    with pytest.raises(AlreadyResumed):
        shop.till.holds.resume(first.code)


# Commands given twice


def test_a_command_given_twice_gives_the_first_answer(shop: Shop) -> None:
    """Suspend, resume and cancel; also after a restart, where the sale is still there."""
    sale = rung_up(shop)
    parked = sale.suspend("接电话", command="s1")
    assert sale.suspend("接电话", command="s1") == parked
    first = shop.till.holds.resume(parked.code, register="R2", command="r1")
    assert shop.till.holds.resume(parked.code, register="R2", command="r1") == first
    shop.crash()
    again = shop.till.holds.resume(parked.code, register="R2", command="r1")
    assert (again.sale.id, again.changes) == (parked.sale, first.changes)
    second = again.sale.suspend()
    gone = shop.till.holds.cancel(second, "x", command="c1")
    assert shop.till.holds.cancel(second, "x", command="c1") == gone
    with pytest.raises(CommandReused):
        shop.till.holds.resume(second, command="c1")
    with pytest.raises(AlreadyResumed, match="suspended again"):
        shop.till.holds.resume(parked.code, register="R2", command="r1")


def test_a_swipe_given_twice_does_not_bring_back_what_it_suspended(shop: Shop) -> None:
    """A register that asks again after a lost answer gets the hold, not the sale."""
    rung_up(shop, "R1")
    parked = shop.till.holds.swipe("M1", register="R1", command="k1")
    assert isinstance(parked, Hold)
    assert shop.till.holds.swipe("M1", register="R1", command="k1") == parked
    shop.crash()
    assert shop.till.holds.swipe("M1", register="R1", command="k1") == parked
    back = shop.till.holds.swipe("M1", register="R2", command="k2")
    assert isinstance(back, Back)
    assert shop.till.holds.swipe("M1", register="R2", command="k2") == back


# By code, sale, key


@pytest.mark.req("R24")
@pytest.mark.req("R25")
def test_swiping_a_card_suspends_the_cart_and_brings_it_back_elsewhere(shop: Shop) -> None:
    """With a cart: held under the card. At another register, without one: it returns."""
    sale = rung_up(shop, "R1")
    parked = shop.till.holds.swipe("M1", register="R1", staff="ana")
    assert isinstance(parked, Hold)
    assert (parked.key, parked.sale) == ("M1", sale.id)
    shop.till.new_sale(register="R2")  # one without lines is no cart
    back = shop.till.holds.swipe("M1", register="R2", staff="ben")
    assert isinstance(back, Back)
    assert back.sale.register == "R2"
    assert back.sale.totals.payable_minor == parked.total_minor
    with pytest.raises(NoSuchHold):
        shop.till.holds.swipe("M2", register="R1")
    with pytest.raises(InvalidInput):
        shop.till.holds.swipe(" ", register="R1")


def test_a_swipe_that_could_mean_two_carts_or_two_holds_is_refused(shop: Shop) -> None:
    """Nothing is done; the message says between what to choose."""
    first, second = rung_up(shop, "R1"), rung_up(shop, "R1")
    with pytest.raises(SeveralCarts) as carts:
        shop.till.holds.swipe("M1", register="R1")
    assert carts.value.sales == (first.id, second.id)
    held = [sale.suspend(key="M1") for sale in (first, second)]
    with pytest.raises(SeveralHolds) as holds:
        shop.till.holds.swipe("M1", register="R1")
    assert holds.value.codes == tuple(hold.code for hold in held)
    with pytest.raises(SeveralHolds):
        shop.till.holds.resume("M1")
    assert shop.till.holds.resume(held[1]).sale.id == second.id
    assert shop.till.holds.resume("M1").sale.id == first.id


@pytest.mark.req("R24")
def test_a_sale_without_a_key_is_held_under_its_member(shop: Shop) -> None:
    """And under the key that was given, where there is one."""
    sale = rung_up(shop)
    sale.set_customer(member="M7")
    assert sale.suspend().key == "M7"
    other = rung_up(shop)
    other.set_customer(member="M7")
    assert other.suspend(key="桌5").key == "桌5"
    assert [hold.sale for hold in shop.till.holds.waiting(key="M7")] == [sale.id]
    assert [hold.sale for hold in shop.till.holds.waiting()] == [sale.id, other.id]


def test_a_key_that_looks_like_a_card_number_is_masked(shop: Shop) -> None:
    """A bank card's number never reaches the disk; it still finds the sale."""
    card = "4111111111111111"
    parked = rung_up(shop).suspend(key=card)
    assert parked.key == "411111******1111"
    assert shop.till.holds.resume(card).sale.id == parked.sale


def test_a_hold_is_found_by_its_code_in_any_form_and_by_its_sale(shop: Shop) -> None:
    """Scanned with a symbology in front, keyed in small letters, in full width."""
    parked = rung_up(shop).suspend()
    assert parked.code == "H00013"
    for text in ("H00013", "h00013", "]C0H00013", " h 0001 3 ", "Ｈ０００１３", parked.sale):
        assert shop.till.holds.find(text) == parked
    for text in ("H00014", "13", "", "X00013"):
        with pytest.raises(NoSuchHold):
            shop.till.holds.find(text)


def test_a_slip_scanned_into_a_sale_is_told_apart_from_goods(shop: Shop) -> None:
    """The cashier is told what it is, and the sale stays as it was."""
    parked = rung_up(shop).suspend()
    sale = shop.till.new_sale(register="R1")
    with pytest.raises(HoldSlipScanned, match="then resume"):
        sale.scan(parked.code)
    assert sale.lines == ()


@given(number=st.integers(1, 10**9), data=st.data())
def test_a_code_with_a_wrong_or_swapped_digit_is_no_code(number: int, data: st.DataObject) -> None:
    """Every single wrong digit, and every two neighbours that changed places, are found."""
    code = codes.code_of(number)
    assert codes.number_of(code) == number
    at = data.draw(st.integers(1, len(code) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != code[at]]))
    with pytest.raises(BadHoldCode):
        codes.number_of(code[:at] + digit + code[at + 1 :])
    if at + 1 < len(code) and code[at] != code[at + 1]:
        with pytest.raises(BadHoldCode):
            codes.number_of(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


# Reasons


@pytest.mark.req("R27")
def test_a_reason_is_one_of_the_shops_or_free_text_beside_other(shop: Shop) -> None:
    """What is in the list counts as itself; anything else is kept, word for word, under other."""

    def held(*said: str, note: str = "") -> tuple[str, str]:
        parked = rung_up(shop).suspend(*said, note=note)
        return parked.reason, parked.said

    assert held("接电话") == ("接电话", "")
    assert held("挑商品", note="红衣女士") == ("挑商品", "红衣女士")
    assert held("phone call") == ("其他", "phone call")
    assert held("", note="等人") == ("其他", "等人")
    assert held() == ("", "")


@pytest.mark.req("R27")
def test_a_hold_without_a_reason_is_refused_where_the_shop_wants_one(open_shop: OpenShop) -> None:
    """The message lists the shop's reasons; the sale stays open."""
    shop = open_shop('\n[suspend]\nreasons = ["phone", "wallet"]\nreason_required = true\n')
    sale = rung_up(shop)
    with pytest.raises(ReasonNeeded, match="phone, wallet"):
        sale.suspend()
    with pytest.raises(ReasonNeeded):
        shop.till.holds.swipe("M1", register="R1")
    assert sale.state == "open"
    assert sale.suspend("wallet").reason == "wallet"


# What the journal says


def test_the_journal_tells_who_suspended_and_resumed_what(shop: Shop) -> None:
    """Reason, key, code, quote and register; the history stands in the event."""
    sale = rung_up(shop)
    history = sale.history
    parked = sale.suspend("接电话", key="138", staff="ana")
    shop.till.holds.resume(parked, register="R2", staff="ben")
    records = list(shop.till.store.records())[-2:]
    held, back = (record.body() for record in records)
    assert isinstance(held, SaleSuspended)
    assert isinstance(back, SaleResumed)
    assert [record.envelope.staff for record in records] == ["ana", "ben"]
    assert (held.reason, held.key, held.code, held.register) == ("接电话", "138", "H00013", "R1")
    assert (held.history, held.quoted.totals.payable_minor) == (history, parked.total_minor)
    assert (back.code, back.register, back.total_minor) == ("H00013", "R2", parked.total_minor)


def test_a_cancelled_hold_stands_in_the_journal_with_its_lines(shop: Shop) -> None:
    """As a sale that was cancelled while it was open."""
    parked = rung_up(shop).suspend()
    gone = shop.till.holds.cancel(parked, "打烊", register="R2", staff="ben")
    assert (gone.state, gone.paid_minor) == ("cancelled", 0)
    assert shop.till.holds.waiting() == ()
    assert shop.till.store.verify().ok
