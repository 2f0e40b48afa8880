"""Finished sales searched in pages, and what a shopkeeper asks at the till."""

from collections.abc import Callable

import pytest

from cashwrap.api import finding
from cashwrap.staff.people import DeviceOwner
from cashwrap.testing.shop import Shop

Sold = Callable[..., int]


@pytest.fixture
def sold(api) -> Sold:  # type: ignore[no-untyped-def]
    """Sell something in cash; return its receipt's number."""

    def sell(sku: str = "COLA", count: int = 1, member: str = "") -> int:
        sale = api.post("/api/v1/sales", json={}).json()["id"]
        at = f"/api/v1/sales/{sale}"
        api.post(f"{at}/lines", json={"sku": sku, "quantity": count})
        if member:
            api.post(f"{at}/customer", json={"customer": "", "member": member})
        done = api.post(f"{at}/pay/cash", json={"tendered_minor": 100_000}).json()
        return int(done["number"])

    return sell


def numbers(api, **asked: object) -> list[int]:  # type: ignore[no-untyped-def]
    """Return the numbers of all that a search finds, page by page."""
    found: list[int] = []
    before = 0
    for _ in range(100):
        page = api.get("/api/v1/receipts/search", params={**asked, "before": before}).json()
        found += [row["number"] for row in page["rows"]]
        before = page["next"]
        if not before:
            return found
    raise AssertionError("the pages do not end")


def test_receipts_are_found_by_number_amount_member_goods_and_staff(api, sold) -> None:  # type: ignore[no-untyped-def]
    """All that people remember of a sale finds it; what nobody sold finds nothing."""
    one, two, three = sold("COLA"), sold("CAKE", 2), sold("COLA", 3, member="M-77")
    assert numbers(api) == [three, two, one]
    assert numbers(api, query=str(two)) == [two]
    assert numbers(api, query="3.5") == numbers(api, query="3.50") == [one]
    assert numbers(api, query="m-77") == [three]
    assert numbers(api, query="CAKE") == [two]
    assert numbers(api, query="nobody sold this") == []
    assert numbers(api, staff="A") == [three, two, one]
    assert numbers(api, staff="B") == numbers(api, type="return") == []


def test_many_receipts_come_in_pages_without_a_gap(api, sold, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """However few are looked at in one go, each stands on one page, the newest first."""
    monkeypatch.setattr(finding, "SLICE", 2)
    made = [sold("COLA", 1 + at % 3) for at in range(9)]
    assert numbers(api, limit=4) == made[::-1]
    assert numbers(api, limit=1, query="3.50") == made[::3][::-1]


def test_receipts_of_a_day_are_found_under_those_of_later_days(api, sold, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    """A day that is long ago is found without walking through all that came after it."""
    days: dict[int, list[int]] = {}
    for _ in range(4):
        day = api.get("/api/v1/shop").json()["day"]
        days[day] = [sold(), sold()]
        shop.clock.jump(86_400_000)
    for day, made in days.items():
        assert numbers(api, day=day) == made[::-1]
        rows = api.get("/api/v1/receipts", params={"day": day}).json()
        assert [row["number"] for row in rows] == made[::-1]
    assert numbers(api, day=20010101) == []


def test_a_row_says_what_became_of_its_sale(api, sold) -> None:  # type: ignore[no-untyped-def]
    """Returned in part, returned whole, reversed, printed again: each stands on the row."""
    part, void, copied = sold("CAKE", 2), sold(), sold()
    sale = api.post("/api/v1/sales", json={}).json()["id"]
    lines = [{"line": 1, "quantity": 1}]
    quote = api.post(f"/api/v1/receipts/{part}/quote", json={"lines": lines}).json()
    back = api.post(f"/api/v1/sales/{sale}/returns", json={"receipt": part, "lines": lines}).json()
    assert back["due_minor"] == -quote["refund_minor"] == -2200
    api.post(f"/api/v1/sales/{sale}/refund", json={"to": "cash"})
    reversal = api.post(f"/api/v1/receipts/{void}/post-void", json={"reason": "mistake"}).json()
    api.post(f"/api/v1/receipts/{copied}/reprint", json={"gift": True})
    rows = {one["number"]: one for one in api.get("/api/v1/receipts/search").json()["rows"]}
    assert (rows[part]["returns"], rows[part]["returned_whole"]) == (1, False)
    assert rows[void]["voided_by"] == reversal["number"]
    assert rows[copied]["copies"] == 1
    code = api.get(f"/api/v1/receipts/{copied}").json()["document"]["lookup"]
    found = api.get("/api/v1/lookup/receipt", params={"code": code}).json()
    assert found["number"] == copied


def test_the_takings_of_a_day_need_the_right_to_see_what_a_drawer_holds(serving, shop) -> None:  # type: ignore[no-untyped-def]
    """A cashier is refused, a manager sees them by tender."""
    owner = DeviceOwner("test")
    shop.till.staff.enroll("boss", "Boss", role="manager", pin="9035", by=owner)
    shop.till.staff.enroll("ana", "Ana", role="cashier", pin="4711", by=owner)
    with serving() as api:
        api.post("/api/v1/session", json={"staff": "ana", "pin": "4711"})
        assert api.get("/api/v1/reports/takings").json()["code"] == "staff.denied"
        api.post("/api/v1/session", json={"staff": "boss", "pin": "9035"})
        sale = api.post("/api/v1/sales", json={}).json()["id"]
        api.post(f"/api/v1/sales/{sale}/lines", json={"sku": "COLA"})
        api.post(f"/api/v1/sales/{sale}/pay/cash", json={"tendered_minor": 350})
        seen = api.get("/api/v1/reports/takings").json()["totals"]
        assert seen["takings"] == [{"kind": "cash", "amount_minor": 350}]


def test_pages_of_one_browser_have_a_session_at_each_register(serving, shop) -> None:  # type: ignore[no-untyped-def]
    """The page says where it stands; another register's session does not answer for it."""
    with serving() as api:
        here = {"X-Cashwrap-Register": "R%31"}
        assert api.get("/api/v1/session", headers=here).status_code == 401
        api.post("/api/v1/session", json={"staff": "A"})
        assert api.get("/api/v1/session", headers=here).status_code == 401
        assert api.get("/api/v1/session").json()["staff"] == "A"


def test_a_receipt_is_found_by_the_number_of_its_payment(api, sold) -> None:  # type: ignore[no-untyped-def]
    """Who lost the paper shows the wallet: ours and the provider's number find the sale."""
    sold("CAKE")
    sale = api.post("/api/v1/sales", json={}).json()["id"]
    api.post(f"/api/v1/sales/{sale}/lines", json={"sku": "COLA"})
    done = api.post(f"/api/v1/sales/{sale}/pay/card", json={}).json()
    (payment,) = done["payments"]
    number = int(done["number"])
    sold("BUN")
    assert payment["provider_id"]
    assert numbers(api, query=payment["provider_id"]) == [number]
    assert numbers(api, query=f" {payment['id']} ") == [number]
    assert numbers(api, query=payment["id"][:-1]) == []
