"""The wall clock jumps while a till sells: order, numbers and days stay right, and it is told."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cashwrap.sale.events import SaleCompleted
from cashwrap.store.events import ClockChanged
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
JUMPS_MS = (
    MINUTE_MS, -MINUTE_MS, HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS, 3650 * DAY_MS, -3650 * DAY_MS,
)  # fmt: skip


def moment_ms(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def sell_one(shop: Shop) -> str:
    sale = shop.till.new_sale()
    sale.add("COLA")
    sale.pay_cash(350)
    return sale.id


def sold(shop: Shop) -> list[SaleCompleted]:
    bodies = (record.body() for record in shop.till.store.records())
    return [body for body in bodies if isinstance(body, SaleCompleted)]


def changes(shop: Shop) -> list[ClockChanged]:
    bodies = (record.body() for record in shop.till.store.records())
    return [body for body in bodies if isinstance(body, ClockChanged)]


def test_every_jump_is_journaled_and_no_number_comes_twice(tmp_path: Path) -> None:
    """Ten years back or forward: numbers go on without gaps, ids stay unique, jumps are told."""
    shop = Shop(tmp_path / "shop")
    sales = [sell_one(shop)]
    for jump_ms in JUMPS_MS:
        shop.clock.jump(jump_ms)
        sales.append(sell_one(shop))
    assert len(set(sales)) == len(sales)
    assert [body.number for body in sold(shop)] == list(range(1, len(sales) + 1))
    told = [change.found_ms - change.expected_ms for change in changes(shop)]
    assert told == list(JUMPS_MS)
    assert shop.till.store.verify(all_seals=True).ok
    shop.till.close()


@pytest.mark.parametrize("jump_ms", JUMPS_MS)
def test_the_clock_jumps_while_a_sale_is_open_and_the_power_fails(
    tmp_path: Path, jump_ms: int
) -> None:
    """Lines, totals and the payment asked for before the jump are there after it."""
    terminal = FakeTerminal(["slow"])
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    shop.clock.jump(jump_ms)
    sale.add("BUN")
    sale.payments.ask("card")
    shop.clock.jump(-2 * jump_ms)
    again = shop.crash().sale(sale.id)
    assert again.totals == sale.totals
    for _ in range(100):
        shop.clock.pass_ms(1_000)
        shop.till.step()
    net_minor = sum(charge.net_minor for charge in terminal.charges.values())
    if again.state != "completed":  # the deadline had passed by the clock: given up, then cash
        assert (again.state, net_minor) == ("open", 0)
        again.pay_cash(again.due_minor)
    else:
        assert net_minor == again.totals.payable_minor
    assert [body.number for body in sold(shop)] == [1]
    shop.till.close()


def test_a_clock_reset_to_1970_still_sells(tmp_path: Path) -> None:
    """A dead clock battery costs the right date, not the sale."""
    shop = Shop(tmp_path / "shop")
    sell_one(shop)
    shop.clock.jump(-shop.clock.wall_ms + HOUR_MS)
    sell_one(shop)
    shop.crash()
    sell_one(shop)
    assert [body.number for body in sold(shop)] == [1, 2, 3]
    assert sold(shop)[1].day == 19700101
    shop.till.close()


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Asia/Shanghai", "2028-02-29T23:59:58", 20280229),
        ("Asia/Shanghai", "2028-03-01T00:00:01", 20280301),
        ("Europe/Berlin", "2026-03-29T01:59:59", 20260329),  # an hour is left out after this
        ("Europe/Berlin", "2026-03-29T03:00:01", 20260329),
        ("Europe/Berlin", "2026-10-25T02:30:00", 20261025),  # this comes twice
        ("America/Sao_Paulo", "2018-11-04T01:00:00", 20181104),  # this day has no midnight
    ],
)
def test_leap_days_and_summer_time_fall_on_their_business_day(
    tmp_path: Path, zone: str, at: str, day: int
) -> None:
    """The business day follows the shop's own clock on the wall."""
    shop = Shop(tmp_path / "shop", settings=f'timezone = "{zone}"\n{SETTINGS}')
    shop.clock.jump(moment_ms(at, zone) - shop.clock.wall_ms)
    sell_one(shop)
    assert sold(shop)[0].day == day
    assert shop.till.takings(day).sales == 1
    shop.till.close()


def test_summer_time_is_no_change_of_the_clock(tmp_path: Path) -> None:
    """An hour more on the wall is none in time: nothing is journaled when time just passes."""
    shop = Shop(tmp_path / "shop", settings=f'timezone = "Europe/Berlin"\n{SETTINGS}')
    shop.clock.jump(moment_ms("2026-03-29T01:30:00", "Europe/Berlin") - shop.clock.wall_ms)
    sell_one(shop)
    before = len(changes(shop))
    shop.clock.pass_ms(HOUR_MS)
    sell_one(shop)
    assert len(changes(shop)) == before
    shop.till.close()
