"""What callers say at the doors of a till: kept whole and masked, or refused with nothing done."""

import pytest

from cashwrap.errors import CashwrapError, InvalidInput
from cashwrap.pricing.model import Fee
from cashwrap.sale.errors import CommandReused
from cashwrap.sale.sale import Sale
from cashwrap.settings import SettingsRefused, parse_settings
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

COLA = "6901234567892"
CARD = "4111111111111111"

NO_TEXT = [5, None, b"x", "\ud800", "x" * 2001]

STEPS = {
    "staff": lambda sale, said: sale.scan(COLA, staff=said),
    "command": lambda sale, said: sale.scan(COLA, command=said),
    "note": lambda sale, said: sale.note(said),
    "line note": lambda sale, said: sale.note(said, 1),
    "seller": lambda sale, said: sale.credit(said),
    "void reason": lambda sale, said: sale.void_line(1, said),
    "lot": lambda sale, said: sale.add("BUN", lot=said),
    "customer": lambda sale, said: sale.set_customer(said),
    "override reason": lambda sale, said: sale.override_price(1, 300, said),
    "approver": lambda sale, said: sale.override_price(1, 300, "r", approver=said),
    "discount reason": lambda sale, said: sale.discount(amount_minor=1, reason=said),
    "discount approver": lambda sale, said: sale.discount(
        amount_minor=1, reason="r", approver=said
    ),
    "fee id": lambda sale, said: sale.charge(Fee(said, "服务费", "fixed", 1)),
    "fee name": lambda sale, said: sale.charge(Fee("fee", said, "fixed", 1)),
    "cancel reason": lambda sale, said: sale.cancel(said),
    "cancel staff": lambda sale, said: sale.cancel("x", staff=said),
    "voucher": lambda sale, said: sale.payments.record("voucher", said, 100),
    "reference": lambda sale, said: sale.payments.record("voucher", "礼品券", 100, said),
    "cash staff": lambda sale, said: sale.pay_cash(100, staff=said),
}


def rung(till: Till) -> Sale:
    sale = till.new_sale()
    sale.add("COLA", 4)
    return sale


@pytest.mark.parametrize("step", sorted(STEPS))
def test_what_is_no_text_is_refused_and_the_till_opens_again(shop: Shop, step: str) -> None:
    """A number, bytes, half a character or a book where words belong: refused, all as before."""
    for said in NO_TEXT:
        sale = rung(shop.till)
        before = sale.history, sale.totals, sale.state, sale.payments.all
        with pytest.raises(CashwrapError):
            STEPS[step](sale, said)
        assert (sale.history, sale.totals, sale.state, sale.payments.all) == before
    assert len(shop.crash().open_sales()) == len(NO_TEXT)


@pytest.mark.parametrize(
    "step",
    [
        lambda sale: sale.set_quantity(1.0, 2),
        lambda sale: sale.set_quantity(1, 2.0),
        lambda sale: sale.add("APPLE", None),
        lambda sale: sale.override_price(1, 2.5, "r"),
        lambda sale: sale.override_price(1, "3", "r"),
        lambda sale: sale.discount(amount_minor=None, reason="r"),
        lambda sale: sale.discount(percent_ppm=0.5, reason="r"),
        lambda sale: sale.discount(amount_minor=2**70, reason="r"),
        lambda sale: sale.charge(Fee("fee", "x", "fixed", 0.5)),  # type: ignore[arg-type]
        lambda sale: sale.charge(Fee("fee", "x", "bogus", 5)),  # type: ignore[arg-type]
        lambda sale: sale.pay_cash("x"),
        lambda sale: sale.pay_cash(0),
        lambda sale: sale.payments.record("bogus", "x", 100),
        lambda sale: sale.payments.record("cash", "x", 100),
        lambda sale: sale.payments.record("voucher", "cash", 100),
        lambda sale: sale.payments.record("voucher", " ", 100),
    ],
)
def test_what_is_no_amount_is_refused_and_the_till_opens_again(shop: Shop, step) -> None:
    """Floats, text and unknown kinds where whole numbers belong leave no trace."""
    sale = rung(shop.till)
    before = sale.priced(), sale.state
    head = shop.till.store.head
    try:
        step(sale)
    except CashwrapError:
        assert (sale.priced(), sale.state, shop.till.store.head) == (*before, head)
    else:  # a line number that equals one is that line
        assert sale.lines[0].quantity_milli == 2000
    assert [each.id for each in shop.crash().open_sales()] == [sale.id]


def test_no_day_and_no_number_is_no_crash(shop: Shop) -> None:
    """Days and receipt numbers that cannot be are refused in words."""
    for number in (-1, 0, 2**64):
        with pytest.raises(CashwrapError, match="no receipt number"):
            shop.till.sale_of_number(number)
    for day in (-1, 2**64):
        with pytest.raises(InvalidInput, match="business day"):
            shop.till.takings(day)
    with pytest.raises(CashwrapError, match="no completed sale"):
        shop.till.receipt("\ud800")


@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_card_number_in_any_words_never_reaches_the_disk(shop: Shop, step: str) -> None:
    """Whatever field it is typed into, the store folder holds no trace of the whole number."""
    sale = shop.till.new_sale(customer=CARD, staff=CARD, command=CARD)
    sale.scan("]d20106901234567892" + "10" + CARD + "\x1d21" + CARD)
    STEPS[step](sale, CARD)
    if sale.state != "cancelled":
        if sale.state == "tendering":
            sale.payments.give_back(CARD, staff=CARD)
        sale.note(CARD[:4] + " " + CARD[4:8] + "-" + CARD[8:])
        sale.add("BUN")
        sale.payments.record("voucher", "礼品券 " + CARD, 100, CARD, command=CARD)
        sale.pay_cash(100_00, staff=CARD, command=CARD + "-2")
        shop.till.reprint(sale.id, staff=CARD)
        assert "411111******1111" in shop.till.receipt_text(sale.id)
    shop.till.no_sale(CARD, staff=CARD)
    shop.till.arrange([], staff=CARD)
    shop.till.flush_draft()
    for file in shop.folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert CARD.encode() not in data, file
            assert b"4111 1111-11111111" not in data, file


def test_settings_with_a_card_number_are_refused() -> None:
    """In a text or a comment it is named by its line; a GTIN among the recalled is none."""
    for text in (f'\nshop_name = "{CARD}"', f"\n# {CARD}", f"\nstore = 'S1' # {CARD}"):
        with pytest.raises(SettingsRefused, match="line 2 holds a card number"):
            parse_settings(text)
    assert parse_settings('recalled = [[4901234567894, ""]]').recalled


def test_a_command_belongs_to_one_step(shop: Shop) -> None:
    """The id of a scan on another kind of step is refused; the step is not silently lost."""
    sale = rung(shop.till)
    sale.scan(COLA, command="c1")
    for step in (
        lambda: sale.set_quantity(1, 9, command="c2") and sale.discount(
            amount_minor=1, reason="r", command="c2"
        ),
        lambda: sale.void_line(1, command="c1"),
        lambda: sale.undo(command="c1"),
    ):  # fmt: skip
        with pytest.raises(CommandReused):
            step()
    assert sale.lines[0].quantity_milli == 9000
    sale.pay_cash(100, command="p1")
    with pytest.raises(CommandReused):
        sale.payments.record("voucher", "礼品券", 100, command="p1")
    assert sale.payments.paid_minor == 100


def test_a_repeated_step_on_a_line_that_is_gone_answers_as_at_first(shop: Shop) -> None:
    """Scan, void, and the scan's answer was lost: sent again it does nothing and is answered."""
    sale = shop.till.new_sale()
    assert sale.scan(COLA, command="c1").number == 1
    sale.set_quantity(1, 3, command="c2")
    sale.void_line(1, command="c3")
    assert sale.scan(COLA, command="c1").goods.sku == "COLA"
    assert sale.set_quantity(1, 3, command="c2").number == 1
    sale.void_line(1, command="c3")
    assert (sale.lines, len(sale.history)) == ((), 4)


def test_a_repeated_end_is_answered_and_never_ends_another_sale(shop: Shop) -> None:
    """Cancel and finish, sent again, do nothing; the same id on another sale is another command."""
    first, second, free = rung(shop.till), rung(shop.till), rung(shop.till)
    first.cancel("x", command="end")
    first.cancel("x", command="end")
    second.cancel("x", command="end")
    free.discount(percent_ppm=1_000_000, reason="免单")
    free.payments.finish(command="end")
    free.payments.finish(command="end")
    kinds = [record.envelope.kind for record in shop.till.store.records()]
    assert (kinds.count("sale.cancelled"), kinds.count("sale.completed")) == (2, 1)
    assert shop.crash().open_sales() == ()


def test_a_repeated_new_sale_is_the_same_sale(shop: Shop) -> None:
    """A sale begun twice under one command, before and after a crash, is one sale."""
    sale = shop.till.new_sale(command="n1")
    assert shop.till.new_sale(command="n1") is sale
    assert shop.crash().new_sale(command="n1").id == sale.id
    assert len(shop.till.open_sales()) == 1
