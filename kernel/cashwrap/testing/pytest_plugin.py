"""Fixtures for tests of plugins and of programs on a till.

Put ``pytest_plugins = ["cashwrap.testing.pytest_plugin"]`` into your ``conftest.py``.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.testing.shop import ManualClock, SeededRandomness, Shop, with_settings
from cashwrap.testing.terminal import FakeTerminal

OpenShop = Callable[..., Shop]


@pytest.fixture
def clock() -> ManualClock:
    """A clock that the test moves."""
    return ManualClock()


@pytest.fixture
def randomness() -> SeededRandomness:
    """The same ids in every run."""
    return SeededRandomness()


@pytest.fixture
def terminal() -> FakeTerminal:
    """A payment terminal that answers as the test tells it to."""
    return FakeTerminal()


@pytest.fixture
def open_shop(tmp_path: Path, terminal: FakeTerminal) -> Iterator[OpenShop]:
    """Return what opens a shop with plugins, by their folders, and with more settings.

    ``open_shop("path/to/plugin", settings='[plugins.x]')``; the terminal takes ``card``.
    """
    opened: list[Shop] = []

    def make(*plugins: Path | str, settings: str = "") -> Shop:
        shop = Shop(
            tmp_path / f"shop-{len(opened)}",
            settings=with_settings(settings),
            drivers={"card": terminal},
            plugins=[Path(plugin) for plugin in plugins],
        )
        opened.append(shop)
        return shop

    yield make
    for shop in opened:
        shop.till.close()


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    """A small shop with goods of every kind, and no plugins."""
    return open_shop()
