"""``cashwrap returns``: what came back on some days, and why."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import days, folder, folder_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.sale.returning.report import GoodsSums, ReturnReport, ReturnSums

ABOUT = """\
What came back on a business day, or on some (docs/returns.md): for which reasons, who took it, and
which goods. Post-voids are counted apart. It only looks, beside a till that may be open."""

NEXT = """\
example:
  cashwrap returns
  cashwrap returns 2026-03-01 2026-03-31 --by goods

next: `cashwrap journal --kind sale.goods_returned` lists each with its note."""

_NONE = "(none said)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    days(parser)
    parser.add_argument("--by", choices=("reason", "staff", "goods"), default="reason")
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show it."""
    from cashwrap.cli.shop import looked_into
    from cashwrap.cli.takings import days_of
    from cashwrap.ports import SystemClock
    from cashwrap.sale.returning.report import report

    with looked_into(folder_of(args)) as shop:
        settings = shop.settings
        first, last = days_of(args, settings, SystemClock().now().wall_ms)
        with shop.look.read() as reader:
            found = report(reader, first, last)
    _show(found, args.by, settings.currency.amount, out)
    out.result(**{name: getattr(found, name) for name in found.__struct_fields__})
    return exits.OK


def _show(found: ReturnReport, by: str, money: Callable[[int], str], out: Output) -> None:
    from cashwrap.cli.takings import day_text

    days = " to ".join(dict.fromkeys((day_text(found.first_day), day_text(found.last_day))))
    if not found.total.returns:
        out.say(f"Nothing came back on {days}.")
    elif by == "goods":
        out.say(f"Came back on {days}")
        rows = [_goods_row(each, money) for each in found.by_goods]
        out.table(("SKU", "Name", "Quantity", "Times", "Amount"), rows, right=(2, 3, 4))
    else:
        out.say(f"Came back on {days}")
        groups: Mapping[str, ReturnSums] = found.by_reason if by == "reason" else found.by_staff
        heads = (by.capitalize(), "Times", "On exchanges", "No receipt", "Given back")
        rows = [_row(name or _NONE, sums, money) for name, sums in groups.items()]
        out.table(heads, [*rows, _row("Total", found.total, money)], right=(1, 2, 3, 4))
    if found.post_voids.returns:
        count = found.post_voids.returns
        sales = "sale was" if count == 1 else "sales were"
        out.say(f"{count} {sales} voided after the end: {money(found.post_voids.refund_minor)}.")


def _row(name: str, sums: ReturnSums, money: Callable[[int], str]) -> tuple[str, ...]:
    counts = (sums.returns, sums.exchanges, sums.unreceipted)
    return (name, *map(str, counts), money(sums.refund_minor))


def _goods_row(each: GoodsSums, money: Callable[[int], str]) -> tuple[str, ...]:
    from cashwrap.money import format_quantity
    from cashwrap.receipt.words import with_unit

    quantity = with_unit(format_quantity(each.quantity_milli), each.unit, "en")
    return (each.sku, each.name, quantity, str(each.returns), money(each.amount_minor))
