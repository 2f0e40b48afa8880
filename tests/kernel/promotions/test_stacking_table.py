"""How rules of other systems go together, said with ours: a test for each row of rules.md."""

import pytest
from builders.carts import goods, of, priced, rule_set
from msgspec.structs import replace

from cashwrap.promotions.rules import Choice, Each, Off, Policy, Rule, RuleSet, Spend, Step

CART = [goods("A", 6_000), goods("B", 4_000)]
ALL = {"order": Choice(mode="all")}


def order(id: str, amount_minor: int, **fields: object) -> Rule:
    benefit = Spend(steps=(Step(at_minor=1, off=Off(amount_minor=amount_minor)),))
    return Rule(id=id, layer="order", benefit=benefit, **fields)  # type: ignore[arg-type]


def percent(id: str, ppm: int, **fields: object) -> Rule:
    benefit = Spend(steps=(Step(at_minor=1, off=Off(percent_ppm=ppm)),))
    return Rule(id=id, layer="order", benefit=benefit, **fields)  # type: ignore[arg-type]


def saved(
    rules: list[Rule],
    groups: dict[str, Choice] | None = None,
    policy: Policy | None = None,
    **occasion: object,
) -> dict[str, int]:
    made = RuleSet(rules=tuple(rules), groups=groups or {}, policy=policy or Policy())
    return priced(made, CART, **occasion).saved


def test_a_tree_of_groups_by_list_or_best_and_all_of_them_together() -> None:
    """Talon.One, Salesforce, commercetools: the better of one group, the first of another."""
    rules = [
        order("a1", 100, group="a"),
        order("a2", 300, group="a"),
        order("b1", 50, group="b", priority=2),
        order("b2", 900, group="b", priority=1),
    ]
    tree = {
        "top": Choice(mode="all"),
        "a": Choice(mode="best", inside="top"),
        "b": Choice(mode="list", inside="top"),
    }
    assert saved(rules, tree) == {"a2": 300, "b1": 50}


def test_a_choice_for_each_unit_or_for_the_order() -> None:
    """Talon.One: rules on different goods both count per unit, and only one of them per order."""
    rules = [order("a", 500, range=of("A"), group="g"), order("b", 300, range=of("B"), group="g")]
    assert saved(rules, {"g": Choice(mode="best", per="unit")}) == {"a": 500, "b": 300}
    assert saved(rules, {"g": Choice(mode="best")}) == {"a": 500}


def test_a_fixed_order_and_an_end_after_one() -> None:
    """commercetools, 银豹, ERPNext: by priority, and nothing after the one that says so."""
    rules = [
        order("first", 100, priority=3),
        order("last", 200, priority=2, stop_after=True),
        order("never", 5_000, priority=1),
    ]
    assert saved(rules, ALL, Policy(choose="priority")) == {"first": 100, "last": 200}


def test_never_commonly_and_always_stackable() -> None:
    """Voucherify: never goes alone, of the common ones the best, always joins those."""
    common = {"common": Choice(mode="best"), "always": Choice(mode="all")}
    rules = [
        order("never", 400, exclusive="if_better"),
        order("common1", 200, group="common"),
        order("common2", 300, group="common"),
        order("always", 150, group="always"),
    ]
    assert saved(rules, common) == {"common2": 300, "always": 150}
    dear = replace(rules[0], benefit=order("", 1_000).benefit)
    assert saved([dear, *rules[1:]], common) == {"never": 1_000}


@pytest.mark.parametrize(
    ("product_allows", "order_allows", "expected"),
    [
        (True, True, {"product": 600, "order": 500}),
        (True, False, {"product": 600}),
        (False, True, {"product": 600}),
    ],
)
def test_two_rules_combine_only_if_both_allow_it(
    product_allows: bool, order_allows: bool, expected: dict[str, int]
) -> None:
    """Shopify: a class that a rule does not combine with is a tag that it excludes."""
    product = Rule(
        id="product", layer="item", benefit=Each(off=Off(amount_minor=600)), range=of("A"),
        tags=("product-class",), excludes=() if product_allows else ("order-class",),
    )  # fmt: skip
    whole = order(
        "order", 500, tags=("order-class",), excludes=() if order_allows else ("product-class",)
    )
    assert saved([product, whole]) == expected


def test_named_promotions_that_exclude_each_other() -> None:
    """Oracle, IBM: said on one of the two, it holds both ways; others are not touched."""
    rules = [
        order("student", 300, tags=("student",)),
        order("staff", 400, tags=("staff",), excludes=("student",)),
        order("spring", 100),
    ]
    assert saved(rules, ALL) == {"staff": 400, "spring": 100}


def test_best_price_or_compounded_within_and_across_priorities() -> None:
    """Dynamics 365: within a priority the best one, across priorities one on top of the other."""
    rules = [
        percent("p9a", 100_000, priority=9, group="nine"),
        percent("p9b", 150_000, priority=9, group="nine"),
        percent("p5a", 200_000, priority=5, group="five"),
        percent("p5b", 50_000, priority=5, group="five"),
    ]
    within = {"nine": Choice(mode="best"), "five": Choice(mode="best")}
    assert saved(rules, within) == {"p9b": 1_500, "p5a": 1_700}
    compounded = [replace(rule, group="") for rule in rules[:2]]
    assert saved(compounded, ALL) == {"p9a": 1_000, "p9b": 1_350}
    assert saved(compounded) == {"p9b": 1_500}  # best price across both


def test_special_prices_compete_or_compound() -> None:
    """Dynamics 365, on prices: the lowest of two, or one on top of the other."""
    rules = [
        Rule(id="a", layer="price", benefit=Each(off=Off(percent_ppm=100_000)), range=of("A")),
        Rule(id="b", layer="price", benefit=Each(off=Off(percent_ppm=200_000)), range=of("A")),
    ]
    assert saved(rules) == {"b": 1_200}
    assert saved(rules, policy=Policy(special_prices="compound")) == {"a": 600, "b": 1_080}


def test_an_exclusive_offer_wins_only_if_it_beats_all_the_rest_together() -> None:
    """IBM: two rules that save 700 together beat an exclusive 650, and lose to 750."""
    rest = [order("a", 300), order("b", 400)]
    assert saved([*rest, order("alone", 650, exclusive="if_better")], ALL) == {"a": 300, "b": 400}
    assert saved([*rest, order("alone", 750, exclusive="if_better")], ALL) == {"alone": 750}


def test_an_offer_that_is_always_exclusive_wins_though_it_gives_less() -> None:
    """IBM's other kind: where it gives anything nothing else does."""
    rest = [order("a", 300), order("b", 400)]
    assert saved([*rest, order("alone", 50, exclusive="always")], ALL) == {"alone": 50}


def test_the_cashier_ticks_which_promotions_run() -> None:
    """银豹: an offer that must be chosen, and one that was unticked for this order."""
    rules = [order("usual", 300), order("asked", 200, opt_in=True)]
    assert saved(rules, ALL) == {"usual": 300}
    assert saved(rules, ALL, chosen=("asked",)) == {"usual": 300, "asked": 200}
    assert saved(rules, ALL, chosen=("asked",), refused=("usual",)) == {"asked": 200}


def test_by_default_layers_join_and_the_best_of_an_order_layer_counts() -> None:
    """Nothing said: items and one order rule and one coupon, each the best."""
    item = Rule(id="item", layer="item", benefit=Each(off=Off(amount_minor=100)), range=of("A"))
    answer = priced(rule_set([item, order("a", 300), order("b", 400)]), CART)
    assert answer.saved == {"item": 100, "b": 400}
