"""What the shop learns from its suspended sales: why, when, by whom, and what came of them."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cashwrap.cli.main import main
from cashwrap.errors import InvalidInput
from cashwrap.sale.holds.codes import code_of
from cashwrap.sale.holds.model import Hold
from cashwrap.testing.shop import Shop

OpenShop = Callable[..., Shop]
DAY, HOUR_MS = 20260301, 3_600_000
FATES = ("wait", "open", "pay", "cancel", "drop", "again")


def parked(shop: Shop, reason: str = "", staff: str = "ana", colas: int = 2) -> Hold:
    sale = shop.till.new_sale(register="R1", staff=staff)
    sale.add("COLA", colas)
    return sale.suspend(reason, staff=staff)


@pytest.mark.req("R28")
def test_reasons_hours_and_staff_tell_what_was_suspended_and_what_came_of_it(shop: Shop) -> None:
    """Count, share that was resumed, and what was abandoned, by each."""
    phone, wallet = parked(shop, "接电话"), parked(shop, "取钱包", "ben", 3)
    shop.clock.pass_ms(2 * HOUR_MS)
    parked(shop, "接电话", "ben", 4)
    shop.till.holds.resume(phone, staff="ben").sale.pay_cash(700)
    shop.till.holds.cancel(wallet)
    shop.clock.pass_ms(25 * HOUR_MS)
    found = shop.till.holds.report(DAY)
    assert set(found.by_reason) == {"接电话", "取钱包"}
    phone_sums = found.by_reason["接电话"]
    assert (phone_sums.suspended, phone_sums.resumed, phone_sums.finished) == (2, 1, 1)
    assert (phone_sums.resumed_ppm, phone_sums.recovered_minor) == (500_000, 700)
    assert (phone_sums.abandoned, phone_sums.abandoned_minor) == (1, 1400)
    assert found.by_reason["取钱包"].cancelled_minor == 1050
    assert {hour: sums.suspended for hour, sums in found.by_hour.items()} == {10: 2, 12: 1}
    assert {name: sums.suspended for name, sums in found.by_staff.items()} == {"ana": 1, "ben": 2}


@pytest.mark.req("R29")
def test_money_that_came_back_and_money_that_was_lost(shop: Shop) -> None:
    """Recovered is what was paid in the end; lost is what waited too long or was cancelled."""
    kept = [parked(shop, colas=number) for number in (1, 2, 3, 4)]
    sale = shop.till.holds.resume(kept[0]).sale
    sale.add("CAKE")
    sale.pay_cash(10_000)
    shop.till.holds.resume(kept[1]).sale.cancel("不要了")
    total = shop.till.holds.report().total
    assert (total.recovered_minor, total.lost_minor, total.abandoned) == (350 + 2200, 700, 0)
    assert (total.waiting, total.waiting_minor) == (2, 1050 + 1400)
    shop.clock.pass_ms(25 * HOUR_MS)
    total = shop.till.holds.report(DAY).total
    assert (total.lost_minor, total.abandoned_ppm, total.waiting) == (700 + 2450, 500_000, 0)
    shop.till.holds.resume(kept[2]).sale.pay_cash(10_000)  # abandoned is not given up
    total = shop.till.holds.report(DAY).total
    assert (total.recovered_minor, total.lost_minor) == (2550 + 1050, 700 + 1400)


def test_a_shop_says_when_a_sale_counts_as_abandoned(open_shop: OpenShop) -> None:
    """After `suspend.abandoned_hours`, not before."""
    shop = open_shop("\n[suspend]\nabandoned_hours = 1\n")
    hold = parked(shop)
    shop.clock.wall_ms = hold.at_ms + HOUR_MS - 5
    assert shop.till.holds.report(DAY).total.abandoned == 0
    shop.clock.pass_ms(10)
    assert shop.till.holds.report(DAY).total.abandoned == 1


def test_holds_count_on_the_day_on_which_they_were_suspended(shop: Shop) -> None:
    """Days are business days, both ends included; others are not looked at."""
    parked(shop)
    shop.clock.pass_ms(24 * HOUR_MS)
    hold = parked(shop)
    shop.clock.pass_ms(24 * HOUR_MS)
    shop.till.holds.resume(hold).sale.pay_cash(700)
    report = shop.till.holds.report
    counts = [report(first, last).total.suspended for first, last in (
        (DAY, 0), (DAY + 1, 0), (DAY + 2, 0), (DAY, DAY + 2), (DAY - 1, DAY),
    )]  # fmt: skip
    assert counts == [1, 1, 0, 2, 1]
    assert report(DAY + 1).total.finished == 1
    assert report().total.suspended == 0
    for day in (-1, 10**9):
        with pytest.raises(InvalidInput):
            report(day)


@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    fates=st.lists(st.sampled_from(("wait", "open", "pay", "cancel", "drop", "again")), max_size=6)
)
def test_the_sums_add_up_whatever_became_of_each(shop: Shop, fates: list[str]) -> None:
    """By reason, hour and staff the same holds are counted, each once, and so is their money."""
    for number, fate in enumerate(fates):
        hold = parked(shop, ("接电话", "取钱包", "")[number % 3], ("ana", "ben")[number % 2])
        if fate == "drop":
            shop.till.holds.cancel(hold)
        elif fate != "wait":
            sale = shop.till.holds.resume(hold).sale
            if fate == "pay":
                sale.pay_cash(700)
            elif fate == "cancel":
                sale.cancel()
            elif fate == "again":
                sale.suspend()
    found = shop.till.holds.report(DAY)
    for groups in (found.by_reason, found.by_hour, found.by_staff):
        for field in found.total.__struct_fields__:
            parts = sum(getattr(sums, field) for sums in groups.values())
            assert parts == getattr(found.total, field)
    total = found.total
    assert total.suspended == total.resumed + total.waiting + total.abandoned + (
        sum(1 for hold in holds(shop) if hold.state == "cancelled" and not hold.resumed_ms)
    )
    assert total.suspended_minor == sum(hold.total_minor for hold in holds(shop))


def holds(shop: Shop) -> list[Hold]:
    """Every hold of the till."""
    found: list[Hold] = []
    with shop.till.store.read() as reader:
        rows = list(reader.items("holds.log"))
    for key, _ in rows:
        found.append(shop.till.holds.find(code_of(int.from_bytes(key, "big"))))
    return found


# The command line


def test_the_command_line_lists_what_waits_and_reports(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a table, as JSON, and the slip; what is wrong has its exit code."""
    hold = parked(shop, "接电话")
    shop.till.close()
    folder = str(shop.folder)

    def said(*words: str) -> str:
        assert main(["holds", *words, "-f", folder]) == 0
        return capsys.readouterr().out

    assert hold.code in said("list")
    assert json.loads(said("list", "--json"))["waiting"][0]["code"] == hold.code
    assert "No sale waits." in said("list", "--key", "M9")
    assert "接电话" in said("report", "2026-03-01", "--by", "reason")
    assert "10:00" in said("report", "2026-03-01", "2026-03-02", "--by", "hour")
    assert json.loads(said("report", "2026-03-01", "--json"))["total"]["suspended"] == 1
    assert "No sale was suspended" in said("report", "2026-02-01")
    assert "挂单凭条" in said("slip", hold.code)
    assert main(["holds", "slip", "H99999", "-f", folder]) == 1
    assert main(["holds", "report", "2026-03-02", "2026-03-01", "-f", folder]) == 2
