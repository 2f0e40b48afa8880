"""Messages that pass never lie over the button that takes the money."""

import pytest

WATER = "6900000000106"
SIZES = [(1024, 600), (1366, 768), (1920, 1080), (390, 844)]


@pytest.mark.parametrize("size", SIZES)
def test_no_message_covers_the_pay_button(till, size):
    """On the selling screen, in the cart of a phone and while paying."""
    register = till(size=size)
    page = register.page
    register.scan(WATER)
    page.wait_for_selector(".line", state="attached")
    if size[0] < 800:
        page.click(".cart-bar")
    page.click(".line-top")
    page.click(".line-acts .button:has-text('Void')")
    page.wait_for_selector(".toast")
    register.scan(WATER)
    register.total(200)
    assert free(page, ".cart .pay")
    page.click(".cart .pay")
    page.wait_for_selector(".paying")
    assert page.locator(".toast").count() > 0
    assert free(page, ".cash > .pay")
    assert free(page, ".due b")


def test_what_a_sheet_is_refused_is_told_in_front_of_it(till):
    """A message that comes while a sheet is open stands on it, and can be touched."""
    register = till()
    page = register.page
    register.scan(WATER)
    register.total(200)
    page.click(".cart-head [aria-label='More for this sale']")
    page.fill(".sheet input", "NOT-A-COUPON")
    page.click(".sheet form .primary")
    page.click(".sheet .toast.bad .button")
    page.wait_for_selector(".toast", state="detached")
    page.wait_for_selector(".sheet")


def free(page, path: str) -> bool:
    """Return whether what is at five points of a part is the part itself, or in it."""
    return page.locator(path).evaluate(
        """(part) => {
          const box = part.getBoundingClientRect();
          const at = (x, y) => document.elementFromPoint(box.left + x * box.width,
            box.top + y * box.height);
          return [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].every(([x, y]) =>
            part.contains(at(x, y)));
        }"""
    )
