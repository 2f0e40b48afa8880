"""Lists of rules: in which order they are settled."""

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import Choice, Limits, Off, Rule, RuleSet, Spend, Step


def test_a_list_has_the_priority_of_its_best_rule_even_when_that_is_exclusive() -> None:
    """The order list is settled before the list g, because r0 in it has priority 1."""

    def spend(at_minor: int, off: Off, cap_minor: int | None = None) -> Spend:
        return Spend(steps=(Step(at_minor=at_minor, off=off),), at_most_minor=cap_minor)

    ten_percent = spend(1110, Off(percent_ppm=100_000))
    rules = (
        Rule(id="r0", layer="order", benefit=ten_percent, priority=1, exclusive="if_better"),
        Rule(id="r1", layer="order", benefit=spend(924, Off(amount_minor=136))),
        Rule(
            id="r2",
            layer="order",
            benefit=spend(740, Off(percent_ppm=333_333)),
            group="g",
            excludes=("*",),
            limits=Limits(order_minor=278),
        ),
        Rule(id="r3", layer="order", benefit=spend(924, Off(price_minor=97), 332)),
    )
    lists = {"order": Choice(mode="list"), "g": Choice(mode="list", per="unit")}
    basket = PromotionEngine(RuleSet(groups=lists, rules=rules)).basket(Occasion(0, 0))
    basket.put(BasketLine(1, Goods("D"), 333, 1, 333))
    basket.put(BasketLine(2, Goods("F"), 777, 1, 777))
    assert [row[0] for row in basket.solve().cells] == ["r3"]
    assert basket.solve().payable_minor == 778
