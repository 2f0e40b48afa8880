"""``cashwrap rekey``: go on when the till's key is lost."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Give the till a new signing key when its key file is lost. That is journaled for everybody to
see; what the old key signed stays provable. Put the old file back instead when you have it."""

NEXT = """\
example:
  cashwrap rekey corner-shop --reason "the key file was deleted"

next: keep a copy of the new till.key in a safe place."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument("--reason", required=True, help="why, in a few words; it is journaled")


def run(args: argparse.Namespace, out: Output) -> int:
    """Make a new key."""
    from cashwrap.till import Till

    with Till.open(folder_of(args), rekey=args.reason) as till:
        key = till.store.identity.public_key.hex()
    out.say(f"The journal is sealed by a new key from now on: {key}")
    out.result(folder=str(folder_of(args)), public_key=key)
    return exits.OK
