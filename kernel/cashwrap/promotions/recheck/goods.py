"""The goods of a proof and what is left of them, counted off rule by rule, apart from the engine.

A part is some units of one line that serve the same rule of the item layer, or none (``""``).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

import msgspec

from cashwrap.money import PPM, div_round
from cashwrap.promotions.model import BasketLine
from cashwrap.promotions.rules import Policy, Range, Rule


class Unsound(Exception):
    """What a proof says cannot be; the text says what and where."""


class Unit(NamedTuple):
    """One unit that a rule of the item layer has, as its price stood then, and its place."""

    line: BasketLine
    price_minor: int
    kind: tuple[object, ...]
    slot: int = 0
    role: Literal["get", "buy"] = "get"

    @property
    def room_minor(self) -> int:
        """What may come off it."""
        return max(0, self.price_minor - self.line.least_minor)


class Part:
    """Some units of a line: what they come to now, and came to after the item layer."""

    def __init__(self, line: BasketLine, served: str, units: int, amount_minor: int) -> None:
        self.line = line
        self.served = served
        self.units = units
        self.amount_minor = amount_minor
        self.item_minor = amount_minor

    @property
    def room_minor(self) -> int:
        """What may still come off."""
        return max(0, self.amount_minor - self.units * self.line.least_minor)


class Shelf:
    """All parts of a sale, beginning as one for each line."""

    def __init__(
        self,
        lines: Sequence[BasketLine],
        policy: Policy,
        named: frozenset[int] = frozenset(),
        fees_minor: int = 0,
    ) -> None:
        self.policy = policy
        self.fees_minor = fees_minor if policy.fees_count else 0  # in thresholds on all goods
        floored = [_floored(line, policy) for line in lines]
        self.lines = {line.line: line for line in floored}
        self.least = {line.line: line.least_minor for line in lines}  # without the policy's floor
        if len(self.lines) < len(lines):
            raise Unsound("a line number stands twice")
        self.price = {line.line: line.unit_minor for line in floored}  # one unit, special prices
        self.special: dict[int, tuple[tuple[str, int], ...]] = {x.line: () for x in floored}
        self._kinds: dict[int, tuple[object, ...]] = {}
        self.named = named  # lines that a plugin named: each of a kind of its own
        self.parts = {(x.line, ""): Part(x, "", x.units, x.units * x.unit_minor) for x in floored}

    def parcels(self) -> list[list[Part]]:
        """Return the parts, those alike together: by kind, then by the rule they serve, none last.

        This is the order in which odd cents of an order's discount are given out.
        """
        there = [part for part in self.parts.values() if part.units]
        there.sort(key=lambda part: (self._parcel(part), part.line.line))
        return [list(alike) for _, alike in groupby(there, self._parcel)]

    def _parcel(self, part: Part) -> tuple[object, ...]:
        return self.kind(part.line), not part.served, part.served

    def kind(self, line: BasketLine) -> tuple[object, ...]:
        """Return what makes units alike, in the canonical order of units: dearest first."""
        goods, number = line.goods, line.line
        if number in self._kinds:
            return self._kinds[number]
        self._kinds[number] = found = (
            -self.price[number], goods.sku, line.list_minor, self.least[number], goods.family,
            goods.categories, goods.tags, line.divisible,
            line.quantity_milli if line.divisible else 0, line.fixed_price, line.measure_ppm,
            line.unit_minor, number if number in self.named else -1, self.special[number],
        )  # fmt: skip
        return found

    def reprice(self, rule: str, number: int, off_minor: int) -> None:
        """Take what a special price takes off each unit of a line."""
        line = self.lines[number]
        self._kinds.pop(number, None)
        self.price[number] -= off_minor
        self.special[number] += ((rule, off_minor),)
        part = self.parts[number, ""]
        part.amount_minor = part.item_minor = part.amount_minor - off_minor * line.units

    def line(self, number: int) -> BasketLine:
        """Return a line. Raises Unsound."""
        if number not in self.lines:
            raise Unsound(f"line {number} is not on the sale")
        return self.lines[number]

    def serve(self, rule: str, number: int, units: int, off_minor: int) -> None:
        """Give units of a line that serve no rule to one of the item layer. Raises Unsound."""
        free = self.parts[number, ""]
        if not 0 < units <= free.units:
            raise Unsound(f"takes {units} units of line {number}, where {free.units} are free")
        taken_minor = self.price[number] * units
        free.units -= units
        free.amount_minor = free.item_minor = free.amount_minor - taken_minor
        part = self.parts.setdefault((number, rule), Part(free.line, rule, 0, 0))
        part.units += units
        part.amount_minor = part.item_minor = part.amount_minor + taken_minor - off_minor


def _floored(line: BasketLine, policy: Policy) -> BasketLine:
    """Return the line with the policy's floor as its least amount, where that is higher."""
    least_minor = max(line.least_minor, policy.floor_minor)
    return msgspec.structs.replace(line, least_minor=least_minor)


def covers(range_: Range, line: BasketLine) -> bool:
    """Return whether a range holds a line's goods; units that were promoted are another matter."""
    goods = line.goods
    if line.unit_minor < range_.from_minor:
        return False
    if range_.to_minor is not None and line.unit_minor > range_.to_minor:
        return False
    if range_.skus or range_.families or range_.categories or range_.tags:
        named = (
            goods.sku in range_.skus
            or (goods.family != "" and goods.family in range_.families)
            or _share(goods.categories, range_.categories)
            or _share(goods.tags, range_.tags)
        )
        if not named:
            return False
    return not (
        goods.sku in range_.not_skus
        or _share(goods.categories, range_.not_categories)
        or _share(goods.tags, range_.not_tags)
    )


def _share(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return bool(others) and not set(some).isdisjoint(others)


def in_base(rule: Rule, part: Part, shelf: Shelf, rules: Mapping[str, Rule]) -> bool:
    """Return whether a part is in the base of an order rule: covered, and not promoted by a tag."""
    if not covers(rule.range, part.line):
        return False
    without = set(rule.range.not_promoted_by)
    givers = [name for name, _ in shelf.special[part.line.line]] + [part.served] * bool(part.served)
    return not any("*" in without or without & set(rules[name].tags) for name in givers)


def measured(amounts: Iterable[tuple[BasketLine, int]]) -> int:
    """Return what amounts of lines come to in the terms in which thresholds are measured."""
    exact = sum(amount * line.measure_ppm for line, amount in amounts)
    return div_round(exact, PPM, "half_up")


def shared(amount: int, weights: Sequence[int], caps: Sequence[int], odd_cents: str) -> list[int]:
    """Share an amount, nobody above the cap; what then is left over is not given."""
    even = not any(weights)
    weights = [1] * len(weights) if even else list(weights)
    shares = [0] * len(weights)
    open_rows = [i for i, weight in enumerate(weights) if weight]
    amount = min(amount, sum(caps[i] for i in open_rows))
    while amount and open_rows:
        total = sum(weights[i] for i in open_rows)
        full = [i for i in open_rows if amount * weights[i] > caps[i] * total]
        if not full:
            _place(amount, weights, caps, shares, open_rows, odd_cents)
            break
        for i in full:
            shares[i] = caps[i]
        amount -= sum(caps[i] for i in full)
        open_rows = [i for i in open_rows if i not in full]
    return shares


def _place(
    amount: int, weights: Sequence[int], caps: Sequence[int], shares: list[int],
    rows: Sequence[int], odd_cents: str,
) -> None:  # fmt: skip
    total = sum(weights[i] for i in rows)
    rests = []
    for i in rows:
        shares[i], rest = divmod(amount * weights[i], total)
        rests.append((-rest, i))
    odd = amount - sum(shares[i] for i in rows)
    if odd_cents == "largest":
        for _, i in sorted(rests)[:odd]:
            shares[i] += 1
        return
    for i in rows if odd_cents == "first" else reversed(rows):
        more = min(odd, caps[i] - shares[i])
        shares[i] += more
        odd -= more
