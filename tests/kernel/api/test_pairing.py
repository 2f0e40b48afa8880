"""Other devices: let in by a code, each with a key of its own, and shut out at once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient

from cashwrap.sale.events import DrawerOpened

KEY = "k" * 43
OWNER = {"X-Cashwrap-Device": KEY}
Clients = Callable[..., TestClient[Any]]
PAIRED = "/api/v1/devices/paired"
PAIRING = "/api/v1/devices/pairing"


@pytest.fixture
def away(serving: Callable[[], TestClient[Any]]) -> Iterator[Clients]:
    """Make clients on another machine of the shop's network, by TLS unless told otherwise."""
    here = serving()
    opened = []

    def client(address: str = "192.168.1.9", scheme: str = "https") -> TestClient[Any]:
        async def from_there(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":  # the program begins and ends with `here`
                for done in ("startup", "shutdown"):
                    await receive()
                    await send({"type": f"lifespan.{done}.complete"})
                return
            scope = {**scope, "client": (address, 40_000), "server": ("192.168.1.5", 8621)}
            if scope["type"] == "websocket":
                scope["scheme"] = {"https": "wss", "http": "ws"}[scheme]
            await here.app(scope, receive, send)

        made = TestClient(from_there, base_url=f"{scheme}://testserver.local")  # type: ignore[arg-type]
        opened.append(made.__enter__())
        return opened[-1]

    with here:
        client.here = here  # type: ignore[attr-defined]
        yield client
        for each in opened:
            each.__exit__(None, None, None)


def shown(away: Clients) -> str:
    """Show a code, as a program of the till's own machine that read its key."""
    answer = away.here.post(PAIRING, headers=OWNER)  # type: ignore[attr-defined]
    assert answer.status_code == 200, answer.text
    return str(answer.json()["code"])


def paired(away: Clients, name: str = "tablet", client: TestClient[Any] | None = None) -> Any:
    """Return a client that was let in, and signed in."""
    device = client or away()
    answer = device.post("/pair", data={"code": shown(away), "name": name}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert device.post("/api/v1/session", json={"staff": "B"}).status_code == 200
    return device


def test_a_device_is_paired_with_a_page_and_a_code(away: Clients):
    """It gets a cookie of its own; what it is called and when it was seen, the till can list."""
    device = away()
    assert (
        device.get("/", headers={"accept": "text/html"}, follow_redirects=False).headers["location"]
        == "/pair"
    )
    page = device.get("/pair?code=WDJB-MJHT")
    assert 'value="WDJB-MJHT"' in page.text
    assert "<script" not in page.text
    paired(away, client=device)
    assert device.get("/api/v1/shop").status_code == 200
    (one,) = device.get(PAIRED).json()
    assert (one["name"], one["register"]) == ("tablet", "")
    assert one["seen_ms"] > 0


def test_its_cookie_is_of_no_use_to_scripts_or_other_sites(away: Clients):
    """HttpOnly, SameSite=Strict, Secure, and planted by no other name (`__Host-`)."""
    device = away()
    form = {"code": shown(away), "name": "tablet"}
    cookie = device.post("/pair", data=form, follow_redirects=False).headers["set-cookie"]
    assert cookie.startswith("__Host-cashwrap_device_8621=")
    assert {"HttpOnly", "SameSite=Strict", "Secure", "Path=/"} <= set(cookie.split("; "))
    session = device.post("/api/v1/session", json={"staff": "B"}).headers["set-cookie"]
    assert session.startswith("__Host-cashwrap_session_8621=")
    assert {"HttpOnly", "Secure"} <= set(session.split("; "))


def test_a_program_is_paired_without_a_page(away: Clients):
    """It is told its key once, and sends it as a header."""
    device = away()
    told = device.post("/api/v1/pair", json={"code": shown(away), "name": "kiosk"}).json()
    assert device.get("/api/v1/shop").status_code == 401
    device.headers["X-Cashwrap-Device"] = told["key"]
    assert device.post("/api/v1/session", json={"staff": "B"}).status_code == 200
    assert device.get(PAIRED).json()[0]["id"] == told["id"]


def test_a_command_of_one_device_answers_no_other(away: Clients):
    """The same person at another screen is refused under a key that the first one used."""
    one, other = paired(away, "tablet"), paired(away, "kiosk", away("192.168.1.10"))
    key = {"Idempotency-Key": "s"}
    sale = one.post("/api/v1/sales", json={}, headers=key).json()["id"]
    refused = other.post("/api/v1/sales", json={}, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "api.key_reused")
    assert one.post("/api/v1/sales", json={}, headers=key).json()["id"] == sale


def test_the_tills_own_key_opens_nothing_from_another_machine(away: Clients):
    """A key that was copied off the till is worthless elsewhere, in a header or an address."""
    device = away()
    assert device.get("/api/v1/shop", headers=OWNER).json()["code"] == "api.device"
    assert device.get(f"/?device={KEY}", follow_redirects=False).status_code == 401
    assert away("::ffff:192.168.1.9").get("/api/v1/shop", headers=OWNER).status_code == 401
    for own in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "192.168.1.5"):
        assert away(own).get("/api/v1/devices/paired", headers=OWNER).status_code == 200


def test_without_tls_nobody_is_paired_from_another_machine(away: Clients):
    """A code and a key are told over TLS only."""
    plain = away(scheme="http")
    assert plain.get("/pair").json()["code"] == "api.needs_tls"
    form = {"code": shown(away), "name": "tablet"}
    assert plain.post("/api/v1/pair", json=form).json()["code"] == "api.needs_tls"


def test_a_device_that_is_shut_out_is_out_at_once(away: Clients):
    """Its key, its session and its live updates end; the others' go on."""
    device, other = paired(away, "one"), paired(away, "two")
    listed = {one["name"]: one["id"] for one in other.get(PAIRED).json()}
    heard: list[str] = []
    cookies = {"cookie": "; ".join(f"{name}={text}" for name, text in device.cookies.items())}

    def listen() -> None:
        with device.websocket_connect("/api/v1/live", headers=cookies) as updates:
            heard.append(updates.receive_json()["type"])
            assert other.delete(f"{PAIRED}/{listed['one']}").status_code == 204
            while True:
                heard.append(updates.receive_json()["type"])

    with pytest.raises(WebSocketDisconnect) as gone:
        listen()
    assert heard[0] == "snapshot"
    assert (gone.value.code, gone.value.detail) == (4401, "api.device")
    assert device.get("/api/v1/session").json()["code"] == "api.device"
    assert other.get("/api/v1/session").status_code == 200
    with pytest.raises(WebSocketDisconnect) as refused:
        with device.websocket_connect("/api/v1/live", headers=cookies) as updates:
            updates.receive_json()
    assert refused.value.code == 4401


def test_a_session_is_of_the_device_that_began_it(away: Clients):
    """A session's cookie on another device is nobody's session."""
    one, two = paired(away, "one"), paired(away, "two")
    name = "__Host-cashwrap_session_8621"
    stolen = one.cookies[name]
    two.cookies.clear()
    two.headers["X-Cashwrap-Device"] = one.cookies["__Host-cashwrap_device_8621"]
    assert two.get("/api/v1/session", headers={"cookie": f"{name}={stolen}"}).status_code == 200
    other = paired(away, "three")
    key = other.cookies["__Host-cashwrap_device_8621"]
    other.cookies.clear()
    other.headers["X-Cashwrap-Device"] = key
    answer = other.get("/api/v1/session", headers={"cookie": f"{name}={stolen}"})
    assert answer.json()["code"] == "api.no_session"


def test_signing_in_takes_no_session_that_somebody_chose(away: Clients):
    """A token that was planted before the sign-in is not the session after it (fixation)."""
    device = paired(away)
    planted = {"cookie": f"__Host-cashwrap_session_8621={'a' * 43}"}
    device.headers["X-Cashwrap-Device"] = device.cookies["__Host-cashwrap_device_8621"]
    device.cookies.clear()
    answer = device.post("/api/v1/session", json={"staff": "B"}, headers=planted)
    assert "a" * 43 not in answer.headers["set-cookie"]
    assert device.get("/api/v1/session", headers=planted).status_code == 401


def test_guessing_codes_ends_the_code_and_gets_slow(away: Clients):
    """Five wrong ones end it, from however many devices they come; then it is wait a moment."""
    code = shown(away)
    answers = [
        away(f"192.168.1.{each}").post("/api/v1/pair", json={"code": "BBBB-BBBB", "name": "x"})
        for each in range(20, 32)
    ]
    told = [each.json()["code"] for each in answers]
    assert told[:5] == ["pairing.code"] * 5
    assert "api.too_many" in told
    here = away.here  # type: ignore[attr-defined]
    assert code not in here.get(PAIRED, headers=OWNER).text


def test_what_a_device_does_is_journaled_with_its_id(away: Clients):
    """The records of its requests name it; those of the till's own screen name none."""
    device = paired(away)
    sale = f"/api/v1/sales/{device.post('/api/v1/sales', json={}).json()['id']}"
    device.post(f"{sale}/lines", json={"sku": "COLA"})
    assert device.post(f"{sale}/pay/cash", json={"tendered_minor": 350}).status_code == 200
    (one,) = device.get(PAIRED).json()
    here = away.here  # type: ignore[attr-defined]
    here.post("/api/v1/session", json={"staff": "A"}, headers=OWNER)
    here.post("/api/v1/shift/no-sale", json={"reason": "change"}, headers=OWNER)
    seen = here.app.state["desk"]

    def devices(till: Any) -> dict[str, str]:
        return {each.envelope.kind: each.envelope.device for each in till.store.records()}

    found = here.blocking_portal.call(seen.ask, devices)
    assert found["sale.completed"] == one["id"]
    assert found[DrawerOpened.kind] == ""


def test_a_page_of_the_till_cannot_pair_without_somebody_signed_in(away: Clients):
    """The till's own key as a cookie is the cashier's screen: it needs a session and the right."""
    here = away.here  # type: ignore[attr-defined]
    del here.headers["X-Cashwrap-Device"]
    here.get("/", params={"device": KEY}, follow_redirects=False)
    assert here.post(PAIRING).json()["code"] == "api.no_session"
    here.post("/api/v1/session", json={"staff": "A"})
    assert here.post(PAIRING).status_code == 200
    assert here.delete(PAIRING).status_code == 204


def test_who_listens_hears_of_a_new_device(away: Clients):
    """The sheet with the code closes by itself once it was used."""
    here = away.here  # type: ignore[attr-defined]
    here.post("/api/v1/session", json={"staff": "A"})
    with here.websocket_connect("/api/v1/live?register=") as updates:
        assert updates.receive_json()["type"] == "snapshot"
        away().post("/api/v1/pair", json={"code": shown(away), "name": "tablet"})
        told = updates.receive_json()
        while told["type"] != "paired":
            told = updates.receive_json()
    assert [one["name"] for one in told["body"]] == ["tablet"]
