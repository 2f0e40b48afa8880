"""The columns of each kind of record, the same in CSV and JSONL (docs/catalog.md#columns)."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from cashwrap.catalog import cells
from cashwrap.money import Currency

Value = str | int | bool | tuple[object, ...]
Row = dict[str, Value]
TextParser = Callable[[str], Value]
ListParser = Callable[[list[str]], Value]

FILES = {
    "items": "item",
    "packs": "pack",
    "slots": "slot",
    "modifiers": "modifier",
    "recipes": "ingredient",
    "books": "book",
    "prices": "price",
    "categories": "category",
    "groups": "group",
    "taxes": "tax",
    "removed": "remove",
}
"""File name without .csv -> the ``type`` of its records in JSONL."""

POSITION_MAX = 10**9
COUNT_MAX = 1000


class Column(msgspec.Struct, frozen=True):
    """One column: either ``one`` parses its text, or ``many`` its list."""

    name: str
    one: TextParser | None = None
    many: ListParser | None = None
    required: bool = False
    empty: Value = ""


def _text(name: str, parse: TextParser = cells.code, *, required: bool = False) -> Column:
    return Column(name, one=parse, required=required)


def _number(name: str, parse: TextParser, empty: Value = 0, *, required: bool = False) -> Column:
    return Column(name, one=parse, empty=empty, required=required)


def _list(name: str, parse: ListParser) -> Column:
    return Column(name, many=parse, empty=())


def columns(currency: Currency) -> Mapping[str, tuple[Column, ...]]:
    """Return the columns by type of record; amounts are read in this currency."""
    price = cells.money(currency)
    change = cells.money(currency, negative=True)
    count = cells.whole(0, COUNT_MAX)
    ppm = cells.whole(0, cells.PPM_MAX)
    name, code = cells.name, cells.code
    return {
        "item": (
            _text("sku", required=True),
            _text("name", name, required=True),
            _text("short_name", name),
            Column("unit", one=name, empty="each"),
            Column("measure", one=cells.one_of("count", "weight"), empty="count"),
            _text("tax"),
            _text("category"),
            _list("gtins", cells.many(cells.gtin)),
            _list("plus", cells.many(cells.plu)),
            _text("family"),
            _list("spec", cells.many(cells.pair)),
            _list("axes", cells.many(cells.axis)),
            _list("modifiers", cells.many(code)),
            _number("sellable", cells.flag, True),
            _number("stocked", cells.flag, True),
            _number("minimum", price),
            _list("tags", cells.many(name)),
            _number("price", price, ""),
        ),
        "pack": (
            _text("sku", required=True),
            _text("unit", name, required=True),
            _number("quantity", cells.quantity, required=True),
            _list("gtins", cells.many(cells.gtin)),
        ),
        "slot": (
            _text("sku", required=True),
            _text("slot", name, required=True),
            _text("choice", required=True),
            _number("upcharge", change),
            _number("at_least", count, 1),
            _number("at_most", count, 1),
        ),
        "modifier": (
            _text("group", required=True),
            _text("group_name", name),
            _text("code", required=True),
            _text("name", name, required=True),
            _number("price", change),
            _text("sku"),
            _number("at_least", count, 0),
            _number("at_most", count, 1),
        ),
        "ingredient": (
            _text("sku", required=True),
            _text("ingredient", required=True),
            _number("quantity", cells.quantity, required=True),
            _number("waste_ppm", ppm),
        ),
        "book": (
            _text("code", required=True),
            Column("layer", one=cells.one_of(*_LAYERS), empty="chain"),
            _text("scope"),
            _number("tax_included", cells.flag, True),
            _number("priority", cells.whole(-POSITION_MAX, POSITION_MAX)),
        ),
        "price": (
            _text("sku", required=True),
            Column("book", one=code, empty="base"),
            _number("price", price, required=True),
            _text("unit", name),
            _number("from", cells.moment),
            _number("until", cells.moment),
        ),
        "category": (
            _text("code", required=True),
            _text("name", name, required=True),
            _text("parent"),
        ),
        "group": (
            _text("code", required=True),
            _text("name", name, required=True),
            _number("position", cells.whole(0, POSITION_MAX)),
            _list("skus", cells.many(code)),
        ),
        "tax": (
            _text("code", required=True),
            _text("name", name),
            _text("order_type"),
            _text("component", required=True),
            _text("component_name", name),
            Column("kind", one=cells.one_of(*_TAX_KINDS), empty="percent"),
            _number("rate_ppm", ppm),
            _number("fixed", price),
            _number("included", cells.flag, ""),
        ),
        "remove": (_text("sku", required=True),),
    }


def needed(kind: str, columns: Iterable[Column]) -> list[str]:
    """Return what each record must give; the update of an item may leave out its name."""
    required = [column.name for column in columns if column.required]
    return required[:1] if kind == "item" else required


_LAYERS = ("chain", "region", "store", "channel", "customer")
_TAX_KINDS = ("percent", "compound", "division", "fixed")
