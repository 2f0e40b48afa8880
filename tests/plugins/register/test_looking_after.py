"""What a manager looks after under More: plugins and their settings, devices, paired screens."""

import tomllib

import pytest

from cashwrap.demo import people

MANAGER = people.MANAGER
TOUCHED = "button:visible, a:visible, input:visible, select:visible"
SMALL = """(seen) => seen.map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.width && (box.width < 44 || box.height < 44))
  .map(([box, one]) => `${one.className} ${one.textContent.trim()} ${box.width}x${box.height}`)"""

MANY = """
from pathlib import Path
from typing import Annotated, Literal
import msgspec
from msgspec import Meta
from cashwrap import hookimpl
from cashwrap.host.offers import Device, DeviceState

class Step(msgspec.Struct):
    spend_minor: Annotated[int, Meta(ge=0, title="From")] = 10_000
    points: Annotated[int, Meta(ge=1, le=40, title="Points")] = 10

class Settings(msgspec.Struct, forbid_unknown_fields=True):
    full: Annotated[int, Meta(ge=1, le=100, title="Stamps on a full card",
        description="Then a gift.", extra_json_schema={"x-zh": {"title": "集满几个"}})] = 10
    gift_minor: Annotated[int, Meta(ge=0, title="Worth of the gift",
        extra_json_schema={"x-unit": "minor"})] = 1_000
    printed: Annotated[bool, Meta(title="On the receipt")] = True
    how: Annotated[Literal["sale", "item"], Meta(title="Given for")] = "sale"
    name: Annotated[str, Meta(title="Name", min_length=2, max_length=20)] = "Card"
    shops: Annotated[list[str], Meta(title="Shops")] = []
    steps: Annotated[list[Step], Meta(title="Steps")] = []
    key: Annotated[str, Meta(title="Key", extra_json_schema={"x-secret": True})] = ""
    most: Annotated[int | None, Meta(title="At most a day")] = None

@hookimpl
def cashwrap_devices(own):
    def look():
        there = (own.folder / "plugged").exists()
        return DeviceState("ok", {"en": "ready"}) if there else DeviceState("lost", {"en": "gone"})
    return [Device(name="counter", kind="scale", title={"en": "Scale", "zh-CN": "秤"}, look=look)]
"""
MANIFEST = """
title = { en = "Many settings", "zh-CN" = "许多设置" }
settings = "plugin:Settings"
[needs]
hooks = ["cashwrap_devices"]
rights = ["devices"]
"""
WRITTEN = """
[plugins.many]
full = 12  # as in the leaflet
key = "k-17"
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The folder of the shop."""
    return tmp_path_factory.mktemp("many") / "shop"


@pytest.fixture(scope="module")
def address(serve, shop):
    """A demo shop with a plugin that has a setting of every kind, and a scale."""
    home = shop.parent / "many"
    home.mkdir()
    (home / "plugin.py").write_text(MANY)
    (home / "manifest.toml").write_text(MANIFEST)
    with serve(shop, [home], WRITTEN) as address:
        yield address


def below(till, name: str):
    """Go to a screen under More."""
    till.screen(4)
    till.page.click(f".settings .menu .button:has-text('{name}')")
    till.page.wait_for_selector(".sub-page")
    return till.page


def plugin(till, name: str):
    page = below(till, "Plugins")
    page.click(f".plugin-rows button:has-text('{name}')")
    page.wait_for_selector(".sub-page .facts")
    return page


def settings(till, name: str):
    page = plugin(till, name)
    page.click(".button:has-text('Settings')")
    page.wait_for_selector(".settings-form")
    return page


def written(shop) -> dict:
    return tomllib.loads((shop / "settings.toml").read_text("utf-8"))["plugins"]["many"]


def test_who_may_not_sees_everything_and_changes_nothing(register):
    """A cashier reads which plugins there are and how they do, not which screens are paired."""
    till = register().sign_in()
    page = plugin(till, "Many settings")
    page.wait_for_selector(".denied")
    assert page.locator(".sub-page .button").count() == 1  # the way back
    page = below(till, "Paired screens")
    page.wait_for_selector(".empty:has-text('A manager looks after')")
    assert page.locator(".toast, .paired").count() == 0
    assert till.faults == []


def test_a_plugin_is_set_aside_and_brought_back_with_the_managers_word(register):
    """Where the shop wants a word for it: the manager's PIN, and the list says how it stands."""
    till = register().sign_in(MANAGER)
    word = {"like": "cashier", "grants": {"plugins.manage": {"how": "approval"}}}
    assert till.page.request.put(f"{till.api}/staff/roles/cashier", data=word).ok
    till = register().sign_in()
    page = plugin(till, "Many settings")
    page.click(".button:has-text('Set aside')")
    page.click(".sheet .reason >> nth=0")
    page.click(".sheet-foot .button")
    till.approve()
    page.wait_for_selector(".badge.is-aside")
    page.wait_for_selector(".banner:has-text('slows the till down')")
    page.click(".button:has-text('Restore')")
    till.approve()
    page.wait_for_selector(".badge.is-active")
    assert till.faults == []


def test_settings_are_changed_in_a_form_and_stand_in_the_owners_file(register, shop):
    """Each kind of field; faults beside their fields; nothing else of the file is touched."""
    till = register().sign_in(MANAGER)
    page = settings(till, "Many settings")
    assert page.input_value("#at-full") == "12"
    page.fill("#at-full", "101")
    page.click(".settings-foot .primary")
    page.wait_for_selector(".field-fault:has-text('from 1 to 100')")
    page.fill("#at-full", "8")
    page.fill("#at-gift_minor", "12.50")
    page.click("#at-printed")
    page.click(".choice button:has-text('item')")
    page.fill("#at-name", "X")
    page.click(".setting.list:has-text('Shops') .button:has-text('Add one')")
    page.fill("[aria-label='Shops 1']", "S001")
    page.click(".setting.list:has-text('Steps') .button:has-text('Add one')")
    page.fill("[id='at-steps%5B0%5D.points']", "41")
    page.click(".settings-foot .primary")
    page.wait_for_selector(".field-fault:has-text('from 1 to 40')")
    page.fill("[id='at-steps%5B0%5D.points']", "20")
    page.click(".settings-foot .primary")
    page.wait_for_selector(".setting:has(#at-name) .field-fault")  # the till says that one
    page.fill("#at-name", "Club")
    page.click(".settings-foot .primary")
    page.wait_for_selector(".toast:has-text('Settings saved')")
    page.wait_for_selector(".banner:has-text('next starts')")
    assert written(shop) == {
        "full": 8,
        "key": "k-17",
        "gift_minor": 1250,
        "printed": False,
        "how": "item",
        "name": "Club",
        "shops": ["S001"],
        "steps": [{"points": 20}],
    }
    assert "# as in the leaflet" in (shop / "settings.toml").read_text("utf-8")
    assert till.faults == []


def test_settings_by_keyboard_alone_and_what_was_not_saved_waits(register, shop):
    """Tab, keys and Enter; leaving the screen loses nothing that was keyed in."""
    till = register("small").sign_in(MANAGER)
    page = settings(till, "Many settings")
    page.focus("#at-full")
    page.keyboard.press("Control+A")
    page.keyboard.type("9", delay=60)
    till.screen(0)
    page = settings(till, "Many settings")
    assert page.input_value("#at-full") == "9"
    page.focus("#at-full")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('Settings saved')")
    assert written(shop)["full"] == 9


def test_a_number_is_keyed_in_by_fingers_and_a_secret_is_never_shown(register, shop):
    """The pad of the till for numbers; a key is set anew or taken out, and read by nobody."""
    till = register().sign_in(MANAGER)
    page = settings(till, "Many settings")
    assert page.input_value("#at-key") == ""
    assert "k-17" not in page.content()
    page.click("[aria-label='Key in At most a day']")
    page.click(".sheet .key:has-text('7')")
    till.confirm()
    page.wait_for_selector(".sheet", state="detached")
    page.click("[aria-label='Remove Key']")
    page.click(".settings-foot .primary")
    page.wait_for_selector(".toast:has-text('Settings saved')")
    assert written(shop)["most"] == 7
    assert "key" not in written(shop)


def test_devices_are_looked_at_again(register, shop):
    """What was gone works again once it is plugged in, and says so."""
    till = register().sign_in()
    page = below(till, "Devices")
    page.click(".button:has-text('Look again')")
    page.wait_for_selector(".device.is-lost:has-text('gone')")
    (shop / "plugged").touch()
    page.click(".button:has-text('Look again')")
    page.wait_for_selector(".device.is-ok:has-text('ready')")
    assert till.faults == []


def test_a_screen_is_paired_and_thrown_out(register, address, browser):
    """The code lets one device in, the sheet closes by itself; revoked, its key ends."""
    till = register().sign_in(MANAGER)
    page = below(till, "Paired screens")
    page.wait_for_selector(".empty")
    page.click(".button:has-text('Pair a screen')")
    code = page.inner_text(".pairing-code output")
    assert page.locator(".pairing-square path").get_attribute("d")
    other = browser.new_context()
    base = address.split("?")[0]
    answer = other.request.post(f"{base}api/v1/pair", data={"code": code, "name": "Tablet"})
    assert answer.ok, answer.text()
    key = {"X-Cashwrap-Device": answer.json()["key"]}
    page.wait_for_selector(".toast:has-text('Tablet')")
    page.wait_for_selector(".sheet", state="detached")
    assert other.request.get(f"{base}api/v1/shop", headers=key).ok
    page.click(".paired:has-text('Tablet') .button:has-text('Throw out')")
    page.click(".sheet-foot .danger")
    page.wait_for_selector(".empty")
    assert other.request.get(f"{base}api/v1/shop", headers=key).status == 401
    other.close()
    assert till.faults == []


@pytest.mark.parametrize(
    ("size", "theme"), [("small", "light"), ("large", "dark"), ("phone", "dark")]
)
def test_these_screens_are_for_fingers_and_for_everybody(register, size, theme):
    """Targets of 44 px, nothing wider than the screen, and axe finds nothing serious."""
    till = register(size, "en", theme).sign_in(MANAGER)
    page, small, found = till.page, [], []

    def look():
        small.extend(page.locator(TOUCHED).evaluate_all(SMALL))
        found.extend(till.serious())
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

    for name in ("Plugins", "Devices", "Paired screens"):
        below(till, name)
        page.wait_for_selector(".rows li, .card, .empty")
        look()
    plugin(till, "Many settings")
    look()
    page.click(".button:has-text('Settings')")
    page.wait_for_selector(".settings-form")
    look()
    below(till, "Paired screens")
    page.click(".button:has-text('Pair a screen')")
    page.wait_for_selector(".pairing-code")
    look()
    assert small == []
    assert not found, "\n".join(found)
