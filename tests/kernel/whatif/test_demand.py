"""Before rules are published: will there be enough of what they promote?"""

import pytest

from cashwrap.promotions.files.read import parse_rules
from cashwrap.testing.shop import Shop
from cashwrap.whatif.demand import days_counted, on_hand_of, stock_check

HALF = """
[[rules]]
id = "second"
layer = "item"
range.skus = ["COLA"]
benefit = { kind = "group", every = 2, off = { percent_ppm = 500_000 } }
"""
GIFT = """
[[rules]]
id = "gift"
layer = "item"
range.skus = ["CAKE"]
gift = true
needs = [{ minor = 700 }]
limits = { order_uses = 1 }
benefit = { kind = "each", off = { percent_ppm = 1_000_000 } }
"""


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path / "shop")
    for _ in range(4):
        sale = made.till.new_sale()
        sale.add("COLA", 2)
        sale.pay_cash(1_000)
    made.clock.pass_ms(86_400_000)
    yield made
    made.till.close()


def checked(shop, text, **options):
    till = shop.till
    now_ms = till.now().wall_ms
    rules = parse_rules(text)
    return stock_check(rules, till.store, till.settings, now_ms, days_back=2, **options)


@pytest.mark.req("R98")
def test_warns_of_goods_that_will_run_out(shop):
    """8 cans in 2 days, half as many more for 14 days: 84 are needed, 62 would be left."""
    shop.receive("COLA", 70_000, 14_000)
    (finding,) = checked(shop, HALF)
    assert (finding.code, finding.rules) == ("stock.short", ("second",))
    assert "84 of COLA in 14 days, but only 62" in finding.message["en"]
    shop.receive("COLA", 22_000, 4_400)
    assert checked(shop, HALF) == []


@pytest.mark.req("R98")
def test_the_uplift_and_the_days_ahead_are_the_shops_to_say(shop):
    """Three times as much for a week."""
    shop.receive("COLA", 70_000, 14_000)
    (finding,) = checked(shop, HALF, days_ahead=7, uplift_ppm=3_000_000)
    assert "84 of COLA in 7 days" in finding.message["en"]


@pytest.mark.req("R98")
def test_gifts_are_expected_once_for_each_sale_that_earns_one(shop):
    """Four sales in two days reached 7.00: 28 cakes in 14 days."""
    shop.receive("CAKE", 20_000, 20_000)
    (finding,) = checked(shop, GIFT)
    assert "28 of CAKE in 14 days, but only 20" in finding.message["en"]
    assert checked(shop, GIFT.replace("700", "800")) == []


def test_a_rule_counts_on_the_days_of_its_windows(shop):
    """Two Sundays in a fortnight; nothing when it is over."""
    now_ms = shop.till.now().wall_ms
    weekly = parse_rules(HALF + "windows = [{ weekdays = [7] }]").rules[0]
    over = parse_rules(HALF + 'windows = [{ until = "2026-01-01" }]').rules[0]
    assert days_counted(weekly, now_ms, "Asia/Shanghai", 14) == 2
    assert days_counted(over, now_ms, "Asia/Shanghai", 14) == 0
    shop.receive("COLA", 10_000, 2_000)
    assert checked(shop, HALF + 'windows = [{ until = "2026-01-01" }]') == []


def test_goods_that_nobody_counts_are_not_spoken_of(shop):
    """Sold, but never taken in: the books say nothing of what is there."""
    assert checked(shop, HALF) == []


def test_a_rule_of_the_whole_shop_moves_nothing_in_particular(shop):
    """满减 on everything is no reason to order more of each item."""
    shop.receive("COLA", 9_000, 1_800)
    full = """
[[rules]]
id = "full"
layer = "order"
benefit = { kind = "spend", steps = [{ at_minor = 1000, off = { amount_minor = 100 } }] }
"""
    assert checked(shop, full) == []
    assert checked(shop, HALF) != []


def test_goods_that_are_made_when_sold_never_run_out(shop):
    """A drink that is not stocked has no stock to be short of."""
    sale = shop.till.new_sale()
    sale.add("TEA-L", 20)
    sale.pay_cash(100_000)
    assert checked(shop, HALF.replace("COLA", "TEA-L")) == []


def test_counts_what_is_on_hand_at_a_place(shop):
    """One location, or all of ours; goods whose books are not kept are left out."""
    shop.receive("CAKE", 5_000, 5_000)
    store = shop.till.store
    assert on_hand_of(store, ["CAKE", "BUN", "COLA"], "store:S001") == {"CAKE": 5_000}
    assert on_hand_of(store, ["CAKE"]) == {"CAKE": 5_000}
    assert on_hand_of(store, ["CAKE"], "warehouse:W1") == {}
