"""Gifts with spend (满赠): chosen, out of stock, given back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.money import Currency
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.repricing import repricer
from cashwrap.promotions.returns.decide import GiftMissing, decide_return
from cashwrap.promotions.returns.model import Back, Sold
from cashwrap.promotions.rules import RuleSet
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop
from cashwrap_plugins.promotions.gifts import to_choose
from cashwrap_plugins.promotions.presets import PRESETS

ITEMS = [
    {"type": "item", "sku": "COAT", "name": "外套", "price": "120.00", "stocked": "no"},
    {"type": "item", "sku": "SCARF", "name": "围巾", "price": "85.00", "stocked": "no"},
    {"type": "item", "sku": "MUG", "name": "马克杯", "price": "30.00"},
    {"type": "item", "sku": "TOWEL", "name": "毛巾", "price": "20.00"},
    {"type": "item", "sku": "UMBRELLA", "name": "雨伞", "price": "40.00"},
]


@pytest.fixture
def rules() -> RuleSet:
    """Spend 200, choose one of three."""
    make = next(preset.make for preset in PRESETS if preset.code == "gift")
    assert make is not None
    made = make({"spend": "200", "gifts": "MUG,TOWEL,UMBRELLA", "choose": "1"}, Currency())
    return RuleSet(rules=made)


@pytest.fixture
def shop(tmp_path: Path, rules: RuleSet) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", items=ITEMS)
    made.till.publish_rules(rules)
    for sku in ("MUG", "TOWEL", "UMBRELLA"):
        made.receive(sku, 1_000, 500)
    yield made
    made.till.close()


def coats(shop: Shop, count: int = 2) -> Sale:
    sale = shop.till.new_sale()
    sale.add("COAT", count)
    return sale


def offered(shop: Shop, sale: Sale) -> list[str]:
    return [gift.sku for choice in to_choose(shop.till, sale) for gift in choice.gifts]


@pytest.mark.req("R91")
def test_from_200_on_one_of_three_gifts_may_be_chosen(shop: Shop) -> None:
    """At 120 there is none; at 240 all three are shown, and the chosen one costs nothing."""
    sale = coats(shop, 1)
    assert offered(shop, sale) == []
    sale.set_quantity(sale.lines[0].number, 2)
    assert offered(shop, sale) == ["MUG", "TOWEL", "UMBRELLA"]
    sale.add("TOWEL")
    assert sale.totals.payable_minor == 24_000
    assert offered(shop, sale) == []


@pytest.mark.req("R91")
def test_a_gift_that_is_out_of_stock_gives_way_to_the_next(shop: Shop) -> None:
    """The last mug goes to one customer; the next is shown the towel first."""
    first = coats(shop)
    first.add("MUG")
    first.pay_cash(first.due_minor)
    assert offered(shop, coats(shop)) == ["TOWEL", "UMBRELLA"]


@pytest.mark.req("R91")
def test_what_lies_on_another_open_sale_is_not_there(shop: Shop) -> None:
    """A mug in somebody's basket is not offered again."""
    coats(shop).add("MUG")
    assert offered(shop, coats(shop)) == ["TOWEL", "UMBRELLA"]


@pytest.mark.req("R91")
def test_a_second_gift_is_paid_for_and_the_dearer_one_is_free(shop: Shop) -> None:
    """One gift: of two on the sale the customer keeps the better for nothing."""
    sale = coats(shop)
    sale.add("MUG")
    sale.add("UMBRELLA")
    assert sale.totals.payable_minor == 24_000 + 3_000


@pytest.mark.req("R91")
def test_the_gift_does_not_count_towards_its_own_threshold(shop: Shop) -> None:
    """120 and 85 are 205; 120 and a gift of 40 are not enough, whatever the gift costs."""
    sale = coats(shop, 1)
    sale.add("UMBRELLA")
    assert sale.totals.payable_minor == 16_000
    sale.add("SCARF")
    assert sale.totals.payable_minor == 20_500


@pytest.mark.req("R91")
def test_a_return_below_the_threshold_takes_the_gift_back_or_charges_it(
    shop: Shop, rules: RuleSet
) -> None:
    """One coat back leaves 120: the mug comes back with it, or its 30.00 stay with the shop."""
    sale = coats(shop)
    sale.add("MUG")
    sale.pay_cash(24_000)
    body = shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    proof = body.priced.proof
    assert proof is not None
    assert proof.occasion is not None
    quantities = tuple((line.line, line.quantity_milli) for line in body.lines)
    sold = Sold(body.sale, body.priced, quantities, proof, rules)
    reprice = repricer(PromotionEngine(rules), proof.occasion)
    coat, mug = Back(1, 1_000), Back(2, 1_000)
    with pytest.raises(GiftMissing, match="take back 1 of line 2 too, or charge them"):
        decide_return(sold, [coat], [], reprice)
    assert decide_return(sold, [coat, mug], [], reprice).refund_minor == 12_000
    charged = decide_return(sold, [coat], [], reprice, charge_gifts=True)
    assert charged.refund_minor == 12_000 - 3_000
