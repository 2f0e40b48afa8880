"""Any split of a sale, in any order, over any number of returns, brings back what was paid."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cashwrap.pricing.model import Fee
from cashwrap.promotions.returns.decide import GiftMissing
from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.testing.promotion_rules import SKUS
from cashwrap.testing.promotions import Case, cases
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

PRICES = {"A": "2.00", "B": "2.00", "C": "3.00", "D": "9.99", "E": "10.00", "F": "10.01"}
ITEMS = [
    *[
        {"type": "item", "sku": sku, "name": f"{sku}货", "price": PRICES[sku], "tax": tax}
        for sku, tax in zip(SKUS, ("vat13", "vat9", "", "vat13", "gst", "vat6"), strict=True)
    ],
    {
        "type": "item",
        "sku": "W",
        "name": "散装",
        "price": "12.80",
        "measure": "weight",
        "unit": "kg",
    },
    {"type": "item", "sku": "NEW", "name": "换的", "price": "4.50", "tax": "vat6"},
    {"type": "item", "sku": "MEAL", "name": "套餐", "price": "14.99", "tax": "vat6"},
    {"type": "slot", "sku": "MEAL", "slot": "主", "choice": "D"},
    {"type": "slot", "sku": "MEAL", "slot": "副", "choice": "A"},
]
SETTINGS = """
store = "S001"
till = "T1"

[[taxes]]
code = ""
name = "none"
by_order_type = {"" = []}

[[taxes]]
code = "vat13"
name = "vat13"
by_order_type = {"" = [{code = "vat13", name = "VAT", rate_ppm = 130000}]}

[[taxes]]
code = "vat9"
name = "vat9"
by_order_type = {"" = [{code = "vat9", name = "VAT", rate_ppm = 90000}]}

[[taxes]]
code = "vat6"
name = "vat6"
by_order_type = {"" = [{code = "vat6", name = "VAT", rate_ppm = 60000}]}

[[taxes]]
code = "gst"
name = "gst"
by_order_type = {"" = [{code = "gst", name = "GST", rate_ppm = 70000, included = false}]}
"""
ON_A_TILL = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a till is slow to shrink with
    suppress_health_check=list(HealthCheck),
    deadline=None,
)


@pytest.fixture(params=["", '[price.cash_rounding]\nincrement_minor = 10\nmode = "down"\n'])
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A shop that asks for cents, and one that lets the last cents of a total go (抹零)."""
    made = Shop(
        tmp_path / "shop",
        settings=SETTINGS + request.param,
        items=ITEMS,
        drivers={"card": FakeTerminal()},
    )
    for sku in SKUS:
        made.receive(sku, 100_000, 77_77)
    yield made
    made.till.close()


def sold(shop: Shop, case: Case, data: st.DataObject, mark: str) -> SaleCompleted:
    """A random sale: promotions, weighed goods, a meal, fees, a price and a discount by hand."""
    sale = shop.till.new_sale()
    for line in case.lines:
        sale.add(line.goods.sku, line.units)
    sale.set_customer(member="M1", points=case.occasion.points)
    for coupon in case.occasion.coupons:
        sale.add_coupon(coupon.code + mark, rule=coupon.rule)
    sale.use_points(case.occasion.points_wanted)
    if data.draw(st.booleans()):
        sale.add("W", f"0.{data.draw(st.integers(1, 999)):03d}")
    if data.draw(st.booleans()):
        count = data.draw(st.integers(1, 3))
        sale.add("MEAL", count, choices={"主": ["D"], "副": ["A"]})
    if data.draw(st.booleans()):
        sale.charge(Fee("bag", "袋", "fixed", 30, tax="vat13"))
    if data.draw(st.booleans()):
        sale.discount(amount_minor=data.draw(st.integers(1, 300)), reason="凑整")
    if data.draw(st.booleans()):
        sale.override_price(sale.lines[0].number, data.draw(st.integers(0, 2000)), "标错")
    pay(sale, data)
    body = shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    return body


def pay(sale: Sale, data: st.DataObject) -> None:
    due = sale.due_minor
    part = data.draw(st.integers(0, due)) if due > 0 else 0
    if part:
        sale.payments.ask("card", part)
    if sale.state != "completed":
        sale.pay_cash(sale.due_minor) if sale.due_minor else sale.payments.finish()


def left(shop: Shop, of_sale: str) -> dict[int, int]:
    original = shop.till.original(of_sale)
    rest = dict(original.sold.quantities)
    for back in (back for answer in original.earlier for back in answer.back):
        rest[back.line] -= back.quantity_milli
    return {line: milli for line, milli in rest.items() if milli}


def some_of(rest: dict[int, int], weighed: set[int], data: st.DataObject) -> list[tuple[int, str]]:
    """Some goods of what is left: whole pieces, any part of what was weighed, fees."""
    lines = data.draw(st.lists(st.sampled_from(sorted(rest)), min_size=1, unique=True))
    asked = []
    for line in lines:
        if line < 0:
            asked.append((line, "1"))
            continue
        step = 1 if line in weighed else 1000
        milli = step * data.draw(st.integers(1, max(1, rest[line] // step)))
        asked.append((line, f"{milli // 1000}.{milli % 1000:03d}"))
    return asked


@pytest.mark.req("R15")
@ON_A_TILL
@given(case=cases(units=6, rules=4), data=st.data())
def test_any_split_in_any_order_brings_back_what_was_paid(
    shop: Shop, case: Case, data: st.DataObject
) -> None:
    """Lessons 14, 19, 38, 39: money, taxes, discounts, stock and points all come out even."""
    shop.till.publish_rules(case.rules)
    before = {sku: stock_of(shop, sku) for sku in SKUS}
    day = shop.till.takings()
    sale = sold(shop, case, data, f"-{shop.till.store.head.seq}")
    refunds, swapped = 0, [0, 0, 0]
    while rest := left(shop, sale.sale):
        if data.draw(st.integers(0, 2)) == 0:
            refunds += money_off(shop, sale, rest, data)
        done = give_back(shop, sale, rest, data)
        refunds += done.returns[0].refund_minor
        new = done.priced.totals  # of an exchange
        for position, minor in enumerate((new.payable_minor, new.tax_minor, new.discount_minor)):
            swapped[position] += minor
        if data.draw(st.integers(0, 3)) == 0:
            shop.crash()
    assert refunds == sale.payable_minor
    after = shop.till.takings()
    assert [
        after.payable_minor - day.payable_minor,
        after.tax_minor - day.tax_minor,
        after.discount_minor - day.discount_minor,
    ] == swapped
    assert after.cost_minor == day.cost_minor
    assert {sku: stock_of(shop, sku) for sku in SKUS} == before
    original = shop.till.original(sale.sale)
    proof = sale.priced.proof
    assert proof is not None
    spent = sum(u.times for a in proof.applied if a.layer == "points" for u in a.uses)
    assert sum(answer.points_restored for answer in original.earlier) == spent
    earned = {r.rule: r.base_minor for r in proof.rewards if r.kind == "points"}
    for rule, base in earned.items():
        back = [e for answer in original.earlier for e in answer.earned if e.rule == rule]
        assert sum(e.base_minor for e in back) == base


def give_back(
    shop: Shop, sale: SaleCompleted, rest: dict[int, int], data: st.DataObject
) -> SaleCompleted:
    """One return of some of it, or an exchange, over a crash before its money or not."""
    weighed = {line.line for line in sale.lines if line.sku == "W"}
    back = shop.till.new_sale()
    asked = some_of(rest, weighed, data)
    try:
        edit = back.take_back(sale.number, asked)
    except GiftMissing:
        edit = back.take_back(sale.number, asked, charge_gifts=True)
    assert edit.refund_minor >= 0
    if data.draw(st.integers(0, 2)) == 0:
        back.add("NEW", data.draw(st.integers(1, 3)))
    if data.draw(st.integers(0, 3)) == 0:
        back = shop.crash().sale(back.id)
    if back.due_minor > 0:
        back.pay_cash(back.due_minor)
    while back.state != "completed":  # what one tender could not give, cash does
        back.refund("cash" if back.payments.all else "")
    done = shop.till.record_of(back.id).body()
    assert isinstance(done, SaleCompleted)
    assert done.type == ("exchange" if done.lines else "return")
    paid = sum(taking.amount_minor for taking in done.takings) - done.cash_rounding_minor
    assert paid == done.payable_minor == back.totals.payable_minor - edit.refund_minor
    return done


def money_off(shop: Shop, sale: SaleCompleted, rest: dict[int, int], data: st.DataObject) -> int:
    """Some money off a line whose goods stay, as price protection gives; return how much."""
    paid = {line.line: line.payable_minor for line in sale.priced.lines}
    line = data.draw(st.sampled_from(sorted(rest)))
    minor = data.draw(st.integers(1, max(1, paid.get(line, 1))))
    back = shop.till.new_sale()
    try:
        edit = back.adjust(sale.number, [(line, minor)])
    except ReturnRefused:  # a fee, or more than is left
        back.cancel()
        return 0
    assert 0 <= edit.refund_minor <= minor + 1
    assert not edit.moves
    while back.state != "completed":
        back.refund("cash" if back.payments.all else "")
    return edit.refund_minor


def stock_of(shop: Shop, sku: str) -> int:
    return shop.till.ask_stock(lambda stock: stock.on_hand(sku, "store:S001"))
