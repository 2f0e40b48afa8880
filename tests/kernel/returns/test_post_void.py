"""A whole finished sale is reversed, and named on both records."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.promotions.rules import Coupon, Each, Limits, NextCoupon, Off, Range, Rule, RuleSet
from cashwrap.sale.errors import CommandReused, CouponRefused, NoSuchSale, ReasonNeeded
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.returning.errors import PostVoidRefused, PostVoidStands
from cashwrap.sale.returning.projection import voided_by
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import Behaviour, FakeTerminal


@pytest.fixture
def shop_of(tmp_path: Path) -> Iterator[Callable[[Behaviour], Shop]]:
    """A shop whose card terminal answers in some way."""
    made: list[Shop] = []

    def opened(behaviour: Behaviour) -> Shop:
        terminal = FakeTerminal([behaviour])
        made.append(Shop(tmp_path / behaviour, drivers={"card": terminal}))
        return made[-1]

    yield opened
    for each in made:
        each.till.close()


def sell(shop: Shop, sku: str = "CAKE", quantity: int = 1) -> Sale:
    sale = shop.till.new_sale()
    sale.add(sku, quantity)
    sale.pay_cash(sale.due_minor)
    return sale


def body(shop: Shop, number: int) -> SaleCompleted:
    found = shop.till.record_of(shop.till.sale_of_number(number)).body()
    assert isinstance(found, SaleCompleted)
    return found


def test_a_post_void_reverses_everything_and_both_papers_say_so(shop: Shop) -> None:
    """Money, taxes, stock with its waste, and the day's sums; it has a number of its own."""
    shop.receive("CAKE", 5_000, 5_00)
    sale = sell(shop, quantity=2)
    voided = shop.till.post_void(1, "wrong customer", staff="boss")
    assert (voided.of_number, voided.number, voided.due_minor) == (1, 2, 0)
    done = body(shop, 2)
    assert (done.type, done.payable_minor, done.cost_minor) == ("post_void", -4400, -200)
    day = shop.till.takings()
    assert (day.sales, day.post_voids, day.returns) == (1, 1, 0)
    assert (day.payable_minor, day.tax_minor, day.cost_minor) == (0, 0, 0)
    assert shop.till.ask_stock(lambda stock: stock.on_hand("CAKE", "store:S001")) == 5_000
    assert "作废小票" in shop.till.receipt_text(voided.sale)
    assert "原单: S001-T1-000001" in shop.till.receipt_text(voided.sale)
    assert "作废单号: S001-T1-000002" in shop.till.receipt_text(sale.id)
    with shop.till.store.read() as reader:
        assert voided_by(reader, sale.id) == 2


def test_the_same_command_voids_once(shop: Shop) -> None:
    """A command that comes again gets the first answer; another is told that it was voided."""
    sell(shop)
    first = shop.till.post_void(1, "twice", command="v1")
    head = shop.till.store.head.seq
    assert shop.till.post_void(1, "twice", command="v1") == first
    assert shop.reopen().post_void(1, "twice", command="v1") == first
    with pytest.raises(PostVoidRefused, match="receipt 2 voided it before"):
        shop.till.post_void(1, "twice")
    assert shop.till.store.head.seq == head + 2  # closed and opened


def test_what_came_back_in_part_is_not_voided(shop: Shop) -> None:
    """After a partial return the rest is a return; nothing is journaled for a refusal."""
    sell(shop, quantity=2)
    back = shop.till.new_sale()
    back.take_back(1, [(1, 1)])
    back.refund()
    head = shop.till.store.head.seq
    for number, why in ((1, "came back already"), (2, "sell or return")):
        with pytest.raises(PostVoidRefused, match=why):
            shop.till.post_void(number, "late")
    with pytest.raises(ReasonNeeded):
        shop.till.post_void(1, " ")
    with pytest.raises(NoSuchSale):
        shop.till.post_void(9, "no such receipt")
    assert shop.till.store.head.seq == head
    assert shop.till.open_sales() == ()


def on_card(shop: Shop) -> Sale:
    sale = shop.till.new_sale()
    sale.add("CAKE", 1)
    sale.payments.ask("card")
    assert sale.state == "completed"
    return sale


def test_a_card_gets_its_money_back(shop: Shop) -> None:
    """It goes back to the card that paid, in one step where the driver answers."""
    on_card(shop)
    assert shop.till.post_void(1, "wrong card").number == 2
    assert [(t.kind, t.amount_minor) for t in body(shop, 2).takings] == [("card", -2200)]


def test_a_refund_without_an_answer_keeps_the_reversal_open(
    shop_of: Callable[[Behaviour], Shop],
) -> None:
    """The sale counts as reversed once its money is back, also over a crash, and never twice."""
    shop = shop_of("refund_lost")
    on_card(shop)
    voided = shop.till.post_void(1, "wrong card")
    assert (voided.number, voided.due_minor) == (0, 0)
    with pytest.raises(PostVoidRefused):
        shop.till.post_void(1, "again")
    till = shop.crash()
    while till.next_step_ms is not None and till.open_sales():
        shop.clock.pass_ms(max(0, till.next_step_ms - shop.clock.steady_ms))
        till.step()
    assert body(shop, 2).type == "post_void"
    assert till.takings().payable_minor == 0


def test_a_driver_that_refuses_leaves_the_sale_as_it_was(
    shop_of: Callable[[Behaviour], Shop],
) -> None:
    """The clerk decides: money goes back another way, or the reversal is cancelled."""
    shop = shop_of("refund_refused")
    on_card(shop)
    voided = shop.till.post_void(1, "wrong card")
    assert (voided.number, voided.due_minor) == (0, -2200)
    sale = shop.till.sale(voided.sale)
    assert sale.refund("cash").cash_minor == 2200
    assert body(shop, 2).type == "post_void"


def test_limits_and_coupons_are_as_if_it_had_never_been(shop: Shop) -> None:
    """A coupon that was used is good again, whatever its rule says of returns; what it brought is
    void."""
    rules = RuleSet(
        rules=(
            Rule(
                id="five",
                layer="item",
                range=Range(skus=("CAKE",)),
                coupon=Coupon(),
                benefit=Each(off=Off(amount_minor=500)),
                limits=Limits(total_uses=1),
            ),
            Rule(id="next", layer="order", benefit=NextCoupon(coupon="five")),
        )
    )
    shop.till.publish_rules(rules)
    sale = shop.till.new_sale()
    sale.add("CAKE", 1)
    sale.add_coupon("PAPER-1", rule="five")
    sale.pay_cash(sale.due_minor)
    assert body(shop, 1).payable_minor == 1700
    issued = shop.till.receipt(sale.id).savings
    assert issued is not None
    (code,) = issued.rewards[0].codes
    shop.till.post_void(1, "wrong")
    again = shop.till.new_sale()
    again.add("CAKE", 1)
    again.add_coupon("PAPER-1", rule="five")
    assert again.due_minor == 1700
    with pytest.raises(CouponRefused, match="goods that it was given for came back"):
        again.add_coupon(code)


def test_nothing_is_added_to_a_post_void_that_a_crash_left_open(shop: Shop) -> None:
    """It reverses one receipt and nothing else; the next customer gets a sale of their own."""
    sell(shop)
    sell(shop)
    shop.till.new_sale().void_whole(shop.till.original(1), "keyed wrong", "", "boss")
    shop.crash()  # before any money went out
    (waiting,) = shop.till.open_sales()
    for act in (
        lambda: waiting.take_back(2),
        lambda: waiting.add("BUN"),
        lambda: waiting.remove_return(waiting.returns[0].id),
    ):
        with pytest.raises(PostVoidStands):
            act()
    assert waiting.refund().due_minor == 0
    assert body(shop, 3).type == "post_void"


def test_a_command_of_another_sale_reverses_nothing(shop: Shop) -> None:
    """Goods that the command was for do not end up on the reversal."""
    sell(shop)
    other = shop.till.new_sale(command="c1")
    other.add("COLA")
    with pytest.raises(CommandReused):
        shop.till.post_void(1, "twice", command="c1")
    assert (other.state, other.due_minor) == ("open", 350)
    assert shop.till.returnable(1).voided_by == 0


def test_a_command_that_only_began_the_sale_reverses_on_it(shop: Shop) -> None:
    """A crash may stand between the two; the sale is not left open."""
    sell(shop)
    shop.till.new_sale(command="c1")
    shop.crash()
    assert shop.till.post_void(1, "twice", command="c1").number == 2
    assert shop.till.open_sales() == ()


def test_a_command_that_was_broken_off_does_the_rest(
    shop_of: Callable[[Behaviour], Shop],
) -> None:
    """While the card has not answered it says so again; what is left is done once."""
    shop = shop_of("refund_lost")
    on_card(shop)
    waits = shop.till.post_void(1, "twice", command="c1")
    assert (waits.number, waits.due_minor) == (0, 0)
    shop.crash()
    assert shop.till.post_void(1, "twice", command="c1") == waits
    while shop.till.step():
        shop.clock.pass_ms(20_000)
    assert shop.till.post_void(1, "twice", command="c1").number == 2

    sell(shop)
    begun = shop.till.new_sale(command="c2")
    begun.void_whole(shop.till.original(3), "twice", "", "")
    shop.crash()
    assert shop.till.post_void(3, "twice", command="c2").number == 4
    assert shop.till.open_sales() == ()
