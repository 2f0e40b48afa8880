"""What the arguments of several commands have in common."""

import argparse
import os
from pathlib import Path
from typing import NoReturn

from cashwrap.errors import CashwrapError

FOLDER_VARIABLE = "CASHWRAP_FOLDER"


class UsageError(CashwrapError):
    """The command line is not one that the command takes."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` in place of leaving the process."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with where to read on."""
        raise UsageError(f"{message}; see `{self.prog} --help`")


def common(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command."""
    group = parser.add_argument_group("for every command")
    group.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    group.add_argument(
        "--debug", action="store_true", help="show where in the program an error came from"
    )


def folder(parser: argparse.ArgumentParser, *, positional: bool = True) -> None:
    """Add the shop's folder: as an argument where the command takes no other, and as -f."""
    text = f"the shop's folder (default: ${FOLDER_VARIABLE}, else the current folder)"
    if positional:
        parser.add_argument("folder", nargs="?", metavar="FOLDER", help=text)
    parser.add_argument("-f", "--folder", dest="folder_option", metavar="FOLDER", help=text)


def folder_of(args: argparse.Namespace) -> Path:
    """Return the shop's folder that the arguments name."""
    named = args.folder_option or getattr(args, "folder", None)
    return Path(named or os.environ.get(FOLDER_VARIABLE) or ".")


def action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, line: str
) -> argparse.ArgumentParser:
    """Add an action of a command, which ``line`` describes; return its parser."""
    added = actions.add_parser(
        name,
        help=line,
        description=f"{line[0].upper()}{line[1:]}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    common(added)
    return added


def days(parser: argparse.ArgumentParser) -> None:
    """Add a business day, or the first and last of several; `cli.takings.days_of` reads them."""
    parser.add_argument("first", nargs="?", metavar="DAY", help="2026-01-31; default: today")
    parser.add_argument("last", nargs="?", metavar="LAST", help="the last day, where it is another")
