"""``cashwrap new-plugin``: begin a plugin of one's own."""

import argparse
from importlib.util import find_spec
from pathlib import Path

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError
from cashwrap.cli.output import Output

ABOUT = """\
Write a new plugin: a folder with a package that works as it stands, changes what a till does, and
has tests that run against a real till. Then make of it what you need."""

NEXT = """\
example:
  cashwrap new-plugin loyalty_stamp
  cd loyalty_stamp && python -m pytest
  cashwrap new-plugin card_desk --with route,panel      and something on the register's page

next: docs/plugins.md and docs/hooks.md."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("name", metavar="NAME", help="small letters, digits and _")
    parser.add_argument(
        "--with",
        dest="parts",
        default="",
        metavar="PARTS",
        help="of: route, panel, rules (or: all)",
    )
    parser.add_argument("--into", default=".", metavar="FOLDER", help="where its folder is made")


def run(args: argparse.Namespace, out: Output) -> int:
    """Write it."""
    from cashwrap.host.new import write_plugin
    from cashwrap.opening import kernel_projections

    taken = [one.name for one in kernel_projections()]
    written = write_plugin(args.name, Path(args.into), taken, _parts(args.parts))
    place = Path(args.into) / args.name
    for path in written:
        out.say(f"  {path}")
    if find_spec("pytest") is None or find_spec("hypothesis") is None:
        out.say("\nOnce:                pip install 'cashwrap[testing]'")
    out.say(f"\nTest it:             cd {place} && python -m pytest")
    out.say(f"Try it in a shop:    mkdir -p SHOP/plugins; cp -r {place / args.name} SHOP/plugins/")
    out.say(f"                     cashwrap plugins {args.name} -f SHOP")
    out.say(f"Ship it:             pip install {place}")
    out.result(folder=str(place), files=[str(path) for path in written])
    return exits.OK


def _parts(text: str) -> list[str]:
    from cashwrap.host.new import PARTS

    asked = [part for part in text.replace(",", " ").split() if part]
    if asked == ["all"]:
        return list(PARTS)
    if unknown := [part for part in asked if part not in PARTS]:
        raise UsageError(f"--with {unknown[0]}: there is no such part: {', '.join(PARTS)}, or all")
    return asked
