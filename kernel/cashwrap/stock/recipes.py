"""What a sold line draws from stock: the item itself, or the leaves of its recipe.

Quantities multiply down a recipe without rounding; each component of a line is rounded once, half
up, to a thousandth. Waste is what the same rounding gives for the quantity with waste, less the
quantity without it, so the two always add up to what leaves the shelf.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

import msgspec

from cashwrap.catalog.model import RECIPE_DEPTH_MAX, Ingredient, Item
from cashwrap.errors import InvalidInput
from cashwrap.money import INT64_MAX, MILLI, PPM, div_round
from cashwrap.stock.errors import RecipeRefused, UnknownUnit
from cashwrap.stock.moves import check_quantity

ItemLookup = Callable[[str], Item | None]
"""Gives the catalog's item of a SKU; None draws the SKU as it stands."""

INGREDIENTS_MAX = 4096


class SoldGoods(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of goods that leaves: ``quantity_milli`` of ``unit`` ("" is the base unit).

    ``extras`` are the SKUs of chosen modifiers, one unit of each per base unit sold; one that is
    chosen twice stands twice. ``lot`` and ``expires`` name the batch in hand, if it is known.
    """

    line: int
    sku: str
    quantity_milli: int
    unit: str = ""
    lot: str = ""
    expires: int = 0
    extras: tuple[str, ...] = ()


class Need(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one line draws of one stocked SKU: to the customer, and lost on the way."""

    line: int
    sku: str
    quantity_milli: int
    waste_milli: int = 0
    lot: str = ""
    expires: int = 0


def base_quantity(item: Item | None, sku: str, quantity_milli: int, unit: str) -> int:
    """Return a quantity in the base unit. Raises UnknownUnit for a pack the item does not have.

    A part of a pack that is not a whole thousandth is refused with InvalidInput, never rounded.
    """
    if item is not None and unit == item.unit:
        return quantity_milli
    packs = () if item is None else item.packs
    pack = next((pack for pack in packs if pack.unit == unit), None)
    if pack is None:
        raise UnknownUnit(sku, unit)
    base_milli, rest = divmod(quantity_milli * pack.base_quantity_milli, MILLI)
    if rest:
        raise InvalidInput(f"{sku}: this part of a {unit} is not a whole thousandth of {sku}")
    return base_milli


def needs(goods: Sequence[SoldGoods], items: ItemLookup) -> list[Need]:
    """Return what the lines draw, in order of lines and recipes.

    Raises MoveRefused for a quantity not above zero, UnknownUnit, and RecipeRefused for a recipe
    that contains itself, nests deeper than 16 or has more than 4096 ingredients in all.
    """
    found: list[Need] = []
    for line in goods:
        quantity = line.quantity_milli
        if type(quantity) is not int or not 0 < quantity <= INT64_MAX:
            check_quantity(line.sku, quantity)
        item = items(line.sku)
        if line.unit:
            quantity = base_quantity(item, line.sku, quantity, line.unit)
        if item is None or (item.stocked and not item.recipe):
            found.append(Need(line.line, line.sku, quantity, 0, line.lot, line.expires))
            if not line.extras:
                continue
        elif item.recipe:
            found += _components(line.line, line.sku, quantity, items)
        for sku in line.extras:
            found += _components(line.line, sku, quantity, items)
    return found


def sellable(sku: str, items: ItemLookup, available: Callable[[str], int]) -> int:
    """Return how much of a SKU can be sold, thousandths: itself, or what its recipe can be made of.

    ``available`` is asked for stocked SKUs. What a recipe makes is whole units, the fewest that one
    of its ingredients is enough for; below zero where one is owed already.
    """
    item = items(sku)
    if item is None or not item.recipe:
        return available(sku)
    try:
        drawn = needs([SoldGoods(0, sku, MILLI)], items)
    except RecipeRefused:  # it draws the item itself then
        return available(sku)
    enough = [available(one.sku) // (one.quantity_milli + one.waste_milli) for one in drawn]
    return min(enough, default=0) * MILLI


def _components(line: int, sku: str, quantity_milli: int, items: ItemLookup) -> list[Need]:
    """Return the stocked leaves of one SKU, each once, in the order of the recipe."""
    walk = _Walk(items)
    walk.visit(sku, Fraction(quantity_milli), Fraction(quantity_milli), ())
    found = []
    for leaf, (net, total) in walk.leaves.items():
        net_milli, total_milli = _half_up(net), _half_up(total)
        if total_milli:
            found.append(Need(line, leaf, net_milli, total_milli - net_milli))
    return found


def _half_up(value: Fraction) -> int:
    return div_round(value.numerator, value.denominator, "half_up")


class _Walk:
    """One walk down a recipe: exact quantities (net, with waste) of each stocked leaf."""

    def __init__(self, items: ItemLookup) -> None:
        self.items = items
        self.leaves: dict[str, tuple[Fraction, Fraction]] = {}
        self.visited = 0

    def visit(self, sku: str, net: Fraction, total: Fraction, path: tuple[str, ...]) -> None:
        item = self.items(sku)
        if item is not None and item.recipe:
            path = self._step(sku, path)
            for part in item.recipe:
                self._ingredient(part, net, total, path)
        elif item is None or item.stocked:
            before = self.leaves.get(sku, (Fraction(0), Fraction(0)))
            self.leaves[sku] = (before[0] + net, before[1] + total)

    def _step(self, sku: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if sku in path:
            raise RecipeRefused((*path, sku), "draws from itself")
        if len(path) == RECIPE_DEPTH_MAX:
            raise RecipeRefused((*path, sku), f"is nested deeper than {RECIPE_DEPTH_MAX}")
        return (*path, sku)

    def _ingredient(
        self, part: Ingredient, net: Fraction, total: Fraction, path: tuple[str, ...]
    ) -> None:
        self.visited += 1
        if self.visited > INGREDIENTS_MAX:
            raise RecipeRefused(path, f"has more than {INGREDIENTS_MAX} ingredients")
        if part.quantity_milli < 0 or part.waste_ppm < 0:
            raise RecipeRefused((*path, part.sku), "has a quantity or waste below zero")
        share = Fraction(part.quantity_milli, MILLI)
        self.visit(part.sku, net * share, total * share * Fraction(PPM + part.waste_ppm, PPM), path)
