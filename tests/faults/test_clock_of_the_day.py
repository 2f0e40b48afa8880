"""The clock jumps through a shop's day: shifts, suspended sales and PINs do not go by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.sale.events import SaleCompleted
from cashwrap.staff import pins
from cashwrap.staff.errors import MustWait, WrongPin
from cashwrap.testing.shop import SETTINGS, START_MS, Shop

MINUTE_MS, DAY_MS = 60_000, 86_400_000
TO_1970_MS = 1_000 - START_MS
TO_29_FEBRUARY_MS = 730 * DAY_MS - 2 * 3_600_000  # to the small hours of 2028-02-29
JUMPS_MS = (
    MINUTE_MS, -MINUTE_MS, DAY_MS, -DAY_MS, 3650 * DAY_MS, -3650 * DAY_MS, TO_1970_MS,
    TO_29_FEBRUARY_MS,
)  # fmt: skip


@pytest.fixture
def shop(memory_path: Path) -> Iterator[Shop]:
    """A shop with two registers, in a zone with summer time."""
    zone = 'timezone = "Europe/Berlin"\n'
    shop = Shop(memory_path / "shop", settings=f'{zone}registers = ["R1", "R2"]\n{SETTINGS}')
    yield shop
    shop.till.close()


@pytest.fixture
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs with next to no work."""
    monkeypatch.setattr(pins, "MEMORY_KIB", 8)
    monkeypatch.setattr(pins, "PASSES", 1)


def sell(shop: Shop, register: str = "R1") -> int:
    """Sell one cola; return its receipt number."""
    sale = shop.till.new_sale(register=register)
    sale.add("COLA")
    sale.pay_cash(350)
    return shop.till.number_of(sale.id)


@pytest.mark.req("R179")
@pytest.mark.parametrize("jump_ms", JUMPS_MS)
def test_a_z_holds_what_was_sold_in_its_shift_whatever_the_clock_said(
    shop: Shop, jump_ms: int
) -> None:
    """A Z is a range of records: a jump within it, a crash and a jump back change no sum of it."""
    shifts = shop.till.shifts
    for number, step_ms in ((1, jump_ms), (2, -jump_ms)):
        shifts.open(10_000, register="R1", staff="amy")
        first = sell(shop)
        shop.clock.jump(step_ms)
        sell(shop)
        shop.crash()
        shop.clock.jump(-step_ms)
        last = sell(shop)
        shifts = shop.till.shifts
        shifts.blind_close(register="R1", staff="amy")
        shifts.declare(number, cash={100: 110}, staff="amy")
        z = shifts.close(number, staff="amy")
        assert (z.z, z.sums.first_number, z.sums.last_number) == (number, first, last)
        assert (z.sums.sales, z.sums.sales_minor) == (3, 3 * 350)
        assert z.cash.over_minor == 11_000 - 10_000 - 3 * 350
        assert shifts.z(number) == z
        shop.clock.jump(step_ms)
    bodies = [record.body() for record in shop.till.store.records()]
    numbers = [body.number for body in bodies if isinstance(body, SaleCompleted)]
    assert numbers == list(range(1, 7))
    assert shop.till.store.verify(all_seals=True).ok


@pytest.mark.req("R24")
@pytest.mark.parametrize("jump_ms", [jump for jump in JUMPS_MS if jump < 30 * MINUTE_MS])
def test_a_clock_that_goes_back_keeps_every_quote(shop: Shop, jump_ms: int) -> None:
    """A suspended sale comes back to the cent, under another catalog, also after a crash."""
    sale = shop.till.new_sale(register="R1")
    sale.add("COLA", 3)
    parked = sale.suspend("接电话")
    shop.load([{"type": "item", "sku": "COLA", "name": "可乐", "tax": "vat13", "price": "9.99"}])
    shop.clock.jump(jump_ms)
    shop.crash()
    back = shop.till.holds.resume(parked.code, register="R2")
    assert back.sale.totals.payable_minor == 1_050


@pytest.mark.parametrize("jump_ms", JUMPS_MS)
def test_no_clock_shortens_the_waiting_for_a_pin(
    shop: Shop, cheap_pins: None, jump_ms: int
) -> None:
    """After five wrong PINs the account waits 30 s of steady time, restarts and jumps or not."""
    staff = shop.till.staff
    staff.enroll("amy", "Amy", role="owner", pin="4711", by="amy")
    for _ in range(5):
        with pytest.raises(WrongPin):
            staff.sign_in("amy", "9999", register="R1")
    for again in (False, True):
        shop.clock.jump(jump_ms)
        if again:
            shop.crash()
        with pytest.raises(MustWait):
            shop.till.staff.sign_in("amy", "4711", register="R1")
    shop.clock.pass_ms(31_000)
    shop.till.staff.sign_in("amy", "4711", register="R1")


def test_the_hour_that_comes_twice_and_the_one_that_never_comes(shop: Shop) -> None:
    """At summer time's end and begin numbers go on, and the day is that of the wall."""
    # 2026-03-29 01:59:30 and 2026-10-25 02:59:30 by the wall in Berlin
    for wall_ms, day in ((1_774_745_970_000, 20260329), (1_792_889_970_000, 20261025)):
        shop.clock.jump(wall_ms - shop.clock.wall_ms)
        before = shop.till.takings(day).sales
        first = sell(shop)
        shop.clock.pass_ms(MINUTE_MS)
        assert sell(shop) == first + 1
        assert shop.till.takings(day).sales == before + 2
