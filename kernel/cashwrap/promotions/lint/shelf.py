"""A shelf for rules that are checked without a shop: goods made up from what the rules name."""

from collections.abc import Iterable, Iterator

from cashwrap.promotions.lint.cover import ranges_of
from cashwrap.promotions.lint.model import Shelf, ShelfItem
from cashwrap.promotions.model import Goods, Occasion
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Each,
    Group,
    Off,
    Range,
    Rule,
    SetPrice,
    Spend,
    Tiers,
)

USUAL_MINOR = 1000
SKUS_MAX = 12


def made_up_shelf(rules: Iterable[Rule], occasion: Occasion) -> Shelf:
    """Return goods for each thing that the rules name, at prices near what the rules speak of."""
    items: dict[str, ShelfItem] = {}
    for rule in rules:
        usual = _usual_minor(rule)
        for _, range in [*ranges_of(rule), ("", rule.range)]:
            for goods, percent in _goods(range):
                price = _within(range, usual * percent // 100)
                known = items.get(goods.sku)
                if known is None or known.unit_minor < price:
                    items[goods.sku] = ShelfItem(goods, price, goods.sku)
    return Shelf(tuple(items[sku] for sku in sorted(items)), occasion, real=False)


def _goods(range: Range) -> Iterator[tuple[Goods, int]]:
    """Yield goods of a range, and what they cost in percent of what is usual."""
    for sku in range.skus[:SKUS_MAX]:
        yield Goods(sku), 100
    for name in range.families:
        yield from ((Goods(f"{name}-{size}", family=name), cost) for size, cost in _SIZES)
    for name in range.categories:
        yield from ((Goods(f"{name}-{size}", "", (name,)), cost) for size, cost in _SIZES)
    for name in range.tags:
        yield from ((Goods(f"{name}-{size}", "", (), (name,)), cost) for size, cost in _SIZES)
    if not (range.skus or range.families or range.categories or range.tags):
        yield from ((Goods(f"ANY-{size}"), cost) for size, cost in _SIZES)


_SIZES = (("S", 50), ("M", 100), ("L", 300))


def _within(range: Range, minor: int) -> int:
    least = max(minor, range.from_minor, 1)
    return least if range.to_minor is None else max(min(least, range.to_minor), 1)


def _usual_minor(rule: Rule) -> int:
    """Return a price of one unit at which a rule has something to say."""
    match rule.benefit:
        case Each(off=off) | Group(off=off) | BuyGet(off=off):
            return _worth(off, 1)
        case SetPrice(count=count, off=off):
            return _worth(off, count)
        case Bundle(slots=slots, off=off):
            return _worth(off, sum(slot.count for slot in slots))
        case Tiers(tiers=tiers):
            return max(_worth(tier.off, 1) for tier in tiers)
        case Spend(steps=steps):
            return max(max(step.at_minor for step in steps) // 5, 100) or USUAL_MINOR
        case _:
            return USUAL_MINOR


def _worth(off: Off, units: int) -> int:
    if off.price_minor:
        return max(off.price_minor * 2 // units, 2)
    if off.amount_minor:
        return max(off.amount_minor * 3 // units, 2)
    return USUAL_MINOR
