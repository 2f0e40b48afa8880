"""A catalog read, checked, staged with its search index, and put in force."""

from itertools import count
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from shops import catalog_file, empty_shop

from cashwrap import Till


def bring_in(benchmark: BenchmarkFixture, folder: Path, skus: int) -> None:
    source = catalog_file(folder / "catalog.csv", skus)
    numbers = count()
    shops: list[Till] = []

    def setup() -> tuple[tuple[Till], dict[str, object]]:
        shops.append(empty_shop(folder / f"shop{next(numbers)}"))
        return (shops[-1],), {}

    benchmark.pedantic(lambda till: till.import_catalog(source), setup=setup, rounds=3)
    for till in shops:
        assert till.catalog.counts.items == skus
        till.close()


@pytest.mark.benchmark(group="import")
def test_import_1k(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    bring_in(benchmark, tmp_path, 1_000)


@pytest.mark.benchmark(group="import")
def test_import_10k(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    bring_in(benchmark, tmp_path, 10_000)
