"""Which goods of a shelf a rule's ranges cover, and a few of them that stand for the rest.

Goods that the same ranges cover are alike to the rules but for their prices. Of each such kind the
cheapest, the dearest, the one in the middle and the one with the thinnest margin are kept.
"""

from collections.abc import Iterable, Iterator, Sequence

from cashwrap.money import PPM
from cashwrap.promotions.book import Name, named, names_of
from cashwrap.promotions.lint.model import ShelfItem
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
    """Goods of one kind, of which some stand for all."""

    def __init__(self) -> None:
        self._items: list[ShelfItem] = []

    def add(self, item: ShelfItem) -> None:
        """Take one more."""
        if item.unit_minor > 0:
            self._items.append(item)

    def picked(self) -> list[ShelfItem]:
        """Return the cheapest, the dearest, the one in the middle, the one with least margin."""
        ordered = sorted(self._items, key=_by_price)
        if not ordered:
            return []
        some = [ordered[0], ordered[-1], ordered[len(ordered) // 2]]
        costed = [item for item in ordered if item.cost_minor is not None]
        some += [min(costed, key=margin_ppm)] if costed else []
        return list({item.goods.sku: item for item in some}.values())


def _by_price(item: ShelfItem) -> tuple[int, str]:
    return item.unit_minor, item.goods.sku


def margin_ppm(item: ShelfItem) -> int:
    """Return the margin in the net price of an item, ppm; its cost must be known."""
    assert item.cost_minor is not None
    net = item.net_of(item.unit_minor)
    return (net - item.cost_minor) * PPM // max(net, 1)


class Coverage:
    """The ranges of some rules laid over a shelf."""

    def __init__(self, rules: Iterable[Rule], items: Sequence[ShelfItem]) -> None:
        self._numbers: dict[Range, int] = {}
        for rule in rules:
            for _, range in [*ranges_of(rule), ("", rule.range)]:
                self._numbers.setdefault(range, len(self._numbers))
        index = _Index(self._numbers)
        kinds: dict[Kind, _Kept] = {}
        for item in items:
            kind = index.kind(item.goods, item.unit_minor)
            if kind:
                kinds.setdefault(kind, _Kept()).add(item)
        self._picked = [kept.picked() for kept in kinds.values()]
        self._picks: dict[Range, list[ShelfItem]] = {}
        self._kinds: dict[int, set[int]] = {number: set() for number in self._numbers.values()}
        for at, kind in enumerate(kinds):
            for number in kind:
                self._kinds[number].add(at)

    def picks(self, range: Range) -> list[ShelfItem]:
        """Return goods that stand for a range: by price, then SKU."""
        found = self._picks.get(range)
        if found is None:
            items = (item for at in self._of(range) for item in self._picked[at])
            found = self._picks[range] = sorted(items, key=_by_price)
        return found

    def is_empty(self, range: Range) -> bool:
        """Return whether no goods are in a range."""
        return not self._of(range)

    def within(self, narrow: Range, wide: Range) -> bool:
        """Return whether all goods of one range are in the other."""
        return self._of(narrow) <= self._of(wide)

    def overlap(self, one: Range, other: Range) -> bool:
        """Return whether some goods are in both ranges."""
        return not self._of(one).isdisjoint(self._of(other))

    def all_picks(self) -> Iterator[ShelfItem]:
        """Yield what stands for each kind of goods, kind by kind."""
        for items in self._picked:
            yield from items

    def _of(self, range: Range) -> set[int]:
        return self._kinds[self._numbers[range]]


class _Index:
    """Finds the ranges that may cover goods by what the goods are called."""

    def __init__(self, numbers: dict[Range, int]) -> None:
        self._ranges = list(numbers)
        self._open: list[int] = []
        self._named: dict[Name, list[int]] = {}
        for range, number in numbers.items():
            names = named(range)
            if not names:
                self._open.append(number)
            for name in names:
                self._named.setdefault(name, []).append(number)

    def kind(self, goods: Goods, unit_minor: int) -> Kind:
        """Return the ranges that cover goods."""
        may = set(self._open)
        for name in names_of(goods):
            may.update(self._named.get(name, ()))
        ranges = self._ranges
        return frozenset(each for each in may if covers(ranges[each], goods, unit_minor))
