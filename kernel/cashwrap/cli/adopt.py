"""``cashwrap adopt``: take over a copied, moved or rolled-back folder."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Go on selling on a folder that was copied, moved to another device, or rolled back. It
numbers its records in a new epoch from now on. Only do this when the original will never
sell again: two tills with one name would give two sales one number."""

NEXT = """\
example:
  cashwrap adopt corner-shop --reason "moved to the new terminal"

next: `cashwrap verify`."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument("--reason", required=True, help="why, in a few words; it is journaled")


def run(args: argparse.Namespace, out: Output) -> int:
    """Adopt."""
    from cashwrap.till import Till

    with Till.open(folder_of(args), adopt=args.reason) as till:
        head = till.store.head
    out.say(f"{folder_of(args)} sells in epoch {head.epoch} from now on.")
    out.result(folder=str(folder_of(args)), epoch=head.epoch)
    return exits.OK
