"""Goods that come back on the page: by the square code, in parts, without a receipt; and papers."""

import pytest

WATER, BUN = "6900000000106", "鲜肉包"


@pytest.fixture
def sold(till, sell, ask):
    """A register, and the square code of three bottles of water just sold there."""
    first = till()
    number = sell(first, 3)
    code = ask(first, f"/receipts/{number}")["document"]["lookup"]
    return first, number, code


def test_a_receipt_scanned_while_selling_opens_its_return_with_the_exact_share(sold):
    """What the part brings stands there before it is done; a reload loses nothing of it."""
    first, number, code = sold
    page = first.page
    first.scan(WATER)
    first.total(200)
    first.scan(code)
    page.wait_for_selector(f".sheet:has-text('{number}')")
    page.click(".returning [aria-label^='More']")
    page.wait_for_selector("[data-refund='200']")
    page.click(".sheet .reason >> nth=0")
    page.reload()
    page.wait_for_selector("[data-refund='200']")
    assert page.locator(".sheet .reason[aria-pressed=true]").count() == 1
    page.click(".returning [aria-label^='More']")
    page.wait_for_selector("[data-refund='400']")
    first.confirm()
    first.total(-200)  # one sold, two came back: an exchange in one cart
    page.keyboard.press("F9")
    page.click(".giving .pay")
    page.wait_for_selector(".done-change b:has-text('2.00')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lines .empty")
    first.scan(code)
    page.wait_for_selector(".return-line:has-text('1 each left of 3')")
    page.keyboard.press("Escape")
    assert first.faults == []


def test_goods_without_a_receipt_are_scanned_priced_and_paid_by_a_credit_note(till):
    """The shop's policy is said, the money goes out as the shop decided, the note is shown."""
    first = till()
    page = first.page
    first.screen(2)
    page.click(".page-head .button:has-text('Without receipt')")
    page.wait_for_selector(".sheet .banner:has-text('lowest')")
    first.scan(WATER)
    first.scan(WATER)
    page.wait_for_selector("[data-refund='400']")
    page.click(".sheet .reason >> nth=0")
    page.click(".sheet .choice button:has-text('Damaged')")
    page.click(".sheet-foot .button:has-text('Money back')")
    page.click(".giving .pay")
    page.wait_for_selector(".sheet .paper:has-text('4.00')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".done-change b:has-text('4.00')")
    page.keyboard.press("Enter")
    assert first.faults == []


def test_a_cashier_needs_the_manager_for_a_return_without_receipt(till):
    """The approval is asked over the cashier's session; without it nothing is on the cart."""
    first = till("R2", who="王芳")
    page = first.page
    first.screen(2)
    page.click(".page-head .button:has-text('Without receipt')")
    first.scan(WATER)
    page.wait_for_selector("[data-refund]")
    page.click(".sheet .reason >> nth=0")
    first.confirm()
    page.wait_for_selector(".sheet .pin")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="detached")
    page.click(".page-head .button:has-text('Without receipt')")
    first.scan(WATER)
    page.wait_for_selector("[data-refund]")
    page.click(".sheet .reason >> nth=0")
    first.confirm()
    first.approve()
    first.total(-200)
    page.keyboard.press("F9")
    page.click(".giving [aria-label='Let it stay with the customer']")
    page.wait_for_selector(".giving .return-line", state="detached")
    page.keyboard.press("Escape")
    assert first.faults == []


def test_copies_gift_receipts_and_post_voids_are_marked_on_paper_and_in_the_list(sold):
    """A copy says so, a gift receipt has no prices, a reversed sale offers no return any more."""
    first, number, _ = sold
    page = first.page
    first.screen(2)
    page.click(f".rows button:has-text('#{number}')")
    page.click(".paper-side .button:has-text('Reprint')")
    page.wait_for_selector(".sheet .paper:has-text('COPY 1')")
    page.keyboard.press("Escape")
    page.click(".paper-side .button:has-text('Gift receipt')")
    page.wait_for_selector(".sheet .paper:has-text('COPY 2')")
    assert "6.00" not in page.locator(".sheet .paper").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector(f".rows button:has-text('#{number}') .badge:has-text('2')")
    page.click(".paper-side .button:has-text('Why')")
    page.wait_for_selector(".sheet h3:has-text('did not count')")
    page.keyboard.press("Escape")
    page.click(".paper-side .button:has-text('Post-void')")
    page.click(".sheet .reason >> nth=0")
    page.click(".sheet-foot .button.danger")
    page.wait_for_selector(f".rows button.void:has-text('#{number}') .badge:has-text('Reversed')")
    first.screen(0)
    first.screen(2)
    page.click(f".rows button:has-text('#{number}')")
    page.wait_for_selector(".paper-side .banner.danger")
    assert page.locator(".paper-side .button:has-text('Return')").count() == 0
    assert first.faults == []
