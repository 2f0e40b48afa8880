"""How a cart is filled, changed and refused."""

import msgspec
import pytest

from cashwrap.errors import AmountOverflow, InvalidInput
from cashwrap.pricing.check import recheck
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.errors import (
    AdjustmentRefused,
    BelowMinimum,
    LineRefused,
    SettingsUnusable,
    UnknownTax,
)
from cashwrap.pricing.model import (
    Adjustment,
    CashRounding,
    Fee,
    MealPart,
    Override,
    PricePolicy,
    TaxCode,
    TaxComponent,
)


def percent(code: str, rate_ppm: int) -> tuple[TaxComponent, ...]:
    return (TaxComponent(code, code, rate_ppm=rate_ppm),)


TAXES = (
    TaxCode("food", "food", {"": percent("in", 130_000), "takeaway": percent("out", 60_000)}),
    TaxCode("goods", "goods", {"": percent("std", 130_000)}),
)


def cart(policy: PricePolicy = PricePolicy()):  # noqa: B008 - a frozen struct
    return Engine(policy, TAXES).cart()


def test_a_line_is_replaced_by_its_number_and_dropped():
    """One number, one line."""
    basket = cart()
    basket.put(3, 1000, 1000, "goods")
    basket.put(1, 500, 2000)
    basket.put(3, 1000, 3000, "goods")
    assert [line.line for line in basket.priced().lines] == [1, 3]
    assert basket.price().payable_minor == 4000
    assert basket.drop(1)
    assert not basket.drop(1)
    assert basket.line(3).tax_minor == 345
    with pytest.raises(LineRefused, match="not in the cart"):
        basket.line(1)


def test_takeaway_keeps_the_price_or_the_net():
    """When the order type changes the tax, a price that contains it keeps its gross or its net."""
    for keeps, payable, tax in (("gross", 11300, 640), ("net", 10600, 600)):
        basket = cart(PricePolicy(tax_change_keeps=keeps))
        basket.put(1, 11300, 1000, "food")
        assert basket.price().tax_minor == 1300
        basket.order_type = "takeaway"
        assert (basket.price().payable_minor, basket.price().tax_minor) == (payable, tax)
        basket.order_type = ""
        assert basket.price().tax_minor == 1300


@pytest.mark.req("R7")
def test_a_set_meal_splits_exactly_each_part_with_its_tax():
    """The parts add up to the meal's price, upcharges stay with their part."""
    basket = cart()
    parts = [
        MealPart(2, 2000, tax="food"),
        MealPart(3, 600, 2000, tax="goods", upcharge_minor=300),
        MealPart(4, 900),
    ]
    basket.put_meal(1, 3500, 3000, parts)
    lines = {line.line: line.gross_minor for line in basket.priced().lines}
    assert lines == {2: 3 * 1707, 3: 3 * 1325, 4: 3 * 768}
    assert basket.line(1).payable_minor == 3 * 3800
    assert {tax.code for tax in basket.priced().taxes} == {"in", "std"}
    basket.adjust((Adjustment("a", "amount", 1000, (1,)),))
    assert {cell.line for cell in basket.priced().allocations} == {2, 3, 4}
    basket.put_meal(1, 3500, 1000, parts[:2], override_minor=3000)
    assert basket.price().list_minor == 3300
    assert basket.priced().overrides == (Override(1, 3500, 3000),)
    assert basket.drop(1)
    assert basket.priced().lines == ()


def test_the_numbers_of_a_set_meal_are_its_own():
    """A part is changed through its meal, and a number is used once."""
    basket = cart()
    basket.put(9, 100, 1000)
    basket.put_meal(1, 3500, 1000, [MealPart(2, 2000)])
    before = basket.priced()
    for act in (
        lambda: basket.put(1, 100, 1000),
        lambda: basket.put(2, 100, 1000),
        lambda: basket.drop(2),
        lambda: basket.put_meal(5, 100, 1000, [MealPart(9, 100)]),
        lambda: basket.put_meal(5, 100, 1000, [MealPart(2, 100)]),
        lambda: basket.put_meal(9, 100, 1000, [MealPart(6, 100)]),
        lambda: basket.put_meal(5, 100, 1000, []),
        lambda: basket.put_meal(5, 100, 1000, [MealPart(6, -1)]),
        lambda: basket.put_meal(5, -1, 1000, [MealPart(6, 1)]),
        lambda: basket.put_meal(5, 100, 1000, [MealPart(6, 1.5)]),  # type: ignore[arg-type]
        lambda: basket.put_meal(5, 1.5, 1000, [MealPart(6, 1)]),  # type: ignore[arg-type]
    ):
        with pytest.raises(LineRefused):
            act()
        assert basket.priced() == before


@pytest.mark.req("R99")
def test_no_discount_and_no_override_goes_below_the_minimum():
    """Discounts stop at the least price; an override below it needs the minimum lifted."""
    basket = cart()
    basket.put(1, 1000, 2000, minimum_minor=800)
    basket.adjust((Adjustment("half", "percent", 500_000),))
    assert basket.price().payable_minor == 1600
    applied = basket.priced().applied[0]
    assert (applied.asked_minor, applied.granted_minor) == (1000, 400)
    with pytest.raises(BelowMinimum, match="approval"):
        basket.put(1, 1000, 2000, minimum_minor=800, override_minor=799)
    assert basket.price().payable_minor == 1600
    basket.put(1, 1000, 2000, minimum_minor=0, override_minor=799)
    assert basket.price().payable_minor == 799


def test_an_override_goes_up_or_down_but_a_unit_price_never_raises():
    """The proof keeps the list price beside the override."""
    basket = cart()
    basket.put(1, 1000, 1000, override_minor=1200)
    assert basket.priced().overrides == (Override(1, 1000, 1200),)
    assert basket.price().list_minor == 1200
    basket.adjust((Adjustment("u", "unit_price", 1500), Adjustment("v", "unit_price", 900)))
    assert basket.price().discount_minor == 300
    assert [a.granted_minor for a in basket.priced().applied] == [0, 300]


def test_layers_come_before_the_order_given():
    """Promotions, then coupons, then what the cashier gave."""
    basket = cart()
    basket.put(1, 10_000, 1000)
    coupon = Adjustment("c", "amount", 1000, layer="coupon")
    basket.adjust((Adjustment("m", "percent", 100_000), coupon))
    assert [(a.rule, a.granted_minor) for a in basket.priced().applied] == [("c", 1000), ("m", 900)]


def test_a_discount_on_lines_that_are_gone_takes_nothing():
    """It does not turn into a discount on the whole order."""
    basket = cart()
    basket.put(1, 1000, 1000)
    basket.put(2, 1000, 1000)
    basket.adjust((Adjustment("a", "percent", 100_000, (2,)),))
    basket.drop(2)
    assert basket.price().discount_minor == 0


def test_cash_is_rounded_apart_from_the_total():
    """`on = "cash"` leaves the total alone; a refund mirrors the sale."""
    basket = cart(PricePolicy(cash_rounding=CashRounding(10, "down", "cash")))
    basket.put(1, 1239, 1000)
    assert basket.price().payable_minor == 1239
    assert basket.cash_due(1239) == (1230, -9)
    assert basket.cash_due(-1239) == (-1230, 9)
    assert cart().cash_due(1239) == (1239, 0)
    up = cart(PricePolicy(cash_rounding=CashRounding(10, "up", "cash")))
    with pytest.raises(AmountOverflow):
        up.cash_due(2**63 - 1)


@pytest.mark.parametrize(
    "put",
    [
        (0, 100, 1000),
        (1, -1, 1000),
        (1, 100, 0),
        (1, 1.5, 1000),
        (1, 100, 1.5),
    ],
)
def test_a_senseless_line_is_refused(put):
    """No line number 0, negative price, quantity of nothing, or float."""
    with pytest.raises(LineRefused):
        cart().put(*put)
    assert issubclass(LineRefused, ValueError)


def test_unknown_taxes_and_senseless_adjustments_are_refused_whole():
    """A refused call leaves what was set before."""
    basket = cart()
    basket.put(1, 1000, 1000)
    basket.adjust((Adjustment("a", "percent", 100_000),))
    basket.charge((Fee("f", "f", "fixed", 100),))
    before = basket.priced()
    with pytest.raises(UnknownTax, match="nowhere"):
        basket.put(2, 100, 1000, "nowhere")
    with pytest.raises(UnknownTax):
        basket.charge((Fee("g", "g", "fixed", 100, tax="nowhere"),))
    for bad in (
        (Adjustment("", "percent", 1),),
        (Adjustment("rounding", "percent", 1),),
        (Adjustment("a", "percent", 1), Adjustment("a", "percent", 1)),
        (Adjustment("a", "percent", 1_000_001),),
        (Adjustment("a", "amount", -1),),
        (Adjustment("a", "amount", 1, layer="fee"),),
        (Adjustment("a", "gift", 1),),  # type: ignore[arg-type]
    ):
        with pytest.raises(AdjustmentRefused):
            basket.adjust(bad)
    for fee in (Fee("", "f", "fixed", 1), Fee("f", "f", "fixed", -1), Fee("f", "f", "x", 1)):  # type: ignore[arg-type]
        with pytest.raises(AdjustmentRefused):
            basket.charge((fee,))
    with pytest.raises(AmountOverflow):
        basket.adjust((Adjustment("a", "amount", 2**63),))
    with pytest.raises(AdjustmentRefused):
        basket.adjust((Adjustment("a", "amount", 1.5),))  # type: ignore[arg-type]
    assert basket.priced() == before


def test_an_engine_names_every_fault_of_its_settings_at_once():
    """Policy and tax table are checked as a whole."""
    policy = PricePolicy(fee_tax="gone", cash_rounding=CashRounding(0))
    taxes = (
        TaxCode("a", "a", {"out": ()}),
        TaxCode("b", "b", {"": (TaxComponent("d", "d", "division", 1_000_000),)}),
        TaxCode("b", "b", {"": ()}),
    )
    with pytest.raises(SettingsUnusable) as refused:
        Engine(policy, taxes)
    assert len(refused.value.issues) == 5
    with pytest.raises(SettingsUnusable, match="tax_level"):
        Engine(PricePolicy(tax_level="week"), ())  # type: ignore[arg-type]
    long = tuple(TaxComponent(f"c{i}", "", "compound", 999_983 - i * 2) for i in range(4))
    with pytest.raises(SettingsUnusable, match="too many digits"):
        Engine(PricePolicy(), (TaxCode("x", "x", {"": long}),))


def test_the_hash_names_the_settings():
    """Equal settings, equal hash; the order of the tax table does not matter."""
    one, two = Engine(PricePolicy(), TAXES), Engine(PricePolicy(), TAXES[::-1])
    assert one.policy_hash == two.policy_hash
    assert len(one.policy_hash) == 16
    assert Engine(PricePolicy(odd_cents="last"), TAXES).policy_hash != one.policy_hash


def test_recheck_names_what_was_changed():
    """A stored result with one figure changed no longer adds up."""
    basket = cart(PricePolicy(cash_rounding=CashRounding(10, "down")))
    basket.put(1, 1239, 1000, "goods")
    basket.adjust((Adjustment("a", "amount", 100),))
    basket.charge((Fee("f", "f", "percent", 100_000, tax="goods"),))
    priced = basket.priced()
    assert recheck(priced) == []
    replace = msgspec.structs.replace
    for name in priced.totals.__struct_fields__:
        totals = replace(priced.totals, **{name: getattr(priced.totals, name) + 1})
        assert recheck(replace(priced, totals=totals))
    assert recheck(replace(priced, allocations=priced.allocations[1:]))
    assert recheck(replace(priced, taxes=priced.taxes[:-1]))
    assert recheck(replace(priced, lines=()))


def test_a_cart_takes_hundreds_of_lines():
    """Growth keeps every line and fee."""
    basket = cart()
    basket.charge((Fee("f", "f", "percent", 100_000),))
    basket.adjust((Adjustment("a", "percent", 100_000),))
    for line in range(500, 0, -1):
        basket.put(line, 100, 1000, "goods")
    assert basket.price().payable_minor == 45_000 + 4_500
    assert recheck(basket.priced()) == []


@pytest.mark.parametrize("value", [1.5, float("nan"), "1", None])
def test_what_is_no_whole_number_is_refused(value):
    """A float or text where a whole number belongs is refused by name; the cart stays as it was."""
    cart = Engine(PricePolicy(), ()).cart()
    cart.put(1, 1000, 1000)
    before = cart.priced()
    for change in (
        lambda: cart.put(2, value, 1000),
        lambda: cart.put(2, 1000, value),
        lambda: cart.put(value, 1000, 1000),
        lambda: cart.put(2, 1000, 1000, minimum_minor=value),
        lambda: cart.put_meal(2, value, 1000, [MealPart(3, 100)]),
        lambda: cart.put_meal(2, 100, 1000, [MealPart(3, 100, upcharge_minor=value)]),
        lambda: cart.adjust((Adjustment("a", "amount", value),)),
        lambda: cart.adjust((Adjustment("a", "amount", 1, (value,)),)),
        lambda: cart.charge((Fee("f", "f", "fixed", value),)),
        lambda: cart.line(value),
    ):
        with pytest.raises((LineRefused, AdjustmentRefused, InvalidInput)):
            change()
    assert cart.priced() == before


def test_a_cart_that_is_full_says_so():
    """The line after the last that fits is refused with the reason."""
    cart = Engine(PricePolicy(), ()).cart()
    for line in range(1, 8193):
        cart.put(line, 1, 1000)
    with pytest.raises(AmountOverflow, match="at most 8192 lines"):
        cart.put(8193, 1, 1000)
    assert cart.price().payable_minor == 8192


@pytest.mark.parametrize("amount", [1.5, "100", None, True])
@pytest.mark.parametrize("on", ["total", "cash"])
def test_an_amount_in_cash_is_a_whole_number(amount: object, on: str) -> None:
    """A float, text or nothing is refused, never rounded."""
    policy = PricePolicy(cash_rounding=CashRounding(10, "half_up", on))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="whole number"):
        Engine(policy, []).cart().cash_due(amount)  # type: ignore[arg-type]
