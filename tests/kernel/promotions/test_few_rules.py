"""A search that ends at its budget still gives a good plan, and says what it does not know."""

from msgspec.structs import replace

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import (
    Group,
    Off,
    Policy,
    Rule,
    RuleSet,
    SetPrice,
    Spend,
    Step,
    Tier,
    Tiers,
)

BUDGET = 2000
OCCASION = Occasion(1_796_011_200_000, 1_796_011_200_000)
LINES = [
    BasketLine(number, Goods(f"S{number}"), price, 1, price)
    for number, price in enumerate(range(990, 990 + 12 * 137, 137), 1)
]
TIERS = Rule(
    id="tiers",
    layer="order",
    benefit=Spend(steps=(Step(at_minor=10_000, off=Off(amount_minor=1000)),)),
)


def deals(count: int) -> RuleSet:
    """Deals of several sizes on everything, which all want the same units."""
    half, free = Off(percent_ppm=500_000), Off(percent_ppm=1_000_000)
    each: list[Group | SetPrice | Tiers] = []
    for n in range(2, 2 + count // 4):
        tier = Tier(from_count=n, off=Off(percent_ppm=40_000 * n))
        price = SetPrice(count=n, off=Off(price_minor=n * 1400 - 900))
        each += [Group(every=n, off=half), Group(every=n + 1, off=free), price]
        each.append(Tiers(tiers=(tier,)))
    rules = [Rule(id=f"deal{n}", layer="item", benefit=benefit) for n, benefit in enumerate(each)]
    return RuleSet(policy=Policy(node_budget=BUDGET), rules=(*rules, TIERS))


def priced(rules: RuleSet) -> tuple[int, bool, int, int]:
    basket = PromotionEngine(rules).basket(OCCASION)
    for line in LINES:
        basket.put(line)
    certificate = basket.solve().certificate
    return (
        basket.solve().payable_minor,
        certificate.proved,
        certificate.gap_minor,
        certificate.nodes,
    )


def test_the_answer_is_never_worse_than_any_single_rule_alone() -> None:
    """What is left to pay is at most what the best of the item rules by itself leaves."""
    rules = deals(20)
    payable, proved, gap, _ = priced(rules)
    assert not proved
    assert 0 < gap <= payable
    for rule in rules.rules[:-1]:
        alone, _, _, _ = priced(replace(rules, rules=(rule, TIERS)))
        assert payable <= alone, rule.id


def test_the_steps_of_all_searches_are_counted_and_the_same_each_time() -> None:
    """The budget bounds the search; those of a few rules take a share of it each."""
    first = priced(deals(20))
    assert first == priced(deals(20))
    assert BUDGET <= first[3] <= 6 * BUDGET


def test_a_search_that_ends_by_itself_is_left_as_it_is() -> None:
    """A proved plan needs no other."""
    payable, proved, gap, nodes = priced(deals(4))
    assert proved
    assert gap == 0
    assert nodes < BUDGET
    assert payable < sum(line.unit_minor for line in LINES)
