"""Where rules conflict and the search is cut, the answer is what a plain till gives or better."""

import pytest
from msgspec.structs import replace

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import Off, Policy, Range, Rule, RuleSet, SetPrice, Spend, Step

BUDGET = 2000
OCCASION = Occasion(1_796_011_200_000, 1_796_011_200_000)
LINES = [
    BasketLine(number, Goods(f"S{number}"), 1000 + 170 * number, 2, 1000 + 170 * number)
    for number in range(12)
]
TIERS = Rule(
    id="tiers",
    layer="order",
    benefit=Spend(steps=(Step(at_minor=10_000, off=Off(amount_minor=1000)),)),
)


def pairs(tagged: bool) -> RuleSet:
    """Two of some goods for less, each goods in many rules; neighbours exclude each other."""
    rules = []
    for n in range(36):
        goods = Range(skus=tuple(f"S{(n * step + n // 12) % 12}" for step in (1, 2, 3, 5)))
        benefit = SetPrice(count=2 + n % 2, off=Off(amount_minor=100 + 37 * n % 400))
        rule = Rule(id=f"deal{n:02d}", layer="item", range=goods, benefit=benefit)
        if tagged:
            rule = replace(rule, tags=(f"t{n}",), excludes=(f"t{(n + 1) % 36}",))
        rules.append(rule)
    return RuleSet(policy=Policy(node_budget=BUDGET), rules=(*rules, TIERS))


def priced(rules: RuleSet) -> tuple[int, bool, int]:
    basket = PromotionEngine(rules).basket(OCCASION)
    for line in LINES:
        basket.put(line)
    said = basket.solve().certificate
    return said.payable_minor, said.proved, said.nodes


def saving_minor(rule: Rule) -> int:
    """What one use of a set takes off."""
    assert isinstance(rule.benefit, SetPrice)
    return rule.benefit.off.amount_minor or 0


@pytest.mark.parametrize("tagged", [False, True])
def test_the_answer_is_not_worse_than_one_set_after_the_other(tagged: bool) -> None:
    """Rules are taken in the order of what they save, each once; the plan found leaves less."""
    rules = pairs(tagged)
    payable, proved, _ = priced(rules)
    assert not proved
    left, saved = {line.goods.sku: line.units for line in LINES}, 0
    tags, excluded = set[str](), set[str]()
    for rule in sorted(rules.rules[:-1], key=saving_minor, reverse=True):
        assert isinstance(rule.benefit, SetPrice)
        free = [sku for sku in rule.range.skus for _ in range(left[sku])]
        goes = excluded.isdisjoint(rule.tags) and tags.isdisjoint(rule.excludes)
        if goes and len(free) >= rule.benefit.count:
            for sku in free[: rule.benefit.count]:
                left[sku] -= 1
            tags |= {*rule.tags}
            excluded |= {*rule.excludes}
            saved += saving_minor(rule)
    total = sum(line.unit_minor * line.units for line in LINES)
    assert payable <= total - saved - 1000


def test_conflicts_do_not_multiply_the_steps() -> None:
    """However many sets of rules go together, the searches share one budget."""
    _, _, nodes = priced(pairs(tagged=True))
    assert nodes <= 6 * BUDGET
