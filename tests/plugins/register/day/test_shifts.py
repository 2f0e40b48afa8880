"""The drawer on the page: handed over, shared, counted by tender, and its reports printed again."""

from cashwrap.demo.people import EARLY, MANAGER


def opened(first, float_minor: str = "300") -> None:
    """Open a shift with a float."""
    page = first.page
    first.screen(3)
    page.wait_for_selector(".page .pay")
    page.keyboard.type(float_minor, delay=60)
    page.click(".page .pay")
    page.wait_for_selector(".selling")
    first.screen(3)


def counted(first, cash: str, slips: str = "") -> None:
    """Hand in a count: pieces of the largest note, and what the slips of WeChat come to."""
    page = first.page
    page.click(".page .button:has-text('Count')")
    page.fill(".count input >> nth=0", cash)
    if slips:
        page.fill(".count.slip input >> nth=0", slips)
    first.confirm()


def test_a_tray_is_taken_along_and_another_register_shares_a_drawer(till):
    """A suspended shift goes on at another register; one more register joins it, and leaves."""
    first = till("R1", who=MANAGER)
    page = first.page
    opened(first)
    page.click(".tile:has-text('Take the tray along')")
    page.wait_for_selector(".shift-card:has-text('Suspended')")
    second = till("R2", who=EARLY, window=page.context)  # of the same browser, its own session
    second.screen(3)
    second.page.click(".shift-card .button:has-text('Resume')")
    second.page.wait_for_selector(".facts:has-text('R2')")
    page.bring_to_front()
    first.screen(0)
    first.screen(3)
    page.click(".shift-card .button:has-text('Join')")
    page.wait_for_selector(".facts:has-text('R1, R2'), .facts:has-text('R2, R1')")
    page.click(".tile:has-text('Leave the drawer')")
    page.wait_for_selector(".page .pay")
    second.page.bring_to_front()
    second.page.click(".tile:has-text('Close blind')")
    counted(second, "3")
    second.page.click(".page .button:has-text('Close with Z')")
    if second.page.locator(".sheet .pin").count():
        second.approve()
    second.page.wait_for_selector(".sheet .paper:has-text('Z REPORT')")
    assert first.faults == second.faults == []


def test_a_count_outlives_a_reload_and_tells_over_and_short_by_tender(till, sell):
    """Nothing expected is shown before the count; then each tender has its difference."""
    first = till("R3")
    page = first.page
    opened(first)
    first.screen(0)
    sell(first, 1, "R3")
    first.screen(3)
    page.click(".tile:has-text('Close blind')")
    page.wait_for_selector(".banner:has-text('not shown')")
    page.click(".page .button:has-text('Count')")
    page.fill(".count input >> nth=0", "3")
    page.keyboard.press("Enter")
    page.keyboard.type("1")  # the next note: a fifty
    page.fill(".count.slip input >> nth=0", "12.50")
    page.reload()
    page.wait_for_selector(".count input")
    page.wait_for_selector("[data-counted='35000']")
    first.confirm()
    page.wait_for_selector(".over-short tr:has-text('Cash'):has-text('+¥48.00')")
    page.wait_for_selector(".over-short tr:has-text('WeChat'):has-text('+¥12.50')")
    page.click(".page .button:has-text('Count again')")
    page.fill(".count input >> nth=0", "3")
    page.fill(".count input >> nth=5", "2")
    first.confirm()
    page.wait_for_selector(".over-short tr:has-text('Cash'):has-text('Exact')")
    page.click(".page .button:has-text('Close with Z')")
    page.wait_for_selector(".sheet .paper:has-text('302.00')")
    page.keyboard.press("Escape")
    page.click(".page .button:has-text('Z reports')")
    page.click(".rows button >> nth=0")
    page.wait_for_selector(".paper-side .paper:has-text('302.00')")
    page.click(".paper-side .choice button:has-text('中文')")
    page.wait_for_selector(".paper-side .paper:has-text('现金')")
    assert first.faults == []


def test_a_cashier_pays_out_with_reasons_and_beyond_a_limit_with_the_manager(till):
    """What was keyed in outlives a reload; no, a wrong PIN and the waiting are said."""
    first = till("R3", who=EARLY)
    page = first.page
    opened(first)
    page.click(".tile:has-text('Paid out')")
    page.keyboard.type("250", delay=60)
    page.click(".sheet .reason:has-text('Supplies')")
    page.reload()
    page.wait_for_selector(".entry:has-text('250.00')")
    first.confirm()
    page.wait_for_selector(".sheet .pin")
    page.click(".sheet .person:has-text('李强')")  # a cashier too: no right for it
    page.keyboard.type("5826", delay=60)
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet .wrong:has-text('not the right')")
    page.click(f".sheet .person:has-text('{MANAGER}')")
    page.keyboard.type("1357", delay=60)
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet .wrong:has-text('wrong')")
    page.keyboard.type("9035", delay=60)
    page.click(".sheet .button:has-text('Say no')")
    page.wait_for_selector(".sheet", state="detached")
    page.wait_for_selector(".tiles")
    page.click(".tile:has-text('Paid out')")
    page.keyboard.type("250", delay=60)
    page.click(".sheet .reason:has-text('Supplies')")
    first.confirm()
    first.approve()
    page.wait_for_selector(".toast:has-text('250.00')")
    page.click(".tile:has-text('Close blind')")
    counted(first, "1")
    page.wait_for_selector(".over-short")
    page.click(".page .button:has-text('Close with Z')")
    page.wait_for_selector(".sheet .pin, .sheet .paper")
    if page.locator(".sheet .pin").count():
        first.approve()
    page.wait_for_selector(".sheet .paper")
    assert first.faults == []
