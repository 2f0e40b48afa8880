"""The promotion engine by itself: an edit, whole baskets, compiling, loading, explaining."""

from collections.abc import Sequence
from functools import cache

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cashwrap.bench import dense, promoted
from cashwrap.bench.solving import answer, filled
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Occasion


@cache
def engine_of(rules: int) -> PromotionEngine:
    """Return a shop's engine; 0: the dense rules."""
    return PromotionEngine(promoted.shop_rules(rules) if rules else dense.dense_rules())


def shop_basket(rules: int, lines: int) -> list[BasketLine]:
    return promoted.Shoppers(engine_of(rules).rules).basket(lines)


def edit(benchmark: BenchmarkFixture, rules: int) -> None:
    shoppers = promoted.Shoppers(engine_of(rules).rules)
    basket = filled(engine_of(rules), promoted.OCCASION, shoppers.basket(20))

    def setup() -> tuple[tuple[BasketLine], dict[str, object]]:
        return (shoppers.line(20),), {}

    def work(line: BasketLine) -> int:
        basket.put(line)
        return answer(basket).payable_minor

    assert benchmark.pedantic(work, setup=setup, rounds=2000)


def whole(
    benchmark: BenchmarkFixture, rules: int, occasion: Occasion, lines: Sequence[BasketLine]
) -> None:
    engine = engine_of(rules)
    assert benchmark(lambda: answer(filled(engine, occasion, lines)).payable_minor)


@pytest.mark.benchmark(group="reprice")
def test_reprice_20_lines_under_100_rules(benchmark: BenchmarkFixture) -> None:
    edit(benchmark, 100)


@pytest.mark.benchmark(group="reprice")
def test_reprice_20_lines_under_1000_rules(benchmark: BenchmarkFixture) -> None:
    edit(benchmark, 1000)


@pytest.mark.benchmark(group="reprice")
def test_reprice_20_lines_under_10000_rules(benchmark: BenchmarkFixture) -> None:
    edit(benchmark, 10_000)


@pytest.mark.benchmark(group="whole basket")
def test_price_20_lines_under_100_rules(benchmark: BenchmarkFixture) -> None:
    whole(benchmark, 100, promoted.OCCASION, shop_basket(100, 20))


@pytest.mark.benchmark(group="whole basket")
def test_price_100_lines_under_200_rules(benchmark: BenchmarkFixture) -> None:
    whole(benchmark, 200, promoted.OCCASION, shop_basket(200, 100))


@pytest.mark.benchmark(group="whole basket")
def test_price_20_dense_units(benchmark: BenchmarkFixture) -> None:
    whole(benchmark, 0, dense.OCCASION, dense.dense_cart(20, 1))


@pytest.mark.benchmark(group="proof")
def test_prove_20_lines_under_100_rules(benchmark: BenchmarkFixture) -> None:
    lines = shop_basket(100, 20)

    def setup() -> tuple[tuple[object], dict[str, object]]:
        return (answer(filled(engine_of(100), promoted.OCCASION, lines)),), {}

    assert benchmark.pedantic(lambda solution: solution.proof(), setup=setup, rounds=300)


@pytest.mark.benchmark(group="compile")
def test_compile_1000_rules(benchmark: BenchmarkFixture) -> None:
    rules = promoted.shop_rules(1000)
    assert benchmark(lambda: PromotionEngine(rules).compiled())


@pytest.mark.benchmark(group="compile")
def test_load_10000_rules_compiled(benchmark: BenchmarkFixture) -> None:
    stored = engine_of(10_000).compiled()
    assert benchmark(lambda: PromotionEngine.from_compiled(stored))
