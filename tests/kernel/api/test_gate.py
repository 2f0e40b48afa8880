"""Who gets at the till: this machine, by its name, with the device's key, from no other site."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient

from cashwrap.api.device import FILE_NAME, KeyFileOpen, device_key
from cashwrap.api.places import NeedsTls, Where
from cashwrap.api.server import serve
from cashwrap.testing.shop import Shop

Client = TestClient[Litestar]
SHOP = "/api/v1/shop"


def code(api: Client, **headers: str) -> str:
    answer = api.get(SHOP, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return str(answer.json().get("code", answer.status_code))


def test_no_device_key_no_till(serving: Callable[[], Client]):
    """Without the key of the 0600 file nothing is told, not even the shop's name."""
    with serving() as api:
        assert code(api) == "200"
        assert code(api, x_cashwrap_device="guess") == "api.device"
        del api.headers["X-Cashwrap-Device"]
        assert code(api) == "api.device"
        assert api.get("/").json()["code"] == "api.device"


def test_the_printed_address_leaves_a_cookie_that_no_script_reads(serving: Callable[[], Client]):
    """The key in the address becomes a cookie for this site alone, and leaves the address."""
    with serving() as api:
        key = api.headers.pop("X-Cashwrap-Device")
        answer = api.get("/", params={"device": key}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert {"HttpOnly", "SameSite=Strict"} <= set(answer.headers["set-cookie"].split("; "))
        assert code(api) == "200"


def test_another_name_for_this_machine_is_refused(api: Client):
    """A page that points its own name at 127.0.0.1 (DNS rebinding) is turned away."""
    assert code(api, host="evil.example") == "api.host"
    assert code(api, host="testserver.local") == "200"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"},
    ],
)
def test_a_page_of_another_site_is_refused(api: Client, headers: dict[str, str]):
    """Whatever cookies a browser holds, another site's page does not drive the till."""
    assert code(api, **headers) == "api.origin"


def test_no_answer_allows_another_origin(api: Client):
    """There is no CORS: no answer names an origin that may read it, and none may be framed."""
    answer = api.get(SHOP, headers={"origin": "http://testserver.local"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"


def test_guessing_gets_slow(api: Client):
    """Sign-ins and wrong keys are counted; beyond a few in a row the answer is to wait."""
    wrong = [api.post("/api/v1/session", json={"register": "x"}).json()["code"] for _ in range(30)]
    assert wrong[0] == "till.register"
    assert wrong[-1] == "api.too_many"


def test_updates_need_a_session_too(serving: Callable[[], Client]):
    """The live updates tell nothing to who has not signed in."""
    with serving() as api, pytest.raises(WebSocketDisconnect) as gone:
        with api.websocket_connect("/api/v1/live") as updates:
            updates.receive_json()
    assert gone.value.code == 4401


def test_the_key_is_its_owners_alone(tmp_path: Path):
    """The key file is 0600, stays the same, and is refused once others can read it."""
    key = device_key(tmp_path)
    path = tmp_path / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert device_key(tmp_path) == key
    path.chmod(0o644)
    with pytest.raises(KeyFileOpen, match="chmod 600"):
        device_key(tmp_path)


def test_other_machines_come_by_tls_only(shop: Shop):
    """Binding beyond this machine without TLS is refused before anything is opened."""
    shop.till.close()

    def never() -> None:
        raise AssertionError("it must not be opened")

    with pytest.raises(NeedsTls, match="TLS"):
        serve(never, shop.folder, Where(host="0.0.0.0"), print)  # type: ignore[arg-type]
