from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal

OpenShop = Callable[[str], Shop]


@pytest.fixture
def terminal() -> FakeTerminal:
    return FakeTerminal()


@pytest.fixture
def shop(tmp_path: Path, terminal: FakeTerminal) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", drivers={"card": terminal})
    yield made
    made.till.close()


@pytest.fixture
def open_shop(tmp_path: Path, terminal: FakeTerminal) -> Iterator[OpenShop]:
    """A shop with more settings than the usual."""
    made: list[Shop] = []

    def open_with(settings: str) -> Shop:
        folder = tmp_path / f"shop{len(made)}"
        made.append(Shop(folder, settings=SETTINGS + settings, drivers={"card": terminal}))
        return made[-1]

    yield open_with
    for each in made:
        each.till.close()
