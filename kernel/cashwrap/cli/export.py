"""``cashwrap export``: the catalog in force as files."""

import argparse
from pathlib import Path

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Write the catalog in force to a new folder of CSV files, or to one file when TARGET ends in
.jsonl. `cashwrap import` reads back exactly the same. The journal is exported by
`cashwrap journal --jsonl`."""

NEXT = """\
example:
  cashwrap export catalog/ -f corner-shop      edit it in a spreadsheet, then
  cashwrap import catalog/ -f corner-shop"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("target", metavar="TARGET", help="a new folder, or a new .jsonl file")
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Export."""
    from cashwrap.catalog.exporting import export_catalog
    from cashwrap.catalog.view import open_catalog
    from cashwrap.cli.shop import opened

    target = Path(args.target)
    with opened(folder_of(args)) as shop:
        catalog = open_catalog(shop.store.read, shop.store.clock.now().wall_ms)
        records = export_catalog(catalog, target, shop.settings.currency)
    out.say(f"{records} records of catalog {catalog.catalog_version} are in {target}.")
    out.result(target=str(target), records=records, version=catalog.catalog_version)
    return exits.OK
