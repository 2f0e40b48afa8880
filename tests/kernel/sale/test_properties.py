"""Random hands at the till: whatever is done in whatever order, all that is kept agrees."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cashwrap.errors import CashwrapError
from cashwrap.pricing.check import recheck
from cashwrap.pricing.model import Fee, Totals
from cashwrap.sale import edits
from cashwrap.sale.errors import NothingToUndo
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal

ROUNDED = SETTINGS.replace(
    "order_types",
    'price.cash_rounding = { increment_minor = 10, mode = "down", on = "cash" }\norder_types',
)
MEAL = {"点心": ["CAKE"], "饮品": ["TEA-M"]}

Step = Callable[[Sale, str], object]

lines = st.integers(1, 8)
counts = st.integers(1, 5)
steps: st.SearchStrategy[Step] = st.one_of(
    st.just(lambda sale, c: sale.scan("6901234567892", command=c)),
    st.just(lambda sale, c: sale.scan("2110001005008", command=c)),
    st.just(lambda sale, c: sale.scan("16901234567899", command=c)),
    st.just(lambda sale, c: sale.undo(command=c)),
    counts.map(lambda n: lambda sale, c: sale.add("BUN", n, command=c)),
    counts.map(lambda n: lambda sale, c: sale.add("TEA-L", n, modifiers=["COCO"], command=c)),
    counts.map(lambda n: lambda sale, c: sale.add("SET", n, choices=MEAL, command=c)),
    counts.map(lambda n: lambda sale, c: sale.add("APPLE", f"0.{n}37", command=c)),
    st.tuples(lines, counts).map(
        lambda of: lambda sale, c: sale.set_quantity(of[0], of[1], command=c)
    ),
    lines.map(lambda n: lambda sale, c: sale.void_line(n, command=c)),
    lines.map(lambda n: lambda sale, c: sale.change_spec(n, "TEA-M", command=c)),
    lines.map(lambda n: lambda sale, c: sale.note("少冰", n, command=c)),
    st.tuples(lines, st.integers(0, 3000)).map(
        lambda of: lambda sale, c: sale.override_price(of[0], of[1], "临期", command=c)
    ),
    st.integers(1, 1_000_000).map(
        lambda ppm: lambda sale, c: sale.discount(percent_ppm=ppm, reason="会员", command=c)
    ),
    st.tuples(lines, st.integers(1, 3000)).map(
        lambda of: lambda sale, c: sale.discount(
            amount_minor=of[1], lines=[of[0]], reason="破损", command=c
        )
    ),
    st.integers(0, 500).map(
        lambda fee: lambda sale, c: sale.charge(Fee("svc", "服务费", "fixed", fee), command=c)
    ),
    st.sampled_from(["", "dine_in", "takeaway"]).map(
        lambda kind: lambda sale, c: sale.set_order_type(kind, command=c)
    ),
    st.sampled_from(["", "vip"]).map(
        lambda who: lambda sale, c: sale.set_customer(who, command=c)
    ),
)  # fmt: skip
hands = st.lists(st.tuples(steps, st.booleans()), max_size=12)


@pytest.fixture(scope="module")
def busy_shop():
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder) / "shop", settings=ROUNDED, drivers={"card": FakeTerminal()})
        yield shop
        shop.till.close()


def played(shop: Shop, hand: list[tuple[Step, bool]]) -> Sale:
    """Do each step, some twice under the same command; a refusal leaves all as it was."""
    sale = shop.till.new_sale()
    for number, (step, twice) in enumerate(hand):
        for _ in range(2 if twice else 1):
            before = proof(sale), sale.history
            try:
                step(sale, f"c{number}")
            except CashwrapError:
                assert (proof(sale), sale.history) == before
        done = [edit for edit in sale.history if edit.command == f"c{number}"]
        assert len(done) <= 1
    return sale


def proof(sale: Sale) -> bytes:
    return msgspec.msgpack.encode((sale.priced(), [msgspec.to_builtins(x) for x in sale.lines]))


@settings(max_examples=60)
@given(hand=hands)
def test_undoing_everything_leaves_nothing(busy_shop: Shop, hand: list[tuple[Step, bool]]) -> None:
    """Step by step back to the empty cart, and each step back is the cart as it was before it."""
    sale = played(busy_shop, hand)
    counting = len([None for edit in sale.history if not isinstance(edit, edits.Undone)])
    undone = len(sale.history) - counting
    for _ in range(counting - 1 - undone):
        sale.undo()
    assert sale.totals == Totals()
    assert (sale.lines, sale.cart.header.note, sale.cart.header.fees) == ((), "", {})
    with pytest.raises(NothingToUndo):
        sale.undo()
    sale.cancel("x")


@settings(max_examples=60)
@given(hand=hands)
def test_an_open_sale_is_the_same_after_a_crash(
    busy_shop: Shop, hand: list[tuple[Step, bool]]
) -> None:
    """The draft gives back the same lines, totals and proof, whatever was done."""
    sale = played(busy_shop, hand)
    before = proof(sale), sale.history
    again = busy_shop.crash().sale(sale.id)
    assert (proof(again), again.history) == before
    again.cancel("x")


@settings(max_examples=60)
@given(hand=hands, card=st.integers(0, 5000), voucher=st.integers(0, 5000), over=st.integers(0, 99))
def test_what_a_completed_sale_keeps_agrees(
    busy_shop: Shop, hand: list[tuple[Step, bool]], card: int, voucher: int, over: int
) -> None:
    """Lines, pricing, payments, takings, stock and receipt of the record tell one story."""
    sale = played(busy_shop, hand)
    if not sale.lines:
        sale.add("COLA")
    payable = sale.totals.payable_minor
    if 0 < card < payable:
        sale.payments.ask("card", card)
    if 0 < voucher < sale.due_minor:
        sale.payments.record("voucher", "礼品券", voucher)
    if sale.due_minor:
        asked, _ = sale.payments.cash_due()
        sale.pay_cash(asked + over)
    else:
        sale.payments.finish()
    body = busy_shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    assert not recheck(body.priced)
    assert body.payable_minor == body.priced.totals.payable_minor == payable
    tips = sum(payment.tip_minor for payment in body.payments)
    assert sum(t.amount_minor for t in body.takings) == (payable + body.cash_rounding_minor + tips)
    given_minor = sum(p.tendered_minor - p.change_minor for p in body.payments)
    assert given_minor == sum(t.amount_minor for t in body.takings)
    meals = {line.parent for line in body.lines if line.parent}
    assert {line.line for line in body.lines} - meals == {row.line for row in body.priced.lines}
    assert body.cost_minor == sum(move.cost_minor for move in body.moves)
    receipt = busy_shop.till.receipt(sale.id)
    assert receipt.totals is not None
    assert (receipt.totals.due_minor, receipt.totals.payable_minor) == (0, payable)
    assert busy_shop.till.receipt_text(sale.id)
