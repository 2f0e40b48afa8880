"""Worked examples of Voucherify's documentation, as rules."""

from builders.carts import goods, of, priced, rule_set

from cashwrap.promotions.rules import Choice, Each, Off, Rule, Spend, Step

BOTH = {"order": Choice(mode="all")}


def percent(id: str, ppm: int, at_minor: int = 1, priority: int = 0, above: bool = False) -> Rule:
    step = Step(at_minor=at_minor, off=Off(percent_ppm=ppm))
    benefit = Spend(steps=(step,), above=above)
    return Rule(id=id, layer="order", benefit=benefit, priority=priority)


def test_ten_percent_first_spoils_the_threshold_of_the_other() -> None:
    """105: with 10 % first 94.50 is left, below 100, and theirs ends there.

    Ours looks for the least price, so under the same order it leaves the 10 % out and takes the
    20 % off 105; under strict priority it does what theirs does.
    https://docs.voucherify.io/orchestrate/using-stacking-rules-and-categories
    """
    two = [percent("ten", 100_000, priority=1), percent("twenty", 200_000, 10_000, above=True)]
    cart = [goods("X", 10_500)]
    assert priced(rule_set(two, BOTH, choose="priority"), cart).payable_minor == 9_450
    answer = priced(rule_set(two, BOTH), cart)
    assert (answer.payable_minor, answer.saved) == (8_400, {"twenty": 2_100})


def test_twenty_percent_first_lets_both_apply() -> None:
    """105 less 20 % is 84, less 10 % of that 75.60.

    https://docs.voucherify.io/orchestrate/using-stacking-rules-and-categories
    """
    two = [percent("ten", 100_000), percent("twenty", 200_000, 10_000, priority=1, above=True)]
    assert priced(rule_set(two, BOTH), [goods("X", 10_500)]).payable_minor == 7_560


def test_percentages_of_the_initial_amount_add_up() -> None:
    """Based on the initial amount 20 % and 10 % of 105 are 31.50 together.

    https://docs.voucherify.io/orchestrate/stacking-rules
    """
    two = [percent("ten", 100_000), percent("twenty", 200_000, 10_000, priority=1, above=True)]
    both = rule_set(two, BOTH, percent_of="list")
    assert priced(both, [goods("X", 10_500)]).payable_minor == 10_500 - 3_150


def test_a_code_for_some_products_leaves_the_others_alone() -> None:
    """10 % off two products of three: 2 x 58.00 and 890.00, but not 230.00.

    https://docs.voucherify.io/docs/stacking
    """
    rule = Rule(
        id="code", layer="item", benefit=Each(off=Off(percent_ppm=100_000)), range=of("B", "C")
    )
    cart = [goods("A", 23_000), goods("B", 5_800, 2), goods("C", 89_000)]
    answer = priced([rule], cart)
    assert answer.by_line == {2: 1_160, 3: 8_900}
    assert answer.payable_minor == 23_000 + 10_440 + 80_100
