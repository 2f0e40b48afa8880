"""The till's program is killed while the page is open: nothing is lost, nothing is sold twice."""

from cashwrap.demo.people import EARLY, MANAGER

WATER = "6900000000106"


def newest(ask, first) -> int:
    """Return the number of the newest receipt, 0 where there is none."""
    rows = ask(first, "/receipts?limit=1")
    return rows[0]["number"] if rows else 0


def to_the_payment(ask, first) -> int:
    """Ring up a water and begin to take its money; return the number of the receipt before."""
    before = newest(ask, first)
    first.scan(WATER)
    first.total(200)
    first.page.keyboard.press("F9")
    first.page.wait_for_selector(".paying")
    return before


def test_what_is_paid_into_a_dead_till_is_paid_once_when_it_is_back(till, shop, again, ask):
    """The page says so, waits, asks who it is, and goes on with what was asked."""
    first = till()
    page = first.page
    before = to_the_payment(ask, first)
    shop.kill()
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".stalled")
    shop.start()
    page.wait_for_selector(".sign-in .banner")
    again(page, MANAGER)
    page.wait_for_selector(".done-change b:has-text('2.00')")
    assert newest(ask, first) == before + 1
    page.keyboard.press("Enter")
    assert first.faults == []


def test_a_payment_whose_answer_died_with_the_till_is_not_taken_again(till, shop, again, ask):
    """The same command is asked again under its id: the sale had ended, its receipt is shown."""
    first = till()
    page = first.page
    before = to_the_payment(ask, first)
    died = []

    def dies(route) -> None:
        if died:
            return route.continue_()
        died.append(route.fetch().status)  # it was paid
        shop.kill()
        return route.abort()

    page.route("**/pay/cash", dies)
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".stalled")
    assert died == [200]
    shop.start()
    again(page, MANAGER)
    page.wait_for_selector(".done")
    assert newest(ask, first) == before + 1
    page.reload()
    page.wait_for_selector(".done-change")  # the change is still to be given
    page.keyboard.press("Enter")
    page.wait_for_selector(".lines .empty")
    assert first.faults == []


def test_a_page_reloaded_while_the_till_is_dead_asks_again_under_the_same_id(
    till, shop, again, ask
):
    """What was keyed before the reload is done once after it."""
    first = till()
    page = first.page
    before = to_the_payment(ask, first)
    page.reload()
    page.wait_for_selector(".paying .quick")  # the reload came back to the payment
    shop.kill()
    page.click(".quick .button >> nth=0")
    page.wait_for_selector(".stalled")
    page.goto("about:blank")
    shop.start()
    page.goto(shop.address.split("?")[0])
    again(page, MANAGER)
    page.wait_for_selector(".done")
    assert newest(ask, first) == before + 1
    page.keyboard.press("Enter")


def test_codes_scanned_into_a_dead_till_are_all_there_for_the_same_person_only(till, shop, again):
    """Somebody else who signs in instead does not go on with what another asked."""
    first = till()
    page = first.page
    first.scan(WATER)
    first.total(200)
    shop.kill()
    first.scan(WATER)
    first.scan(WATER)
    page.wait_for_selector(".stalled")
    shop.start()
    again(page, MANAGER)
    first.total(600)
    shop.kill()
    first.scan(WATER)
    page.wait_for_selector(".stalled")
    shop.start()
    again(page, EARLY)
    first.total(600)
    page.wait_for_timeout(500)
    first.total(600)
    first.paid()
    assert first.faults == []
