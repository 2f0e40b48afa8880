"""The three references, which share no search, agree with each other."""

import random

import pytest
from reference import promotions, promotions_plans, promotions_search
from reference.integer_program import dense_world, payable
from reference.promotions_worlds import world


@pytest.mark.parametrize("seed", range(3))
def test_the_search_finds_what_every_plan_shows(seed: int) -> None:
    """Of two searches that share what rules mean, the one that looks at all plans is right."""
    dice = random.Random(seed)
    searched = 0
    for _ in range(200):
        given = world(dice, 6, wild=0.3)
        if promotions_search.can_search(promotions_plans.open_cart(*given, {})):
            searched += 1
            assert promotions_search.best(*given).key == promotions.best(*given).key
    assert searched > 50


def test_the_integer_program_finds_what_every_plan_shows() -> None:
    """The integer program has a meaning of rules of its own: walks, counts and thresholds."""
    dice = random.Random(11)
    for _ in range(60):
        given = dense_world(dice, dice.randint(4, 7))
        assert payable(given) == promotions.best(*given).payable_minor


def test_the_integer_program_finds_what_the_search_finds() -> None:
    """The same for carts of 9 and 10 units."""
    dice = random.Random(12)
    for units in (9, 9, 10, 10):
        given = dense_world(dice, units)
        assert payable(given) == promotions_search.best(*given).payable_minor
