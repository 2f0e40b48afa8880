"""What a rule of the item layer gives to the units that a plan lets it have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import msgspec
from reference.pricing import rounded, shared
from reference.promotions_forms import Piece, Served, Taken, divide
from reference.promotions_scope import covers, money_cap, seen_by, uses_cap
from reference.promotions_units import Kind, before_item, off, percent_base, times_met

from cashwrap.money import PPM
from cashwrap.promotions.candidates import CandidateSource, gathered
from cashwrap.promotions.model import BasketLine, Candidate, Occasion
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Candidates,
    Each,
    Group,
    Off,
    Policy,
    Range,
    Rule,
    SetPrice,
    Tiers,
)


@dataclass(frozen=True)
class Shelf:
    """Everything on the sale that a rule of the item layer looks at."""

    kinds: Sequence[Kind]
    policy: Policy
    occasion: Occasion
    sources: Mapping[str, CandidateSource]


# -- which units ----------------------------------------------------------------------------------


def slots_of(rule: Rule) -> list[Range]:
    """The ranges in which a rule takes units; those it gets for what was bought come last."""
    if isinstance(rule.benefit, Bundle):
        return [slot.range for slot in rule.benefit.slots]
    if isinstance(rule.benefit, BuyGet):
        return [slot.range for slot in rule.benefit.buy] + [rule.range]
    return [rule.range]


def eligible(rule: Rule, kind: Kind, shelf: Shelf) -> list[int]:
    """The slots of the rule that a unit of this kind may take."""
    alone = isinstance(rule.benefit, Each) or shelf.policy.weighed_in_groups
    if not (kind.room and seen_by(rule, kind.line, shelf.policy) and (kind.whole or alone)):
        return []
    if isinstance(rule.benefit, Bundle) and not covers(rule.range, kind.line):
        return []
    return [slot for slot, wanted in enumerate(slots_of(rule)) if covers(wanted, kind.line)]


def choices(rule: Rule, shelf: Shelf) -> Iterator[Served]:
    """Every set of units that the rule may be given, with what comes off."""
    if isinstance(rule.benefit, Candidates):
        yield from candidate_choices(rule, shelf)
        return
    slots = len(slots_of(rule))
    by_kind = [list(spread(kind.count, eligible(rule, kind, shelf), slots)) for kind in shelf.kinds]
    for pick in product(*by_kind):
        sizes = [sum(counts[slot] for counts in pick) for slot in range(slots)]
        if fits(rule, sizes):
            taken = tuple(
                tuple(k for k, counts in enumerate(pick) for _ in range(counts[slot]))
                for slot in range(slots)
            )
            if (served := serve(rule, taken, shelf)) is not None:
                yield served


def spread(count: int, slots: list[int], width: int) -> Iterator[tuple[int, ...]]:
    """All ways to give up to so many units to these slots."""
    for counts in product(range(count + 1), repeat=len(slots)):
        if sum(counts) <= count:
            row = [0] * width
            for slot, n in zip(slots, counts, strict=True):
                row[slot] = n
            yield tuple(row)


def fits(rule: Rule, sizes: list[int]) -> bool:
    """Whether so many units can be divided as the benefit says."""
    benefit = rule.benefit
    total = sum(sizes)
    if not total:
        return False
    if isinstance(benefit, Group):
        return total % benefit.every == 0
    if isinstance(benefit, SetPrice):
        return total % benefit.count == 0
    if isinstance(benefit, Tiers):
        return total >= min(tier.from_count for tier in benefit.tiers)
    if isinstance(benefit, Bundle):
        sets = sizes[0] // benefit.slots[0].count
        return sets > 0 and sizes == [sets * slot.count for slot in benefit.slots]
    if isinstance(benefit, BuyGet):
        sets = sizes[0] // benefit.buy[0].count
        bought = [sets * slot.count for slot in benefit.buy]
        full = sets * benefit.get
        least = full - benefit.get + 1 if benefit.partial else full
        return sets > 0 and sizes[:-1] == bought and least <= sizes[-1] <= full
    return True


# -- what comes off -------------------------------------------------------------------------------


def serve(rule: Rule, taken: Taken, shelf: Shelf) -> Served | None:
    """Divide the units and work out what comes off; None where the plan is not permitted."""
    uses = divide(rule, taken)
    if isinstance(rule.benefit, SetPrice | Bundle) and rule.benefit.off.percent_ppm is None:
        priced = [set_off(rule, rule.benefit.off, use, shelf) for use in uses]
    else:
        pieces = iter(units_off(rule, [piece for use in uses for piece in use], shelf))
        priced = [[next(pieces) for _ in use] for use in uses]
    return permitted(rule, taken, priced, shelf)


def set_off(rule: Rule, take: Off, use: list[Piece], shelf: Shelf) -> list[Piece]:
    """A price or amount for the set, over its units by their prices."""
    prices = [shelf.kinds[piece.kind].price for piece in use]
    rooms = [shelf.kinds[piece.kind].room for piece in use]
    asked = take.amount_minor
    if asked is None:
        assert take.price_minor is not None
        asked = max(0, sum(prices) - take.price_minor)
    minors = shared(min(asked, sum(rooms)), prices, rooms, odd_cents(rule, shelf))
    return [replace(piece, minor=m, worth=m) for piece, m in zip(use, minors, strict=True)]


def odd_cents(rule: Rule, shelf: Shelf) -> str:
    return rule.arithmetic.odd_cents or shelf.policy.odd_cents


def units_off(rule: Rule, pieces: list[Piece], shelf: Shelf) -> list[Piece]:
    """What comes off each unit by itself, percentages rounded for one, a kind, or all of them."""
    per = rule.arithmetic.percent_per or shelf.policy.percent_per
    found = list(pieces)
    together: dict[int, list[int]] = {}
    for i, piece in enumerate(pieces):
        if piece.take is None:
            continue
        if piece.take.percent_ppm is not None and per != "unit":
            together.setdefault(piece.kind if per == "line" else 0, []).append(i)
        else:
            kind = shelf.kinds[piece.kind]
            one = off(piece.take, rule, kind.line, kind.price, kind.floor, shelf.policy)
            found[i] = replace(piece, minor=one, worth=one)
    for places in together.values():
        places.sort(key=lambda i: (pieces[i].kind, i))
        some = percent_of_all(rule, [pieces[i] for i in places], shelf)
        for i, piece in zip(places, some, strict=True):
            found[i] = piece
    return found


def percent_of_all(rule: Rule, pieces: list[Piece], shelf: Shelf) -> list[Piece]:
    """Percentages rounded once, shared by largest remainder by their exact parts."""
    exact = [exact_part(rule, piece, shelf) for piece in pieces]
    if not any(exact):
        return pieces
    mode = rule.arithmetic.percent_rounding or shelf.policy.percent_rounding
    rooms = [shelf.kinds[piece.kind].room for piece in pieces]
    minors = shared(rounded(sum(exact), PPM, mode), exact, rooms, odd_cents(rule, shelf))
    return [
        replace(piece, minor=minor, worth=worth)
        for piece, minor, worth in zip(pieces, minors, exact, strict=True)
    ]


def exact_part(rule: Rule, piece: Piece, shelf: Shelf) -> int:
    """The percentage of one unit in millionths of a minor unit, at most its room."""
    kind = shelf.kinds[piece.kind]
    assert piece.take is not None
    assert piece.take.percent_ppm is not None
    base = percent_base(rule, kind.line, kind.price, shelf.policy)
    return min(base * piece.take.percent_ppm, kind.room * PPM)


# -- what is permitted ----------------------------------------------------------------------------


def permitted(rule: Rule, taken: Taken, uses: list[list[Piece]], shelf: Shelf) -> Served | None:
    """Cap the saving; None unless limits hold and every use saves more than nothing."""
    real = [use for use in uses if any(piece.take is not None for piece in use)]
    bounds = [uses_cap(rule, shelf.occasion), repeats(rule, shelf)]
    if any(bound is not None and len(real) > bound for bound in bounds):
        return None
    if too_many_of_one_sku(rule, taken, shelf):
        return None
    if not real or not all(sum(piece.worth for piece in use) > 0 for use in real):
        return None
    capped = cap(uses, money_cap(rule, shelf.occasion))
    for before, after in zip(uses, capped, strict=True):
        if minor_of(before) and not minor_of(after):
            return None
    served = Served(taken, tuple(tuple(use) for use in capped), len(real))
    return served if served.saving else None


def repeats(rule: Rule, shelf: Shelf) -> int | None:
    """How often the needs that repeat allow it, but for those measured after the item layer."""
    times = [
        times_met(need, before_item(need, shelf.kinds), shelf.policy)
        for need in rule.needs
        if need.repeat and need.measured != "item"
    ]
    return min((n for n in times if n is not None), default=None)


def too_many_of_one_sku(rule: Rule, taken: Taken, shelf: Shelf) -> bool:
    if not rule.limits.sku_uses:
        return False
    skus = [shelf.kinds[kind].line.goods.sku for units in taken for kind in units]
    return any(skus.count(sku) > rule.limits.sku_uses for sku in set(skus))


def minor_of(use: Sequence[Piece]) -> int:
    return sum(piece.minor for piece in use)


def cap(uses: list[list[Piece]], most: int | None) -> list[list[Piece]]:
    """What is above the most is taken from the last units of the last uses."""
    over = sum(minor_of(use) for use in uses) - most if most is not None else 0
    if over <= 0:
        return uses
    capped = []
    for use in reversed(uses):
        pieces = []
        for piece in reversed(use):
            cut = min(over, piece.minor)
            over -= cut
            pieces.append(replace(piece, minor=piece.minor - cut))
        capped.append(pieces[::-1])
    return capped[::-1]


# -- rules of plugins -----------------------------------------------------------------------------


def candidate_choices(rule: Rule, shelf: Shelf) -> Iterator[Served]:
    """Every permitted number of times for each candidate."""
    own = [k for k, kind in enumerate(shelf.kinds) if eligible(rule, kind, shelf)]
    seen = [as_line(n, shelf.kinds[k]) for n, k in enumerate(own, 1)]
    candidates = gathered(rule, shelf.sources, seen, shelf.occasion).candidates
    for times in product(*(range(one.times + 1) for one in candidates)):
        uses = [
            candidate_use(one, own, shelf)
            for one, n in zip(candidates, times, strict=True)
            for _ in range(n)
        ]
        taken = tuple(sorted(piece.kind for use in uses for piece in use))
        enough = all(taken.count(k) <= shelf.kinds[k].count for k in set(taken))
        if uses and enough and (served := permitted(rule, (taken,), uses, shelf)) is not None:
            yield served


def as_line(number: int, kind: Kind) -> BasketLine:
    """A kind as a plugin sees it."""
    return msgspec.structs.replace(
        kind.line,
        line=number,
        unit_minor=kind.price,
        units=kind.count,
        least_minor=kind.floor,
    )


def candidate_use(candidate: Candidate, own: Sequence[int], shelf: Shelf) -> list[Piece]:
    """The units of a candidate; what comes off an entry is shared evenly over its units."""
    pieces = []
    for number, units, minor in candidate.units:
        k = own[number - 1]
        each = shared(minor, [1] * units, [shelf.kinds[k].room] * units, "largest")
        take = Off(amount_minor=minor) if minor else None
        pieces += [Piece(k, 0, take, minor=one, worth=one) for one in each]
    return sorted(pieces, key=lambda piece: piece.kind)
