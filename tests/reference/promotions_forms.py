"""How a rule of the item layer divides its units into uses: dearest first, as the benefit says."""

from dataclasses import dataclass
from functools import cached_property

from cashwrap.promotions.rules import Bundle, BuyGet, Each, Group, Off, Rule, SetPrice, Tiers

Taken = tuple[tuple[int, ...], ...]
"""For each slot of a rule the kinds of its units, in canonical order."""


@dataclass(frozen=True)
class Piece:
    """One unit in one use of a rule, and what comes off it."""

    kind: int
    slot: int = 0
    take: Off | None = None  # None: it is needed and gets nothing by itself
    minor: int = 0
    worth: int = 0  # before a rounding that it shares with other units; any scale


@dataclass(frozen=True)
class Served:
    """A rule with its units, divided into uses."""

    taken: Taken
    uses: tuple[tuple[Piece, ...], ...]
    times: int

    @cached_property
    def saving(self) -> int:
        return sum(piece.minor for use in self.uses for piece in use)

    @cached_property
    def per_kind(self) -> dict[int, tuple[int, int]]:
        """Of each kind: units, and what comes off them."""
        found: dict[int, tuple[int, int]] = {}
        for use in self.uses:
            for piece in use:
                units, minor = found.get(piece.kind, (0, 0))
                found[piece.kind] = (units + 1, minor + piece.minor)
        return found

    @cached_property
    def given(self) -> dict[int, tuple[int, int]]:
        """Of each kind the units that get something, and what comes off them."""
        found: dict[int, tuple[int, int]] = {}
        for use in self.uses:
            for piece in use:
                if piece.take is not None:
                    units, minor = found.get(piece.kind, (0, 0))
                    found[piece.kind] = (units + 1, minor + piece.minor)
        return found


def divide(rule: Rule, taken: Taken) -> list[list[Piece]]:
    """The uses, dearest units first; a piece with ``take`` gets something."""
    benefit = rule.benefit
    if isinstance(benefit, Each):
        return [[Piece(kind, take=benefit.off)] for kind in taken[0]]
    if isinstance(benefit, Tiers):
        return tiered(benefit, taken[0])
    if isinstance(benefit, Group):
        return grouped(benefit, taken[0])
    if isinstance(benefit, SetPrice):
        return [
            [Piece(kind, take=benefit.off) for kind in part]
            for part in parts(taken[0], benefit.count)
        ]
    if isinstance(benefit, Bundle):
        sizes = [slot.count for slot in benefit.slots]
        return in_sets(taken, sizes, [benefit.off] * len(sizes))
    assert isinstance(benefit, BuyGet)
    sizes = [slot.count for slot in benefit.buy]
    return in_sets(taken, [*sizes, benefit.get], [None] * len(sizes) + [benefit.off])


def parts(units: tuple[int, ...], size: int) -> list[tuple[int, ...]]:
    return [units[i : i + size] for i in range(0, len(units), size)]


def tiered(benefit: Tiers, units: tuple[int, ...]) -> list[list[Piece]]:
    """All units at the highest tier reached, or each at its own; below the first: nothing."""

    def take(position: int) -> Off | None:
        reached = [tier for tier in benefit.tiers if tier.from_count <= position]
        return max(reached, key=lambda tier: tier.from_count).off if reached else None

    positions = range(1, len(units) + 1) if benefit.marginal else [len(units)] * len(units)
    return [[Piece(kind, take=take(i))] for kind, i in zip(units, positions, strict=True)]


def grouped(benefit: Group, units: tuple[int, ...]) -> list[list[Piece]]:
    if benefit.which == "cheapest_of_all":
        get = len(units) // benefit.every * benefit.get
        return [got(units, range(len(units) - get, len(units)), benefit.off)]
    first = 0 if benefit.which == "dearest" else benefit.every - benefit.get
    places = range(first, first + benefit.get)
    return [got(part, places, benefit.off) for part in parts(units, benefit.every)]


def got(units: tuple[int, ...], places: range, take: Off) -> list[Piece]:
    return [Piece(kind, take=take if i in places else None) for i, kind in enumerate(units)]


def in_sets(taken: Taken, sizes: list[int], takes: list[Off | None]) -> list[list[Piece]]:
    """The j-th set takes the next units of each slot; within a set in canonical order."""
    columns = [parts(units, size) for units, size in zip(taken, sizes, strict=True)]
    sets = []
    for row in zip(*columns, strict=True):
        pieces = [Piece(k, slot, takes[slot]) for slot, units in enumerate(row) for k in units]
        sets.append(sorted(pieces, key=lambda piece: (piece.kind, piece.slot)))
    return sets
