"""What plugins bring to pages and programs, over the local API."""

import tomllib
from threading import Event

import pytest
from litestar.testing import TestClient

from cashwrap.api.app import make_app
from cashwrap.api.till_thread import TillThread
from cashwrap.ports import SystemClock
from cashwrap.staff.people import DeviceOwner
from cashwrap.till import Till

KEY, HOST = "k" * 43, "testserver.local"
CARDS = """
from pathlib import Path
from typing import Annotated

import msgspec

from cashwrap import hookimpl
from cashwrap.errors import CashwrapError
from cashwrap.events import Event, event
from cashwrap.host.offers import Page, Panel, Route

class NoCard(CashwrapError):
    code = "cards.unknown"

@event("cards.stamped")
class Stamped(Event, frozen=True):
    card: str
    stamps: int

class Stamp(msgspec.Struct, forbid_unknown_fields=True):
    stamps: Annotated[int, msgspec.Meta(ge=1)] = 1

class Card(msgspec.Struct):
    card: str
    stamps: int
    by: str = ""
    note: str = ""

def stamp(call):
    if call.path["card"] == "none":
        raise NoCard("no such card: ask for another one")
    call.till.commit([Stamped(call.path["card"], call.body.stamps)], staff=call.staff)
    return Card(call.path["card"], call.body.stamps, call.staff, call.query.get("note", ""))

def wrong(call):
    kind = call.path["kind"]
    if kind == "raises":
        return 1 // 0
    if kind == "hangs":
        while True:
            pass
    return {"type": Card("x", "y"), "other": 17, "none": None, "huge": [Card("x" * 5_000_000, 1)],
            "float": {"card": 1.5}}[kind]

@hookimpl
def cashwrap_routes():
    words = {"en": "stamp a card", "zh-CN": "盖章"}
    return [
        Route(method="POST", path="/cards/{card}/stamps", run=stamp, takes=Stamp, gives=Card,
              summary=words, query={"note": {"en": "what for"}}),
        Route(method="POST", path="/cards/{card}/void", run=stamp, takes=Stamp, gives=Card,
              summary=words, right="staff.manage"),
        Route(method="GET", path="/wrong/{kind}", run=wrong, gives=list[Card], summary=words),
    ]

HERE = Path(__file__).parent / "static"

@hookimpl
def cashwrap_pages():
    title = {"en": "Cards"}
    return [Page(name="cards", title=title, folder=HERE),
            Page(name="front", title=title, folder=HERE, path="/")]

@hookimpl
def cashwrap_panels():
    return [Panel(name="stamps", title={"en": "Stamps"}, module="stamps.js", place="cart")]
"""
SETTINGS = """
from typing import Annotated
import msgspec

class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days: int = 30
    names: tuple[str, ...] = ()

class Stamps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    spend_minor: Annotated[int, msgspec.Meta(ge=1, title="Spend")] = 1_000
    terms: Terms = Terms()
    key: Annotated[str, msgspec.Meta(extra_json_schema={"x-secret": True})] = ""
"""
MANIFEST = """
name = "cards"
version = "1.0"
settings = "own:Stamps"
[needs]
rights = ["routes", "pages", "front"]
"""


@pytest.fixture
def served(tmp_path, shop, monkeypatch):
    """Serve a till whose device has the plugin `cards`, and sign somebody in."""
    monkeypatch.setattr("cashwrap.plugins.installed_plugins", list)
    home = shop.folder / "plugins/cards"
    (home / "static").mkdir(parents=True)
    (home / "plugin.py").write_text(CARDS)
    (home / "own.py").write_text(SETTINGS)
    (home / "manifest.toml").write_text(MANIFEST)
    (home / "static/index.html").write_text("the cards page")
    (home / "static/stamps.js").write_text("export function mount() {}")
    with (shop.folder / "settings.toml").open("a") as file:
        file.write("\n[host]\nhang_ms = 500\n")
    shop.till.close()
    threads = []

    def serve(**more):
        for one in threads:
            one.stop()
        threads.clear()
        thread = TillThread(
            lambda: Till.open(shop.folder, clock=more.get("clock", shop.clock),
                              randomness=shop.randomness, witness=[])
        )  # fmt: skip
        thread.start()
        threads.append(thread)
        if more.get("people"):
            enrolled = Event()
            thread.do(lambda till: enroll(till) or enrolled.set())
            assert enrolled.wait(20)
        client = TestClient(make_app(thread, key=KEY, hosts=[HOST]))
        client.headers["X-Cashwrap-Device"] = KEY
        if not more.get("people"):
            assert client.post("/api/v1/session", json={"staff": "A"}).status_code == 200
        return client

    yield serve
    for thread in threads:
        thread.stop()


def enroll(till):
    owner = DeviceOwner("kai")
    till.staff.enroll("boss", "Boss", role="manager", pin="9035", by=owner)
    till.staff.enroll("ana", "Ana", role="cashier", pin="4711", by=owner)


def test_a_route_of_a_plugin_is_a_route_of_the_till(served):
    """Its body is checked, its answer is its struct, a repeated command is done once."""
    api = served()
    at = "/api/v1/plugins/cards/cards/A-17/stamps?note=tea"
    answers = [api.post(at, json={"stamps": 2}, headers={"Idempotency-Key": "tap"}) for _ in "ab"]
    assert {one.status_code for one in answers} == {200}
    assert [one.json() for one in answers] == [
        {"card": "A-17", "stamps": 2, "by": "A", "note": "tea"}
    ] * 2
    assert api.post(at, json={"stamps": 0}).status_code == 422
    assert api.post(at, json={"stamp": 1}).status_code == 422
    refused = api.post("/api/v1/plugins/cards/cards/none/stamps", json={})
    assert (refused.status_code, refused.json()["code"]) == (404, "cards.unknown")
    assert api.get("/api/v1/plugins/cards/nothing").status_code == 404


def test_its_structs_stand_in_the_openapi_document(served):
    """Under a tag of its name, with path, query, body and answer."""
    document = served().get("/api/v1/schema/openapi.json").json()
    route = document["paths"]["/api/v1/plugins/cards/cards/{card}/stamps"]["post"]
    assert route["tags"] == ["plugin cards"]
    assert {one["name"] for one in route["parameters"]} >= {"card", "note"}
    assert {"Card", "Stamp"} <= document["components"]["schemas"].keys()
    assert "/api/v1/plugins/{plugin}/settings" in document["paths"]
    assert "/api/v1/plugins/cards/settings" not in document["paths"]


@pytest.mark.parametrize("kind", ["raises", "type", "other", "none", "huge", "float"])
def test_a_route_that_fails_is_its_plugins_fault_and_nothing_else(served, kind):
    """What it raised stays inside; after three the plugin is set aside, and the till sells."""
    api = served()
    for _ in range(3):
        answer = api.get(f"/api/v1/plugins/cards/wrong/{kind}")
        assert (answer.status_code, answer.json()["code"]) == (500, "plugin.failed")
        assert "ZeroDivision" not in answer.text
    assert api.get(f"/api/v1/plugins/cards/wrong/{kind}").status_code == 503
    assert api.post("/api/v1/sales", json={}).status_code == 201
    (info,) = api.get("/api/v1/plugins").json()
    assert (info["state"], info["faults"]) == ("aside", 3)
    assert "/wrong/{kind}" in info["reason"]


def test_a_route_that_never_comes_back_is_broken_off(served):
    """The till answers others as soon as its time is up."""
    api = served(clock=SystemClock())
    assert api.get("/api/v1/plugins/cards/wrong/hangs").json()["code"] == "plugin.failed"
    assert api.post("/api/v1/sales", json={}).status_code == 201


def test_a_plugin_is_set_aside_and_comes_back_while_the_till_is_served(served):
    """Its routes answer 503 meanwhile, its panels are gone, and its page stays."""
    api = served()
    stamp = "/api/v1/plugins/cards/cards/A/stamps"
    aside = api.post("/api/v1/plugins/cards/set-aside", json={"reason": "too loud"}).json()
    assert (aside["state"], aside["reason"]) == ("aside", "too loud")
    answer = api.post(stamp, json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "plugin.aside")
    assert api.get("/api/v1/panels").json() == []
    assert api.get("/plugins/cards/stamps.js").status_code == 200
    assert api.post("/api/v1/plugins/cards/restore").json()["state"] == "active"
    assert api.post(stamp, json={}).status_code == 200
    assert len(api.get("/api/v1/panels").json()) == 1
    assert api.post("/api/v1/plugins/nobody/restore").json()["code"] == "plugin.unknown"


def test_what_was_aside_when_the_till_opened_comes_back_with_its_routes(served):
    """Nobody has to start the server anew."""
    api = served()
    api.post("/api/v1/plugins/cards/set-aside", json={})
    again = served()
    assert again.post("/api/v1/plugins/cards/cards/A/stamps", json={}).status_code == 503
    again.post("/api/v1/plugins/cards/restore")
    assert again.post("/api/v1/plugins/cards/cards/A/stamps", json={}).status_code == 200


def test_a_right_of_a_route_is_asked_in_the_kernel(served, shop):
    """The cashier is refused before the plugin is asked; so are the plugins' own settings."""
    api = served(people=True)
    api.post("/api/v1/session", json={"staff": "ana", "pin": "4711"})
    void = "/api/v1/plugins/cards/cards/A/void"
    for answer in (
        api.post(void, json={}),
        api.get("/api/v1/plugins/cards/settings"),
        api.put("/api/v1/plugins/cards/settings", json={"values": {}}),
        api.post("/api/v1/plugins/cards/set-aside", json={}),
        api.post("/api/v1/plugins/cards/disable"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "staff.denied")
    assert api.post("/api/v1/plugins/cards/cards/A/stamps", json={}).status_code == 200
    api.post("/api/v1/session", json={"staff": "boss", "pin": "9035"})
    assert api.post(void, json={}).status_code == 200
    assert api.post("/api/v1/plugins/cards/set-aside", json={}).json()["state"] == "aside"


def test_settings_are_told_to_who_may_change_them(served, shop):
    """A cashier sees which plugins there are and how they do, and nothing of what is set."""
    with (shop.folder / "settings.toml").open("a") as file:
        file.write("\n[plugins.cards]\nspend_minor = 4321\n")
    api = served(people=True)
    api.post("/api/v1/session", json={"staff": "ana", "pin": "4711"})
    (info,) = api.get("/api/v1/plugins").json()
    assert (info["name"], info["state"], info["settings"]) == ("cards", "active", {})
    api.post("/api/v1/session", json={"staff": "boss", "pin": "9035"})
    (info,) = api.get("/api/v1/plugins").json()
    assert info["settings"] == {"spend_minor": 4321}
    assert api.get("/api/v1/plugins/cards/settings").json()["values"] == {"spend_minor": 4321}


def test_what_is_secret_stands_in_the_settings_file_alone(served, shop):
    """Neither in the journal nor in any answer."""
    file = shop.folder / "settings.toml"
    file.write_text(file.read_text() + "\n[plugins.cards]\nkey = 's3cret'  # ours\n")
    api = served()
    api.put("/api/v1/plugins/cards/settings", json={"values": {"key": "n3wone"}})
    api = served()
    journal = (shop.folder / "data.mdb").read_bytes()
    assert b"s3cret" not in journal
    assert b"n3wone" not in journal
    assert b"spend" in journal or b"plugins.cards" in journal
    assert "n3wone" in file.read_text()


def test_pages_stand_at_their_addresses(served):
    """Below the plugin's name, and at the till's own for the one with the right to it."""
    api = served()
    for place in ("/", "/plugins/cards/", "/plugins/cards/index.html"):
        answer = api.get(place)
        assert answer.text == "the cards page", place
        assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert api.get("/plugins/cards/%2e%2e/plugin.py").status_code == 404
    assert [one["address"] for one in api.get("/api/v1/pages").json()] == ["/plugins/cards/", "/"]
    (panel,) = api.get("/api/v1/panels").json()
    assert (panel["module"], panel["place"]) == ("/plugins/cards/stamps.js", "cart")
    assert "mount" in api.get(panel["module"]).text


def test_a_panel_that_fails_in_a_page_is_dropped_alone(served):
    """Three times journaled, then no longer offered; the plugin is asked as before."""
    api = served()
    for _ in range(5):
        told = {"panel": "stamps", "told": "TypeError: x is undefined"}
        assert api.post("/api/v1/plugins/cards/panel-fault", json=told).status_code == 204
    assert api.get("/api/v1/panels").json() == []
    (info,) = api.get("/api/v1/plugins").json()
    assert (info["state"], info["faults"]) == ("active", 3)
    api.post("/api/v1/plugins/cards/restore")
    assert len(api.get("/api/v1/panels").json()) == 1


def test_settings_of_a_plugin_are_a_page(served, shop):
    """Schema and values; written as a whole, comments kept, for when the till opens next."""
    file = shop.folder / "settings.toml"
    file.write_text(file.read_text() + "# what we agreed\n[plugins.cards]\n"
                    "spend_minor = 500  # since May\nkey = 's3cret'\n")  # fmt: skip
    api, at = served(), "/api/v1/plugins/cards/settings"
    page = api.get(at).json()
    assert (page["values"], page["secrets"]) == ({"spend_minor": 500}, ["key"])
    assert page["defaults"]["terms"] == {"days": 30, "names": []}
    assert "s3cret" not in api.get("/api/v1/plugins").text
    values = {"spend_minor": 700, "terms": {"days": 7, "names": ["a"]}}
    assert api.put(at, json={"values": values}).json()["needs_restart"] is True
    text = file.read_text()
    assert "# what we agreed" in text
    assert "spend_minor = 700  # since May" in text
    assert tomllib.loads(text)["plugins"]["cards"] == {**values, "key": "s3cret"}
    wrong = {"spend_minor": 0, "terms": {"days": "x"}, "colour": 1}
    refused = api.put(at, json={"values": wrong})
    assert refused.status_code == 422
    assert {one["source"] for one in refused.json()["issues"]} == {
        "spend_minor", "terms.days", "colour",
    }  # fmt: skip
    assert file.read_text() == text
    assert api.put(at, json={"values": {"key": None}}).status_code == 200
    assert tomllib.loads(file.read_text())["plugins"]["cards"] == {}


def test_a_plugin_is_switched_off_for_the_next_time(served, shop):
    """In the settings file, whose other words stay."""
    api = served()
    assert api.post("/api/v1/plugins/cards/disable").json()["needs_restart"] is True
    host = tomllib.loads((shop.folder / "settings.toml").read_text())["host"]
    assert host == {"hang_ms": 500, "disable": ["cards"]}
    assert api.post("/api/v1/plugins/cards/enable").json()["needs_restart"] is False
