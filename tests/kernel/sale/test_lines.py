"""Ringing up: lines, quantities, variants, meals, undo, notes, and repeated commands."""

import pytest

from cashwrap.catalog.errors import ModifierRefused, SlotRefused, UnknownItem, UnknownUnit
from cashwrap.errors import AmountOverflow, InvalidInput
from cashwrap.pricing.model import Fee
from cashwrap.sale import edits
from cashwrap.sale.errors import (
    NoSuchLine,
    NotForSale,
    NothingToUndo,
    PriceRefused,
    QuantityRefused,
    UnknownOrderType,
)
from cashwrap.sale.sale import Sale
from cashwrap.scan.errors import CheckDigitWrong, ExpiredItem, PaymentCodeInCart
from cashwrap.testing.shop import ITEMS, Shop

COLA = "6901234567892"


def shown(sale: Sale) -> list[tuple[int, str, int]]:
    return [(line.number, line.goods.sku, line.quantity_milli) for line in sale.lines]


@pytest.mark.req("R1")
def test_scans_of_one_item_make_one_line(shop: Shop) -> None:
    """The same item again adds to its line, when the settings say merge."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.scan(COLA)
    sale.add("COLA", 3)
    assert shown(sale) == [(1, "COLA", 5000)]
    assert sale.totals.payable_minor == 1750


def test_a_case_is_sold_by_its_own_code(shop: Shop) -> None:
    """The case's GTIN sells 24 cans at 24 times the price, and draws 24 from stock."""
    sale = shop.till.new_sale()
    line = sale.scan("16901234567899")
    assert (line.goods.unit, line.goods.base_milli) == ("case", 24_000)
    assert sale.totals.payable_minor == 24 * 350
    sale.pay_cash(8400)
    assert shop.till.ask_stock(lambda stock: stock.on_hand("COLA")) == -24_000


def test_weighed_goods_cost_weight_times_price(shop: Shop) -> None:
    """0.532 kg at 12.80 is 6.8096, so 6.81."""
    sale = shop.till.new_sale()
    line = sale.add("10001", "0.532")
    assert line.goods.sku == "APPLE"
    assert sale.totals.payable_minor == 681
    sale.weigh(line.number, "1.000")
    assert sale.totals.payable_minor == 1280


@pytest.mark.req("R288")
def test_a_price_label_costs_what_it_says(shop: Shop) -> None:
    """A 13-digit scale label at 5.00 costs 5.00 and draws 5.00 / 12.80 kg from stock."""
    sale = shop.till.new_sale()
    line = sale.scan("2110001005008")
    assert (line.goods.unit_minor, line.goods.base_milli) == (500, 391)
    assert sale.totals.payable_minor == 500


def test_bad_codes_are_refused_and_change_nothing(shop: Shop) -> None:
    """A wrong check digit, an unknown code and a payment code each leave the sale as it was."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    before = sale.history
    for code, error in (
        ("6901234567893", CheckDigitWrong),
        ("6909999999996", UnknownItem),
        ("134650098765432109", PaymentCodeInCart),
    ):
        with pytest.raises(error):
            sale.scan(code)
    assert sale.history == before


def test_an_expired_pack_stops_with_its_reason(shop: Shop) -> None:
    """A GS1 code whose expiry has passed is refused; one that has not is sold with its lot."""
    sale = shop.till.new_sale()
    with pytest.raises(ExpiredItem, match="2026"):
        sale.scan("]C10106901234567892" + "17260228" + "10L7")
    line = sale.scan("]C10106901234567892" + "17260401" + "10L7")
    assert (line.goods.lot, line.goods.expires) == ("L7", 20260401)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.5", "1e3", "NaN", "１", "9" * 30, 2**60])
def test_impossible_quantities_are_refused(shop: Shop, quantity: str | int) -> None:
    """Zero, negative, parts of a piece, and what no int64 holds leave the sale as it was."""
    sale = shop.till.new_sale()
    with pytest.raises((QuantityRefused, InvalidInput, AmountOverflow)):
        sale.add("COLA", quantity)
    assert not sale.lines
    assert sale.totals.payable_minor == 0


@pytest.mark.req("R6")
def test_a_family_is_sold_by_its_variants(shop: Shop) -> None:
    """The family itself is refused with advice."""
    with pytest.raises(NotForSale, match="choose one of its variants"):
        shop.till.new_sale().add("TEA")


@pytest.mark.req("R8")
def test_spec_changes_in_the_cart_keep_the_line(shop: Shop) -> None:
    """Large to medium on a discounted line: same line, new price, discount anew, undo works."""
    sale = shop.till.new_sale()
    line = sale.add("TEA-L", modifiers=["PEARLS"], staff="amy")
    sale.note("少冰", line.number)
    sale.discount(percent_ppm=100_000, lines=[line.number], reason="老顾客")
    assert sale.totals.payable_minor == 1800  # 18 + 2, 10 % off
    assert shop.till.available("PEARL") == -52_500  # 50 g and 5 % waste, held by the open sale
    sale.change_spec(line.number, "TEA-M")
    assert shop.till.available("PEARL") == 0
    changed = sale.lines[0]
    assert (changed.number, changed.goods.sku, changed.note) == (line.number, "TEA-M", "少冰")
    assert sale.totals.payable_minor == 1530
    sale.change_spec(line.number, modifiers=[])
    assert sale.totals.payable_minor == 1350
    sale.undo()
    sale.undo()
    assert sale.lines[0].goods.sku == "TEA-L"
    assert sale.totals.payable_minor == 1800
    assert shop.till.available("PEARL") == -52_500


@pytest.mark.req("R8")
def test_a_piece_becomes_a_case_and_a_piece_again(shop: Shop) -> None:
    """The line keeps its number, quantity and note; price and stock are those of the unit."""
    shop.receive("COLA", 100_000, 10_000)
    sale = shop.till.new_sale()
    line = sale.add("COLA", 2)
    sale.note("送货", line.number)
    each_minor = sale.totals.payable_minor
    case = sale.change_spec(line.number, unit="case")
    assert (case.number, case.goods.unit, case.quantity_milli, case.note) == (
        line.number, "case", 2_000, "送货",
    )  # fmt: skip
    assert sale.totals.payable_minor == 2 * sale.lines[0].unit_minor > each_minor
    assert shop.till.available("COLA") == 52_000
    assert sale.change_spec(line.number, modifiers=[]).goods.unit == "case"
    assert sale.change_spec(line.number, unit="").goods.unit == "each"
    assert (sale.totals.payable_minor, shop.till.available("COLA")) == (each_minor, 98_000)
    sale.undo()
    assert sale.lines[0].goods.unit == "case"
    shop.reopen()
    (again,) = shop.till.open_sales()
    assert again.lines[0].goods.unit == "case"


def test_a_unit_that_the_goods_have_not_leaves_the_line(shop: Shop) -> None:
    """It is named, with those that there are; what was weighed is no number of packs."""
    sale = shop.till.new_sale()
    sale.add("COLA")
    with pytest.raises(UnknownUnit, match="case"):
        sale.change_spec(1, unit="pallet")
    assert sale.lines[0].goods.unit == "each"


def test_modifiers_are_checked(shop: Shop) -> None:
    """An unknown modifier is refused."""
    with pytest.raises(ModifierRefused):
        shop.till.new_sale().add("TEA-L", modifiers=["ANCHOVY"])


@pytest.mark.req("R7")
def test_a_set_meal_splits_exactly_over_its_parts(shop: Shop) -> None:
    """25.00 over a 22.00 cake and a 15.00 tea, and 3.00 more for the cake: parts sum exactly."""
    sale = shop.till.new_sale()
    meal = sale.add("SET", 2, choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    assert sale.totals.payable_minor == 2 * (2500 + 300)
    priced = sale.priced()
    assert [line.line for line in priced.lines] == [2, 3]
    assert sum(line.payable_minor for line in priced.lines) == 5600
    assert [line.slot for line in sale.lines] == ["", "点心", "饮品"]
    sale.set_quantity(meal.number, 1)
    assert sale.totals.payable_minor == 2800
    with pytest.raises(NoSuchLine):
        sale.void_line(2)
    sale.change_spec(meal.number, choices={"点心": ["BUN"], "饮品": ["TEA-M"]})
    assert sale.totals.payable_minor == 2500
    sale.void_line(meal.number, "错单")
    assert not sale.lines


@pytest.mark.req("R7")
def test_a_wrong_choice_names_its_slot(shop: Shop) -> None:
    """A missing choice and one that is not offered are refused with the slot's name."""
    sale = shop.till.new_sale()
    with pytest.raises(SlotRefused, match="饮品"):
        sale.add("SET", choices={"点心": ["BUN"]})
    with pytest.raises(SlotRefused, match="点心"):
        sale.add("SET", choices={"点心": ["COLA"], "饮品": ["TEA-M"]})
    with pytest.raises(QuantityRefused):
        sale.add("SET", "1.5", choices={"点心": ["BUN"], "饮品": ["TEA-M"]})
    assert not sale.lines


def test_voided_lines_stay_in_the_history_and_numbers_are_not_used_again(shop: Shop) -> None:
    """The next line gets a new number; the void and its reason are kept."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.void_line(1, "错单")
    assert sale.add("BUN").number == 2
    with pytest.raises(NoSuchLine):
        sale.set_quantity(1, 2)
    voids = [edit for edit in sale.history if isinstance(edit, edits.LineVoided)]
    assert [(void.line, void.reason) for void in voids] == [(1, "错单")]


def test_undo_takes_back_step_by_step_to_the_beginning(shop: Shop) -> None:
    """Add, quantity, void, undone one by one; then there is nothing left."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.set_quantity(1, 4)
    sale.void_line(1)
    for expected in ([(1, "COLA", 4000)], [(1, "COLA", 1000)], []):
        sale.undo()
        assert shown(sale) == expected
    with pytest.raises(NothingToUndo):
        sale.undo()
    assert sale.scan(COLA).number == 2


def test_a_line_added_after_an_undo_gets_a_fresh_number(shop: Shop) -> None:
    """Line 2 undone, the next line is 3: a number means one thing in the whole history."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.add("BUN")
    sale.undo()
    assert sale.add("CAKE").number == 3


def test_the_same_command_twice_is_done_once(shop: Shop) -> None:
    """Each kind of step, sent again with its command id, changes nothing and answers the same."""
    sale = shop.till.new_sale()
    first = sale.scan(COLA, command="c1")
    assert sale.scan(COLA, command="c1") == first
    sale.set_quantity(1, 2, command="c2")
    sale.set_quantity(1, 2, command="c2")
    discount = sale.discount(amount_minor=100, reason="破损", command="c3")
    assert sale.discount(amount_minor=100, reason="破损", command="c3") == discount
    sale.undo(command="c4")
    sale.undo(command="c4")
    assert sale.totals.payable_minor == 700
    assert len(sale.history) == 5


def test_staff_and_sellers_stand_on_their_lines(shop: Shop) -> None:
    """Who rang up and who sold are kept apart, the sale's seller where a line has none."""
    sale = shop.till.new_sale(staff="amy")
    sale.scan(COLA, staff="amy")
    sale.add("BUN", staff="amy")
    sale.credit("ben", 2)
    sale.credit("cat")
    sale.pay_cash(5000, staff="amy")
    body = shop.till.record_of(sale.id).body()
    assert [line.seller for line in body.lines] == ["cat", "ben"]  # type: ignore[attr-defined]


def test_taxes_follow_the_order_type(shop: Shop) -> None:
    """A bun eaten here has 6 % in it, taken away 13 %; the price stays."""
    sale = shop.till.new_sale("takeaway")
    sale.add("BUN")
    assert (sale.totals.payable_minor, sale.totals.tax_minor) == (900, 104)
    sale.set_order_type("dine_in")
    assert (sale.totals.payable_minor, sale.totals.tax_minor) == (900, 51)
    with pytest.raises(UnknownOrderType):
        sale.set_order_type("drive_in")
    sale.undo()
    assert sale.totals.tax_minor == 104


def test_a_customer_named_last_reprices_the_cart(shop: Shop) -> None:
    """The vip price book takes over lines already on the sale."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.add("BUN")
    sale.set_customer("vip")
    assert sale.totals.payable_minor == 300 + 900
    sale.set_customer("")
    assert sale.totals.payable_minor == 350 + 900


def test_discounts_and_fees_are_taken_away_again(shop: Shop) -> None:
    """By their id; one that is not there is refused, and undo brings them back."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    discount = sale.discount(amount_minor=50, reason="破损")
    sale.charge(Fee("bag", "袋", "fixed", 20))
    sale.charge(Fee("bag", "大袋", "fixed", 30))
    assert sale.totals.payable_minor == 330
    for remove in (sale.remove_discount, sale.remove_fee):
        with pytest.raises(PriceRefused, match="nothing"):
            remove("nothing")
    sale.remove_discount(discount)
    sale.remove_fee("bag")
    assert sale.totals.payable_minor == 350
    sale.undo()
    sale.undo()
    assert sale.totals.payable_minor == 330


def test_a_customer_is_named_though_goods_left_the_catalog(shop: Shop) -> None:
    """What is not sold any more keeps its price; the rest takes the customer's."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.add("BUN")
    shop.load([item for item in ITEMS if item.get("sku") != "BUN" and item.get("choice") != "BUN"])
    sale.set_customer("vip")
    assert [line.unit_minor for line in sale.lines] == [300, 900]


def test_a_pack_stays_itself_when_its_spec_changes(shop: Shop) -> None:
    """Lot and expiry stay with the same item; a labelled pack is what its label says."""
    sale = shop.till.new_sale()
    sale.scan("]C10106901234567892" + "17260401" + "10L7")
    changed = sale.change_spec(1, modifiers=[])
    assert (changed.goods.lot, changed.goods.expires) == ("L7", 20260401)
    label = sale.scan("2110001005008")
    with pytest.raises(NotForSale, match="label"):
        sale.change_spec(label.number, "COLA")


def test_an_amount_that_does_not_fit_leaves_the_cart(shop: Shop) -> None:
    """A quantity whose total leaves int64 is refused; the cart is as it was."""
    sale = shop.till.new_sale()
    sale.scan(COLA)
    sale.override_price(1, 2**63 - 1, "测试", approver="boss")
    before = sale.priced(), sale.history
    with pytest.raises(AmountOverflow):
        sale.set_quantity(1, 2)
    with pytest.raises(AmountOverflow):
        sale.add("BUN")
    assert (sale.priced(), sale.history) == before


@pytest.mark.req("R5")
def test_long_names_are_kept_whole(shop: Shop) -> None:
    """A name of 60 characters comes back from the line as it went in."""
    name = "特级初榨橄榄油浸地中海风味金枪鱼罐头家庭装" * 3
    source = shop.folder / "long.csv"
    source.write_text(f"sku,name,price\nLONG,{name},9.90\n", encoding="utf-8")
    shop.till.import_catalog(source, update=True)
    assert len(name) >= 60
    assert shop.till.new_sale().add("LONG").goods.name == name
