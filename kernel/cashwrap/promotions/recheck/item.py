"""The uses that a rule of the price or item layer forms from its units, and what each saves.

From the meaning alone (docs/promotions.md): units in canonical order, grouped as the benefit says,
each group's saving worked out anew. Nothing of the engine is used.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from cashwrap.money import PPM, div_round
from cashwrap.promotions.model import BasketLine, UnitsUsed, Use
from cashwrap.promotions.recheck.goods import Unit, Unsound, shared
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Each,
    Group,
    Off,
    Policy,
    Rule,
    SetPrice,
    Tiers,
)


class Given(NamedTuple):
    """A unit of a rule and what comes off it; ``exact`` before rounding, if something is asked."""

    unit: Unit
    base_minor: int
    minor: int
    exact: Fraction = Fraction(0)
    asked: bool = True


class Formed(NamedTuple):
    """One use as the rule forms it: its units in order, and the tier reached."""

    given: tuple[Given, ...]
    step: int = -1

    @property
    def saving_minor(self) -> int:
        """What comes off all of its units."""
        return sum(each.minor for each in self.given)


class Sums:
    """How a rule rounds and shares, its own settings before the policy's."""

    def __init__(self, rule: Rule, policy: Policy, per: str = "") -> None:
        own = rule.arithmetic
        self.per = per or own.percent_per or policy.percent_per
        self.rounding = own.percent_rounding or policy.percent_rounding
        self.odd_cents = own.odd_cents or policy.odd_cents
        self.of_list = (own.percent_of or policy.percent_of) == "list"

    def base(self, unit: Unit, off: Off) -> int:
        """Return what the percentage is of."""
        percent_of_list = off.percent_ppm is not None and self.of_list
        return unit.line.list_minor if percent_of_list else unit.price_minor

    def exact(self, unit: Unit, off: Off) -> Fraction:
        """Return what comes off one unit before rounding, room and floor."""
        if off.percent_ppm is not None:
            return Fraction(self.base(unit, off) * off.percent_ppm, PPM)
        if off.amount_minor is not None:
            return Fraction(_for_unit(off.amount_minor, unit.line))
        return Fraction(unit.price_minor - _for_unit(off.price_minor or 0, unit.line))

    def round(self, exact: Fraction) -> int:
        """Return the exact amount, rounded."""
        return div_round(exact.numerator, exact.denominator, self.rounding)

    def each(self, pairs: Sequence[tuple[Unit, Off | None]]) -> list[Given]:
        """Return what comes off each unit; None is nothing. Percentages are rounded as set."""
        found = [Given(unit, self.base(unit, off or Off()), 0, asked=False) for unit, off in pairs]
        for batch in self._batches(pairs):
            room = [unit.room_minor for _, unit, _ in batch]
            parts = [
                min(max(self.exact(unit, off), Fraction(0)), Fraction(most))
                for (_, unit, off), most in zip(batch, room, strict=True)
            ]
            total = self.round(sum(parts, Fraction(0)))
            if len(batch) == 1:
                offs = [min(total, room[0])]
            else:
                offs = shared(total, [int(part * PPM) for part in parts], room, self.odd_cents)
            for (i, _, _), minor, part in zip(batch, offs, parts, strict=True):
                own = self.per == "unit" or batch[0][2].percent_ppm is None
                exact = Fraction(minor) if own else part
                found[i] = found[i]._replace(minor=minor, exact=exact, asked=True)
        return found

    def _batches(
        self, pairs: Sequence[tuple[Unit, Off | None]]
    ) -> Iterable[list[tuple[int, Unit, Off]]]:
        """Return the units that are rounded together, with their positions."""
        rows = [(i, unit, off) for i, (unit, off) in enumerate(pairs) if off is not None]
        percents = [row for row in rows if row[2].percent_ppm is not None]
        single = rows if self.per == "unit" else [r for r in rows if r[2].percent_ppm is None]
        yield from ([row] for row in single)
        percents.sort(key=lambda row: (row[1].kind, row[0]))
        if self.per == "once" and percents:
            yield percents
        elif self.per == "line":
            for _, alike in groupby(percents, lambda row: row[1].kind):
                yield list(alike)


def _for_unit(minor: int, line: BasketLine) -> int:
    """Return an amount or a price for one unit; of weighed goods for its quantity."""
    if not line.divisible:
        return minor
    return div_round(minor * line.quantity_milli, 1000, "half_up")


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """Return units in canonical order, those alike by line."""
    return sorted(units, key=_place)


def _place(unit: Unit) -> tuple[object, ...]:
    return unit.kind, unit.line.line, unit.role, unit.slot  # bought before got


def formed(rule: Rule, units: Sequence[Unit], sums: Sums) -> list[Formed]:
    """Return the uses that a rule forms from its units. Raises Unsound where it cannot."""
    form = _FORMS.get(type(rule.benefit))
    if form is None:
        raise Unsound(f"a {type(rule.benefit).__name__} takes nothing off goods of the item layer")
    return form(rule.benefit, in_order(units), sums)


def _each(benefit: Each, units: list[Unit], sums: Sums) -> list[Formed]:
    given = sums.each([(unit, benefit.off) for unit in units])
    return [Formed(tuple(line)) for _, line in groupby(given, lambda each: each.unit.line.line)]


def _group(benefit: Group, units: list[Unit], sums: Sums) -> list[Formed]:
    every, get = benefit.every, benefit.get
    if len(units) % every:
        raise Unsound(f"has {len(units)} units, which are not groups of {every}")
    length, getting = every, get
    if benefit.which == "cheapest_of_all":
        length, getting = len(units), get * (len(units) // every)
    first = benefit.which == "dearest"
    pairs: list[tuple[Unit, Off | None]] = []
    for i, unit in enumerate(units):
        place = i % length
        has = place < getting if first else place >= length - getting
        pairs.append((unit, benefit.off if has else None))
    given = [
        each if each.asked else Given(each.unit._replace(role="buy"), 0, 0, asked=False)
        for each in sums.each(pairs)
    ]
    return _chunks(given, length)


def _tiers(benefit: Tiers, units: list[Unit], sums: Sums) -> list[Formed]:
    counts = [tier.from_count for tier in benefit.tiers]
    reached = [i for i, count in enumerate(counts) if count <= len(units)]
    if not reached:
        raise Unsound(f"has {len(units)} units, but begins at {min(counts)}")
    step = max(reached, key=lambda i: counts[i])

    def tier(position: int) -> Off | None:
        if not benefit.marginal:
            return benefit.tiers[step].off
        below = [i for i, count in enumerate(counts) if count <= position]
        return benefit.tiers[max(below, key=lambda i: counts[i])].off if below else None

    given = sums.each([(unit, tier(i + 1)) for i, unit in enumerate(units)])
    return [Formed(tuple(given), step)]


def _set_price(benefit: SetPrice, units: list[Unit], sums: Sums) -> list[Formed]:
    if len(units) % benefit.count:
        raise Unsound(f"has {len(units)} units, which are not sets of {benefit.count}")
    sets = [units[i : i + benefit.count] for i in range(0, len(units), benefit.count)]
    return _sets(benefit.off, sets, sums)


def _bundle(benefit: Bundle, units: list[Unit], sums: Sums) -> list[Formed]:
    slots = [[u for u in units if u.slot == i] for i in range(len(benefit.slots))]
    counts = {len(mine) / slot.count for mine, slot in zip(slots, benefit.slots, strict=True)}
    times = len(slots[0]) // benefit.slots[0].count
    if counts != {times} or sum(map(len, slots)) != len(units):
        raise Unsound("its units do not fill every slot of its sets equally often")
    sets = [
        in_order(
            unit
            for mine, slot in zip(slots, benefit.slots, strict=True)
            for unit in mine[j * slot.count : (j + 1) * slot.count]
        )
        for j in range(times)
    ]
    return _sets(benefit.off, sets, sums)


def _sets(off: Off, sets: Sequence[list[Unit]], sums: Sums) -> list[Formed]:
    """Return sets with a percentage off each unit, or a price or amount of the set spread."""
    if off.percent_ppm is not None:
        given = sums.each([(unit, off) for units in sets for unit in units])
        return _chunks(given, len(sets[0])) if sets else []
    found = []
    for units in sets:
        prices = [unit.price_minor for unit in units]
        room = [unit.room_minor for unit in units]
        if off.amount_minor is not None:
            total = off.amount_minor
        else:
            total = max(0, sum(prices) - (off.price_minor or 0))
        offs = shared(total, prices, room, sums.odd_cents)
        rows = zip(units, prices, offs, strict=True)
        found.append(Formed(tuple(Given(*row, Fraction(row[2])) for row in rows)))
    return found


def _buy_get(benefit: BuyGet, units: list[Unit], sums: Sums) -> list[Formed]:
    got = [unit for unit in units if unit.role == "get"]
    bought = [
        [u for u in units if u.role == "buy" and u.slot == i] for i in range(len(benefit.buy))
    ]
    times = len(bought[0]) // benefit.buy[0].count
    whole = all(
        len(mine) == times * s.count for mine, s in zip(bought, benefit.buy, strict=True)
    ) and sum(map(len, bought)) + len(got) == len(units)
    most, least = times * benefit.get, (times - 1) * benefit.get + 1
    if not whole or not (least if benefit.partial else most) <= len(got) <= most:
        raise Unsound("what is bought and what is got do not make whole sets")
    given = sums.each([(unit, benefit.off) for unit in got])
    found = []
    for j in range(times):
        own = [
            Given(unit, 0, 0, asked=False)
            for mine, slot in zip(bought, benefit.buy, strict=True)
            for unit in mine[j * slot.count : (j + 1) * slot.count]
        ]
        both = [*own, *given[j * benefit.get : (j + 1) * benefit.get]]
        found.append(Formed(tuple(sorted(both, key=lambda each: _place(each.unit)))))
    return found


def _chunks(given: Sequence[Given], size: int) -> list[Formed]:
    return [Formed(tuple(given[i : i + size])) for i in range(0, len(given), size)]


_FORMS: dict[type, Callable[..., list[Formed]]] = {
    Each: _each,
    Group: _group,
    Tiers: _tiers,
    SetPrice: _set_price,
    Bundle: _bundle,
    BuyGet: _buy_get,
}


def as_use(use: Formed, times: int, coupon: str) -> Use:
    """Return a use as a proof holds it: units of a line together, in order."""
    entries = []
    runs = groupby(use.given, lambda x: (x.unit.line.line, x.unit.role, x.unit.slot))
    for (line, role, slot), run in runs:
        rows = list(run)
        minor = sum(row.minor for row in rows)
        entries.append(UnitsUsed(line, len(rows), minor, role, slot))
    base = sum(each.base_minor for each in use.given if each.unit.role == "get")
    return Use(base, use.saving_minor, tuple(entries), use.step, times, coupon)
