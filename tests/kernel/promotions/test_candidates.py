"""Rules of third parties: bounded by counts, checked, and chosen with all others."""

import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import combinations, count

import pytest
from builders.carts import NOON_MS, goods, priced, rule_set
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cashwrap.promotions.candidates import (
    CANDIDATES_MAX,
    CandidateFault,
    Gathered,
    asked,
    gathered,
)
from cashwrap.promotions.model import BasketLine, Candidate, Goods, Occasion
from cashwrap.promotions.rules import (
    Candidates,
    Choice,
    Each,
    Group,
    Limits,
    Need,
    Off,
    Range,
    Rule,
    Spend,
    Step,
)

NOW = Occasion(NOON_MS, NOON_MS)
RULE = Rule(id="pairs", layer="item", benefit=Candidates(plugin="pairs"))
LINES = [
    BasketLine(1, Goods("A"), 1_000, 2, 1_000, least_minor=100),
    BasketLine(2, Goods("B"), 500, 1, 500),
]


class Says:
    """A source that says what a test wants."""

    def __init__(self, say: Callable[[Sequence[BasketLine]], Iterable[Candidate]]) -> None:
        self.say = say

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> Sequence[Candidate]:
        return self.say(lines)  # type: ignore[return-value]


class Pairs:
    """Any two different goods: a third off the cheaper, rounded down."""

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> list[Candidate]:
        return [
            Candidate(((a.line, 1, 0), (b.line, 1, b.unit_minor // 3)), min(a.units, b.units))
            for a, b in combinations(lines, 2)
        ]


def said(*candidates: object) -> Says:
    return Says(lambda lines: list(candidates))  # type: ignore[arg-type]


def raising(lines: Sequence[BasketLine]) -> list[Candidate]:
    raise ValueError(f"at {id(lines)}")


FAULTS = {
    "raises": (Says(raising), "it raised ValueError"),
    "gives nothing that can be read": (Says(lambda lines: None), "it raised TypeError"),  # type: ignore[arg-type, return-value]
    "no candidate": (said((1, 1, 1)), "gave a tuple where a Candidate belongs"),
    "no units": (said(Candidate(())), "candidate 0 has no units"),
    "never": (said(Candidate(((1, 1, 5),), 0)), "used 0 times"),
    "a line that is not there": (said(Candidate(((3, 1, 5),))), "names line 3"),
    "a line twice": (said(Candidate(((1, 1, 5), (1, 1, 5)))), "names line 1, twice"),
    "more units than there are": (said(Candidate(((2, 2, 5),))), "takes 2 of 1 units"),
    "no units of a line": (said(Candidate(((2, 0, 5),))), "takes 0 of 1 units"),
    "more than fits above the least price": (said(Candidate(((1, 1, 901),))), "0 to 900 fits"),
    "raises the price": (said(Candidate(((1, 1, -1),))), "takes -1 off"),
    "money as float": (said(Candidate(((1, 1, 5.0),))), "takes 5.0 off"),  # type: ignore[arg-type]
    "units as bool": (said(Candidate(((1, True, 5),))), "takes True of 2"),
    "half an entry": (said(Candidate(((1, 1),))), "is not (line, units, minor)"),  # type: ignore[arg-type]
    "without an end": (
        Says(lambda lines: (Candidate(((1, 1, 5),)) for _ in count())),
        f"more than {CANDIDATES_MAX} candidates",
    ),
    "too many units": (
        said(*[Candidate(((1, 1, 5),) * 30) for _ in range(CANDIDATES_MAX)]),
        "name more than 20000 units",
    ),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_source_that_is_wrong_is_left_out_with_the_reason(fault: str) -> None:
    """Nothing of a faulty source counts; the reason says what was wrong."""
    source, why = FAULTS[fault]
    found = gathered(RULE, {"pairs": source}, LINES, NOW)
    assert found.candidates == ()
    assert found.fault.startswith("pairs: ")
    assert why in found.fault
    with pytest.raises(CandidateFault):
        asked(source, RULE, LINES, NOW)


def test_a_source_that_is_not_installed_is_a_fault() -> None:
    """A rule whose plugin is missing is left out like one that fails."""
    assert gathered(RULE, {}, LINES, NOW) == Gathered((), "pairs: not installed")


def test_the_words_of_a_fault_are_the_same_everywhere() -> None:
    """What a plugin said stays out of the proof; its author finds it in the cause."""
    assert gathered(RULE, {"pairs": Says(raising)}, LINES, NOW).fault == (
        "pairs: pairs: it raised ValueError"
    )
    with pytest.raises(CandidateFault) as caught:
        asked(Says(raising), RULE, LINES, NOW)
    assert isinstance(caught.value.__cause__, ValueError)


def test_candidates_are_merged_and_sorted() -> None:
    """The order in which a source names things, and naming one twice, makes no difference."""
    one, two = ((2, 1, 5), (1, 1, 0)), ((1, 2, 9),)
    useless = Candidate(((1, 1, 0),))
    found = asked(
        said(Candidate(two), useless, Candidate(one), Candidate(one, 2)), RULE, LINES, NOW
    )
    assert found == (Candidate(((1, 1, 0), (2, 1, 5)), 3), Candidate(((1, 2, 9),), 1))


RULES = [
    RULE,
    Rule(id="half", layer="item", benefit=Group(every=2, off=Off(percent_ppm=500_000)),
         range=Range(skus=("A", "B"))),
    Rule(id="tenth", layer="item", benefit=Each(off=Off(percent_ppm=100_000)),
         range=Range(skus=("C", "D"))),
    Rule(id="over", layer="order", benefit=Spend(steps=(
        Step(at_minor=1_000, off=Off(amount_minor=120)),
        Step(at_minor=2_000, off=Off(amount_minor=310))))),
]  # fmt: skip
CARTS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from([150, 400, 600, 601]), st.integers(1, 2)),
    min_size=1,
    max_size=4,
)


@given(cart=CARTS, seed=st.integers(0, 99))
def test_with_candidates_the_price_is_still_the_least_and_the_same_in_any_order(
    cart: list[tuple[str, int, int]], seed: int
) -> None:
    """As good as looking at every plan, whatever the order of lines and rules, split or merged."""
    lines = [goods(*each) for each in cart]
    answer = priced(RULES, lines, {"pairs": Pairs()})  # compared with the reference
    shuffled, rules = lines[:], RULES[:]
    random.Random(seed).shuffle(shuffled)
    random.Random(seed).shuffle(rules)
    single = [goods(sku, price) for sku, price, units in cart for _ in range(units)]
    for other in (
        priced(rules, shuffled, {"pairs": Pairs()}),
        priced(rules, single, {"pairs": Pairs()}),
    ):
        assert (other.payable_minor, other.saved) == (answer.payable_minor, answer.saved)


def test_limits_needs_and_excludes_hold_for_candidates() -> None:
    """One use on an order; only with enough on the cart; not beside a rule that excludes it."""
    cart = [goods("A", 900, 2), goods("B", 600, 2)]
    once = replace(RULE, limits=Limits(order_uses=1), tags=("ours",))
    assert priced([once], cart, {"pairs": Pairs()}).saved == {"pairs": 200}
    rich = replace(RULE, needs=(Need(minor=5_000),))
    assert priced([rich], cart, {"pairs": Pairs()}).saved == {}
    other = Rule(id="other", layer="order", excludes=("ours",),
                 benefit=Spend(steps=(Step(at_minor=1, off=Off(amount_minor=300)),)))  # fmt: skip
    assert priced([once, other], cart, {"pairs": Pairs()}).saved == {"other": 300}
    group = rule_set([RULE, Rule(id="each", layer="item", benefit=Each(off=Off(amount_minor=90)))],
                     {"item": Choice(mode="best")})  # fmt: skip
    assert priced(group, cart, {"pairs": Pairs()}).saved == {"pairs": 400}


def test_a_faulty_source_costs_its_own_rule_only_and_the_proof_says_so() -> None:
    """The other rules are priced as if it were not there."""
    cart = [goods("C", 1_000), goods("A", 500)]
    answer = priced(RULES, cart, {"pairs": Says(raising)})
    assert answer.saved == {"tenth": 100, "over": 120}
    assert answer.proof.faults == ("pairs: pairs: it raised ValueError",)
    assert [(r.rule, r.reason) for r in answer.proof.rejected if r.rule == "pairs"] == [
        ("pairs", "plugin_fault")
    ]


class Threes:
    """Any three different goods: a third off the cheapest of them, rounded down."""

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> list[Candidate]:
        return [
            Candidate(
                ((a.line, 1, 0), (b.line, 1, 0), (c.line, 1, c.unit_minor // 3)),
                min(a.units, b.units, c.units),
            )
            for a, b, c in combinations(lines, 3)
        ]


def most_saved(candidates: Sequence[Candidate], units: tuple[int, ...]) -> int:
    """Return the most that candidates save, by looking at what is left after each use."""

    @cache
    def best(left: tuple[int, ...]) -> int:
        most = 0
        for one in candidates:
            rest = list(left)
            for line, taken, _ in one.units:
                rest[line - 1] -= taken
            if min(rest) >= 0:
                most = max(most, sum(minor for _, _, minor in one.units) + best(tuple(rest)))
        return most

    return best(units)


@pytest.mark.parametrize("source", [Pairs(), Threes()], ids=["pairs", "threes"])
@pytest.mark.parametrize("units", [(1,) * 9, (2,) * 6, (3,) * 5, (5,) * 4, (4, 1, 3, 2), (6, 5, 4)])
def test_many_candidates_that_want_the_same_units_are_solved_and_proved(
    source: Pairs | Threes, units: tuple[int, ...]
) -> None:
    """As good as a table over what is left; a large budget proves it."""
    lines = [goods(f"S{n}", 1_000 - 37 * n, count) for n, count in enumerate(units)]
    kinds = [replace(line, line=n) for n, line in enumerate(lines, 1)]
    answer = priced(rule_set([RULE], node_budget=1_000_000), lines, {"pairs": source})
    assert sum(answer.saved.values()) == most_saved(asked(source, RULE, kinds, NOW), units)
    assert answer.solution.certificate.proved


def savings(candidates: Sequence[Candidate], units: tuple[int, ...]) -> set[int]:
    """Return every sum that uses of candidates can save."""

    @cache
    def all_of(left: tuple[int, ...]) -> frozenset[int]:
        found = {0}
        for one in candidates:
            rest = list(left)
            for line, taken, _ in one.units:
                rest[line - 1] -= taken
            if min(rest) >= 0:
                more = sum(minor for _, _, minor in one.units)
                found |= {more + other for other in all_of(tuple(rest))}
        return frozenset(found)

    return set(all_of(units))


@given(
    prices=st.lists(st.integers(200, 1_200), min_size=2, max_size=5, unique=True),
    counts=st.lists(st.integers(1, 3), min_size=5, max_size=5),
    at=st.integers(500, 6_000),
    off=st.integers(1, 900),
)
def test_candidates_are_chosen_together_with_the_thresholds_after_them(
    prices: list[int], counts: list[int], at: int, off: int
) -> None:
    """Fewer uses where that leaves enough for a threshold: the least of all that can be reached."""
    prices.sort(reverse=True)
    units = tuple(counts[: len(prices)])
    lines = [
        goods(f"S{n}", price, count)
        for n, (price, count) in enumerate(zip(prices, units, strict=True))
    ]
    kinds = [replace(line, line=n) for n, line in enumerate(lines, 1)]
    over = Rule(id="over", layer="order",
                benefit=Spend(steps=(Step(at_minor=at, off=Off(amount_minor=off)),)))  # fmt: skip
    total = sum(price * count for price, count in zip(prices, units, strict=True))
    reached = savings(asked(Threes(), RULE, kinds, NOW), units)
    least = min(total - s - (min(off, total - s) if total - s >= at else 0) for s in reached)
    answer = priced(rule_set([RULE, over], node_budget=1_000_000), lines, {"pairs": Threes()})
    assert answer.payable_minor == least
    assert answer.solution.certificate.proved
