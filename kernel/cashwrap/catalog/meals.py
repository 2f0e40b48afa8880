"""Set meals and modifiers: which choices are allowed, and what they add to the price."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from cashwrap.catalog.errors import ModifierRefused, SlotRefused
from cashwrap.catalog.model import Item, ModifierGroup
from cashwrap.errors import InvalidInput, listed
from cashwrap.money import checked


class Chosen(msgspec.Struct, frozen=True, array_like=True):
    """One filled place of a slot: the SKU and what it adds to the meal's price."""

    slot: str
    sku: str
    upcharge_minor: int = 0


def check_choices(meal: Item, choices: Mapping[str, Sequence[str]]) -> tuple[Chosen, ...]:
    """Return the SKUs chosen by slot name, in the meal's order of slots, with their upcharges.

    A SKU may be chosen more than once. Raises SlotRefused, naming the slot, for one the meal
    does not have, a SKU that the slot does not offer, too few or too many.
    """
    if not isinstance(choices, Mapping):
        raise InvalidInput(f"choices map slots to lists of SKUs, {choices!r:.60} does not")
    known = {slot.name for slot in meal.slots}
    for name in choices:
        if name not in known:
            slots = ", ".join(slot.name for slot in meal.slots) or "none"
            raise SlotRefused(meal.sku, name, f"there is no such slot; it has {slots}")
    chosen: list[Chosen] = []
    for slot in meal.slots:
        upcharges = {choice.sku: choice.upcharge_minor for choice in slot.choices}
        skus = listed(choices.get(slot.name, ()), f"what is chosen for {slot.name}")
        for sku in skus:
            if sku not in upcharges:
                offered = ", ".join(upcharges)
                raise SlotRefused(meal.sku, slot.name, f"{sku!r} is not offered, only {offered}")
        if not slot.at_least <= len(skus) <= slot.at_most:
            wanted = f"choose {_range(slot.at_least, slot.at_most)}, got {len(skus)}"
            raise SlotRefused(meal.sku, slot.name, wanted)
        chosen.extend(Chosen(slot.name, sku, upcharges[sku]) for sku in skus)
    return tuple(chosen)


def check_modifiers(item: Item, groups: Sequence[ModifierGroup], chosen: Sequence[str]) -> int:
    """Return what the chosen modifier codes add to the unit price, minor units.

    ``groups`` are the item's own. A code that several groups hold counts for the first. Raises
    ModifierRefused for a code of no group, one chosen twice, too few or too many of a group.
    """
    home = {m.code: (group, m) for group in reversed(groups) for m in group.modifiers}
    counts: Counter[str] = Counter()
    total = 0
    for code in listed(chosen, "modifiers"):
        if code not in home or chosen.count(code) > 1:
            why = "chosen twice" if code in home else "not offered for this item"
            raise ModifierRefused(item.sku, code, f"{code!r} is {why}")
        group, modifier = home[code]
        counts[group.code] += 1
        total += modifier.price_minor
    for group in groups:
        if not group.at_least <= counts[group.code] <= group.at_most:
            wanted = f"choose {_range(group.at_least, group.at_most)}, got {counts[group.code]}"
            raise ModifierRefused(item.sku, group.code, wanted)
    return checked(total)


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"
