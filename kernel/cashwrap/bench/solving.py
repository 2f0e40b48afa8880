"""What the promotion engine takes: an edit, a whole basket, dense, long and hostile ones.

Baskets are the engine's own; what a till does around it is measured by `scan_to_totals_us`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter_ns
from typing import NamedTuple

import msgspec

from cashwrap.bench.dense import OCCASION as DENSE_OCCASION
from cashwrap.bench.dense import dense_cart, dense_rules
from cashwrap.bench.every_plan import least_payable
from cashwrap.bench.measure import MS, US, Spread, spread
from cashwrap.bench.promoted import OCCASION, Shoppers, shop_rules
from cashwrap.promotions.engine import Basket, PromotionEngine, Solution
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import Off, Rule, RuleSet, SetPrice

LINES = 20
RULES = (100, 1000, 10_000)
EDITS, EDITS_PER_BASKET = 2000, 20
DENSE_CARTS, DENSE_UNITS = 1000, 20
LONG_CARTS, LONG_LINES, LONG_RULES = 300, 100, 200
JUDGED = {6: 300, 8: 300, 10: 200, 12: 100}
COMPILES = 5
HOSTILE_PRODUCTS, HOSTILE_SET = 20, 6


class Solved(msgspec.Struct, frozen=True):
    """Times of carts, each its own; how many were proved, and the widest gap of the others."""

    p50: float
    p99: float
    carts: int
    proved: int
    gap_minor: int
    nodes: int  # the most for one cart


class Hostile(msgspec.Struct, frozen=True):
    """One cart made to be hard: 20 products, any six of them for a price, with spend tiers."""

    us: float
    nodes: int
    proved: bool
    gap_minor: int


class Promoted(NamedTuple):
    """The figures of this module, by the names under which they are printed."""

    reprice_us: dict[str, Spread]
    price_20_lines_us: dict[str, Spread]
    solve_dense_us: Solved
    solve_100_lines_us: Solved
    hostile: Hostile
    dense_wrong_share: dict[str, float]
    compile_10000_rules_ms: Spread
    load_compiled_ms: Spread


def measure(scale: int = 1) -> Promoted:
    """Measure all of it; ``scale`` divides the amounts of work."""
    engines = {str(count): PromotionEngine(shop_rules(count)) for count in RULES}
    compiles, loads = compile_times(RULES[-1] // scale, COMPILES)
    dense = PromotionEngine(dense_rules())
    long = PromotionEngine(shop_rules(LONG_RULES))
    shoppers = Shoppers(long.rules)
    return Promoted(
        reprice_us={
            count: spread(edit_times(engine, EDITS // scale), US)
            for count, engine in engines.items()
        },
        price_20_lines_us={
            count: spread(whole_times(engine, EDITS // scale), US)
            for count, engine in engines.items()
        },
        solve_dense_us=solved(
            dense, DENSE_OCCASION, dense_carts(DENSE_UNITS, DENSE_CARTS // scale)
        ),
        solve_100_lines_us=solved(
            long, OCCASION, (shoppers.basket(LONG_LINES) for _ in range(LONG_CARTS // scale))
        ),
        hostile=hostile(),
        dense_wrong_share={
            str(units): wrong_share(dense, dense_carts(units, max(1, carts // scale)))
            for units, carts in JUDGED.items()
        },
        compile_10000_rules_ms=spread(compiles, MS),
        load_compiled_ms=spread(loads, MS),
    )


def filled(engine: PromotionEngine, occasion: Occasion, lines: Iterable[BasketLine]) -> Basket:
    """Return a basket with these lines."""
    basket = engine.basket(occasion)
    for line in lines:
        basket.put(line)
    return basket


def answer(basket: Basket) -> Solution:
    """Solve, and read what a till needs of it: the amount and the matrix."""
    solution = basket.solve()
    _ = solution.payable_minor, solution.cells
    return solution


def edit_times(engine: PromotionEngine, edits: int) -> list[int]:
    """Return the times of changing one line of twenty to other goods and pricing again, ns."""
    shoppers, times = Shoppers(engine.rules), list[int]()
    while len(times) < edits:
        basket = filled(engine, OCCASION, shoppers.basket(LINES))
        basket.solve()
        for line in range(1, EDITS_PER_BASKET + 1):
            changed = shoppers.line(line)
            began = perf_counter_ns()
            basket.put(changed)
            answer(basket)
            times.append(perf_counter_ns() - began)
    return times


def whole_times(engine: PromotionEngine, baskets: int) -> list[int]:
    """Return the times of pricing twenty lines from an empty basket, ns."""
    shoppers, times = Shoppers(engine.rules), list[int]()
    for _ in range(baskets):
        lines = shoppers.basket(LINES)
        began = perf_counter_ns()
        answer(filled(engine, OCCASION, lines))
        times.append(perf_counter_ns() - began)
    return times


def dense_carts(units: int, carts: int) -> Iterable[list[BasketLine]]:
    """Yield so many dense carts, each another."""
    return (dense_cart(units, seed) for seed in range(carts))


def solved(
    engine: PromotionEngine, occasion: Occasion, carts: Iterable[Sequence[BasketLine]]
) -> Solved:
    """Time the solution of full baskets that nothing is known of yet."""
    times, certificates = [], []
    for lines in carts:
        basket = filled(engine, occasion, lines)
        began = perf_counter_ns()
        solution = answer(basket)
        times.append(perf_counter_ns() - began)
        certificates.append(solution.certificate)
    took = spread(times, US)
    return Solved(
        took.p50,
        took.p99,
        carts=len(times),
        proved=sum(each.proved for each in certificates),
        gap_minor=max(each.gap_minor for each in certificates),
        nodes=max(each.nodes for each in certificates),
    )


def wrong_share(engine: PromotionEngine, carts: Iterable[list[BasketLine]]) -> float:
    """Return the share of dense carts whose price is not that of the best permitted plan."""
    wrong = [
        answer(filled(engine, DENSE_OCCASION, lines)).payable_minor != least_payable(lines)
        for lines in carts
    ]
    return sum(wrong) / len(wrong)


def hostile() -> Hostile:
    """Price 20 products of which any six cost one price, under the tiers and the coupon."""
    tiers = tuple(rule for rule in dense_rules().rules if rule.layer != "item")
    mix = SetPrice(count=HOSTILE_SET, off=Off(price_minor=9990))
    engine = PromotionEngine(RuleSet(rules=(Rule(id="mix", layer="item", benefit=mix), *tiers)))
    lines = [
        BasketLine(line, Goods(f"SKU{line}"), price, 1, price)
        for line, price in enumerate(range(990, 990 + 137 * HOSTILE_PRODUCTS, 137), 1)
    ]
    one = solved(engine, DENSE_OCCASION, [lines])
    return Hostile(one.p50, one.nodes, one.proved == 1, one.gap_minor)


def compile_times(rules: int, times: int) -> tuple[list[int], list[int]]:
    """Return the times of compiling rules, and of loading what was compiled, ns."""
    compiles, loads, made = [], [], shop_rules(rules)
    for _ in range(times):
        began = perf_counter_ns()
        stored = PromotionEngine(made).compiled()
        compiles.append(perf_counter_ns() - began)
        began = perf_counter_ns()
        PromotionEngine.from_compiled(stored)
        loads.append(perf_counter_ns() - began)
    return compiles, loads
