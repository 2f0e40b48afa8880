"""``cashwrap new-plugin``: begin a plugin of one's own."""

import argparse
from pathlib import Path

from cashwrap.cli import exits
from cashwrap.cli.output import Output

ABOUT = """\
Write a new plugin: a folder with a package that works as it stands, changes what a till does, and
has tests that run against a real till. Then make of it what you need."""

NEXT = """\
example:
  cashwrap new-plugin loyalty_stamp
  cd loyalty_stamp && python -m pytest

next: docs/plugins.md and docs/hooks.md."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("name", metavar="NAME", help="small letters, digits and _")
    parser.add_argument("--into", default=".", metavar="FOLDER", help="where its folder is made")


def run(args: argparse.Namespace, out: Output) -> int:
    """Write it."""
    from cashwrap.host.new import write_plugin
    from cashwrap.opening import kernel_projections

    taken = [one.name for one in kernel_projections()]
    written = write_plugin(args.name, Path(args.into), taken)
    place = Path(args.into) / args.name
    for path in written:
        out.say(f"  {path}")
    out.say(f"\nTest it:             cd {place} && python -m pytest")
    out.say(f"Try it in a shop:    mkdir -p SHOP/plugins; cp -r {place / args.name} SHOP/plugins/")
    out.say(f"                     cashwrap plugins {args.name} -f SHOP")
    out.say(f"Ship it:             pip install {place}")
    out.result(folder=str(place), files=[str(path) for path in written])
    return exits.OK
