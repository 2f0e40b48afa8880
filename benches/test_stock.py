"""What is on hand of one SKU, from a view of its own and within one view."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cashwrap import Till
from cashwrap.bench.sales import CASH_MINOR
from cashwrap.bench.shop import Customers


@pytest.mark.benchmark(group="stock")
def test_stock_query_1_sku(benchmark: BenchmarkFixture, till: Till, customers: Customers) -> None:
    sale = customers.basket(till, 1)
    sku = sale.lines[0].goods.sku
    sale.pay_cash(CASH_MINOR)
    assert benchmark(lambda: till.ask_stock(lambda stock: stock.on_hand(sku))) < 0


@pytest.mark.benchmark(group="stock")
def test_stock_query_1000_skus(
    benchmark: BenchmarkFixture, till: Till, customers: Customers
) -> None:
    skus = [f"SKU{number:07d}" for number in range(1000)]
    assert benchmark(lambda: till.ask_stock(lambda stock: [*map(stock.available, skus)]))
