"""Member day (会员日): every eighth of the month, more points and 12 % off."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cashwrap.money import Currency
from cashwrap.promotions.rules import Off, Rule, RuleSet, Spend, Step
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap_plugins.promotions.presets import PRESETS


def member_day(**settings: str) -> tuple[Rule, ...]:
    make = next(preset.make for preset in PRESETS if preset.code == "member-day")
    assert make is not None
    return make(settings, Currency())


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    made.till.publish_rules(RuleSet(rules=member_day(days="8", off="12%", points_times="2")))
    yield made
    made.till.close()


def at(shop: Shop, text: str, zone: str = "Asia/Shanghai") -> None:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    shop.clock.jump(int(moment.timestamp()) * 1000 - shop.clock.wall_ms)


def cake(shop: Shop, member: str = "M1", tier: str = "gold") -> Sale:
    sale = shop.till.new_sale()
    sale.add("CAKE")
    if member:
        sale.set_customer(member=member, tier=tier)
    return sale


def points(sale: Sale) -> list[tuple[int, int]]:
    proof = sale.proof()
    assert proof is not None
    return [(reward.base_minor, reward.times_ppm) for reward in proof.rewards]


@pytest.mark.req("R90")
@pytest.mark.parametrize("month", range(3, 13))
def test_every_eighth_members_pay_less_and_earn_double(shop: Shop, month: int) -> None:
    """22.00 less 12 % is 19.36, and these count twice for points, in every month."""
    at(shop, f"2026-{month:02}-08T12:00")
    sale = cake(shop)
    assert sale.totals.payable_minor == 1_936
    assert points(sale) == [(1_936, 2_000_000)]


@pytest.mark.req("R90")
@pytest.mark.parametrize("day", ["2026-03-07T23:59:58", "2026-03-09T00:00:01"])
def test_the_days_around_it_are_usual_days(shop: Shop, day: str) -> None:
    """A second before midnight it has not begun, a second after it is over."""
    at(shop, day)
    assert cake(shop).totals.payable_minor == 2_200


@pytest.mark.req("R90")
def test_guests_have_no_part_and_a_member_named_last_has(shop: Shop) -> None:
    """Naming the member prices the whole sale again."""
    at(shop, "2026-03-08T12:00")
    sale = cake(shop, member="")
    assert sale.totals.payable_minor == 2_200
    sale.set_customer(member="M1", tier="silver")
    assert sale.totals.payable_minor == 1_936


@pytest.mark.req("R90")
def test_a_sale_begun_before_midnight_keeps_the_day(shop: Shop) -> None:
    """Opened at 23:59 on the eighth, goods added and paid on the ninth: still member day."""
    at(shop, "2026-03-08T23:59")
    sale = cake(shop)
    shop.clock.pass_ms(5 * 60_000)
    sale.add("CAKE")
    assert sale.totals.payable_minor == 2 * 1_936
    sale.pay_cash(4_000)
    assert shop.till.takings(20260309).payable_minor == 2 * 1_936


@pytest.mark.req("R90")
def test_a_sale_begun_before_the_day_does_not_get_it_by_waiting(shop: Shop) -> None:
    """Opened at 23:59 on the seventh, paid on the eighth: a usual day."""
    at(shop, "2026-03-07T23:59")
    sale = cake(shop)
    shop.clock.pass_ms(5 * 60_000)
    sale.add("CAKE")
    assert sale.totals.payable_minor == 4_400


@pytest.mark.req("R90")
def test_a_sale_that_comes_back_after_midnight_and_a_crash_keeps_the_day(shop: Shop) -> None:
    """What it began under is in its draft."""
    at(shop, "2026-03-08T23:59")
    sale = cake(shop)
    shop.clock.pass_ms(5 * 60_000)
    again = shop.crash().sale(sale.id)
    assert again.totals.payable_minor == 1_936
    assert again.proof() == sale.proof()


@pytest.mark.req("R90")
@pytest.mark.parametrize(
    ("moment", "payable_minor"),
    [
        ("2026-03-08T00:30", 1_936),  # in Los Angeles the clock jumps that night
        ("2026-03-08T23:30", 1_936),
        ("2026-03-07T23:30", 2_200),  # already the eighth in Shanghai
        ("2026-03-09T00:30", 2_200),
    ],
)
def test_the_day_is_the_shops_own(tmp_path: Path, moment: str, payable_minor: int) -> None:
    """A shop in Los Angeles has its eighth when it is the eighth there."""
    zone = "America/Los_Angeles"
    shop = Shop(tmp_path / "la", settings=f'timezone = "{zone}"\n{SETTINGS}')
    shop.till.publish_rules(RuleSet(rules=member_day()))
    at(shop, moment, zone)
    assert cake(shop).totals.payable_minor == payable_minor
    shop.till.close()


@pytest.mark.req("R90")
def test_more_points_go_together_with_a_spend_offer(shop: Shop) -> None:
    """满减 of the same day takes its amount off, and points count on what is left."""
    step = Step(at_minor=3_000, off=Off(amount_minor=500))
    over = Rule(id="over", layer="order", benefit=Spend(steps=(step,)))
    shop.till.publish_rules(RuleSet(rules=(*member_day(), over)))
    at(shop, "2026-03-08T12:00")
    sale = cake(shop)
    sale.add("CAKE")
    assert sale.totals.payable_minor == 2 * 1_936 - 500
    assert points(sale) == [(3_372, 2_000_000)]
