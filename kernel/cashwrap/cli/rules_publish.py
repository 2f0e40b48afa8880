"""``cashwrap rules publish``: put a rule file in force."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.language import language, language_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.promotions.lint.model import Finding
    from cashwrap.promotions.rules import RuleSet
    from cashwrap.till import Till

ABOUT = """\
Put a rule file (.json or .toml) in force: all of it, or nothing when anything is wrong with
it. Sales that are open keep the rules under which they began. What is odd about the rules, and
goods that will run out under them by what was sold lately, is said; it does not stop them."""

NEXT = """\
example:
  cashwrap rules publish summer.toml -f corner-shop
  cashwrap rules publish summer.toml --at 2026-06-01T00:00

next: `cashwrap rules list` shows it; `cashwrap rules rollback` takes it back."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", metavar="FILE", help="the rules, .json or .toml")
    folder(parser, positional=False)
    parser.add_argument("--at", metavar="WHEN", help="put them in force at this time, not at once")
    parser.add_argument("--staff", metavar="WHO", default="", help="who does it, for the journal")
    language(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Read, check, publish."""
    from cashwrap.cli.people import signed_in
    from cashwrap.cli.shop import parse_moment
    from cashwrap.promotions.files.checks import warnings
    from cashwrap.promotions.files.read import read_rules
    from cashwrap.promotions.lint.words import in_language
    from cashwrap.till import Till

    path = Path(args.file)
    rules = read_rules(path)
    odd = warnings(rules, path.name)
    for issue in odd:
        out.warn(f"odd: {issue}")
    with Till.open(folder_of(args)) as till, signed_in(till, args.staff):
        at_ms = parse_moment(args.at, ZoneInfo(till.settings.timezone)) if args.at else 0
        short = _short(rules, till)
        for finding in short:
            out.warn(f"stock: {in_language(finding.message, language_of(args, till.settings))}")
        published = till.publish_rules(rules, effective_at_ms=at_ms, staff=args.staff)
        planned = published.effective_at_ms > till.now().wall_ms
    when = f"counts from {args.at}" if planned else "is in force"
    count = len(rules.rules)
    out.say(
        f"Publication {published.number} with {count} rule{'' if count == 1 else 's'} "
        f"({published.rules_hash}) {when}."
    )
    out.result(publication=published, rules=count, planned=planned, warnings=odd, stock=short)
    return exits.OK


def _short(rules: "RuleSet", till: "Till") -> "list[Finding]":
    """Return which goods will run out under the rules, where there are goods."""
    from cashwrap.catalog.errors import NoCatalog
    from cashwrap.whatif.demand import stock_check

    try:
        return stock_check(rules, till.store, till.settings, till.now().wall_ms)
    except NoCatalog:
        return []
