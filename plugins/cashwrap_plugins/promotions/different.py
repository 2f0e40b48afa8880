"""Any so many DIFFERENT goods (任选不同款): a rule that takes one of each kind, never two alike.

A till's own rules count units; that two of them must not be of one SKU, style or colour they cannot
say. What is proposed here is chosen among together with all other rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Annotated

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.money import PPM, div_round
from cashwrap.promotions.candidates import CANDIDATES_MAX, UNITS_MAX
from cashwrap.promotions.model import BasketLine, Candidate
from cashwrap.promotions.rules import Candidates, Rule

if TYPE_CHECKING:
    from cashwrap.promotions.model import Goods

SKU, FAMILY = "sku", "family"


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many different ones, and what they come to: a price together, or a percentage off.

    ``by`` is what makes two different: the SKU, the family (a style with its sizes), or else the
    value of a tag, as ``colour`` for goods tagged ``colour:red``; goods without it do not count.
    """

    count: Annotated[int, msgspec.Meta(ge=2, le=20)]
    by: str = SKU
    price_minor: Annotated[int, msgspec.Meta(ge=0)] | None = None
    off_ppm: Annotated[int, msgspec.Meta(ge=0, le=PPM)] = 0

    def __post_init__(self) -> None:
        if (self.price_minor is None) == (not self.off_ppm):
            raise InvalidInput("say what they cost together, or what comes off: one of the two")


def candidates_of(rule: Rule, lines: Sequence[BasketLine]) -> Iterator[Candidate]:
    """Yield each choice of so many different kinds, one unit of each."""
    assert isinstance(rule.benefit, Candidates)
    terms = msgspec.json.decode(rule.benefit.data, type=Terms)
    for chosen in combinations(_proposed(lines, terms), terms.count):
        if len({kind_of(line.goods, terms.by) for line in chosen}) == terms.count:
            off = off_of(chosen, terms)
            if any(off):
                units = zip(chosen, off, strict=True)
                taken = tuple((line.line, 1, minor) for line, minor in units)
                yield Candidate(taken, times=min(line.units for line in chosen))


def kind_of(goods: Goods, by: str) -> str:
    """Return what goods count as, "" for goods that do not count."""
    if by == SKU:
        return goods.sku
    if by == FAMILY:
        return goods.family or goods.sku
    return next((tag for tag in goods.tags if tag.startswith(f"{by}:")), "")


def _proposed(lines: Sequence[BasketLine], terms: Terms) -> list[BasketLine]:
    """Return as many lines as there may be choices of: the dearest of each kind before seconds."""
    seen: dict[str, int] = {}
    ranked: list[tuple[int, int, BasketLine]] = []
    for at, line in enumerate(lines):
        kind = "" if line.divisible else kind_of(line.goods, terms.by)
        if kind:
            seen[kind] = seen.get(kind, 0) + 1
            ranked.append((seen[kind], at, line))
    most = terms.count
    while comb(most + 1, terms.count) <= min(CANDIDATES_MAX, UNITS_MAX // terms.count):
        most += 1
    return [line for _, _, line in sorted(ranked)[:most]]


def off_of(chosen: Sequence[BasketLine], terms: Terms) -> list[int]:
    """Return what comes off each of the chosen units; none goes below the least it may cost."""
    rooms = [max(0, line.unit_minor - line.least_minor) for line in chosen]
    if terms.price_minor is None:
        off = [div_round(line.unit_minor * terms.off_ppm, PPM, "half_up") for line in chosen]
    else:
        prices = [line.unit_minor for line in chosen]
        off = _shared(max(0, sum(prices) - terms.price_minor), prices)
    return [min(minor, room) for minor, room in zip(off, rooms, strict=True)]


def _shared(minor: int, prices: Sequence[int]) -> list[int]:
    """Share an amount by prices; what is left over goes to the largest remainders."""
    total = sum(prices)
    if not total:
        return [0] * len(prices)
    shares = [minor * price // total for price in prices]
    by_rest = sorted(range(len(prices)), key=lambda at: (-(minor * prices[at] % total), at))
    for at in by_rest[: minor - sum(shares)]:
        shares[at] += 1
    return shares
