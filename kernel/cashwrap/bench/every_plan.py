"""The best plan for a dense cart, found by trying every permitted one.

It shares no code with the engine and knows the rules of `cashwrap.bench.dense` only. Sums that the
item promotions can reach are kept as the bits of an integer, one for each set of units used.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import combinations
from math import gcd
from typing import NamedTuple

from cashwrap.bench.dense import (
    COUPON_AT_MINOR,
    COUPON_MINOR,
    FREE,
    PAIR,
    PAIR_MINOR,
    PERCENT,
    PERCENT_PPM,
    SECOND,
    SET,
    SET_MINOR,
    TIERS,
)
from cashwrap.promotions.model import BasketLine

SIZES = {SECOND: 2, FREE: 3, SET: 3, PAIR: 2, PERCENT: 1}
ITEM_RULES = tuple(SIZES)


class Use(NamedTuple):
    """One use of an item promotion: the units it takes, as bits, and what they save."""

    units: int
    saving_minor: int


class Cart:
    """Units in canonical order, dearest first, and what each promotion may do with them."""

    def __init__(self, lines: Sequence[BasketLine]) -> None:
        ordered = sorted(lines, key=lambda line: (-line.unit_minor, line.goods.sku))
        self.prices = [line.unit_minor for line in ordered]
        self.total_minor = sum(self.prices)
        self._tags = [line.goods.tags for line in ordered]
        self._plans: dict[str, list[Use]] = {}

    def eligible(self, tag: str) -> list[int]:
        """Return the units of a promotion's range."""
        return [unit for unit, tags in enumerate(self._tags) if tag in tags]

    def uses(self, rule: str) -> list[Use]:
        """Return every single use of a promotion that saves something."""
        return [
            Use(_bits(units), saving)
            for units in self._groups(rule)
            if (saving := self.saving(rule, units)) > 0
        ]

    def saving(self, rule: str, units: Sequence[int]) -> int:
        """Return what one use saves: units in canonical order."""
        paid = sum(self.prices[unit] for unit in units)
        match rule:
            case "second-half":
                return (self.prices[units[1]] + 1) // 2
            case "buy-2-get-1":
                return self.prices[units[2]]
            case "three-for-40":
                return paid - SET_MINOR
            case "pair":
                return paid - PAIR_MINOR
        return (paid * PERCENT_PPM + 500_000) // 1_000_000

    def plans(self, rule: str) -> list[Use]:
        """Return every set of units that a promotion may be given, with what it then saves.

        Units stand in groups in canonical order, and each group must save something.
        """
        if rule not in self._plans:
            self._plans[rule] = self._find_plans(rule)
        return self._plans[rule]

    def _find_plans(self, rule: str) -> list[Use]:
        plans = [Use(0, 0)]
        for units in self._sets(rule):
            savings = [self.saving(rule, group) for group in _grouped(rule, units)]
            if all(saving > 0 for saving in savings):
                plans.append(Use(_bits(units), sum(savings)))
        return plans

    def _groups(self, rule: str) -> Iterator[tuple[int, ...]]:
        if rule == PAIR:
            for one in self.eligible("pair-a"):
                for other in self.eligible("pair-b"):
                    yield tuple(sorted((one, other)))
            return
        yield from combinations(self.eligible(rule), SIZES[rule])

    def _sets(self, rule: str) -> Iterator[tuple[int, ...]]:
        if rule == PAIR:
            yield from self._pairs()
            return
        eligible, size = self.eligible(rule), SIZES[rule]
        for count in range(size, len(eligible) + 1, size):
            yield from combinations(eligible, count)

    def _pairs(self) -> Iterator[tuple[int, ...]]:
        ones, others = self.eligible("pair-a"), self.eligible("pair-b")
        for count in range(1, min(len(ones), len(others)) + 1):
            for chosen in combinations(ones, count):
                for matched in combinations(others, count):
                    yield (*chosen, *matched)


def _grouped(rule: str, units: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if rule == PAIR:
        half = len(units) // 2
        yield from zip(units[:half], units[half:], strict=True)
        return
    size = SIZES[rule]
    for first in range(0, len(units), size):
        yield units[first : first + size]


def savings(cart: Cart) -> set[int]:
    """Return every sum that the item promotions can save together, each unit serving one."""
    unit = reduce(gcd, (use.saving_minor for rule in ITEM_RULES for use in cart.plans(rule)), 0)
    if not unit:
        return {0}
    reached = {0: 1}  # units used: a set of sums, as bits
    for rule in (PAIR, SET, FREE, SECOND):
        plans = cart.plans(rule)
        following: dict[int, int] = {}
        for used, sums in reached.items():
            for units, saving in plans:
                if not used & units:
                    both = used | units
                    following[both] = following.get(both, 0) | sums << saving // unit
        reached = following
    singles = cart.uses(PERCENT)
    every = 0
    for used, sums in reached.items():
        for units, saving in singles:
            if not used & units:
                sums |= sums << saving // unit
        every |= sums
    return {place * unit for place in range(every.bit_length()) if every >> place & 1}


def payable(base_minor: int, *, both: bool = True) -> int:
    """Return what is left to pay of a sum after the spend tiers and the coupon, or one of them."""
    off = next((off for at, off in TIERS if base_minor >= at), 0)
    tiers, coupon = base_minor - off, _with_coupon(base_minor)
    return min(_with_coupon(tiers) if both else tiers, coupon)


def _with_coupon(left_minor: int) -> int:
    return left_minor - (COUPON_MINOR if left_minor >= COUPON_AT_MINOR else 0)


def least_payable(lines: Sequence[BasketLine]) -> int:
    """Return what the best of all permitted plans leaves to pay."""
    cart = Cart(lines)
    return min(payable(cart.total_minor - saving) for saving in savings(cart))


def _bits(units: Sequence[int]) -> int:
    return sum(1 << unit for unit in units)
