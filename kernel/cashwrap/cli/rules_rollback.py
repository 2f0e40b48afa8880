"""``cashwrap rules rollback``: go back to earlier rules at once."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Go back, at once, to the rules before those in force, or to a publication by its number.
Before the first publication there were no rules. Plans stay unless they are called off."""

NEXT = """\
example:
  cashwrap rules rollback -f corner-shop
  cashwrap rules rollback --to 3
  cashwrap rules rollback --planned 5        call a planned publication off"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser, positional=False)
    parser.add_argument("--to", type=int, metavar="NUMBER", help="go to this publication")
    parser.add_argument("--planned", type=int, metavar="NUMBER", help="call this plan off")
    parser.add_argument("--staff", metavar="WHO", default="", help="who does it, for the journal")


def run(args: argparse.Namespace, out: Output) -> int:
    """Go back, or call a plan off."""
    from cashwrap.cli.people import signed_in
    from cashwrap.till import Till

    if args.to is not None and args.planned is not None:
        raise UsageError("--to and --planned are two things: do one, then the other")
    with Till.open(folder_of(args)) as till, signed_in(till, args.staff):
        if args.planned is not None:
            till.cancel_planned_rules(args.planned, staff=args.staff)
            out.say(f"Publication {args.planned} will not take effect.")
        else:
            till.rollback_rules(to=args.to, staff=args.staff)
        left = till.rules()
    if left.in_force is None:
        out.say("No rules are in force.")
    else:
        out.say(f"Publication {left.in_force.number} ({left.in_force.rules_hash}) is in force.")
    for one in left.planned:
        out.say(f"Publication {one.number} is still planned: --planned {one.number} calls it off.")
    out.result(in_force=left.in_force, planned=left.planned)
    return exits.OK
