"""Ringing up, paying and printing over the API."""

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cashwrap.testing.shop import Shop

Client = TestClient[Litestar]
COLA = "6901234567892"


def begun(api: Client) -> str:
    answer = api.post("/api/v1/sales", json={})
    assert answer.status_code == 201
    return f"/api/v1/sales/{answer.json()['id']}"


def test_a_sale_is_rung_up_paid_and_printed(api: Client):
    """Each step answers the whole sale; the one that pays it has the receipt's number."""
    sale = begun(api)
    api.post(f"{sale}/scan", json={"code": COLA})
    api.post(f"{sale}/lines", json={"sku": "APPLE", "quantity": "0.532"})
    changed = api.patch(f"{sale}/lines/1", json={"quantity": 2}).json()
    assert [line["quantity_milli"] for line in changed["lines"]] == [2000, 532]
    assert changed["due_minor"] == 700 + 681
    paid = api.post(f"{sale}/pay/cash", json={"tendered_minor": 2000}).json()
    assert (paid["state"], paid["number"], paid["change_minor"]) == ("completed", 1, 2000 - 1381)
    receipt = api.get(f"{sale}/receipt", params={"language": "en"}).json()
    assert receipt["sale"] == paid["id"]
    assert "SALES RECEIPT" in receipt["text"]


def test_a_piece_becomes_a_case(api: Client):
    """A line says what units it may be sold by; goods of one unit, and others, offer none."""
    sale = begun(api)
    api.post(f"{sale}/lines", json={"sku": "COLA"})
    line, other = api.post(f"{sale}/lines", json={"sku": "BUN"}).json()["lines"]
    assert (line["unit"], line["units"], other["units"]) == ("each", ["each", "case"], [])
    changed = api.patch(f"{sale}/lines/1", json={"spec": {"unit": "case"}}).json()
    assert (changed["lines"][0]["unit"], changed["lines"][0]["unit_minor"]) == ("case", 24 * 350)
    back = api.patch(f"{sale}/lines/1", json={"spec": {"unit": ""}}).json()
    assert back["lines"][0]["unit"] == "each"
    wrong = api.patch(f"{sale}/lines/1", json={"spec": {"unit": "pallet"}}).json()
    assert wrong["code"] == "catalog.unknown_unit"


@pytest.mark.req("R7")
def test_a_set_meal_says_what_of_it_is_sold_out(shop: Shop, serving: Callable[[], Client]):
    """Each choice has its stock, and is blocked as a leaf of the picker: also by an open sale."""
    shop.receive("CAKE", 1_000, 900)
    with serving() as api:
        api.post("/api/v1/session", json={"staff": "A"})

        def choices() -> dict[str, tuple[int | None, str]]:
            slots = api.get("/api/v1/items/SET").json()["slots"]
            return {
                one["sku"]: (one["available_milli"], one["blocked"])
                for slot in slots
                for one in slot["choices"]
            }

        assert choices()["CAKE"] == (1_000, "")
        assert choices()["BUN"] == (0, "sold_out")
        sale = begun(api)
        chosen = {"点心": ["CAKE"], "饮品": ["TEA-M"]}
        api.post(f"{sale}/lines", json={"sku": "SET", "choices": chosen})
        assert choices()["CAKE"] == (0, "sold_out")


def test_a_command_given_twice_is_done_once(api: Client):
    """A repeated Idempotency-Key gets the first answer, also when the sale has ended since."""
    key = {"Idempotency-Key": "scan-1"}
    sale = begun(api)
    first = api.post(f"{sale}/scan", json={"code": COLA}, headers=key)
    again = api.post(f"{sale}/scan", json={"code": COLA}, headers=key)
    assert first.json() == again.json()
    key = {"Idempotency-Key": "pay-1"}
    paid = api.post(f"{sale}/pay/cash", json={"tendered_minor": 350}, headers=key)
    repeated = api.post(f"{sale}/pay/cash", json={"tendered_minor": 350}, headers=key)
    assert paid.json() == repeated.json()
    assert paid.json()["state"] == "completed"
    assert len(paid.json()["payments"]) == 1


def test_a_refusal_is_a_problem_document(api: Client):
    """Refusals carry the kernel's stable code and its words, and change nothing."""
    sale = begun(api)
    answer = api.post(f"{sale}/scan", json={"code": "6901234567891"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "scan.check_digit"
    assert api.get("/api/v1/sales/nope").json()["code"] == "sale.unknown"
    assert api.get(sale).json()["lines"] == []
    assert api.post(f"{sale}/scan", json={"kode": COLA}).json()["code"] == "input.invalid"


def test_a_refusal_carries_the_values_of_its_words(api: Client):
    """Who says it in another language gets the figures by name, not out of a sentence."""
    sale = begun(api)
    api.post(f"{sale}/scan", json={"code": COLA})
    asked = {"tender": "card", "name": "Bank", "amount_minor": 400}
    answer = api.post(f"{sale}/pay/record", json=asked).json()
    assert answer["code"] == "tender.exceeds_due"
    assert answer["values"] == {"tendered_minor": 400, "due_minor": 350}


def test_the_page_may_live_from_updates(api: Client):
    """Whatever changes a sale is told to everybody who listens, as the whole sale."""
    with api.websocket_connect("/api/v1/live?register=") as updates:
        sale = begun(api)
        assert updates.receive_json()["type"] == "snapshot"
        begun_update = updates.receive_json()
        scanned = api.post(f"{sale}/scan", json={"code": COLA}).json()
        update = updates.receive_json()
    assert begun_update["type"] == update["type"] == "sale"
    assert update["body"] == scanned


def test_a_sale_that_ended_before_the_program_began_says_how(serving: Callable[[], Client]):
    """Asked for an old sale the till names its receipt, to programs too; it is not unknown."""
    with serving() as before:
        before.post("/api/v1/session", json={"staff": "A"})
        sale = begun(before)
        before.post(f"{sale}/lines", json={"sku": "COLA"})
        before.post(f"{sale}/pay/cash", json={"tendered_minor": 350})
    with serving() as after:
        after.post("/api/v1/session", json={"staff": "A"})
        answer = after.post(f"{sale}/pay/cash", json={"tendered_minor": 350})
    assert (answer.status_code, answer.json()["code"]) == (409, "api.sale_ended")
    assert "receipt 1" in answer.json()["detail"]
    assert (answer.json()["state"], answer.json()["number"]) == ("completed", 1)
