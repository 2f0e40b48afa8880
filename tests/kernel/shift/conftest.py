from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import Behaviour, FakeTerminal

OpenShop = Callable[..., Shop]


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[OpenShop]:
    """A shop with three registers; its card terminal follows a script."""
    made: list[Shop] = []

    def open_with(settings: str = "", *script: Behaviour) -> Shop:
        shop = Shop(
            tmp_path / f"shop{len(made)}",
            settings=f'registers = ["R1", "R2", "R3"]\n{settings}\n{SETTINGS}',
            drivers={"card": FakeTerminal(script or ("approve",))},
        )
        made.append(shop)
        return shop

    yield open_with
    for each in made:
        each.till.close()


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return open_shop()
