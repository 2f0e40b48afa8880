"""What needs another right asks for the manager over the cashier's session, and nothing else."""

import pytest

from cashwrap.demo.people import EARLY, MANAGER

WATER = "6900000000106"


def with_water(first) -> None:
    first.scan(WATER)
    first.total(200)


def cancel(first) -> None:
    """Cancel a sale with goods on it."""
    with_water(first)
    first.page.keyboard.press("Shift+Delete")
    first.page.click(".sheet .reason >> nth=0")
    first.page.click(".sheet-foot .button.danger")


def override(first) -> None:
    """Set a price by hand."""
    with_water(first)
    page = first.page
    first.line("矿泉水").locator(".line-top").click()
    page.click(".line-acts .button:has-text('Price')")
    page.keyboard.type("1.50", delay=60)
    page.click(".sheet .reason >> nth=0")
    first.confirm()


def discount(first) -> None:
    """Take off more than a cashier may."""
    with_water(first)
    page = first.page
    page.keyboard.press("F8")
    page.click(".sheet .quick .button:has-text('20 %')")
    page.click(".sheet .reason >> nth=0")
    first.confirm()


def post_void(first) -> None:
    """Reverse the newest sale."""
    with_water(first)
    first.paid()
    page = first.page
    first.screen(2)
    page.click(".rows button >> nth=0")
    page.click(".paper-side .button:has-text('Post-void')")
    page.click(".sheet .reason >> nth=0")
    page.click(".sheet-foot .button.danger")


def in_doubt(first) -> None:
    """Say how a payment without an answer ended."""
    with_water(first)
    page = first.page
    page.keyboard.press("F9")
    page.click(".way:has-text('Card')")
    page.click(".taking .pay")
    page.click(".doubt-acts .button:has-text('It was paid')")
    page.click(".sheet .reason >> nth=0")
    first.confirm()


DONE = {
    cancel: ".toast:has-text('cancelled')",
    override: ".cart [data-total='150']",
    discount: ".cart [data-total='160']",
    post_void: ".toast:has-text('Reversed')",
    in_doubt: ".done",
}


@pytest.mark.parametrize("act", DONE, ids=lambda act: act.__name__)
@pytest.mark.parametrize("who", [EARLY, MANAGER])
def test_an_act_beyond_the_cashiers_right_asks_and_the_managers_own_does_not(till, act, who):
    """The same sheet of buttons for both; only the PIN over the session differs."""
    first = till("R1", who=who)
    act(first)
    if who == EARLY:
        first.approve()
    first.page.wait_for_selector(DONE[act], state="attached")
    assert first.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_days_screens_have_no_serious_faults_for_people_who_see_badly(till, sell, theme):
    """Axe on receipts, a return, the drawer, the change of cashier, reports."""
    first = till("R1", who=MANAGER)
    page = first.page
    sell(first, 1)
    first.screen(4)
    page.click(f".choice button:has-text('{theme.title()}')")
    found = []
    first.screen(2)
    page.click(".rows button >> nth=0")
    page.wait_for_selector(".paper:has-text('2.00')")
    found += first.serious()
    page.click(".paper-side .button.primary")
    page.click(".returning [aria-label^='More']")
    page.wait_for_selector("[data-refund]")
    found += first.serious()
    page.keyboard.press("Escape")
    first.screen(3)
    page.wait_for_selector(".page-head")
    found += first.serious()
    page.click(".clerk")
    page.wait_for_selector(".sheet .person")
    found += first.serious()
    page.keyboard.press("Escape")
    first.screen(4)
    page.click(".menu .button:has-text('takings')")
    page.wait_for_selector(".table")
    found += first.serious()
    assert found == []
