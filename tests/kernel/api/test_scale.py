"""A scale over the API: shown as it stands, sold by only where it may be, read beside the till."""

import threading
from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from cashwrap.api.app import make_app
from cashwrap.api.till_thread import TillThread
from cashwrap.host.scales import Reading
from cashwrap.till import Till

KEY, HOST = "k" * 43, "testserver.local"


class Shelf:
    """A scale that shows what it is told to; ``slow`` holds its answer back."""

    def __init__(self) -> None:
        self.shows: object = Reading(0)
        self.answers = threading.Event()
        self.answers.set()
        self.reads = 0

    def read(self) -> object:
        self.reads += 1
        self.answers.wait(10)
        return self.shows


@pytest.fixture
def scale() -> Shelf:
    return Shelf()


@pytest.fixture
def api(shop, scale) -> Iterator[TestClient]:
    """A client with a session at a till that has one scale."""

    def opened() -> Till:
        till = Till.open(
            shop.folder,
            plugins=False,
            clock=shop.clock,
            randomness=shop.randomness,
            witness=[],
        )
        till.scales = {"counter": scale}
        return till

    shop.till.close()
    thread = TillThread(opened)
    thread.start()
    try:
        with TestClient(make_app(thread, key=KEY, hosts=[HOST])) as client:
            client.headers["X-Cashwrap-Device"] = KEY
            assert client.post("/api/v1/session", json={"staff": "A"}).status_code == 200
            yield client
    finally:
        scale.answers.set()
        thread.stop()


def test_what_a_scale_shows_is_told_as_it_stands(api, scale):
    """Nothing, below nothing and what still moves are shown; only goods at rest can be sold."""
    assert api.get("/api/v1/shop").json()["scales"] == ["counter"]
    for shows, sold in [
        (Reading(0), 409),
        (Reading(-20), 409),
        (Reading(480, stable=False), 409),
        (Reading(532, tare_milli=12), 200),
    ]:
        scale.shows = shows
        shown = api.get("/api/v1/scale/shown")
        assert shown.json() == {
            "quantity_milli": shows.quantity_milli,
            "unit": "kg",
            "stable": shows.stable,
            "tare_milli": shows.tare_milli,
            "scale": "counter",
        }
        assert api.get("/api/v1/scale").status_code == sold


@pytest.mark.parametrize("name", ["", "other"])
def test_a_scale_that_gives_no_weight_is_told_with_what_to_do(api, scale, name):
    """Neither a scale that is not there nor one that answers nonsense shows a weight."""
    scale.shows = "1.234kg"
    answer = api.get("/api/v1/scale/shown", params={"name": name})
    assert answer.status_code == 409
    assert answer.json()["code"] == "scale.failed"
    assert "key the weight in" in answer.json()["detail"]


def test_a_scale_that_hangs_holds_up_no_sale(api, scale, monkeypatch):
    """While it is waited for the till sells; it is asked once, however many look at it."""
    monkeypatch.setattr("cashwrap.api.scale_routes.WAIT_SECONDS", 0.05)
    scale.answers.clear()
    for _ in range(3):
        refused = api.get("/api/v1/scale/shown")
        assert refused.json()["code"] == "scale.failed"
        assert api.post("/api/v1/sales", json={}).status_code == 201
    assert scale.reads == 1
    scale.answers.set()
    scale.shows = Reading(7)
    for _ in range(200):
        answer = api.get("/api/v1/scale/shown")
        if answer.status_code == 200 and answer.json()["quantity_milli"] == 7:
            break
    else:
        raise AssertionError(f"the scale came not back: {answer.text}")
