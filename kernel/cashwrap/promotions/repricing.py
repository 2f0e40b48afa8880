"""Pricing other goods under the rules and the occasion of a sale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cashwrap.promotions.model import AppliedRule, BasketLine, Occasion

if TYPE_CHECKING:
    from cashwrap.promotions.engine import PromotionEngine

Reprice = Callable[[Sequence[BasketLine]], Sequence[AppliedRule]]
"""Price lines under the rules and the occasion of a sale; return the rules that apply."""


def repricer(engine: PromotionEngine, occasion: Occasion) -> Reprice:
    """Return what prices lines by an engine on an occasion.

    It keeps its basket from one call to the next: carts that differ in a line cost a line.
    """
    basket = engine.basket(occasion)
    there: dict[int, BasketLine] = {}

    def reprice(lines: Sequence[BasketLine]) -> Sequence[AppliedRule]:
        wanted = {line.line: line for line in lines}
        for number in there.keys() - wanted.keys():
            basket.drop(number)
            del there[number]
        for number, line in wanted.items():
            if there.get(number) != line:
                basket.put(line)
                there[number] = line
        return basket.solve().applied

    return reprice
