"""Panels that fail, in every way there is: the register sells."""

from pathlib import Path

import pytest

WATER = "6900000000106"

BROKEN = """
from pathlib import Path
from cashwrap import hookimpl
from cashwrap.host.offers import Page, Panel

PLACES = {"at_import": "pay", "at_mount": "cart", "on_sale": "cart", "touched": "cart",
          "huge": "cart", "later": "done", "slow": "member", "endless": "member"}

@hookimpl
def cashwrap_pages():
    return [Page(name="files", title={"en": "Files"}, folder=Path(__file__).parent / "static")]

@hookimpl
def cashwrap_panels():
    return [Panel(name=name, title={"en": name}, module=f"{name}.js", place=place)
            for name, place in PLACES.items()]
"""
MODULES = {
    "at_import": "throw new Error('cannot be imported');",
    "at_mount": "export function mount() { throw new Error('cannot be mounted'); }",
    "on_sale": """export function mount(element, till) {
        element.textContent = 'watching';
        till.onSale((sale) => { if (sale?.lines.length) sale.lines[0].quantity_milli = 9; }); }""",
    "touched": """export function mount(element) {
        element.innerHTML = '<button class="button">touch me</button>';
        element.firstChild.onclick = () => { throw new Error('touched'); }; }""",
    "huge": """export function mount(element) {
        element.innerHTML = `<style>* { color: red } .huge { position: fixed; inset: 0;
          z-index: 99; background: red; height: 9000px; width: 9000px }</style>
          <div class="huge">huge</div>`; }""",
    "later": "export async function mount(element, till) { await till.own('GET', '/nowhere'); }",
    "endless": """export function mount(element, till) { till.onSale((sale) => sale?.lines.length &&
        till.call('PATCH', `/sales/${sale.id}/lines/1`,
                  { quantity: String(sale.lines[0].quantity_milli / 1000 + 1) })); }""",
    "slow": """export function mount(element, till) { till.onSale(() => {
        const until = performance.now() + 60; while (performance.now() < until); }); }""",
}
OFFERED = """async (wanted) => {
  for (let left = 100; left; left -= 1) {
    const panels = await (await fetch("/api/v1/panels")).json();
    if (panels.some((one) => one.name === "at_mount") === wanted) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("it never was"); }"""
MANIFEST = '[needs]\nhooks = ["cashwrap_pages", "cashwrap_panels"]\nrights = ["pages"]\n'


def broken(folder: Path) -> Path:
    """A plugin whose panels do all that goes wrong."""
    home = folder / "broken"
    (home / "static").mkdir(parents=True)
    (home / "plugin.py").write_text(BROKEN)
    (home / "manifest.toml").write_text(MANIFEST)
    for name, text in MODULES.items():
        (home / "static" / f"{name}.js").write_text(text)
    return home


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    """A demo shop with a plugin whose panels all fail."""
    folder = tmp_path_factory.mktemp("broken")
    with serve(folder / "shop", [broken(folder)]) as address:
        yield address


def test_the_register_sells_while_panels_fail(register):
    """What throws is taken out with a word; nothing covers what the cashier needs."""
    till = register("small").sign_in()
    page = till.page
    page.wait_for_selector(".panel-out:has-text('at_mount')")
    till.scan(WATER)
    till.total(200)  # and no panel changed the sale
    page.wait_for_selector(".panel-out:has-text('on_sale')")
    page.click(".at-cart .plugin-panel button:has-text('touch me')")
    page.wait_for_selector(".panel-out:has-text('touched')")
    box, screen = page.locator(".at-cart").bounding_box(), page.viewport_size
    assert box["height"] <= 120
    assert page.locator(".cart .pay").bounding_box()["y"] < screen["height"] - 60
    red = "getComputedStyle(document.querySelector('.cart .pay')).color"
    assert page.evaluate(red) != "rgb(255, 0, 0)"
    till.paid()
    faults = {one["name"]: one["faults"] for one in till.get("/plugins")}
    assert faults["broken"] >= 4


def test_a_panel_that_was_taken_out_can_be_loaded_again(register):
    """One touch loads it anew; one that only asked for what there is not stays, and says so."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    page.wait_for_selector(".panel-out:has-text('on_sale')")
    page.click(".panel-out .button")
    page.wait_for_selector(".panel-out:has-text('on_sale')")
    page.keyboard.press("F9")
    page.wait_for_selector(".at-pay .panel-out:has-text('at_import')")
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".done .plugin-panel form, .done .plugin-panel", state="attached")
    page.wait_for_selector(".toast.bad")
    assert page.locator(".done .panel-out").count() == 0
    page.keyboard.press("Enter")


def test_a_slow_panel_is_taken_out(register):
    """One whose calls take too long is let go after some of them."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    page.keyboard.press("F4")
    page.wait_for_selector(".sheet")
    page.wait_for_timeout(150)
    page.evaluate("""async () => {
      const { state, update } = await import("/js/store.js");
      for (let at = 0; at < 22; at += 1) {
        update({ sale: { ...state.sale } });
        await new Promise((frame) => requestAnimationFrame(() => setTimeout(frame, 80)));
      }}""")
    page.wait_for_selector(".sheet .panel-out:has-text('slow')")
    page.keyboard.press("Escape")
    till.paid()


def test_a_panel_that_changes_the_sale_without_end_is_stopped(register):
    """The cashier's own acts are done all the same."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    page.wait_for_selector(".line-count")
    page.keyboard.press("F4")
    page.wait_for_selector(".sheet .panel-out:has-text('endless')")
    page.keyboard.press("Escape")
    count = int(page.inner_text(".line-count"))
    till.scan(WATER)
    page.wait_for_selector(f".line-count:has-text('{count + 1}')")
    till.paid()


def test_a_panel_that_keeps_failing_is_offered_no_more(register):
    """After three times the till leaves it out of the page; what works stays."""
    till = register().sign_in()
    page = till.page
    for _ in range(3):
        page.wait_for_selector(".at-cart .plugin-panel", state="attached")
        page.wait_for_load_state("networkidle")  # the till was told
        page.reload()
    page.evaluate(OFFERED, False)
    assert "huge" in {one["name"] for one in till.get("/panels")}
    page.reload()
    page.wait_for_selector(".at-cart .plugin-panel", state="attached")
    assert page.locator(".panel-out").all_inner_texts() == []
