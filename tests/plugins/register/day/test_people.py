"""Who is at the till: many staff, another in the middle of a sale, locked out, signed out."""

import re

from cashwrap.demo.people import EARLY, MANAGER

WATER = "6900000000106"


def test_among_thirty_one_is_found_by_name_and_locked_out_with_the_time_left(till):
    """Five wrong PINs close the pad, and the seconds are counted; others sign in meanwhile."""
    first = till("R2", who="", size=(1024, 600))
    page = first.page
    page.wait_for_selector(".person >> nth=29")
    page.fill(".people .field input", "17")
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.type("9753", delay=60)
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelector('.wrong').textContent !== ''")
        page.wait_for_timeout(250)
    page.wait_for_selector(".wrong:has-text('wait')")
    assert page.locator(".keypad .key:disabled").count() == 12
    page.fill(".people .field input", "")
    page.click(f".person:has-text('{EARLY}')")
    assert page.locator(".wrong").inner_text() == ""
    page.keyboard.type("4711", delay=60)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rail")
    assert first.faults == []


def test_somebody_else_goes_on_in_the_middle_of_a_sale(till, ask):
    """The cart stays as it is, and the receipt names who finished it."""
    first = till("R1", who=EARLY)
    page = first.page
    first.scan(WATER)
    first.total(200)
    page.click(".rail .clerk")
    page.fill(".sheet .field input", "05")
    page.click(".sheet .person:has-text('员工05')")
    page.keyboard.type("6284", delay=60)
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet", state="detached")
    page.wait_for_selector(".clerk:has-text('员工05')")
    first.total(200)
    first.paid()
    assert ask(first, "/receipts?limit=1")[0]["staff"] == "员工05"
    assert first.faults == []


def test_whose_session_ended_signs_in_and_what_was_asked_is_done_once(till, again):
    """The scan that found nobody signed in is on the cart after the PIN, once."""
    first = till("R1", who=EARLY)
    page = first.page
    first.scan(WATER)
    first.total(200)
    page.context.clear_cookies(name=re.compile("cashwrap_session"))
    first.scan(WATER)
    page.wait_for_selector(".sign-in .banner:has-text('kept')")
    again(page, EARLY)
    first.total(400)
    first.paid()
    assert first.faults == []


def test_who_is_signed_out_from_elsewhere_is_told_and_loses_nothing(till, again):
    """Somebody who signs in at the same register on another device takes it over."""
    first = till("R1", who=EARLY)
    page = first.page
    first.scan(WATER)
    first.total(200)
    other = till("R1", who=MANAGER)
    other.total(200)  # the sale of the register goes on there
    page.bring_to_front()
    page.wait_for_selector(".sign-in .banner:has-text('kept')")
    again(page, EARLY)
    first.total(200)
    first.scan(WATER)
    first.total(400)
    first.paid()
    assert first.faults == other.faults == []


def test_registers_of_one_browser_have_each_their_own_cart_and_cashier(till):
    """Two windows beside each other: what is rung up in one is not in the other."""
    first = till("R1", who=EARLY)
    second = till("R2", who="李强", window=first.page.context)
    first.page.bring_to_front()
    first.scan(WATER)
    first.total(200)
    second.page.bring_to_front()
    second.scan(WATER)
    second.scan(WATER)
    second.total(400)
    assert second.page.locator(".clerk").inner_text().split()[-1] == "李强"
    first.page.bring_to_front()
    first.total(200)
    first.paid()
    second.page.bring_to_front()
    second.paid()
    assert first.faults == second.faults == []
