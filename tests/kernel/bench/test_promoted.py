"""The made-up promotions of the benches: the same in every run, sound, and judged rightly."""

from collections import Counter

import pytest
from reference.promotions import best

from cashwrap.bench.dense import OCCASION, dense_cart, dense_rules
from cashwrap.bench.every_plan import least_payable, payable
from cashwrap.bench.goods import categories_of, sku_of
from cashwrap.bench.promoted import Shoppers, shop_rules
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.files.read import checked_rules


@pytest.mark.parametrize(("units", "carts"), [(3, 20), (4, 20), (5, 12), (6, 8), (7, 3)])
def test_the_judge_of_dense_carts_agrees_with_the_reference(units: int, carts: int) -> None:
    """What the best of all permitted plans leaves to pay is the same in both."""
    rules = dense_rules()
    for seed in range(carts):
        lines = dense_cart(units, seed)
        assert least_payable(lines) == best(rules, lines, OCCASION).payable_minor, (units, seed)


def test_a_coupon_may_be_worth_more_than_a_tier_and_both_more_than_either() -> None:
    """15 off 150 counts on what the tiers leave: 165 less 10 is 155, less 15 is 140."""
    assert payable(16_500) == 14_000
    assert payable(15_900) == 15_900 - 1500  # after the tier the coupon would not be reached
    assert payable(16_500, both=False) == 15_000
    assert payable(9_900) == 9_900


def test_rule_sets_are_the_same_in_every_run_and_may_be_published() -> None:
    """A seed names a rule set; nothing in it is refused."""
    rules = shop_rules(1000)
    assert rules_hash(rules) == rules_hash(shop_rules(1000)) != rules_hash(shop_rules(1000, 2))
    assert checked_rules(rules) == rules
    assert checked_rules(dense_rules()) == dense_rules()


def test_a_hundred_rules_are_of_every_kind() -> None:
    """Each hundred has the same share of every kind, and all ids differ."""
    rules = shop_rules(200).rules
    layers = Counter(rule.layer for rule in rules)
    assert len({rule.id for rule in rules}) == 200
    assert layers == {"price": 100, "item": 94, "order": 4, "coupon": 2}


def test_deals_stand_in_one_category_of_the_shop() -> None:
    """The goods of a rule lie on one shelf, so that rules of a category overlap."""
    for rule in shop_rules(300).rules:
        numbers = [int(sku[3:]) for sku in rule.range.skus]
        assert len({categories_of(number) for number in numbers}) <= 1
        assert [sku_of(number) for number in numbers] == list(rule.range.skus)


def test_customers_bring_the_same_and_mostly_what_is_promoted() -> None:
    """Baskets come from a seed; about half of the lines are goods that a rule names."""
    rules = shop_rules(100)
    basket = Shoppers(rules).basket(400)
    assert basket == Shoppers(rules).basket(400)
    named = {sku for rule in rules.rules for sku in rule.range.skus}
    assert 160 < sum(line.goods.sku in named for line in basket) < 240
