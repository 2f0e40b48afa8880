"""Random hands at a till with promotions: basket and pricing keep in step, whatever is done."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from builders.promotions import ALL, rule_set
from hypothesis import given, settings
from hypothesis import strategies as st

from cashwrap.errors import CashwrapError
from cashwrap.pricing.check import recheck
from cashwrap.pricing.model import Fee
from cashwrap.promotions.recheck.proof import recheck_proof
from cashwrap.sale.basket import basket_line
from cashwrap.sale.cart import Cart, effective
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop

RULES = rule_set(*ALL)
MEAL = {"点心": ["CAKE"], "饮品": ["TEA-M"]}
Step = Callable[[Sale], object]

lines = st.integers(1, 6)
counts = st.integers(1, 3)
steps: st.SearchStrategy[Step] = st.one_of(
    st.just(lambda sale: sale.scan("6901234567892")),
    st.just(lambda sale: sale.scan("16901234567899")),
    counts.map(lambda n: lambda sale: sale.add("BUN", n)),
    counts.map(lambda n: lambda sale: sale.add("CAKE", n)),
    st.just(lambda sale: sale.add("TEA-L", modifiers=["COCO"])),
    st.just(lambda sale: sale.add("SET", choices=MEAL)),
    counts.map(lambda n: lambda sale: sale.add("APPLE", f"0.{n}37")),
    st.tuples(lines, counts).map(lambda of: lambda sale: sale.set_quantity(of[0], of[1])),
    lines.map(lambda n: lambda sale: sale.void_line(n)),
    lines.map(lambda n: lambda sale: sale.change_spec(n, "TEA-M")),
    st.just(lambda sale: sale.undo()),
    st.tuples(lines, st.integers(0, 3000)).map(
        lambda of: lambda sale: sale.override_price(of[0], of[1], "临期", approver="店长")
    ),
    st.integers(1, 1_000_000).map(
        lambda ppm: lambda sale: sale.discount(percent_ppm=ppm, reason="老客")
    ),
    st.integers(1, 500).map(lambda fee: lambda sale: sale.charge(Fee("pack", "袋", "fixed", fee))),
    st.sampled_from(["", "dine_in", "takeaway"]).map(
        lambda kind: lambda sale: sale.set_order_type(kind)
    ),
    st.tuples(st.sampled_from(["", "vip"]), st.sampled_from(["", "M1"]), st.integers(0, 900)).map(
        lambda who: lambda sale: sale.set_customer(who[0], member=who[1], points=who[2])
    ),
    st.just(lambda sale: sale.add_coupon("C5")),
    st.just(lambda sale: sale.remove_coupon("C5")),
    st.integers(-1, 900).map(lambda n: lambda sale: sale.use_points(n)),
    st.sampled_from(["half", "teatime", "over30"]).map(lambda rule: lambda sale: sale.refuse(rule)),
    st.sampled_from(["half", "teatime"]).map(lambda rule: lambda sale: sale.choose(rule)),
    st.sampled_from([("wechat",), ()]).map(lambda kinds: lambda sale: sale.choose_tender(*kinds)),
)  # fmt: skip


@pytest.fixture(scope="module")
def promoted_shop() -> Iterator[Shop]:
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder) / "shop")
        shop.till.publish_rules(RULES)
        yield shop
        shop.till.close()


def proved(sale: Sale) -> bytes:
    return msgspec.msgpack.encode(sale.priced())


def from_scratch(cart: Cart) -> Cart:
    """Return a new cart that was given only the edits that count, at once."""
    assert cart.promoting is not None
    fresh = Cart(cart.opened, cart.engine, cart.promoting.rules)
    for edit in effective(cart.history)[1:]:
        fresh.apply(edit)
    return fresh


@settings(max_examples=80, deadline=None)
@given(hand=st.lists(steps, max_size=12))
def test_editing_prices_as_starting_over(promoted_shop: Shop, hand: list[Step]) -> None:
    """After each step the sale is what its edits come to from scratch, and its proof holds."""
    sale = promoted_shop.till.new_sale()
    for step in hand:
        before = proved(sale)
        try:
            step(sale)
        except CashwrapError:
            assert proved(sale) == before
        check(sale)
    assert proved(promoted_shop.crash().sale(sale.id)) == proved(sale)
    promoted_shop.till.sale(sale.id).cancel("x")


def check(sale: Sale) -> None:
    priced = sale.priced()
    fresh = from_scratch(sale.cart)
    assert msgspec.msgpack.encode(fresh.priced()) == proved(sale)
    assert recheck(priced) == []
    assert priced.totals.payable_minor >= 0
    proof = sale.proof()
    assert proof is not None
    assert recheck_proof(proof, RULES) == []
    in_step(sale)


def in_step(sale: Sale) -> None:
    """The basket holds the lines of the sale, and all that was asked for was granted."""
    proof = sale.proof()
    assert proof is not None
    whole = [line for line in sale.lines if not line.parent]
    assert list(proof.lines) == [basket_line(line, sale.cart.pricing) for line in whole]
    for applied in sale.priced().applied:
        if not applied.rule.startswith("manual:"):
            assert applied.asked_minor == applied.granted_minor
