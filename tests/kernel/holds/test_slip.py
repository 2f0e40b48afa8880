"""The paper that a customer comes back with."""

from collections.abc import Callable

import pytest

from cashwrap.errors import InvalidInput
from cashwrap.receipt.hold_slip import layout_slip, render_slip
from cashwrap.receipt.paper import TextStyle
from cashwrap.sale.holds.errors import AlreadyResumed
from cashwrap.sale.holds.model import Hold
from cashwrap.testing.shop import Shop

OpenShop = Callable[..., Shop]

CHINESE = """\
            街角小店
            挂单凭条
             H00013
--------------------------------
时间: 2026-03-01 10:00:00
收银机: S001/T1/R1
收银员: ana
凭据: 138****5678
原因: 接电话
--------------------------------
可口可乐 330ml x 2          7.00
牛角包 x 1                  9.00
--------------------------------
合计                     ￥16.00
价格保留至 2026-03-01 10:30:00
未付款，凭此条取单
"""


def parked(shop: Shop) -> Hold:
    sale = shop.till.new_sale(register="R1")
    sale.add("COLA", 2)
    sale.add("BUN")
    return sale.suspend("接电话", key="13812345678", note="红衣女士", staff="ana")


def test_the_slip_says_what_waits_and_until_when_its_prices_hold(shop: Shop) -> None:
    """Name, code, key masked, lines, total; no remark of the staff's."""
    slip = shop.till.holds.slip(parked(shop))
    assert render_slip(slip) == CHINESE


def test_the_code_on_the_slip_is_a_barcode_that_brings_the_sale_back(shop: Shop) -> None:
    """The row of the barcode holds its data; scanning it is enough."""
    hold = parked(shop)
    rows = layout_slip(shop.till.holds.slip(hold))
    (code,) = (row.text for row in rows if row.role == "barcode")
    assert shop.till.holds.resume(code).sale.id == hold.sale
    with pytest.raises(AlreadyResumed):
        shop.till.holds.slip(hold)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('\n[suspend]\nquote = "keep"\n[receipt]\nlanguage = "en"\n', "Prices hold\n"),
        ('\n[suspend]\nquote = "reprice"\n[receipt]\nlanguage = "en"\n', "Priced again when"),
    ],
)
def test_the_slip_speaks_the_shops_language_and_of_its_quotes(
    open_shop: OpenShop, more: str, says: str
) -> None:
    """As the settings say."""
    shop = open_shop(more)
    text = shop.till.holds.slip_text(parked(shop))
    assert "SUSPENDED SALE" in text
    assert says in text


@pytest.mark.parametrize("columns", [24, 32, 48, 80])
def test_no_row_is_wider_than_the_paper(shop: Shop, columns: int) -> None:
    """At any width that a printer has; others are refused."""
    slip = shop.till.holds.slip(parked(shop))
    rows = render_slip(slip, TextStyle(columns=columns, language="zh-CN+en")).splitlines()
    assert max(len(row.encode("gbk")) for row in rows) <= columns
    with pytest.raises(InvalidInput):
        render_slip(slip, TextStyle(columns=20))
