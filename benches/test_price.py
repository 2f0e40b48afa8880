"""A whole cart priced by the engine alone: lines put, a tenth off the order, totals."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import Adjustment
from cashwrap.settings import Settings

OFF = Adjustment(id="off", kind="percent", value=100_000, reason="bench")


def price(benchmark: BenchmarkFixture, lines: int) -> None:
    settings = Settings()
    engine = Engine(settings.price, settings.taxes)

    def work() -> int:
        cart = engine.cart()
        for line in range(1, lines + 1):
            cart.put(line, 100 + line, 1000, "vat13")
        cart.adjust((OFF,))
        return cart.price().payable_minor

    assert benchmark(work) > 0


@pytest.mark.benchmark(group="price")
def test_price_20_lines(benchmark: BenchmarkFixture) -> None:
    price(benchmark, 20)


@pytest.mark.benchmark(group="price")
def test_price_100_lines(benchmark: BenchmarkFixture) -> None:
    price(benchmark, 100)
