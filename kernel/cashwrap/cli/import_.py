"""``cashwrap import``: put a catalog in force."""

import argparse
from pathlib import Path

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Read a catalog and put it in force: all of it, or nothing when anything is wrong with it.
CATALOG is a CSV of items, a folder of CSV files, or JSON lines (docs/catalog.md). Every
problem is listed at once with its line. Sales that are open keep their prices."""

NEXT = """\
example:
  with an items.csv of
    sku,name,gtins,tax,price
    WATER,矿泉水 550ml,6900000100011,vat13,2.00

  cashwrap import items.csv -f corner-shop
  cashwrap import tomorrow/ --at 2026-02-01T06:00 --update

next: `cashwrap find 矿泉` shows what the till now knows."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("catalog", metavar="CATALOG", help="a .csv, a .jsonl, or a folder of them")
    folder(parser, positional=False)
    parser.add_argument(
        "--update", action="store_true", help="merge it by SKU onto the catalog in force"
    )
    parser.add_argument("--at", metavar="WHEN", help="put it in force at this time, not at once")
    parser.add_argument("--staff", metavar="WHO", default="", help="who does it, for the journal")
    parser.add_argument("--check", action="store_true", help="only look for problems")


def run(args: argparse.Namespace, out: Output) -> int:
    """Import, or check."""
    from cashwrap.cli.people import signed_in
    from cashwrap.till import Till

    source = Path(args.catalog)
    if args.check:
        return _check(args, out, source)
    with (
        Till.open(folder_of(args)) as till,
        signed_in(till, args.staff) as who,
        out.progress(f"importing {source.name}") as tell,
    ):
        at_ms = _moment(args.at, till.settings.timezone)
        snapshot = till.import_catalog(
            source, update=args.update, effective_at_ms=at_ms, progress=tell, staff=who
        )
    when = f"from {args.at}" if at_ms else "now"
    out.say(f"Catalog {snapshot.version} with {snapshot.counts.items} items is in force {when}.")
    out.result(
        version=snapshot.version,
        content_hash=snapshot.content_hash,
        counts=snapshot.counts,
        effective_at_ms=at_ms,
    )
    return exits.OK


def _check(args: argparse.Namespace, out: Output, source: Path) -> int:
    from cashwrap.catalog.importing import check_catalog
    from cashwrap.catalog.view import open_catalog
    from cashwrap.cli.shop import opened

    with opened(folder_of(args)) as shop:
        now_ms = shop.store.clock.now().wall_ms
        base = open_catalog(shop.store.read, now_ms).catalog_version if args.update else None
        items = check_catalog(
            source,
            shop.store.read,
            update_of=base,
            currency=shop.settings.currency,
            tax_codes={code.code for code in shop.settings.taxes},
        )
    out.say(f"{items} items, nothing wrong; nothing was changed.")
    out.result(ok=True, items=items)
    return exits.OK


def _moment(text: str | None, zone: str) -> int:
    from zoneinfo import ZoneInfo

    from cashwrap.cli.shop import parse_moment

    return parse_moment(text, ZoneInfo(zone)) if text else 0
