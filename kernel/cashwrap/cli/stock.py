"""``cashwrap stock``: what is on hand."""

import argparse
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.cli.shop import Shop

if TYPE_CHECKING:
    from cashwrap.catalog.view import Catalog
    from cashwrap.stock.view import Balance, Stock

ABOUT = """\
What is on hand. With a SKU (or PLU): by place, lot and owner, what is promised, and its
cost. Without one: every SKU that ever moved."""

NEXT = """\
example:
  cashwrap stock WATER
  cashwrap stock --below 10            what runs out"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("sku", nargs="?", metavar="SKU", help="one item")
    folder(parser, positional=False)
    parser.add_argument("--below", metavar="QUANTITY", help="only those with less than this")


def run(args: argparse.Namespace, out: Output) -> int:
    """Show one item or all."""
    from cashwrap.catalog.errors import NoCatalog
    from cashwrap.catalog.view import open_catalog
    from cashwrap.cli.shop import opened
    from cashwrap.stock.view import Stock

    with opened(folder_of(args)) as shop:
        try:
            catalog = open_catalog(shop.store.read, shop.store.clock.now().wall_ms)
        except NoCatalog:
            catalog = None
        with shop.store.read() as reader:
            if args.sku:
                return _one(shop, Stock(reader), catalog, args.sku, out)
            return _all(shop, Stock(reader), catalog, args.below, out)


def _one(shop: Shop, stock: "Stock", catalog: "Catalog | None", sku: str, out: Output) -> int:
    from cashwrap.sale.goods import find

    rows = stock.held(sku)
    if not rows and catalog is not None:
        item = find(catalog, sku)  # raises UnknownItem; a PLU leads to its item
        sku, rows = item.sku, stock.held(item.sku)
    out.say(f"{sku} {_name(catalog, sku)}".rstrip())
    if rows:
        heads = ("Place", "Lot", "Expires", "Owner", "On hand", "Reserved", "Cost")
        out.table(heads, [_cells(shop, row) for row in rows], right=(4, 5, 6))
    else:
        out.say("It never came in: nothing is on hand.")
    out.result(sku=sku, name=_name(catalog, sku), balances=rows)
    return exits.OK


def _cells(shop: Shop, row: "Balance") -> tuple[str, ...]:
    from cashwrap.money import format_quantity

    return (
        row.location,
        row.lot,
        str(row.expires or ""),
        row.owner,
        format_quantity(row.on_hand_milli),
        format_quantity(row.reserved_milli),
        shop.money(row.value_minor),
    )


def _all(
    shop: Shop, stock: "Stock", catalog: "Catalog | None", below: str | None, out: Output
) -> int:
    from cashwrap.money import format_quantity, parse_quantity

    limit = parse_quantity(below) if below else None
    rows, found = [], []
    for sku in stock.skus():
        on_hand, value = stock.on_hand(sku), stock.value(sku)
        if limit is None or on_hand < limit:
            name = _name(catalog, sku)
            rows.append((sku, name, format_quantity(on_hand), shop.money(value)))
            found.append({"sku": sku, "name": name, "on_hand_milli": on_hand, "value_minor": value})
    if rows:
        out.table(("SKU", "Name", "On hand", "Cost"), rows, right=(2, 3))
    else:
        out.say("Nothing came in yet." if limit is None else "Nothing is below that.")
    out.result(items=found)
    return exits.OK


def _name(catalog: "Catalog | None", sku: str) -> str:
    from cashwrap.catalog.errors import UnknownItem

    if catalog is None:
        return ""
    try:
        return catalog.by_sku(sku).name
    except UnknownItem:
        return ""
