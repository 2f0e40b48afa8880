"""Sales found again, suspended sales looked after, and what is asked at the till."""

import pytest

from cashwrap.demo.people import EARLY, MANAGER

WATER = "6900000000106"
IMPORT = """(rows) => fetch("/api/v1/catalog/rows?update=true", {
  method: "POST", body: JSON.stringify({rows}),
  headers: {"X-Cashwrap-Register": "R1", "Content-Type": "application/json"},
}).then((answer) => answer.status)"""


@pytest.mark.req("R10")
def test_held_sales_are_filtered_printed_and_cancelled_with_a_reason(till):
    """Each says why it waits and since when; a cancelled one is gone from the list."""
    first = till("R1", who=MANAGER)
    page = first.page
    for reason, key in ((0, "138-1"), (1, "138-2")):
        first.scan(WATER)
        first.total(200)
        page.keyboard.press("F6")
        page.click(f".sheet .reason >> nth={reason}")
        page.fill(".sheet .field input >> nth=0", key)
        first.confirm()
        page.wait_for_selector(".lines .empty")
    page.keyboard.press("F7")
    page.wait_for_selector(".card >> nth=1")
    page.click(".choice button:has-text('On the phone')")
    page.wait_for_selector(".card >> nth=1", state="detached")
    page.wait_for_selector(".card:has-text('138-1') .badge.doubt")  # its quote has run out
    page.click(".card .button:has-text('Slip')")
    page.wait_for_selector(".sheet .paper:has-text('H0')")
    page.keyboard.press("Escape")
    page.click(".card .button.danger")
    page.click(".sheet .reason:has-text('did not come back')")
    page.click(".sheet-foot .button.danger")
    page.wait_for_selector(".toast:has-text('cancelled')")
    page.wait_for_selector(".card:has-text('138-2')")
    page.click(".card .button.primary")
    first.total(200)
    first.paid()
    first.screen(4)
    page.click(".menu .button:has-text('Held sales')")
    page.wait_for_selector(".table:has-text('On the phone')")
    assert first.faults == []


def test_sales_are_found_by_amount_goods_number_and_code(till, sell, ask):
    """The list answers to what people remember of a sale; the scanner finds it wherever it is."""
    first = till("R1", who=MANAGER)
    page = first.page
    sell(first, 3)
    number = sell(first, 1)
    first.screen(2)
    page.wait_for_selector(".rows button >> nth=1")
    field = ".page-head input"
    page.fill(field, "6.00")
    page.wait_for_selector(f".rows button:has-text('#{number}')", state="detached")
    assert "6.00" in page.locator(".rows button >> nth=0").inner_text()
    page.fill(field, "矿泉水")
    page.wait_for_selector(f".rows button:has-text('#{number}')")
    page.fill(field, "no such thing")
    page.wait_for_selector(".empty:has-text('no such thing')")
    page.fill(field, str(number))
    page.wait_for_selector(f".rows button:has-text('#{number}')")
    page.fill(field, "")
    page.wait_for_selector(".rows button >> nth=1")
    first.scan(ask(first, f"/receipts/{number}")["document"]["lookup"])
    page.wait_for_selector(f".paper-side .paper:has-text('{number:06d}')")
    page.click(".choice button:has-text('Exchange')")
    page.wait_for_selector(".page-main .empty, .rows .badge:has-text('Exchange')")
    assert first.faults == []


def test_a_price_is_checked_without_selling(till):
    """The scanner shows price, codes and stock while the page is open; the cart stays empty."""
    first = till("R1", who=EARLY)
    page = first.page
    first.screen(4)
    assert page.locator(".menu .button:has-text('takings')").count() == 0  # not a cashier's
    page.click(".menu .button:has-text('Price check')")
    first.scan(WATER)
    page.wait_for_selector(".price-card:has-text('2.00'):has-text('6900000000106')")
    first.scan("6901234567892")
    page.wait_for_selector(".empty:has-text('not in the catalog')")
    first.screen(0)
    page.wait_for_selector(".lines .empty")
    assert first.faults == []


def test_the_takings_of_the_day_are_shown_to_who_may_see_them(till, sell):
    """By tender, net of what came back."""
    first = till("R1", who=MANAGER)
    page = first.page
    sell(first, 1)
    first.screen(4)
    page.click(".menu .button:has-text('takings')")
    page.wait_for_selector(".table tr:has-text('Cash')")
    page.click(".page-head .button:has-text('Back')")
    page.click(".menu .button:has-text('Returns')")
    page.wait_for_selector(".sub-page")
    assert first.faults == []


def test_a_payment_in_doubt_is_told_in_the_list_and_at_the_shift(till):
    """It stands in the list of sales of every register, with what to do, until it is known."""
    first = till("R2", who=MANAGER)
    page = first.page
    first.scan(WATER)
    first.total(200)
    page.keyboard.press("F9")
    page.click(".way:has-text('Card')")
    page.click(".taking .pay")
    page.wait_for_selector(".doubt .steps li")
    second = till("R1", who=EARLY, window=page.context)
    second.screen(2)
    second.page.wait_for_selector(".banner.doubt:has-text('R2')")
    page.bring_to_front()
    page.reload()
    page.wait_for_selector(".doubt .steps li, .done")
    page.wait_for_selector(".done", timeout=30_000)
    page.keyboard.press("Enter")
    assert first.faults == second.faults == []


def test_a_weight_that_was_keyed_in_outlives_a_reload(till):
    """The sheet is open again with what stood in it."""
    first = till("R1", who=EARLY)
    page = first.page
    first.group("水果")
    first.good("红富士苹果")
    page.wait_for_selector(".sheet")
    page.keyboard.type("1.25", delay=60)
    page.wait_for_selector(".entry:has-text('1.25')")
    page.reload()
    page.wait_for_selector(".entry:has-text('1.25')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".line-count:has-text('1.25')")
    page.reload()
    page.wait_for_selector(".line-count:has-text('1.25')")
    assert page.locator(".sheet").count() == 0
    first.paid()
    assert first.faults == []


def test_what_costs_something_else_on_its_return_is_told_line_by_line(till, ask):
    """The price rose while it waited: before, now, the difference, who suspended it and why."""
    first = till("R1", who=MANAGER)
    page = first.page
    first.good("可颂")
    first.total(800)
    page.keyboard.press("F6")
    page.click(".sheet .reason >> nth=0")
    first.confirm()
    page.wait_for_selector(".lines .empty")
    item = ask(first, "/items?query=可颂")["items"][0]
    taken = page.evaluate(IMPORT, [{"type": "price", "sku": item["sku"], "price": "9.50"}])
    assert taken == 200
    page.keyboard.press("F7")
    page.click(".card .button.primary")
    page.wait_for_selector(".sheet .table tr:has-text('可颂'):has-text('+¥1.50')")
    assert MANAGER in page.locator(".sheet .banner").inner_text()
    first.confirm()
    first.total(950)
    first.paid()
    assert first.faults == []


def test_a_day_is_chosen_in_the_language_of_the_register_not_of_the_browser(till, sell, ask):
    """Stepped through, typed or chosen in its month, by touch and by keys; never one to come."""
    first = till("R1", who=MANAGER)
    page = first.page
    number = sell(first, 1)
    today = str(ask(first, "/shop")["day"])
    first.screen(2)
    page.wait_for_selector(f".rows button:has-text('#{number}')")
    assert page.locator("input[type=date]").count() == 0
    page.click(".day-field .button:has-text('Every day')")
    assert page.locator(".month > span").all_inner_texts() == [
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ]
    sizes = page.locator(".month button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44
    for wrong in ("2025-02-30", "2999-01-01", "tomorrow"):
        page.fill(".sheet .field input", wrong)
        page.wait_for_selector(".sheet [role=status]:has-text('There is no such day')")
        assert page.locator(".sheet-foot .primary").is_disabled()
    page.fill(".sheet .field input", "2020/2/29")
    page.wait_for_selector(".month-head:has-text('February 2020')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".empty:has-text('No receipts on this day')")
    page.click("[aria-label='The day after']")
    page.wait_for_selector(".day-field:has-text('Mar 1, 2020')")
    page.click(".day-field .button:has-text('2020')")
    page.focus(".month [tabindex='0']")
    for key in ("ArrowLeft", "PageDown"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_selector(".day-field:has-text('Mar 29, 2020')")
    page.click(".day-field .button:has-text('2020')")
    page.click(".sheet-foot .button:has-text('Today')")
    page.wait_for_selector(f".rows button:has-text('#{number}')")
    assert page.locator("[aria-label='The day after']").is_disabled()
    page.click(".day-field .button >> nth=1")
    typed = page.locator(".sheet .field input").input_value()
    assert typed.replace("-", "") == today
    page.click(".sheet-foot .button:has-text('Every day')")
    page.wait_for_selector(".day-field:has-text('Every day')")
    assert first.faults == []


def test_price_check_says_what_to_do_and_that_nothing_was_found(till):
    """An empty page is no blank page."""
    first = till("R1", who=EARLY)
    page = first.page
    first.screen(4)
    page.click(".menu .button:has-text('Price check')")
    page.wait_for_selector(".empty:has-text('Waiting for a scan')")
    page.fill(".narrow-form input", "no such goods")
    page.wait_for_selector(".empty:has-text('no such goods')")
    page.fill(".narrow-form input", "矿泉水")
    page.wait_for_selector(".rows button:has-text('矿泉水')")
    assert page.locator(".empty").count() == 0
    assert first.faults == []


@pytest.mark.parametrize("size", [(1024, 600), (390, 844)])
def test_finding_sales_and_marked_down_goods_is_readable_on_small_screens(till, size):
    """What may be typed, and which kinds of sales there are, is not cut off; nothing is blank."""
    first = till("R1", who=MANAGER, size=size)
    page = first.page
    first.screen(2)
    page.click(".day-field .button")
    page.click(".sheet-foot .button:has-text('Today')")
    page.wait_for_selector("[aria-label='The day after']")
    wide = "(one) => one.scrollWidth - one.clientWidth"
    if size[0] > 1000:
        assert page.locator(".page-main .choice").evaluate(wide) == 0
    assert page.locator(".page-head input").evaluate("(one) => one.clientWidth") >= 240
    first.screen(4)
    page.click(".menu .button:has-text('Held sales report')")
    page.wait_for_selector(".sub-page .empty, .facts")
    first.screen(4)
    page.click(".menu .button:has-text('Markdowns')")
    page.wait_for_selector(".plugin-panel .empty p, .plugin-panel table")
    assert first.faults == []
