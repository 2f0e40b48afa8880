"""Live updates: how all stands first, then every change in order, and an end to what is no page."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from builders import loops
from jsonschema_rs import Draft202012Validator
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient

from cashwrap.api import live as live_room
from cashwrap.api.live import TOO_SLOW, WAITING_MAX, Close, Kind, Listener, Live
from cashwrap.api.live_state import Changes
from cashwrap.host.device_watch import DeviceSeen

Client = TestClient[Any]
LIVE = "/api/v1/live?register="


def begun(api: Client) -> str:
    return str(api.post("/api/v1/sales", json={}).json()["id"])


def test_a_page_draws_at_once_from_the_snapshot(api: Client):
    """The first message has the open sales, the shift, devices and followers as they stand."""
    sale = begun(api)
    scanned = api.post(f"/api/v1/sales/{sale}/lines", json={"sku": "COLA"}).json()
    with api.websocket_connect(LIVE) as updates:
        first = updates.receive_json()
    assert (first["type"], first["register"]) == ("snapshot", "")
    assert first["body"]["sales"] == [scanned]
    assert first["body"]["shift"] == api.get("/api/v1/shift").json()
    assert first["body"]["sync"] == {"followers": []}
    assert first["body"]["devices"] == []


def test_no_change_falls_between_the_snapshot_and_the_first_update(api: Client):
    """Whenever a page joins, snapshot and updates together tell every line, each once."""
    sale = f"/api/v1/sales/{begun(api)}"
    for each in range(1, 12):
        with api.websocket_connect(LIVE) as updates:
            answer = api.post(f"{sale}/lines", json={"sku": "COLA"}).json()
            first, then = updates.receive_json(), updates.receive_json()
        assert first["type"] == "snapshot"
        before = first["body"]["sales"][0]["lines"]
        assert (then["type"], then["body"]) == ("sale", answer)
        counted = [
            sum(line["quantity_milli"] for line in lines) for lines in (before, answer["lines"])
        ]
        assert counted == [(each - 1) * 1000, each * 1000]


def test_a_page_of_one_register_hears_of_that_one_only():
    """What is told to all, and what happens at its own register; the snapshot likewise."""
    heard: list[bytes] = []

    async def run() -> None:
        live = Live()
        waiting: Any = asyncio.Queue()
        listener = Listener(asyncio.get_running_loop(), waiting, "R1")
        live.listen(listener, {})
        live.tell("sale", "R2", {"id": "other"})
        live.tell("sale", "R1", {"id": "own"})
        live.tell("device", "", [])
        await asyncio.sleep(0)
        while not waiting.empty():
            heard.append(waiting.get_nowait())

    loops.run(run())
    assert [b"other" in each for each in heard] == [False, False, False]
    assert b"own" in heard[1]


def test_a_page_that_reads_too_slowly_is_let_go():
    """Its queue has an end; the others are told all the same."""

    async def run() -> list[bytes | Close]:
        live = Live()
        waiting: Any = asyncio.Queue()
        live.listen(Listener(asyncio.get_running_loop(), waiting, None), {})
        for each in range(WAITING_MAX + 5):
            live.tell("sale", "R1", {"id": each})
        await asyncio.sleep(0)
        live.tell("sale", "R1", {})  # nobody listens any more
        await asyncio.sleep(0)
        return [waiting.get_nowait() for _ in range(waiting.qsize())]

    told = loops.run(run())
    assert len(told) == WAITING_MAX + 1
    assert told[-1] == TOO_SLOW


def closed(api: Client, talk: Callable[[Any], None]) -> tuple[int, str]:
    """Return how a page is let go that talks so."""
    with pytest.raises(WebSocketDisconnect) as gone:
        listened(api, talk)
    return gone.value.code, gone.value.detail


def listened(api: Client, talk: Callable[[Any], None]) -> None:
    with api.websocket_connect(LIVE) as updates:
        updates.receive_json()
        talk(updates)
        while True:
            updates.receive_json()


def test_a_page_that_talks_too_much_is_let_go(api: Client):
    """What a page says is a sign of life; a flood of it is no page."""

    def flood(updates: Any) -> None:
        for _ in range(40):
            updates.send_text("x")

    assert closed(api, flood) == (1008, "api.too_many")


def test_signing_out_ends_what_listens_with_the_session(api: Client):
    """Nobody goes on reading over the shoulder of who has left."""
    assert closed(api, lambda _: api.delete("/api/v1/session")) == (4401, "api.no_session")


def test_as_many_pages_listen_as_may(api: Client, monkeypatch: pytest.MonkeyPatch):
    """One more is told to come again later."""
    monkeypatch.setattr(live_room, "LISTENERS_MAX", 1)
    with api.websocket_connect(LIVE) as updates:
        updates.receive_json()
        with pytest.raises(WebSocketDisconnect) as gone, api.websocket_connect(LIVE) as more:
            more.receive_json()
    assert (gone.value.code, gone.value.detail) == (1013, "api.busy")


def test_every_message_is_as_the_document_says(api: Client):
    """Each type of message stands in the document as `LiveMessage`, and each one sent conforms."""
    document = api.get("/api/v1/schema/openapi.json").json()
    told = document["components"]["schemas"]["LiveMessage"]["oneOf"]
    assert [one["properties"]["type"]["const"] for one in told] == list(get_args(Kind))
    shape = {"$ref": "#/components/schemas/LiveMessage", "components": document["components"]}
    checks = Draft202012Validator(shape)
    owner = {"X-Cashwrap-Device": "k" * 43}
    with api.websocket_connect(LIVE) as updates:
        sale = begun(api)
        api.post(f"/api/v1/sales/{sale}/lines", json={"sku": "COLA"})
        api.post(f"/api/v1/sales/{sale}/suspend", json={"reason": "call"})
        hold = api.get("/api/v1/holds").json()[0]["code"]
        api.post(f"/api/v1/holds/{hold}/cancel", json={"reason": "gone"})
        api.post("/api/v1/shift/no-sale", json={"reason": "change"})
        api.post("/api/v1/shift/open", json={"float_minor": 0})
        code = api.post("/api/v1/devices/pairing", headers=owner).json()["code"]
        assert api.post("/api/v1/pair", json={"code": code, "name": "tablet"}).status_code == 200
        heard = []
        while "paired" not in heard:
            message = updates.receive_json()
            assert list(checks.iter_errors(message)) == []
            heard.append(message["type"])
    assert set(heard) >= {"snapshot", "sale", "hold", "drawer", "shift", "paired"}


def test_a_program_without_websockets_asks_how_all_stands(api: Client):
    """The first message is also an answer of its own."""
    begun(api)
    with api.websocket_connect(LIVE) as updates:
        assert updates.receive_json()["body"] == api.get("/api/v1/live/snapshot?register=").json()


def test_what_changes_by_itself_is_told_when_it_does():
    """A printer without paper, a follower that is behind: once, however often it is looked at."""
    told: list[tuple[str, str, Any]] = []
    desk: Any = SimpleNamespace(live=SimpleNamespace(tell=lambda *what: told.append(what)))
    till: Any = SimpleNamespace(steady=0, behind=3, state="ok", looked=0)
    till.now = lambda: SimpleNamespace(steady_ms=till.steady)
    till.followers = lambda: [("sync", "up", till.behind)]
    till.devices = lambda: (
        DeviceSeen(
            plugin="p", name="kitchen", kind="printer", title={}, state=till.state,
            looked_ms=till.looked,
        ),
    )  # fmt: skip
    changes = Changes(desk)
    changes.tell(till)  # as the snapshot has it
    stands = ((2, 0, "lost"), (1_500, 3, "ok"), (3_000, 0, "ok"), (4_500, 0, "lost"))
    for steady, behind, state in stands:
        till.steady, till.behind, till.state, till.looked = steady, behind, state, steady
        changes.tell(till)
    assert [kind for kind, _, _ in told] == ["sync", "device"]
    assert told[0][2] == {"followers": [{"plugin": "sync", "name": "up", "behind": 0}]}
    assert told[1][2][0]["state"] == "lost"
