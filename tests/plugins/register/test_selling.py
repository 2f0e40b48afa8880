"""Selling on the page: scan, choose, change, suspend, pay; with the real till behind it."""

import pytest

from cashwrap.demo.people import EARLY, MANAGER

LONG_NAME, LONG_PLU = "云南高原有机小番茄礼盒装顺丰冷链当日采摘" * 3, "90001"
WATER = "6900000000106"  # 2.00, a case of 24 for 42.00
FOUND = ".goods:not(:has(.groups)) .good:nth-child(12)"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", ["small", "counter", "large"])
def test_a_sale_from_the_scanner_to_the_receipt(register, size, language):
    """Three scans anywhere on the page, cash with change, and the receipt is shown."""
    till = register(size, language).sign_in()
    for count in (1, 2, 3):
        till.scan(WATER)
        till.total(200 * count)
    till.page.keyboard.press("F9")
    till.page.wait_for_selector(".paying")
    till.page.keyboard.type("10", delay=60)
    till.page.keyboard.press("Enter")
    till.page.wait_for_selector(".done-change b:has-text('4.00')")
    till.page.wait_for_selector(".paper:has-text('6.00')")
    till.page.keyboard.press("Enter")
    till.page.wait_for_selector(".selling")
    assert till.faults == []


@pytest.mark.req("R6")
def test_the_picker_shows_price_and_stock_and_closes_what_is_sold_out(register):
    """Each variant says what it costs; one that cannot be made has no way to be picked."""
    till = register().sign_in()
    till.group("茶饮咖啡")
    till.good("珍珠奶茶")
    till.page.wait_for_selector(".chip:has-text('13.00')")
    assert till.page.locator(".chip:disabled:has-text('大杯')").inner_text().endswith("Sold out")
    till.page.click(".chip:has-text('去冰')")
    till.confirm()
    till.line("珍珠奶茶 中杯 去冰").wait_for()


@pytest.mark.req("R7")
def test_a_set_meal_is_taken_only_with_every_slot_filled(register):
    """The button stays closed and names the slot until it has what it needs."""
    till = register().sign_in()
    till.group("茶饮咖啡")
    till.good("双人下午茶")
    till.page.wait_for_selector(".sheet .chip:focus")
    assert till.page.locator(".sheet-foot .primary").is_disabled()
    assert "点心" in till.page.locator(".sheet-foot").inner_text()
    for slot in range(2):
        for choice in range(2):
            till.page.click(f".slot >> nth={slot} >> .chip >> nth={choice}")
    till.confirm()
    till.total(3900)


@pytest.mark.req("R8")
def test_a_piece_becomes_a_case_in_the_cart(register):
    """The unit of a line is chosen where it stands, with the price of each; undo takes it back."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    page.locator(".line-top").click()
    page.click(".line-acts .button:has-text('Sell by')")
    page.wait_for_selector(".sheet .chip[aria-pressed=true]:focus")
    page.click(".sheet .chip:has-text('42.00')")
    till.total(3800)  # 4 off 40
    assert page.locator(".line").count() == 1
    page.click(".foot-acts .button:has-text('Undo')")
    till.total(200)


@pytest.mark.req("R7")
@pytest.mark.req("R8")
def test_what_fills_a_set_meal_is_changed_in_the_cart(register):
    """The meal's own choices stand chosen, and what a choice costs more is charged."""
    till = register().sign_in()
    page = till.page
    till.group("茶饮咖啡")
    till.good("双人下午茶")
    for slot in range(2):
        for choice in range(2):
            page.click(f".slot >> nth={slot} >> .chip >> nth={choice}")
    till.confirm()
    till.total(3900)
    page.locator(".line-top").first.click()
    page.click(".line-acts .button:has-text('Spec')")
    page.wait_for_selector(".sheet .chip[aria-pressed=true]")
    assert page.locator(".sheet .chip[aria-pressed=true]").count() == 4
    page.click(".slot >> nth=0 >> .chip:has-text('+¥1.00')")
    till.confirm()
    till.total(3600)  # 40.00, and 4 off 40


@pytest.mark.req("R8")
def test_a_line_becomes_another_size_in_the_cart_and_back(register):
    """The line stays where it is with its note; undo brings the first size back."""
    till = register().sign_in()
    page = till.page
    till.group("茶饮咖啡")
    till.good("茉莉奶绿")
    page.wait_for_selector(".chip:has-text('12.00')")
    till.confirm()
    till.total(1200)
    till.line("茉莉奶绿").locator(".line-top").click()
    page.click(".line-acts .button:has-text('Spec')")
    page.click(".chip:has-text('少冰')")
    till.confirm()
    page.wait_for_selector(".line:has-text('茉莉奶绿 中杯 少冰')")
    assert page.locator(".line").count() == 1
    page.keyboard.press("Control+z")
    page.wait_for_selector(".line:has-text('茉莉奶绿 中杯 热')")


def test_the_stock_of_goods_is_told_place_by_place(register):
    """A long press on goods, or the line's button, says where there is how much."""
    till = register().sign_in()
    till.page.click(".good[title='鲜肉包']", button="right")
    sheet = till.page.locator(".sheet")
    sheet.get_by_text("On hand").or_(sheet.get_by_text("No stock is kept")).first.wait_for()
    assert "3.00" in sheet.inner_text()


@pytest.mark.req("R4")
def test_groups_are_put_in_the_shops_own_order(register):
    """A group that is moved down stays there after a new start of the page."""
    till = register().sign_in(MANAGER)
    page = till.page
    before = page.locator(".groups button").all_inner_texts()
    till.screen(4)
    page.click("button:has-text('Arrange groups')")
    page.click(".arranged li >> nth=0 >> .button >> nth=1")
    till.confirm()
    page.wait_for_selector(".arranged", state="detached")
    page.reload()
    page.wait_for_selector(".page, .groups")
    till.screen(0)
    page.wait_for_selector(".groups")
    after = page.locator(".groups button").all_inner_texts()
    assert after == [before[1], before[0], *before[2:]]
    till.screen(4)
    page.wait_for_selector(".page")
    page.click("button:has-text('Arrange groups')")
    page.click(".sheet-foot .button:has-text('Reset')")
    page.wait_for_selector(".arranged", state="detached")


@pytest.mark.req("R5")
def test_a_name_of_sixty_characters_is_read_whole(register):
    """Nothing of a long name is cut: the cart's line wraps it within its width."""
    till = register("small").sign_in()
    till.scan(LONG_PLU)
    till.total(100)
    name = till.page.locator(".line-name")
    assert name.inner_text() == LONG_NAME
    assert name.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    till.paid()


@pytest.mark.req("R5")
def test_nothing_is_cut_on_goods_or_above_the_cart_of_a_small_screen(register):
    """More goods than fit make the list longer, not each of them lower."""
    till = register("small").sign_in()
    till.page.keyboard.press("F2")
    till.page.keyboard.type("zznc", delay=60)
    till.page.wait_for_selector(FOUND)
    till.page.wait_for_load_state("networkidle")  # the last letter has its answer
    for part in (".good-name", ".cart-head button", ".member span"):
        for one in till.page.locator(f"{part}:visible").all():
            wider = one.evaluate("(one) => one.scrollWidth - one.clientWidth")
            higher = one.evaluate("(one) => one.scrollHeight - one.clientHeight")
            assert wider <= 1, (part, one.inner_text())
            assert higher < 8, (part, one.inner_text())  # less than half a line


@pytest.mark.req("R6")
def test_variants_are_picked_by_keyboard(register):
    """Enter on what was found opens the choices, the first of them at hand; Escape goes back."""
    till = register("small").sign_in()
    page = till.page
    page.keyboard.press("F2")
    page.keyboard.type("zznc", delay=60)
    page.wait_for_selector(FOUND)
    page.keyboard.press("Enter")
    page.wait_for_selector(".good:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet .chip[data-first]:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="detached")
    page.keyboard.press("Escape")
    page.wait_for_selector(".groups")


@pytest.mark.req("R23")
@pytest.mark.req("R27")
def test_a_sale_is_suspended_with_a_reason_and_brought_back_with_one_touch(register):
    """The till is free at once; the held sale says why it waits, and comes back as it was."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    page.keyboard.press("F6")
    page.click(".reason:has-text('On the phone')")
    page.fill(".sheet .field >> nth=0 >> input", "13800001111")
    till.confirm()
    page.wait_for_selector(".lines .empty")
    page.keyboard.press("F7")
    card = page.locator(".card:has-text('13800001111')")
    assert "On the phone" in card.inner_text()
    card.locator(".button.primary").click()
    till.total(200)
    till.paid()


@pytest.mark.req("R24")
@pytest.mark.req("R25")
@pytest.mark.req("R26")
def test_a_card_puts_the_cart_aside_and_brings_it_back(register):
    """On the page of held sales a scanned card suspends the cart under it, then restores it."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.scan(WATER)
    till.total(400)
    page.keyboard.press("F7")
    page.wait_for_selector(".page .empty, .page .card")
    till.scan("88002244")
    page.wait_for_selector(".card:has-text('88002244')")
    till.scan("88002244")
    till.total(400)
    till.paid()


def test_a_price_needs_the_managers_pin_over_the_cashiers_session(register):
    """The cashier stays signed in; one PIN of the manager lets one price through."""
    till = register().sign_in()
    page = till.page
    till.good("鲜肉包")
    till.total(300)
    till.line("鲜肉包").locator(".line-top").click()
    page.click(".line-acts .button:has-text('Price')")
    page.keyboard.type("1", delay=60)
    page.click(".sheet .reason >> nth=0")
    till.confirm()
    till.approve()
    till.total(100)
    assert page.locator(".line s").count() == 1
    till.paid()


def test_why_this_price_is_told_in_words(register):
    """Every promotion that counted is named with what it took off which goods."""
    till = register().sign_in()
    page = till.page
    for _ in range(4):
        till.good("三明治 火腿蛋")
    page.wait_for_selector(".saved")
    page.click(".saved")
    page.wait_for_selector(".rule li:has-text('三明治 火腿蛋')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="detached")
    till.paid()


def test_a_second_search_takes_the_place_of_the_first(register):
    """Goods stay found after one of them is taken; F2 again begins another search."""
    till = register().sign_in()
    page = till.page
    for typed, goods in (("yt", "油条"), ("cb", "菜包")):
        page.keyboard.press("F2")
        page.keyboard.type(typed, delay=80)
        page.wait_for_selector(f".goods:not(:has(.groups)) .good[title='{goods}']")
        till.good(goods)
        till.line(goods).wait_for()
    till.paid()


def test_goods_are_found_by_name_pinyin_and_the_tail_of_a_code(register):
    """What is typed slowly is a search; one thing found is chosen with Enter."""
    till = register().sign_in()
    page = till.page
    for typed in ("油条", "yt"):
        page.keyboard.press("F2")
        page.keyboard.type(typed, delay=80)
        page.wait_for_selector(".good[title='油条']")
        page.keyboard.press("Escape")
    page.keyboard.press("F2")
    page.keyboard.type("3x", delay=80)
    page.keyboard.press("Enter")
    till.good("油条")
    page.wait_for_selector(".line-count:has-text('3')")
    till.paid()


def test_the_first_screen_is_drawn_on_a_machine_that_paints_late(browser, address):
    """What the till answers before the first paint is not lost: the page never stays empty."""
    window = browser.new_context(reduced_motion="reduce")
    window.add_init_script("""
      window.requestAnimationFrame = () => 0;
      const soon = window.setTimeout;
      window.setTimeout = (does, ms, ...rest) => soon(does, ms > 0 ? ms + 60_000 : ms, ...rest);
    """)
    page = window.new_page()
    page.goto(address)
    page.wait_for_selector(f".person:has-text('{EARLY}')", timeout=10_000)
    window.close()


def test_what_another_program_adds_to_the_sale_is_seen_at_once(register):
    """A scale, a phone or a plugin that works on the sale of this register: nobody reloads."""
    till = register().sign_in()
    till.scan("6900000000106")
    till.total(200)
    sale = till.page.request.get(f"{till.api}/sales").json()[-1]["id"]
    line = {"sku": "B001", "quantity": 2}
    assert till.page.request.post(f"{till.api}/sales/{sale}/lines", data=line).ok
    till.total(800)
    till.scan("6900000000106")
    till.total(1000)
    assert till.faults == []
