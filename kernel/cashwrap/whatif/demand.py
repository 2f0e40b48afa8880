"""Will there be enough? What rules may sell, from recent sales, against what is on hand.

A rule's goods are expected to sell as on an average day of a recent period, times an uplift, for
each day on which the rule counts; a rule of the whole shop moves nothing in particular. Gifts and
add-ons are expected once for each recent sale that reaches what the rule needs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cashwrap.money import MILLI, PPM, format_quantity
from cashwrap.promotions.lint.model import Finding, Shelf, ShelfItem
from cashwrap.promotions.lint.when import moments
from cashwrap.promotions.lint.words import said
from cashwrap.promotions.match import covers
from cashwrap.promotions.model import BasketLine
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Need,
    Range,
    Rule,
    RuleSet,
    Window,
)
from cashwrap.settings import Settings
from cashwrap.stock.view import Stock
from cashwrap.whatif.sales import PastSales, Period
from cashwrap.whatif.shelf import shelf_of
from cashwrap.whatif.source import Source

UPLIFT_PPM = 1_500_000
DAYS_BACK, DAYS_AHEAD = 28, 14
DAY_MS = 86_400_000
SKUS_A_VIEW = 500


class Sold(NamedTuple):
    """What was sold in a period of so many days: thousandths by SKU, and how often needs were met.

    ``reached`` counts, for each rule that needs something, the sales that had it.
    """

    days: int
    milli: Mapping[str, int]
    reached: Mapping[str, int]


class Expected(NamedTuple):
    """How much of a SKU, or of all gifts of a rule, is expected to go, and what there is."""

    rule: str
    sku: str
    demand_milli: int
    on_hand_milli: int
    days: int

    @property
    def lacking_milli(self) -> int:
        """Return how much is missing; 0 where there is enough."""
        return max(self.demand_milli - self.on_hand_milli, 0)


def stock_check(
    rules: RuleSet,
    source: Source,
    settings: Settings,
    now_ms: int,
    *,
    days_back: int = DAYS_BACK,
    days_ahead: int = DAYS_AHEAD,
    uplift_ppm: int = UPLIFT_PPM,
    shelf: Shelf | None = None,
) -> list[Finding]:
    """Return what a shop will run out of under these rules; ``shelf`` where it is known already.

    Raises NoCatalog.
    """
    shelf = shelf or shelf_of(source, settings, now_ms)
    items = [item for item in shelf.items if item.stocked]
    period = Period(now_ms - days_back * DAY_MS)
    sold = sold_in(PastSales(source, settings, now_ms, period), days_back, rules)
    there = on_hand_of(source, [item.goods.sku for item in items], settings.own_location)
    wanted = expected(
        rules, sold, items, there, now_ms=now_ms,
        timezone=settings.timezone, days_ahead=days_ahead, uplift_ppm=uplift_ppm,
    )  # fmt: skip
    return shortages(wanted)


def sold_in(sales: PastSales, days: int, rules: RuleSet) -> Sold:
    """Add up the sales of a period of so many days."""
    milli: dict[str, int] = {}
    needing = [rule for rule in rules.rules if rule.needs]
    reached = dict.fromkeys((rule.id for rule in needing), 0)
    for sale in sales.each():
        for line in sale.lines:
            sku = line.goods.sku
            milli[sku] = milli.get(sku, 0) + quantity_of(line)
        for rule in needing:
            reached[rule.id] += all(is_met(need, sale.lines) for need in rule.needs)
    return Sold(max(days, 1), milli, reached)


def quantity_of(line: BasketLine) -> int:
    """Return how much a line sells, thousandths of the stock unit."""
    return line.quantity_milli if line.divisible else line.units * MILLI


def is_met(need: Need, lines: Sequence[BasketLine]) -> bool:
    """Return whether a sale had what a rule needs, at list prices."""
    within = [line for line in lines if covers(need.range, line.goods, line.unit_minor)]
    count = sum(line.units for line in within if not line.divisible)
    minor = sum(line.list_minor * line.units for line in within)
    above = int(need.above)
    return count >= need.count + (above if need.count else 0) and minor >= need.minor + (
        above if need.minor else 0
    )


def expected(
    rules: RuleSet,
    sold: Sold,
    items: Sequence[ShelfItem],
    on_hand: Mapping[str, int],
    *,
    now_ms: int,
    timezone: str,
    days_ahead: int = DAYS_AHEAD,
    uplift_ppm: int = UPLIFT_PPM,
) -> list[Expected]:
    """Return what each rule's goods are expected to need in the days to come, by rule and SKU.

    Goods that ``on_hand`` does not have are not looked at: nobody counts them.
    """
    found: list[Expected] = []
    for rule in rules.rules:
        days = days_counted(rule, now_ms, timezone, days_ahead) if rule.enabled else 0
        if not days:
            continue
        if rule.gift and rule.needs:
            found += _gifts(rule, sold, items, on_hand, days)
        else:
            found += _goods(rule, sold, items, on_hand, days, uplift_ppm)
    return found


def _goods(
    rule: Rule,
    sold: Sold,
    items: Iterable[ShelfItem],
    on_hand: Mapping[str, int],
    days: int,
    uplift_ppm: int,
) -> Iterator[Expected]:
    ranges = _given_ranges(rule)
    for item in items:
        sku = item.goods.sku
        was = sold.milli.get(sku, 0) if sku in on_hand else 0
        if was and any(covers(each, item.goods, item.unit_minor) for each in ranges):
            demand = -(-was * days * uplift_ppm // (sold.days * PPM))
            if not item.weighed:
                demand = -(-demand // MILLI) * MILLI
            yield Expected(rule.id, sku, demand, on_hand[sku], days)


def _given_ranges(rule: Rule) -> list[Range]:
    """Return the ranges that a rule promotes; one that names nothing promotes nothing above all."""
    benefit = rule.benefit
    if isinstance(benefit, Bundle):
        found = [slot.range for slot in benefit.slots]
    else:
        bought = [slot.range for slot in benefit.buy] if isinstance(benefit, BuyGet) else []
        found = [rule.range, *bought]
    return [each for each in found if each.skus or each.families or each.categories or each.tags]


def _gifts(
    rule: Rule,
    sold: Sold,
    items: Iterable[ShelfItem],
    on_hand: Mapping[str, int],
    days: int,
) -> Iterator[Expected]:
    """Yield what all the gifts of a rule together must last for."""
    given = (one for one in items if one.goods.sku in on_hand)
    skus = [one.goods.sku for one in given if covers(rule.range, one.goods, one.unit_minor)]
    if skus:
        demand = -(-sold.reached.get(rule.id, 0) * days // sold.days) * MILLI
        there = sum(on_hand[sku] for sku in skus)
        yield Expected(rule.id, " / ".join(skus[:3]), demand, there, days)


def days_counted(rule: Rule, now_ms: int, timezone: str, days_ahead: int) -> int:
    """Return on how many of the days to come a rule counts."""
    if not rule.windows:
        return days_ahead
    zone = ZoneInfo(timezone)
    today = datetime.fromtimestamp(now_ms // 1000, zone).date()
    last = today + timedelta(days=days_ahead)
    return len({day for window in rule.windows for day in _open_days(window, zone, today, last)})


def _open_days(window: Window, zone: ZoneInfo, first: date, last: date) -> Iterator[date]:
    for moment_ms in moments(window, zone.key, first):
        day = datetime.fromtimestamp(moment_ms // 1000, zone).date()
        if day >= last:
            return
        if day >= first:
            yield day


def shortages(wanted: Iterable[Expected]) -> list[Finding]:
    """Return warnings for what will not last, the greatest lack first."""
    short = [one for one in wanted if one.lacking_milli]
    short.sort(key=lambda one: (-one.lacking_milli, one.rule, one.sku))
    return [
        Finding(
            code="stock.short",
            severity="warning",
            rules=(one.rule,),
            message=said(
                "stock.short",
                rule=one.rule,
                sku=one.sku,
                days=one.days,
                demand=format_quantity(one.demand_milli),
                on_hand=format_quantity(one.on_hand_milli),
            ),
        )
        for one in short
    ]


def on_hand_of(source: Source, skus: Sequence[str], location: str = "") -> dict[str, int]:
    """Return what is on hand of each SKU, at one location or all of ours, in short views.

    Goods that never came in, or of which more was sold than came in, are left out: their books
    are not kept.
    """
    found = {}
    for first in range(0, len(skus), SKUS_A_VIEW):
        with source.read() as reader:
            stock = Stock(reader)
            for sku in skus[first : first + SKUS_A_VIEW]:
                rows = stock.held(sku, location)
                if rows and (there := sum(row.on_hand_milli for row in rows)) >= 0:
                    found[sku] = there
    return found
