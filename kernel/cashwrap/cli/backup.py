"""``cashwrap backup``: a verified copy in one file."""

import argparse
from pathlib import Path

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Write a copy of the shop to one file. It is opened again and its whole chain verified before
it takes its name, so a file with that name is a sound backup. It holds the settings, but not
the till's signing key: a till restored without it goes on with a new one.
A program that is selling makes its backups itself, without a pause: till.store.backup(FILE)."""

NEXT = """\
example:
  cashwrap backup /media/usb/monday.mdb -f corner-shop
  cashwrap backup -f corner-shop               into corner-shop/backups, named by its head

next: `cashwrap restore BACKUP -f FOLDER` when it is needed; `cashwrap verify BACKUP` any time."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="the file to write")
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Back up."""
    from cashwrap.cli.shop import opened, size_text

    with opened(folder_of(args)) as shop, out.progress("verifying the copy") as tell:
        head, identity = shop.store.head, shop.store.identity
        name = f"{identity.store}-{identity.till}-{head.epoch}-{head.seq}.mdb"
        target = Path(args.file) if args.file else folder_of(args) / "backups" / name
        report = shop.store.backup(target, tell)
    out.say(
        f"{report.path} holds {report.records} records up to {report.seq} "
        f"({size_text(report.bytes)}), verified."
    )
    out.result(report=report)
    return exits.OK
