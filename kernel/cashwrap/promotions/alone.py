"""What a rule would find if it stood alone: units, what it lacks, and whether it would save.

Plain Python over the meaning of rules, for explanations; the figures are exact.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from cashwrap.promotions.book import EXTRAS, book_of
from cashwrap.promotions.extras import Amounts
from cashwrap.promotions.model import AppliedRule, BasketLine, Occasion, UnitsUsed
from cashwrap.promotions.recheck_choice import cap_minor
from cashwrap.promotions.recheck_goods import Shelf, Unit, Unsound, covers, measured
from cashwrap.promotions.recheck_item import Sums, formed
from cashwrap.promotions.recheck_order import amount_of, base_of, pay_points, points_there, spend
from cashwrap.promotions.recheck_units import (
    each_saves,
    sees,
    special_prices,
    units_of,
)
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Candidates,
    Each,
    FeeOff,
    Group,
    Need,
    PayPoints,
    Range,
    Rule,
    RuleSet,
    SetPrice,
    Spend,
    Tiers,
)
from cashwrap.promotions.slots import all_ranges, in_slots, slots_of


class Short(NamedTuple):
    """What is missing, in money and in units."""

    minor: int = 0
    units: int = 0


class Alone:
    """The goods of a sale as each rule would find them, and as the rules that applied left them."""

    def __init__(
        self,
        rules: RuleSet,
        lines: Sequence[BasketLine],
        occasion: Occasion,
        applied: Sequence[AppliedRule],
    ) -> None:
        self.rules = rules
        self.occasion = occasion
        self.applied = applied
        self.lines = lines
        self.by_id = book_of(rules).by_id
        self.shelf = self._fresh()

    def _fresh(self) -> Shelf:
        """Return the goods at their special prices, with nothing else taken."""
        shelf = Shelf(self.lines, self.rules.policy)
        special = [self.by_id[each.rule] for each in self.applied if each.layer == "price"]
        special_prices(special, shelf)
        return shelf

    @cached_property
    def amounts(self) -> Amounts:
        """Return what the lines come to under the rules that applied."""
        return Amounts(self.rules, self.lines, self.applied)

    @cached_property
    def given_to(self) -> dict[str, set[tuple[int, str]]]:
        """Return the parts to which the rules that applied gave."""
        served = self._served()
        found: dict[str, set[tuple[int, str]]] = {}
        for each in self.applied:
            lines = {used.line for use in each.uses for used in use.units}
            own = each.layer == "item"
            parts = {(n, by) for n in lines for by in ((each.rule,) if own else served[n])}
            found[each.rule] = parts
        return found

    def _served(self) -> dict[int, list[str]]:
        """Return by line the rules of the item layer that its units serve, "" for none."""
        served: dict[int, list[str]] = {line.line: [] for line in self.lines}
        free = {line.line: line.units for line in self.lines}
        for each in (each for each in self.applied if each.layer == "item"):
            for used in (used for use in each.uses for used in use.units):
                served[used.line].append(each.rule)
                free[used.line] -= used.units
        for number, units in free.items():
            served[number] += [""] * (units > 0)
        return served

    def may_give_to(self, rule: Rule) -> set[tuple[int, str]]:
        """Return the parts to which a rule that did not apply would give."""
        served = self._served()
        return {(x.line, by) for x in self.lines if covers(rule.range, x) for by in served[x.line]}

    def covers_any(self, rule: Rule) -> bool:
        """Return whether anything on the sale is in the rule's range (or in one of its slots)."""
        if isinstance(rule.benefit, FeeOff):
            return any(fee == rule.benefit.fee for fee, _ in self.occasion.fees)
        if rule.layer in ("price", "item"):
            return any(self.units(rule, range_) for range_ in all_ranges(rule))
        return any(covers(rule.range, line) for line in self.lines)

    def units(self, rule: Rule, range_: Range) -> int:
        """Return how many units of a range a rule of the item layer may have."""
        lines = self.shelf.lines.values()
        return sum(line.units for line in lines if sees(rule, range_, line, self.shelf))

    def largest(self) -> str:
        """Return the rule that saves most of those that were chosen, "" if there is none."""
        chosen = [each for each in self.applied if each.layer != "price"]
        return max(chosen, key=lambda each: each.saving_minor).rule if chosen else ""

    # What it lacks

    def short(self, rule: Rule) -> Short:
        """Return what a rule lacks though nothing else takes its units."""
        for need in rule.needs:
            lacks = self.need_lacks(need)
            if any(lacks):
                return lacks
        if isinstance(rule.benefit, Spend):
            return self._spend_lacks(rule, rule.benefit, self.shelf)
        if isinstance(rule.benefit, PayPoints):
            return Short(units=max(0, rule.benefit.points - points_there(self.occasion)))
        return Short(units=self._units_lack(rule))

    def need_lacks(self, need: Need) -> Short:
        """Return what is missing to meet a need."""
        inside = [line for line in self.shelf.lines.values() if covers(need.range, line)]
        price = self.shelf.price
        listed = need.measured == "list"
        minor = measured((x, (x.list_minor if listed else price[x.line]) * x.units) for x in inside)
        return Short(
            _lack(need.minor, minor, need.above),
            _lack(need.count, self._pieces((x, x.units) for x in inside), need.above),
        )

    def _pieces(self, counted: Iterable[tuple[BasketLine, int]]) -> int:
        weighed = self.rules.policy.weighed_in_groups
        return sum(units for line, units in counted if weighed or not line.divisible)

    def _spend_lacks(self, rule: Rule, benefit: Spend, shelf: Shelf) -> Short:
        """Return what is missing to the nearest step, if none is reached."""
        minor, count = self.measure(rule, benefit, shelf)
        lacks = [
            Short(
                _lack(step.at_minor, minor, benefit.above),
                _lack(step.at_count, count, benefit.above),
            )
            for step in benefit.steps
        ]
        return min(lacks, key=lambda lack: (any(lack), lack.minor, lack.units))

    def measure(self, rule: Rule, benefit: Spend, shelf: Shelf) -> tuple[int, int]:
        """Return the money and the units that thresholds are measured on."""
        parts = base_of(rule, shelf, self.by_id).parts
        minor = measured((part.line, amount_of(part, shelf, benefit.measured)) for part in parts)
        return minor, self._pieces((part.line, part.units) for part in parts)

    def spend_base(self, rule: Rule, benefit: Spend) -> tuple[int, int]:
        """Return the same as the rules that applied have left it."""
        minor, count = self.measure(rule, benefit, self.now)
        stands = [use.base_minor for x in self.applied if x.rule == rule.id for use in x.uses]
        return (stands[0] if stands else minor), count

    def _units_lack(self, rule: Rule) -> int:
        """Return how many units are missing to the first use."""
        benefit = rule.benefit
        if isinstance(benefit, Group):
            return max(0, benefit.every - self.units(rule, rule.range))
        if isinstance(benefit, SetPrice):
            return max(0, benefit.count - self.units(rule, rule.range))
        if isinstance(benefit, Tiers):
            first = min(tier.from_count for tier in benefit.tiers)
            return max(0, first - self.units(rule, rule.range))
        if isinstance(benefit, Bundle | BuyGet):
            wanted = sum(slot.units for slot in slots_of(rule, benefit))
            return wanted - len(in_slots(rule, slots_of(rule, benefit), self.shelf))
        return 0

    # Would it save

    def saves(self, rule: Rule) -> bool:
        """Return whether the rule alone would give something."""
        if isinstance(rule.benefit, EXTRAS) or isinstance(rule.benefit, Candidates):
            return isinstance(rule.benefit, EXTRAS)
        if rule.layer in ("order", "coupon", "points"):
            return self._order_saves(rule)
        return any(self._forms(rule, units) for units in self._tries(rule))

    def _order_saves(self, rule: Rule) -> bool:
        shelf = self._fresh()
        base, cap = base_of(rule, shelf, self.by_id), cap_minor(rule, self.occasion)
        if isinstance(rule.benefit, Spend):
            return spend(rule, rule.benefit, base, shelf, cap) is not None
        if isinstance(rule.benefit, PayPoints):
            points = points_there(self.occasion)
            return pay_points(rule, rule.benefit, base, shelf, cap, points) is not None
        return False

    def _tries(self, rule: Rule) -> list[list[Unit]]:
        """Return sets of the rule's dearest units, of each size at which it might begin to save."""
        benefit = rule.benefit
        if isinstance(benefit, Bundle | BuyGet):
            return [in_slots(rule, slots_of(rule, benefit), self.shelf)]
        units = [unit for number in self.shelf.lines for unit in self._of_line(rule, number)]
        units.sort(key=lambda unit: unit.kind)
        if isinstance(benefit, Group):
            return [units[: benefit.every]]
        if isinstance(benefit, SetPrice):
            return [units[: benefit.count]]
        if isinstance(benefit, Tiers):
            return [units[: tier.from_count] for tier in benefit.tiers]
        return [[unit] for unit in units]

    def _of_line(self, rule: Rule, number: int) -> list[Unit]:
        line = self.shelf.lines[number]
        if not sees(rule, rule.range, line, self.shelf):
            return []
        most = 1 if isinstance(rule.benefit, Each) else line.units
        return list(units_of(rule, UnitsUsed(number, most, 0), self.shelf))

    def _forms(self, rule: Rule, units: Sequence[Unit]) -> bool:
        try:
            each_saves(rule, formed(rule, units, Sums(rule, self.rules.policy)))
        except Unsound:
            return False
        return bool(units)

    # What stands in its way

    def short_now(self, rule: Rule) -> Short:
        """Return what a threshold lacks on what the rules that applied have left."""
        if not isinstance(rule.benefit, Spend):
            return Short()
        return self._spend_lacks(rule, rule.benefit, self.now)

    @cached_property
    def now(self) -> Shelf:
        """Return the goods as the item layer left them."""
        shelf = self._fresh()
        for each in (each for each in self.applied if each.layer == "item"):
            for used in (used for use in each.uses for used in use.units):
                shelf.serve(each.rule, used.line, used.units, used.minor)
        return shelf

    def taker(self, rule: Rule) -> str:
        """Return the rule that took most off the units that this one needs, "" if none did."""
        ranges = all_ranges(rule)
        mine = {x.line for x in self.lines if any(covers(range_, x) for range_ in ranges)}
        layer = "price" if rule.layer == "price" else "item"
        took = {
            each.rule: sum(u.minor for use in each.uses for u in use.units if u.line in mine)
            for each in self.applied
            if each.layer == layer
            if any(u.line in mine for use in each.uses for u in use.units)
        }
        return max(sorted(took), key=took.__getitem__, default="")


def _lack(wanted: int, there: int, above: bool) -> int:
    """Return how much is missing to a figure that is asked for (0: it is not)."""
    return max(0, wanted + above - there) if wanted else 0
