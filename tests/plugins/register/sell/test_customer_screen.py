"""The second screen: a shop's own face, the cart as it grows, the codes to scan, and back again."""

import pytest

WATER, YOGHURT = "6900000000106", "6900000000724"


def customer(register, size=(1024, 600)):
    page = register.page.context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.set_default_timeout(20_000)
    page.goto(register.page.url.split("?")[0] + "customer.html")
    return page


@pytest.mark.parametrize(("language", "welcome"), [("en", "Welcome"), ("zh-CN", "欢迎光临")])
def test_the_customer_sees_the_cart_grow_the_saving_and_the_receipt(till, language, welcome):
    """From the shop's name over each line to the change and the code of the receipt."""
    register = till(language=language)
    screen = customer(register)
    screen.wait_for_selector(f".idle:has-text('{welcome}')")
    assert "邻里便利店" in screen.locator(".idle").inner_text()
    register.scan(WATER)
    screen.wait_for_selector(".newest:has-text('矿泉水')")
    for _ in range(2):
        register.scan(YOGHURT)
    screen.wait_for_selector("[data-due='1235']")
    screen.wait_for_selector(".saved:has-text('3.45')")
    register.page.keyboard.press("F9")
    register.page.click(".quick .button >> nth=1")
    screen.wait_for_selector(".side.paid")
    code = screen.wait_for_selector(".square svg").get_attribute("data-code")
    assert code.startswith("https://receipt.example/r#")
    assert register.page.locator(".done .square.link svg").get_attribute("data-code") == code


def test_the_screen_comes_back_by_itself_with_what_happened_meanwhile(till):
    """A screen that lost the till shows that, joins again, and has the cart as it is then."""
    register = till()
    joined = []
    register.page.context.route_web_socket(
        "**/live**", lambda socket: joined.append((socket, socket.connect_to_server()))
    )
    screen = customer(register)
    screen.wait_for_selector(".idle")
    register.scan(WATER)
    screen.wait_for_selector("[data-due='200']")
    socket, server = joined[-1]
    server.close()
    socket.close()
    screen.wait_for_selector(".unlinked-dot")
    register.scan(WATER)
    screen.wait_for_selector("[data-due='400']")
    screen.wait_for_selector(".unlinked-dot", state="detached")
    assert len(joined) > 1


def test_a_member_is_shown_to_the_queue_by_the_ends_of_the_number_only(till):
    """Who stands behind reads no phone number."""
    register = till()
    screen = customer(register)
    register.scan(WATER)
    register.page.keyboard.press("F4")
    register.page.fill(".sheet input", "13800001111")
    register.confirm()
    screen.wait_for_selector(".member:has-text('138••••1111')")
    assert "13800001111" not in screen.locator("body").inner_text()


@pytest.mark.parametrize("size", [(390, 844), (1024, 600)])
def test_a_long_name_leaves_room_for_the_rest_on_the_customers_screen(till, size):
    """A name takes three lines at most, and more of the line than its prices."""
    register = till()
    screen = customer(register, size)
    screen.wait_for_selector(".idle")
    register.page.keyboard.press("F2")
    register.page.keyboard.type("云南高原", delay=30)
    register.page.click(".good >> nth=0")
    screen.wait_for_selector(".newest:has-text('云南高原')")
    measure = """([of, per]) => [of.clientWidth, of.clientHeight / parseFloat(
      getComputedStyle(of).fontSize), per.clientWidth]"""
    line = screen.query_selector(".newest")
    wide, lines, whole = screen.evaluate(measure, [line.query_selector("span"), line])
    assert lines <= 1.6 * 3
    assert wide > whole / 2


def test_cash_that_was_rounded_is_shown_as_it_was_given(till):
    """What cashier and customer read is the money that lay on the counter, not the total before."""
    register = till()
    screen = customer(register)
    for _ in range(3):
        register.scan(YOGHURT)
    register.total(1725)
    register.page.keyboard.press("F9")
    register.page.click(".quick .button:has-text('17.20')")
    register.page.wait_for_selector(".done-change:has-text('17.20')")
    screen.wait_for_selector(".side.paid .amount:has-text('17.20')")
    register.page.reload()
    register.page.wait_for_selector(".done-change:has-text('17.20')")
    assert register.faults == []
