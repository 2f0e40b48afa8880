"""The first page of a search among 10,000 names."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cashwrap import Till
from cashwrap.bench.shop import gtin_of


def search(benchmark: BenchmarkFixture, till: Till, text: str) -> None:
    assert benchmark(lambda: till.catalog.search(text)).items


@pytest.mark.benchmark(group="search")
def test_search_name_10k(benchmark: BenchmarkFixture, imported: Till) -> None:
    search(benchmark, imported, "绿茶")


@pytest.mark.benchmark(group="search")
def test_search_initials_10k(benchmark: BenchmarkFixture, imported: Till) -> None:
    search(benchmark, imported, "lc")


@pytest.mark.benchmark(group="search")
def test_search_code_tail_10k(benchmark: BenchmarkFixture, imported: Till) -> None:
    search(benchmark, imported, str(gtin_of(4321))[-5:])
