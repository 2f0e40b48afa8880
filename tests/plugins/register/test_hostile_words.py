"""Words that want to be a program: shown as they are written, on every page, and run by none."""

import pytest

from cashwrap.demo import people

IMAGE = '<img src=x data-hostile onerror="window.hostile=1">'
BREAK = "\"'></td></b><script data-hostile>window.hostile=1</script>"
LINK = "javascript:window.hostile=1"
PLUGIN = f"""
from pathlib import Path
from cashwrap import hookimpl
from cashwrap.host.offers import Device, DeviceState, Page, Panel, Route
from cashwrap.receipt.model import Section, SectionRow

WORDS = {{"en": {IMAGE + BREAK!r}, "zh-CN": {BREAK + IMAGE!r}}}

@hookimpl
def cashwrap_pages():
    return [Page(name="files", title=WORDS, folder=Path(__file__).parent / "static")]

@hookimpl
def cashwrap_panels():
    return [Panel(name="hostile", title=WORDS, module="panel.js", place="more")]

@hookimpl
def cashwrap_routes():
    return [Route(method="GET", path="/words", gives=str, run=lambda call: "", summary=WORDS,
                  query={{"note": WORDS}})]

@hookimpl
def cashwrap_devices():
    look = lambda: DeviceState("ok", WORDS)
    return [Device(name="hostile", kind="scale", title=WORDS, look=look)]

@hookimpl
def cashwrap_receipt_sections(sale):
    return [Section(title=WORDS, rows=(SectionRow(WORDS, {LINK!r}),))]
"""
MANIFEST = f"""
title = {{ en = '''{IMAGE}''', "zh-CN" = '''{IMAGE}''' }}
summary = {{ en = '''{BREAK}''', "zh-CN" = '''{BREAK}''' }}
settings = "plugin:Settings"
[needs]
rights = ["routes", "pages", "devices", "receipt"]
"""
SETTINGS = f"""
from typing import Annotated
import msgspec

class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: Annotated[str, msgspec.Meta(title={IMAGE!r}, description={BREAK!r})] = {IMAGE!r}
"""
RULE = {
    "id": "hostile",
    "name": {"en": IMAGE, "zh-CN": IMAGE},
    "layer": "item",
    "benefit": {"kind": "each", "off": {"percent_ppm": 100_000}},
}
FOUND = """() => ({
  ran: window.hostile === 1,
  there: document.querySelectorAll("[data-hostile]").length,
  links: [...document.querySelectorAll("[href], [src], [action]")].filter((one) =>
    /^\\s*javascript:/i.test(one.getAttribute("href") || one.getAttribute("src") || "")).length,
})"""
CLEAN = {"ran": False, "there": 0, "links": 0}


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    """A demo shop with a plugin whose every word is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "hostile"
    (home / "static").mkdir(parents=True)
    (home / "plugin.py").write_text(SETTINGS + PLUGIN)
    (home / "manifest.toml").write_text(MANIFEST)
    (home / "static/panel.js").write_text("export function mount(at) { at.textContent = 'x'; }")
    with serve(folder / "shop", [home]) as address:
        yield address


@pytest.fixture
def till(register):
    """A register with the manager, after goods, groups and rules got hostile names."""
    till = register().sign_in(people.MANAGER)
    ask = till.page.request
    rows = [
        {"type": "item", "sku": "BAD", "name": IMAGE + BREAK, "price": "10.00", "plus": "90002"},
        {"type": "group", "code": "BAD", "name": IMAGE, "position": 1, "skus": "BAD"},
    ]
    sent = ask.post(f"{till.api}/catalog/rows?update=true", data={"rows": rows})
    assert sent.ok, sent.text()
    sent = ask.post(f"{till.api}/rules/publish", data={"rules": {"rules": [RULE]}})
    assert sent.ok, sent.text()
    till.page.reload()
    till.page.wait_for_selector(".selling")
    return till


def seen(page, words: str = "") -> None:
    """See that what is shown is words."""
    if words:
        page.get_by_text(words).first.wait_for()
    assert page.evaluate(FOUND) == CLEAN


def test_hostile_words_are_words_on_every_page(till):
    """Goods, groups, members, notes, reasons, rules, plugins, devices, receipts, the API's page."""
    page = till.page
    blocked = []
    page.on(
        "console", lambda told: "Content Security Policy" in told.text and blocked.append(told.text)
    )
    screen = page.context.new_page()
    screen.goto(page.url.split("?")[0] + "customer.html")
    page.click(f".groups button:has-text('{IMAGE[:8]}')")
    seen(page, "<img src=x")
    till.scan("90002")
    till.total(900)
    seen(page, "<img src=x")
    sale = till.get("/sales")[0]["id"]
    ask, at = page.request, f"{till.api}/sales/{sale}"
    assert ask.post(f"{at}/customer", data={"customer": "", "member": IMAGE}).ok
    assert ask.patch(f"{at}/lines/1", data={"note": BREAK}).ok
    assert ask.patch(at, data={"note": LINK}).ok
    page.reload()
    till.total(900)
    seen(page, "<img src=x")
    seen(screen, "<img src=x")
    till.paid()
    seen(screen)
    till.screen(2)
    page.click(".page-main .rows li button >> nth=0")
    seen(page, "<img src=x")
    held = ask.post(f"{till.api}/sales", data={}).json()["id"]
    at = f"{till.api}/sales/{held}"
    assert ask.post(f"{at}/lines", data={"sku": "BAD"}).ok
    assert ask.post(f"{at}/suspend", data={"reason": BREAK, "key": IMAGE, "note": LINK}).ok
    till.screen(1)
    seen(page, "<img src=x")
    assert blocked == []  # nothing was there to be stopped by the policy


def test_hostile_plugins_are_words_too(till):
    """Their titles, settings, panels and devices under More, and their routes on the API's page."""
    page = till.page
    for name in ("Plugins", "Devices"):
        till.screen(4)
        page.click(f".settings .menu .button:has-text('{name}')")
        seen(page, "<img src=x")
    till.screen(4)
    page.click(".settings .menu .button:has-text('Plugins')")
    page.click(".plugin-rows button:has-text('data-hostile')")
    seen(page, "</td>")
    page.click(".button:has-text('Settings')")
    seen(page, "<img src=x")
    page.goto(till.api + "/schema")
    seen(page, "<img src=x")
