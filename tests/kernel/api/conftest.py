"""A served till: the real application on a real store, asked as a client would."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cashwrap.api.app import make_app
from cashwrap.api.till_thread import TillThread
from cashwrap.tender.driver import Capabilities
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

KEY = "k" * 43
HOST = "testserver.local"
Client = TestClient[Litestar]
WALLET = Capabilities(kind="wallet", needs_scan=True)


def opened(shop: Shop, drivers: dict[str, FakeTerminal]) -> Till:
    return Till.open(
        shop.folder,
        drivers=drivers,
        plugins=False,
        clock=shop.clock,
        randomness=shop.randomness,
        witness=[],
    )


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def drivers() -> dict[str, FakeTerminal]:
    return {"card": FakeTerminal(), "wechat": FakeTerminal(capabilities=WALLET, account="")}


@pytest.fixture
def serving(shop: Shop, drivers: dict[str, FakeTerminal]) -> Iterator[Callable[[], Client]]:
    """Make clients of one served till; the first call opens it."""
    threads: list[TillThread] = []

    def client() -> Client:
        if not threads:
            shop.till.close()
            threads.append(TillThread(lambda: opened(shop, drivers)))
            threads[0].start()
        app = make_app(threads[0], key=KEY, hosts=[HOST])
        client = TestClient(app)
        client.headers["X-Cashwrap-Device"] = KEY
        return client

    yield client
    for thread in threads:
        thread.stop()


@pytest.fixture
def api(serving: Callable[[], Client]) -> Iterator[Client]:
    """A client at a shop without accounts, with a session."""
    with serving() as client:
        assert client.post("/api/v1/session", json={"staff": "A"}).status_code == 200
        yield client
