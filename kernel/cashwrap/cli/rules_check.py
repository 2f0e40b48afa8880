"""``cashwrap rules check``: what is wrong with rules before they go live."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError
from cashwrap.cli.language import language, language_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.errors import Issue
    from cashwrap.money import Currency
    from cashwrap.promotions.lint.model import Finding, LintReport, Shelf, ShownCart
    from cashwrap.promotions.rules import RuleSet

ABOUT = """\
Check a rule file: first its faults, all at once, then what is odd: rules that can never give
anything, rules in each other's way, steps that give less, and carts that go wrong, found by
pricing thousands of them: one more item makes the total lower, goods below cost or for
nothing, two sales cheaper than one. Each is shown on the smallest cart. With --shop the goods,
prices and costs are the shop's own; a till may be open on it. The search is counted, not
timed: the same file and goods give the same answer."""

NEXT = """\
example:
  cashwrap rules check summer.toml
  cashwrap rules check summer.toml --shop corner-shop --margin 10
  cashwrap rules check summer.toml --json --strict

Exit code: 0 nothing but notes, 1 faults or warnings (with --strict also notes).
next: `cashwrap rules diff - summer.toml --replay corner-shop` prices last month with it."""

BUDGET = 20_000


class Goods(NamedTuple):
    """What the rules are tried on, and how its money is written."""

    shelf: Shelf
    currency: Currency
    language: str
    short: Sequence[Finding] = ()  # what will not last


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", metavar="FILE", help="the rules, .json or .toml")
    parser.add_argument("--shop", metavar="FOLDER", help="try them on the goods of this shop")
    parser.add_argument(
        "--costs", metavar="CSV", help="unit costs from a file with the columns sku and cost"
    )
    parser.add_argument(
        "--margin", metavar="PERCENT", default="0", help="warn of less margin than this"
    )
    parser.add_argument(
        "--budget", type=int, metavar="N", default=BUDGET, help=f"carts to price ({BUDGET})"
    )
    parser.add_argument("--strict", action="store_true", help="notes fail the check too")
    language(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Read, look, search, tell."""
    from msgspec.structs import replace

    from cashwrap.host.looking import sources_here
    from cashwrap.promotions.files.checks import warnings
    from cashwrap.promotions.files.read import read_rules
    from cashwrap.promotions.lint.check import check_rules

    path = Path(args.file)
    rules = read_rules(path)
    odd = warnings(rules, path.name)
    goods = _goods(args, rules)
    report = check_rules(
        rules,
        goods.shelf,
        budget=max(args.budget, 1),
        margin_ppm=_percent(args.margin),
        currency=goods.currency,
        plugins=sources_here(),
    )
    report = replace(report, findings=(*report.findings, *goods.short))
    _tell(odd, report, goods, out)
    failed = bool(odd or report.warnings or (args.strict and report.findings))
    out.result(
        ok=not failed,
        rules=len(rules.rules),
        odd=odd,
        findings=report.findings,
        carts=report.carts,
        budget=report.budget,
        unreached=report.unreached,
    )
    return exits.REFUSED if failed else exits.OK


def _goods(args: argparse.Namespace, rules: RuleSet) -> Goods:
    """Return the shop's goods, or goods made up from what the rules name."""
    from cashwrap.money import Currency
    from cashwrap.ports import SystemClock

    now_ms = SystemClock().now().wall_ms
    if not args.shop:
        from cashwrap.promotions.lint.shelf import made_up_shelf
        from cashwrap.promotions.model import Occasion

        shelf = made_up_shelf(rules.rules, Occasion(now_ms, now_ms))
        return Goods(_costed(shelf, args.costs, Currency()), Currency(), language_of(args))
    from cashwrap.cli.shop import looked_into
    from cashwrap.whatif.demand import stock_check
    from cashwrap.whatif.shelf import shelf_of

    with looked_into(Path(args.shop)) as shop:
        shelf = shelf_of(shop.look, shop.settings, now_ms)
        short = stock_check(rules, shop.look, shop.settings, now_ms, shelf=shelf)
    currency = shop.settings.currency
    shelf = _costed(shelf, args.costs, currency)
    return Goods(shelf, currency, language_of(args, shop.settings), short)


def _costed(shelf: Shelf, file: str | None, currency: Currency) -> Shelf:
    """Return the shelf with the unit costs of a CSV file. Raises UsageError, InvalidInput."""
    if not file:
        return shelf
    from cashwrap.whatif.shelf import with_costs

    try:
        with Path(file).open(encoding="utf-8-sig", newline="") as rows:
            table = csv.DictReader(rows)
            if not {"sku", "cost"} <= set(table.fieldnames or ()):
                raise UsageError(f"{file}: the first line must name the columns sku and cost")
            costs = {row["sku"]: currency.parse(row["cost"]) for row in table if row["cost"]}
    except (UnicodeDecodeError, csv.Error) as fault:
        raise UsageError(f"{file}: it is no CSV file in UTF-8: {fault}") from None
    return with_costs(shelf, costs)


def _percent(text: str) -> int:
    """Return the ppm of ``12.5`` or ``12.5%``. Raises UsageError."""
    from decimal import Decimal, InvalidOperation

    try:
        ppm = Decimal(text.rstrip("% ")) * 10_000
    except InvalidOperation:
        raise UsageError(f"--margin {text}: write a percentage such as 12.5") from None
    if not 0 <= ppm < 1_000_000 or ppm != ppm.to_integral_value():
        raise UsageError(f"--margin {text}: write a percentage from 0 to 99.9999")
    return int(ppm)


WORDS = {
    "en": {
        "warning": "warning",
        "note": "note   ",
        "end": "{warnings} warnings, {notes} notes; {carts} carts priced of a budget of {budget}.",
        "unreached": "Not tried, as no cart or occasion for them was found: {names}.",
    },
    "zh-CN": {
        "warning": "警告",
        "note": "提示",
        "end": "警告 {warnings} 条, 提示 {notes} 条; 试算购物车 {carts} 个 (上限 {budget})。",
        "unreached": "以下规则找不到可试算的购物车或时间: {names}。",
    },
}
UNREACHED_SHOWN = 10


def _tell(odd: list[Issue], report: LintReport, goods: Goods, out: Output) -> None:
    from cashwrap.promotions.lint.words import in_language

    words = WORDS[goods.language]
    for issue in odd:
        out.say(f"{words['warning']}  {issue}")
    for finding in sorted(report.findings, key=lambda one: one.severity == "note"):
        text = in_language(finding.message, goods.language)
        out.say(f"{words[finding.severity]}  {text}  [{finding.code}]")
        for cart in finding.carts:
            out.say(f"         {cart_text(cart, goods.currency)}")
        _tell_occasion(finding, goods, out)
    warnings = report.warnings + len(odd)
    notes = len(report.findings) - report.warnings
    end = words["end"]
    out.say(end.format(warnings=warnings, notes=notes, carts=report.carts, budget=report.budget))
    if report.unreached:
        more = len(report.unreached) - UNREACHED_SHOWN
        names = ", ".join(report.unreached[:UNREACHED_SHOWN]) + (f" + {more}" if more > 0 else "")
        out.say(words["unreached"].format(names=names))


def cart_text(cart: ShownCart, currency: Currency) -> str:
    """Return a cart as one line: goods, what they cost, and who took something off."""
    goods = " + ".join(
        f"{line.units} x {line.sku} {currency.amount(line.unit_minor)}" for line in cart.lines
    )
    off = ", ".join(f"{rule} -{currency.amount(minor)}" for rule, minor in cart.applied)
    return f"{goods} = {currency.amount(cart.payable_minor)}" + (f"  ({off})" if off else "")


def _tell_occasion(finding: Finding, goods: Goods, out: Output) -> None:
    """Say on what occasion, where it is not an ordinary one."""
    there, usual = finding.occasion, goods.shelf.occasion
    if there is None or there == usual:
        return
    said = [
        f"{name}={getattr(there, name)}"
        for name in ("store", "channel", "order_type", "member", "tier")
        if getattr(there, name) != getattr(usual, name)
    ]
    if there.now_ms != usual.now_ms:
        from zoneinfo import ZoneInfo

        from cashwrap.cli.shop import local

        said.append(local(there.now_ms, ZoneInfo(there.timezone), "%Y-%m-%d %H:%M"))
    lists = (("groups", there.groups), ("facts", there.facts), ("tenders", there.tenders))
    said += [f"{name}={','.join(values)}" for name, values in lists if values]
    said += [f"coupon={held.rule}" for held in there.coupons]
    said += [f"chosen={rule}" for rule in there.chosen]
    if said:
        out.say(f"         ({'  '.join(said)})")
