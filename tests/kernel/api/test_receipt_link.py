"""The link to a receipt without paper, as a square code shows it."""

import pytest
from litestar.testing import TestClient

from cashwrap.api.app import make_app
from cashwrap.api.till_thread import TillThread
from cashwrap.errors import CashwrapError
from cashwrap.receipt.electronic import parse_link
from cashwrap.settings import parse_settings
from cashwrap.till import Till

PAGE = "https://shop.example/r"


def sold(api) -> int:
    sale = api.post("/api/v1/sales", json={}).json()["id"]
    api.post(f"/api/v1/sales/{sale}/lines", json={"sku": "COLA"})
    paid = api.post(f"/api/v1/sales/{sale}/pay/cash", json={"tendered_minor": 10_000})
    return paid.json()["number"]


def test_without_an_address_there_is_no_link(api):
    """A shop that has no page for receipts shows no code that leads nowhere."""
    number = sold(api)
    assert api.get(f"/api/v1/receipts/{number}/link").json() == {"link": ""}
    assert api.get(f"/api/v1/receipts/{number}/e-receipt").json()["link"] == ""


def test_the_link_leads_to_the_shops_page_and_names_the_receipt(shop):
    """The settings' address comes before the signed claim, which says what was paid."""
    shop.till.close()
    settings = shop.folder / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + f'\n[receipt]\nlink = "{PAGE}"\n', "utf-8")
    thread = TillThread(
        lambda: Till.open(
            shop.folder,
            plugins=False,
            clock=shop.clock,
            randomness=shop.randomness,
            witness=[],
        )
    )
    thread.start()
    try:
        with TestClient(make_app(thread, key="k" * 43, hosts=["testserver.local"])) as api:
            api.headers["X-Cashwrap-Device"] = "k" * 43
            api.post("/api/v1/session", json={"staff": "A"})
            link = api.get(f"/api/v1/receipts/{sold(api)}/link").json()["link"]
    finally:
        thread.stop()
    assert link.startswith(f"{PAGE}#")
    claim, _, _ = parse_link(link)
    assert (claim.seq > 0, claim.payable_minor) == (True, 350)


@pytest.mark.parametrize("link", ["http://shop.example", "https://a b", "https://a#b", "shop"])
def test_an_address_that_is_none_is_refused(link):
    """Only an https address without a fragment can carry the claim."""
    with pytest.raises(CashwrapError, match="link"):
        parse_settings(f'[receipt]\nlink = "{link}"\n')
