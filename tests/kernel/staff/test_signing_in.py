"""Signing in and out, and what the journal says of who did what."""

from collections.abc import Callable

import pytest
from builders.people import approved, bodies, refused, staffed

from cashwrap.back_office import UnknownRegister
from cashwrap.staff.errors import NotSignedIn, RightDenied, WrongPin
from cashwrap.staff.roles import Grant
from cashwrap.testing.shop import Shop

pytestmark = pytest.mark.usefixtures("cheap")
MINUTE_MS = 60_000


def test_who_signs_in_is_at_that_register_only(shop: Shop):
    """A register has one person; the same person may be at several."""
    staff = shop.till.staff
    staff.sign_in("ana", "4711", register="R1")
    shop.till.new_sale(register="R1")
    with pytest.raises(NotSignedIn, match="R2"):
        shop.till.new_sale(register="R2", staff="ana")
    with pytest.raises(NotSignedIn, match="ben"):
        shop.till.new_sale(register="R1", staff="ben")
    staff.sign_in("ana", "4711", register="R2")
    shop.till.new_sale(register="R2")
    assert (staff.signed_in("R1"), staff.signed_in("R2"), staff.signed_in("")) == ("ana", "ana", "")
    with pytest.raises(UnknownRegister):
        staff.sign_in("ana", "4711", register="R9")


def test_the_next_one_signs_the_one_before_out(shop: Shop):
    """The sale stays; who goes on with it is who is there now."""
    staff = shop.till.staff
    staff.sign_in("ana", "4711")
    sale = shop.till.new_sale()
    sale.add("COLA")
    staff.sign_in("ben", "9173")
    with pytest.raises(NotSignedIn):
        sale.add("COLA", staff="ana")
    sale.add("BUN")
    sale.pay_cash(5000)
    assert [edit.staff for edit in sale.history] == ["ana", "ana", "ben"]
    (out,) = bodies(shop, "staff.signed_out")[-1:]
    assert (out.account, out.why) == ("ana", "other")


def test_nothing_is_done_at_a_register_that_was_signed_out(shop: Shop):
    """A sale that was begun before is in nobody's hands, whatever is done with it."""
    staff = shop.till.staff
    staff.sign_in("ana", "4711")
    sale = shop.till.new_sale()
    sale.add("COLA")
    staff.sign_out()
    staff.sign_out()
    for step in (
        lambda: sale.add("COLA"),
        lambda: sale.scan("6901234567892"),
        lambda: sale.undo(),
        lambda: sale.cancel(),
        lambda: sale.pay_cash(1000),
        lambda: sale.note("x"),
        lambda: sale.pay_cash(1000, staff="ana"),
    ):
        refused(step, NotSignedIn, shop)
    assert len(sale.history) == 2


def test_after_a_restart_everybody_signs_in_again(shop: Shop):
    """A sale that came back from the draft waits for somebody as well."""
    shop.till.staff.sign_in("ana", "4711")
    sale = shop.till.new_sale()
    sale.add("COLA")
    till = shop.crash()
    assert till.staff.signed_in() == ""
    again = till.sale(sale.id)
    refused(lambda: again.add("COLA"), NotSignedIn, shop)
    refused(lambda: again.pay_cash(1000), NotSignedIn, shop)
    till.staff.sign_in("ben", "9173")
    again.pay_cash(1000)
    assert shop.till.store.verify().ok


def test_who_does_nothing_for_long_is_signed_out(open_shop: Callable[..., Shop], cheap: None):
    """Each act counts anew, on the steady clock: setting the wall clock changes nothing."""
    shop = staffed(open_shop("[staff]\nsign_out_minutes = 5\n"))
    shop.till.staff.sign_in("ana", "4711")
    sale = shop.till.new_sale()
    for _ in range(3):
        shop.clock.pass_ms(4 * MINUTE_MS)
        shop.clock.jump(-60 * MINUTE_MS)
        sale.add("COLA")
    shop.clock.jump(600 * MINUTE_MS)
    sale.add("COLA")
    assert shop.till.staff.signed_in() == "ana"
    shop.clock.pass_ms(5 * MINUTE_MS + 1)
    assert shop.till.staff.signed_in() == ""
    refused(lambda: sale.add("COLA"), NotSignedIn, shop)
    assert [one.why for one in bodies(shop, "staff.signed_out")][-1] == "timeout"
    assert shop.till.staff.signed_in() == ""


def test_who_may_not_sell_does_not_go_on_with_a_sale(shop: Shop):
    """The right to sell is asked at each step, not only when a sale begins."""
    staff = shop.till.staff
    staff.sign_in("boss", "2580")
    staff.define_role("store keeper", {"stock.move": Grant("allowed")}, by="boss")
    staff.give_role("ben", "store keeper", by="boss")
    sale = shop.till.new_sale()
    sale.add("COLA")
    staff.sign_in("ben", "9173")
    refused(lambda: sale.add("COLA"), RightDenied, shop)
    refused(lambda: sale.pay_cash(1000), RightDenied, shop)
    refused(lambda: shop.till.new_sale(), RightDenied, shop)
    shop.receive("COLA", 1000, 100)


@pytest.mark.req("R134")
def test_every_order_says_store_till_and_clerk(shop: Shop):
    """However a sale ends, its record names the shop, the till and the clerk."""
    till = shop.till
    till.staff.sign_in("ana", "4711", register="R1")

    def begun():
        sale = till.new_sale(register="R1")
        sale.add("COLA")
        return sale

    ends = {
        "cash": lambda sale: sale.pay_cash(1000),
        "card": lambda sale: sale.payments.ask("card"),
        "voucher": lambda sale: sale.payments.record("voucher", "饭票", 350),
        "cancelled": lambda sale: approved(shop, sale.cancel),
        "suspended": lambda sale: sale.suspend("接电话"),
    }
    for end in ends.values():
        end(begun())
    free = begun()
    approved(shop, lambda: free.discount(percent_ppm=1_000_000, reason="gift"))
    free.payments.finish()
    told = [
        record.envelope
        for record in till.store.records()
        if record.envelope.kind in ("sale.completed", "sale.cancelled", "sale.suspended")
    ]
    assert len(told) == 6
    assert {(one.store, one.till, one.staff) for one in told} == {("S001", "T1", "ana")}


@pytest.mark.req("R134")
def test_a_payment_that_is_answered_after_everybody_left_is_of_who_began_the_sale(shop: Shop):
    """An answer that comes to nobody ends the sale under the clerk who rang it up."""
    from cashwrap.testing.terminal import FakeTerminal

    till = shop.till
    till.staff.sign_in("ana", "4711")
    sale = till.new_sale()
    sale.add("COLA")
    terminal = till._drivers["card"]
    assert isinstance(terminal, FakeTerminal)
    terminal.script = iter(["slow"])
    sale.payments.ask("card")
    till.staff.sign_out()
    for _ in range(20):
        shop.clock.pass_ms(5000)
        till.step()
    (record,) = [one for one in till.store.records() if one.envelope.kind == "sale.completed"]
    assert record.envelope.staff == "ana"


def test_signing_in_and_out_is_in_the_journal(shop: Shop):
    """Who, with which role, at which register; a PIN never."""
    staff = shop.till.staff
    staff.sign_in("ana", "4711", register="R1")
    staff.sign_out("R1")
    with pytest.raises(WrongPin):
        staff.sign_in("ana", "4799", register="R1")
    came, went, wrong = (
        bodies(shop, f"staff.{kind}")[-1] for kind in ("signed_in", "signed_out", "pin_wrong")
    )
    assert (came.account, came.role, came.register) == ("ana", "cashier", "R1")
    assert (went.account, went.why, went.register) == ("ana", "self", "R1")
    assert (wrong.account, wrong.at, wrong.register) == ("ana", "sign_in", "R1")
    written = b"".join(record.raw for record in shop.till.store.records())
    assert not any(pin in written for pin in (b"4711", b"4799", b"2580"))
