"""``cashwrap rebuild``: all tables from the journal anew."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Fold stock, takings, payments and every plugin's tables from the journal anew and put them in
place of those that are there, in one transaction. The journal itself is not touched."""

NEXT = """\
example:
  cashwrap rebuild corner-shop

next: `cashwrap verify` proves that the tables equal the journal."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Rebuild."""
    from cashwrap.cli.shop import opened

    with opened(folder_of(args)) as shop:
        with out.progress("rebuilding") as tell:
            folded = shop.store.rebuild(tell)
        names = [projection.name for projection in shop.store.projections]
    out.say(f"{folded} records were folded into {', '.join(names)}.")
    out.result(records=folded, projections=names)
    return exits.OK
