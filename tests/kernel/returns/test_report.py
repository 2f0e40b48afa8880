"""What the shop learns from what comes back: why, who took it, which goods."""

import json
from collections.abc import Callable

import pytest

from cashwrap.cli.main import main
from cashwrap.errors import InvalidInput
from cashwrap.testing.shop import Shop

OpenShop = Callable[[str], Shop]
DAY, DAY_MS = 20260301, 86_400_000
SETTINGS = """
[returns]
reasons = ["质量问题", "买错"]
other = "其他"
without_receipt = "today"
unreceipted_to = "cash"
"""


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    """Four cakes were sold; three came back, a cola beside them, and one sale never was."""
    shop = open_shop(SETTINGS)
    till = shop.till
    for count in (3, 1):
        sold = till.new_sale()
        sold.add("CAKE", count)
        sold.pay_cash(10_000)
    give(shop, 1, 1, "质量问题", "ana")
    swap = till.new_sale(staff="ben")
    swap.take_back(1, [(1, 1)], reason="质量问题")
    swap.add("BUN")
    swap.refund(staff="ben")
    loose = till.new_sale(staff="ben")
    loose.take_back_unreceipted("COLA", 2, reason="会员的礼物", staff="ben")
    loose.refund(staff="ben")
    till.post_void(2, "rung up twice", staff="boss")
    shop.clock.pass_ms(DAY_MS)
    give(shop, 1, 1, "买错", "ana")
    return shop


def give(shop: Shop, number: int, count: int, reason: str, staff: str) -> None:
    back = shop.till.new_sale(staff=staff)
    back.take_back(number, [(1, count)], reason=reason, staff=staff)
    back.refund(staff=staff)


@pytest.mark.req("R15")
def test_reasons_people_and_goods_tell_what_came_back(shop: Shop) -> None:
    """Other words count under the shop's other reason; a post-void is no return of goods."""
    found = shop.till.returned(DAY)
    assert (found.total.returns, found.total.exchanges, found.total.unreceipted) == (3, 1, 1)
    assert found.total.refund_minor == 2_200 + 2_200 + 700
    assert {name: sums.returns for name, sums in found.by_reason.items()} == {
        "质量问题": 2,
        "其他": 1,
    }
    assert found.by_reason["质量问题"].refund_minor == 4_400
    assert {name: sums.returns for name, sums in found.by_staff.items()} == {"ana": 1, "ben": 2}
    goods = [(each.sku, each.quantity_milli, each.amount_minor) for each in found.by_goods]
    assert goods == [("CAKE", 2_000, 4_400), ("COLA", 2_000, 700)]
    assert (found.post_voids.returns, found.post_voids.refund_minor) == (1, 2_200)


def test_days_count_for_themselves_and_together(shop: Shop) -> None:
    """Today by default; both ends of a range are in it; a rebuild and a restart say the same."""
    assert shop.till.returned().by_reason.keys() == {"买错"}
    both = shop.till.returned(DAY, DAY + 1)
    assert both.total.returns == 4
    assert shop.till.returned(DAY + 2).total.returns == 0
    shop.reopen()
    assert shop.till.returned(DAY, DAY + 1) == both
    with pytest.raises(InvalidInput):
        shop.till.returned(-1)


def test_the_command_shows_it(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """As a table and for programs."""
    shop.till.close()
    folder = str(shop.folder)
    assert main(["returns", "2026-03-01", "-f", folder]) == 0
    told = capsys.readouterr().out
    assert "质量问题" in told
    assert "1 sale was voided after the end: ¥22.00." in told
    assert main(["returns", "2026-03-01", "2026-03-02", "--by", "goods", "-f", folder]) == 0
    assert "CAKE" in capsys.readouterr().out
    assert main(["returns", "2026-03-01", "--by", "staff", "--json", "-f", folder]) == 0
    assert json.loads(capsys.readouterr().out)["by_staff"]["ben"]["returns"] == 2
    assert main(["returns", "2026-04-01", "-f", folder]) == 0
    assert "Nothing came back on 2026-04-01." in capsys.readouterr().out
    assert main(["returns", "2026-03-02", "2026-03-01", "-f", folder]) == 2
