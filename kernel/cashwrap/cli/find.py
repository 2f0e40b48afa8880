"""``cashwrap find``: search the catalog."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Search the catalog in force by name, by the end of a code, or by pinyin initials, and show
what each costs now."""

NEXT = """\
example:
  cashwrap find 牛奶
  cashwrap find zznc                珍珠奶茶
  cashwrap find 0014                a code that ends so"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("text", metavar="TEXT", help="a part of a name or code")
    folder(parser, positional=False)
    parser.add_argument("--limit", type=int, default=20, help="at most so many (default: 20)")


def run(args: argparse.Namespace, out: Output) -> int:
    """Search."""
    from cashwrap.catalog.errors import NoPrice
    from cashwrap.catalog.model import PriceContext
    from cashwrap.catalog.search import gtin_text
    from cashwrap.catalog.view import open_catalog
    from cashwrap.cli.shop import opened

    rows, found = [], []
    with opened(folder_of(args)) as shop:
        settings, now_ms = shop.settings, shop.store.clock.now().wall_ms
        context = PriceContext(settings.region, settings.store, settings.channel)
        catalog = open_catalog(shop.store.read, now_ms)
        page = catalog.search(args.text, args.limit)
        for item in page.items:
            try:
                price = catalog.price_at(item.sku, now_ms, context).unit_minor
            except NoPrice:
                price = None
            codes = [*map(gtin_text, item.gtins), *item.plus]
            shown = "" if price is None else shop.money(price)
            unit = "" if item.unit == "each" else f"/{item.unit}"
            rows.append((item.sku, item.name, shown + unit if shown else "", " ".join(codes)))
            found.append({"sku": item.sku, "name": item.name, "price_minor": price, "codes": codes})
    if rows:
        out.table(("SKU", "Name", "Price", "Codes"), rows, right=(2,))
    else:
        out.say(f"Nothing in the catalog matches {args.text!r}.")
    if page.next:
        out.warn(f"There are more: narrow it, or --limit {args.limit * 5}.")
    out.result(items=found, more=bool(page.next))
    return exits.OK if rows else exits.REFUSED
