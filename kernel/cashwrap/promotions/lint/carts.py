"""Carts at which something changes: just below, at and above what a rule asks for.

A cart is its items by their place on the shelf and how many units of each, in order of place.
"""

from collections.abc import Callable, Iterator, Sequence

from cashwrap.promotions.lint.model import ShelfItem
from cashwrap.promotions.rules import (
    EVERYTHING,
    Benefit,
    Bundle,
    BuyGet,
    Group,
    Need,
    PayPoints,
    Range,
    Rule,
    SetPrice,
    Slot,
    Spend,
    Step,
    Tiers,
)

Cart = tuple[tuple[int, int], ...]
Picks = Callable[[Range], Sequence[int]]
"""Gives places on the shelf that stand for a range, cheapest first."""

UNITS_MAX = 500
PICKS_MAX = 4


def united(*carts: Cart) -> Cart:
    """Return one cart with all the goods of some."""
    units: dict[int, int] = {}
    for cart in carts:
        for place, count in cart:
            units[place] = units.get(place, 0) + count
    return tuple(sorted(units.items()))


def units_of(cart: Cart) -> int:
    """Return how many units are in a cart."""
    return sum(count for _, count in cart)


class Reaching:
    """Makes the carts that reach a rule, of goods that stand for its ranges."""

    def __init__(self, items: Sequence[ShelfItem], picks: Picks) -> None:
        self._items = items
        self._picks = picks

    def carts(self, rule: Rule) -> list[Cart]:
        """Return the carts that reach a rule, and those that just do not, without repeats."""
        needed = [self._needed(need) for need in rule.needs]
        if not all(needed):
            return []
        found: dict[Cart, None] = {}
        for cart in self._given(rule):
            whole = united(cart, *(each[0] for each in needed))
            for one in (whole, *(united(whole, each[-1]) for each in needed)):
                if 0 < units_of(one) <= UNITS_MAX:
                    found[one] = None
        return list(found)

    def _given(self, rule: Rule) -> Iterator[Cart]:
        match rule.benefit:
            case Spend() as spend:
                for step in spend.steps:
                    yield from self._step(step, spend, self._some(rule.range))
            case Bundle(slots=slots):
                yield from self._slots(slots, rule.range)
            case BuyGet() as offer:
                yield from self._buy_get(rule, offer)
            case PayPoints():
                yield from (((place, 1),) for place in self._some(rule.range))
            case benefit:
                yield from self._counts(benefit, self._some(rule.range))

    def _some(self, range: Range) -> Sequence[int]:
        """Return a few places of a range from cheapest to dearest."""
        places = self._picks(range)
        if len(places) <= PICKS_MAX:
            return places
        last = len(places) - 1
        return [places[at * last // 3] for at in (0, 1, 2, 3)]

    def _counts(self, benefit: Benefit, places: Sequence[int]) -> Iterator[Cart]:
        for count in critical_counts(benefit):
            for place in places:
                yield ((place, count),)
            if count > 1 and len(places) > 1:
                yield united(((places[0], count - 1),), ((places[-1], 1),))
                yield united(((places[0], 1),), ((places[-1], count - 1),))

    def _slots(self, slots: Sequence[Slot], within: Range = EVERYTHING) -> Iterator[Cart]:
        also = set(self._picks(within)) if within != EVERYTHING else None
        some = [
            [place for place in self._some(slot.range) if also is None or place in also]
            for slot in slots
        ]
        if all(some):
            for end in (0, -1):
                yield united(*(((p[end], s.count),) for p, s in zip(some, slots, strict=True)))

    def _buy_get(self, rule: Rule, offer: BuyGet) -> Iterator[Cart]:
        for bought in self._slots(offer.buy):
            yield bought
            for place in self._some(rule.range):
                yield united(bought, ((place, offer.get),))

    def _step(self, step: Step, spend: Spend, places: Sequence[int]) -> Iterator[Cart]:
        above = int(spend.above)
        counts = [count + above for count in (step.at_count - 1, step.at_count) if count > 0]
        for place in places:
            each = max(self._items[place].unit_minor, 1)
            reached = -(-(step.at_minor + above) // each)
            many = {max(reached - 1, 1), max(reached, 1), *counts}
            if spend.every:
                many.add(2 * max(reached, 1))
            for count in sorted(many):
                yield ((place, count),)
            yield from self._filled(step.at_minor + above, place, places[0])

    def _filled(self, at_minor: int, place: int, filler: int) -> Iterator[Cart]:
        """Yield a cart of some dear goods that a cheap one brings over a threshold."""
        each, small = self._items[place].unit_minor, max(self._items[filler].unit_minor, 1)
        count = (at_minor - 1) // each if each > 0 else 0
        lacking = -(-(at_minor - count * each) // small)
        if count > 0 and place != filler and lacking <= UNITS_MAX:
            yield united(((place, count),), ((filler, lacking),))
            yield united(((place, count),), ((filler, max(lacking - 1, 1)),))

    def _needed(self, need: Need) -> list[Cart]:
        """Return the cheapest and the dearest way to satisfy a need; none if there is no way."""
        places = self._some(need.range)
        found: list[Cart] = []
        for place in [places[0], places[-1]] if places else []:
            each = max(self._items[place].unit_minor, 1)
            count = max(need.count, -(-need.minor // each)) + int(need.above)
            found.append(((place, max(count, 1)),))
        return found


def critical_counts(benefit: Benefit) -> list[int]:
    """Return the counts of units around which a benefit changes."""
    match benefit:
        case Group(every=every):
            near = {every - 1, every, every + 1, 2 * every}
        case SetPrice(count=count):
            near = {count - 1, count, count + 1, 2 * count}
        case Tiers(tiers=tiers):
            near = {count for tier in tiers for count in (tier.from_count - 1, tier.from_count)}
        case _:
            near = {1, 2}
    return sorted(count for count in near if 0 < count <= UNITS_MAX)
