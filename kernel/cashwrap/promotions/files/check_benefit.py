"""Checks of what a rule gives: it fits its layer, and its figures leave something to give."""

import json
from collections.abc import Iterator, Sequence

from cashwrap.promotions.files.said import Said, inside
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Candidates,
    Group,
    Layer,
    Off,
    Rule,
    Slot,
    Spend,
    Step,
    Surcharge,
    Tiers,
)

LAYERS_OF: dict[str, tuple[Layer, ...]] = {
    "each": ("price", "item"),
    "group": ("item",),
    "tiers": ("item",),
    "set_price": ("item",),
    "bundle": ("item",),
    "buy_get": ("item",),
    "candidates": ("item",),
    "spend": ("order", "coupon"),
    "fee_off": ("order", "coupon"),
    "surcharge": ("order", "coupon"),
    "earn_points": ("order", "coupon"),
    "next_coupon": ("order", "coupon"),
    "pay_points": ("points",),
}
"""The layers to which each kind of benefit belongs (docs/promotions.md#layers)."""


def benefit_faults(rule: Rule) -> Iterator[Said]:
    """Yield what is wrong with a rule's benefit."""
    kind = str(rule.benefit.__struct_config__.tag)
    layers = LAYERS_OF[kind]
    if rule.layer not in layers:
        text = f"a benefit {kind!r} belongs to the layer {' or '.join(layers)}, not {rule.layer!r}"
        yield Said("layer", "layer", text)
    for place, off in offs(rule):
        yield from inside(place, off_faults(off))
    match rule.benefit:
        case Group(every=every, get=get) if get > every:
            text = f"{get} of every {every} units is more than there are: write {every} or less"
            yield Said("benefit.get", "group", text)
        case Tiers(tiers=tiers):
            counts = [tier.from_count for tier in tiers]
            yield from _ascending("benefit.tiers", "from_count", counts)
        case Spend():
            yield from inside("benefit", _spend_faults(rule.benefit))
        case Surcharge():
            yield from inside("benefit", _surcharge_faults(rule.benefit))
        case Bundle(slots=slots):
            yield from inside("benefit.slots", _slot_faults(slots))
        case BuyGet(buy=buy):
            yield from inside("benefit.buy", _slot_faults(buy))
        case Candidates(data=data) if data and not _is_json(data):
            yield Said("benefit.data", "candidates", 'it is no JSON text: write {"bands": [5]}')
        case _:
            pass


def benefit_warnings(rule: Rule) -> Iterator[Said]:
    """Yield what is odd about a rule's benefit."""
    for place, off in offs(rule):
        if off.percent_ppm == 0 or off.amount_minor == 0:
            yield Said(place, "nothing_off", "it takes nothing off")
    if isinstance(rule.benefit, Spend) and rule.benefit.times and not rule.benefit.every:
        text = "it counts with every = true only: the threshold is used once"
        yield Said("benefit.times", "unused", text)
    if rule.gift and not any(_is_whole(off) for _, off in offs(rule)):
        text = "a gift is free: write percent_ppm = 1000000, or leave gift out"
        yield Said("gift", "gift", text)


def offs(rule: Rule) -> Iterator[tuple[str, Off]]:
    """Yield every `Off` of a rule with its place."""
    match rule.benefit:
        case Tiers(tiers=tiers):
            yield from ((f"benefit.tiers[{i}].off", tier.off) for i, tier in enumerate(tiers))
        case Spend(steps=steps):
            yield from ((f"benefit.steps[{i}].off", step.off) for i, step in enumerate(steps))
        case _:
            off = getattr(rule.benefit, "off", None)
            if isinstance(off, Off):
                yield "benefit.off", off


def off_faults(off: Off) -> Iterator[Said]:
    """Exactly one of the three is said."""
    said = [name for name in Off.__struct_fields__ if getattr(off, name) is not None]
    if len(said) != 1:
        got = f"it has {' and '.join(said)}" if said else "it has none"
        text = f"write exactly one of percent_ppm, amount_minor, price_minor; {got}"
        yield Said("", "off", f"{text}; for example percent_ppm = 200000 for 20 % off")


def _is_whole(off: Off) -> bool:
    return off.percent_ppm == 1_000_000 or off.price_minor == 0


def _spend_faults(spend: Spend) -> Iterator[Said]:
    steps = spend.steps
    for index in range(1, len(steps)):
        if not _above(steps[index], steps[index - 1]):
            text = "thresholds go up, each step above the one before: put them in order"
            yield Said(f"steps[{index}]", "steps", text)
    last = steps[-1]
    where = f"steps[{len(steps) - 1}]"
    if spend.every and last.off.amount_minor is None:
        text = "every takes the last step's amount off again and again: write amount_minor"
        yield Said(f"{where}.off", "steps", text)
    if spend.every and not last.at_minor and not last.at_count:
        text = "every needs a threshold above 0 to count: write at_minor or at_count"
        yield Said(where, "steps", text)


def _above(step: Step, before: Step) -> bool:
    now, then = (step.at_minor, step.at_count), (before.at_minor, before.at_count)
    return now != then and now[0] >= then[0] and now[1] >= then[1]


def _surcharge_faults(fee: Surcharge) -> Iterator[Said]:
    names = ("fixed_minor", "each_minor", "percent_ppm", "at_least_minor")
    said = [name for name in names if getattr(fee, name) is not None]
    if len(said) != 1:
        got = f"it has {' and '.join(said)}" if said else "it has none"
        yield Said("", "surcharge", f"write exactly one of {', '.join(names)}; {got}")


def _slot_faults(slots: Sequence[Slot]) -> Iterator[Said]:
    for index, slot in enumerate(slots):
        if slot.range.not_promoted_by:
            text = "only the range of an order, coupon or points rule can look at promoted units"
            yield Said(f"[{index}].range.not_promoted_by", "range", text)


def _ascending(place: str, field: str, counts: Sequence[int]) -> Iterator[Said]:
    for index in range(1, len(counts)):
        if counts[index] <= counts[index - 1]:
            text = f"{counts[index]} does not follow {counts[index - 1]}: fewest units first"
            yield Said(f"{place}[{index}].{field}", "steps", text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
