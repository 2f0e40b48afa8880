"""``cashwrap demo``: a morning in a demo shop."""

import argparse

from cashwrap.cli.arguments import folder
from cashwrap.cli.output import Output

ABOUT = "demo"
NEXT = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Ring it up."""
    raise NotImplementedError
