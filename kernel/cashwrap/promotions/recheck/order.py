"""What the rules of the layers order, coupon and points give, worked out anew from what is left."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cashwrap.money import PPM, div_round
from cashwrap.promotions.model import Occasion, UnitsUsed, Use
from cashwrap.promotions.recheck.goods import Part, Shelf, in_base, measured, shared
from cashwrap.promotions.recheck.item import Sums
from cashwrap.promotions.rules import EVERYTHING, Off, PayPoints, Rule, Spend, Step


class Base(NamedTuple):
    """What a rule of the order is measured on and takes its amount off: parcels of parts."""

    parcels: tuple[tuple[Part, ...], ...]

    @property
    def parts(self) -> list[Part]:
        """All parts, parcel by parcel."""
        return [part for parcel in self.parcels for part in parcel]

    @property
    def left_minor(self) -> int:
        """What is left of them."""
        return sum(part.amount_minor for part in self.parts)

    @property
    def room_minor(self) -> int:
        """What may come off them."""
        return sum(part.room_minor for part in self.parts)


def base_of(rule: Rule, shelf: Shelf, rules: Mapping[str, Rule]) -> Base:
    """Return the parts in the base of a rule of the order."""
    found = []
    for parcel in shelf.parcels():
        if in_base(rule, parcel[0], shelf, rules):
            found.append(tuple(parcel))
    return Base(tuple(found))


def amount_of(part: Part, shelf: Shelf, when: str) -> int:
    """Return what a part comes to at `list` prices, after `price` or `item`, or `current`."""
    if when == "list":
        return part.line.list_minor * part.units
    if when == "price":
        return shelf.price[part.line.line] * part.units
    return part.item_minor if when == "item" else part.amount_minor


def fees_in(rule: Rule, shelf: Shelf) -> int:
    """Return the fees that a threshold counts: only where it is on all goods."""
    return shelf.fees_minor if rule.range == EVERYTHING else 0


def spend(rule: Rule, benefit: Spend, base: Base, shelf: Shelf, cap_minor: int) -> Use | None:
    """Return what the best step reached gives, and take it off the shelf; None for nothing."""
    at_minor = measured((p.line, amount_of(p, shelf, benefit.measured)) for p in base.parts)
    at_minor += fees_in(rule, shelf)
    counted = [p for p in base.parts if shelf.policy.weighed_in_groups or not p.line.divisible]
    at_count = sum(part.units for part in counted)
    if benefit.at_most_minor is not None:
        cap_minor = min(cap_minor, benefit.at_most_minor)
    best = (0, -1, 1, [0])
    for position, step in enumerate(benefit.steps):
        times = _times(benefit, step, at_minor, at_count)
        if not benefit.every or position < len(benefit.steps) - 1:
            times = min(times, 1)
        if times:
            asked, weights = _asked(rule, step.off, times, base, shelf)
            granted = min(asked, cap_minor, base.room_minor)
            best = best if granted <= best[0] else (granted, position, times, weights)
    granted, position, times, weights = best
    if not granted:
        return None
    entries = take(base, granted, weights, Sums(rule, shelf.policy).odd_cents)
    return Use(at_minor, granted, entries, position, times)


def _times(benefit: Spend, step: Step, at_minor: int, at_count: int) -> int:
    """Return how many times a step is reached, at most as often as the benefit says."""
    if benefit.above:
        at_minor, at_count = at_minor - 1, at_count - 1
    fits = [(at_minor, step.at_minor), (at_count, step.at_count)]
    times = min((max(0, there) // asked for there, asked in fits if asked), default=1)
    return min(times, benefit.times) if benefit.times else times


def _asked(rule: Rule, off: Off, times: int, base: Base, shelf: Shelf) -> tuple[int, list[int]]:
    """Return what a step would take off, and by what it is shared over the parcels."""
    left = [sum(part.amount_minor for part in parcel) for parcel in base.parcels]
    if off.amount_minor is not None:
        return off.amount_minor * times, left
    if off.percent_ppm is None:
        return max(0, sum(left) - (off.price_minor or 0)), left
    sums = Sums(rule, shelf.policy)
    if sums.of_list:
        left = [sum(p.line.list_minor * p.units for p in parcel) for parcel in base.parcels]
    per = rule.arithmetic.percent_per or shelf.policy.order_percent_per
    if per == "once":
        return div_round(sum(left) * off.percent_ppm, PPM, sums.rounding), left
    asks = []
    for parcel, minor in zip(base.parcels, left, strict=True):
        count = sum(part.units for part in parcel) if per == "unit" else 1
        ask = div_round(minor * off.percent_ppm, PPM * count, sums.rounding) * count
        asks.append(min(ask, sum(part.room_minor for part in parcel)))
    return sum(asks), asks


def take(base: Base, granted: int, weights: Sequence[int], odd_cents: str) -> tuple[UnitsUsed, ...]:
    """Share an amount over the parcels, and inside each over its lines; return it by line."""
    room = [sum(part.room_minor for part in parcel) for parcel in base.parcels]
    shares = shared(granted, weights, room, odd_cents)
    off: dict[int, list[int]] = {}
    for parcel, share in zip(base.parcels, shares, strict=True):
        left = [part.amount_minor for part in parcel]
        most = [part.room_minor for part in parcel]
        for part, minor in zip(parcel, shared(share, left, most, odd_cents), strict=True):
            part.amount_minor -= minor
            line = off.setdefault(part.line.line, [0, 0])
            line[0] += part.units
            line[1] += minor
    return tuple(UnitsUsed(line, units, minor) for line, (units, minor) in sorted(off.items()))


def pay_points(
    rule: Rule, benefit: PayPoints, base: Base, shelf: Shelf, cap_minor: int, points: int
) -> Use | None:
    """Return what the points that are left pay, as many whole multiples as fit."""
    left_minor = base.left_minor
    most = min(left_minor * benefit.at_most_ppm // PPM, base.room_minor, cap_minor)
    times = min(points // benefit.points, most // benefit.minor)
    if times <= 0:
        return None
    granted = times * benefit.minor
    weights = [sum(part.amount_minor for part in parcel) for parcel in base.parcels]
    entries = take(base, granted, weights, Sums(rule, shelf.policy).odd_cents)
    return Use(left_minor, granted, entries, -1, times * benefit.points)


def fees_of(occasion: Occasion) -> int:
    """Return what the fees on the order come to."""
    return max(0, sum(minor for _, minor in occasion.fees))


def points_there(occasion: Occasion) -> int:
    """Return how many points may be spent: those there, at most as many as are wanted."""
    wanted = occasion.points_wanted
    return occasion.points if wanted < 0 else min(occasion.points, wanted)
