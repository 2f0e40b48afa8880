"""What plugins show in the cashier's page: where it stands, and what it may do."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WATER = "6900000000106"
MEMBER = "13800001111"


EVERYWHERE = """
from pathlib import Path
from typing import get_args
from cashwrap import hookimpl
from cashwrap.host.offers import Page, Panel, Place

@hookimpl
def cashwrap_pages():
    return [Page(name="files", title={"en": "Files"}, folder=Path(__file__).parent / "static")]

@hookimpl
def cashwrap_panels():
    return [Panel(name=place, title={"en": "Spot"}, module="spot.js", place=place)
            for place in get_args(Place)]
"""
SPOT = """
export function mount(element, till) {
  const stop = till.onSale((sale) => {
    element.textContent = `spot ${sale ? sale.lines.length : "none"} ${till.language()}`; });
  window.mounted = (window.mounted || 0) + 1;
  return () => { stop(); window.mounted -= 1; };
}
"""
MANIFEST = '[needs]\nhooks = ["cashwrap_pages", "cashwrap_panels"]\nrights = ["pages"]\n'


def everywhere(folder: Path) -> Path:
    """A plugin with a panel in every place."""
    home = folder / "everywhere"
    (home / "static").mkdir(parents=True)
    (home / "plugin.py").write_text(EVERYWHERE)
    (home / "manifest.toml").write_text(MANIFEST)
    (home / "static/spot.js").write_text(SPOT)
    return home


def written(folder: Path) -> Path:
    """The plugin of docs/panels.md, put into files as its reader does."""
    text = (ROOT / "docs/panels.md").read_text("utf-8").partition("## Where it stands")[0]
    names = re.findall(r"`(parking/[\w./]+\.\w+)`", text)
    blocks = re.findall(r"^```\w+\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(names) == len(blocks) == 5
    for name, block in zip(names, blocks, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, "utf-8")
    return folder / "parking"


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    """A demo shop with the plugin of the page, the example, and one in every place."""
    folder = tmp_path_factory.mktemp("panels")
    stamps = ROOT / "docs/examples/stamp_card"
    settings = '\n[plugins.stamp_card]\nfull = 1  # soon\ngift = "Mug"\n'
    plugins = [written(folder), stamps, everywhere(folder)]
    with serve(folder / "shop", plugins, settings) as address:
        yield address


def two_waters(till) -> None:
    """Ring up a sale of 4.00."""
    for total in (200, 400):
        till.scan(WATER)
        till.total(total)


def member(till, code: str = MEMBER) -> None:
    till.page.keyboard.press("F4")
    till.page.fill(".sheet input", code)
    till.confirm()
    till.page.wait_for_selector(f".member.on:has-text('{code}')")


def test_a_plugin_of_the_devices_folder_works_from_end_to_end(register, address):
    """Settings, routes, page and panel of the worked example: a ticket is given and found."""
    till = register().sign_in()
    page = till.page
    two_waters(till)
    page.keyboard.press("F9")
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".done .plugin-panel form")
    page.fill(".done .plugin-panel input", "ab 123")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('AB 123: 2 h')")
    assert page.locator(".done").is_visible()  # Enter in a panel is no next customer
    page.locator(".done-main > .button").click()
    page.goto(f"{address.split('?')[0]}plugins/parking/")
    page.fill("input", "AB 123")
    page.click("button")
    page.wait_for_selector("output:has-text('2 h')")
    assert till.faults == []


def test_a_members_stamps_stand_under_the_cart(register):
    """They are the member's who buys; a full card has a button for its gift."""
    till = register(language="zh-CN").sign_in()
    page = till.page
    till.good("三明治 火腿蛋")
    till.total(1200)
    member(till)
    page.wait_for_selector(".at-cart .stamps:has-text('0 / 1')")
    till.paid()
    till.scan(WATER)
    till.total(200)
    assert page.locator(".at-cart .stamps").count() == 0
    member(till)
    page.click(".at-cart .stamps .button:has-text('换礼品 · Mug')")
    page.wait_for_selector(".toast:has-text('礼品已兑换')")
    page.wait_for_selector(".at-cart .stamps:has-text('0 / 1')")
    till.paid()
    assert till.faults == []


def test_a_panel_stands_in_each_place_and_goes_with_its_screen(register, address):
    """Under the cart, beside paying, after it, with the member, under More, for the customer."""
    till = register().sign_in()
    page = till.page
    shown = page.context.new_page()
    shown.goto(f"{address.split('?')[0]}customer.html?register=")
    page.wait_for_selector(".at-cart .plugin-panel:has-text('spot none en')")
    till.scan(WATER)
    page.wait_for_selector(".at-cart .plugin-panel:has-text('spot 1 en')")
    shown.wait_for_selector(".at-customer .plugin-panel:has-text('spot 1 en')")
    page.keyboard.press("F4")
    page.wait_for_selector(".sheet .plugin-panel:has-text('spot 1')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="detached")
    assert page.evaluate("window.mounted") == 1
    till.screen(4)
    page.click(".settings .menu .button:has-text('Spot')")
    page.wait_for_selector(".at-more .plugin-panel:has-text('spot 1')")
    assert page.evaluate("window.mounted") == 1
    page.keyboard.press("F9")
    page.wait_for_selector(".at-pay .plugin-panel:has-text('spot 1')")
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".at-done .plugin-panel:has-text('spot 1')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".at-cart .plugin-panel:has-text('spot none')")
    assert page.evaluate("window.mounted") == 1
    assert till.faults == []


def test_files_of_pages_are_never_of_before_an_update(register):
    """Browsers ask each time, and are told in a word where they have the file already."""
    till = register()
    address = till.api.replace("api/v1", "plugins/stamp_card/panel.js")
    first = till.page.request.get(address)
    assert first.headers["cache-control"] == "no-cache"
    has = {"If-None-Match": first.headers["etag"]}
    again = till.page.request.get(address, headers=has)
    assert (again.status, again.body()) == (304, b"")
    other = till.page.request.get(address, headers={"If-None-Match": '"of-before"'})
    assert other.status == 200
    assert other.body() == first.body()


def test_panels_are_there_in_training_too(register):
    """Their calls go to the till that is practised on."""
    till = register("counter", "en").sign_in()
    page = till.page
    till.screen(4)
    page.click(".button:has-text('Practise')")
    page.wait_for_selector(".training")
    till.scan(WATER)
    page.wait_for_selector(".at-cart .plugin-panel:has-text('spot 1')")
    member(till)
    page.wait_for_selector(".at-cart .stamps")
    till.paid()
    till.screen(4)
    page.click(".button:has-text('End training')")
    page.wait_for_selector(".training", state="detached")
    assert till.faults == []


def test_a_panel_follows_language_and_appearance(register):
    """It is mounted anew in the other language; its colours are those of the dark."""
    till = register(language="en").sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    member(till)
    page.wait_for_selector(".at-cart .stamps:has-text('Stamp card')")
    ink = "getComputedStyle(document.querySelector('.at-cart .plugin-panel')).color"
    light = page.evaluate(ink)
    till.screen(4)
    page.click(".choice button:has-text('中文')")
    page.click(".choice button:has-text('深色')")
    till.screen(0)
    page.wait_for_selector(".at-cart .stamps:has-text('集点卡')")
    assert page.evaluate(ink) != light
    till.paid()


def test_a_scan_never_ends_in_a_field_of_a_panel(register):
    """The code goes to the till; what stood in the field stays."""
    till = register().sign_in()
    page = till.page
    two_waters(till)
    page.keyboard.press("F9")
    page.click(".quick .button >> nth=0")
    page.fill(".done .plugin-panel input", "XY")
    page.locator(".done .plugin-panel input").press_sequentially(WATER, delay=1)
    page.keyboard.press("Enter")
    till.total(200)
    till.paid()


def test_axe_finds_nothing_serious_in_panels(register):
    """Light and dark, with a panel under the cart and one after paying."""
    for theme in ("light", "dark"):
        till = register("counter", "en", theme).sign_in()
        two_waters(till)
        member(till)
        till.page.wait_for_selector(".at-cart .stamps")
        found = till.serious()
        till.page.keyboard.press("F9")
        till.page.click(".quick .button >> nth=0")
        till.page.wait_for_selector(".done .plugin-panel form")
        found += till.serious()
        till.page.keyboard.press("Enter")
        assert not found, "\n".join(found)
