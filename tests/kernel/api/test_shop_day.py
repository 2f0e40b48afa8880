"""The shop's day over the API: holds, returns, shifts, approvals."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient

from cashwrap.api.sessions import Caller
from cashwrap.staff.people import DeviceOwner
from cashwrap.testing.shop import Shop

Client = TestClient[Litestar]
COLA = "6901234567892"
OWNER = DeviceOwner("opening")


def rung_up(api: Client, pieces: int = 1) -> str:
    sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    assert api.post(f"{sale}/lines", json={"sku": "COLA", "quantity": pieces}).status_code == 200
    return sale


@pytest.fixture
def guarded(shop: Shop, serving: Callable[[], Client]) -> Iterator[Client]:
    """A client at a shop with accounts: a cashier and a manager."""
    shop.till.staff.enroll("M", "Mei", role="manager", pin="9035", by=OWNER)
    shop.till.staff.enroll("C", "Chen", role="cashier", pin="4711", by=OWNER)
    with serving() as client:
        yield client


def test_a_sale_is_suspended_and_brought_back(api: Client):
    """A suspended sale waits under its code, and comes back as it was."""
    sale = rung_up(api)
    assert api.post(f"{sale}/suspend", json={"reason": "接电话"}).json()["state"] == "suspended"
    (hold,) = api.get("/api/v1/holds").json()
    assert hold["code"] in api.get(f"/api/v1/holds/{hold['code']}/slip").json()["text"]
    back = api.post(f"/api/v1/holds/{hold['code']}/resume").json()
    assert back["sale"]["due_minor"] == 350
    assert api.get("/api/v1/holds").json() == []


def test_goods_come_back_by_their_receipt(api: Client):
    """A return takes what is left of a receipt, gives the money back, and has its own number."""
    paid = api.post(f"{rung_up(api, 2)}/pay/cash", json={"tendered_minor": 700}).json()
    (row,) = api.get("/api/v1/receipts").json()
    assert (row["number"], row["sale"], row["payable_minor"]) == (1, paid["id"], 700)
    back = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    asked = {"receipt": 1, "lines": [{"line": 1}], "reason": "买错"}
    assert api.post(f"{back}/returns", json=asked).json()["due_minor"] == -350
    done = api.post(f"{back}/refund", json={}).json()
    assert (done["cash_minor"], done["sale"]["state"], done["sale"]["number"]) == (
        350, "completed", 2,
    )  # fmt: skip
    left = api.get("/api/v1/receipts/1/returnable").json()["lines"][0]
    assert (left["sold_milli"], left["left_milli"]) == (2000, 1000)
    key = {"Idempotency-Key": "copy"}
    copy = api.post("/api/v1/receipts/1/reprint", json={}, headers=key).json()
    assert copy["document"]["marks"]
    assert api.post("/api/v1/receipts/1/reprint", json={}, headers=key).json() == copy
    assert api.get("/api/v1/receipts").json()[-1]["copies"] == 1


def test_a_shift_is_opened_counted_and_closed(api: Client):
    """From the float to a Z report in which the drawer balances."""
    opened = api.post("/api/v1/shift/open", json={"float_minor": 10_000}).json()
    assert opened["shift"]["state"] == "open"
    api.post(f"{rung_up(api)}/pay/cash", json={"tendered_minor": 500})
    api.post("/api/v1/shift/paid-out", json={"amount_minor": 350, "reason": "ice"})
    x = api.get("/api/v1/shift/x", params={"language": "en"}).json()
    assert x["report"]["tenders"][0]["expected_minor"] == 10_000
    counted = api.post("/api/v1/shift/declare", json={"cash": {"10000": 1}})
    assert counted.json()["shift"]["declared"]["cash_minor"] == 10_000
    z = api.post("/api/v1/shift/close", json={}).json()
    assert z["report"]["z"] == 1
    assert api.get("/api/v1/shift/z/1").json()["report"] == z["report"]
    assert api.get("/api/v1/shift").json()["shift"] is None
    assert api.get("/api/v1/shift/x").json()["code"] == "shift.none"


def test_a_manager_approves_over_the_cashiers_session(guarded: Client):
    """A refused act is named, approved with the manager's PIN, and then done as it was asked."""
    wrong = guarded.post("/api/v1/session", json={"staff": "C", "pin": "0000"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "staff.wrong_pin")
    assert guarded.get("/api/v1/sales").json()["code"] == "api.no_session"
    session = guarded.post("/api/v1/session", json={"staff": "C", "pin": "4711"}).json()
    assert session["rights"]["sale.override_price"]["how"] == "approval"
    sale = rung_up(guarded)
    asked = {"line": 1, "unit_minor": 300, "reason": "dented"}
    refused = guarded.post(f"{sale}/override", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "staff.approval_needed")
    word = {"act": refused.json()["act"], "approver": "M", "pin": "9035"}
    assert guarded.post("/api/v1/approvals", json=word).status_code == 204
    assert guarded.post(f"{sale}/override", json=asked).json()["due_minor"] == 300
    assert guarded.delete("/api/v1/session").status_code == 204
    assert guarded.get("/api/v1/sales").status_code == 401


def test_a_cashier_trains_beside_the_shop(guarded: Client):
    """In training everything works and nothing counts; leaving it, the shop is as it was."""
    guarded.post("/api/v1/session", json={"staff": "C", "pin": "4711"})
    sale = rung_up(guarded)
    refused = guarded.post("/api/v1/session/training", json={"on": True})
    if refused.status_code == 403:
        word = {"act": refused.json()["act"], "approver": "M", "pin": "9035"}
        assert guarded.post("/api/v1/approvals", json=word).status_code == 204
        refused = guarded.post("/api/v1/session/training", json={"on": True})
    assert refused.json()["training"] is True
    assert guarded.get("/api/v1/shop").json()["training"] is True
    assert guarded.get(sale).json()["code"] == "sale.unknown"
    practised = rung_up(guarded)
    paid = guarded.post(f"{practised}/pay/cash", json={"tendered_minor": 350}).json()
    assert (paid["state"], paid["training"]) == ("completed", True)
    assert guarded.post("/api/v1/session/training", json={"on": False}).json()["training"] is False
    assert guarded.get(sale).json()["state"] == "open"
    assert guarded.get("/api/v1/receipts").json() == []


def signed_in(api: Client, staff: str, pin: str) -> dict[str, str]:
    """Sign in as a browser of one's own would; return the headers with its cookie."""
    api.cookies.clear()
    answer = api.post("/api/v1/session", json={"staff": staff, "pin": pin})
    assert answer.status_code == 200
    api.cookies.clear()
    return {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def test_who_was_at_the_register_before_reads_nothing_more(guarded: Client):
    """Signing in ends the session of who was there, in whichever browser, and its live updates."""
    manager = signed_in(guarded, "M", "9035")
    with guarded.websocket_connect("/api/v1/live", headers=manager) as updates:
        updates.receive_json()
        cashier = signed_in(guarded, "C", "4711")
        with pytest.raises(WebSocketDisconnect) as ended:
            updates.receive_json()
    assert ended.value.code == 4401
    for path in ("session", "receipts", "staff"):
        answer = guarded.get(f"/api/v1/{path}", headers=manager)
        assert (answer.status_code, answer.json()["code"]) == (401, "api.no_session"), path
    again = signed_in(guarded, "C", "4711")  # two windows of one person
    assert guarded.get("/api/v1/session", headers=cashier).status_code == 200
    guarded.delete("/api/v1/session", headers=again)
    assert guarded.get("/api/v1/session", headers=cashier).status_code == 401


@pytest.mark.parametrize("change", [{"active": False, "reason": "left"}, {"pin": "582614"}])
def test_who_may_not_sign_in_any_more_reads_nothing_more(guarded: Client, change: dict[str, str]):
    """An account that is disabled, or has another PIN, is signed out at all registers at once."""
    cashier = signed_in(guarded, "C", "4711")
    manager = signed_in(guarded, "M", "9035")
    # the session of C has ended with that; one at another register would go on
    guarded.app.state.sessions.begin(Caller("R2", "C"))
    assert guarded.patch("/api/v1/staff/C", json=change, headers=manager).status_code == 200
    assert guarded.get("/api/v1/session", headers=cashier).status_code == 401
    assert guarded.app.state.sessions.end_whose("C") == []


def test_nobody_stops_a_code_that_somebody_with_the_right_shows(guarded: Client):
    """A code to pair a device is taken back by who showed it, or by somebody with the right."""
    manager = signed_in(guarded, "M", "9035")
    assert guarded.post("/api/v1/devices/pairing", json={}, headers=manager).status_code == 200
    cashier = signed_in(guarded, "C", "4711")
    session = {**cashier, "X-Cashwrap-Device": guarded.headers["X-Cashwrap-Device"]}
    refused = guarded.delete("/api/v1/devices/pairing", headers=session)
    assert (refused.status_code, refused.json()["code"]) == (403, "staff.denied")
    manager = signed_in(guarded, "M", "9035")
    assert guarded.delete("/api/v1/devices/pairing", headers=manager).status_code == 204
