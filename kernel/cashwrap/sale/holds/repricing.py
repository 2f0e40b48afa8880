"""Today's goods for a sale whose quote has run out: prices, tax codes, names; quantities stay."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.catalog.errors import CatalogError
from cashwrap.sale import goods, margin
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import ChosenPart, Goods, RepricedLine
from cashwrap.sale.errors import NotForSale, PriceRefused, QuantityRefused
from cashwrap.sale.holds.model import Unsellable
from cashwrap.sale.line import Line

_NOT_TODAY = (CatalogError, NotForSale, PriceRefused, QuantityRefused)


class Today(NamedTuple):
    """The lines whose goods are others today, and those that could not be sold anew."""

    lines: tuple[RepricedLine, ...]
    unsellable: tuple[Unsellable, ...]


def todays(desk: Desk, cart: Cart, at_ms: int) -> Today:
    """Return what the lines of a cart are sold as now; what is not sold any more stays as it is."""
    lines: list[RepricedLine] = []
    unsellable: list[Unsellable] = []
    for line in cart.lines.values():
        if line.parent:
            continue
        try:
            found = list(_changed(cart, _today(desk, cart, line, at_ms)))
        except _NOT_TODAY as why:
            sold = line.goods
            unsellable.append(Unsellable(line.number, sold.sku, sold.name, str(why)))
            continue
        lines += found
    return Today(tuple(lines), tuple(unsellable))


def _changed(cart: Cart, found: list[RepricedLine]) -> Iterator[RepricedLine]:
    for each in found:
        line = cart.lines[each.line]
        if each.goods != line.goods or each.upcharge_minor != line.upcharge_minor:
            yield each


def _today(desk: Desk, cart: Cart, line: Line, at_ms: int) -> list[RepricedLine]:
    """Return a line, and the parts of a meal, as they are sold now. Raises what selling raises."""
    old, customer = line.goods, cart.header.customer
    item = desk.catalog.by_sku(old.sku)
    if old.book == "code":  # it costs what its label says
        if not item.sellable:
            raise NotForSale(f"{item.name} ({item.sku}): it is not sold by itself")
        return [RepricedLine(line.number, replace(old, tax=item.tax))]
    unit = "" if old.unit == item.unit else old.unit
    modifiers = [modifier.code for modifier in old.modifiers]
    new = goods.make(desk, item, at_ms, customer, unit, modifiers)
    if new.measure != old.measure:
        raise NotForSale(f"{item.name} is sold by {new.measure} now, the line by {old.measure}")
    new = replace(new, lot=old.lot, expires=old.expires, serial=old.serial)
    if not line.parts:
        return [RepricedLine(line.number, new)]
    choices = goods.choices_of(cart, line)
    parts = goods.meal_parts(desk, item, at_ms, customer, choices)
    new = margin.guarded_meal(desk, new, parts)
    return [RepricedLine(line.number, new), *_parts(cart, line, new, parts)]


def _parts(
    cart: Cart, line: Line, meal: Goods, parts: tuple[ChosenPart, ...]
) -> Iterator[RepricedLine]:
    """Yield the parts of a meal under the numbers that they have."""
    left = list(parts)
    if len(left) != len(line.parts):
        raise NotForSale(f"{meal.name} ({meal.sku}) is another meal today")
    for number in line.parts:
        part = cart.lines[number]
        same = next(p for p in left if (p.slot, p.goods.sku) == (part.slot, part.goods.sku))
        left.remove(same)
        yield RepricedLine(number, same.goods, same.upcharge_minor)
