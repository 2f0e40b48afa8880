"""How the selling side is seen: by people who see badly, and on every screen without a cut."""

import pytest

WATER, YOGHURT = "6900000000106", "6900000000724"
WIDER = """(parts) => parts.filter((one) => one.clientWidth
  && (one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1))
  .map((one) => one.className)"""


def test_axe_finds_nothing_serious_in_the_sheets_of_selling(till, scale, kit):
    """The scale, the goods, the gifts, the member, the order, and the customer's screen."""
    register = till()
    page, found = register.page, []
    for _ in range(11):
        register.scan(WATER)
    register.scan(YOGHURT)
    register.total(2890)
    for opens in (
        "[title='红富士苹果']",
        ".hint.gift",
        ".member",
        ".line-top",
    ):
        page.click(opens)
        page.wait_for_selector(".sheet, .line-acts")
        found += register.serious()
        page.keyboard.press("Escape")
        page.wait_for_selector(".sheet", state="detached")
    page.click("[title='馒头']", button="right")
    page.wait_for_selector(".places")
    found += register.serious()
    screen = page.context.new_page()
    screen.goto(page.url.split("?")[0] + "customer.html")
    screen.wait_for_selector(".newest")
    found += kit.register(screen).serious()
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("size", [(1024, 600), (1366, 768), (1920, 1080), (390, 844)])
def test_nothing_of_the_cart_is_wider_than_its_place(till, size):
    """Savings, hints, gifts and sums stay within the cart on every screen."""
    register = till(size=size)
    page = register.page
    for _ in range(11):
        register.scan(WATER)
    register.scan(YOGHURT)
    register.total(2890)
    if size[0] < 800:
        page.click(".cart-bar")
    parts = ".savings, .savings > *, .cart-foot, .cart-foot > *, .line, .cart-head"
    assert page.locator(parts).evaluate_all(WIDER) == []
    page.click(".cart .pay")
    page.wait_for_selector(".paying")
    parts = ".taking > *, .cash > *, .bought li, .paying-side > *"
    assert page.locator(parts).evaluate_all(WIDER) == []
