"""A scan to repriced totals, its draft written, in carts of several lengths."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from shops import SKUS

from cashwrap import Till
from cashwrap.bench.shop import Customers


def scan(benchmark: BenchmarkFixture, till: Till, lines: int) -> None:
    customers = Customers(SKUS, seed=lines)  # others than in the tests before: not cached yet
    sale = customers.basket(till, lines - 1)
    added: list[int] = []

    def setup() -> tuple[tuple[str], dict[str, object]]:
        while added:
            sale.void_line(added.pop())
        return (customers.code(),), {}

    def work(code: str) -> int:
        added.append(sale.scan(code).number)
        return sale.totals.payable_minor

    assert benchmark.pedantic(work, setup=setup, rounds=1000)
    sale.cancel()


@pytest.mark.benchmark(group="scan")
def test_scan_1_line(benchmark: BenchmarkFixture, till: Till) -> None:
    scan(benchmark, till, 1)


@pytest.mark.benchmark(group="scan")
def test_scan_20_lines(benchmark: BenchmarkFixture, till: Till) -> None:
    scan(benchmark, till, 20)


@pytest.mark.benchmark(group="scan")
def test_scan_100_lines(benchmark: BenchmarkFixture, till: Till) -> None:
    scan(benchmark, till, 100)
