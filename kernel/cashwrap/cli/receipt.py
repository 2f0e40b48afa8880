"""``cashwrap receipt``: a receipt by its number."""

import argparse
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.cli.shop import Shop, people

if TYPE_CHECKING:
    from cashwrap.pricing.model import TaxCode
    from cashwrap.store.records import Record

ABOUT = """\
Print the receipt of a completed sale. It is made from the journal record, so it says what the
customer's paper says, hash included. Looking is not journaled; a reprint that leaves the shop
is (`Till.reprint`), and is marked and counted as a copy."""

NEXT = """\
example:
  cashwrap receipt 17
  cashwrap receipt last --columns 48 --language zh-CN+en"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("number", metavar="NUMBER", help="the receipt's number, or `last`")
    folder(parser, positional=False)
    parser.add_argument("--columns", type=int, help="width (default: as the settings say)")
    parser.add_argument("--language", choices=("zh-CN", "en", "zh-CN+en"), help="default: settings")
    parser.add_argument("--gift", action="store_true", help="without prices")


def run(args: argparse.Namespace, out: Output) -> int:
    """Print it."""
    from cashwrap.cli.shop import opened
    from cashwrap.receipt.text import TextStyle, render_text
    from cashwrap.sale.receipt import receipt_of

    with opened(folder_of(args)) as shop:
        number = _number(args.number)
        record = record_of(shop, number)
        void = _voided_by(shop, record)
        settings, taxes = shop.settings, _taxes(shop)
        called = people(shop)
        receipt = receipt_of(record, settings, taxes, called, gift=args.gift, voided_by=void)
        style = TextStyle(
            columns=args.columns or shop.settings.receipt.columns,
            language=args.language or shop.settings.receipt.language,
        )
    text = render_text(receipt, style)
    out.say(text.rstrip("\n"))
    out.result(receipt=receipt, text=text)
    return exits.OK


def record_of(shop: Shop, number: int) -> "Record":
    """Return the record of a receipt number, 0 for the last. Raises NoSuchSale, HistoryTrimmed."""
    from cashwrap.sale.errors import NoSuchSale
    from cashwrap.sale.projection import ended, sale_of_number, series_totals
    from cashwrap.store.errors import HistoryTrimmed

    with shop.store.read() as reader:
        last = series_totals(reader).last_number
        sale = sale_of_number(reader, number or last)
        place = ended(reader, sale) if sale else None
    if not last:
        raise NoSuchSale("there is no receipt here yet")
    if place is None:
        raise NoSuchSale(f"there is no receipt {number or last} here: the last one is {last}")
    record = shop.store.journal.get(place.seq)
    if record is None:
        raise HistoryTrimmed(f"receipt {number}", shop.store.identity.base.seq)
    return record


def _voided_by(shop: Shop, record: "Record") -> int:
    """Return the receipt number of the post-void that reversed a sale, 0 for none."""
    from cashwrap.sale.events import SaleCompleted
    from cashwrap.sale.returning.projection import voided_by

    sale = record.body()
    assert isinstance(sale, SaleCompleted)  # see `record_of`
    with shop.store.read() as reader:
        return voided_by(reader, sale.sale)


def _taxes(shop: Shop) -> "dict[str, TaxCode]":
    from cashwrap.catalog.errors import NoCatalog
    from cashwrap.catalog.view import open_catalog

    try:
        catalog = open_catalog(shop.store.read, shop.store.clock.now().wall_ms).tax_codes()
    except NoCatalog:
        catalog = ()
    return {code.code: code for code in (*shop.settings.taxes, *catalog)}


def _number(text: str) -> int:
    """Return the number, 0 for the last one."""
    if text == "last":
        return 0
    digits = text.rpartition("-")[2]  # S001-T1-000017, as it stands on the paper
    if not (digits.isascii() and digits.isdigit() and len(digits) < 18 and int(digits)):
        raise UsageError(f"{text!r} is no receipt number: write 17, S001-T1-000017 or last")
    return int(digits)
