"""A till whose settings want no page."""

import pytest

from cashwrap.demo import people


@pytest.fixture
def address(serve, tmp_path):
    """A demo shop without its register."""
    with serve(tmp_path / "shop", settings='\n[host]\ndisable = ["register"]\n') as address:
        yield address


def test_without_its_page_the_till_says_so_and_serves_its_api(register, address):
    """/ says in two languages what to do, and the API goes on."""
    page = register().page
    page.wait_for_selector("h1:has-text('No page is used on this till')")
    page.wait_for_selector("h1:has-text('没有启用网页')")
    api = address.split("?")[0] + "api/v1"
    who = {"register": "", "staff": people.EARLY, "pin": people.PINS[people.EARLY]}
    assert page.request.post(f"{api}/session", data=who).ok
    states = {one["name"]: one["state"] for one in page.request.get(f"{api}/plugins").json()}
    assert states["register"] == "disabled"
