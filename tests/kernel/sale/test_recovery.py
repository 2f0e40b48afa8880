"""Open sales after the death of the process."""

from pathlib import Path

import msgspec
import pytest

from cashwrap.receipt import electronic
from cashwrap.stock.errors import InsufficientStock
from cashwrap.store.keys import signature_holds
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

COLA = "6901234567892"


@pytest.mark.req("R1")
def test_an_open_sale_comes_back_byte_for_byte(shop: Shop) -> None:
    """Every line, note, discount and undo is there again, and the proof is the same bytes."""
    sale = shop.till.new_sale("dine_in", staff="amy")
    sale.scan(COLA)
    sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    sale.add("APPLE", "1.234")
    sale.void_line(5, "错单")
    sale.discount(percent_ppm=50_000, reason="会员")
    sale.override_price(1, 300, "临期")
    sale.note("打包")
    sale.undo()
    proof, history = msgspec.msgpack.encode(sale.priced()), sale.history
    shop.crash()
    again = shop.till.sale(sale.id)
    assert msgspec.msgpack.encode(again.priced()) == proof
    assert again.history == history
    assert again.state == "open"
    again.scan(COLA)
    again.pay_cash(100_00)
    assert again.state == "completed"


def test_a_sale_opened_and_nothing_more_comes_back(shop: Shop) -> None:
    """Even an empty sale is not lost."""
    sale = shop.till.new_sale()
    assert [each.id for each in shop.crash().open_sales()] == [sale.id]


def test_several_open_sales_come_back_and_ended_ones_do_not(shop: Shop) -> None:
    """Two open ones return in their order; the completed and the cancelled one stay ended."""
    sales = [shop.till.new_sale() for _ in range(4)]
    for sale in sales:
        sale.scan(COLA)
    sales[1].pay_cash(350)
    sales[2].cancel("x")
    assert [each.id for each in shop.crash().open_sales()] == [sales[0].id, sales[3].id]
    assert [each.id for each in shop.crash().open_sales()] == [sales[0].id, sales[3].id]


def test_a_part_paid_sale_comes_back_with_its_payment(shop: Shop) -> None:
    """Cash already taken counts after the restart."""
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    sale.pay_cash(1000, command="p1")
    again = shop.crash().sale(sale.id)
    assert (again.state, again.due_minor) == ("tendering", 400)
    again.pay_cash(1000, command="p1")
    assert again.due_minor == 400
    again.pay_cash(400)
    assert shop.till.takings().payable_minor == 1400


def test_a_payment_in_doubt_is_asked_for_first_after_a_restart(
    shop: Shop, terminal: FakeTerminal
) -> None:
    """The till dies between the charge and the answer: the query finds it, the sale completes."""

    class PowerCut(BaseException):
        pass

    def cut(call: str) -> None:
        terminal.after = lambda call: None
        raise PowerCut

    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    terminal.after = cut
    with pytest.raises(PowerCut):
        sale.payments.ask("card")
    again = shop.crash().sale(sale.id)
    assert again.state == "tendering"
    for _ in range(60):
        shop.clock.pass_ms(1000)
        shop.till.step()
    assert again.state == "completed"
    assert sum(charge.net_minor for charge in terminal.charges.values()) == 1400


def test_commands_are_remembered_over_a_restart(shop: Shop) -> None:
    """A scan sent again after the crash with the same command id is not rung up twice."""
    sale = shop.till.new_sale()
    sale.scan(COLA, command="c1")
    again = shop.crash().sale(sale.id)
    again.scan(COLA, command="c1")
    assert again.totals.payable_minor == 350


def test_old_frames_do_not_come_back(shop: Shop) -> None:
    """Many sales through one draft file leave only what is open."""
    for _ in range(30):
        sale = shop.till.new_sale()
        sale.scan(COLA)
        sale.pay_cash(350)
    last = shop.till.new_sale()
    last.add("BUN")
    (only,) = shop.crash().open_sales()
    assert only.history == last.history


@pytest.mark.parametrize("behaviour", ["approve", "silent_paid"])
def test_a_sale_whose_draft_a_power_cut_took_comes_back_from_the_intent(
    shop: Shop, terminal: FakeTerminal, behaviour: str
) -> None:
    """The draft is gone, the card was asked: the journaled snapshot holds the sale, twice over."""
    terminal._script = (behaviour,)  # type: ignore[assignment]
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    sale.payments.ask("card", 1000)
    shop.till.abandon()
    (shop.folder / "draft").unlink()
    for _ in range(2):
        shop.till = shop._opened()
        again = shop.till.sale(sale.id)
        assert (again.state, again.totals) == ("tendering", sale.totals)
        shop.till.abandon()
    shop.till = shop._opened()


def test_stock_is_refused_before_money_is_asked_for(tmp_path: Path) -> None:
    """Where the books must cover a sale, the card is not asked; once paid, nothing is refused."""
    terminal = FakeTerminal(["slow"])
    shop = Shop(
        tmp_path / "strict", settings='stock.negative = "refuse"\n', drivers={"card": terminal},
        items=[{"type": "item", "sku": "COLA", "name": "可乐", "price": "3.50"}],
    )  # fmt: skip
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    with pytest.raises(InsufficientStock):
        sale.payments.ask("card")
    with pytest.raises(InsufficientStock):
        sale.pay_cash(1400)
    assert (sale.state, terminal.charges) == ("open", {})
    shop.receive("COLA", 4000, 800)
    sale.payments.ask("card")
    other = shop.till.new_sale()
    other.add("COLA", 1)
    assert shop.till.available("COLA") == -1000  # on open sales: 4 and 1, on hand: 4
    other.pay_cash(350)
    for _ in range(60):
        shop.clock.pass_ms(1000)
        shop.till.step()
    assert sale.state == "completed"
    assert shop.till.ask_stock(lambda stock: stock.on_hand("COLA")) == -1000
    shop.till.close()


@pytest.mark.req("R6")
def test_the_picker_shows_price_and_stock_per_leaf(shop: Shop) -> None:
    """Each size is a leaf with its price; what open sales hold is not available."""
    picked = shop.till.picker("TEA")
    leaves = {choice.value: choice.leaf for choice in picked.choices}
    assert [leaf.price.unit_minor for leaf in leaves.values() if leaf and leaf.price] == [
        1800,
        1500,
    ]


@pytest.mark.req("R83")
def test_a_receipt_without_paper(shop: Shop) -> None:
    """The e-receipt decodes to the receipt, and the link's claim carries the till's signature."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.pay_cash(350)
    assert electronic.decode(shop.till.e_receipt(sale.id)) == shop.till.receipt(sale.id)
    link = shop.till.receipt_link(sale.id, "https://example.test/r")
    claim, signed, signature = electronic.parse_link(link)
    assert claim.payable_minor == 350
    assert signature_holds(shop.till.store.key.public, signature, signed)
