"""Paying: cash, split, drivers, doubt, giving back, and the one moment when a sale is complete."""

from pathlib import Path

import pytest

from cashwrap.errors import InvalidInput
from cashwrap.sale.errors import EmptySale, NothingDue, PriceRefused, ReasonNeeded, StillDue
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.projection import DayTotals
from cashwrap.sale.sale import Sale
from cashwrap.sale.state import NotInThisState
from cashwrap.scan.errors import GoodsAtPayment
from cashwrap.tender.driver import Capabilities
from cashwrap.tender.errors import (
    PaymentInDoubt,
    PaymentNotInDoubt,
    TenderExceedsDue,
    TenderRefused,
    UnknownPayment,
)
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal

COLA = "6901234567892"


def rung(shop: Shop, quantity: int = 4) -> Sale:
    sale = shop.till.new_sale()
    sale.add("COLA", quantity)
    return sale


def body_of(shop: Shop, sale: Sale) -> SaleCompleted:
    body = shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    return body


def settle(shop: Shop, minutes: int = 10) -> None:
    """Let the till ask on until nothing is due for a while."""
    for _ in range(minutes * 60):
        shop.clock.pass_ms(1000)
        while shop.till.step():
            pass


@pytest.mark.req("R1")
def test_cash_with_change_completes_the_sale(shop: Shop) -> None:
    """14.00 paid with 20.00: 6.00 change, 14.00 in the drawer, goods out of stock."""
    shop.receive("COLA", 10_000, 2000)
    sale = rung(shop)
    payment = sale.pay_cash(2000)
    assert (payment.change_minor, sale.state, sale.due_minor) == (600, "completed", 0)
    body = body_of(shop, sale)
    assert [(t.kind, t.amount_minor) for t in body.takings] == [("cash", 1400)]
    assert (body.number, body.cost_minor, body.day) == (1, 800, 20260301)
    assert shop.till.ask_stock(lambda stock: stock.on_hand("COLA")) == 6000
    assert shop.till.takings() == DayTotals(1, 1400, 161, 0, 800, 0, body.takings)


def test_a_completed_sale_takes_nothing_more(shop: Shop) -> None:
    """Edits, payments and a cancel after the end are refused with advice."""
    sale = rung(shop)
    sale.pay_cash(1400)
    for act in (
        lambda: sale.scan(COLA),
        lambda: sale.undo(),
        lambda: sale.pay_cash(100),
        lambda: sale.cancel("x"),
        lambda: sale.payments.finish(),
    ):
        with pytest.raises(NotInThisState, match="make a return instead"):
            act()


def test_the_same_payment_command_twice_pays_once(shop: Shop) -> None:
    """A repeated cash command answers with the payment of the first."""
    sale = rung(shop)
    first = sale.pay_cash(1000, command="p1")
    assert sale.pay_cash(1000, command="p1") == first
    assert sale.due_minor == 400
    last = sale.pay_cash(500, command="p2")
    assert sale.pay_cash(500, command="p2") == last
    assert shop.till.takings().payable_minor == 1400


@pytest.mark.req("R174")
def test_split_over_four_tenders(shop: Shop) -> None:
    """Cash, card, wallet and a voucher together pay one sale, each in its taking."""
    sale = rung(shop)
    sale.pay_cash(400)
    sale.payments.ask("card", 500)
    sale.payments.record("voucher", "礼品券", 200, "V-17")
    assert (sale.state, sale.due_minor) == ("tendering", 300)
    sale.payments.scan("134650098765432109")
    assert sale.state == "completed"
    takings = {taking.kind: taking.amount_minor for taking in body_of(shop, sale).takings}
    assert takings == {"cash": 400, "card": 500, "礼品券": 200, "wechat": 300}


def test_a_tender_without_change_never_takes_more_than_is_due(shop: Shop) -> None:
    """A card for more than the due is refused before anything happens."""
    sale = rung(shop)
    with pytest.raises(TenderExceedsDue):
        sale.payments.ask("card", 1401)
    assert (sale.state, sale.payments.all) == ("open", ())
    sale.add("BUN")  # the cart is still open


def test_a_cart_under_payment_does_not_change(shop: Shop) -> None:
    """While a payment counts, lines stay as they are; given back, they may change again."""
    sale = rung(shop)
    sale.pay_cash(1000)
    with pytest.raises(NotInThisState, match="give it back"):
        sale.add("BUN")
    with pytest.raises(NotInThisState):
        sale.cancel("x")
    sale.payments.give_back("改主意")
    assert (sale.state, sale.due_minor) == ("open", 1400)
    sale.add("BUN")
    sale.cancel("客人离开")
    assert shop.till.store.verify().fault is None


@pytest.mark.parametrize("name", ["card", "cash", "credit", " "])
def test_a_payment_beside_the_till_has_a_name_of_its_own(shop: Shop, name: str) -> None:
    """No voucher is booked as a driver's, as cash or as a credit note; nothing is journaled."""
    sale = rung(shop)
    before = shop.till.store.head.seq
    with pytest.raises(InvalidInput):
        sale.payments.record("voucher", name, 500)
    assert (sale.payments.all, shop.till.store.head.seq) == ((), before)


def test_a_recorded_payment_goes_back_as_it_came(shop: Shop) -> None:
    """What another terminal took is handed back there; no driver is asked."""
    sale = rung(shop)
    sale.payments.record("card", "bank terminal", 500, "slip 20260301000123")
    sale.pay_cash(100)
    sale.payments.give_back("改主意", staff="amy")
    assert (sale.state, sale.due_minor, sale.payments.paid_minor) == ("open", 1400, 0)
    kinds = [record.envelope.kind for record in shop.till.store.records()]
    assert kinds[-2:] == ["tender.taken_back", "tender.cash_returned"]
    again = shop.crash().sale(sale.id)
    assert (again.state, again.due_minor) == ("open", 1400)
    again.payments.record("voucher", "礼品券", 1400, "20260301000123456")
    assert "20260301000123456" in shop.till.receipt_text(sale.id)
    assert shop.till.store.verify().fault is None


def test_what_a_driver_cannot_refund_stays_or_goes_back_in_cash(tmp_path: Path) -> None:
    """All payments are given back or none; a card whose terminal cannot refund goes out as cash."""
    terminal = FakeTerminal(capabilities=Capabilities(kind="card", refund=False))
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = rung(shop)
    sale.pay_cash(100)
    sale.payments.ask("card", 500)
    head = shop.till.store.head
    with pytest.raises(TenderRefused, match="another way"):
        sale.payments.give_back("改主意")
    assert (shop.till.store.head, sale.payments.paid_minor) == (head, 600)
    sale.payments.give_back("改主意", in_cash=True)
    assert (sale.state, sale.due_minor) == ("open", 1400)
    assert [charge.net_minor for charge in terminal.charges.values()] == [500]
    shop.till.close()


def test_a_refund_that_was_refused_may_be_asked_for_again(tmp_path: Path) -> None:
    """The provider says no once and yes the next time: the second asking is a refund of its own."""
    shop = Shop(tmp_path / "shop", drivers={"card": FakeTerminal(["refund_busy"])})
    sale = rung(shop)
    sale.payments.ask("card", 500)
    sale.payments.give_back("改主意")
    assert (sale.state, sale.payments.paid_minor) == ("tendering", 500)
    sale.payments.give_back("改主意")
    assert (sale.state, sale.payments.paid_minor) == ("open", 0)
    shop.till.close()


@pytest.mark.parametrize("paid", [True, False])
def test_a_person_may_settle_a_doubt(tmp_path: Path, paid: bool) -> None:
    """The slip decides: paid completes the sale, not paid opens it; who and why are journaled."""
    terminal = FakeTerminal(["silent_paid" if paid else "silent_unpaid"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = rung(shop)
    asked = sale.payments.ask("card")
    for reason, payment, error in (
        (" ", asked.id, ReasonNeeded),
        ("slip", "nobody", UnknownPayment),
    ):
        with pytest.raises(error):
            sale.payments.declare(payment, paid, reason, staff="amy")
    sale.payments.declare(asked.id, paid, "slip 000123", staff="amy")
    assert sale.state == ("completed" if paid else "open")
    record = next(each for each in shop.till.store.records() if "declared" in each.envelope.kind)
    assert record.envelope.staff == "amy"
    with pytest.raises(PaymentNotInDoubt):
        sale.payments.declare(asked.id, paid, "again")
    assert shop.till.takings().payable_minor == (1400 if paid else 0)
    shop.till.close()


def test_goods_at_payment_are_refused(shop: Shop) -> None:
    """A GTIN scanned where a payment code belongs is not a payment."""
    sale = rung(shop)
    with pytest.raises(GoodsAtPayment):
        sale.payments.scan(COLA)
    assert sale.state == "open"


def test_nothing_to_pay(shop: Shop) -> None:
    """An empty sale cannot be paid; a free one is completed without a payment."""
    sale = shop.till.new_sale()
    with pytest.raises(EmptySale):
        sale.pay_cash(100)
    with pytest.raises(EmptySale):
        sale.payments.finish()
    sale.add("COLA")
    with pytest.raises(StillDue):
        sale.payments.finish()
    sale.discount(percent_ppm=1_000_000, reason="免单")
    with pytest.raises(NothingDue):
        sale.pay_cash(100)
    sale.payments.finish()
    assert (sale.state, body_of(shop, sale).payable_minor) == ("completed", 0)


@pytest.mark.parametrize("behaviour", ["slow", "lost_answer", "mute_paid", "bad_signature"])
def test_doubt_is_resolved_before_the_till_asks_again(
    shop: Shop, terminal: FakeTerminal, behaviour: str
) -> None:
    """No second payment while one is in doubt; in the end the customer has paid exactly once."""
    terminal._script = (behaviour,)  # type: ignore[assignment]
    sale = rung(shop)
    payment = sale.payments.ask("card")
    assert payment.undecided
    with pytest.raises(PaymentInDoubt):
        sale.payments.ask("card")
    with pytest.raises(PaymentInDoubt):
        sale.pay_cash(1400)
    settle(shop)
    assert sale.state == "completed"
    assert sum(charge.net_minor for charge in terminal.charges.values()) == 1400


def test_a_declined_card_opens_the_cart_again(tmp_path: Path) -> None:
    """After a no, the sale is open, owes all, and can be paid in cash."""
    shop = Shop(tmp_path / "shop", drivers={"card": FakeTerminal(["decline"])})
    sale = rung(shop)
    assert sale.payments.ask("card").verdict == "not_paid"
    assert (sale.state, sale.due_minor) == ("open", 1400)
    sale.pay_cash(1400)
    assert sale.state == "completed"
    shop.till.close()


def test_giving_up_cancels_at_the_provider(tmp_path: Path) -> None:
    """The cashier gives up an abandoned payment; the customer is not charged."""
    terminal = FakeTerminal(["abandoned"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = rung(shop)
    sale.payments.ask("card")
    sale.payments.give_up()
    settle(shop)
    assert (sale.state, sale.due_minor) == ("open", 1400)
    assert not any(charge.net_minor for charge in terminal.charges.values())
    shop.till.close()


def test_the_receipt_names_the_record(shop: Shop) -> None:
    """Number, seq and the first bytes of the record's hash are those of the journal."""
    sale = rung(shop)
    sale.pay_cash(1400)
    record, receipt = shop.till.record_of(sale.id), shop.till.receipt(sale.id)
    assert (receipt.seq, receipt.anchor) == (record.seq, record.hash[:8].hex())
    assert shop.till.sale_of_number(1) == sale.id
    copy = shop.till.reprint(sale.id)
    again = shop.till.reprint(sale.id)
    assert [mark.number for mark in (*copy.marks, *again.marks)] == [1, 2]


def test_cash_rounding_on_the_cash_part(tmp_path: Path) -> None:
    """Rounded to the jiao in cash only: 6.81 is 6.80 in cash; the takings hold what was kept."""
    settings = SETTINGS.replace(
        "[[scan.store_codes]]",
        '[price.cash_rounding]\nincrement_minor = 10\nmode = "down"\non = "cash"\n\n'
        "[[scan.store_codes]]",
    )
    shop = Shop(tmp_path / "shop", settings=settings)
    sale = shop.till.new_sale()
    sale.add("APPLE", "0.532")
    assert sale.payments.cash_due() == (680, -1)
    payment = sale.pay_cash(700)
    assert (payment.change_minor, sale.state) == (20, "completed")
    body = body_of(shop, sale)
    assert (body.payable_minor, body.cash_rounding_minor) == (681, -1)
    assert body.takings[0].amount_minor == 680
    shop.till.close()


def test_cash_rounding_may_leave_nothing_to_hand_over(tmp_path: Path) -> None:
    """0.05 rounded down to the jiao is nothing: 0 completes it, and 1.00 comes back whole."""
    settings = 'price.cash_rounding = { increment_minor = 10, mode = "down", on = "cash" }\n'
    items = [{"type": "item", "sku": "BAG", "name": "袋", "price": "0.05"}]
    shop = Shop(tmp_path / "shop", settings=settings, items=items)
    for tendered, change in ((0, 0), (100, 100)):
        sale = shop.till.new_sale()
        sale.add("BAG")
        assert sale.payments.cash_due() == (0, -5)
        assert sale.pay_cash(tendered).change_minor == change
        body = body_of(shop, sale)
        assert (body.payable_minor, body.cash_rounding_minor) == (5, -5)
        assert [taking.amount_minor for taking in body.takings] == [0]
        assert shop.till.receipt_text(sale.id)
    shop.till.close()


@pytest.mark.req("R179")
def test_trust_acts_are_journaled_at_once(shop: Shop) -> None:
    """An override, a discount and a no sale stand in the journal though the sale is cancelled."""
    sale = rung(shop)
    with pytest.raises(ReasonNeeded):
        sale.override_price(1, 100, "  ")
    with pytest.raises(PriceRefused):
        sale.discount(percent_ppm=1, amount_minor=1, reason="x")
    sale.override_price(1, 300, "临期", approver="boss", staff="amy")
    sale.discount(amount_minor=100, reason="破损", staff="amy")
    shop.till.no_sale("换零钱", staff="amy")
    sale.cancel("客人离开")
    kinds = [record.envelope.kind for record in shop.till.store.records()]
    assert kinds[-4:] == [
        "sale.price_overridden",
        "sale.discount_given",
        "drawer.opened",
        "sale.cancelled",
    ]


def test_the_final_event_carries_the_whole_history(shop: Shop) -> None:
    """Voided and undone lines are all there, in order."""
    sale = rung(shop)
    sale.add("BUN")
    sale.void_line(2, "错单")
    sale.add("CAKE")
    sale.undo()
    history = sale.history
    sale.pay_cash(2000)
    assert body_of(shop, sale).history == history
