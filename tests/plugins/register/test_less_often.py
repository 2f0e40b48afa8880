"""What a cashier does a few times a day: members, discounts, notes, coupons, the drawer."""

from cashwrap.demo.people import MANAGER

WATER = "6900000000106"


def test_notes_sellers_discounts_and_members_stand_on_the_sale(register):
    """Each is said on the line or the sale that it is for; a discount needs the manager here."""
    till = register().sign_in()
    page = till.page
    till.good("三明治 火腿蛋")
    till.total(1200)
    till.line("三明治").locator(".line-top").click()
    page.click(".line-acts .button:has-text('Note')")
    page.click(".reason:has-text('Pack apart')")
    till.confirm()
    page.wait_for_selector(".line-note:has-text('Pack apart')")
    page.click(".line-acts .button:has-text('Seller')")
    page.click(".sheet .reason >> nth=0")
    page.wait_for_selector(".line-note >> nth=1")
    page.click(".line-acts .button:has-text('Discount')")
    page.click(".sheet .quick .button:has-text('20 %')")
    page.click(".sheet .reason >> nth=0")
    till.confirm()
    till.approve()
    till.total(960)
    page.keyboard.press("F4")
    page.fill(".sheet input", "13800002222")
    till.confirm()
    page.wait_for_selector(".member.on:has-text('13800002222')")
    till.paid()
    assert till.faults == []


def test_a_coupon_is_shown_and_a_wrong_one_is_refused_in_words(register):
    """What the till refuses is said, and nothing changes."""
    till = register().sign_in()
    page = till.page
    for _ in range(3):
        till.good("三明治 火腿蛋")
    page.wait_for_selector(".line-count:has-text('3')")
    page.click("[aria-label='More for this sale']")
    page.fill(".sheet input", "NO-SUCH-COUPON")
    page.click(".sheet form .button")
    page.wait_for_selector(".toast.bad")
    page.fill(".sheet input", "SPRING5")
    page.click(".sheet form .button")
    page.wait_for_selector(".sheet", state="detached")
    page.wait_for_selector(".saved")
    till.paid()


def test_a_void_is_not_asked_about_but_undone(register):
    """The message of a void has its undo."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    till.good("鲜肉包")
    till.total(500)
    page.keyboard.press("Delete")
    till.total(200)
    page.click(".toast .button:has-text('Undo')")
    till.total(500)
    till.paid()


def test_weighed_goods_ask_for_their_weight(register):
    """The price of what was keyed in stands beside it before it is sold."""
    till = register().sign_in()
    page = till.page
    till.group("水果")
    till.good("红富士苹果")
    page.keyboard.type("1.25", delay=60)
    page.wait_for_selector(".entry em")
    page.keyboard.press("Enter")
    page.wait_for_selector(".line-count:has-text('1.25')")
    till.paid()


def test_a_receipt_is_printed_again_and_a_sale_reversed(register):
    """A reprint is marked as a copy; a post-void has a receipt of its own."""
    till = register().sign_in(MANAGER)
    page = till.page
    till.scan(WATER)
    till.total(200)
    till.paid()
    till.screen(2)
    page.click(".rows button >> nth=0")
    page.wait_for_selector(".square svg")
    page.click(".paper-side .button:has-text('Reprint')")
    page.wait_for_selector(".sheet .paper")
    page.keyboard.press("Escape")
    page.wait_for_selector(".toast:has-text('copy')")
    page.click(".paper-side .button:has-text('Post-void')")
    page.click(".sheet .reason >> nth=0")
    page.click(".sheet-foot .button")
    page.wait_for_selector(".toast:has-text('Reversed')")
    assert till.faults == []


def test_the_drawer_without_a_sale_and_the_safe(register):
    """Each is told when it is done; X shows the shift as it stands."""
    till = register().sign_in(MANAGER)
    page = till.page
    till.screen(3)
    if page.locator(".page .pay").count():
        page.keyboard.type("100", delay=60)
        page.click(".page .pay")
        page.wait_for_selector(".selling")
        till.screen(3)
    page.click(".tile:has-text('Safe drop')")
    page.keyboard.type("30", delay=60)
    page.fill(".sheet .field input", "bag 17")
    till.confirm()
    page.wait_for_selector(".toast:has-text('30.00')")
    page.click(".tile:has-text('Open drawer')")
    page.click(".sheet .reason >> nth=0")
    till.confirm()
    page.wait_for_selector(".toast:has-text('journaled')")
    page.click(".tile:has-text('X report')")
    page.wait_for_selector(".sheet .paper")
    page.keyboard.press("Escape")
    assert till.faults == []


def test_a_payment_beside_the_till_is_recorded(register):
    """What was paid elsewhere is named with its reference, and ends the sale."""
    till = register().sign_in()
    page = till.page
    till.scan(WATER)
    till.total(200)
    page.keyboard.press("F9")
    page.click(".way:has-text('Other')")
    page.fill(".code-way input >> nth=0", "transfer")
    page.fill(".code-way input >> nth=1", "TX-17")
    page.click(".code-way .button.primary")
    page.wait_for_selector(".done")
    page.keyboard.press("Enter")
