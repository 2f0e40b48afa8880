"""A sale paid in cash and on the disk, beside SQLite storing the same records."""

from pathlib import Path

import pytest
from peer import Peer
from pytest_benchmark.fixture import BenchmarkFixture

from cashwrap import Till
from cashwrap.bench.sales import CASH_MINOR
from cashwrap.bench.shop import Customers
from cashwrap.sale.sale import Sale

ROUNDS = 200


def pay(benchmark: BenchmarkFixture, till: Till, customers: Customers, lines: int) -> None:
    def setup() -> tuple[tuple[Sale], dict[str, object]]:
        return (customers.basket(till, lines),), {}

    benchmark.pedantic(lambda sale: sale.pay_cash(CASH_MINOR), setup=setup, rounds=ROUNDS)


@pytest.mark.benchmark(group="commit")
def test_commit_1_line(benchmark: BenchmarkFixture, till: Till, customers: Customers) -> None:
    pay(benchmark, till, customers, 1)


@pytest.mark.benchmark(group="commit")
def test_commit_20_lines(benchmark: BenchmarkFixture, till: Till, customers: Customers) -> None:
    pay(benchmark, till, customers, 20)


@pytest.mark.benchmark(group="commit")
def test_commit_20_lines_sqlite(
    benchmark: BenchmarkFixture, till: Till, customers: Customers, tmp_path: Path
) -> None:
    """SQLite does less: it stores the records of the journal, and folds nothing."""
    customers.basket(till, 20).pay_cash(CASH_MINOR)
    raws = [record.raw for record in till.store.records(till.store.head.seq - 2)]
    peer = Peer(tmp_path / "peer.sqlite")
    numbers = iter(range(1, 10**6))
    benchmark.pedantic(lambda: peer.store([(next(numbers), raw) for raw in raws]), rounds=ROUNDS)
    peer.close()
