"""``cashwrap init``: make a new shop."""

import argparse
from pathlib import Path

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Make a new shop: a folder with the store (data.mdb), the till's signing key (till.key)
and settings.toml, which you may edit later. Nothing is overwritten."""

NEXT = """\
example:
  cashwrap init corner-shop --name "街角小店" --till T1
  cashwrap import catalog.csv -f corner-shop

next: import a catalog, then sell from Python (docs/embed.md)."""

SETTINGS = """\
# Settings of this till. Every field has a default; a wrong one is refused when the till opens.

store = {store}
till = {till}
shop_name = {name}
timezone = {zone}
{currency}
# order_types = ["takeaway", "dine_in"]
# same_item = "merge"            # or "new_line": scanning the same item again
#
# [price.cash_rounding]          # 抹零
# increment_minor = 10
# mode = "down"
# on = "cash"
#
# [receipt]
# columns = 32                   # 32 on 58 mm paper, 48 on 80 mm
# header = ["Address"]
# phone = ""
# footer = ["谢谢惠顾"]
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument("--name", default="", help="the shop's name, as on its receipts")
    parser.add_argument("--store", default="S001", help="the store's number (default: S001)")
    parser.add_argument("--till", default="T1", help="the till's name in the store (default: T1)")
    parser.add_argument("--timezone", default="Asia/Shanghai", help="default: Asia/Shanghai")
    parser.add_argument(
        "--currency", default="CNY", help="ISO 4217 code (default: CNY); others: see --digits"
    )
    parser.add_argument(
        "--digits", type=int, choices=(0, 2, 3), default=2, help="its digits after the point"
    )
    parser.add_argument("--symbol", default="", help="its sign, as on receipts")
    parser.add_argument(
        "--settings", metavar="FILE", help="take this settings file as it is in place of the above"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Make the shop."""
    from cashwrap.settings import parse_settings
    from cashwrap.till import Till

    path = folder_of(args)
    text = Path(args.settings).read_text("utf-8") if args.settings else settings_of(args)
    settings = parse_settings(text, args.settings or "the settings")
    Till.create(path, text)
    out.say(f"{settings.shop_name or settings.store} is ready in {path}.")
    out.say(f"Next: cashwrap import CATALOG -f {path}")
    out.result(folder=str(path), store=settings.store, till=settings.till)
    return exits.OK


def settings_of(args: argparse.Namespace) -> str:
    """Return the text of a settings file from the arguments."""
    import msgspec

    def quoted(text: str) -> str:
        return msgspec.json.encode(text).decode()  # a JSON string is a TOML string

    currency = ""
    if (args.currency, args.digits, args.symbol) != ("CNY", 2, ""):
        symbol = args.symbol or ("¥" if args.currency in ("CNY", "JPY") else "")
        currency = (
            f"\n[currency]\ncode = {quoted(args.currency)}\ndigits = {args.digits}\n"
            f"symbol = {quoted(symbol)}\n"
        )
    head, _, tail = SETTINGS.partition("{currency}\n")
    return head.format(
        store=quoted(args.store),
        till=quoted(args.till),
        name=quoted(args.name),
        zone=quoted(args.timezone),
    ) + tail + currency  # a table comes after the plain fields  # fmt: skip
