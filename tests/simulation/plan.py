"""A plan: which acts a seed makes, each with dice of its own, so that any may be left out."""

from __future__ import annotations

import random

import msgspec

STEPS = 160


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One act and the seed of everything that it chooses."""

    act: str
    seed: int


def plan(seed: int, weights: dict[str, int], steps: int = STEPS) -> list[Step]:
    """Return the acts of a seed. Each has a day with its own habits: some acts are left out."""
    dice = random.Random(seed)
    habits = {act: weight * dice.choice((0, 1, 1, 2)) for act, weight in weights.items()}
    for always in ("ring", "pay_cash"):
        habits[always] = weights[always]
    acts = dice.choices(list(habits), list(habits.values()), k=steps)
    return [Step(act, dice.randrange(1 << 60)) for act in acts]
