"""``cashwrap restore``: put a backup into a folder."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Put a backup into a folder, after verifying it. The till goes on in a new epoch, so no record
is ever numbered twice. A store that is there already is moved aside, never deleted, and one
that ends later than the backup is only replaced with --replace-newer."""

NEXT = """\
example:
  cashwrap restore /media/usb/monday.mdb -f corner-shop --reason "disk changed"

next: run `cashwrap verify`, and re-enter what was sold since the backup. settings.toml comes
back from the journal at the next start, unless you put a copy there."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("backup", metavar="BACKUP", help="a file that `cashwrap backup` wrote")
    folder(parser, positional=False)
    parser.add_argument("--reason", required=True, help="why, in a few words; it is journaled")
    parser.add_argument(
        "--replace-newer", action="store_true", help="even when the folder holds a newer store"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Restore."""
    from cashwrap.ports import SystemClock, SystemRandomness
    from cashwrap.store.restore import restore

    report = restore(
        args.backup,
        folder_of(args),
        clock=SystemClock(),
        randomness=SystemRandomness(),
        reason=args.reason,
        replace_newer=args.replace_newer,
    )
    out.say(f"{folder_of(args)} holds {report.records} records up to {report.seq} again.")
    out.result(folder=str(folder_of(args)), report=report)
    return exits.OK
