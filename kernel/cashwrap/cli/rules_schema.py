"""``cashwrap rules schema``: the JSON Schema of rule files."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.output import Output

ABOUT = """\
The JSON Schema of rule files, made of the model itself, with words in Chinese and English.
An editor that knows it completes fields and marks mistakes as you write."""

NEXT = """\
example:
  cashwrap rules schema > rules.schema.json
  and in the rule file:  "$schema": "rules.schema.json"  (TOML: #:schema rules.schema.json)"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no arguments."""


def run(args: argparse.Namespace, out: Output) -> int:
    """Print it."""
    from cashwrap.promotions.files.schema import rules_schema, schema_text

    out.say(schema_text().rstrip())
    out.result(**rules_schema())
    return exits.OK
