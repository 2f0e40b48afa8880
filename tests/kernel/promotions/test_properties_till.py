"""What must hold of the best price on a whole till: restarts, and two tills with equal data."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from builders.promoted import list_total
from hypothesis import HealthCheck, Phase, given, settings

from cashwrap.promotions.recheck.proof import recheck_promotions
from cashwrap.promotions.rules import RuleSet
from cashwrap.sale.sale import Sale
from cashwrap.testing.promotion_rules import SKUS
from cashwrap.testing.promotions import OPENED_MS, Case, cases
from cashwrap.testing.shop import Shop

PRICES = {"A": "2.00", "B": "2.00", "C": "3.00", "D": "9.99", "E": "10.00", "F": "10.01"}
ITEMS = [{"type": "item", "sku": sku, "name": f"{sku}货", "price": PRICES[sku]} for sku in SKUS]
ON_A_TILL = settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a till is slow to shrink with
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", items=ITEMS)
    yield made
    made.till.close()


def rung_up(shop: Shop, case: Case, mark: str = "") -> Sale:
    """The case's goods at the shop's prices, for a member who has coupons and spends points."""
    sale = shop.till.new_sale()
    for line in case.lines:
        sale.add(line.goods.sku, line.units)
    occasion = case.occasion
    sale.set_customer(member="M1", points=occasion.points)
    for coupon in occasion.coupons:
        sale.add_coupon(coupon.code + mark, rule=coupon.rule, expires_ms=OPENED_MS * 2)
    sale.use_points(occasion.points_wanted)
    return sale


@ON_A_TILL
@given(case=cases(units=6, rules=4))
def test_a_parked_sale_comes_back_with_the_same_proof(shop: Shop, case: Case) -> None:
    """Property 8: suspended while another is rung up, over a crash and a restart: byte for byte."""
    shop.till.publish_rules(case.rules)
    sale = rung_up(shop, case)
    before = msgspec.msgpack.encode((sale.proof(), sale.priced()))
    parked = sale.suspend("接电话")
    rung_up(shop, case, "-other").cancel("试算")
    shop.till.publish_rules(RuleSet())
    shop.crash()
    back = shop.till.holds.resume(parked)
    assert back.changes.nothing
    assert msgspec.msgpack.encode((back.sale.proof(), back.sale.priced())) == before
    shop.reopen()
    last = shop.till.sale(parked.sale)
    assert msgspec.msgpack.encode((last.proof(), last.priced())) == before
    last.cancel("完")


@pytest.mark.req("R22")
def test_two_tills_with_equal_data_give_the_same_proof(tmp_path: Path) -> None:
    """Property 9: rules as a struct or as the JSON that came over the line, rung up or resumed."""
    shops = [Shop(tmp_path / name, items=ITEMS) for name in ("online", "offline")]

    @ON_A_TILL
    @given(case=cases(units=6, rules=4))
    def same(case: Case) -> None:
        online, offline = shops
        online.till.publish_rules(case.rules)
        offline.till.publish_rules(msgspec.json.encode(case.rules).decode())
        one, other = (rung_up(shop, case) for shop in shops)
        other = offline.crash().sale(other.id)
        assert told(one) == told(other)
        for sale in (one, other):
            sale.cancel("完")

    same()
    for shop in shops:
        shop.till.close()


def told(sale: Sale) -> tuple[object, ...]:
    """The proof, but for the moment at which the sale was opened."""
    proof = sale.proof()
    assert proof is not None
    assert proof.occasion is not None
    then = msgspec.structs.replace(proof.occasion, opened_ms=0, now_ms=0)
    return msgspec.structs.replace(proof, occasion=then), sale.priced().allocations


@ON_A_TILL
@given(case=cases(units=6, rules=4))
def test_the_till_charges_what_the_proof_says(shop: Shop, case: Case) -> None:
    """Properties 5 and 10 on a sale: the matrix is the proof's, and nothing is below nothing."""
    shop.till.publish_rules(case.rules)
    sale = rung_up(shop, case)
    proof = sale.proof()
    assert proof is not None
    assert recheck_promotions(sale.priced(), case.rules, proof) == []
    saving = sum(each.saving_minor for each in proof.applied)
    assert sale.totals.payable_minor == list_total(proof.lines) - saving >= 0
    sale.cancel("完")
