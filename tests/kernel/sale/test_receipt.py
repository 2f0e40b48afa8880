"""The paper of a whole sale."""

import pytest

from cashwrap.pricing.model import Fee
from cashwrap.receipt.text import TextStyle, render_text
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import SETTINGS, Shop

ROUNDED = SETTINGS.replace(
    "order_types", 'price.cash_rounding = { increment_minor = 10, mode = "down" }\norder_types'
)


def everything(shop: Shop) -> Sale:
    sale = shop.till.new_sale("dine_in", staff="amy")
    sale.add("COLA", 3)
    sale.scan("16901234567899")
    sale.add("APPLE", "1.234")
    sale.scan("2110001005008")
    sale.add("TEA-L", 2, modifiers=["PEARLS"])
    meal = sale.add("SET", 2, choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    sale.override_price(1, 300, "临期")
    sale.discount(percent_ppm=100_000, lines=[meal.number], reason="老顾客")
    sale.discount(amount_minor=500, reason="满减")
    sale.charge(Fee("svc", "服务费", "percent", 100_000))
    return sale


def squeezed(text: str) -> list[str]:
    return [" ".join(row.split()) for row in text.splitlines()]


@pytest.mark.req("R1")
def test_every_amount_stands_once_and_adds_up(shop: Shop) -> None:
    """Lines, a discount of the order shown once, fees, taxes with their rate once, tenders."""
    sale = everything(shop)
    sale.payments.ask("card", 5000)
    sale.payments.record("voucher", "礼品券", 2000, "V-17")
    sale.pay_cash(300_00)
    rows = squeezed(shop.till.receipt_text(sale.id))
    for row in (
        "3 x 3.00 (原价 3.50) 9.00",
        "1箱 x 84.00 84.00",
        "1.234 kg x 12.80 15.80",
        "红富士苹果 5.00",
        "+ 加珍珠 2.00",
        "- 芝士蛋糕 +3.00",
        "老顾客 -5.60",
        "满减 -5.00",
        "服务费 19.92",
        "礼品券 20.00",
        "V-17",
        "收 300.00",
    ):
        assert rows.count(row) == 1, row
    assert not [row for row in rows if "13% 13%" in row]
    receipt = shop.till.receipt(sale.id)
    assert receipt.totals is not None
    assert receipt.totals.due_minor == 0
    lines = sum(line.payable_minor or 0 for line in receipt.lines)
    assert lines + 1992 == receipt.totals.payable_minor


def test_tenders_and_units_follow_the_language(shop: Shop) -> None:
    """现金 in Chinese, Cash in English, both where both are wanted; a voucher keeps its name."""
    sale = shop.till.new_sale()
    sale.scan("16901234567899")
    sale.payments.record("voucher", "礼品券", 400)
    sale.pay_cash(8000)
    receipt = shop.till.receipt(sale.id)
    chinese, english, both = (
        squeezed(render_text(receipt, TextStyle(language=language)))
        for language in ("zh-CN", "en", "zh-CN+en")  # type: ignore[arg-type]
    )
    assert {"现金 80.00", "1箱 x 84.00 84.00", "礼品券 4.00"} < set(chinese)
    assert {"Cash 80.00", "1 case x 84.00 84.00", "礼品券 4.00"} < set(english)
    assert {"现金 Cash 80.00", "礼品券 4.00"} < set(both)


def test_rounding_of_the_total_is_shown_as_such(open_shop) -> None:  # type: ignore[no-untyped-def]
    """抹零 to the jiao: 15.80 and 3.50 less 0.03 is 19.27, so 19.20 is paid."""
    shop = open_shop(ROUNDED)
    sale = shop.till.new_sale()
    sale.add("APPLE", "1.234")
    sale.add("COLA")
    sale.discount(amount_minor=3, reason="凑整")
    assert sale.due_minor == 1920
    sale.pay_cash(1920)
    rows = squeezed(shop.till.receipt_text(sale.id))
    assert {"抹零 -0.07", "合计 ￥19.20", "现金 19.20"} < set(rows)
