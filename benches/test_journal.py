"""The chain of a journal verified, and all tables folded from it anew."""

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cashwrap import Till
from cashwrap.bench.journals import LongJournal, sold
from cashwrap.bench.shop import Customers
from cashwrap.store.store import Store

SALES = 2000


@pytest.fixture(scope="module")
def store(till: Till, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    example = sold(till, Customers(1000), 20)
    journal = LongJournal(tmp_path_factory.mktemp("journal") / "store", example, SALES)
    with journal.opened() as opened:
        yield opened


@pytest.mark.benchmark(group="journal")
def test_verify_2000_sales(benchmark: BenchmarkFixture, store: Store) -> None:
    assert benchmark.pedantic(store.verify, rounds=3).ok


@pytest.mark.benchmark(group="journal")
def test_rebuild_2000_sales(benchmark: BenchmarkFixture, store: Store) -> None:
    assert benchmark.pedantic(store.rebuild, rounds=3) >= SALES
