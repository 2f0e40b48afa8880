"""What a rule would find if it stood alone: units, what it lacks, and whether it would save.

Plain Python over the meaning of rules, for explanations; the figures are exact.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from cashwrap.money import PPM
from cashwrap.promotions.book import EXTRAS, book_of
from cashwrap.promotions.explain.extras import Amounts
from cashwrap.promotions.explain.lacks import Short, lack, nearest, step_lack, takes
from cashwrap.promotions.explain.slots import all_ranges, in_slots, slots_of
from cashwrap.promotions.model import AppliedRule, BasketLine, Occasion, UnitsUsed
from cashwrap.promotions.recheck.choice import cap_minor
from cashwrap.promotions.recheck.goods import Shelf, Unit, Unsound, covers, measured
from cashwrap.promotions.recheck.item import Sums, formed
from cashwrap.promotions.recheck.order import amount_of, base_of, fees_in, fees_of, points_there
from cashwrap.promotions.recheck.units import each_saves, is_open, special_prices, units_of
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
        self._covered: dict[Range, tuple[BasketLine, ...]] = {}
        self._measured: dict[tuple[Range, str], tuple[int, int]] = {}
        self._worths: dict[Range, tuple[int, int]] = {}

    def _fresh(self) -> Shelf:
        """Return the goods at their special prices, with nothing else taken."""
        shelf = Shelf(self.lines, self.rules.policy, fees_minor=fees_of(self.occasion))
        special_prices([self.by_id[x.rule] for x in self.applied if x.layer == "price"], shelf)
        return shelf

    @cached_property
    def amounts(self) -> Amounts:
        """Return what the lines come to under the rules that applied."""
        return Amounts(self.rules, self.lines, self.applied)

    def covered(self, range_: Range) -> tuple[BasketLine, ...]:
        """Return the lines of a range, looked up once for all rules that share it."""
        found = self._covered.get(range_)
        if found is None:
            found = tuple(line for line in self.shelf.lines.values() if covers(range_, line))
            self._covered[range_] = found
        return found

    def seen(self, rule: Rule, range_: Range) -> list[BasketLine]:
        """Return the lines of a range of which a rule of the item layer may have units."""
        inside = self.covered(range_)
        if isinstance(rule.benefit, Bundle):
            inside = tuple(line for line in inside if covers(rule.range, line))
        return [line for line in inside if is_open(rule, line, self.shelf)]

    def units(self, rule: Rule, range_: Range) -> int:
        """Return how many units it may have."""
        return sum(line.units for line in self.seen(rule, range_))

    def covers_any(self, rule: Rule) -> bool:
        """Return whether anything on the sale is in the rule's range (or in one of its slots)."""
        if isinstance(rule.benefit, FeeOff):
            return any(fee == rule.benefit.fee for fee, _ in self.occasion.fees)
        if rule.layer in ("price", "item"):
            return any(self.seen(rule, range_) for range_ in all_ranges(rule))
        return bool(self.covered(rule.range))

    # What it lacks

    def short(self, rule: Rule) -> Short:
        """Return what a rule lacks though nothing else takes its units."""
        for need in rule.needs:
            lacks = self.need_lacks(need)
            if any(lacks):
                return lacks
        if isinstance(rule.benefit, Spend):
            return nearest(rule.benefit, *self.measure(rule, rule.benefit))
        if isinstance(rule.benefit, PayPoints):
            return Short(units=max(0, rule.benefit.points - points_there(self.occasion)))
        return Short(units=self._units_lack(rule))

    def need_lacks(self, need: Need) -> Short:
        """Return what is missing to meet a need."""
        inside = self.covered(need.range)
        minor = measured((x, self._stands(x, need.measured)) for x in inside)
        count = self._pieces((x, x.units) for x in inside)
        return Short(lack(need.minor, minor, need.above), lack(need.count, count, need.above))

    def _stands(self, line: BasketLine, when: str) -> int:
        """Return a line at list prices, or at its special price with nothing else taken."""
        return (line.list_minor if when == "list" else self.shelf.price[line.line]) * line.units

    def _pieces(self, counted: Iterable[tuple[BasketLine, int]]) -> int:
        weighed = self.rules.policy.weighed_in_groups
        return sum(units for line, units in counted if weighed or not line.divisible)

    def _base(self, rule: Rule) -> list[BasketLine]:
        """Return the lines of an order rule's range that no special price bars from it."""
        without = set(rule.range.not_promoted_by)
        if not without:
            return list(self.covered(rule.range))

        def barred(line: BasketLine) -> bool:
            givers = (self.by_id[name] for name, _ in self.shelf.special[line.line])
            return any("*" in without or without & set(giver.tags) for giver in givers)

        return [line for line in self.covered(rule.range) if not barred(line)]

    def measure(self, rule: Rule, benefit: Spend) -> tuple[int, int]:
        """Return the money and the units that thresholds are measured on, with nothing taken."""
        place = rule.range, "list" if benefit.measured == "list" else "price"
        if place not in self._measured:
            base = self._base(rule)
            minor = measured((line, self._stands(line, benefit.measured)) for line in base)
            minor += fees_in(rule, self.shelf)
            self._measured[place] = minor, self._pieces((line, line.units) for line in base)
        return self._measured[place]

    def _worth(self, rule: Rule) -> tuple[int, int]:
        """Return what the goods of an order rule come to, and what may come off them."""
        if rule.range not in self._worths:
            price, lines = self.shelf.price, self._base(rule)
            left = sum(price[line.line] * line.units for line in lines)
            room = sum(max(0, price[x.line] - x.least_minor) * x.units for x in lines)
            self._worths[rule.range] = left, room
        return self._worths[rule.range]

    def measure_now(self, rule: Rule, benefit: Spend) -> tuple[int, int]:
        """Return the same as the rules that applied have left it."""
        parts = base_of(rule, self.now, self.by_id).parts
        minor = measured((part.line, amount_of(part, self.now, benefit.measured)) for part in parts)
        minor += fees_in(rule, self.now)
        stands = [use.base_minor for x in self.applied if x.rule == rule.id for use in x.uses]
        count = self._pieces((part.line, part.units) for part in parts)
        return (stands[0] if stands else minor), count

    @cached_property
    def now(self) -> Shelf:
        """Return the goods as the item layer left them."""
        shelf = self._fresh()
        for each in (each for each in self.applied if each.layer == "item"):
            for used in (used for use in each.uses for used in use.units):
                shelf.serve(each.rule, used.line, used.units, used.minor)
        return shelf

    def _units_lack(self, rule: Rule) -> int:
        """Return how many units are missing to the first use."""
        benefit = rule.benefit
        if isinstance(benefit, Bundle | BuyGet):
            wanted = sum(slot.units for slot in slots_of(rule, benefit))
            return wanted - len(self.one_set(rule, benefit))
        first = 0
        if isinstance(benefit, Group):
            first = benefit.every
        elif isinstance(benefit, SetPrice):
            first = benefit.count
        elif isinstance(benefit, Tiers):
            first = min(tier.from_count for tier in benefit.tiers)
        return max(0, first - self.units(rule, rule.range)) if first else 0

    def one_set(self, rule: Rule, benefit: Bundle | BuyGet) -> list[Unit]:
        """Return the units that fill as many places of one set as there are units for."""
        slots = slots_of(rule, benefit)
        seen = [self.seen(rule, slot.range) for slot in slots]
        return in_slots(rule, slots, seen, self.shelf)

    # Would it save

    def saves(self, rule: Rule) -> bool:
        """Return whether the rule alone would give something."""
        if isinstance(rule.benefit, EXTRAS) or isinstance(rule.benefit, Candidates):
            return isinstance(rule.benefit, EXTRAS)
        if isinstance(rule.benefit, Spend | PayPoints):
            return self._order_saves(rule, rule.benefit)
        return any(self._forms(rule, units) for units in self._tries(rule))

    def _order_saves(self, rule: Rule, benefit: Spend | PayPoints) -> bool:
        left, room = self._worth(rule)
        most = min(room, cap_minor(rule, self.occasion))
        if isinstance(benefit, PayPoints):
            return min(most, left * benefit.at_most_ppm // PPM) >= benefit.minor
        if benefit.at_most_minor == 0 or most <= 0:
            return False
        minor, count = self.measure(rule, benefit)
        reached = [x for x in benefit.steps if not any(step_lack(x, benefit, minor, count))]
        return any(takes(step.off, left) for step in reached)

    def _tries(self, rule: Rule) -> Iterator[list[Unit]]:
        """Give sets of the rule's dearest units, of each size at which it might begin to save."""
        benefit = rule.benefit
        if isinstance(benefit, Bundle | BuyGet):
            yield self.one_set(rule, benefit)
            return
        sizes = [1]
        if isinstance(benefit, Group):
            sizes = [benefit.every]
        elif isinstance(benefit, SetPrice):
            sizes = [benefit.count]
        elif isinstance(benefit, Tiers):
            sizes = [tier.from_count for tier in benefit.tiers]
        lines = sorted(self.seen(rule, rule.range), key=self.shelf.kind)
        if isinstance(benefit, Each):  # any of its units may be the one
            yield from (self._dearest(rule, [line], 1) for line in lines)
            return
        yield from (self._dearest(rule, lines, size) for size in sizes)

    def _dearest(self, rule: Rule, lines: Sequence[BasketLine], size: int) -> list[Unit]:
        found: list[Unit] = []
        for line in lines:
            units = min(line.units, size - len(found))
            if units > 0:
                found += units_of(rule, UnitsUsed(line.line, units, 0), self.shelf)
        return found

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
        return nearest(rule.benefit, *self.measure_now(rule, rule.benefit))

    def gives_to(self, name: str) -> set[tuple[int, str]]:
        """Return the parts to which a rule gave, or would give: lines and the rules they serve."""
        rule = self.by_id[name]
        lines = {x.line for range_ in all_ranges(rule) for x in self.covered(range_)}
        own = [each for each in self.applied if each.rule == name]
        if own:
            lines = {used.line for use in own[0].uses for used in use.units}
        if own and rule.layer == "item":
            return {(line, name) for line in lines}
        return {(part.line.line, part.served) for part in self.now.parts.values()
                if part.units and part.line.line in lines}  # fmt: skip

    @cached_property
    def _took(self) -> dict[str, dict[int, int]]:
        """Return what each rule that applied took off each line, those of the order not."""
        found: dict[str, dict[int, int]] = {}
        for each in (each for each in self.applied if each.layer in ("price", "item")):
            lines = found.setdefault(each.rule, {})
            for used in (used for use in each.uses for used in use.units):
                lines[used.line] = lines.get(used.line, 0) + used.minor
        return found

    def taker(self, rule: Rule) -> str:
        """Return the rule that took most off the units that this one needs, "" if none did."""
        mine = {x.line for range_ in all_ranges(rule) for x in self.covered(range_)}
        special = rule.layer == "price"
        took = {
            name: sum(lines[line] for line in mine & lines.keys())
            for name, lines in self._took.items()
            if (self.by_id[name].layer == "price") == special and mine & lines.keys()
        }
        return max(sorted(took), key=took.__getitem__, default="")

    def largest(self) -> str:
        """Return the rule that saves most of those that were chosen, "" if there is none."""
        chosen = [each for each in self.applied if each.layer != "price"]
        return max(chosen, key=lambda each: each.saving_minor).rule if chosen else ""
