"""Goods that come back with a receipt: figures, stock, several at once, and what is refused."""

from pathlib import Path

import pytest

from cashwrap.errors import CashwrapError, InvalidInput
from cashwrap.pricing.model import Fee
from cashwrap.promotions.returns.decide import GiftMissing
from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.promotions.rules import Each, Limits, Need, Off, Range, Returns, Rule, RuleSet
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.returning.errors import (
    LocationRefused,
    NoSuchReturn,
    ReasonNotListed,
    ReturnChanged,
)
from cashwrap.sale.returning.events import GoodsReturned
from cashwrap.sale.sale import Sale
from cashwrap.stock.documents import Received, receive
from cashwrap.testing.shop import Shop


def sell(shop: Shop, *goods: tuple[str, object], member: str = "") -> Sale:
    """A sale that was paid in cash."""
    sale = shop.till.new_sale()
    for sku, quantity in goods:
        sale.add(sku, quantity)  # type: ignore[arg-type]
    if member:
        sale.set_customer(member=member)
    sale.pay_cash(sale.due_minor)
    return sale


def body(shop: Shop, sale: Sale) -> SaleCompleted:
    found = shop.till.record_of(sale.id).body()
    assert isinstance(found, SaleCompleted)
    return found


def told(shop: Shop) -> list[GoodsReturned]:
    records = shop.till.store.journal.records(0, shop.till.store.head.seq)
    bodies = [each.body() for each in records if each.envelope.kind == GoodsReturned.kind]
    return [each for each in bodies if isinstance(each, GoodsReturned)]


def on_hand(shop: Shop, sku: str, location: str = "store:S001") -> int:
    return shop.till.ask_stock(lambda stock: stock.on_hand(sku, location))


# -- figures --------------------------------------------------------------------------------------


@pytest.mark.req("R15")
def test_one_of_three_brings_back_exactly_its_share_and_goes_back_to_stock(shop: Shop) -> None:
    """Return 1 of 3 with discounts: the allocated share, stock restored, points in the event."""
    rule = Rule(
        id="tenth",
        layer="item",
        range=Range(skus=("CAKE",)),
        benefit=Each(off=Off(percent_ppm=100_000)),
    )
    shop.till.publish_rules(RuleSet(rules=(rule,)))
    shop.receive("CAKE", 10_000, 30_00)
    sale = shop.till.new_sale()
    sale.add("CAKE", 3)
    sale.set_customer(member="M1")
    sale.discount(amount_minor=100, reason="torn box")
    paid = sale.due_minor
    sale.pay_cash(paid)
    assert paid == 3 * 2200 - 3 * 220 - 100
    back = shop.till.new_sale()
    edit = back.take_back(1, [(1, 1)], reason="too sweet", staff="ana")
    assert back.due_minor == -edit.refund_minor == -1947  # a third of 5840
    assert back.refund(staff="ana").cash_minor == 1947
    assert on_hand(shop, "CAKE") == 8_000
    done = body(shop, back)
    assert (done.type, done.payable_minor, done.cost_minor) == ("return", -1947, -300)
    assert done.tax_minor == -edit.answer.taxes[0].tax_minor
    (event,) = told(shop)
    assert (event.of_number, event.member, event.answer.refund_minor) == (1, "M1", 1947)
    assert (event.reason, event.note) == ("其他", "too sweet")


@pytest.mark.req("R15")
def test_three_thirds_are_the_whole(shop: Shop) -> None:
    """What cannot be shared evenly comes out even at the end: 19.47, 19.46, 19.47 of 58.40."""
    sale = shop.till.new_sale()
    sale.add("CAKE", 3)
    sale.discount(amount_minor=760, reason="torn box")
    paid = sale.due_minor
    sale.pay_cash(paid)
    refunds = []
    for _ in range(3):
        back = shop.till.new_sale()
        refunds.append(back.take_back(sale.id, [(1, 1)]).refund_minor)
        back.refund()
        shop.reopen()
    assert sum(refunds) == paid
    assert shop.till.takings().payable_minor == 0
    with pytest.raises(ReturnRefused, match="come back already"):
        shop.till.new_sale().take_back(1)


def test_an_exchange_is_one_cart_and_one_receipt(shop: Shop) -> None:
    """The customer pays the difference; goods of an exchange can be returned in turn."""
    sell(shop, ("CAKE", 1))
    swap = shop.till.new_sale()
    swap.take_back(1, [(1, 1)], reason="规格不符")
    swap.add("APPLE", "2.000")
    assert swap.due_minor == 2560 - 2200
    swap.pay_cash(500)
    done = body(shop, swap)
    assert (done.type, done.payable_minor) == ("exchange", 360)
    assert [taking.amount_minor for taking in done.takings] == [360]
    day = shop.till.takings()
    assert (day.sales, day.exchanges, day.returns, day.returned_minor) == (2, 1, 0, 2200)
    again = shop.till.new_sale()
    assert again.take_back(2, [(1, "0.500")]).refund_minor == 640
    again.refund()


def test_an_even_exchange_ends_without_money(shop: Shop) -> None:
    """Nothing is due either way: `refund` completes it."""
    sell(shop, ("CAKE", 1))
    swap = shop.till.new_sale()
    swap.take_back(1)
    swap.add("CAKE", 1)
    assert swap.due_minor == 0
    swap.refund()
    assert swap.state == "completed"
    assert body(shop, swap).payable_minor == 0


def test_returns_do_not_price_anew(shop: Shop) -> None:
    """Lesson 40: whatever the catalog and the rules say by now, what was paid comes back."""
    sell(shop, ("COLA", 2))
    shop.load([{"type": "item", "sku": "COLA", "name": "可乐", "price": "9.99", "tax": "vat13"}])
    back = shop.till.new_sale()
    back.set_customer(member="M1")
    assert back.take_back(1, [(1, 1)]).refund_minor == 350


def test_a_return_shows_net_amounts_by_line(shop: Shop) -> None:
    """Lesson 26: after a discount the paper of the return says what was paid, not the list."""
    sale = shop.till.new_sale()
    sale.add("CAKE", 1)
    sale.add("COLA", 1)
    sale.discount(percent_ppm=500_000, lines=[1], reason="yesterday's")
    sale.pay_cash(sale.due_minor)
    back = shop.till.new_sale()
    back.take_back(1, [(1, 1)], reason="质量问题")
    back.refund()
    text = shop.till.receipt_text(back.id)
    assert "退货小票" in text
    assert "原单: S001-T1-000001" in text
    assert "-11.00" in text
    assert "22.00" not in text


def test_goods_weighed_and_by_the_case(shop: Shop) -> None:
    """Any part of weighed goods comes back, only whole pieces of counted ones."""
    sell(shop, ("APPLE", "0.750"), ("COLA", 2))
    back = shop.till.new_sale()
    assert back.take_back(1, [(1, "0.250")]).refund_minor == 320
    with pytest.raises(ReturnRefused, match="whole pieces"):
        back.take_back(1, [(2, "0.5")])
    for quantity in (0, "-1", 1.5, None):
        with pytest.raises(InvalidInput):
            back.take_back(1, [(1, quantity)])  # type: ignore[list-item]
    for receipt in (1.5, None, b"1", True):
        with pytest.raises(InvalidInput):
            back.take_back(receipt)  # type: ignore[arg-type]


def test_set_meals_come_back_whole(shop: Shop) -> None:
    """A part of a meal names the meal; the meal brings back its own price and all its parts."""
    shop.receive("CAKE", 5_000, 5_00)
    sale = shop.till.new_sale()
    sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    paid = sale.due_minor
    sale.pay_cash(paid)
    back = shop.till.new_sale()
    with pytest.raises(ReturnRefused, match="set meal: give back 1"):
        back.take_back(1, [(2, 1)])
    assert back.take_back(1, [(1, 1)]).refund_minor == paid
    back.refund()
    assert on_hand(shop, "CAKE") == 5_000


# -- stock ----------------------------------------------------------------------------------------


def test_goods_go_where_the_clerk_says(open_shop) -> None:  # type: ignore[no-untyped-def]
    """Sellable, damaged by the shop's own word, or lost: cost follows, a loss stays an expense."""
    shop = open_shop('[returns.locations]\nbad = "warehouse:DAMAGED"\n')
    shop.receive("COLA", 10_000, 20_00)
    sell(shop, ("COLA", 3))
    for place, cost in (("sellable", -200), ("bad", -200), ("loss", 0)):
        back = shop.till.new_sale()
        back.take_back(1, [(1, 1)], location=place)
        back.refund()
        assert body(shop, back).cost_minor == cost
    assert on_hand(shop, "COLA") == 8_000
    assert on_hand(shop, "COLA", "warehouse:DAMAGED") == 1_000
    for place in ("nowhere", "customer", "supplier:ACME", "", 7):
        with pytest.raises(LocationRefused):
            shop.till.new_sale().take_back(1, location=place)


def test_lots_go_back_to_where_they_came_from(shop: Shop) -> None:
    """Two lots were sold on one line: each comes back to its own, at its own cost."""
    for lot, cost in (("L1", 100), ("L2", 300)):
        lines = [Received("COLA", 1_000, cost, lot=lot)]
        shop.till.move_stock(
            lambda stock, lines=lines: receive(  # type: ignore[misc]
                stock, shop.till.new_id(), lines, "supplier:A", "store:S001"
            )
        )
    sell(shop, ("COLA", 2))
    costs = []
    for _ in range(2):
        back = shop.till.new_sale()
        back.take_back(1, [(1, 1)])
        back.refund()
        (move,) = body(shop, back).moves
        costs.append((move.lot, -body(shop, back).cost_minor))
    assert sorted(costs) == [("L1", 100), ("L2", 300)]


def test_an_exchange_may_draw_what_just_came_back(open_shop) -> None:  # type: ignore[no-untyped-def]
    """With no stock left and sales refused without, the very piece can be sold again."""
    shop = open_shop('[stock]\nnegative = "refuse"\n')
    shop.receive("COLA", 1_000, 2_00)
    sell(shop, ("COLA", 1))
    swap = shop.till.new_sale()
    swap.take_back(1)
    swap.add("COLA", 1)
    swap.refund()
    assert on_hand(shop, "COLA") == 0
    assert body(shop, swap).cost_minor == 0


# -- two at once ----------------------------------------------------------------------------------


def test_the_second_of_two_open_returns_of_a_unit_is_told(shop: Shop) -> None:
    """Both were put down; the first to finish gets it, the other is refused with nothing done."""
    sell(shop, ("CAKE", 1))
    first, second = shop.till.new_sale(), shop.till.new_sale()
    first.take_back(1)
    second.take_back(1)
    first.refund()
    head = shop.till.store.head.seq
    with pytest.raises(ReturnRefused):
        second.refund()
    assert shop.till.store.head.seq == head
    assert second.state == "open"
    second.cancel("came back already")


def test_equal_returns_of_equal_units_are_two_returns(shop: Shop) -> None:
    """One of two cakes on each of two open returns: the second is the second unit, not the first
    once more; it is told what changed, then goes through."""
    sale = shop.till.new_sale()
    sale.add("CAKE", 2)
    sale.discount(amount_minor=1, reason="odd cent")
    sale.pay_cash(sale.due_minor)
    first, second = shop.till.new_sale(), shop.till.new_sale()
    first.take_back(1, [(1, 1)])
    second.take_back(1, [(1, 1)])
    first.refund()
    with pytest.raises(ReturnChanged):
        second.refund()
    second.refund()
    assert first.cart.returned_minor + second.cart.returned_minor == 4399
    assert len({each.answer.key for each in told(shop)}) == 2


def test_what_comes_back_on_one_cart_twice_is_counted(shop: Shop) -> None:
    """A line may come back in parts to different places; removing a part decides the rest anew."""
    sell(shop, ("CAKE", 2))
    back = shop.till.new_sale()
    one = back.take_back(1, [(1, 1)], location="damaged")
    back.take_back(1, [(1, 1)])
    with pytest.raises(ReturnRefused):
        back.take_back(1, [(1, 1)])
    back.remove_return(one.id)
    assert [each.answer.back[0].before_milli for each in back.returns] == [0]
    with pytest.raises(NoSuchReturn):
        back.remove_return(one.id)
    back.refund()
    assert shop.till.takings().returned_minor == 2200


def test_undo_takes_a_return_off_and_a_crash_brings_it_back(shop: Shop) -> None:
    """An open return is in the draft like any other step."""
    sell(shop, ("CAKE", 2))
    back = shop.till.new_sale()
    back.take_back(1, [(1, 2)], command="r1")
    assert back.take_back(1, [(1, 2)], command="r1") == back.returns[0]
    back.undo()
    assert back.due_minor == 0
    back.take_back(1, [(1, 1)], command="r2")
    again = shop.crash().sale(back.id)
    assert again.due_minor == -2200
    again.refund()
    assert shop.crash().takings().returned_minor == 2200


# -- terms of the shop ----------------------------------------------------------------------------


def test_a_receipt_is_named_by_number_paper_code_or_id(shop: Shop) -> None:
    """186, "S001-T1-000186", the square code and the sale's id are the same receipt."""
    sale = sell(shop, ("CAKE", 4))
    receipt = shop.till.receipt(sale.id)
    for named in (1, "1", receipt.number, receipt.lookup, sale.id):
        back = shop.till.new_sale()
        assert back.take_back(named, [(1, 1)]).of_sale == sale.id
    forged = receipt.lookup[:-4] + "0000"
    for named in (2, "S001-T1-000099", "nonsense", forged, receipt.lookup.replace("T1", "T2")):
        with pytest.raises(NoSuchSale):
            shop.till.new_sale().take_back(named)


def test_reasons_are_the_shops_or_words_beside_other(open_shop) -> None:  # type: ignore[no-untyped-def]
    """A required reason may be in one's own words; it is counted as other."""
    shop = open_shop('[returns]\nreasons = ["broken"]\nother = "other"\nreason_required = true\n')
    sell(shop, ("CAKE", 3))
    back = shop.till.new_sale()
    with pytest.raises(ReasonNotListed, match="broken"):
        back.take_back(1, [(1, 1)])
    assert back.take_back(1, [(1, 1)], reason="broken").note == ""
    edit = back.take_back(1, [(1, 1)], reason="wrong colour")
    assert (edit.reason, edit.note) == ("other", "wrong colour")


def test_a_return_is_not_returned(shop: Shop) -> None:
    """Goods that came back can be sold again, not returned again."""
    sell(shop, ("CAKE", 1))
    back = shop.till.new_sale()
    back.take_back(1)
    back.refund()
    with pytest.raises(ReturnRefused, match="a return is not returned"):
        shop.till.new_sale().take_back(2)


def test_gifts_come_back_or_are_charged(shop: Shop) -> None:
    """The threshold is missed without the goods: the cup comes too, or its price is kept."""
    rule = Rule(
        id="gift",
        layer="item",
        gift=True,
        range=Range(skus=("COLA",)),
        benefit=Each(off=Off(percent_ppm=1_000_000)),
        needs=(Need(range=Range(skus=("CAKE",)), minor=4_000),),
        returns=Returns(gift="return"),
    )
    shop.till.publish_rules(RuleSet(rules=(rule,)))
    sale = sell(shop, ("CAKE", 2), ("COLA", 1))
    assert body(shop, sale).payable_minor == 4400
    back = shop.till.new_sale()
    with pytest.raises(GiftMissing):
        back.take_back(1, [(1, 1)])
    assert back.take_back(1, [(1, 1)], charge_gifts=True).refund_minor == 2200 - 350
    back.undo()
    assert back.take_back(1, [(1, 1), (2, 1)]).refund_minor == 2200


def test_limits_are_free_again_once_all_of_it_came_back(shop: Shop) -> None:
    """A rule once per member: used by the sale, free when the last of its goods is back."""
    rule = Rule(
        id="once",
        layer="item",
        range=Range(skus=("CAKE",)),
        benefit=Each(off=Off(amount_minor=500)),
        limits=Limits(member_uses=2),
    )
    shop.till.publish_rules(RuleSet(rules=(rule,)))
    sell(shop, ("CAKE", 2), member="M1")
    for left, paid in ((1, 2200), (0, 1700)):
        back = shop.till.new_sale()
        back.take_back(1, [(1, 1)])
        back.refund()
        sale = shop.till.new_sale()
        sale.add("CAKE", 1)
        sale.set_customer(member="M1")
        assert sale.due_minor == paid, left
        sale.cancel()


@pytest.mark.parametrize(
    "lines", [[], [(9, 1)], [(1, 9)], [(1, 1), (1, 1)], [1], "all", [("1", 1)], [(-1, 1)], 5]
)
def test_what_cannot_come_back_is_refused(shop: Shop, lines: object) -> None:
    """Lines that are not on the receipt, twice, too many, or no lines at all."""
    sell(shop, ("CAKE", 1))
    back = shop.till.new_sale()
    with pytest.raises(CashwrapError):
        back.take_back(1, lines)  # type: ignore[arg-type]
    assert back.returns == ()


def test_projections_are_what_the_journal_says(shop: Shop, tmp_path: Path) -> None:
    """Lesson 47: after returns of all kinds the tables equal a fold of the journal."""
    sell(shop, ("CAKE", 3), ("COLA", 2))
    sell(shop, ("CAKE", 1))
    for lines in ([(1, 1)], [(2, 1)], None):
        back = shop.till.new_sale()
        back.take_back(1, lines)
        back.refund()
    shop.till.post_void(2, "rung up twice")
    report = shop.till.store.verify()
    assert report.fault is None
    assert not report.projections


def test_a_screen_shows_what_is_left_of_a_receipt(shop: Shop) -> None:
    """Line by line, fees behind the goods, whatever came back before."""
    sale = shop.till.new_sale()
    sale.add("CAKE", 3)
    sale.add("APPLE", "0.750")
    sale.charge(Fee("bag", "袋", "fixed", 30))
    sale.pay_cash(sale.due_minor)
    back = shop.till.new_sale()
    back.take_back(1, [(1, 2), (-1, 1)])
    back.refund()
    shown = shop.till.returnable(1)
    rows = [(each.line, each.name, each.left_milli, each.weighed) for each in shown.lines]
    assert rows == [
        (1, "芝士蛋糕", 1000, False),
        (2, "红富士苹果", 750, True),
        (-1, "袋", 0, False),
    ]
    assert not shown.late


def test_a_return_that_waits_is_decided_again(shop: Shop) -> None:
    """Suspended and resumed, it comes to what is right by then."""
    sell(shop, ("CAKE", 2))
    back = shop.till.new_sale()
    back.take_back(1, [(1, 1)])
    hold = back.suspend("接电话")
    other = shop.till.new_sale()
    other.take_back(1)
    other.refund()
    again = shop.till.holds.resume(hold.code).sale
    assert again.due_minor == -2200
    with pytest.raises(ReturnRefused):
        again.refund()
    again.remove_return(again.returns[0].id)
    again.cancel()


def test_what_is_the_same_money_goes_through_at_once(shop: Shop) -> None:
    """Two of a kind on two open returns, nothing to round: nobody has to be told anything."""
    sell(shop, ("CAKE", 2))
    first, second = shop.till.new_sale(), shop.till.new_sale()
    first.take_back(1, [(1, 1)])
    second.take_back(1, [(1, 1)])
    first.refund()
    second.refund()
    ranges = [each.answer.back[0].before_milli for each in told(shop)]
    assert ranges == [0, 1000]
