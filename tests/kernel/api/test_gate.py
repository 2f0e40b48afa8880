"""Who gets at the till: this machine, by its name, with the device's key, from no other site."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient

from cashwrap.api.cookies import DEVICE, cookie_of, name_of
from cashwrap.api.device import FILE_NAME, KeyFileOpen, device_key
from cashwrap.api.places import NeedsTls, Where
from cashwrap.api.rates import Rates
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


@pytest.mark.parametrize(
    ("path", "status", "headers"),
    [
        ("/", 200, {}),
        ("/pair", 200, {}),
        ("/api/v1/schema", 200, {}),
        ("/api/v1/schema/openapi.json", 200, {}),
        ("/api/v1/nothing", 404, {}),
        ("/nothing", 404, {}),
        (f"/?device={'k' * 43}", 303, {}),
        ("/", 303, {"X-Cashwrap-Device": "no", "Accept": "text/html"}),
        ("/api/v1/shop", 401, {"X-Cashwrap-Device": "no"}),
        ("/", 421, {"Host": "evil.example"}),
    ],
)
def test_every_answer_forbids_programs_from_elsewhere(
    api: Client, path: str, status: int, headers: dict[str, str]
):
    """Scripts are files of the till, none stand in a page, and no page frames another."""
    answer = api.get(path, headers=headers, follow_redirects=False)
    assert answer.status_code == status
    (told,) = answer.headers.get_list("content-security-policy")
    policy = dict(one.strip().split(" ", 1) for one in told.split(";"))
    own, none = "'self'", "'none'"
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == (own, own, own)
    assert {policy[one] for one in ("object-src", "base-uri", "frame-ancestors")} == {none}
    assert policy["form-action"] == own
    assert not [word for word in ("unsafe-eval", "*", "http:") if word in told]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


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


BODIES = (
    (b'{"register"', "application/json", (400, "api.bad_json")),
    (b"\xff\xfe{}", "application/json", (400, "api.bad_json")),
    (b"[]", "application/json", (422, "input.invalid")),
    (b'{"stuff": 1}', "application/json", (422, "input.invalid")),
    (b'{"register": 1}', "application/json", (422, "input.invalid")),
    (b"", "application/json", (422, "input.invalid")),
    (b"{}", "text/plain", (415, "api.media_type")),
    (b"register=", "application/x-www-form-urlencoded", (415, "api.media_type")),
    (b"{}", "application/json; charset=utf-8", (200, "200")),
)
FOREIGN = (  # a form of another site; an image of it; pages of other programs of this machine
    {
        "origin": "https://evil.example",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "content-type": "text/plain",
    },
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    {"origin": "http://testserver.local:8080"},
    {"origin": "https://testserver.local"},
    {"origin": "http://testserver.local.evil.example"},
    {"origin": "http://localhost"},
)


def test_a_body_that_is_no_json_and_one_of_another_form_are_told_apart(api: Client):
    """No JSON: 400. JSON of another form: 422. Another media type: 415, as forms of other sites."""
    for sent, kind, answer in BODIES:
        got = api.post("/api/v1/session", content=sent, headers={"content-type": kind})
        assert (got.status_code, str(got.json().get("code", got.status_code))) == answer, sent


def test_no_other_site_drives_the_till_whatever_it_sends(api: Client):
    """Another scheme, port or name is another site, on this machine too."""
    for headers in FOREIGN:
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = api.request(method, "/api/v1/session", headers=headers)
            assert answer.json()["code"] == "api.origin", (method, headers)


def test_no_other_site_listens(api: Client):
    """A WebSocket is no way around (cross-site hijacking): it is refused before it is one."""
    foreign = {"origin": "https://evil.example"}
    with pytest.raises(WebSocketDisconnect) as gone:
        with api.websocket_connect("/api/v1/live", headers=foreign) as updates:
            updates.receive_json()
    assert (gone.value.code, gone.value.detail) == (4403, "api.origin")


def test_a_link_with_a_wrong_key_opens_nothing_and_costs_nobody_attempts(api: Client):
    """A page that opens guessed addresses uses up its own attempts, not those of known devices."""
    for each in range(40):
        api.get("/", params={"device": f"guess {each}"}, headers={"x-cashwrap-device": "no"})
    assert code(api, x_cashwrap_device="no") == "api.too_many"
    assert code(api) == "200"


def test_two_tills_on_one_host_keep_their_cookies_apart():
    """Browsers send cookies to every port of a host: each till reads those of its own port only."""
    jar = b"cashwrap_device_8620=one; cashwrap_device_8630=two; cashwrap_device=none"
    for port, own in ((8620, "one"), (8630, "two"), (80, "none"), (9000, "")):
        assert cookie_of(DEVICE, {"server": ("127.0.0.1", port), "scheme": "http"}, jar) == own
    assert name_of(DEVICE, {"server": ("till", 8621), "scheme": "wss"}).startswith("__Host-")
    assert cookie_of(DEVICE, {"server": None}, b'cashwrap_device="; a\\;b\x00=') == ""


def test_pins_are_tried_at_a_pace_over_however_many_connections(serving: Callable[[], Client]):
    """The pace is that of the device: a new connection for each try gains nothing."""
    with serving() as api:
        told = [
            api.post(path, json={"register": "x"}, headers={"connection": "close"}).json()["code"]
            for path in ("/api/v1/approvals", "/api/v1/session") * 10
            if not api.cookies.clear()
        ]
    assert told.index("api.too_many") == 10


@given(
    used=st.lists(st.integers(0, 5), max_size=40),
    most=st.integers(1, 3),
)
def test_a_pace_is_kept_for_the_newest_and_no_more(used: list[int], most: int):
    """Who asks under ever new names fills no memory."""
    rates = Rates(per_second=1, burst=3, most=most)
    for each in used:
        rates.take(str(each))
    assert len(rates._by_who) <= most
