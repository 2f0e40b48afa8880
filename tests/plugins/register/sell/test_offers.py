"""What a customer may still take: gifts to choose, more for less, points, whole cases."""

import pytest

WATER, YOGHURT = "6900000000106", "6900000000724"


def cart(till):
    register = till()
    for _ in range(11):
        register.scan(WATER)
    register.total(2200)
    return register, register.page


def test_a_gift_is_chosen_and_changed(till):
    """The offer names the gifts; one is taken for nothing, taken away, and another taken."""
    register, page = cart(till)
    page.click(".hint.gift")
    page.click(".sheet .chip:has-text('鲜肉包')")
    register.total(2200)
    page.wait_for_selector(".taken:has-text('鲜肉包')")
    page.click(".taken .button")
    page.wait_for_selector(".taken", state="detached")
    page.click(".sheet .chip:has-text('豆沙包')")
    page.wait_for_selector(".taken:has-text('豆沙包')")
    register.confirm()
    page.wait_for_selector(".sheet", state="detached")
    register.total(2200)
    assert register.line("豆沙包").count() == 1
    assert page.locator(".hint.gift").count() == 0


def test_what_saves_more_is_added_with_one_touch(till):
    """A hint about one good has it at hand: a touch adds it, and the saving counts."""
    register = till()
    page = register.page
    register.scan(YOGHURT)
    register.total(690)
    page.click(".savings .hint")
    register.total(1035)
    page.wait_for_selector(".saved")


def test_points_are_used_and_earned(till):
    """A member's points pay a part; what the sale earns stands under the cart."""
    register = till()
    page = register.page
    for _ in range(5):
        register.scan(WATER)
    register.total(1000)
    page.keyboard.press("F4")
    page.fill(".sheet input", "13800001111")
    page.fill(".sheet .points input", "300")
    register.confirm()
    page.wait_for_selector(".member.on")
    page.wait_for_selector(".reward:has-text('× 2')")
    page.keyboard.press("F4")
    page.click(".sheet .use-points [aria-pressed='false']")
    register.total(700)
    page.click(".sheet .use-points [aria-pressed='false']")
    register.total(1000)


def test_a_case_is_sold_instead_of_a_piece(till):
    """The sheet of the goods has each unit with what it holds and costs."""
    register = till()
    page = register.page
    page.keyboard.press("F2")
    page.keyboard.type("D001", delay=80)
    page.click(".good[title='矿泉水 550ml']", button="right")
    page.click(".packs .chip:has-text('箱')")
    register.total(4200)
    assert "箱" in register.line("矿泉水 550ml").inner_text()


@pytest.mark.req("R9")
def test_where_else_goods_are_is_told_with_the_age_of_the_news(till):
    """None here, four in store B, seven in the warehouse: each place with how old that is."""
    register = till()
    page = register.page
    page.click(".good[title='馒头']", button="right")
    rows = page.locator(".places tbody tr")
    rows.nth(2).wait_for()
    here, store, warehouse = rows.all_inner_texts()
    assert "This shop" in here
    assert "now" in here
    assert " 0" in here.replace("\t", " ")
    assert "Shop B" in store
    assert "4" in store
    assert "Warehouse W1" in warehouse
    assert "7" in warehouse
    for row in (store, warehouse):
        assert "s ago" in row or "min ago" in row
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="detached")
    register.good("馒头")
    register.total(150)
    page.click(".toast .button:has-text('Where else?')")
    page.wait_for_selector(".sheet .banner:has-text('Shop B 4 · Warehouse W1 7')")
