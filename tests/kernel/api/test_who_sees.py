"""Looking is asked for too: what a cashier is not told, and by what a manager is."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from cashwrap.staff.people import DeviceOwner
from cashwrap.staff.roles import Grant
from cashwrap.testing.shop import Shop

Client = TestClient[Any]
OWNER = DeviceOwner("opening")
PINS = {"C": "4711", "M": "9035", "T": "5823"}
PHONE = "13812345678"


@pytest.fixture
def guarded(shop: Shop, serving: Callable[[], Client]) -> Iterator[Client]:
    """A client at a shop with a cashier, a manager, and a trusted one who asks for the journal."""
    people = shop.till.staff
    people.enroll("M", "Mu", role="manager", pin=PINS["M"], by=OWNER)
    people.enroll("C", "Chen", role="cashier", pin=PINS["C"], by=OWNER)
    people.define_role("trusted", {"journal.read": Grant("approval")}, by=OWNER)
    people.enroll("T", "Tian", role="trusted", pin=PINS["T"], by=OWNER)
    with serving() as client:
        yield client


def signed_in(api: Client, staff: str) -> Client:
    answer = api.post("/api/v1/session", json={"staff": staff, "pin": PINS[staff]})
    assert answer.status_code == 200, answer.text
    return api


def denied(answer: Any) -> bool:
    return bool((answer.status_code, answer.json()["code"]) == (403, "staff.denied"))


def test_a_cashier_neither_begins_the_doctor_nor_reads_it(guarded: Client):
    """What it finds is for who may read the journal."""
    signed_in(guarded, "C")
    assert denied(guarded.post("/api/v1/doctor", json={}))
    assert denied(guarded.get("/api/v1/doctor"))
    signed_in(guarded, "M")
    assert guarded.get("/api/v1/doctor").json()["state"] == "never"
    assert guarded.post("/api/v1/doctor", json={}).status_code == 202
    signed_in(guarded, "C")
    assert denied(guarded.get("/api/v1/doctor"))


def test_a_managers_word_is_good_for_one_examination(guarded: Client):
    """Who was let begin it follows it without asking again, and asks for the next."""
    signed_in(guarded, "T")
    asked = guarded.post("/api/v1/doctor", json={})
    assert asked.json()["code"] == "staff.approval_needed"
    word = {"act": asked.json()["act"], "approver": "M", "pin": PINS["M"]}
    assert guarded.post("/api/v1/approvals", json=word).status_code == 204
    assert guarded.post("/api/v1/doctor", json={}).status_code == 202
    for _ in range(3):
        assert guarded.get("/api/v1/doctor").status_code == 200
    assert guarded.post("/api/v1/doctor", json={}).json()["code"] == "staff.approval_needed"


def test_a_cashier_is_not_told_which_devices_are_paired(guarded: Client):
    """Neither asked nor by the live updates; who may pair them is told both."""
    signed_in(guarded, "C")
    assert denied(guarded.get("/api/v1/devices/paired"))
    for who, hears in (("C", "hold"), ("M", "paired")):
        signed_in(guarded, who)
        with guarded.websocket_connect("/api/v1/live?register=") as updates:
            assert updates.receive_json()["type"] == "snapshot"
            code = guarded.blocking_portal.call(shown, guarded)
            paired = guarded.post("/api/v1/pair", json={"code": code, "name": f"of {who}"})
            assert paired.status_code == 200
            guarded.blocking_portal.call(told, guarded)
            assert updates.receive_json()["type"] == hears
    names = [one["name"] for one in guarded.get("/api/v1/devices/paired").json()]
    assert names == ["of C", "of M"]


async def shown(api: Client) -> str:
    """Show a code, as who owns the device."""
    code: str = await api.app.state["desk"].ask(lambda till: till.pairing.show_code(OWNER).code)
    return code


async def told(api: Client) -> None:
    """Tell everybody who listens something that anybody may hear."""
    api.app.state["desk"].live.tell("hold", "", {})


def test_a_program_with_the_tills_key_lists_them_without_a_session(guarded: Client):
    """Who owns the folder owns the till: `cashwrap pair` asks like this."""
    assert guarded.get("/api/v1/devices/paired").json() == []


def sold(api: Client, member: str) -> None:
    sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    api.post(f"{sale}/lines", json={"sku": "COLA"})
    api.post(f"{sale}/customer", json={"customer": "", "member": member})
    done = api.post(f"{sale}/pay/cash", json={"tendered_minor": 350})
    assert done.json()["state"] == "completed"


def found(api: Client, text: str) -> list[str]:
    page = api.get("/api/v1/receipts/search", params={"query": text}).json()
    return [row["member"] for row in page["rows"]]


def test_a_member_is_masked_in_lists_and_whole_to_who_may_read_the_journal(guarded: Client):
    """138****5678; a code that is short is nobody's number."""
    signed_in(guarded, "C")
    sold(guarded, PHONE)
    sold(guarded, "M-77")
    rows = guarded.get("/api/v1/receipts").json()
    assert [row["member"] for row in rows] == ["M-77", "138****5678"]
    assert found(guarded, "COLA") == ["M-77", "138****5678"]
    signed_in(guarded, "M")
    rows = guarded.get("/api/v1/receipts").json()
    assert [row["member"] for row in rows] == ["M-77", PHONE]
    assert found(guarded, "12345") == [PHONE]


def test_a_member_is_found_by_all_of_the_number_or_by_what_is_shown_of_it(guarded: Client):
    """A cashier to whom the member says it finds their receipts; nobody guesses digit by digit."""
    signed_in(guarded, "C")
    sold(guarded, PHONE)
    assert found(guarded, PHONE) == [PHONE]
    assert found(guarded, "5678") == found(guarded, "138") == ["138****5678"]
    for part in ("1381", "13812345", "12345", "45678"):
        assert found(guarded, part) == []
