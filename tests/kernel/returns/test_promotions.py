"""Discounts, coupons and points of goods that come back, on a till: each goes back once."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from cashwrap.promotions.events import RulesReleased
from cashwrap.promotions.returns.decide import GiftMissing
from cashwrap.promotions.rules import (
    Coupon,
    Each,
    EarnPoints,
    NextCoupon,
    Off,
    Policy,
    Range,
    Returns,
    Rule,
    RuleSet,
    Spend,
    Step,
)
from cashwrap.sale.errors import CouponRefused
from cashwrap.sale.returning.events import GoodsReturned
from cashwrap.testing.shop import Shop

DOCS = Path(__file__).parents[3] / "docs" / "promotions.md"
CAKE = Range(skus=("CAKE",))


def examples() -> list[dict[str, object]]:
    """The worked examples of the page on returns."""
    text = DOCS.read_text(encoding="utf-8").partition("\n## Returns\n")[2].partition("\n## ")[0]
    return [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.S)]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["rules"][0]["id"])
def test_the_worked_examples_of_the_page(tmp_path: Path, example: dict[str, object]) -> None:
    """Lessons 19, 37, 38, 39: by the policy of each rule, what the page says to the cent."""
    lines: list[list[object]] = example["lines"]  # type: ignore[assignment]
    items = [
        {"type": "item", "sku": sku, "name": sku, "price": f"{price / 100:.2f}"}  # type: ignore[operator]
        for _, sku, price, _ in lines
    ]
    shop = Shop(tmp_path / "shop", items=items)
    shop.till.publish_rules(msgspec.json.encode({"format": 1, "rules": example["rules"]}).decode())
    sale = shop.till.new_sale()
    for _, sku, _, units in lines:
        sale.add(sku, units)  # type: ignore[arg-type]
    sale.pay_cash(sale.due_minor)
    refunds = []
    for step in example["back"]:  # type: ignore[attr-defined]
        back = shop.till.new_sale()
        asked = [(line, units) for line, units in step]
        try:
            refunds.append(back.take_back(1, asked).refund_minor)
        except GiftMissing:
            refunds.append(back.take_back(1, asked, charge_gifts=True).refund_minor)
        back.refund()
    assert refunds == example["refunds"]
    shop.till.close()


def returned(shop: Shop, *lines: tuple[int, int]) -> GoodsReturned:
    """One return of receipt 1, and what the journal says of it."""
    back = shop.till.new_sale()
    back.take_back(1, list(lines) or None)
    back.refund()
    bodies = [record.body() for record in shop.till.store.records()]
    return [body for body in bodies if isinstance(body, GoodsReturned)][-1]


@pytest.mark.parametrize("how", ["restore", "reissue", "void"])
def test_a_used_coupon_goes_back_as_its_rule_says(shop: Shop, how: str) -> None:
    """The same code is good again, or a new one is printed, or neither; each at the last unit."""
    rule = Rule(
        id="five",
        layer="item",
        range=CAKE,
        coupon=Coupon(),
        benefit=Each(off=Off(amount_minor=500)),
        returns=Returns(coupon=how),  # type: ignore[arg-type]
    )
    shop.till.publish_rules(RuleSet(rules=(rule,)))
    sale = shop.till.new_sale()
    sale.add("CAKE")
    sale.add_coupon("PAPER-1", rule="five")
    sale.pay_cash(1700)
    event = returned(shop)
    assert event.answer.refund_minor == 1700
    again = shop.till.new_sale()
    again.add("CAKE")
    if how == "restore":
        again.add_coupon("PAPER-1")
        assert again.due_minor == 1700
        return
    with pytest.raises(CouponRefused, match="used before"):
        again.add_coupon("PAPER-1")
    paper = shop.till.receipt(event.sale)
    codes = paper.returned[0].coupons
    assert len(codes) == (how == "reissue")
    for code in codes:
        assert code in shop.till.receipt_text(event.sale)
        again.add_coupon(code)
        assert again.due_minor == 1700


@pytest.mark.req("R96")
def test_a_coupon_for_next_time_is_void_once_its_goods_are_back(shop: Shop) -> None:
    """Unused it counts no more; one that was spent stays spent."""
    rules = (
        Rule(id="next", layer="order", benefit=NextCoupon(coupon="five")),
        Rule(
            id="five",
            layer="item",
            range=CAKE,
            coupon=Coupon(),
            benefit=Each(off=Off(amount_minor=500)),
        ),
    )
    shop.till.publish_rules(RuleSet(rules=rules))
    sale = shop.till.new_sale()
    sale.add("CAKE")
    sale.pay_cash(2200)
    savings = shop.till.receipt(sale.id).savings
    assert savings is not None
    (code,) = savings.rewards[0].codes
    returned(shop)
    other = shop.till.new_sale()
    other.add("CAKE")
    with pytest.raises(CouponRefused, match="came back"):
        other.add_coupon(code)


def test_points_go_back_once_with_the_goods(shop: Shop) -> None:
    """Lessons 14, 15: earning is taken back by the money it was earned on, never twice."""
    rules = (
        Rule(id="points", layer="order", benefit=EarnPoints(times_ppm=2_000_000)),
        Rule(
            id="ten",
            layer="order",
            benefit=Spend(steps=(Step(at_minor=4_000, off=Off(amount_minor=400)),)),
        ),
    )
    shop.till.publish_rules(RuleSet(rules=rules))
    sale = shop.till.new_sale()
    sale.add("CAKE", 2)
    sale.set_customer(member="M1")
    sale.pay_cash(4000)
    first, last = returned(shop, (1, 1)), returned(shop, (1, 1))
    assert [e.answer.earned[0].base_minor for e in (first, last)] == [2000, 2000]
    assert [(e.member, e.whole) for e in (first, last)] == [("M1", False), ("M1", True)]
    released = [
        r.body() for r in shop.till.store.records() if r.envelope.kind == RulesReleased.kind
    ]
    assert len(released) == 1


def test_a_meal_whose_parts_the_rules_saw_comes_back_by_its_line(shop: Shop) -> None:
    """The clerk names the meal; each part brings back what was left of it after its discount."""
    rule = Rule(id="cake", layer="item", range=CAKE, benefit=Each(off=Off(percent_ppm=500_000)))
    shop.till.publish_rules(RuleSet(policy=Policy(meal_is_one_unit=False), rules=(rule,)))
    sale = shop.till.new_sale()
    sale.add("SET", 2, choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    paid = sale.due_minor
    assert paid < 2 * 2800
    sale.pay_cash(paid)
    first, last = returned(shop, (1, 1)), returned(shop, (1, 1))
    assert len(first.goods) == 2
    assert first.answer.refund_minor + last.answer.refund_minor == paid
