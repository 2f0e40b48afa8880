"""``cashwrap rules preset NAME key=value ...``: write a rule from a preset."""

import argparse
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.cli.rules_presets import found, installed

if TYPE_CHECKING:
    from cashwrap.promotions.digest import Plain
    from cashwrap.promotions.rules import Rule

ABOUT = """\
Print the rules that a preset makes of its settings, as part of a rules file: append as many
as you like to one file. With --json: a whole rules file in JSON."""

NEXT = """\
example:
  cashwrap rules preset spend-off steps=100:10,200:25 > rules.toml
  cashwrap rules preset second-half-price goods=category:tea >> rules.toml
  cashwrap rules check rules.toml"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("name", metavar="NAME", help="a preset; `cashwrap rules presets` has all")
    parser.add_argument("settings", nargs="*", metavar="KEY=VALUE", help="its settings")
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Print the rules."""
    from cashwrap.errors import BulkRefused
    from cashwrap.promotions.digest import plain
    from cashwrap.promotions.files.checks import faults
    from cashwrap.promotions.rules import RuleSet
    from cashwrap.settings import read_settings

    preset = found(installed(), args.name)
    if preset.make is None:
        raise UsageError(f"{preset.code}: {preset.explain.get('en', '')}")
    currency = read_settings(folder_of(args)).currency
    rules = tuple(preset.make(_given(args.settings), currency))
    wrong = faults(RuleSet(rules=rules), preset.code, among_others=True)
    if wrong:
        raise BulkRefused(wrong)
    out.say("\n".join(_toml(rule) for rule in rules))
    out.result(rules=[plain(rule) for rule in rules])
    return exits.OK


def _given(words: list[str]) -> dict[str, str]:
    """Return settings by name. Raises UsageError."""
    given: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name or name in given:
            raise UsageError(f"{word!r}: write each setting once, as name=value")
        given[name] = value
    return given


def _toml(rule: "Rule") -> str:
    """Return a rule as a table of a rules file."""
    from cashwrap.promotions.digest import plain
    from cashwrap.promotions.files.notation import Notation

    fields: Plain = plain(rule)
    assert isinstance(fields, dict)
    notation = Notation("toml")
    lines = [notation.field(name, value) for name, value in fields.items()]
    return "\n".join(["[[rules]]", *lines, ""])
