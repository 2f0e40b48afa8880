"""What every plugin that shows a customer what is rung up has to do: tests for its author.

Subclass the suite in a test module and give it a rig::

    class TestMyDisplay(DisplayConformance):
        def rig(self) -> DisplayRig:
            return DisplayRig(plugins=(MY_PLUGIN,), settings=my_settings, shows=my_display)
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from cashwrap.sale.sale import Sale
from cashwrap.testing.ports import FakePort
from cashwrap.testing.shop import ITEMS, SETTINGS, Shop

WAIT_S = 15.0
STEP_S = 0.02
QUIET_S = 0.4
SHORTEST_MS = 20

LONG = {
    "type": "item", "sku": "GIFT", "name": "云南高原有机 Gift box with a very long name " * 3,
    "tax": "food", "price": "1234.50",
}  # fmt: skip


class DisplayRig(msgspec.Struct, frozen=True, kw_only=True):
    """Plugins that show what is rung up on a serial display, and the settings that name its port.

    ``shows`` is the display: what stands on it after it was switched on and heard these bytes, of
    which the last may be half of what was meant; it raises for what such a display cannot show.
    ``one_number``: it has room for one amount alone, that of the line, and of the change once it is
    paid.
    """

    plugins: tuple[Path, ...]
    settings: Callable[[str], str]
    shows: Callable[[bytes], str]
    one_number: bool = False


class Counter:
    """A shop that sells, and a customer before its display."""

    def __init__(self, shop: Shop, port: FakePort, rig: DisplayRig) -> None:
        self.shop = shop
        self.one_number = rig.one_number
        self._port = port
        self._shows = rig.shows
        self._heard = b""

    def reads(self) -> str:
        """Return what stands on the display."""
        self._heard += self._port.receive()
        return self._shows(self._heard)

    def sees(self, *amounts: str) -> None:
        """Wait until these amounts stand on the display."""
        end_s = time.monotonic() + WAIT_S
        while any(amount not in self.reads() for amount in amounts):
            told = f"{' and '.join(amounts)} should stand on it, and there is {self.reads()!r}"
            assert time.monotonic() < end_s, told
            self.pass_s(STEP_S)

    def pass_s(self, seconds: float) -> None:
        """Let the till do what it does between customers' goods."""
        end_s = time.monotonic() + seconds
        while True:
            self.shop.clock.pass_ms(SHORTEST_MS)
            self.shop.till.work()
            if time.monotonic() >= end_s:
                return
            time.sleep(STEP_S)

    def unplug(self) -> None:
        """Pull its cable out."""
        self._port.unplug()

    def plug(self) -> None:
        """Plug it in: it is switched on anew, and shows nothing."""
        self._heard = b""
        self._port.plug()


class DisplayConformance:
    """The suite; a shop sells with the plugins, and what the display shows is read."""

    def rig(self) -> DisplayRig:
        """Return what shows."""
        raise NotImplementedError("return a DisplayRig with your plugin and its settings")

    def test_each_line_is_shown_with_what_it_costs(self, tmp_path: Path) -> None:
        """As it is rung up, also where there are several of it."""
        with self._up(tmp_path) as counter:
            sale = counter.shop.till.new_sale()
            for sku, quantity, amount in (("COLA", 1, "3.50"), ("BUN", 3, "27.00")):
                sale.add(sku, quantity)
                counter.sees(amount)
            sale.set_quantity(1, 4)
            counter.sees("14.00")

    def test_the_total_is_what_is_to_be_paid(self, tmp_path: Path) -> None:
        """After discounts, without what was struck out."""
        with self._up(tmp_path) as counter:
            sale = counter.shop.till.new_sale()
            sale.add("BUN")
            sale.add("CAKE")
            self._total(counter, "31.00")
            sale.discount(percent_ppm=500_000, reason="old")
            self._total(counter, "15.50")
            sale.void_line(2)
            self._total(counter, "4.50")

    def test_an_amount_is_shown_whole_beside_any_name(self, tmp_path: Path) -> None:
        """The name gives way."""
        with self._up(tmp_path) as counter:
            sale = counter.shop.till.new_sale()
            sale.add("COLA")
            sale.add("GIFT", 2)
            counter.sees("2469.00")
            self._total(counter, "2472.50")

    def test_what_comes_back_is_shown_when_it_is_paid(self, tmp_path: Path) -> None:
        """The change, to be counted by the customer."""
        with self._up(tmp_path) as counter:
            sale = counter.shop.till.new_sale()
            sale.add("COLA")
            sale.pay_cash(1_000)
            counter.sees("6.50")

    def test_the_next_customer_sees_nothing_of_the_last(self, tmp_path: Path) -> None:
        """Nor half of it, below or beside what is shown now."""
        with self._up(tmp_path) as counter:
            for sku, amount in (("GIFT", "1234.50"), ("COLA", "3.50")):
                sale = counter.shop.till.new_sale()
                sale.add(sku)
                counter.sees(amount)
                if sku == "GIFT":
                    sale.pay_cash(200_000)
            assert not {"1234", "234", "765"} & set(_numbers(counter.reads())), counter.reads()

    def test_a_sale_that_is_gone_is_shown_no_more(self, tmp_path: Path) -> None:
        """Cancelled, or suspended."""
        with self._up(tmp_path) as counter:
            ends: tuple[Callable[[Sale], object], ...] = (
                lambda sale: sale.cancel("left"),
                lambda sale: sale.suspend("fetches a bag"),
            )
            for end in ends:
                sale = counter.shop.till.new_sale()
                sale.add("CAKE")
                counter.sees("22.00")
                end(sale)
                self._gone(counter, "22.00")

    def test_unplugged_the_sale_goes_on_and_plugged_in_it_is_shown(self, tmp_path: Path) -> None:
        """As it is by then, without a further line."""
        with self._up(tmp_path) as counter:
            sale = counter.shop.till.new_sale()
            sale.add("BUN")
            counter.sees("9.00")
            counter.unplug()
            sale.add("CAKE")
            counter.pass_s(QUIET_S)
            assert sale.totals.payable_minor == 3_100
            counter.plug()
            counter.sees("22.00")
            counter.unplug()  # and nothing happens meanwhile
            counter.pass_s(QUIET_S)
            counter.plug()
            counter.sees("22.00")
            self._total(counter, "31.00")

    def test_of_many_changes_the_last_is_shown(self, tmp_path: Path) -> None:
        """However fast they come."""
        with self._up(tmp_path) as counter:
            sale = counter.shop.till.new_sale()
            sale.add("BUN")
            for count in range(2, 41):
                sale.set_quantity(1, count)
                counter.shop.till.work()
            counter.sees("360.00")
            counter.pass_s(QUIET_S)
            counter.sees("360.00")

    def test_what_is_not_for_customers_is_not_shown(self, tmp_path: Path) -> None:
        """Notes are the cashier's, and whose card it is is nobody's."""
        with self._up(tmp_path) as counter:
            sale = counter.shop.till.new_sale()
            sale.add("BUN")
            sale.note("watch out 8642", 1)
            sale.note("rude 9753")
            sale.set_quantity(1, 2)
            counter.sees("18.00")
            counter.pass_s(QUIET_S)
            found = counter.reads()
            assert not any(secret in found for secret in ("8642", "watch", "9753", "rude")), found

    def test_a_killed_till_shows_what_is_rung_up_next(self, tmp_path: Path) -> None:
        """The sale that was open is open again, and so is the display."""
        with self._up(tmp_path) as counter:
            counter.shop.till.new_sale().add("BUN")
            counter.sees("9.00")
            counter.shop.crash()
            (sale,) = counter.shop.till.open_sales()
            sale.add("CAKE")
            counter.sees("22.00")
            self._total(counter, "31.00")

    def _total(self, counter: Counter, amount: str) -> None:
        if not counter.one_number:
            counter.sees(amount)

    def _gone(self, counter: Counter, amount: str) -> None:
        end_s = time.monotonic() + WAIT_S
        while amount in counter.reads():
            assert time.monotonic() < end_s, f"it still shows {counter.reads()!r}"
            counter.pass_s(STEP_S)

    @contextmanager
    def _up(self, folder: Path) -> Iterator[Counter]:
        rig, port = self.rig(), FakePort(folder)
        settings = SETTINGS + rig.settings(port.path)
        shop = Shop(
            folder / "shop", settings=settings, items=[*ITEMS, LONG], plugins=list(rig.plugins)
        )
        counter = Counter(shop, port, rig)
        try:
            counter.pass_s(0)
            yield counter
            for plugin in shop.till.host.plugins.values():
                assert not plugin.faults, f"plugin {plugin.name!r} failed while it was selling"
        finally:
            shop.till.close()
            port.unplug()


def _numbers(text: str) -> list[str]:
    """Return the runs of digits in a text."""
    return "".join(sign if sign.isdecimal() else " " for sign in text).split()
