"""``cashwrap rules``: promotion rules, and which of them count."""

import argparse
from argparse import RawDescriptionHelpFormatter
from importlib import import_module
from importlib.util import find_spec

from cashwrap.cli.arguments import common
from cashwrap.cli.output import Output

ABOUT = """\
Promotion rules: check a file before it goes live, publish it now or at a time, see what is
in force, and go back in one call. How rules are written is in docs/rules.md."""

NEXT = """\
example:
  cashwrap rules check summer.toml
  cashwrap rules publish summer.toml --at 2026-06-01 -f corner-shop
  cashwrap rules list -f corner-shop
  cashwrap rules rollback -f corner-shop"""

ACTIONS = {
    "check": "find faults, conflicts, dead rules and odd prices in a file",
    "explain": "which rules apply to a cart, which do not, and why",
    "diff": "what another file would have cost on past sales",
    "publish": "put a file in force, at once or at a time",
    "list": "what is in force, planned, and past",
    "usage": "how far the limits of rules are used up",
    "rollback": "go back to the rules before",
    "schema": "the JSON Schema of rule files, for editors",
    "presets": "ready-made promotions to begin with",
    "preset": "write the rules of one of them",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add one command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line in ACTIONS.items():
        where = f"cashwrap.cli.rules_{name}"
        if find_spec(where) is None:
            continue
        module = import_module(where)
        action = actions.add_parser(
            name,
            help=line,
            description=module.ABOUT,
            epilog=module.NEXT,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.configure(action)
        common(action)
        action.set_defaults(run_action=module.run)


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the action."""
    code: int = args.run_action(args, out)
    return code
