"""What must hold for every cart, whatever the policy."""

import random
from dataclasses import replace

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference.compare import fill, random_carts
from reference.pricing import Inputs, lines_of

from cashwrap.errors import AmountOverflow
from cashwrap.pricing.check import recheck
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import Adjustment, PricePolicy
from cashwrap.pricing.refund import refund_line

seeds = st.integers(0, 2**32)


def cart_of(seed: int) -> tuple[Engine, Inputs]:
    return next(random_carts(1, seed))


def priced(engine: Engine, inputs: Inputs):
    cart = engine.cart(inputs.order_type)
    fill(cart, inputs)
    return cart.priced()


def priced_or_skip(engine: Engine, inputs: Inputs):
    try:
        return priced(engine, inputs)
    except AmountOverflow:
        assume(False)


@settings(max_examples=400)
@given(seed=seeds)
def test_every_result_adds_up(seed):
    """Rows, columns and totals: payable = list - discount + fees + added tax + rounding."""
    result = priced_or_skip(*cart_of(seed))
    assert recheck(result) == []


@settings(max_examples=300)
@given(seed=seeds, order=st.randoms(use_true_random=False))
def test_order_of_entry_changes_nothing(seed, order):
    """Lines count by their number: the same lines in any order give the same bytes."""
    engine, inputs = cart_of(seed)
    result = priced_or_skip(engine, inputs)
    shuffled = replace(inputs, lines=order.sample(inputs.lines, len(inputs.lines)))
    assert msgspec.msgpack.encode(priced(engine, shuffled)) == msgspec.msgpack.encode(result)


@settings(max_examples=300)
@given(seed=seeds)
def test_a_cart_given_back_is_the_mirror_image(seed):
    """price(-quantity) == -price(quantity), to the last cell."""
    engine, inputs = cart_of(seed)
    inputs = replace(inputs, fees=[fee for fee in inputs.fees if fee.kind == "percent"])
    signs = {line.quantity_milli > 0 for line in [*inputs.lines, *inputs.meals]}
    assume(len(signs) < 2)
    back = replace(
        inputs,
        lines=[
            replace(
                line,
                quantity_milli=-line.quantity_milli,
                base_quantity_milli=line.base_quantity_milli and -line.base_quantity_milli,
            )
            for line in inputs.lines
        ],
        meals=[replace(meal, quantity_milli=-meal.quantity_milli) for meal in inputs.meals],
    )
    sold, mirror = priced_or_skip(engine, inputs), priced_or_skip(engine, back)
    names = sold.totals.__struct_fields__
    assert [-getattr(mirror.totals, n) for n in names] == [getattr(sold.totals, n) for n in names]
    assert [-cell.minor for cell in mirror.allocations] == [c.minor for c in sold.allocations]
    assert [-tax.tax_minor for tax in mirror.taxes] == [tax.tax_minor for tax in sold.taxes]


@settings(max_examples=200)
@given(seed=seeds)
def test_editing_equals_starting_over(seed):
    """Any sequence of edits leaves the result of a cart that was entered at once."""
    dice = random.Random(seed)
    engine, inputs = cart_of(seed)
    other = Inputs(inputs.policy, inputs.taxes)
    for _, more in random_carts(3, seed + 1):
        other.lines += [line for line in more.lines if line.tax in ("", "t0", "t1", "t2")]
    cart = engine.cart("takeaway")
    try:
        for line in other.lines:
            fill(cart, replace(other, lines=[line]))
            if dice.random() < 0.5:
                cart.price()
        for line in other.lines:
            cart.drop(line.line)
        cart.order_type = inputs.order_type
        fill(cart, inputs)
    except AmountOverflow:
        assume(False)
    expected = priced_or_skip(engine, inputs)
    assert cart.priced() == expected


@settings(max_examples=300)
@given(seed=seeds)
def test_goods_sold_never_come_below_zero_or_their_minimum(seed):
    """No discount takes more than is there, nor brings a line below its least price."""
    engine, inputs = cart_of(seed)
    lines = [replace(line, quantity_milli=abs(line.quantity_milli), base_quantity_milli=None)
             for line in inputs.lines]  # fmt: skip
    inputs = replace(inputs, lines=lines, meals=[])
    result = priced_or_skip(engine, inputs)
    assert result.totals.payable_minor >= 0 or any(t.tax_minor < 0 for t in result.taxes)
    least = {line.line: line.minimum_minor * line.quantity_milli for line in lines_of(inputs)}
    for line in result.lines:
        left = line.gross_minor - line.discount_minor
        assert left >= 0
        assert not line.discount_minor or left * 1000 > least[line.line] - 1000


@settings(max_examples=300)
@given(seed=seeds, cuts=st.lists(st.integers(1, 99), max_size=4))
def test_refunds_of_any_split_give_back_what_was_paid(seed, cuts):
    """Every line and fee given back in parts adds up to the total, tax by tax."""
    result = priced_or_skip(*cart_of(seed))
    steps = sorted({*cuts, 100})
    back = tax = 0
    for line in [x.line for x in result.lines] + [-1 - i for i in range(len(result.fees))]:
        before = 0
        for step in steps:
            part = refund_line(result, line, 100, before, step - before)
            back, tax, before = back + part.payable_minor, tax + part.tax_minor, step
    assert back == result.totals.payable_minor
    assert tax == result.totals.tax_minor


@settings(max_examples=100)
@given(quantity=st.integers(1, 2**63 - 1), unit=st.integers(2**40, 2**63 - 1))
def test_what_does_not_fit_is_refused_and_changes_nothing(quantity, unit):
    """A refused line leaves the cart as it was, also when it would have replaced one."""
    cart = Engine(PricePolicy(), ()).cart()
    cart.put(1, 500, 2000)
    cart.adjust((Adjustment("a", "percent", 100_000),))
    before = cart.priced()
    try:
        cart.put(1, unit, quantity)
    except AmountOverflow:
        assert cart.priced() == before
    else:
        assert cart.price().list_minor == (unit * quantity + 500) // 1000


def test_a_refused_order_type_or_meal_changes_nothing():
    """Everything that rebuilds the cart either stands whole or not at all."""
    engine, inputs = cart_of(7)
    cart = engine.cart(inputs.order_type)
    cart.put(1, 2**62, 1000)
    before = cart.priced()
    with pytest.raises(AmountOverflow):
        cart.put(2, 2**62, 1000)
    assert cart.priced() == before
