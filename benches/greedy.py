"""What plain tills do with a cart: one use of a promotion after the other, whatever comes first.

Special prices are taken, then uses of item rules as long as one saves something, each on the best
units for it that are left, then what the order and its coupons give. A use that is found never
gives way to a better pair. Every single step is asked of an engine that knows one rule alone.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Occasion
from cashwrap.promotions.rules import Limits, Rule, RuleSet


class Step(NamedTuple):
    """One use of a rule: what it saves, and (line, units, minor) of what it takes."""

    saving_minor: int
    taken: tuple[tuple[int, int, int], ...]

    @property
    def units(self) -> int:
        """How many units it takes."""
        return sum(units for _, units, _ in self.taken)


class Alone:
    """A rule, the units that are left for it, and the best use that it would make of them."""

    def __init__(self, place: int, rule: Rule, lines: Sequence[BasketLine], at: Occasion) -> None:
        self.place, self.rule = place, rule
        once = replace(rule, limits=Limits(order_uses=1))
        engine = PromotionEngine(RuleSet(rules=(once,)))
        self._basket = engine.basket(at)
        self._lines = {
            line.line: line for line in lines if engine.match(line.goods, line.unit_minor).pairs()
        }
        for line in self._lines.values():
            self._basket.put(line)
        self.best = self._find()

    def left(self, left: dict[int, int], changed: Iterable[int]) -> None:
        """Take note of what another use has taken."""
        touched = [number for number in changed if number in self._lines]
        for number in touched:
            if left[number]:
                self._basket.put(replace(self._lines[number], units=left[number]))
            else:
                self._basket.drop(number)
        if touched:
            self.best = self._find()

    def _find(self) -> Step:
        applied = self._basket.solve().applied
        uses = [use for one in applied for use in one.uses]
        taken = tuple((u.line, u.units, u.minor) for use in uses for u in use.units)
        return Step(sum(use.saving_minor for use in uses), taken)


Worth = Callable[[Alone], float]
ORDERS: dict[str, Worth] = {
    "biggest": lambda one: one.best.saving_minor,
    "per unit": lambda one: one.best.saving_minor / max(1, one.best.units),
    "as listed": lambda one: -one.place,
}
"""Which use is taken next: that for which this is most."""


def greedy_payable(rules: RuleSet, given: Sequence[BasketLine], at: Occasion) -> dict[str, int]:
    """Return what is left to pay by each way of taking one use after the other."""
    lines = _specially_priced(rules, given, at)
    return {name: _taken_in_turn(rules, lines, at, worth) for name, worth in ORDERS.items()}


def _taken_in_turn(rules: RuleSet, lines: Sequence[BasketLine], at: Occasion, worth: Worth) -> int:
    left = {line.line: line.units for line in lines}
    rest = {line.line: line.unit_minor * line.units for line in lines}
    waiting = [Alone(place, rule, lines, at) for place, rule in _touching_item(rules, lines, at)]
    waiting = [one for one in waiting if one.best.saving_minor]
    while waiting:
        one = max(waiting, key=lambda one: (worth(one), -one.place))
        for line, units, minor in one.best.taken:
            left[line] -= units
            rest[line] -= minor
        changed = {line for line, _, _ in one.best.taken}
        for other in waiting:
            other.left(left, changed)
        waiting = [o for o in waiting if o.best.saving_minor and not _exclude(o.rule, one.rule)]
    return _later(rules, lines, rest, at)


def _touching_item(
    rules: RuleSet, lines: Sequence[BasketLine], at: Occasion
) -> list[tuple[int, Rule]]:
    item = tuple(rule for rule in rules.rules if rule.layer == "item")
    basket = PromotionEngine(RuleSet(rules=item)).basket(at)
    for line in lines:
        basket.put(line)
    return [(place, item[place]) for place in basket.touching()]


def _exclude(one: Rule, other: Rule) -> bool:
    return one is not other and not (
        set(one.tags).isdisjoint(other.excludes) and set(other.tags).isdisjoint(one.excludes)
    )


def _specially_priced(
    rules: RuleSet, lines: Sequence[BasketLine], at: Occasion
) -> list[BasketLine]:
    off = _off(rules, ("price",), lines, at)
    return [
        replace(line, unit_minor=line.unit_minor - off.get(line.line, 0) // line.units)
        for line in lines
    ]


def _later(rules: RuleSet, lines: Sequence[BasketLine], rest: dict[int, int], at: Occasion) -> int:
    """Return what is left to pay after the layers that follow; a line counts as one unit."""
    whole = [
        replace(line, unit_minor=rest[line.line], list_minor=rest[line.line], units=1)
        for line in lines
    ]
    off = _off(rules, ("order", "coupon", "points"), whole, at)
    return sum(rest.values()) - sum(off.values())


def _off(
    rules: RuleSet, layers: tuple[str, ...], lines: Sequence[BasketLine], at: Occasion
) -> dict[int, int]:
    """Return what the rules of these layers take off each line."""
    chosen = tuple(rule for rule in rules.rules if rule.layer in layers)
    basket = PromotionEngine(replace(rules, rules=chosen)).basket(at)
    for line in lines:
        basket.put(line)
    off: dict[int, int] = {}
    for _, _, row in basket.solve().cells:
        for line, minor in row:
            off[line] = off.get(line, 0) + minor
    return off
