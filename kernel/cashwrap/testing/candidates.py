"""Property tests of promotion rules of a plugin's own kind (docs/testing.md)."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from msgspec.structs import replace

from cashwrap.promotions.candidates import CandidateFault, CandidateSource, asked
from cashwrap.promotions.model import BasketLine, Candidate, Goods, Occasion
from cashwrap.promotions.rules import Rule
from cashwrap.testing.promotions import OPENED_MS, PRICES_MINOR

NOW = Occasion(OPENED_MS, OPENED_MS)


@st.composite
def source_lines(
    draw: DrawFn, *, kinds: int = 6, units: int = 3, tags: Sequence[str] = ()
) -> tuple[BasketLine, ...]:
    """Return goods as a source gets them: one line for each kind, dearest first.

    Up to ``kinds`` of them, each with one of ``tags`` or none. Some are weighed; some may not go
    below a floor, which is what rules of third parties forget most.
    """
    prices = draw(st.sampled_from(PRICES_MINOR))
    made = draw(st.lists(_line(prices, units, tuple(tags)), max_size=kinds))
    order = sorted(range(len(made)), key=lambda at: (-made[at].unit_minor, at))
    return tuple(_numbered(made[at], number) for number, at in enumerate(order, 1))


def _line(prices: Sequence[int], units: int, tags: tuple[str, ...]) -> SearchStrategy[BasketLine]:
    tagged = st.sampled_from([(), *((tag,) for tag in tags)])

    def made(
        unit_minor: int, count: int, tag: tuple[str, ...], floor: int, weighed: bool
    ) -> BasketLine:
        return BasketLine(
            0,
            Goods("", tags=tag),
            unit_minor,
            1 if weighed else count,
            unit_minor,
            least_minor=unit_minor * floor // 2,
            divisible=weighed,
            quantity_milli=333 if weighed else 1000,
        )

    return st.builds(
        made,
        unit_minor=st.sampled_from(tuple(prices)),
        count=st.integers(1, units),
        tag=tagged,
        floor=st.sampled_from((0, 0, 1, 2)),
        weighed=st.sampled_from((False, False, False, True)),
    )


def _numbered(line: BasketLine, number: int) -> BasketLine:
    goods = replace(line.goods, sku=f"S{number}", family=f"F{number % 3}")
    return replace(line, line=number, goods=goods)


def source_faults(
    source: CandidateSource, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion = NOW
) -> list[str]:
    """Return what a till would leave the rule out for, or price two ways; [] for nothing.

    What is proposed has units that are there and amounts that fit, is the same each time it is
    asked for, does not hang on how the lines happen to be numbered, and changes nothing that it
    was given.
    """
    given = tuple(lines)
    try:
        first = asked(source, rule, given, occasion)
        again = asked(source, rule, given, occasion)
        moved = asked(source, rule, _moved(given), occasion)
    except CandidateFault as fault:
        cause = f" ({fault.__cause__!r})" if fault.__cause__ else ""
        return [f"{fault}{cause}"]
    wrong = []
    if again != first:
        wrong.append("asked twice it proposes something else")
    if sorted(_by_sku(moved, _moved(given))) != sorted(_by_sku(first, given)):
        wrong.append("it looks at the numbers of lines: with others it proposes something else")
    return wrong


def _moved(lines: Sequence[BasketLine]) -> tuple[BasketLine, ...]:
    return tuple(replace(line, line=100 - line.line) for line in lines)


def _by_sku(
    candidates: Sequence[Candidate], lines: Sequence[BasketLine]
) -> list[tuple[tuple[tuple[str, int, int], ...], int]]:
    skus = {line.line: line.goods.sku for line in lines}

    def named(one: Candidate) -> tuple[tuple[str, int, int], ...]:
        return tuple(sorted((skus[number], units, minor) for number, units, minor in one.units))

    return [(named(one), one.times) for one in candidates]
