"""What a back office does over the API: goods, rules, stock, people, the journal, the doctor."""

import json
from collections.abc import Callable, Iterator
from time import sleep

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cashwrap.staff.people import DeviceOwner
from cashwrap.testing.shop import Shop

Client = TestClient[Litestar]
OWNER = DeviceOwner("opening")
OOLONG = b"sku,name,price\nOOLONG,\xe8\x8c\xb6,8.00\n"
HALF = {"kind": "each", "off": {"percent_ppm": 500_000}}
RULES = {"rules": [{"id": "half", "layer": "item", "benefit": HALF}]}


@pytest.fixture
def guarded(shop: Shop, serving: Callable[[], Client]) -> Iterator[Client]:
    """A client at a shop with accounts: an owner and a cashier; nobody is signed in."""
    shop.till.staff.enroll("O", "Ono", role="owner", pin="9035", by=OWNER)
    shop.till.staff.enroll("C", "Chen", role="cashier", pin="4711", by=OWNER)
    with serving() as client:
        yield client


def signed_in(api: Client, staff: str, pin: str) -> Client:
    assert api.post("/api/v1/session", json={"staff": staff, "pin": pin}).status_code == 200
    return api


def due_minor(api: Client, sku: str) -> int:
    sale = api.post("/api/v1/sales", json={}).json()["id"]
    added = api.post(f"/api/v1/sales/{sale}/lines", json={"sku": sku})
    assert added.status_code == 200, added.text
    return int(added.json()["due_minor"])


def test_a_catalog_is_uploaded_as_a_file(api: Client):
    """A CSV as `cashwrap import` takes it, in any of its encodings, is in force when answered."""
    upload = {"files": ("items.csv", OOLONG.decode().encode("gb18030"), "text/csv")}
    done = api.post("/api/v1/catalog/files?update=true", files=upload).json()
    assert api.get("/api/v1/catalog").json()["content_hash"] == done["content_hash"]
    assert api.get("/api/v1/items/OOLONG").json()["name"] == "茶"
    assert due_minor(api, "OOLONG") == 800


def test_a_catalog_is_refused_as_a_whole(api: Client):
    """Every problem is listed by its place, and nothing of it counts."""
    rows = [
        {"type": "item", "sku": "OOLONG", "name": "Tea", "price": "8.00"},
        {"type": "item", "sku": "ICE", "name": "Ice", "price": "cold"},
        {"type": "thing"},
    ]
    before = api.get("/api/v1/catalog").json()
    refused = api.post("/api/v1/catalog/rows?update=true", json={"rows": rows})
    assert (refused.status_code, refused.json()["code"]) == (422, "bulk.refused")
    assert {one["source"].split(":")[1] for one in refused.json()["issues"]} == {"2", "3"}
    assert api.get("/api/v1/catalog").json() == before
    checked = api.post("/api/v1/catalog/rows?update=true&check=true", json={"rows": rows[:1]})
    assert checked.json()["version"] == 0
    assert api.get("/api/v1/items/OOLONG").status_code == 404


def test_a_large_catalog_has_room(api: Client):
    """Goods of a whole chain are more than other bodies may be; those stay small."""
    note = "x" * (2 << 20)
    rows = [{"type": "item", "sku": "OOLONG", "name": "Oolong", "price": "8.00", "note": note}]
    refused = api.post("/api/v1/catalog/rows?update=true", json={"rows": rows})
    assert refused.json()["code"] == "bulk.refused"  # of the note, not of the size
    assert api.post("/api/v1/sales", json={"customer": note}).json()["code"] == "api.too_large"


def test_who_may_not_publish_stages_nothing(guarded: Client):
    """A cashier's upload is refused before it is read."""
    signed_in(guarded, "C", "4711")
    refused = guarded.post("/api/v1/catalog/rows", json={"rows": [{"type": "thing"}]})
    assert (refused.status_code, refused.json()["code"]) == (403, "staff.denied")


def test_rules_are_checked_published_and_taken_back(api: Client):
    """Faults are all told; what is published counts for the next sale, and goes away again."""
    price_minor = due_minor(api, "COLA")
    wrong = {"rules": [{"id": "half", "benefit": {"kind": "each", "off": {}}}, {"id": "half"}]}
    refused = api.post("/api/v1/rules/publish", json={"rules": wrong})
    assert refused.json()["code"] == "bulk.refused"
    assert len(refused.json()["issues"]) > 1
    checked = api.post("/api/v1/rules/check", json={"rules": RULES, "budget": 50})
    assert checked.status_code == 200, checked.text
    assert checked.json()["report"]["carts"] <= 50
    published = api.post("/api/v1/rules/publish", json={"rules": RULES}).json()
    assert due_minor(api, "COLA") == price_minor // 2
    shown = api.get(f"/api/v1/rules/{published['number']}").json()
    assert shown["rules"]["rules"][0]["benefit"]["off"]["percent_ppm"] == 500_000
    again = api.post("/api/v1/rules/check", json={"rules": shown["rules"], "budget": 1})
    assert again.status_code == 200
    later = api.post(
        "/api/v1/rules/publish", json={"text": json.dumps(RULES), "effective_at_ms": 2**50}
    )
    assert [one["number"] for one in api.get("/api/v1/rules").json()["planned"]] == [2]
    assert api.delete(f"/api/v1/rules/planned/{later.json()['number']}").json()["planned"] == []
    assert api.post("/api/v1/rules/rollback", json={}).json()["in_force"] is None
    assert due_minor(api, "COLA") == price_minor


def test_stock_comes_in_is_counted_and_goes(api: Client):
    """Documents move the books once, and a count stands beside what the books said then."""

    def on_hand_milli() -> int:
        rows = api.get("/api/v1/stock/COLA/balances").json()
        return sum(row["on_hand_milli"] for row in rows if row["location"].startswith("store:"))

    before = on_hand_milli()
    line = {"sku": "COLA", "quantity_milli": 24_000, "cost_minor": 4_800}
    note = {"document": "GR-1", "lines": [line], "source": "supplier:ACME"}
    key = {"Idempotency-Key": "receive"}
    first = api.post("/api/v1/stock/receive", json=note, headers=key).json()
    assert api.post("/api/v1/stock/receive", json=note, headers=key).json() == first
    assert on_hand_milli() == before + 24_000
    found = api.post("/api/v1/stock/count", json={"sku": "COLA", "counted_milli": 5_000}).json()
    assert found["book_milli"] == before + 24_000
    taken = {"document": "ST-1", "counts": [found], "reason": "year's end"}
    assert api.post("/api/v1/stock/stocktake", json=taken).status_code == 200
    assert on_hand_milli() == 5_000
    assert api.post("/api/v1/stock/stocktake", json=taken).json()["code"] == "stock.document_posted"
    (level,) = api.get("/api/v1/stock", params={"below_milli": 5_001}).json()["levels"]
    assert (level["sku"], level["on_hand_milli"]) == ("COLA", 5_000)
    assert api.get("/api/v1/stock", params={"below_milli": 5_000}).json()["levels"] == []
    assert api.get("/api/v1/stock", params={"after": "COLA"}).json()["levels"] == []
    promise = {"reservation": "W-1", "lines": [{"sku": "COLA", "quantity_milli": 2_000}]}
    api.post("/api/v1/reservations", json=promise)
    assert api.get("/api/v1/reservations").json()[0]["holds"][0]["quantity_milli"] == 2_000
    api.delete("/api/v1/reservations/W-1")
    assert api.get("/api/v1/reservations").json() == []


def test_people_are_looked_after(guarded: Client):
    """Accounts, roles and PINs change at once, for who manages staff."""
    api = signed_in(guarded, "O", "9035")
    new = {"code": "D", "name": "Dai", "role": "cashier", "pin": "7350"}
    assert api.post("/api/v1/staff", json=new).json()["active"] is True
    assert api.patch("/api/v1/staff/D", json={"role": "manager"}).json()["role"] == "manager"
    grants = {"sale.discount": {"how": "allowed", "limit": 50_000}}
    role = api.put("/api/v1/staff/roles/trainee", json={"grants": grants, "like": "cashier"})
    assert role.json()["grants"]["sale.discount"] == {"how": "allowed", "limit": 50_000}
    signed_in(api, "D", "7350")
    assert api.put("/api/v1/staff/me/pin", json={"old": "7350", "new": "2846"}).status_code == 204
    signed_in(api, "O", "9035")
    gone = api.patch("/api/v1/staff/D", json={"active": False, "reason": "left"})
    assert gone.json()["active"] is False
    refused = api.post("/api/v1/session", json={"staff": "D", "pin": "2846"})
    assert refused.json()["code"] == "staff.wrong_pin"
    assert "secret" not in api.get("/api/v1/staff").text


def test_the_journal_is_read_to_its_end(guarded: Client):
    """A vendor's program gets every record once, in order, without PINs' secrets."""
    signed_in(guarded, "C", "4711")
    assert guarded.get("/api/v1/journal").json()["code"] == "staff.denied"
    skipped = guarded.put("/api/v1/journal/cursors/erp", json={"seq": 3})
    assert skipped.json()["code"] == "staff.denied"
    api = signed_in(guarded, "O", "9035")
    seqs, after = [], 0
    while True:
        page = api.get("/api/v1/journal", params={"after": after, "limit": 7}).json()
        seqs += [one["seq"] for one in page["records"]]
        enrolled = [one["body"] for one in page["records"] if one["kind"] == "staff.enrolled"]
        assert all(body["secret"] is None for body in enrolled)
        after = page["next"]
        if after == page["head"]:
            break
    assert seqs == list(range(1, after + 1))
    moved = api.put("/api/v1/journal/cursors/erp", json={"seq": after}).json()
    assert moved == {"name": "erp", "seq": after, "behind": 0}
    assert api.get("/api/v1/journal/cursors/erp").json() == moved
    beyond = api.put("/api/v1/journal/cursors/erp", json={"seq": after + 100})
    assert beyond.json()["code"] == "input.invalid"


def test_the_doctor_works_beside_the_till(api: Client):
    """An examination is begun, goes on in a process of its own, and is answered when it is done."""
    assert api.get("/api/v1/doctor").json()["state"] == "never"
    begun = api.post("/api/v1/doctor?language=en", json={})
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    assert due_minor(api, "COLA") == 350  # meanwhile
    for _ in range(300):
        found = api.get("/api/v1/doctor").json()
        if found["state"] != "running":
            break
        sleep(0.1)
    assert found["state"] == "done"
    assert {"check": "store.readable", "level": "good"}.items() <= found["findings"][0].items()


def test_surcharges_quotes_and_papers(api: Client):
    """An order is charged for a bag, goods are priced unsold, a receipt goes without paper."""
    quoted = api.post("/api/v1/quote", json={"lines": [{"sku": "COLA", "quantity_milli": 2000}]})
    assert quoted.json()[0]["payable_minor"] == 700
    sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    api.post(f"{sale}/lines", json={"sku": "COLA"})
    bag = {"id": "bag", "name": "袋", "kind": "fixed", "value": 20}
    charged = api.post(f"{sale}/fees", json=bag).json()
    assert (charged["due_minor"], charged["fees"][0]["id"]) == (370, "bag")
    assert api.delete(f"{sale}/fees/bag").json()["due_minor"] == 350
    number = api.post(f"{sale}/pay/cash", json={"tendered_minor": 350}).json()["number"]
    paper = api.get(f"/api/v1/receipts/{number}/e-receipt", params={"base": "https://s.example/r"})
    assert paper.json()["link"].startswith("https://s.example/r#")
    assert paper.json()["receipt"]["totals"]["payable_minor"] == 350
    gift = api.get(f"/api/v1/receipts/{number}", params={"gift": True}).json()["document"]
    assert (gift["totals"], gift["lines"][0]["amount_minor"]) == (None, None)
    assert api.get("/api/v1/credits").json() == {"owed_minor": 0, "notes": []}
    assert api.get("/api/v1/coupons/C-1").json() is None
