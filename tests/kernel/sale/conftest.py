from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal


@pytest.fixture
def terminal() -> FakeTerminal:
    return FakeTerminal()


@pytest.fixture
def shop(tmp_path: Path, terminal: FakeTerminal) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", drivers={"card": terminal, "wechat": terminal})
    yield made
    made.till.close()


OpenShop = Callable[[str], Shop]


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[OpenShop]:
    """A shop with other settings than the usual."""
    made: list[Shop] = []

    def open_with(settings: str) -> Shop:
        made.append(Shop(tmp_path / f"shop{len(made)}", settings=settings))
        return made[-1]

    yield open_with
    for each in made:
        each.till.close()
