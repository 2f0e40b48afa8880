"""A rule set as the parts beside the solver look things up in it: by id, and by kind."""

from collections.abc import Iterable, Mapping, Sequence
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
        names = {("", "")}
        for one in goods:
            names |= {("sku", one.sku), ("family", one.family)}
            names |= {("category", name) for name in one.categories}
            names |= {("tag", name) for name in one.tags}
        found = {rule.id: rule for name in names for rule in self._offering.get(name, ())}
        return [rule for _, rule in sorted(found.items())]

    @cached_property
    def _offering(self) -> Mapping[tuple[str, str], Sequence[Rule]]:
        """Return these rules by what the first of their needs names; under "" for all goods."""
        found: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules.rules:
            if isinstance(rule.benefit, Each) and rule.needs:
                for name in _named(rule.needs[0].range):
                    found.setdefault(name, []).append(rule)
        return found


def _named(range_: Range) -> list[tuple[str, str]]:
    kinds = {"sku": range_.skus, "family": range_.families}
    kinds |= {"category": range_.categories, "tag": range_.tags}
    return [(kind, name) for kind, names in kinds.items() for name in names] or [("", "")]


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
