"""Whether fees on the order count in the thresholds of order rules."""

import pytest

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.explain.hints import hints
from cashwrap.promotions.files.read import parse_rules
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.recheck.proof import recheck_proof

RULES = """
policy.fees_count = {count}

[[rules]]
id = "spend"
layer = "order"
range = {range}
benefit = {{ kind = "spend", steps = [{{ at_minor = {at}, off = {{ amount_minor = 100 }} }}] }}
"""


@pytest.mark.parametrize(
    ("count", "goods", "at", "payable"),
    [
        ("false", "{}", 1_000, 800),
        ("true", "{}", 1_000, 700),
        ("true", "{}", 1_100, 700),
        ("true", "{}", 1_101, 800),
        ("true", '{ skus = ["A"] }', 1_000, 800),  # a threshold on some goods is on these alone
    ],
)
def test_fees_count_in_thresholds_on_all_goods(
    count: str, goods: str, at: int, payable: int
) -> None:
    """Fees of 3.00 bring goods of 8.00 over a threshold of 10.00 where the policy says so."""
    rules = parse_rules(RULES.format(count=count, range=goods, at=at))
    fees = (("delivery", 250), ("packing", 50))
    basket = PromotionEngine(rules).basket(Occasion(0, 0, fees=fees))
    basket.put(BasketLine(1, Goods("A"), 800, 1, 800))
    solved = basket.solve()
    assert solved.payable_minor == payable
    proof = solved.proof()
    assert recheck_proof(proof, rules) == []
    if payable == 700:
        assert proof.applied[0].uses[0].base_minor == 1_100


def test_what_is_missing_is_less_by_the_fees() -> None:
    """What the customer has to add to reach a threshold is measured with the fees too."""
    rules = parse_rules(RULES.format(count="true", range="{}", at=1_500))
    basket = PromotionEngine(rules).basket(Occasion(0, 0, fees=(("delivery", 300),)))
    basket.put(BasketLine(1, Goods("A"), 800, 1, 800))
    (rejected,) = basket.solve().proof().rejected
    assert (rejected.reason, rejected.short_minor) == ("short", 400)
    assert [(hint.add_minor, hint.gain_minor) for hint in hints(basket)] == [(400, 100)]
