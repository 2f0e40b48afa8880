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


@pytest.mark.parametrize("size", [(1024, 600), (390, 844)])
def test_how_many_to_choose_is_said_shortly_and_acts_of_a_line_stand_in_two_rows(till, size):
    """No group says 1 to 1; what is done with a line leaves room for the lines."""
    register = till(size=size)
    page = register.page
    page.click(".groups button:has-text('早餐面点')")
    page.click(".good[title='早餐套餐']")
    page.wait_for_selector(".slot legend:has-text('choose 1')")
    assert "to" not in page.locator(".slot legend >> nth=0").inner_text().split()
    page.keyboard.press("Escape")
    register.scan("6900000000106")
    if size[0] < 700:
        page.click(".cart-bar")
    page.click(".cart .line:has-text('矿泉水') .name, .cart .line:has-text('矿泉水')")
    page.wait_for_selector(".line-acts .stepper")
    tops = page.locator(".line-acts > *").evaluate_all(
        "(all) => all.map((one) => Math.round(one.getBoundingClientRect().top))"
    )
    assert len(set(tops)) <= 2
    assert register.faults == []
