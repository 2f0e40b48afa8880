from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders.people import staffed

from cashwrap.staff import pins
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal

REGISTERS = 'registers = ["", "R1", "R2"]\n'


@pytest.fixture(scope="module")
def cheap() -> Iterator[None]:
    """Hash PINs with next to no work; what is kept of them says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pins, "MEMORY_KIB", 8)
        patch.setattr(pins, "PASSES", 1)
        yield


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """A shop where nobody has an account, with two registers more and a card terminal."""
    made: list[Shop] = []

    def opened(more: str = "") -> Shop:
        folder = tmp_path / f"shop{len(made)}"
        drivers = {"card": FakeTerminal()}
        made.append(Shop(folder, settings=REGISTERS + SETTINGS + more, drivers=drivers))
        return made[-1]

    yield opened
    for shop in made:
        shop.till.close()


@pytest.fixture
def shop(open_shop: Callable[..., Shop], cheap: None) -> Shop:
    """A shop with an owner, a manager and two cashiers; nobody is signed in."""
    return staffed(open_shop())
