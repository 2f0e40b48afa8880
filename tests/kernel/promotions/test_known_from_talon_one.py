"""The ways in which Talon.One evaluates groups of campaigns, as rules.

https://docs.talon.one/docs/product/applications/managing-campaign-evaluation
"""

from builders.carts import goods, of, priced, rule_set

from cashwrap.promotions.rules import Choice, Each, Off, Rule, Spend, Step

CART = [goods("SHOE", 8_000), goods("SOCK", 2_000)]


def campaign(id: str, percent_ppm: int, group: str, priority: int = 0) -> Rule:
    step = Step(at_minor=1, off=Off(percent_ppm=percent_ppm))
    benefit = Spend(steps=(step,))
    return Rule(id=id, layer="order", benefit=benefit, group=group, priority=priority)


def saved(mode: str, *rules: Rule, **policy: object) -> dict[str, int]:
    groups = {"base": Choice(mode=mode)}  # type: ignore[arg-type]
    return priced(rule_set(rules, groups, **policy), CART).saved


TEN, TWENTY = campaign("ten", 100_000, "base", 2), campaign("twenty", 200_000, "base", 1)


def test_stackable_campaigns_all_apply_in_order() -> None:
    """10 % of 100, then 20 % of 90."""
    assert saved("all", TEN, TWENTY) == {"ten": 1_000, "twenty": 1_800}


def test_in_list_order_the_first_that_gives_something_applies() -> None:
    """The first campaign of the list ends it, though the second would give more."""
    assert saved("list", TEN, TWENTY) == {"ten": 1_000}


def test_the_highest_discount_of_a_group_applies() -> None:
    """Only the campaign that gives most."""
    assert saved("best", TEN, TWENTY) == {"twenty": 2_000}


def test_the_lowest_discount_is_a_list_from_the_smallest_on() -> None:
    """Who wants the lowest orders the list so: ours has no mode that is worse on purpose."""
    assert saved("list", TEN, TWENTY) == {"ten": 1_000}


def test_groups_inside_groups() -> None:
    """The better of two season campaigns stacks with a voucher group beside it."""
    rules = [
        campaign("summer", 100_000, "season"),
        campaign("winter", 50_000, "season"),
        campaign("voucher", 100_000, "codes"),
    ]
    groups = {
        "base": Choice(mode="all"),
        "season": Choice(mode="best", inside="base"),
        "codes": Choice(mode="list", inside="base"),
    }
    answer = priced(rule_set(rules, groups), CART)
    assert answer.saved == {"summer": 1_000, "voucher": 900}


def on_items(shoes_minor: int) -> list[Rule]:
    shoes = Each(off=Off(amount_minor=shoes_minor))
    return [
        Rule(id="shoes", layer="item", benefit=shoes, range=of("SHOE")),
        Rule(id="all", layer="item", benefit=Each(off=Off(percent_ppm=50_000))),
    ]


def test_a_group_may_choose_for_each_item() -> None:
    """Evaluated per item, each unit has the better of two campaigns on items."""
    assert priced(on_items(500), CART).saved == {"shoes": 500, "all": 100}


def test_evaluated_for_the_session_one_campaign_has_the_whole_cart() -> None:
    """The same two where only one may apply to the session."""
    one = rule_set(on_items(450), {"item": Choice(mode="best")})
    assert priced(one, CART).saved == {"all": 500}
