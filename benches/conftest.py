"""Shops for the suites: made once, on the real disk (pytest's --basetemp chooses which)."""

from collections.abc import Iterator

import pytest
from shops import SKUS, catalog_file, empty_shop

from cashwrap import Till
from cashwrap.bench.shop import Customers, make_shop


@pytest.fixture(scope="session")
def till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """A shop of 100,000 SKUs."""
    with make_shop(tmp_path_factory.mktemp("shop") / "shop", SKUS) as made:
        yield made


@pytest.fixture
def customers() -> Customers:
    return Customers(SKUS)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """A shop whose 10,000 SKUs came in from a file, so that they can be searched."""
    folder = tmp_path_factory.mktemp("imported")
    with empty_shop(folder / "shop") as made:
        made.import_catalog(catalog_file(folder / "catalog.csv", 10_000))
        yield made
