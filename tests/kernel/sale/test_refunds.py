"""The money of returns: to the tenders that paid, once, and only as much as came in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builders.people import approved, bodies, staffed

from cashwrap.doctor import examine
from cashwrap.errors import InvalidInput
from cashwrap.sale.errors import (
    MoneyWentOut,
    NothingDue,
    NothingToGiveBack,
    OtherTenderNeeded,
    RefundExceedsDue,
    StillDue,
)
from cashwrap.sale.sale import Sale
from cashwrap.tender.credit import new_code
from cashwrap.tender.driver import Approved, Capabilities, NotFound, Outcome
from cashwrap.tender.errors import (
    CreditExpired,
    CreditUsedUp,
    PaymentInDoubt,
    TenderExceedsDue,
    TenderNeedsNetwork,
    UnknownCredit,
)
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

JIAO = '\n[price.cash_rounding]\nincrement_minor = 10\nmode = "down"\non = "cash"\n'
DAY_MS = 86_400_000


def sold(shop: Shop, *pay: Callable[[Sale], object], quantity: int = 4) -> int:
    """Sell colas at 3.50; without a way to pay, cash. Return the receipt number."""
    sale = shop.till.new_sale()
    sale.add("COLA", quantity)
    for each in pay:
        each(sale)
    if sale.state != "completed":
        sale.pay_cash(sale.payments.cash_due()[0])
    return shop.till.record_of(sale.id).body().number


def card(amount_minor: int = 0) -> Callable[[Sale], object]:
    return lambda sale: sale.payments.ask("card", amount_minor)


def cash(amount_minor: int) -> Callable[[Sale], object]:
    return lambda sale: sale.pay_cash(amount_minor)


def back(shop: Shop, number: int, quantity: int = 0) -> Sale:
    sale = shop.till.new_sale()
    sale.take_back(number, [(1, quantity)] if quantity else None)
    return sale


def kinds(shop: Shop, last: int) -> list[str]:
    return [record.envelope.kind for record in shop.till.store.records()][-last:]


def test_cards_give_back_first_and_the_last_of_it_ends_the_return(
    shop: Shop, terminal: FakeTerminal
) -> None:
    """A split sale comes back in two parts: the card gives first, cash the rest, in one commit."""
    number = sold(shop, cash(400), card())
    first = back(shop, number, 1)
    assert first.due_minor == -350
    done = first.refund(staff="ana")
    assert [(each.tender, each.amount_minor) for each in done.given] == [("card", 350)]
    assert (first.state, done.due_minor, done.cash_minor) == ("completed", 0, 0)
    second = back(shop, number)
    done = second.refund()
    assert [(each.tender, each.amount_minor) for each in done.given] == [
        ("card", 650),
        ("cash", 400),
    ]
    assert done.cash_minor == 400
    assert kinds(shop, 4)[:2] == ["tender.cash_returned", "sale.completed"]  # one commit
    (charge,) = terminal.charges.values()
    assert (charge.net_minor, len(charge.refunds)) == (0, 2)
    event = shop.till.record_of(second.id).body()
    assert [(each.kind, each.tendered_minor) for each in event.payments] == [
        ("card", -650), ("cash", -400),
    ]  # fmt: skip
    assert [tuple(taking) for taking in map(_taking, event.takings)] == [
        ("card", -650), ("cash", -400),
    ]  # fmt: skip
    assert all(not taking.amount_minor for taking in shop.till.takings().takings)


def _taking(taking):
    return taking.kind, taking.amount_minor


@pytest.mark.req("R15")
def test_cash_is_rounded_as_the_sale_was(open_shop) -> None:
    """Four apples' worth comes back in three parts; the drawer is as it was before the sale."""
    shop = open_shop(SETTINGS + JIAO)
    sale = shop.till.new_sale()
    sale.add("APPLE", "1.093")  # 13.99
    sale.pay_cash(2000)
    assert sale.payments.all[0].rounding_minor == -9
    given = []
    for quantity in ("0.3", "0.4", "0.393"):
        part = shop.till.new_sale()
        part.take_back(1, [(1, quantity)])
        given.append(part.refund().cash_minor)
    assert sum(given) == 1390
    assert all(amount % 10 == 0 for amount in given)
    day = shop.till.takings()
    assert (day.payable_minor, day.rounding_minor) == (0, 0)


def test_an_exchange_settles_the_difference(shop: Shop, terminal: FakeTerminal) -> None:
    """Dearer goods: the customer pays the rest; cheaper: it goes back; equal: done at once."""
    number = sold(shop, card(), quantity=6)
    more = back(shop, number, 2)
    more.add("BUN")  # 9.00 for 7.00
    assert more.due_minor == 200
    with pytest.raises(NothingToGiveBack, match="200"):
        more.refund()
    more.pay_cash(500)
    assert (more.state, more.payments.all[0].change_minor) == ("completed", 300)
    less = back(shop, number, 3)
    less.add("BUN")
    assert less.due_minor == -150
    with pytest.raises(NothingDue):
        less.pay_cash(100)
    less.refund()
    assert less.state == "completed"
    equal = back(shop, number, 1)
    equal.add("COLA")
    with pytest.raises(StillDue, match="give back"):
        raise StillDue(-1)
    assert equal.due_minor == 0
    equal.refund(command="same")
    assert equal.refund(command="same").due_minor == 0
    assert equal.state == "completed"
    assert terminal.net_minor(next(iter(terminal.charges))) == 6 * 350 - 150


def test_what_was_exchanged_goes_back_to_the_card_that_paid_first(
    shop: Shop, terminal: FakeTerminal
) -> None:
    """Goods that were paid with goods: their money is still on the first sale's card."""
    number = sold(shop, card())
    exchange = back(shop, number, 2)
    exchange.add("COLA", 2)
    exchange.refund()
    again = back(shop, shop.till.record_of(exchange.id).body().number)
    assert [each.tender for each in again.refund().given] == ["card"]
    assert terminal.net_minor(next(iter(terminal.charges))) == 700


def test_a_card_gives_for_traded_goods_no_more_than_they_counted_for(
    shop: Shop, terminal: FakeTerminal
) -> None:
    """A cola traded in for a bun: the card gives the cola's price, added cash the rest."""
    number = sold(shop, card())
    exchange = back(shop, number, 1)
    exchange.add("BUN")
    exchange.pay_cash(550)
    again = back(shop, shop.till.record_of(exchange.id).body().number)
    given = again.refund().given
    assert [(each.tender, each.amount_minor) for each in given] == [("card", 350), ("cash", 550)]
    back(shop, number).refund()
    assert terminal.net_minor(next(iter(terminal.charges))) == 0


@pytest.mark.parametrize("parts", [(4,), (1, 3), (2, 1, 1)])
def test_goods_that_were_traded_in_piece_by_piece_are_paid_for_by_all_pieces(
    shop: Shop, terminal: FakeTerminal, parts: tuple[int, ...]
) -> None:
    """Also where one piece was exchanged for another of the same before: two ways to one card."""
    number = sold(shop, card())
    exchange = back(shop, number, 1)
    exchange.add("COLA", 1)
    exchange.refund()
    both = back(shop, number, 2)
    both.take_back(number, [(1, 1)])
    both.take_back(shop.till.record_of(exchange.id).body().number)
    both.add("COLA", 4)
    both.refund()
    last = shop.till.record_of(both.id).body().number
    for quantity in parts:
        assert [each.tender for each in back(shop, last, quantity).refund().given] == ["card"]
    assert terminal.net_minor(next(iter(terminal.charges))) == 0


def test_a_command_is_not_taken_for_another_step(shop: Shop) -> None:
    """Steps without a command have ids that no command has."""
    sale = back(shop, sold(shop))
    for command in ("", "0", "#0", "1", "="):
        sale.refund(amount_minor=100, command=command)
    assert sale.due_minor == -900
    sale.refund()


@pytest.mark.parametrize("to", ["cash", "credit"])
def test_money_goes_another_way_on_request(shop: Shop, terminal: FakeTerminal, to) -> None:
    """In cash or on a credit note, whatever paid; the card gives that much less from then on."""
    number = sold(shop, card())
    first = back(shop, number, 1)
    done = first.refund(to)
    assert first.state == "completed"
    assert done.cash_minor == (350 if to == "cash" else 0)
    assert (done.credit is None) == (to == "cash")
    back(shop, number).refund()
    assert terminal.net_minor(next(iter(terminal.charges))) == 350
    assert shop.till.store.verify().ok


def test_a_driver_that_cannot_refund_leaves_the_choice(tmp_path: Path) -> None:
    """Nothing is done; the message says how much needs another tender, and cash may have it."""
    terminal = FakeTerminal(capabilities=Capabilities(kind="card", refund=False))
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = back(shop, sold(shop, cash(400), card()))
    head = shop.till.store.head
    with pytest.raises(OtherTenderNeeded, match="1000"):
        sale.refund()
    assert (shop.till.store.head, sale.state) == (head, "open")
    sale.refund(amount_minor=400)
    assert (sale.state, sale.due_minor) == ("tendering", -1000)
    sale.refund("credit")
    assert sale.state == "completed"
    shop.till.close()


def test_offline_the_card_waits_and_cash_does_not(shop: Shop) -> None:
    """A driver is not asked without a network; cash goes out as ever."""
    sale = back(shop, sold(shop, cash(400), card()))
    with pytest.raises(TenderNeedsNetwork, match="wait for the network"):
        sale.refund(online=False)
    assert sale.state == "open"
    sale.refund("cash", online=False)
    assert sale.state == "completed"
    back(shop, sold(shop, quantity=2)).refund(online=False)


def test_amounts_that_are_none(shop: Shop) -> None:
    """Too much, below zero, no number, a tender that there is not: refused with nothing done."""
    sale = back(shop, sold(shop))
    head = shop.till.store.head
    for to, amount, error in (
        ("", 1401, RefundExceedsDue),
        ("", -1, InvalidInput),
        ("", 1.5, InvalidInput),
        ("gold", 0, InvalidInput),
    ):
        with pytest.raises(error):
            sale.refund(to, amount)
    assert shop.till.store.head == head
    sale.refund("", 1400)
    assert sale.state == "completed"


def test_a_refund_without_an_answer_is_waited_for(tmp_path: Path) -> None:
    """In doubt: no other money goes out, nothing is cancelled; the answer ends the return."""
    terminal = FakeTerminal(["refund_lost"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = back(shop, sold(shop, card()))
    done = sale.refund(command="r")
    assert [each.state for each in done.given] == ["refunding"]
    assert (sale.state, sale.due_minor) == ("tendering", 0)
    for again in (lambda: sale.refund("cash"), lambda: sale.refund()):
        with pytest.raises(PaymentInDoubt):
            again()
    for forget in (sale.cancel, lambda: sale.payments.give_back("x")):
        with pytest.raises((MoneyWentOut, PaymentInDoubt)):
            forget()
    assert sale.refund(command="r") == done
    shop.clock.pass_ms(10_000)
    assert shop.till.step()
    assert sale.state == "completed"
    (charge,) = terminal.charges.values()
    assert (charge.net_minor, len(charge.refunds)) == (0, 1)
    shop.till.close()


def test_a_refusal_opens_the_return_again(tmp_path: Path) -> None:
    """The driver's no is in the answer; ask anew, or give cash; nothing is counted twice."""
    shop = Shop(tmp_path / "shop", drivers={"card": FakeTerminal(["refund_refused"])})
    sale = back(shop, sold(shop, card()))
    done = sale.refund(command="r")
    assert [(each.state, each.refusal) for each in done.given] == [("refused", "refund refused")]
    assert (sale.state, done.due_minor) == ("open", -1400)
    assert sale.refund(command="r").given == done.given
    assert sale.refund().given[0].state == "refused"
    assert sale.refund("cash").cash_minor == 1400
    assert sale.state == "completed"
    shop.till.close()


@pytest.mark.parametrize("given", [True, False])
def test_a_person_says_whether_a_refund_was_given(tmp_path: Path, given: bool) -> None:
    """The provider never answers: whoever saw its page decides, and the money goes out once."""
    terminal = FakeTerminal(["refund_lost"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    number = sold(shop, card())
    terminal.before = lambda call: (_ for _ in ()).throw(TimeoutError)
    sale = back(shop, number)
    sale.refund()
    (payment,) = sale.payments.in_doubt
    (refund,) = payment.refunds
    sale.payments.declare(payment.id, given, "provider's page", refund=refund.id, staff="boss")
    assert sale.state == ("completed" if given else "open")
    if not given:
        sale.refund("cash")
    assert shop.till.next_step_ms is None
    assert shop.till.takings().takings[0].amount_minor == (0 if given else 1400)
    assert shop.crash().takings().payable_minor == 0
    shop.till.close()


class Telling(FakeTerminal):
    """A terminal that can say how a refund stands."""

    def refunded(self, refund_id: str, intent_id: str) -> Outcome:
        given = self.charges[intent_id].refunds.get(refund_id)
        if given is None:
            return NotFound(intent=intent_id)
        return Approved(intent=intent_id, amount_minor=given, currency="CNY")


@pytest.mark.parametrize("gave", [True, False])
def test_a_refund_that_was_given_after_all_is_told(tmp_path: Path, gave: bool) -> None:
    """Declared as not given, and cash followed: the watch journals what the provider says, once."""
    terminal = Telling(["refund_lost"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    number = sold(shop, card())
    if not gave:
        terminal.before = lambda call: (_ for _ in ()).throw(TimeoutError)
    sale = back(shop, number)
    sale.refund()
    (payment,) = sale.payments.in_doubt
    (refund,) = payment.refunds
    sale.payments.declare(payment.id, False, "provider's page", refund=refund.id, staff="boss")
    sale.refund("cash")
    while shop.till.next_step_ms is not None:
        shop.clock.pass_ms(max(1, shop.till.next_step_ms - shop.clock.steady_ms))
        assert shop.till.step()
    records = shop.till.store.records()
    told = [one.body() for one in records if one.envelope.kind == "tender.contradicted"]
    said = [(one.intent, one.state, one.said) for one in told]
    assert said == [(payment.id, "refused", f"refund {refund.id} gave 1400")] * gave
    assert sale.state == "completed"
    assert shop.till.takings().takings[0].amount_minor == 1400
    levels = {one.check: one.level for one in examine(shop.till, witness=[])}
    assert levels["payments.contradicted"] == ("look" if gave else "good")
    shop.till.close()


def test_a_return_of_which_money_went_out_is_finished_not_forgotten(shop: Shop) -> None:
    """No cancel, no giving back, no change of the goods; the rest can still be given."""
    sale = back(shop, sold(shop, card()))
    sale.refund(amount_minor=100)
    assert (sale.state, sale.due_minor) == ("tendering", -1300)
    for forget in (sale.cancel, lambda: sale.payments.give_back("changed their mind")):
        with pytest.raises(MoneyWentOut, match="100"):
            forget()
    again = shop.crash().sale(sale.id)
    assert (again.state, again.due_minor) == ("tendering", -1300)
    again.refund()
    assert again.state == "completed"


def test_without_a_receipt_the_settings_say_where_money_goes(open_shop) -> None:
    """A credit note by default, cash where the shop says so."""
    for to in ("credit", "cash"):
        shop = open_shop(
            SETTINGS + f'\n[returns]\nwithout_receipt = "today"\nunreceipted_to = "{to}"\n'
        )
        sale = shop.till.new_sale()
        sale.take_back_unreceipted("COLA", 2, reason="gift")
        done = sale.refund()
        assert sale.state == "completed"
        assert [(each.tender, each.amount_minor) for each in done.given] == [(to, 700)]
        assert [_taking(each) for each in shop.till.takings().takings] == [(to, -700)]
        assert shop.till.store.verify().ok


# Credit notes


def noted(shop: Shop, quantity: int = 4) -> str:
    """Return the code of a credit note over so many colas."""
    note = back(shop, sold(shop, quantity=quantity)).refund("credit").credit
    assert note is not None
    return note.code


def test_a_credit_note_pays_until_it_is_used_up(shop: Shop) -> None:
    """As much as is due, or as it has; the rest by any tender; then it is worth nothing."""
    code = noted(shop)
    first = shop.till.new_sale()
    first.add("BUN")
    paid = first.payments.credit(code.lower(), command="c")
    assert (first.state, paid.amount_minor) == ("completed", 900)
    assert paid.provider_id.endswith(code[-4:])
    assert shop.till.credits.find(code).balance_minor == 500
    second = shop.till.new_sale()
    second.add("BUN")
    with pytest.raises(TenderExceedsDue):
        second.payments.credit(code, 901)
    with pytest.raises(CreditUsedUp, match="500"):
        second.payments.credit(code, 501)
    second.payments.credit(code)
    second.pay_cash(400)
    assert shop.till.credits.find(code).balance_minor == 0
    third = shop.till.new_sale()
    third.add("BUN")
    with pytest.raises(CreditUsedUp):
        third.payments.credit(code)


@pytest.mark.req("R21")
def test_two_open_sales_never_spend_a_note_twice(shop: Shop) -> None:
    """The first that pays has it, also after a crash; given back, the other may."""
    code = noted(shop, 2)
    one, other = shop.till.new_sale(), shop.till.new_sale()
    one.add("BUN")
    other.add("BUN")
    one.payments.credit(code)
    with pytest.raises(CreditUsedUp):
        other.payments.credit(code)
    till = shop.crash()
    one, other = till.sale(one.id), till.sale(other.id)
    assert (one.due_minor, one.state) == (200, "tendering")
    with pytest.raises(CreditUsedUp):
        other.payments.credit(code)
    one.payments.give_back("changed their mind")
    assert till.credits.find(code).balance_minor == 700
    other.payments.credit(code)
    one.cancel()
    assert till.credits.find(code).balance_minor == 0
    assert till.store.verify().ok


def test_goods_bought_with_a_note_go_back_onto_it(open_shop) -> None:
    """The same code is good again, and for as long as a new one would be."""
    shop = open_shop(SETTINGS + "\n[credit]\ndays = 30\n")
    code = noted(shop)
    number = sold(shop, lambda sale: sale.payments.credit(code))
    shop.clock.pass_ms(29 * DAY_MS)
    back(shop, number, 1).refund()
    assert shop.till.credits.find(code).balance_minor == 350
    shop.clock.pass_ms(2 * DAY_MS)
    number = sold(shop, lambda sale: sale.payments.credit(code), quantity=1)
    shop.clock.pass_ms(30 * DAY_MS)
    back(shop, number).refund()
    assert shop.till.credits.find(code).balance_minor == 350
    shop.clock.pass_ms(31 * DAY_MS)
    sale = shop.till.new_sale()
    sale.add("COLA")
    with pytest.raises(CreditExpired, match="good until 2026"):
        sale.payments.credit(code)


def test_what_was_given_back_before_the_end_is_no_payment_of_the_sale(
    tmp_path: Path,
) -> None:
    """Neither on the receipt nor in the takings; what a terminal took too much is not either."""
    shop = Shop(tmp_path / "shop", drivers={"card": FakeTerminal(["tip", "excess"])})
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    sale.pay_cash(400)
    sale.payments.ask("card", 500)
    sale.payments.give_back("changed their mind")
    assert (sale.state, sale.due_minor) == ("open", 1400)  # the tip too
    sale.payments.ask("card")
    event = shop.till.record_of(sale.id).body()
    assert [(each.kind, each.tendered_minor) for each in event.payments] == [("card", 1400)]
    assert [_taking(each) for each in event.takings] == [("card", 1400)]
    shop.till.close()


def test_a_reversed_sale_gives_the_tip_back_too(tmp_path: Path) -> None:
    """A return leaves the tip; a post-void leaves nothing."""
    terminal = FakeTerminal(["tip"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    back(shop, sold(shop, card())).refund()
    shop.till.post_void(sold(shop, card()), "wrong customer")
    assert [charge.net_minor for charge in terminal.charges.values()] == [1, 0]
    assert [_taking(each) for each in shop.till.takings().takings] == [("card", 1)]
    shop.till.close()


def test_the_slip_carries_the_whole_code(open_shop) -> None:
    """Printed again it says what is left; on receipts only the code's end stands."""
    shop = open_shop(SETTINGS + "\n[credit]\ndays = 30\n")
    code = noted(shop)
    (note,) = shop.till.credits.given_for(shop.till.sale_of_number(2))
    slip = shop.till.credits.slip_text(note)
    assert note.shown in slip
    assert "退货券" in slip
    assert "14.00" in slip
    assert "余额" not in slip
    assert "有效期至 2026-03-31" in slip
    sale = shop.till.new_sale()
    sale.add("BUN")
    sale.payments.scan(note.shown)
    assert sale.state == "completed"
    assert "5.00" in shop.till.credits.slip_text(code)
    paper = shop.till.receipt_text(sale.id)
    assert code not in paper
    assert code[-4:] in paper
    assert shop.till.credits.owed_minor() == 500
    with pytest.raises(UnknownCredit, match="at the till that gave it"):
        shop.till.credits.find(new_code("another"))


def test_a_return_in_doubt_survives_a_power_cut(tmp_path: Path) -> None:
    """Its draft is gone with the power; the intent of the refund brings it back."""
    terminal = FakeTerminal(["refund_lost"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = back(shop, sold(shop, card()))
    sale.refund()
    shop.till.abandon()
    (tmp_path / "shop" / "draft").unlink()
    shop.till = shop._opened()
    again = shop.till.sale(sale.id)
    assert (again.state, [each.of_number for each in again.returns]) == ("tendering", [1])
    shop.clock.pass_ms(10_000)
    assert shop.till.step()
    assert again.state == "completed"
    shop.till.close()


def test_another_tender_needs_the_right(shop: Shop) -> None:
    """As it came a clerk may give it; in cash for a card with the boss, whom the event names."""
    number, in_cash = sold(shop, card()), sold(shop)
    staffed(shop).till.staff.sign_in("ana", "4711")
    usual = back(shop, in_cash, 1)
    assert usual.refund("cash").cash_minor == 350  # cash had paid
    sale = back(shop, number, 1)
    done = approved(shop, lambda: sale.refund("cash"))
    assert (sale.state, done.cash_minor) == ("completed", 350)
    assert [each.approver for each in bodies(shop, "tender.cash_returned")] == ["", "boss"]


def test_a_sale_of_before_the_move_to_a_new_device_goes_back_to_its_card(
    shop: Shop, tmp_path: Path, terminal: FakeTerminal
) -> None:
    """The payments of an earlier epoch are in the same book: the card that paid gives back."""
    number = sold(shop, card())
    shop.till.close()
    moved = tmp_path / "moved"
    shutil.copytree(shop.folder, moved)
    shop.till = Till.open(
        moved, drivers={"card": terminal}, plugins=False, clock=shop.clock, witness=[],
        adopt="a new device",
    )  # fmt: skip
    sale = back(shop, number)
    assert [each.tender for each in sale.refund().given] == ["card"]
    assert sale.state == "completed"
    assert [charge.net_minor for charge in terminal.charges.values()] == [0]
