"""Who uses the page: with a finger, with glasses, in the dark, on a small screen."""

import pytest

WATER = "6900000000106"
TOUCHED = "button:visible, a:visible, input:visible"
SMALL = """(seen) => seen.map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.width && (box.width < 44 || box.height < 44))
  .map(([box, one]) => `${one.className} ${one.textContent.trim()} ${box.width}x${box.height}`)"""


@pytest.mark.parametrize(
    ("size", "language", "theme"), [("small", "en", "light"), ("counter", "zh-CN", "dark")]
)
def test_axe_finds_nothing_serious(register, size, language, theme):
    """Signing in, selling, a sheet, paying, the receipt and the other screens."""
    till = register(size, language, theme)
    page = till.page
    page.wait_for_selector(".person")
    found = till.serious()
    till.sign_in()
    till.scan(WATER)
    till.total(200)
    page.click(".line-top")
    found += till.serious()
    page.keyboard.press("F4")
    page.wait_for_selector(".sheet")
    found += till.serious()
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="detached")
    page.keyboard.press("F9")
    page.wait_for_selector(".paying")
    found += till.serious()
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".done .paper:not(:empty)")
    found += till.serious()
    for screen in (1, 2, 3, 4):
        till.screen(screen)
        page.wait_for_selector(".page")
        found += till.serious()
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("size", ["small", "counter", "large", "phone"])
def test_everything_to_touch_is_large_enough(register, size):
    """No target is smaller than 44 px either way, and nothing is wider than the screen."""
    till = register(size).sign_in()
    page = till.page
    till.good("鲜肉包")
    page.wait_for_selector(".line, .cart-bar b:has-text('3.00')", state="attached")
    if size == "phone":
        page.click(".cart-bar")
    page.click(".line-top")
    small = page.locator(TOUCHED).evaluate_all(SMALL)
    page.click(".cart .pay")
    page.wait_for_selector(".paying")
    small += page.locator(TOUCHED).evaluate_all(SMALL)
    assert small == []
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".done")
