"""Weighed goods on the page: the scale's own weight, live, and by hand where it gives none."""

APPLE = "红富士苹果"  # 13.80 a kg


def shown(page, milli: int) -> None:
    page.wait_for_selector(f".scale[data-milli='{milli}']")


def test_goods_are_added_by_the_scale_once_they_are_at_rest(till, scale):
    """Nothing, less than nothing and what still moves cannot be added; what rests can."""
    register = till()
    page, add = register.page, register.page.locator(".sheet-foot .primary")
    register.good(APPLE)
    shown(page, 0)
    for frame, milli in [("ST,GS,- 0.020kg", -20), ("US,GS,+ 0.480kg", 480)]:
        scale.shows = frame
        shown(page, milli)
        assert add.is_disabled()
        page.keyboard.press("Enter")
    assert page.locator(".line").count() == 0
    scale.shows = "ST,GS,+ 0.532kg"
    page.wait_for_selector(".scale.stable[data-milli='532']")
    assert "7.34" in add.inner_text()  # 0.532 x 13.80
    page.keyboard.press("Enter")
    register.total(734)
    assert "0.532" in register.line(APPLE).inner_text()


def test_a_scale_that_says_nothing_leaves_the_hand(till, scale):
    """The page says that the scale does not answer; a weight keyed in sells the goods."""
    register = till()
    page = register.page
    scale.shows = "hello"
    register.good(APPLE)
    page.wait_for_selector(".sheet .banner.doubt")
    page.click(".sheet-foot .button:has-text('By hand')")
    page.wait_for_selector(".sheet .keypad")
    page.keyboard.type("1.5", delay=60)
    page.keyboard.press("Enter")
    register.total(2070)


def test_a_line_is_weighed_again(till, scale):
    """The quantity of weighed goods on the cart is the scale's, too."""
    register = till()
    page = register.page
    scale.shows = "ST,GS,+ 1.000kg"
    register.good(APPLE)
    page.wait_for_selector(".scale.stable")
    page.click(".sheet-foot .primary")
    register.total(1380)
    scale.shows = "ST,GS,+ 0.500kg"
    page.keyboard.press("F3")
    page.wait_for_selector(".scale.stable[data-milli='500']")
    page.keyboard.press("Enter")
    register.total(690)


def test_selling_goes_on_while_the_scale_hangs(till, scale):
    """A serial line on which nothing comes holds up nothing but its own sheet."""
    register = till()
    page = register.page
    scale.shows = ""
    register.good(APPLE)
    page.wait_for_selector(".sheet .banner.doubt")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="detached")
    register.scan("6900000000106")
    register.total(200)


def test_a_code_without_a_weight_asks_the_scale(till, scale):
    """A PLU of weighed goods is sold by what the scale shows; closed, it is not sold at all."""
    register = till()
    page = register.page
    scale.shows = "ST,GS,+ 0.532kg"
    register.scan("10101")  # 7.60 a kg
    page.wait_for_selector(".scale.stable[data-milli='532']")
    page.keyboard.press("Enter")
    register.total(404)
    register.scan("10102")
    page.wait_for_selector(".scale.stable")
    page.keyboard.press("Escape")
    register.total(404)
    assert page.locator(".line").count() == 1


def test_a_member_sees_the_members_price_on_the_scale(till, scale):
    """What the sheet says is what the line costs, for a customer with prices of their own."""
    register = till()
    page = register.page
    register.scan("6900000000106")
    page.keyboard.press("F4")
    page.fill(".sheet input", "13800001111")
    register.confirm()
    page.wait_for_selector(".member.on")
    scale.shows = "ST,GS,+ 0.500kg"
    register.good(APPLE)
    page.wait_for_selector(".scale.stable")
    page.wait_for_selector(".weigh-sums .big:has-text('5.90')")  # 0.5 x 11.80
    page.keyboard.press("Enter")
    register.line(APPLE).locator(".line-sum:has-text('5.90')").wait_for()
