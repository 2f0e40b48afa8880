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
    """Return what prices lines by an engine on an occasion."""

    def reprice(lines: Sequence[BasketLine]) -> Sequence[AppliedRule]:
        basket = engine.basket(occasion)
        for line in lines:
            basket.put(line)
        return basket.solve().applied

    return reprice
