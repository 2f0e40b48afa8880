"""What this plugin prints on receipts, where the shop wants it."""

from pathlib import Path

import cashwrap_plugins.promotions
from cashwrap.promotions.rules import Each, Off, Rule, RuleSet
from cashwrap.receipt.text import render_text
from cashwrap.testing.plugins import conformance
from cashwrap.testing.shop import SETTINGS, Shop

PLUGIN = Path(cashwrap_plugins.promotions.__file__).parent
BOTH = '\n[plugins.promotions]\nreceipt = ["saved", "protection"]\n'
TENTH = Rule(
    id="tenth",
    layer="item",
    benefit=Each(off=Off(percent_ppm=100_000)),
    name={"zh-CN": "全场九折", "en": "Ten percent off"},
)


def sold(shop: Shop) -> str:
    sale = shop.till.new_sale()
    sale.add("CAKE", 2)
    sale.pay_cash(sale.due_minor)
    return sale.id


def test_the_paper_says_what_was_saved_and_until_when_prices_are_protected(tmp_path):
    """By promotion in words; seven days after the day of the sale."""
    shop = Shop(tmp_path / "shop", settings=SETTINGS + BOTH, plugins=[PLUGIN])
    shop.till.publish_rules(RuleSet(rules=(TENTH,)))
    text = shop.till.receipt_text(sold(shop))
    assert "本次优惠明细" in text
    assert [row.split() for row in text.splitlines() if "全场九折" in row][-1] == [
        "全场九折",
        "¥4.40",
    ]
    assert "2026-03-08" in text
    gift = render_text(shop.till.receipt(sold(shop), gift=True))
    assert "2026-03-08" in gift
    assert "优惠明细" not in gift
    shop.till.close()


def test_returns_and_shops_that_did_not_ask_have_none(tmp_path):
    """Paper is short."""
    shop = Shop(tmp_path / "asked", settings=SETTINGS + BOTH, plugins=[PLUGIN])
    back = shop.till.new_sale()
    back.take_back(sold(shop), [(1, 1)])
    back.refund()
    assert shop.till.receipt(back.id).sections == ()
    shop.till.close()
    shop = Shop(tmp_path / "not", plugins=[PLUGIN])
    assert shop.till.receipt(sold(shop)).sections == ()
    shop.till.close()


def test_it_conforms(tmp_path):
    """A day with all of it, a crash, a rebuild, and the same day again."""
    assert conformance(PLUGIN, tmp_path / "shop", settings=SETTINGS + BOTH) == []
