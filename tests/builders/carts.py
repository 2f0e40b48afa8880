"""Carts for promotions in a few words, priced by the engine and, when small, by the reference."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace
from reference.promotions import best

from cashwrap.promotions.candidates import CandidateSource
from cashwrap.promotions.engine import PromotionEngine, Solution
from cashwrap.promotions.model import BasketLine, Goods, Occasion, PriceProof
from cashwrap.promotions.rules import Choice, Policy, Range, Rule, RuleSet

NOON_MS = 1_772_337_600_000  # Sunday 2026-03-01 12:00 in Shanghai
SMALL, SMALL_WITH_SOURCES = 8, 4  # units that the reference looks at in every way


class Answer(NamedTuple):
    """What a cart comes to, and what each rule took off it."""

    payable_minor: int
    saved: dict[str, int]
    by_line: dict[int, int]
    solution: Solution

    @property
    def proof(self) -> PriceProof:
        return self.solution.proof()


def goods(sku: str, unit_minor: int, units: int = 1, **fields: object) -> BasketLine:
    """Return a line; ``categories`` and ``tags`` go to the goods, the rest to the line."""
    named = {name: fields.pop(name) for name in ("categories", "tags", "family") if name in fields}
    at_list = fields.pop("list_minor", unit_minor)
    return BasketLine(
        0, Goods(sku, **named), unit_minor, units, at_list, **fields  # type: ignore[arg-type]
    )  # fmt: skip


def rule_set(
    rules: Sequence[Rule], groups: Mapping[str, Choice] | None = None, **policy: object
) -> RuleSet:
    """Return a rule set; what is said beside the rules is the policy's."""
    return RuleSet(
        rules=tuple(rules), groups=dict(groups or {}), policy=Policy(**policy)  # type: ignore[arg-type]
    )  # fmt: skip


def priced(
    rules: RuleSet | Sequence[Rule],
    lines: Sequence[BasketLine],
    sources: Mapping[str, CandidateSource] | None = None,
    **occasion: object,
) -> Answer:
    """Price lines, numbered as they stand here; small carts are priced by the reference too."""
    asked = rules if isinstance(rules, RuleSet) else rule_set(rules)
    numbered = [_numbered(line, number) for number, line in enumerate(lines, 1)]
    now: dict[str, object] = {"opened_ms": NOON_MS, "now_ms": NOON_MS, **occasion}
    when = Occasion(**now)  # type: ignore[arg-type]
    basket = PromotionEngine(asked, plugins=sources or {}).basket(when)
    for line in numbered:
        basket.put(line)
    solution = basket.solve()
    if sum(line.units for line in numbered) <= (SMALL_WITH_SOURCES if sources else SMALL):
        assert solution.payable_minor == best(asked, numbered, when, sources).payable_minor
    saved: dict[str, int] = {}
    by_line: dict[int, int] = {}
    for rule, _, cells in solution.cells:
        saved[rule] = saved.get(rule, 0) + sum(minor for _, minor in cells)
        for number, minor in cells:
            by_line[number] = by_line.get(number, 0) + minor
    return Answer(solution.payable_minor, saved, by_line, solution)


def of(*skus: str) -> Range:
    """Return the range of some SKUs."""
    return Range(skus=skus)


def _numbered(line: BasketLine, number: int) -> BasketLine:
    return replace(line, line=number)
