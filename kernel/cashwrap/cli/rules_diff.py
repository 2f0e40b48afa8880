"""``cashwrap rules diff``: what changes between two rule sets, and what it would have cost."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.cli.shop import LookedAt
    from cashwrap.money import Currency
    from cashwrap.promotions.compare import Change, RulesDifference
    from cashwrap.promotions.rules import RuleSet
    from cashwrap.whatif.replay import ReplayReport, SaleEffect, Side

ABOUT = """\
Compare two rule files: which rules came, went or changed, field by field. With --replay
every completed sale of a shop, or of a backup file, is priced again under both: by rule and
in all what was given away, what customers paid, the margin, and the sales that change most.
OLD may be "-" for what really happened, or the hash of a set that the shop published. The
shop is only looked at; a till may be selling on it."""

NEXT = """\
example:
  cashwrap rules diff spring.toml summer.toml
  cashwrap rules diff - summer.toml --replay corner-shop --from 2026-05-01 --to 2026-06-01
  cashwrap rules diff spring.toml summer.toml --replay monday.mdb --json

next: `cashwrap rules check summer.toml --shop corner-shop` looks for carts that go wrong."""

FIELD_MAX = 60


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("old", metavar="OLD", help="a rule file, a hash, or - for the journal")
    parser.add_argument("new", metavar="NEW", help="a rule file, or a hash")
    parser.add_argument("--replay", metavar="SHOP", help="price the sales of this shop or backup")
    parser.add_argument("--from", dest="since", metavar="WHEN", help="sales from this moment on")
    parser.add_argument("--to", dest="until", metavar="WHEN", help="sales before this moment")
    parser.add_argument("--top", type=int, default=10, metavar="N", help="sales to show (10)")


def run(args: argparse.Namespace, out: Output) -> int:
    """Compare; price again when asked to."""
    if not args.replay:
        if args.old == "-":
            raise UsageError("OLD is - (what happened): name a shop with --replay")
        difference = _compared(_read(args.old), _read(args.new))
        _tell_changes(difference, out)
        out.result(difference=difference)
        return exits.OK
    from cashwrap.cli.shop import looked_into

    with looked_into(Path(args.replay)) as shop:
        old = None if args.old == "-" else _read(args.old, shop)
        new = _read(args.new, shop)
        compared = None if old is None else _compared(old, new)
        report = _replayed(args, shop, old, new, out)
    if compared is not None:
        _tell_changes(compared, out)
    _tell_replay(report, shop.settings.currency, out)
    out.result(
        difference=compared,
        replay=report,
        old_margin_minor=report.old.margin_minor,
        new_margin_minor=report.new.margin_minor,
    )
    return exits.OK


def _read(name: str, shop: LookedAt | None = None) -> RuleSet:
    """Return the rules of a file, or those that a shop published under a hash."""
    from cashwrap.promotions.files.read import read_rules

    path = Path(name)
    if shop is not None and not path.suffix and not path.exists():
        from cashwrap.promotions.projection import rules_of

        with shop.look.read() as reader:
            return rules_of(reader, name)
    return read_rules(path)


def _compared(old: RuleSet, new: RuleSet) -> RulesDifference:
    from cashwrap.promotions.compare import compare_rules

    return compare_rules(old, new)


def _replayed(
    args: argparse.Namespace, shop: LookedAt, old: RuleSet | None, new: RuleSet, out: Output
) -> ReplayReport:
    from zoneinfo import ZoneInfo

    from cashwrap.cli.shop import parse_moment
    from cashwrap.host.looking import sources_here
    from cashwrap.ports import SystemClock
    from cashwrap.whatif.replay import AsJournaled, UnderRules, replay
    from cashwrap.whatif.sales import PastSales, Period

    zone, plugins = ZoneInfo(shop.settings.timezone), sources_here()
    period = Period(
        parse_moment(args.since, zone) if args.since else 0,
        parse_moment(args.until, zone) if args.until else 0,
    )
    sales = PastSales(shop.look, shop.settings, SystemClock().now().wall_ms, period)
    before: Side = AsJournaled() if old is None else UnderRules(old, plugins)
    with out.progress("pricing past sales") as tell:
        return replay(
            sales, before, UnderRules(new, plugins), shown=max(args.top, 0), progress=tell
        )


def _tell_changes(difference: RulesDifference, out: Output) -> None:
    if not difference.changes:
        out.say("The rules are the same.")
    for change in difference.changes:
        out.say(f"{_SIGNS[change.kind]} {change.what}")
        _tell_fields(change, out)


_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def _tell_fields(change: Change, out: Output) -> None:
    for field in change.fields:
        old, new = _short(field.old) or "(none)", _short(field.new) or "(none)"
        out.say(f"    {field.path}: {old} -> {new}")


def _short(text: str) -> str:
    return text if len(text) <= FIELD_MAX else f"{text[:FIELD_MAX]}..."


def _tell_replay(report: ReplayReport, currency: Currency, out: Output) -> None:
    old, new = report.old, report.new
    out.say(f"{report.sales} sales, {report.touched} of them come to another amount.")
    if report.skipped:
        out.say(f"{report.skipped} sales could not be read and are left out.")
    rows = [
        ("Sales with a discount", str(old.sales_discounted), str(new.sales_discounted), ""),
        _row("Discounts", old.discount_minor, new.discount_minor, currency),
        _row("Paid by customers", old.payable_minor, new.payable_minor, currency),
    ]
    if old.cost_minor:
        rows.append(
            _row("Margin, where cost is known", old.margin_minor, new.margin_minor, currency)
        )
    rows += [
        _row(f"  {each.rule} ({each.old_sales} / {each.new_sales} sales)", each.old_minor,
             each.new_minor, currency)
        for each in report.rules
    ]  # fmt: skip
    out.table(("", "Old", "New", "Change"), rows, right=(1, 2, 3))
    for title, sales in (("Cheaper", report.cheaper), ("Dearer", report.dearer)):
        _tell_sales(title, sales, currency, out)
    if new.unproved:
        out.say(f"{new.unproved} sales were priced at the end of the search budget: see docs.")
    out.say(f"The discounts change by {currency.amount(new.discount_minor - old.discount_minor)}.")


def _row(name: str, old: int, new: int, currency: Currency) -> tuple[str, str, str, str]:
    change = new - old
    sign = "+" if change > 0 else ""
    return name, currency.amount(old), currency.amount(new), sign + currency.amount(change)


def _tell_sales(title: str, sales: Sequence[SaleEffect], currency: Currency, out: Output) -> None:
    if sales:
        rows = [
            _row(
                f"  receipt {each.number}", each.old_payable_minor, each.new_payable_minor, currency
            )
            for each in sales
        ]
        out.table((f"{title} for the customer", "Old", "New", "Change"), rows, right=(1, 2, 3))
