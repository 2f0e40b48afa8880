"""``cashwrap report``: tables that plugins make for people."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.language import language, language_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.host.offers import Days, Report

ABOUT = """\
Show a report that a plugin brings, over one business day or several. Without a NAME: list them.
The till may be selling meanwhile."""

NEXT = """\
example:
  cashwrap report -f corner-shop
  cashwrap report promotions.price-protection --day 20260301 --until 20260331"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="the report, as PLUGIN.REPORT")
    parser.add_argument("--day", type=int, metavar="YYYYMMDD", help="the first day (default: all)")
    parser.add_argument("--until", type=int, metavar="YYYYMMDD", help="the last day")
    folder(parser, positional=False)
    language(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show it."""
    from cashwrap.host.offers import Days

    path = folder_of(args)
    known = _reports(path)
    if not args.name:
        rows = [(name, _said(report.title, "en")) for name, report in known.items()]
        out.table(("Report", "What"), rows) if rows else out.say("No plugin here has reports.")
        out.result(reports=[{"name": name, "title": title} for name, title in rows])
        return exits.OK
    if args.name not in known:
        raise UsageError(f"there is no report {args.name!r}: {', '.join(known) or 'no plugin has'}")
    first = args.day or 0
    days = Days(first, args.until or args.day or 99_999_999)
    _show(path, known[args.name], days, args, out)
    return exits.OK


def _reports(path: Path) -> "dict[str, Report]":
    from cashwrap.host.looking import without_till
    from cashwrap.host.offers import Report

    found = without_till(path).offers("cashwrap_reports", Report)
    return {f"{plugin.name}.{report.name}": report for plugin, report in found}


def _show(
    path: Path, report: "Report", days: "Days", args: argparse.Namespace, out: Output
) -> None:
    from cashwrap.cli.shop import looked_into

    with looked_into(path) as shop:
        spoken, currency = language_of(args, shop.settings), shop.settings.currency
        with shop.look.read() as reader:
            rows = [list(row) for row in report.make(reader, days)]
    heads = [_said(words, spoken) for words in report.columns]
    shown = [
        tuple(
            currency.amount(cell) if at in report.money and isinstance(cell, int) else str(cell)
            for at, cell in enumerate(row)
        )
        for row in rows
    ]
    out.say(_said(report.title, spoken))
    out.table(tuple(heads), shown) if shown else out.say("-")
    out.result(columns=heads, rows=rows)


def _said(words: dict[str, str], spoken: str) -> str:
    return words.get(spoken) or words.get("en") or next(iter(words.values()), "")
