"""The rest of a cashier's day on the page: codes, returns, the drawer, another language."""

from cashwrap.demo.people import MANAGER, PINS

WATER = "6900000000106"


def test_a_payment_code_is_scanned_without_touching_anything(register):
    """On the paying screen what the scanner reads is the customer's code."""
    till = register().sign_in()
    till.scan(WATER)
    till.total(200)
    till.page.keyboard.press("F9")
    till.page.wait_for_selector(".paying")
    till.scan("134567890123456789")
    till.page.wait_for_selector(".done")
    assert till.faults == []


def test_goods_come_back_by_the_receipts_number(register):
    """The lines of the receipt are offered, and the money goes back to who paid."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    till.paid()
    till.screen(2)
    page.click(".rows button >> nth=0")
    page.click(".paper-side .button.primary")
    page.click(".sheet .button:has-text('Everything')")
    page.click(".sheet .reason >> nth=0")
    till.confirm()
    till.total(-200)
    page.keyboard.press("F9")
    page.click(".taking .pay")
    page.wait_for_selector(".done-change b:has-text('2.00')")
    page.keyboard.press("Enter")


def test_a_shift_from_its_float_to_its_z(register):
    """Open with a float, pay in, close blind, count, and read the Z."""
    till = register().sign_in(MANAGER)
    page = till.page
    till.screen(3)
    page.keyboard.type("500", delay=60)
    page.click(".page .pay")
    page.wait_for_selector(".selling")
    till.screen(3)
    page.click(".tile >> nth=0")
    page.keyboard.type("20", delay=60)
    page.fill(".sheet .field input", "change")
    till.confirm()
    page.wait_for_selector(".toast:has-text('20.00')")
    page.click(".tile >> nth=5")
    page.click(".page .button:has-text('Count')")
    page.fill(".count input >> nth=0", "5")
    till.confirm()
    page.wait_for_selector(".steps .over")
    page.click(".page .button:has-text('Close with Z')")
    page.wait_for_selector(".sheet .paper")
    assert "500.00" in page.locator(".sheet .paper").inner_text()
    page.keyboard.press("Escape")
    assert till.faults == []


def test_the_language_changes_while_the_page_is_open(register):
    """Every word changes at once, and the cart stays."""
    till = register("counter", "en").sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    till.screen(4)
    page.click(".choice button:has-text('中文')")
    screens = page.locator(".rail").inner_text().split()[:5]
    assert screens == ["销售", "取单", "小票", "班次", "更多"]
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    till.screen(0)
    till.total(200)
    till.paid()


def test_a_sale_with_the_keyboard_alone(register):
    """Sign in, find goods, change the quantity, pay, next customer: no mouse."""
    page = register().page
    page.wait_for_selector(".person")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").endswith("Cashier"):
            break
    name = page.evaluate("document.activeElement.querySelector('strong').textContent")
    page.keyboard.press("Enter")
    page.keyboard.type(PINS[name], delay=60)
    page.keyboard.press("Enter")
    page.wait_for_selector(".selling")
    page.keyboard.press("F2")
    page.keyboard.type("油条", delay=80)
    page.wait_for_selector(".good[title='油条']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".line")
    page.keyboard.press("F3")
    page.keyboard.type("4", delay=60)
    page.keyboard.press("Enter")
    page.wait_for_selector(".cart [data-total='1000']", state="attached")
    page.keyboard.press("F9")
    page.wait_for_selector(".paying")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    page.keyboard.press("Enter")
    page.wait_for_selector(".selling")


def test_the_customers_screen_follows_the_cart(register):
    """The second screen says what was rung up, what is to pay, and thanks."""
    till = register().sign_in()
    screen = till.page.context.new_page()
    screen.goto(till.page.url.split("?")[0] + "customer.html?register=")
    screen.wait_for_selector(".idle")
    till.page.bring_to_front()
    till.scan(WATER)
    till.total(200)
    screen.wait_for_selector(".side b:has-text('2.00')")
    till.paid()
    screen.wait_for_selector("text=Thank you")


def test_training_is_marked_and_leaves_nothing_behind(register):
    """The banner stands on every screen; what was rung up there is gone afterwards."""
    till = register().sign_in(MANAGER)
    page = till.page
    till.screen(4)
    page.click("button:has-text('Practise')")
    page.wait_for_selector(".training")
    till.scan(WATER)
    till.total(200)
    till.paid()
    assert page.locator(".training").count() == 1
    till.screen(4)
    page.click("button:has-text('End training')")
    page.wait_for_selector(".training", state="detached")
    page.wait_for_selector(".lines .empty")
    assert till.faults == []


def test_a_sale_is_paid_in_two_ways(register):
    """A part by card, the rest in cash; each stands among the payments."""
    till = register().sign_in()
    page = till.page
    for count in (1, 2):
        till.scan(WATER)
        till.total(200 * count)
    page.keyboard.press("F9")
    page.click(".way:has-text('Code')")
    page.fill(".part input", "1.50")
    till.scan("284567890123456789")
    page.wait_for_selector(".payments .paid:has-text('1.50')")
    page.click(".way:has-text('Cash')")
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".done")
    page.keyboard.press("Enter")


def test_a_payment_in_doubt_is_told_with_what_to_do_and_ends_by_itself(register):
    """No other tender is offered meanwhile; when the terminal answers, the sale is paid once."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    page.keyboard.press("F9")
    page.click(".way:has-text('Card')")
    page.click(".taking .pay")
    page.wait_for_selector(".doubt .steps li")
    assert page.locator(".taking .ways, .quick").count() == 0
    page.wait_for_selector(".done", timeout=30_000)
    assert page.locator(".done-change").inner_text().split() == ["Paid", "¥2.00"]
    page.keyboard.press("Enter")
