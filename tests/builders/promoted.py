"""Carts given to the compiled promotion engine, and what comes back."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from cashwrap.promotions.engine import PromotionEngine, Solution
from cashwrap.promotions.model import BasketLine, Occasion
from cashwrap.promotions.rules import RuleSet


class Given(Protocol):
    """A `Case`, or a world of the reference."""

    @property
    def rules(self) -> RuleSet: ...
    @property
    def lines(self) -> tuple[BasketLine, ...]: ...
    @property
    def occasion(self) -> Occasion: ...


class Shape(NamedTuple):
    """A solution without line numbers: what is paid, and what each rule takes off each SKU."""

    payable_minor: int
    rules: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]


def solved(given: Given) -> Solution:
    """The best plan, worked out from nothing."""
    return solve(given.rules, given.lines, given.occasion)


def solve(rules: RuleSet, lines: Iterable[BasketLine], occasion: Occasion) -> Solution:
    basket = PromotionEngine(rules).basket(occasion)
    for line in lines:
        basket.put(line)
    return basket.solve()


def off_lines(solution: Solution) -> dict[int, int]:
    """What comes off each line."""
    off: dict[int, int] = {}
    for _, _, row in solution.cells:
        for line, minor in row:
            off[line] = off.get(line, 0) + minor
    return off


def shape(solution: Solution, lines: Iterable[BasketLine]) -> Shape:
    """The solution told by goods: families, categories and SKUs, not lines."""
    names = {line.line: str(replace(line, line=0, units=0)) for line in lines}
    rows = []
    for rule, _, row in solution.cells:
        off: dict[str, int] = {}
        for line, minor in row:
            off[names[line]] = off.get(names[line], 0) + minor
        rows.append((rule, tuple(sorted(off.items()))))
    return Shape(solution.payable_minor, tuple(rows))


def list_total(lines: Iterable[BasketLine]) -> int:
    return sum(line.unit_minor * line.units for line in lines)
