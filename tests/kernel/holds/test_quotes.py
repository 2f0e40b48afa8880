"""Prices of a sale that waited: kept to the cent, or priced anew with every difference named."""

from collections.abc import Callable, Mapping

import msgspec
import pytest
from builders.promotions import FIVE, HALF, OVER_30, rule_set
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cashwrap.promotions.rules import Each, Limits, Off, Range, Rule, RuleSet, Window
from cashwrap.sale.holds.model import LineChange
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import ITEMS, Shop

OpenShop = Callable[..., Shop]
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
KEEP, REPRICE = '\n[suspend]\nquote = "keep"\n', '\n[suspend]\nquote = "reprice"\n'
CHEAP_COLA = Rule(
    id="cheap",
    layer="price",
    range=Range(skus=("COLA",)),
    benefit=Each(off=Off(price_minor=300)),
)


def dearer(*gone: str, **prices: str) -> list[Mapping[str, object]]:
    """The shop's goods with other prices, some of them no longer there."""
    return [
        {**item, "price": prices[str(item["sku"])]}
        if item["type"] == "item" and item["sku"] in prices
        else item
        for item in ITEMS
        if item.get("sku") not in gone
    ]


def basket(shop: Shop) -> Sale:
    sale = shop.till.new_sale(register="R1", staff="ana")
    sale.add("COLA", 2)
    sale.add("BUN")
    return sale


def paid(sale: Sale) -> int:
    sale.pay_cash(sale.due_minor)
    assert sale.state == "completed"
    return sale.totals.payable_minor


@pytest.mark.req("R26")
def test_a_promotion_that_expired_while_the_sale_waited_still_counts(shop: Shop) -> None:
    """Within the quote's minutes: the rules under which it began, although they are gone."""
    shop.till.publish_rules(rule_set(CHEAP_COLA))
    sale = basket(shop)
    proof = sale.proof()
    parked = sale.suspend()
    shop.till.publish_rules(RuleSet())
    shop.load(dearer(COLA="5.00"))
    shop.clock.pass_ms(29 * MINUTE_MS)
    back = shop.till.holds.resume(parked)
    assert back.changes.nothing
    assert not back.changes.repriced
    assert (back.sale.totals.payable_minor, back.sale.proof()) == (1500, proof)
    back.sale.add("CAKE")
    back.sale.add("COLA")  # at today's price, under the rules of the sale
    assert paid(back.sale) == 1500 + 2200 + 300


@pytest.mark.req("R26")
def test_a_rule_that_looks_at_the_clock_sees_it_stand_still(shop: Shop) -> None:
    """A quote that holds is not spoiled by a promotion that ends by the hour."""
    until = (Window(until="2026-03-01T10:10"),)
    ends = msgspec.structs.replace(CHEAP_COLA, windows=until, judged="now")
    shop.till.publish_rules(rule_set(ends))
    sale = basket(shop)
    assert sale.totals.payable_minor == 1500
    parked = sale.suspend()
    shop.clock.pass_ms(20 * MINUTE_MS)
    back = shop.till.holds.resume(parked).sale
    assert back.totals.payable_minor == 1500
    assert paid(back) == 1500


@pytest.mark.req("R26")
def test_after_the_quotes_minutes_it_is_priced_anew_and_the_difference_is_shown(
    shop: Shop,
) -> None:
    """Per line and in sum, before and after; promotions too."""
    shop.till.publish_rules(rule_set(CHEAP_COLA))
    parked = basket(shop).suspend()
    shop.till.publish_rules(rule_set(OVER_30))
    shop.load(dearer(COLA="5.00"))
    shop.clock.pass_ms(31 * MINUTE_MS)
    back = shop.till.holds.resume(parked)
    changes = back.changes
    assert changes.repriced
    assert (changes.before_minor, changes.after_minor) == (1500, back.sale.totals.payable_minor)
    assert changes.difference_minor == changes.after_minor - 1500
    before = {line.line: line.before_minor for line in changes.lines}
    assert before[1] == 600
    assert sum(line.after_minor - line.before_minor for line in changes.lines) == (
        changes.difference_minor
    )
    assert ("cheap", 100, 0) in [(r.rule, r.before_minor, r.after_minor) for r in changes.rules]
    assert paid(back.sale) == changes.after_minor


@pytest.mark.req("R26")
@pytest.mark.parametrize("minutes", [0, 10, 60 * 24 * 30])
def test_a_shop_may_keep_quotes_for_ever(open_shop: OpenShop, minutes: int) -> None:
    """However long it waited."""
    shop = open_shop(KEEP)
    parked = basket(shop).suspend()
    shop.load(dearer(COLA="5.00"))
    shop.clock.pass_ms(minutes * MINUTE_MS)
    back = shop.till.holds.resume(parked)
    assert back.changes.nothing
    assert back.sale.totals.payable_minor == 1600


@pytest.mark.req("R26")
def test_a_shop_may_price_anew_at_every_resume(open_shop: OpenShop) -> None:
    """At once, and again."""
    shop = open_shop(REPRICE)
    parked = basket(shop).suspend()
    shop.load(dearer(COLA="5.00"))
    back = shop.till.holds.resume(parked)
    assert back.changes.lines == (LineChange(1, "COLA", "可口可乐 330ml", 700, 1000),)
    parked = back.sale.suspend()
    shop.load(dearer(BUN="9.50"))
    changes = shop.till.holds.resume(parked).changes
    assert [(each.line, each.after_minor) for each in changes.lines] == [(1, 700), (2, 950)]
    assert (changes.before_minor, changes.after_minor) == (1900, 1650)


def test_the_minute_at_which_a_quote_ends_still_holds(shop: Shop) -> None:
    """Not a millisecond longer."""
    first, second = basket(shop).suspend(), basket(shop).suspend()
    shop.load(dearer(COLA="5.00"))
    shop.clock.wall_ms = first.at_ms + 30 * MINUTE_MS - 3
    assert not shop.till.holds.resume(first).changes.repriced
    shop.clock.wall_ms = second.at_ms + 30 * MINUTE_MS + 1
    assert shop.till.holds.resume(second).changes.repriced


@pytest.mark.parametrize("years", [-10, -1])
def test_a_clock_that_went_backward_keeps_the_quote(shop: Shop, years: int) -> None:
    """A flat battery does not cost the customer anything; a day later it is priced anew."""
    parked = basket(shop).suspend()
    shop.load(dearer(COLA="5.00"))
    shop.clock.jump(years * 365 * DAY_MS)
    back = shop.till.holds.resume(parked)
    assert (back.changes.nothing, back.sale.totals.payable_minor) == (True, 1600)
    back.sale.add("BUN")
    back.sale.pay_cash(10_000)


def test_prices_and_discounts_by_hand_stay(open_shop: OpenShop) -> None:
    """The cashier's word stands, at whatever today's shelf says."""
    shop = open_shop(REPRICE)
    sale = basket(shop)
    sale.override_price(1, 320, "临期")
    sale.discount(percent_ppm=500_000, lines=[2], reason="掉地上")
    assert sale.totals.payable_minor == 640 + 450
    parked = sale.suspend()
    shop.load(dearer(COLA="5.00", BUN="10.00"))
    back = shop.till.holds.resume(parked)
    assert back.sale.totals.payable_minor == 640 + 500
    assert back.sale.lines[0].goods.unit_minor == 500


def test_what_is_no_longer_sold_stays_at_its_old_price_and_is_named(open_shop: OpenShop) -> None:
    """Also when its tax code is gone; the sale can be paid."""
    shop = open_shop(REPRICE)
    sale = basket(shop)
    sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    parked = sale.suspend()
    shop.load([item for item in dearer("COLA", BUN="10.00") if item.get("choice") != "CAKE"])
    back = shop.till.holds.resume(parked)
    assert [(each.line, each.sku) for each in back.changes.unsellable] == [(1, "COLA"), (3, "SET")]
    assert all(each.why for each in back.changes.unsellable)
    assert back.sale.totals.payable_minor == 700 + 1000 + 2800
    assert paid(back.sale) == 4500


def test_a_set_meal_is_priced_anew_with_its_parts(open_shop: OpenShop) -> None:
    """Its own price, and what a choice costs on top, under the numbers its parts have."""
    shop = open_shop(REPRICE)
    sale = shop.till.new_sale()
    sale.add("SET", 2, choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    assert sale.totals.payable_minor == 5600
    parked = sale.suspend()
    dear = [{**one, "upcharge": "4.00"} if one.get("upcharge") else one for one in ITEMS]
    shop.load([{**one, "price": "26.00"} if one.get("sku") == "SET" and "price" in one else one
               for one in dear])  # fmt: skip
    back = shop.till.holds.resume(parked)
    assert back.sale.totals.payable_minor == 2 * (2600 + 400)
    assert [line.number for line in back.sale.lines] == [1, 2, 3]
    assert paid(back.sale) == 6000


def test_taxes_of_today_count_after_the_quote(open_shop: OpenShop) -> None:
    """A rate that changed while it waited; a quote that holds keeps the old one."""
    shop = open_shop()
    first, second = basket(shop).suspend(), basket(shop).suspend()
    path = shop.folder / "settings.toml"
    text = path.read_text(encoding="utf-8").replace("rate_ppm = 130000", "rate_ppm = 90000")
    path.write_text(text, encoding="utf-8")
    shop.reopen()
    kept = shop.till.holds.resume(first).sale
    assert {tax.rate_ppm for tax in kept.priced().taxes} == {130_000}
    shop.clock.pass_ms(DAY_MS)
    anew = shop.till.holds.resume(second).sale
    assert {tax.rate_ppm for tax in anew.priced().taxes} == {90_000}
    assert shop.crash().sale(anew.id).priced() == anew.priced()


# What other sales used up meanwhile


def test_a_limit_that_others_used_up_is_named_and_the_rest_of_the_quote_holds(
    shop: Shop,
) -> None:
    """Limited promotions are free while a sale waits, and asked anew."""
    limited = msgspec.structs.replace(CHEAP_COLA, layer="item", limits=Limits(total_uses=2))
    shop.till.publish_rules(rule_set(limited, HALF))
    parked = basket(shop).suspend()
    before = parked.total_minor
    other = shop.till.new_sale()
    other.add("COLA", 2)
    other.pay_cash(other.due_minor)
    back = shop.till.holds.resume(parked)
    assert not back.changes.repriced
    assert [each.rule for each in back.changes.rules] == ["cheap"]
    assert back.changes.after_minor == before + 100
    assert paid(back.sale) == before + 100


def test_a_coupon_that_was_used_meanwhile_is_gone_and_named(shop: Shop) -> None:
    """It was free while the sale waited; the rest of the quote holds."""
    shop.till.publish_rules(rule_set(FIVE, CHEAP_COLA))
    sale = basket(shop)
    sale.add_coupon("C5-0001", rule="C5")
    assert sale.totals.payable_minor == 1000
    parked = sale.suspend()
    other = basket(shop)
    other.add_coupon("C5-0001", rule="C5")
    first = shop.till.holds.resume(parked)
    assert [each.coupon for each in first.changes.coupons] == ["C5-0001"]
    assert "another open sale" in first.changes.coupons[0].why
    assert (first.changes.before_minor, first.changes.after_minor) == (1000, 1500)
    paid(other)
    assert paid(first.sale) == 1500


def test_a_coupon_of_no_promotion_of_today_is_gone_after_the_quote(shop: Shop) -> None:
    """While the quote holds it counts, although its promotion is over."""
    shop.till.publish_rules(rule_set(FIVE, CHEAP_COLA))
    held = []
    for code in ("C5-0001", "C5-0002"):
        sale = basket(shop)
        sale.add_coupon(code, rule="C5")
        held.append(sale.suspend())
    shop.till.publish_rules(rule_set(CHEAP_COLA))
    kept = shop.till.holds.resume(held[0])
    assert kept.changes.nothing
    assert paid(kept.sale) == 1000
    shop.clock.pass_ms(31 * MINUTE_MS)
    anew = shop.till.holds.resume(held[1])
    assert [each.why for each in anew.changes.coupons] == ["is of no promotion of today"]
    assert paid(anew.sale) == 1500


def test_goods_that_come_back_wait_with_the_sale(shop: Shop) -> None:
    """An exchange is suspended like any cart; what comes back is worth what it was."""
    first = basket(shop)
    paid(first)
    number = shop.till.takings().sales
    exchange = shop.till.new_sale(register="R1", staff="ana")
    exchange.take_back(number, [(1, 1)], reason="其他", staff="ana")
    exchange.add("CAKE")
    parked = exchange.suspend()
    assert parked.total_minor == 2200 - 350
    shop.load(dearer(COLA="5.00", CAKE="23.00"))
    shop.clock.pass_ms(31 * MINUTE_MS)
    back = shop.till.holds.resume(parked)
    assert (back.changes.before_minor, back.changes.after_minor) == (1850, 1950)
    back.sale.pay_cash(1950)
    assert back.sale.state == "completed"


def test_stock_that_others_took_is_named(open_shop: OpenShop) -> None:
    """Where the shop sells no more than it has; every SKU that is short."""
    shop = open_shop('\n[stock]\nnegative = "refuse"\n')
    for sku in ("COLA", "BUN", "CAKE"):
        shop.receive(sku, 2000, 100)
    sale = basket(shop)
    sale.add("CAKE")
    parked = sale.suspend()
    other = shop.till.new_sale()
    other.add("COLA", 1)
    other.add("CAKE", 2)
    other.pay_cash(100_000)
    assert shop.till.available("BUN") == 2000  # a sale that waits holds nothing
    back = shop.till.holds.resume(parked)
    assert back.changes.short == ("COLA", "CAKE")
    back.sale.set_quantity(1, 1)
    back.sale.void_line(3)
    paid(back.sale)


# Against chance

ON_A_TILL = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
STEPS = st.lists(
    st.sampled_from(("cola", "bun", "set", "more", "void", "price", "off", "undo", "wait")),
    max_size=12,
)


@ON_A_TILL
@given(steps=STEPS, keeps=st.booleans())
def test_however_often_it_waits_a_sale_is_what_it_would_have_been(
    shop: Shop, steps: list[str], keeps: bool
) -> None:
    """Suspended and resumed at any step, the same steps give the same lines and the same price."""
    shop.till.publish_rules(rule_set(CHEAP_COLA, HALF))
    plain, waits = shop.till.new_sale(), shop.till.new_sale()
    for step in ["cola", *steps]:
        if step == "wait" and waits.lines:
            parked = waits.suspend()
            shop.clock.pass_ms(MINUTE_MS if keeps else 40 * MINUTE_MS)
            back = shop.till.holds.resume(parked)
            assert back.changes.nothing
            waits = back.sale
        elif step not in ("undo", "wait") or type(waits.history[-1]).__name__ != "Resumed":
            results = [taken(sale, step) for sale in (plain, waits)]
            assert results[0] == results[1] or step == "undo"
            if step == "undo" and results[0] != results[1]:
                plain.cancel()
                waits.cancel()
                return
    assert plain.lines == waits.lines
    assert plain.priced().lines == waits.priced().lines
    assert plain.totals == waits.totals
    if plain.lines:
        assert paid(plain) == paid(waits)
    assert shop.till.store.verify().projections == ()


def taken(sale: Sale, step: str) -> str:
    """Take a step; return the code of the refusal, if it was refused."""
    from cashwrap.errors import CashwrapError

    newest = max((line.number for line in sale.lines if not line.parent), default=0)
    try:
        if step == "cola":
            sale.add("COLA")
        elif step == "bun":
            sale.add("BUN")
        elif step == "set":
            sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
        elif step == "more":
            sale.set_quantity(newest, 3)
        elif step == "void" and len(sale.lines) > 1:
            sale.void_line(newest)
        elif step == "price":
            sale.override_price(newest, 280, "x")
        elif step == "off":
            sale.discount(amount_minor=50, lines=[newest], reason="x")
        elif step == "undo":
            sale.undo()
    except CashwrapError as refused:
        return refused.code
    return ""
