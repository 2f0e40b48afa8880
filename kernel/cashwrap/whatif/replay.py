"""What rules would have cost on past sales: each sale priced again under two rule sets.

Only promotions are worked out again. Manual discounts, fees, tips and the rounding of the total
stay what they were in money, and a line never comes to less than nothing. Taxes follow each line's
own rate. Limits beyond one order are counted anew, from nothing, in the order of the sales.
"""

from collections.abc import Mapping
from heapq import heappush, heappushpop
from typing import NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

from cashwrap.events import Envelope
from cashwrap.money import div_round
from cashwrap.promotions.candidates import CandidateSource
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import Occasion, PriceProof
from cashwrap.promotions.rules import RuleSet
from cashwrap.promotions.usage import UsageProjection, left, limited, used
from cashwrap.store.views import MemoryWriter
from cashwrap.whatif.sales import PastSale, PastSales, Progress

SHOWN = 10


class Outcome(NamedTuple):
    """What one side gave on one sale: by rule, and by line of the basket."""

    saving_minor: int
    by_rule: Mapping[str, int]
    by_line: Mapping[int, int]
    proved: bool = True


class Side(Protocol):
    """One of the two that are compared."""

    def outcome(self, sale: PastSale) -> Outcome:
        """Return what it gives, or gave, on a sale."""
        ...


class AsJournaled:
    """What really happened."""

    def outcome(self, sale: PastSale) -> Outcome:
        """Return what the journal says came off."""
        by_line = {line: money.saved_minor for line, money in sale.money.items()}
        return Outcome(sum(by_line.values()), sale.saved, by_line)


class UnderRules:
    """What a rule set gives, sale after sale."""

    def __init__(
        self, rules: RuleSet, plugins: Mapping[str, CandidateSource] | None = None
    ) -> None:
        self._engine = PromotionEngine(rules, plugins=plugins or {})
        self._limited = limited(rules)
        self._paid_by_others = {r.id for r in rules.rules if r.settlement == "tender"}
        self._usage = UsageProjection()
        self._tables = MemoryWriter(self._usage.tables)

    def outcome(self, sale: PastSale) -> Outcome:
        """Price the goods of a sale under the rules, on its own occasion."""
        basket = self._engine.basket(self._occasion(sale))
        for line in sale.lines:
            basket.put(line)
        solved = basket.solve()
        by_rule: dict[str, int] = {}
        by_line: dict[int, int] = {}
        for rule, _, row in solved.cells:
            if rule in self._paid_by_others:  # a payment, as it stands with the sale
                continue
            by_rule[rule] = by_rule.get(rule, 0) + sum(minor for _, minor in row)
            for number, minor in row:
                by_line[number] = by_line.get(number, 0) + minor
        if self._limited:
            proof = PriceProof("", applied=solved.applied)
            self._count(sale, proof)
        return Outcome(sum(by_rule.values()), by_rule, by_line, solved.certificate.proved)

    def _occasion(self, sale: PastSale) -> Occasion:
        if not self._limited:
            return replace(sale.occasion, left=()) if sale.occasion.left else sale.occasion
        rest = left(self._tables, self._limited, sale.member, sale.day)
        return replace(sale.occasion, left=rest)

    def _count(self, sale: PastSale, proof: PriceProof) -> None:
        told = used(self._limited, proof, sale.sale, sale.member, sale.day)
        if told is not None:
            self._usage.fold(self._tables, NO_ENVELOPE, told)


NO_ENVELOPE = Envelope("rules.used", 1, "", "", 0, 0, 0, 0, "", "", msgspec.Raw(b""))


class SideTotals(msgspec.Struct):
    """The sums of one side, minor units. Cost and margin are of the sales whose cost is known."""

    sales_discounted: int = 0
    discount_minor: int = 0
    payable_minor: int = 0
    costed_net_minor: int = 0
    cost_minor: int = 0
    unproved: int = 0

    @property
    def margin_minor(self) -> int:
        """Return the net proceeds less the cost of goods, where that is known."""
        return self.costed_net_minor - self.cost_minor


class RuleEffect(msgspec.Struct):
    """What one rule gave on either side: on how many sales, and how much."""

    rule: str
    old_sales: int = 0
    old_minor: int = 0
    new_sales: int = 0
    new_minor: int = 0


class SaleEffect(msgspec.Struct, frozen=True, order=True):
    """One sale that comes to something else; ``change_minor`` is what the customer pays more."""

    change_minor: int
    number: int
    sale: str
    old_payable_minor: int
    new_payable_minor: int


class ReplayReport(msgspec.Struct, frozen=True):
    """What a change of rules comes to over past sales.

    ``touched`` sales come to another amount. ``dearer`` and ``cheaper`` are those that change
    most, the largest change first.
    """

    sales: int
    touched: int
    skipped: int
    old: SideTotals
    new: SideTotals
    rules: tuple[RuleEffect, ...]
    cheaper: tuple[SaleEffect, ...]
    dearer: tuple[SaleEffect, ...]


class _Paid(NamedTuple):
    payable_minor: int
    net_minor: int


def replay(
    sales: PastSales,
    old: Side,
    new: Side,
    *,
    shown: int = SHOWN,
    progress: Progress | None = None,
) -> ReplayReport:
    """Price every sale on both sides and add up what is different."""
    tally = _Tally(shown)
    for sale in sales.each(progress):
        tally.add(sale, old.outcome(sale), new.outcome(sale))
    return tally.report(sales.skipped)


class _Tally:
    """Sums over sales, in constant memory."""

    def __init__(self, shown: int) -> None:
        self.sales = self.touched = 0
        self._shown = shown
        self._old, self._new = SideTotals(), SideTotals()
        self._rules: dict[str, RuleEffect] = {}
        self._cheaper: list[tuple[int, int, SaleEffect]] = []  # heaps: the least on top
        self._dearer: list[tuple[int, int, SaleEffect]] = []

    def add(self, sale: PastSale, old: Outcome, new: Outcome) -> None:
        """Count one sale."""
        before, after = paid(sale, old), paid(sale, new)
        self.sales += 1
        _add_side(self._old, sale, old, before)
        _add_side(self._new, sale, new, after)
        self._add_rules(old, new)
        change = after.payable_minor - before.payable_minor
        if change:
            self.touched += 1
            effect = SaleEffect(
                change, sale.number, sale.sale, before.payable_minor, after.payable_minor
            )
            heap = self._dearer if change > 0 else self._cheaper
            row = (abs(change), -self.sales, effect)
            if len(heap) < self._shown:
                heappush(heap, row)
            else:
                heappushpop(heap, row)

    def _add_rules(self, old: Outcome, new: Outcome) -> None:
        for rule, minor in old.by_rule.items():
            effect = self._rules.setdefault(rule, RuleEffect(rule))
            effect.old_sales += 1
            effect.old_minor += minor
        for rule, minor in new.by_rule.items():
            effect = self._rules.setdefault(rule, RuleEffect(rule))
            effect.new_sales += 1
            effect.new_minor += minor

    def report(self, skipped: int) -> ReplayReport:
        """Return the sums."""
        return ReplayReport(
            self.sales,
            self.touched,
            skipped,
            self._old,
            self._new,
            tuple(self._rules[rule] for rule in sorted(self._rules)),
            tuple(row[2] for row in sorted(self._cheaper, reverse=True)),
            tuple(row[2] for row in sorted(self._dearer, reverse=True)),
        )


def _add_side(totals: SideTotals, sale: PastSale, outcome: Outcome, paid: _Paid) -> None:
    totals.sales_discounted += outcome.saving_minor > 0
    totals.discount_minor += outcome.saving_minor
    totals.payable_minor += paid.payable_minor
    totals.unproved += not outcome.proved
    if sale.cost_minor > 0:
        totals.costed_net_minor += paid.net_minor
        totals.cost_minor += sale.cost_minor


def paid(sale: PastSale, outcome: Outcome) -> _Paid:
    """Return what the customer would have paid, in all and without taxes."""
    payable, net = sale.payable_minor, sale.net_minor
    for line, money in sale.money.items():
        more = max(money.saved_minor - outcome.by_line.get(line, 0), -money.left_minor)
        if more:
            payable += _share(more, money.payable_minor, money.left_minor)
            net += _share(more, money.net_minor, money.left_minor)
    return _Paid(payable, net)


def _share(more_minor: int, part_minor: int, of_minor: int) -> int:
    """Return a change of a line as it changes what is paid; a line of nothing had no taxes."""
    if of_minor <= 0:
        return more_minor
    return div_round(more_minor * part_minor, of_minor, "half_up")
