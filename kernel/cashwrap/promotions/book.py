"""A rule set as the parts beside the solver look things up in it: by id, and by kind."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cashwrap.promotions.model import Goods
from cashwrap.promotions.rules import (
    Each,
    EarnPoints,
    FeeOff,
    NextCoupon,
    Range,
    Rule,
    RuleSet,
    Surcharge,
)

EXTRAS = (Surcharge, FeeOff, EarnPoints, NextCoupon)
"""Benefits that take nothing off goods, in the order in which they are looked at."""

KEPT = 8
Name = tuple[str, str]
"""What goods are called: kind (sku, family, category, tag) and name."""

ANY_GOODS: Name = ("", "")


class RuleBook:
    """What is looked up in a rule set again and again, found once."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """Return the rules by id."""
        return {rule.id: rule for rule in self.rules.rules}

    @cached_property
    def extras(self) -> tuple[Rule, ...]:
        """Return the rules that take nothing off goods: fees first; by layer, priority, id."""
        order = {layer: i for i, layer in enumerate(self.rules.policy.layers)}

        def turn(rule: Rule) -> tuple[int, int, int, str]:
            kind = min(EXTRAS.index(type(rule.benefit)), 2)
            return kind, order.get(rule.layer, len(order)), -rule.priority, rule.id

        found = [rule for rule in self.rules.rules if isinstance(rule.benefit, EXTRAS)]
        return tuple(sorted(found, key=turn))

    def offering(self, goods: Iterable[Goods]) -> list[Rule]:
        """Return the rules for each unit that need some of these goods, in order of id.

        They may have something for a customer who has none of it yet.
        """
        names = {ANY_GOODS, *(name for one in goods for name in names_of(one))}
        found = {rule.id: rule for name in names for rule in self._offering.get(name, ())}
        return [rule for _, rule in sorted(found.items())]

    @cached_property
    def _offering(self) -> Mapping[Name, Sequence[Rule]]:
        """Return these rules by what the first of their needs names; or for all goods."""
        found: dict[Name, list[Rule]] = {}
        for rule in self.rules.rules:
            if isinstance(rule.benefit, Each) and rule.needs:
                for name in named(rule.needs[0].range) or [ANY_GOODS]:
                    found.setdefault(name, []).append(rule)
        return found


def named(range: Range) -> list[Name]:
    """Return what a range names, any of which its goods may be called; nothing for all goods."""
    kinds = {"sku": range.skus, "family": range.families}
    kinds |= {"category": range.categories, "tag": range.tags}
    return [(kind, name) for kind, names in kinds.items() for name in names]


def names_of(goods: Goods) -> Iterator[Name]:
    """Give what goods are called, as ranges name them."""
    yield "sku", goods.sku
    yield "family", goods.family
    yield from (("category", name) for name in goods.categories)
    yield from (("tag", name) for name in goods.tags)


_books: dict[int, RuleBook] = {}


def book_of(rules: RuleSet) -> RuleBook:
    """Return the book of a rule set; the few used last are kept."""
    book = _books.pop(id(rules), None)
    if book is None or book.rules is not rules:
        book = RuleBook(rules)
    _books[id(rules)] = book  # the newest stands last; the set lives as long as its book
    while len(_books) > KEPT:
        del _books[next(iter(_books))]
    return book
