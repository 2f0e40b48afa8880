"""``cashwrap takings``: what a day brought in."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.cli.shop import Shop

if TYPE_CHECKING:
    from cashwrap.sale.events import SaleCompleted
    from cashwrap.sale.projection import DayTotals
    from cashwrap.settings import Settings
    from cashwrap.store.tables import Reader

ABOUT = """\
What a business day brought in: sales, what stays in the till of each tender, taxes by rate,
discounts, cost and margin."""

NEXT = """\
example:
  cashwrap takings                     the newest day that has sales
  cashwrap takings 2026-01-31"""


class TaxSum(NamedTuple):
    """One tax of a day: what it was on, and what it came to, minor units."""

    code: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


class Takings(NamedTuple):
    """A business day (yyyymmdd), its sums, and its taxes by code and rate."""

    day: int
    totals: "DayTotals"
    taxes: tuple[TaxSum, ...]

    @property
    def net_minor(self) -> int:
        """What was sold without its tax."""
        return self.totals.payable_minor - self.totals.tax_minor

    @property
    def margin_minor(self) -> int:
        """What is left of it after the cost of the goods."""
        return self.net_minor - self.totals.cost_minor

    def margin_percent(self) -> str:
        """Return the margin in the net sales, ``31.4 %``, rounded half up."""
        from cashwrap.money import div_round

        if self.net_minor <= 0:
            return "-"
        tenths = div_round(self.margin_minor * 1000, self.net_minor, "half_up")
        return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10} %"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("day", nargs="?", metavar="DAY", help="such as 2026-01-31")
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show a day."""
    from cashwrap.cli.shop import opened

    with opened(folder_of(args)) as shop:
        takings = takings_of(shop, parse_day(args.day) if args.day else 0)
    show(takings, shop, out)
    out.result(
        day=takings.day,
        totals=takings.totals,
        net_minor=takings.net_minor,
        margin_minor=takings.margin_minor,
        taxes=[each._asdict() for each in takings.taxes],
    )
    return exits.OK


def takings_of(shop: Shop, day: int = 0) -> Takings:
    """Return the takings of a day, of the newest one that has sales by default."""
    from cashwrap.sale.projection import DayTotals, business_days, day_totals

    with shop.store.read() as reader:
        days = business_days(reader)
        day = day or (days[-1] if days else 0)
        if not day:
            return Takings(0, DayTotals(), ())
        totals = day_totals(reader, day)
        places = _places(reader, day, days)
    sums: dict[tuple[str, int], list[int]] = {}
    for sale in _sales(shop, places, day):
        back = [tax for returned in sale.returns for tax in returned.taxes]
        for sign, rows in ((1, sale.priced.taxes), (-1, back)):
            for tax in rows:
                total = sums.setdefault((tax.code, tax.rate_ppm), [0, 0])
                total[0] += sign * tax.base_minor
                total[1] += sign * tax.tax_minor
    taxes = [TaxSum(code, rate, *both) for (code, rate), both in sorted(sums.items())]
    return Takings(day, totals, tuple(taxes))


def _places(reader: "Reader", day: int, days: Sequence[int]) -> list[int]:
    """Return where the sales of a day can stand in the journal.

    Receipt numbers have no gaps and days follow each other, so a day's numbers are known from
    the counts of the days before it.
    """
    from cashwrap.sale.projection import day_totals, ended, sale_of_number

    first = 1 + sum(day_totals(reader, each).receipts for each in days if each < day)
    places = []
    for number in range(first, first + day_totals(reader, day).receipts):
        sale = sale_of_number(reader, number)
        place = ended(reader, sale) if sale else None
        if place is not None:
            places.append(place.seq)
    return places


def _sales(shop: Shop, places: Sequence[int], day: int) -> Iterator["SaleCompleted"]:
    from cashwrap.sale.events import SaleCompleted

    for seq in places:
        record = shop.store.journal.get(seq)
        body = record.body() if record else None
        if isinstance(body, SaleCompleted) and body.day == day:
            yield body


def show(takings: Takings, shop: Shop, out: Output) -> None:
    """Print them for people."""
    if not takings.totals.receipts:
        out.say("No sales on this day." if takings.day else "No sales yet.")
        return
    head = f"Takings of {day_text(takings.day)}"
    out.table((head, "", ""), rows(takings, shop.money), right=(1, 2))


def rows(takings: Takings, money: Callable[[int], str]) -> list[tuple[str, str, str]]:
    """Return the rows of the table: what, how much, and a remark."""
    from cashwrap.money import div_round
    from cashwrap.receipt.text import percent
    from cashwrap.receipt.words import tender_name

    totals = takings.totals
    sold_minor = totals.payable_minor + totals.returned_minor
    found = [("Sales", money(sold_minor), "")]
    if totals.sales:
        average = div_round(sold_minor, totals.sales, "half_up")
        found = [("Sales", money(sold_minor), f"{totals.sales} x {money(average)}")]
    if totals.returned_minor or totals.receipts > totals.sales:
        found.append(("Came back", money(-totals.returned_minor), _came_back(totals)))
        found.append(("Sales less what came back", money(totals.payable_minor), ""))
    if totals.discount_minor:
        found.append(("  discounts given", money(-totals.discount_minor), ""))
    if totals.rounding_minor:
        found.append(("  rounding of cash", money(totals.rounding_minor), ""))
    for taking in totals.takings:
        names = dict.fromkeys((taking.kind, tender_name(taking.kind, "zh-CN")))
        found.append((f"  {' '.join(names)}", money(taking.amount_minor), ""))
    for tax in takings.taxes:
        what = f"  tax {percent(tax.rate_ppm)}"
        found.append((what, money(tax.tax_minor), f"on {money(tax.base_minor)}"))
    found.append(("Sales without tax", money(takings.net_minor), ""))
    found.append(("Cost of goods", money(totals.cost_minor), ""))
    found.append(("Margin", money(takings.margin_minor), takings.margin_percent()))
    return found


def _came_back(totals: "DayTotals") -> str:
    """Return how often goods came back, and on what."""
    counts = (
        (totals.returns, "return"),
        (totals.exchanges, "exchange"),
        (totals.post_voids, "post-void"),
    )
    return ", ".join(f"{count} {what}{'s' * (count > 1)}" for count, what in counts if count)


def day_text(day: int) -> str:
    """Return yyyymmdd as 2026-01-31."""
    return f"{day // 10000}-{day // 100 % 100:02d}-{day % 100:02d}"


def parse_day(text: str) -> int:
    """Return the business day of ``2026-01-31``, yyyymmdd. Raises UsageError."""
    from datetime import date

    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day: write 2026-01-31") from None
    return found.year * 10000 + found.month * 100 + found.day


def days_of(args: argparse.Namespace, settings: "Settings", now_ms: int) -> tuple[int, int]:
    """Return the first and last day that `arguments.days` gave, yyyymmdd. Raises UsageError."""
    from cashwrap.business_day import BusinessDays

    today = BusinessDays(settings.timezone, settings.day_starts_minutes).day_of(now_ms)
    first = parse_day(args.first) if args.first else today
    last = parse_day(args.last) if args.last else first
    if last < first:
        raise UsageError("the last day is before the first one")
    return first, last
