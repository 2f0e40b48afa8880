"""What rights and limits mean at the counter, and that no way leads around them."""

from pathlib import Path

import pytest
from builders.people import approved, bodies, staffed

from cashwrap.pricing.errors import BelowMinimum
from cashwrap.sale.errors import OtherTenderNeeded
from cashwrap.staff.errors import ApprovalNeeded, RightDenied
from cashwrap.staff.roles import Grant
from cashwrap.tender.driver import Capabilities
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def counter(shop: Shop) -> Shop:
    """The shop with Ana, a cashier, signed in."""
    shop.till.staff.sign_in("ana", "4711")
    return shop


def redefine(shop: Shop, **grants: Grant) -> None:
    """Change what cashiers may do; ``sale__cancel`` is the right sale.cancel."""
    shop.till.staff.sign_in("boss", "2580", register="R1")
    rights = {name.replace("__", "."): grant for name, grant in grants.items()}
    shop.till.staff.define_role("cashier", rights, by="boss")


def needs(step, right: str, rate_ppm: int | None = None) -> None:
    with pytest.raises(ApprovalNeeded) as needed:
        step()
    assert needed.value.act.right == right
    if rate_ppm is not None:
        assert needed.value.act.rate_ppm == rate_ppm


def test_a_discount_up_to_the_limit_is_free(counter: Shop):
    """Ten percent of the list is within a cashier's ten percent, one ppm more is not."""
    sale = counter.till.new_sale()
    sale.add("CAKE", 3)
    needs(lambda: sale.discount(percent_ppm=100_001, reason="r"), "sale.discount", 100_001)
    sale.discount(percent_ppm=100_000, reason="r")


def test_discounts_on_the_same_goods_count_together(counter: Shop):
    """Ten percent twice is nineteen; on other goods it is ten again."""
    sale = counter.till.new_sale()
    sale.add("CAKE")
    sale.add("BUN")
    sale.discount(percent_ppm=100_000, reason="r", lines=[1])
    needs(
        lambda: sale.discount(percent_ppm=100_000, reason="r", lines=[1]), "sale.discount", 190_000
    )
    needs(lambda: sale.discount(percent_ppm=100_000, reason="r"), "sale.discount", 190_000)
    sale.discount(percent_ppm=100_000, reason="r", lines=[2])


def test_an_amount_off_counts_as_the_rate_of_what_it_is_given_on(counter: Shop):
    """¥2.20 off a cake of ¥22.00 is ten percent; a cent more is not, and so is a price for it."""
    sale = counter.till.new_sale()
    sale.add("CAKE")
    sale.add("BUN")
    needs(lambda: sale.discount(amount_minor=221, reason="r", lines=[1]), "sale.discount", 100_455)
    needs(
        lambda: sale.discount(unit_price_minor=1979, reason="r", lines=[1]),
        "sale.discount",
        100_455,
    )
    sale.discount(amount_minor=220, reason="r", lines=[1])
    assert sale.totals.payable_minor == 2200 + 900 - 220


def test_a_discount_does_not_grow_by_voiding_what_it_was_given_on(counter: Shop):
    """¥4 off ¥44 is a cashier's; on ¥9 it is not, and money is taken only with an approval."""
    sale = counter.till.new_sale()
    sale.add("CAKE", 2)
    sale.add("BUN")
    sale.discount(amount_minor=400, reason="regular")
    sale.void_line(1)
    assert sale.totals.payable_minor == 500
    needs(lambda: sale.pay_cash(500), "sale.discount", 444_445)
    assert sale.state == "open"
    approved(counter, lambda: sale.pay_cash(500))
    assert bodies(counter, "staff.approval_used")[-1].approver == "boss"


def test_a_price_for_one_is_no_price_for_fifty(counter: Shop):
    """¥1 for one torn cake was approved; for fifty it is asked again, and no money comes before."""
    sale = counter.till.new_sale()
    sale.add("CAKE")
    approved(counter, lambda: sale.override_price(1, 100, "torn"))
    sale.set_quantity(1, 50)
    needs(lambda: sale.pay_cash(5000), "sale.override_price", 954_546)
    needs(lambda: sale.payments.ask("card"), "sale.override_price", 954_546)
    assert (sale.state, sale.payments.all) == ("open", ())
    sale.set_quantity(1, 1)
    sale.pay_cash(100)
    assert sale.state == "completed"


def test_a_price_for_fifty_can_be_approved_and_undone(counter: Shop):
    """Who approves the fifty is in the journal; an undo of the quantity leaves nothing to ask."""
    sale = counter.till.new_sale()
    sale.add("CAKE")
    approved(counter, lambda: sale.override_price(1, 100, "torn"))
    sale.set_quantity(1, 50)
    sale.undo()
    sale.set_quantity(1, 2)
    approved(counter, lambda: sale.pay_cash(200))
    used = bodies(counter, "staff.approval_used")
    assert [one.right for one in used] == ["sale.override_price", "sale.override_price"]


def test_an_approved_discount_reaches_no_goods_that_came_after_it(counter: Shop):
    """Half off the order is asked again when a cake comes to the bun; a cashier's tenth is not."""
    sale = counter.till.new_sale()
    sale.add("BUN")
    sale.discount(percent_ppm=100_000, reason="regular")
    approved(counter, lambda: sale.discount(percent_ppm=500_000, reason="old"))
    sale.add("CAKE")
    needs(lambda: sale.pay_cash(5000), "sale.discount", 550_000)
    approved(counter, lambda: sale.pay_cash(5000))
    own = counter.till.new_sale()
    own.add("BUN")
    own.discount(percent_ppm=100_000, reason="regular")
    own.add("CAKE", 3)
    own.pay_cash(10_000)


def test_an_exchange_is_no_way_around_the_question(counter: Shop):
    """Where money goes back, goods at a price by hand that grew are asked for as well."""
    sold = counter.till.new_sale()
    sold.add("CAKE", 5)
    sold.pay_cash(11_000)
    swap = counter.till.new_sale()
    swap.take_back(1)
    swap.add("CAKE")
    approved(counter, lambda: swap.override_price(1, 100, "torn"))
    swap.set_quantity(1, 50)
    needs(swap.refund, "sale.override_price", 954_546)
    approved(counter, swap.refund)
    assert swap.state == "completed"


def test_goods_that_became_dearer_leave_an_approved_discount(counter: Shop):
    """Half off a bun is no half off the cake that the line became."""
    sale = counter.till.new_sale()
    sale.add("BUN")
    approved(counter, lambda: sale.discount(percent_ppm=500_000, reason="old", lines=[1]))
    sale.change_spec(1, "CAKE")
    needs(lambda: sale.pay_cash(5000), "sale.discount", 500_000)


def test_a_case_that_becomes_a_piece_is_as_goods_struck_out(counter: Shop):
    """Less of the goods needs the right to void lines, also where an undo brings it about."""
    redefine(counter, sale__void_line=Grant("approval"))
    sale = counter.till.new_sale()
    sale.add("COLA", unit="case")
    needs(lambda: sale.change_spec(1, unit=""), "sale.void_line")
    assert sale.lines[0].goods.unit == "case"
    approved(counter, lambda: sale.change_spec(1, unit=""))
    sale.change_spec(1, unit="case")
    needs(sale.undo, "sale.void_line")
    approved(counter, sale.undo)
    assert sale.lines[0].goods.unit == "each"


def test_a_price_by_hand_counts_below_the_list(counter: Shop):
    """The rate is what it is below the list price, and more than the list is no less a price."""
    redefine(counter, sale__override_price=Grant("allowed", 50_000))
    sale = counter.till.new_sale()
    sale.add("CAKE")
    needs(lambda: sale.override_price(1, 2089, "torn"), "sale.override_price", 50_455)
    sale.override_price(1, 2090, "torn")
    sale.override_price(1, 2500, "fresh")


def test_below_the_least_price_is_a_right_of_its_own(open_shop, cheap):
    """It is asked first; who approves it approves the price; a manager may do it themselves."""
    shop = staffed(open_shop())
    minimum = {"type": "item", "sku": "GOLD", "name": "金", "price": "100.00", "minimum": "90.00"}
    shop.till.staff.sign_in("boss", "2580", register="R1")
    source = shop.folder / "gold.jsonl"
    import msgspec

    source.write_bytes(msgspec.json.encode(minimum))
    shop.till.import_catalog(source, update=True, staff="boss")
    shop.till.staff.sign_in("ana", "4711")
    sale = shop.till.new_sale()
    sale.add("GOLD")
    needs(lambda: sale.override_price(1, 8900, "torn"), "sale.below_margin", 110_000)
    approved(shop, lambda: sale.override_price(1, 8900, "torn"), by="mia", pin="8246")
    assert sale.totals.payable_minor == 8900
    own = shop.till.new_sale(register="R1")
    own.add("GOLD")
    own.override_price(1, 8900, "torn")
    assert [one.approver for one in bodies(shop, "sale.price_overridden")] == ["mia", "boss"]
    redefine(shop, sale__below_margin=Grant("denied"), sale__override_price=Grant("allowed"))
    with pytest.raises((RightDenied, BelowMinimum)):
        sale.override_price(1, 8800, "torn")


def test_an_undo_needs_the_right_for_what_it_takes_off(counter: Shop):
    """Undoing a line is voiding it, undoing more is less, and a price that comes back is one."""
    redefine(counter, sale__void_line=Grant("approval"))
    sale = counter.till.new_sale()
    sale.add("CAKE")
    needs(sale.undo, "sale.void_line")
    sale.set_quantity(1, 3)
    needs(sale.undo, "sale.void_line")
    needs(lambda: sale.set_quantity(1, 2), "sale.void_line")
    approved(counter, sale.undo)
    assert sale.lines[0].quantity_milli == 1000
    approved(counter, lambda: sale.override_price(1, 100, "torn"))
    approved(counter, lambda: sale.override_price(1, 2200, "no"))
    needs(sale.undo, "sale.override_price", 954_546)
    given = approved(counter, lambda: sale.discount(percent_ppm=900_000, reason="r"))
    sale.remove_discount(given)
    needs(sale.undo, "sale.discount", 900_000)
    sale.note("left as it is")
    sale.undo()
    assert sale.totals.payable_minor == 2200


def test_giving_payments_back_is_a_right(counter: Shop):
    """Cash that was taken does not leave the drawer on a cashier's own word."""
    sale = counter.till.new_sale()
    sale.add("CAKE")
    sale.pay_cash(1000)
    needs(lambda: sale.payments.give_back("changed"), "sale.cancel")
    approved(counter, lambda: sale.payments.give_back("changed"))
    (back,) = bodies(counter, "tender.cash_returned")
    assert back.approver == "boss"
    needs(sale.cancel, "sale.cancel")
    approved(counter, sale.cancel)
    (gone,) = bodies(counter, "sale.cancelled")
    assert gone.approver == "boss"


def test_a_payment_in_doubt_is_declared_by_who_may(counter: Shop):
    """The approver stands in the record of what was declared."""
    counter.till._drivers["card"]._script = ("silent_paid",)
    sale = counter.till.new_sale()
    sale.add("CAKE")
    payment = sale.payments.ask("card")
    step = lambda: sale.payments.declare(payment.id, True, "the slip")  # noqa: E731
    needs(step, "payment.declare")
    approved(counter, step)
    (declared,) = bodies(counter, "tender.declared")
    assert declared.approver == "boss"
    assert sale.state == "completed"


def test_goods_and_stock_are_for_who_may(counter: Shop):
    """An approval of one stock document is for this document, under whatever number it comes."""
    from cashwrap.stock.documents import Received, receive

    redefine(counter, stock__move=Grant("approval"))

    def take(quantity_milli: int, number: str) -> None:
        lines = [Received("COLA", quantity_milli, 200)]
        counter.till.move_stock(
            lambda stock: receive(stock, number, lines, "supplier:A", "store:S001"), staff="ana"
        )

    needs(lambda: take(1000, "D1"), "stock.move")
    approved(counter, lambda: take(2000, counter.till.new_id()))
    needs(lambda: take(1000, "D2"), "stock.move")
    (moved,) = bodies(counter, "stock.moved")
    assert moved.approver == "boss"


def test_a_scale_voids_no_pieces(counter: Shop):
    """What a scale says of weighed goods is not striking out; of pieces it says nothing."""
    redefine(counter, sale__void_line=Grant("approval"))
    sale = counter.till.new_sale()
    sale.add("CAKE", 10)
    sale.add("APPLE", "0.750")
    sale.weigh(2, "0.500")
    needs(lambda: sale.weigh(1, 1), "sale.void_line")
    assert sale.lines[0].quantity_milli == 10_000


def test_an_undo_brings_no_return_back_without_its_right(counter: Shop):
    """What a manager took back and let be again does not come back by a cashier's undo."""
    till = counter.till
    sold = till.new_sale()
    sold.add("CAKE", 20)
    sold.pay_cash(44_000)
    till.staff.sign_in("mia", "8246")
    back = till.new_sale()
    back.remove_return(back.take_back(1).id)
    till.staff.sign_in("ana", "4711")
    needs(back.undo, "sale.return")
    assert (back.returns, back.due_minor) == ((), 0)
    approved(counter, back.undo)
    assert back.due_minor == -44_000


def test_a_return_is_not_split_to_stay_below_the_limit(counter: Shop):
    """What came back of a receipt before counts, whichever sale it came back on."""
    sold = counter.till.new_sale()
    sold.add("CAKE", 20)
    sold.pay_cash(44_000)
    first = counter.till.new_sale()
    first.take_back(1, [(1, 9)])
    first.refund()
    second = counter.till.new_sale()
    needs(lambda: second.take_back(1, [(1, 1)]), "sale.return")
    approved(counter, lambda: second.take_back(1, [(1, 1)]))
    assert second.due_minor == -2200


def test_an_approved_post_void_uses_its_approval_up(counter: Shop):
    """The record names who approved it, and beginning the reversal does not lose that."""
    sold = counter.till.new_sale()
    sold.add("CAKE")
    sold.pay_cash(2200)
    assert approved(counter, lambda: counter.till.post_void(1, "twice")).number == 2
    (used,) = bodies(counter, "staff.approval_used")
    assert (used.right, used.asker, used.approver) == ("sale.post_void", "ana", "boss")


def test_a_post_void_that_fails_asks_for_no_other_right(tmp_path: Path, cheap: None):
    """Who may reverse a sale may let go of a reversal that no driver gives money back for."""
    terminal = FakeTerminal(capabilities=Capabilities(kind="card", refund=False))
    shop = staffed(Shop(tmp_path / "shop", drivers={"card": terminal}))
    shop.till.staff.sign_in("ana", "4711")
    sold = shop.till.new_sale()
    sold.add("CAKE")
    sold.payments.ask("card")
    with pytest.raises(OtherTenderNeeded):
        approved(shop, lambda: shop.till.post_void(1, "twice"))
    assert shop.till.open_sales() == ()
    assert shop.till.returnable(1).voided_by == 0
    shop.till.close()


def test_an_approved_look_at_a_blind_count_is_one_look(counter: Shop):
    """Who may see what is expected once asks again for the next time; both are in the journal."""
    redefine(counter, shift__count=Grant("approval"))
    counter.till.staff.sign_in("ana", "4711")
    shifts = counter.till.shifts
    shift = shifts.open(100_000, staff="ana")
    shifts.blind_close(staff="ana")

    def look():
        return shifts.x(number=shift.number, staff="ana", expected=True)

    assert approved(counter, look).cash.expected_minor == 100_000
    needs(look, "shift.count")
    (used,) = bodies(counter, "staff.approval_used")
    assert (used.right, used.asker, used.approver) == ("shift.count", "ana", "boss")
    assert shifts.x(number=shift.number, staff="ana").hidden


def test_cash_is_not_paid_out_in_parts_to_stay_below_the_limit(counter: Shop):
    """What went out of the drawer in the shift counts; a shift that begins has its limit anew."""
    shifts = counter.till.shifts
    shift = shifts.open(100_000, staff="ana")
    shifts.paid_out(19_999, "window cleaner", staff="ana")
    with pytest.raises(ApprovalNeeded) as needed:
        shifts.paid_out(19_999, "window cleaner", staff="ana")
    assert needed.value.act.amount_minor == 39_998
    shifts.paid_out(1, "stamps", staff="ana")
    needs(lambda: shifts.paid_out(1, "stamps", staff="ana"), "shift.paid_out")
    approved(counter, lambda: shifts.paid_out(1, "stamps", staff="ana"))
    assert [one.approver for one in bodies(counter, "shift.paid_out")] == ["", "", "boss"]
    shifts.declare(shift.number, {10_000: 7, 1: 9_999}, staff="ana")
    shifts.close(shift.number, staff="ana")
    shifts.open(100_000, staff="ana")
    shifts.paid_out(20_000, "window cleaner", staff="ana")
