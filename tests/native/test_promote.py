"""The doors of the promotion search: what they refuse, before anything has changed."""

import pytest

from cashwrap_native.promote import Sheet
from cashwrap_native.promote_rules import FAMILIES, LIMIT, Match, Rules

EACH = {
    "flags": 0, "layer": 1, "family": FAMILIES.index("each"), "turn": 0, "group": -1, "slots": 1,
    "which": 0, "takes": 2, "per": 0, "rounding": 0, "odd": 0, "measured": 0, "of_list": False,
    "marginal": False, "partial": False, "again": False, "above": False, "coupon": False,
    "with_fees": False, "every": 1, "get": 1, "times": 0, "at_most": 0, "sku_uses": 0, "face": 0,
    "points": 1, "worth": 1, "at_most_ppm": 0, "sizes": (1,), "off": (0, 100_000), "steps": (),
    "needs": (),
}  # fmt: skip


def sheet(rules: Rules) -> Sheet:
    return Sheet(
        rules, floor_minor=0, final_overrides=True, compound=False, weighed_in_groups=False
    )


def put(to: Sheet, line: int, unit: int, units: int = 1, match: Match | None = None) -> None:
    of = match or Match(b"A", b"", 0, [(0, 1)])
    to.put(line, of, unit, units, unit, 0, False, 1000, False, 1_000_000)


def one_rule() -> Rules:
    rules = Rules(1)
    rules.define(0, **EACH)
    return rules


def solve(on: Sheet):
    choice = on.choice()
    assert choice.search(None, [], [], {}, (), None, 10_000)
    return choice


def test_a_tenth_comes_off_each_unit():
    """A rule that was judged to count takes what it says; its cells add up to the saving."""
    on = sheet(one_rule())
    on.judge(0, True, None, None, ())
    put(on, 7, 1000, 3)
    choice = solve(on)
    assert choice.payable == 2700
    assert choice.cells([("tenth", "item")]) == (("tenth", "item", ((7, 300),)),)
    assert choice.proved


def test_a_rule_that_was_not_judged_does_not_count():
    """Nothing counts on an occasion until it is said to."""
    on = sheet(one_rule())
    put(on, 1, 1000)
    assert solve(on).payable == 1000
    on.judge(0, True, None, None, ())
    on.forget(0, 0)
    assert solve(on).payable == 1000


@pytest.mark.parametrize("rank", [-1, 1])
def test_ranks_are_those_of_the_set(rank):
    """A rule that the set does not have is refused."""
    with pytest.raises(IndexError):
        Rules(1).define(rank, **EACH)
    with pytest.raises(IndexError):
        sheet(Rules(1)).judge(rank, True, None, None, ())


def test_more_slots_than_there_is_room_for_are_refused():
    """A rule has at most eight slots."""
    with pytest.raises(ValueError, match="at most 8 slots"):
        Rules(1).define(0, **(EACH | {"sizes": (1,) * 9}))


@pytest.mark.parametrize(
    ("unit", "units", "error"),
    [
        (-1, 1, ValueError),
        (1, -1, ValueError),
        (LIMIT, 2, OverflowError),
        (2**63, 1, OverflowError),
    ],
)
def test_what_does_not_fit_on_a_line_is_refused_and_changes_nothing(unit, units, error):
    """Amounts are not negative and not above the limit, with which no product overflows."""
    on = sheet(one_rule())
    put(on, 1, 500)
    with pytest.raises(error):
        put(on, 1, unit, units)
    assert solve(on).payable == 500


def test_a_cart_beyond_the_limit_is_refused_as_a_whole():
    """Each line may fit, and the cart not."""
    on = sheet(one_rule())
    put(on, 1, LIMIT)
    assert solve(on).payable == LIMIT
    put(on, 2, 1)
    with pytest.raises(OverflowError, match="the cart"):
        on.choice()
    assert on.drop(2)
    assert not on.drop(2)
    assert solve(on).payable == LIMIT


def test_a_choice_stays_as_it_was_made():
    """Later edits of the sheet do not reach a choice that was made before."""
    on = sheet(one_rule())
    on.judge(0, True, None, None, ())
    put(on, 1, 1000)
    before = solve(on)
    put(on, 1, 9000)
    on.drop(1)
    assert before.payable == 900
    assert before.cells([("tenth", "item")]) == (("tenth", "item", ((1, 100),)),)
