"""Which goods of a shelf a rule's ranges cover, and a few of them that stand for the rest.

Goods that the same ranges cover are alike to the rules but for their prices. Of each such kind the
cheapest, the dearest, the one in the middle and the one with the thinnest margin are kept.
"""

from collections.abc import Iterable, Iterator, Sequence

from cashwrap.promotions.lint_model import ShelfItem
from cashwrap.promotions.match import covers
from cashwrap.promotions.model import Goods
from cashwrap.promotions.rules import Bundle, BuyGet, Candidates, FeeOff, Range, Rule

Kind = frozenset[int]  # numbers of the ranges that cover it


def ranges_of(rule: Rule) -> list[tuple[str, Range]]:
    """Return every range that must hold goods for the rule to give something, with its place."""
    found = [(f"needs[{at}]", need.range) for at, need in enumerate(rule.needs)]
    benefit = rule.benefit
    if isinstance(benefit, Bundle):
        found += [(f"benefit.slots[{at}]", slot.range) for at, slot in enumerate(benefit.slots)]
    elif isinstance(benefit, BuyGet):
        found += [(f"benefit.buy[{at}]", slot.range) for at, slot in enumerate(benefit.buy)]
    if not isinstance(benefit, Candidates | FeeOff):
        found.append(("range", rule.range))
    return found


class _Kept:
    """Some of the goods of one kind."""

    def __init__(self, item: ShelfItem) -> None:
        self.cheapest = self.dearest = item
        self.thinnest: ShelfItem | None = None
        self.prices: list[tuple[int, str, ShelfItem]] = []

    def add(self, item: ShelfItem) -> None:
        if item.unit_minor <= 0:
            return
        key = (item.unit_minor, item.goods.sku)
        self.prices.append((*key, item))
        if item.cost_minor is not None and (
            self.thinnest is None or margin_ppm(item) < margin_ppm(self.thinnest)
        ):
            self.thinnest = item

    def picked(self) -> list[ShelfItem]:
        ordered = [item for _, _, item in sorted(self.prices, key=lambda row: row[:2])]
        if not ordered:
            return []
        some = [ordered[0], ordered[-1], ordered[len(ordered) // 2]]
        if self.thinnest is not None:
            some.append(self.thinnest)
        return list({item.goods.sku: item for item in some}.values())


def margin_ppm(item: ShelfItem) -> int:
    """Return the margin in the net price of an item, ppm; its cost must be known."""
    assert item.cost_minor is not None
    net = item.unit_minor * item.net_ppm // 1_000_000
    return (net - item.cost_minor) * 1_000_000 // max(net, 1)


class Coverage:
    """The ranges of some rules laid over a shelf."""

    def __init__(self, rules: Iterable[Rule], items: Sequence[ShelfItem]) -> None:
        self._numbers: dict[Range, int] = {}
        for rule in rules:
            for _, range in ranges_of(rule):
                self._numbers.setdefault(range, len(self._numbers))
            self._numbers.setdefault(rule.range, len(self._numbers))
        self._index = _Index(self._numbers)
        self._kinds: dict[Kind, _Kept] = {}
        for item in items:
            kind = self._index.kind(item.goods, item.unit_minor)
            if kind:
                self._kinds.setdefault(kind, _Kept(item)).add(item)
        self._picked = {kind: kept.picked() for kind, kept in self._kinds.items()}

    def picks(self, range: Range) -> list[ShelfItem]:
        """Return goods that stand for a range: by price, then SKU."""
        number = self._numbers[range]
        found = {
            item.goods.sku: item
            for kind, items in self._picked.items()
            if number in kind
            for item in items
        }
        return sorted(found.values(), key=lambda item: (item.unit_minor, item.goods.sku))

    def is_empty(self, range: Range) -> bool:
        """Return whether no goods are in a range."""
        number = self._numbers[range]
        return not any(number in kind for kind in self._kinds)

    def within(self, narrow: Range, wide: Range) -> bool:
        """Return whether all goods of one range are in the other."""
        first, second = self._numbers[narrow], self._numbers[wide]
        return all(second in kind for kind in self._kinds if first in kind)

    def overlap(self, one: Range, other: Range) -> bool:
        """Return whether some goods are in both ranges."""
        first, second = self._numbers[one], self._numbers[other]
        return any(first in kind and second in kind for kind in self._kinds)

    def all_picks(self) -> Iterator[ShelfItem]:
        """Yield what stands for each kind of goods, kind by kind."""
        for items in self._picked.values():
            yield from items


class _Index:
    """Finds the ranges that may cover goods by what the goods are called."""

    def __init__(self, numbers: dict[Range, int]) -> None:
        self._ranges = list(numbers)
        self._open: list[int] = []
        self._named: dict[tuple[str, str], list[int]] = {}
        for range, number in numbers.items():
            names = _names(range)
            if not names:
                self._open.append(number)
            for name in names:
                self._named.setdefault(name, []).append(number)

    def kind(self, goods: Goods, unit_minor: int) -> Kind:
        """Return the ranges that cover goods."""
        may = set(self._open)
        for name in _called(goods):
            may.update(self._named.get(name, ()))
        ranges = self._ranges
        return frozenset(each for each in may if covers(ranges[each], goods, unit_minor))


def _names(range: Range) -> list[tuple[str, str]]:
    return (
        [("sku", each) for each in range.skus]
        + [("family", each) for each in range.families]
        + [("category", each) for each in range.categories]
        + [("tag", each) for each in range.tags]
    )


def _called(goods: Goods) -> Iterator[tuple[str, str]]:
    yield "sku", goods.sku
    yield "family", goods.family
    for category in goods.categories:
        yield "category", category
    for tag in goods.tags:
        yield "tag", tag
