"""``cashwrap compact``: give free space back."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = "Rewrite the data file without its free pages; the copy is verified before it takes over."

NEXT = """\
example:
  cashwrap compact corner-shop        after `cashwrap trim`, or after removing a large catalog"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Compact."""
    from cashwrap.cli.shop import opened, size_text

    with opened(folder_of(args)) as shop:
        before = shop.store.stats().used_bytes
        after = shop.store.compact()
    out.say(f"{size_text(before)} before, {size_text(after)} now.")
    out.result(before_bytes=before, after_bytes=after)
    return exits.OK
