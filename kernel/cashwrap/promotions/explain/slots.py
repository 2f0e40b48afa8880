"""The slots of one set of a bundle or of buy-and-get, and which units on a sale can fill them."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from cashwrap.promotions.model import BasketLine, UnitsUsed
from cashwrap.promotions.recheck.goods import Shelf, Unit
from cashwrap.promotions.recheck.units import ranges_of, units_of
from cashwrap.promotions.rules import Bundle, BuyGet, Range, Rule


def all_ranges(rule: Rule) -> tuple[Range, ...]:
    """Return every range in which a rule looks for units."""
    if not isinstance(rule.benefit, Bundle | BuyGet):
        return (rule.range,)
    return tuple(dict.fromkeys((*ranges_of(rule, "buy"), *ranges_of(rule, "get"))))


class Wanted(NamedTuple):
    """A slot of one set, and how many units it takes."""

    role: Literal["get", "buy"]
    slot: int
    units: int
    range: Range


def slots_of(rule: Rule, benefit: Bundle | BuyGet) -> list[Wanted]:
    """Return the slots of one set; what is got for what is bought comes last."""
    if isinstance(benefit, Bundle):
        return [Wanted("get", i, slot.count, slot.range) for i, slot in enumerate(benefit.slots)]
    bought = [Wanted("buy", i, slot.count, slot.range) for i, slot in enumerate(benefit.buy)]
    return [*bought, Wanted("get", 0, 1 if benefit.partial else benefit.get, rule.range)]


def in_slots(
    rule: Rule, slots: Sequence[Wanted], seen: Sequence[Sequence[BasketLine]], shelf: Shelf
) -> list[Unit]:
    """Return units in as many places of one set as can be filled at once, dearest first.

    ``seen`` are the lines that the rule sees in the range of each slot.
    """
    fits = [sorted(lines, key=shelf.kind) for lines in seen]
    placed: dict[int, list[int]] = {line.line: [] for lines in fits for line in lines}

    def place(slot: int, tried: set[int]) -> bool:
        for line in fits[slot]:
            if line.line in tried:
                continue
            tried.add(line.line)
            there = placed[line.line]
            if len(there) < line.units:
                there.append(slot)
                return True
            for i, other in enumerate(there):
                if place(other, tried):
                    there[i] = slot
                    return True
        return False

    for slot, wanted in enumerate(slots):
        for _ in range(wanted.units):
            place(slot, set())
    found: list[Unit] = []
    for number, taken in placed.items():
        for slot in taken:
            used = UnitsUsed(number, 1, 0, slots[slot].role, slots[slot].slot)
            found += units_of(rule, used, shelf)
    return found
