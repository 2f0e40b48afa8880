"""Search for carts that nobody wanted: deterministic, counted, over goods that stand for all."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from cashwrap.promotions.lint.carts import Cart, Reaching, united, units_of
from cashwrap.promotions.lint.conflicts import pairs_of
from cashwrap.promotions.lint.cover import Coverage
from cashwrap.promotions.lint.looks import (
    Look,
    Looker,
    Sighting,
    adding,
    alone,
    apart,
    reversed_order,
)
from cashwrap.promotions.lint.price import BudgetSpent, Pricer
from cashwrap.promotions.lint.when import occasion_for
from cashwrap.promotions.model import Occasion
from cashwrap.promotions.rules import Range, Rule

FILLERS_MAX = 6
PAIR_CARTS_MAX = 4
PAIRS_MAX = 100_000
SHRINK_CARTS = 400
Key = tuple[str, tuple[str, ...]]
T = TypeVar("T")


class Search:
    """Prices the critical carts of each rule, with more goods, and of two rules at a time.

    The first half of the budget is for carts of single rules, a third for one more unit in them,
    the rest for pairs. ``tried`` are the carts of each rule, ``gave`` rules that gave something.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        looker: Looker,
        cover: Coverage,
        usual: Occasion,
    ) -> None:
        self.sightings: dict[Key, Sighting] = {}
        self.tried: dict[str, list[tuple[Cart, Occasion]]] = {}
        self.gave: set[str] = set()
        self.is_complete = False  # all carts of single rules were priced
        self._rules = rules
        self._looker = looker
        self._pricer: Pricer = looker.pricer
        self._cover = cover
        self._usual = usual
        self._places = {item.goods.sku: at for at, item in enumerate(self._pricer.items)}
        self._places_of: dict[Range, list[int]] = {}
        self._reaching = Reaching(self._pricer.items, self._picks)
        self._added: dict[tuple[Occasion, int], list[Cart]] = {}

    def run(self) -> None:
        """Search until all is seen or the budget is spent."""
        whole = self._pricer.budget
        phases = ((self._single, 3), (self._more, 5), (self._reversed, 5), (self._pairs, 6))
        for phase, sixths in phases:
            self._pricer.budget = whole * sixths // 6
            try:
                phase()
            except BudgetSpent:
                continue
        self._pricer.budget = whole

    def smallest(self, sighting: Sighting) -> Sighting:
        """Return the same seen on carts from which nothing more can be taken."""
        self._pricer.extend(SHRINK_CARTS)
        try:
            while (smaller := self._smaller(sighting)) is not None:
                sighting = smaller
        except BudgetSpent:
            pass
        return sighting

    # Phases

    def _single(self) -> None:
        for rule_id, cart, occasion in in_turns(map(self._critical, self._rules)):
            self._see(alone, occasion, (cart,), -1)
            self.tried.setdefault(rule_id, []).append((cart, occasion))
            self.gave.update(self._pricer.price(cart, occasion).rules)
        self.is_complete = True

    def _critical(self, rule: Rule) -> Iterator[tuple[str, Cart, Occasion]]:
        occasion = occasion_for((rule,), self._usual)
        if occasion is not None:
            for cart in self._reaching.carts(rule):
                yield rule.id, cart, occasion

    def _more(self) -> None:
        fillers = self._fillers()
        for cart, occasion in in_turns(map(iter, list(self.tried.values()))):
            for place in dict.fromkeys([*(place for place, _ in cart), *fillers]):
                self._see(adding, occasion, (cart,), place)
                self._added.setdefault((occasion, place), []).append(cart)

    def _reversed(self) -> None:
        """Find carts whose order by price turns around with one more unit; all are priced."""
        for (occasion, place), carts in self._added.items():
            price = self._pricer.price
            by_price = sorted(carts, key=lambda cart: (price(cart, occasion).payable_minor, cart))
            dearest: Cart | None = None
            for cart in by_price:
                if dearest is not None:
                    self._see(reversed_order, occasion, (dearest, cart), place)
                if dearest is None or self._with(cart, place, occasion) > self._with(
                    dearest, place, occasion
                ):
                    dearest = cart

    def _with(self, cart: Cart, place: int, occasion: Occasion) -> int:
        return self._pricer.price(united(cart, ((place, 1),)), occasion).payable_minor

    def _pairs(self) -> None:
        live = [rule for rule in self._rules if rule.id in self.tried]
        for first, second in self._two_of(live):
            occasion = occasion_for((first, second), self._usual)
            if occasion is None:
                continue
            for one in self._best_carts(first):
                for other in self._best_carts(second):
                    self._see(apart, occasion, (one, other), -1)
                    self._see(alone, occasion, (united(one, other),), -1)

    def _two_of(self, rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
        yield from ((rule, rule) for rule in rules)
        for first, second in islice(pairs_of(rules), PAIRS_MAX):
            if first.layer != second.layer or self._cover.overlap(first.range, second.range):
                yield first, second

    def _best_carts(self, rule: Rule) -> list[Cart]:
        """Return the smallest carts in which a rule gave something."""
        found = [
            cart
            for cart, occasion in self.tried[rule.id]
            if rule.id in self._pricer.price(cart, occasion).rules
        ]
        return sorted(found, key=lambda cart: (units_of(cart), cart))[:PAIR_CARTS_MAX]

    # What is seen

    def _see(self, look: Look, occasion: Occasion, carts: tuple[Cart, ...], place: int) -> None:
        for seen in look(self._looker, occasion, carts, place):
            key = (seen.code, seen.rules)
            known = self.sightings.get(key)
            if known is None or _rank(seen) < _rank(known):
                self.sightings[key] = seen

    def _smaller(self, sighting: Sighting) -> Sighting | None:
        for carts in _reductions(sighting.carts):
            for seen in sighting.look(self._looker, sighting.occasion, carts, sighting.place):
                if (seen.code, seen.rules) == (sighting.code, sighting.rules):
                    return seen
        return None

    # Goods

    def _picks(self, range: Range) -> list[int]:
        known = self._places_of.get(range)
        if known is None:
            items = self._cover.picks(range)
            known = self._places_of[range] = [self._places[item.goods.sku] for item in items]
        return known

    def _fillers(self) -> list[int]:
        cheap = sorted(
            {self._places[item.goods.sku] for item in self._cover.all_picks()},
            key=lambda place: (self._pricer.items[place].unit_minor, place),
        )
        return cheap[:FILLERS_MAX]


def in_turns(rows: Iterable[Iterator[T]]) -> Iterator[T]:
    """Yield the first of each, then the second of each: a short budget is shared by all."""
    turns = list(rows)
    while turns:
        left = []
        for each in turns:
            for one in islice(each, 1):
                yield one
                left.append(each)
        turns = left


def _rank(seen: Sighting) -> tuple[int, int]:
    """Order sightings of the same thing: the smallest carts first, then the worst."""
    return sum(map(units_of, seen.carts)), -seen.worth_minor


def _reductions(carts: tuple[Cart, ...]) -> Iterator[tuple[Cart, ...]]:
    """Yield the carts with less in them: without a line, with half of one, with a unit less."""
    for at, cart in enumerate(carts):
        for line, (place, units) in enumerate(cart):
            for left in dict.fromkeys((0, units // 2, units - 1)):
                kept = ((place, left),) if left else ()
                less = (*cart[:line], *kept, *cart[line + 1 :])
                if less:
                    yield (*carts[:at], less, *carts[at + 1 :])
