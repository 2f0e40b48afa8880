"""Past sales priced again under other rules."""

import pytest

from cashwrap.promotions.files.read import parse_rules
from cashwrap.store.look import look_into
from cashwrap.testing.shop import ITEMS, Shop
from cashwrap.whatif.replay import AsJournaled, UnderRules, replay
from cashwrap.whatif.sales import PastSales, Period

TENTH = """
[[rules]]
id = "tenth"
layer = "item"
range.skus = ["COLA"]
benefit = { kind = "each", off = { percent_ppm = 100_000 } }
"""
FIFTH = TENTH.replace("tenth", "fifth").replace("100_000", "200_000")
FULL = """
[[rules]]
id = "full"
layer = "order"
benefit = { kind = "spend", steps = [{ at_minor = 1000, off = { amount_minor = 200 } }] }
"""
COLD = """
[[rules]]
id = "cold"
layer = "item"
range.tags = ["cold"]
benefit = { kind = "each", off = { amount_minor = 10 } }
"""
ITEMS_COLD = [
    {**item, "tags": ["cold"]} if item.get("sku") == "BUN" and item["type"] == "item" else item
    for item in ITEMS
]


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path / "shop", items=ITEMS_COLD)
    yield made
    made.till.close()


def sell(shop, *lines, discount=0):
    """Sell quantities of SKUs for cash, with so much taken off by hand."""
    sale = shop.till.new_sale()
    for sku, quantity in lines:
        sale.add(sku, quantity)
    if discount:
        sale.discount(amount_minor=discount, reason="damaged")
    sale.pay_cash(100_000)
    return sale


def sales(shop, **period):
    till = shop.till
    return PastSales(till.store, till.settings, till.now().wall_ms, Period(**period))


def under(text):
    return UnderRules(parse_rules(text))


def test_prices_old_sales_under_new_rules(shop):
    """From before there were any rules: what would have come off, by rule and in all."""
    sell(shop, ("COLA", 4))
    sell(shop, ("COLA", 2), ("BUN", 1))
    sell(shop, ("BUN", 1))
    report = replay(sales(shop), AsJournaled(), under(TENTH + FULL))
    assert (report.sales, report.touched, report.skipped) == (3, 2, 0)
    assert report.old.discount_minor == 0
    effects = {each.rule: (each.new_sales, each.new_minor) for each in report.rules}
    assert effects == {"tenth": (2, 140 + 70), "full": (2, 400)}
    assert report.new.discount_minor == 610
    assert report.new.payable_minor == report.old.payable_minor - 610


def test_what_the_journal_says_is_what_its_own_rules_give(shop):
    """A sale under rules, priced again under the same ones, comes to the same."""
    shop.till.publish_rules(parse_rules(TENTH + FULL))
    sell(shop, ("COLA", 4))
    sell(shop, ("COLA", 1), ("BUN", 2))
    report = replay(sales(shop), AsJournaled(), under(TENTH + FULL))
    assert report.touched == 0
    assert report.old.discount_minor == report.new.discount_minor == 140 + 35 + 400
    assert all(each.old_minor == each.new_minor for each in report.rules)


def test_names_the_sales_that_change_most(shop):
    """By receipt number, the largest change first, in both directions."""
    shop.till.publish_rules(parse_rules(TENTH))
    for count in (1, 5, 3):
        sell(shop, ("COLA", count))
    sell(shop, ("BUN", 2))
    cheaper = replay(sales(shop), under(TENTH), under(FIFTH), shown=2).cheaper
    assert [(each.number, each.change_minor) for each in cheaper] == [(2, -175), (3, -105)]
    dearer = replay(sales(shop), AsJournaled(), under(FULL)).dearer
    assert [(each.number, each.change_minor) for each in dearer] == [(1, 35)]


def test_manual_discounts_and_taxes_stay_as_they_were(shop):
    """What was given by hand stays in money; a line is never below nothing."""
    sell(shop, ("COLA", 2), discount=100)
    sell(shop, ("COLA", 1), discount=340)
    report = replay(sales(shop), AsJournaled(), under(TENTH))
    first, second = report.cheaper
    assert (first.old_payable_minor, first.new_payable_minor) == (600, 530)
    assert (second.old_payable_minor, second.new_payable_minor) == (10, 0)


def test_margin_is_told_where_the_cost_is_known(shop):
    """Net of taxes, less the cost that the sale drew; sales without a cost do not count."""
    sell(shop, ("BUN", 1))
    shop.receive("COLA", 100_000, 20_000)
    sell(shop, ("COLA", 4))
    report = replay(sales(shop), AsJournaled(), under(TENTH))
    assert report.old.cost_minor == report.new.cost_minor == 800
    assert report.old.margin_minor == 1400 - 161 - 800
    assert report.new.margin_minor == report.old.margin_minor - 124  # 140 less its 13 %


def test_only_sales_of_the_period(shop):
    """From a moment on, and before another."""
    sell(shop, ("COLA", 1))
    noon_ms = shop.till.now().wall_ms
    sell(shop, ("COLA", 2))
    assert replay(sales(shop, until_ms=noon_ms), AsJournaled(), under(TENTH)).sales == 1
    found = replay(sales(shop, from_ms=noon_ms), AsJournaled(), under(TENTH))
    assert found.new.discount_minor == 70


def test_limits_are_counted_anew(shop):
    """A rule that may be used three times in all gives three times over all sales."""
    for _ in range(3):
        sell(shop, ("COLA", 2))
    report = replay(sales(shop), AsJournaled(), under(TENTH + "limits = { total_uses = 3 }\n"))
    assert report.new.discount_minor == 105


def test_old_goods_are_looked_up_in_the_catalog(shop):
    """Categories and tags of goods sold before sales kept them are those of now."""
    sell(shop, ("BUN", 3))
    assert replay(sales(shop), AsJournaled(), under(COLD)).new.discount_minor == 30


def test_vouchers_that_others_pay_for_are_no_discount(shop):
    """A platform's voucher is a payment, in the journal and under new rules."""
    voucher = """
[[rules]]
id = "platform"
layer = "coupon"
settlement = "tender"
coupon = { face_minor = 300 }
benefit = { kind = "spend", steps = [{ at_minor = 500, off = { amount_minor = 300 } }] }
"""
    shop.till.publish_rules(parse_rules(TENTH + voucher))
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    sale.add_coupon("P-1", rule="platform")
    sale.pay_cash(10_000)
    report = replay(sales(shop), AsJournaled(), under(TENTH + voucher))
    assert report.touched == 0
    assert report.old.discount_minor == report.new.discount_minor == 140


def test_a_set_meal_counts_as_one(shop):
    """The parts of a meal take part as the meal; the sums still fit."""
    sale = shop.till.new_sale()
    sale.add("SET", choices={"点心": ["BUN"], "饮品": ["TEA-M"]})
    sale.pay_cash(10_000)
    report = replay(sales(shop), AsJournaled(), under(FULL))
    assert report.new.payable_minor == report.old.payable_minor - 200 == 2_300


def test_sales_of_a_trimmed_journal(shop, tmp_path):
    """What a backup has taken over is passed over; the rest is read, from near the period on."""
    sell(shop, ("COLA", 1))
    backup = tmp_path / "all.mdb"
    shop.till.store.backup(backup)
    shop.till.no_sale("change")
    shop.till.store.trim(shop.till.store.head.seq - 1, at=shop.till.now())
    for _ in range(5):
        shop.clock.pass_ms(3 * 86_400_000)
        sell(shop, ("COLA", 2))
    now_ms = shop.till.now().wall_ms
    assert replay(sales(shop), AsJournaled(), under(TENTH)).sales == 5
    recent = sales(shop, from_ms=now_ms - 4 * 86_400_000)
    assert replay(recent, AsJournaled(), under(TENTH)).sales == 2
    with look_into(backup) as look:
        kept = PastSales(look, shop.till.settings, now_ms)
        assert replay(kept, AsJournaled(), under(TENTH)).new.discount_minor == 35


def test_tells_how_far_it_is(shop):
    """Progress ends at the newest record."""
    sell(shop, ("COLA", 1))
    told = []
    replay(sales(shop), AsJournaled(), under(TENTH), progress=lambda *far: told.append(far))
    assert told[-1] == (shop.till.store.head.seq, shop.till.store.head.seq)


def test_nothing_in_the_shop_changes(shop):
    """Looking journals nothing."""
    sell(shop, ("COLA", 1))
    before = shop.till.store.head
    replay(sales(shop), AsJournaled(), under(TENTH + FULL))
    assert shop.till.store.head == before
