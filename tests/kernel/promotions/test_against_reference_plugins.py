"""Rules of third parties are chosen jointly with all others, as the reference chooses them."""

import random
from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from reference.promotions import best
from reference.promotions_cells import cells
from reference.promotions_worlds import World, world

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Candidate, Occasion
from cashwrap.promotions.rules import Candidates, Range, Rule


class Pairs:
    """Any two different goods: a tenth off the dearer one, twice at most."""

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> Sequence[Candidate]:
        tenths = [(line.line, (line.unit_minor - line.least_minor) // 10) for line in lines]
        return [
            Candidate(units=((dear, 1, minor), (cheap, 1, 0)), times=2)
            for i, (dear, minor) in enumerate(tenths)
            for cheap, _ in tenths[i + 1 :]
            if minor > 0
        ]


class Triples:
    """Three of one kind: the third for next to nothing."""

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> Sequence[Candidate]:
        rooms = [(line, max(0, line.unit_minor - line.least_minor)) for line in lines]
        return [
            Candidate(units=((line.line, 3, room - 1),))
            for line, room in rooms
            if line.units >= 3 and room > 1
        ]


SOURCES = {"pairs": Pairs(), "triples": Triples()}


def with_plugins(dice: random.Random, given: World) -> World:
    """The world with one rule of each plugin more."""
    more = [
        Rule(id=f"p-{name}", layer="item", benefit=Candidates(plugin=name), range=wanted)
        for name, wanted in (("pairs", Range(skus=("A", "B", "C"))), ("triples", Range()))
    ]
    rules = (*given.rules.rules[:3], *more)
    return given._replace(rules=replace(given.rules, rules=tuple(dice.sample(rules, len(rules)))))


@pytest.mark.parametrize("seed", range(3))
def test_candidates_of_plugins_join_the_search(seed: int) -> None:
    """120 carts a seed: what is paid and every cell, with plugins that compete for units."""
    dice = random.Random(9_000 + seed)
    used = 0
    for _ in range(120):
        given = with_plugins(dice, world(dice, 6, wild=0.3))
        plan = best(*given, SOURCES)
        basket = PromotionEngine(given.rules, plugins=SOURCES).basket(given.occasion)
        for line in given.lines:
            basket.put(line)
        solution = basket.solve()
        assert (solution.payable_minor, solution.cells) == (plan.payable_minor, cells(plan))
        used += any(rule.startswith("p-") for rule in plan.served)
    assert used > 20
