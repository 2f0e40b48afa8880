"""A receipt read back from the journal, and set as text."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cashwrap import Till
from cashwrap.bench.sales import CASH_MINOR
from cashwrap.bench.shop import Customers
from cashwrap.receipt.text import render_text


def sold(till: Till, customers: Customers, lines: int) -> str:
    sale = customers.basket(till, lines)
    sale.pay_cash(CASH_MINOR)
    return sale.id


@pytest.mark.benchmark(group="receipt")
def test_receipt_20_lines(benchmark: BenchmarkFixture, till: Till, customers: Customers) -> None:
    sale = sold(till, customers, 20)
    assert benchmark(lambda: till.receipt(sale))


@pytest.mark.benchmark(group="receipt")
def test_receipt_text_20_lines(
    benchmark: BenchmarkFixture, till: Till, customers: Customers
) -> None:
    receipt = till.receipt(sold(till, customers, 20))
    assert benchmark(lambda: render_text(receipt))
