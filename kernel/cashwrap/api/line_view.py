"""The lines of a sale as pages and programs see them."""

import msgspec

from cashwrap.api.names import Names, name_of
from cashwrap.pricing.model import Allocation
from cashwrap.promotions.rules import Rule
from cashwrap.sale.cart import Line
from cashwrap.sale.edits import ChosenModifier
from cashwrap.sale.sale import Sale


class ModifierView(msgspec.Struct, frozen=True):
    """A modifier on a line; its price is in the line's."""

    code: str
    name: str
    price_minor: int


class LineRule(msgspec.Struct, frozen=True):
    """What one promotion or discount took off a line."""

    rule: str
    name: Names
    minor: int


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line. ``unit_minor`` is charged; ``parent`` is the set meal it is a part of, or 0.

    ``units`` are those that its goods may be sold by; [] where they cannot be changed.
    """

    number: int
    sku: str
    name: str
    family: str
    unit: str
    measure: str
    quantity_milli: int
    unit_minor: int
    list_unit_minor: int
    gross_minor: int
    discount_minor: int
    tax_minor: int
    payable_minor: int
    note: str
    seller: str
    entry: str
    parent: int
    slot: str
    lot: str
    expires: int
    modifiers: list[ModifierView]
    override_reason: str
    parts: list[int]
    rules: list[LineRule]
    units: list[str]


def line_views(sale: Sale, named: dict[str, Rule]) -> list[LineView]:
    """Return the lines of a sale, priced; ``named`` are its rules by id."""
    priced = sale.priced()
    prices = {one.line: one for one in priced.lines}
    off: dict[int, list[Allocation]] = {}
    for cell in priced.allocations:
        off.setdefault(cell.line, []).append(cell)
    rows = []
    for line in sale.lines:
        goods, price = line.goods, prices.get(line.number)
        rows.append(
            LineView(
                number=line.number,
                sku=goods.sku,
                name=goods.name,
                family=goods.family,
                unit=goods.unit,
                measure=goods.measure,
                quantity_milli=line.quantity_milli,
                unit_minor=line.unit_minor,
                list_unit_minor=goods.list_minor or goods.unit_minor,
                gross_minor=price.gross_minor if price else 0,
                discount_minor=price.discount_minor if price else 0,
                tax_minor=price.tax_minor if price else 0,
                payable_minor=price.payable_minor if price else 0,
                note=line.note,
                seller=line.seller,
                entry=line.entry,
                parent=line.parent,
                slot=line.slot,
                lot=goods.lot,
                expires=goods.expires,
                modifiers=[_modifier(one) for one in goods.modifiers],
                override_reason=line.override_reason,
                parts=list(line.parts),
                rules=_line_rules(line, off, named),
                units=_units(sale, line),
            )
        )
    return rows


def _line_rules(
    line: Line, off: dict[int, list[Allocation]], named: dict[str, Rule]
) -> list[LineRule]:
    cells = off.get(line.number, [])
    return [LineRule(one.rule, name_of(named, one.rule), one.minor) for one in cells]


def _units(sale: Sale, line: Line) -> list[str]:
    """Return the units to choose from: none for parts, labelled packs, and goods of one unit."""
    item = None
    if sale.state == "open" and not line.parent and line.goods.book != "code":
        item = sale.desk.catalog.find_sku(line.goods.sku)
    return [item.unit, *(pack.unit for pack in item.packs)] if item and item.packs else []


def _modifier(one: ChosenModifier) -> ModifierView:
    return ModifierView(one.code, one.name, one.price_minor)
