"""``cashwrap salvage``: what can be proved of a damaged store."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Copy the longest beginning of a damaged store's journal that can be proved into a new folder.
The damaged folder is only read. Restore a backup instead when there is a newer one."""

NEXT = """\
example:
  cashwrap salvage rescued -f corner-shop

next: run `cashwrap verify` there, and re-enter what is missing. settings.toml comes back from
the journal at the next start, unless you put a copy there."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("into", metavar="INTO", help="a new folder")
    folder(parser, positional=False)
    parser.add_argument(
        "--reason", default="salvaged from a damaged store", help="why; it is journaled"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Salvage."""
    from cashwrap.ports import SystemClock, SystemRandomness
    from cashwrap.store.salvage import salvage

    report = salvage(
        folder_of(args),
        args.into,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        reason=args.reason,
    )
    out.say(f"{args.into} holds {report.records} proved records, up to {report.seq}.")
    out.say(f"It ends there because: {report.stopped}.")
    out.result(folder=args.into, report=report)
    return exits.OK
