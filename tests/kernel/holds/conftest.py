from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from cashwrap.testing.shop import ITEMS, SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal

REGISTERS = 'registers = ["", "R1", "R2"]\n'


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """A shop with two registers more, and with more settings or other items."""
    made: list[Shop] = []

    def open_with(more: str = "", items: Sequence[Mapping[str, object]] = ITEMS) -> Shop:
        folder = tmp_path / f"shop{len(made)}"
        drivers = {"card": FakeTerminal()}
        made.append(
            Shop(folder, settings=REGISTERS + SETTINGS + more, items=items, drivers=drivers)
        )
        return made[-1]

    yield open_with
    for each in made:
        each.till.close()


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()
