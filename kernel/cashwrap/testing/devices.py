"""What every driver of a scale, and every plugin that prints, has to do: tests for their authors.

Subclass a suite in a test module and give it a rig for each test::

    class TestMyScale(ScaleConformance):
        def rig(self, folder: Path) -> ScaleRig:
            port = FakePort(folder)
            scale = MyScale(port.path)
            scale.start()
            return ScaleRig(scale=scale, port=port, rests=lambda milli: b"%07d\\r" % milli, ...)
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import msgspec

from cashwrap.host.scales import Reading, Scale
from cashwrap.testing.ports import FakePort
from cashwrap.testing.printers import FakePrinter
from cashwrap.testing.shop import SETTINGS, Shop

WAIT_S = 15.0
STEP_S = 0.02
SENT_EVERY_S = 0.05
BUSY_S = 0.6


class ScaleRig(msgspec.Struct, frozen=True, kw_only=True):
    """A driver on a port whose other end is the test's.

    ``rests`` gives the frame of a weight at rest, ``moves`` of one that moves, None where frames do
    not say it; ``over`` and ``broken`` are frames of an overload, and with one byte wrong or lost.
    ``asks`` is what the driver sends for a reading, b"" where the scale sends by itself; ``shake``
    answers its other bytes. ``unit`` is what the driver gives weights in.
    """

    scale: Scale
    port: FakePort
    rests: Callable[[int], bytes]
    close: Callable[[], None]
    moves: Callable[[int], bytes] | None = None
    over: bytes = b""
    broken: Callable[[int], bytes] | None = None
    asks: bytes = b""
    shake: tuple[tuple[bytes, bytes], ...] = ()
    unit: str = "kg"


class ScaleConformance:
    """The suite; every test gets a rig of its own from ``rig``."""

    def rig(self, folder: Path) -> ScaleRig:
        """Return a driver that was started, on a fresh port."""
        raise NotImplementedError("return a ScaleRig with your driver on a FakePort")

    def test_it_gives_what_lies_on_it_in_whole_thousandths(self, tmp_path: Path) -> None:
        """The weight and its unit, an int, at rest; also of the smallest and a heavy thing."""
        with self._up(tmp_path) as rig:
            for milli in (1_234, 2, 5_000):
                found = _await(rig, rig.rests(milli), partial(_is, milli=milli))
                assert type(found.quantity_milli) is int
                assert (found.unit, found.stable) == (rig.unit, True)

    def test_what_moves_is_not_at_rest(self, tmp_path: Path) -> None:
        """It says so, or gives nothing; also when something rested there a moment ago."""
        with self._up(tmp_path) as rig:
            if rig.moves is None:
                return
            _await(rig, rig.rests(1_234), lambda got: _is(got, 1_234))
            _never(rig, rig.moves(900), lambda got: got.stable)

    def test_an_overload_is_no_weight(self, tmp_path: Path) -> None:
        """Nor is the one that lay there before."""
        with self._up(tmp_path) as rig:
            if rig.over:
                _await(rig, rig.rests(1_234), lambda got: _is(got, 1_234))
                _never(rig, rig.over, lambda got: got.stable)

    def test_a_broken_frame_is_no_weight(self, tmp_path: Path) -> None:
        """Nor is the one that lay there before."""
        with self._up(tmp_path) as rig:
            if rig.broken is not None:
                _await(rig, rig.rests(1_234), lambda got: _is(got, 1_234))
                _never(rig, rig.broken(4_321), lambda got: got.stable)

    def test_noise_is_no_weight_and_what_follows_is(self, tmp_path: Path) -> None:
        """Any byte may come, before and between frames."""
        with self._up(tmp_path) as rig:
            _never(rig, bytes(range(256)), lambda got: got.stable)
            _await(rig, rig.rests(700), lambda got: _is(got, 700))

    def test_silence_is_no_weight(self, tmp_path: Path) -> None:
        """What was read a while ago does not count any more."""
        with self._up(tmp_path) as rig:
            _await(rig, rig.rests(1_234), lambda got: _is(got, 1_234))
            _until(lambda: _read(rig) is None, "it gives a weight that is long gone")

    def test_pulled_out_it_gives_nothing_and_plugged_in_it_goes_on(self, tmp_path: Path) -> None:
        """By itself, and without an answer from before."""
        with self._up(tmp_path) as rig:
            _await(rig, rig.rests(1_234), lambda got: _is(got, 1_234))
            rig.port.unplug()
            _until(lambda: _read(rig) is None, "it gives a weight without a scale")
            rig.port.plug()
            _await(rig, rig.rests(800), lambda got: _is(got, 800))

    @contextmanager
    def _up(self, folder: Path) -> Iterator[ScaleRig]:
        rig = self.rig(folder)
        try:
            yield rig
        finally:
            rig.close()
            rig.port.unplug()


class PrinterRig(msgspec.Struct, frozen=True, kw_only=True):
    """Plugins that print on a printer of the network, and the settings that name its port."""

    plugins: tuple[Path, ...]
    settings: Callable[[int], str]


class PrinterConformance:
    """The suite; a shop sells with the plugins, on a `FakePrinter`."""

    def rig(self) -> PrinterRig:
        """Return what prints."""
        raise NotImplementedError("return a PrinterRig with your plugin and its settings")

    def test_each_sale_is_printed_once(self, tmp_path: Path) -> None:
        """In order, with its number."""
        with self._up(tmp_path) as (shop, printer):
            numbers = [_sell(shop) for _ in range(3)]
            _printed(shop, printer, 3)
            for number, text in zip(numbers, printer.texts(), strict=True):
                assert number in text

    def test_without_paper_the_sale_goes_on_and_the_receipt_waits(self, tmp_path: Path) -> None:
        """It is printed when there is paper, once."""
        with self._up(tmp_path) as (shop, printer):
            printer.paper_out = True
            number = _sell(shop)
            _work(shop, BUSY_S)
            assert printer.papers == []
            printer.new_roll()
            _printed(shop, printer, 1)
            _work(shop, BUSY_S)
            assert [number in text for text in printer.texts()] == [True]

    def test_switched_off_the_sale_goes_on_and_the_receipt_waits(self, tmp_path: Path) -> None:
        """It is printed once the printer is back."""
        with self._up(tmp_path) as (shop, printer):
            printer.switch_off()
            number = _sell(shop)
            _work(shop, BUSY_S)
            printer.switch_on()
            _printed(shop, printer, 1)
            assert number in printer.texts()[0]

    def test_a_killed_till_prints_what_it_owes(self, tmp_path: Path) -> None:
        """At least once, and what was printed before is not printed again."""
        with self._up(tmp_path) as (shop, printer):
            _sell(shop)
            _printed(shop, printer, 1)
            printer.paper_out = True
            number = _sell(shop)
            _work(shop, BUSY_S)
            shop.crash()
            printer.switch_off()  # what it held is gone
            printer.paper_out = False
            printer.switch_on()
            _printed(shop, printer, 2)
            _work(shop, BUSY_S)
            assert [number in text for text in printer.texts()] == [False, True]

    def test_a_receipt_that_may_be_the_second_one_says_so(self, tmp_path: Path) -> None:
        """The cable was pulled in the middle: nobody knows what the customer has."""
        with self._up(tmp_path) as (shop, printer):
            printer.dies_after = 1
            number = _sell(shop)
            _until(lambda: not printer.dies_after, "it was not printed on", lambda: _work(shop, 0))
            printer.switch_on()
            _until(lambda: len(printer.papers) >= 1, "it was not printed", lambda: _work(shop, 0))
            _work(shop, BUSY_S)
            again = printer.texts()[-1]
            assert number in again
            assert len(again) > len(_receipt(shop, number)), "it does not say that it is again"

    @contextmanager
    def _up(self, folder: Path) -> Iterator[tuple[Shop, FakePrinter]]:
        printer, rig = FakePrinter(), self.rig()
        settings = SETTINGS + rig.settings(printer.port)
        shop = Shop(folder / "shop", settings=settings, plugins=list(rig.plugins))
        try:
            _work(shop, 0)
            yield shop, printer
        finally:
            shop.till.close()
            printer.switch_off()


def _is(found: Reading, milli: int) -> bool:
    return found.stable and found.quantity_milli == milli


def _read(rig: ScaleRig) -> Reading | None:
    with suppress(Exception):  # whatever a driver says instead of a weight
        return rig.scale.read()
    return None


def _feed(rig: ScaleRig, frame: bytes) -> None:
    """Send a frame, or answer what the driver asks with it."""
    if not rig.asks:
        rig.port.send(frame)
        return
    heard = rig.port.receive()
    for asked, answer in rig.shake:
        rig.port.send(answer * heard.count(asked))
    rig.port.send(frame * heard.count(rig.asks))


def _await(rig: ScaleRig, frame: bytes, wanted: Callable[[Reading], bool]) -> Reading:
    end_s = time.monotonic() + WAIT_S
    while time.monotonic() < end_s:
        _feed(rig, frame)
        time.sleep(SENT_EVERY_S)
        found = _read(rig)
        if found is not None and wanted(found):
            return found
    raise AssertionError(f"the scale sends {frame!r}, and the driver gives {_read(rig)}")


def _never(rig: ScaleRig, frame: bytes, unwanted: Callable[[Reading], bool]) -> None:
    """Send a frame for a while; once it was taken in, the driver gives nothing unwanted."""
    for turn in range(16):
        _feed(rig, frame)
        time.sleep(SENT_EVERY_S)
        found = _read(rig) if turn > 7 else None
        assert found is None or not unwanted(found), f"the scale sends {frame!r}: {found}"


def _until(
    done: Callable[[], bool], wrong: str, meanwhile: Callable[[], None] | None = None
) -> None:
    end_s = time.monotonic() + WAIT_S
    while not done():
        assert time.monotonic() < end_s, wrong
        if meanwhile is not None:
            meanwhile()
        time.sleep(STEP_S)


def _work(shop: Shop, seconds: float) -> None:
    end_s = time.monotonic() + seconds
    shop.till.work()
    while time.monotonic() < end_s:
        time.sleep(STEP_S)
        shop.clock.pass_ms(20)
        shop.till.work()


def _printed(shop: Shop, printer: FakePrinter, count: int) -> None:
    _until(lambda: len(printer.papers) >= count, "not printed", lambda: _work(shop, 2 * STEP_S))
    _work(shop, 5 * STEP_S)
    assert len(printer.papers) == count, printer.texts()


def _sell(shop: Shop) -> str:
    sale = shop.till.new_sale()
    sale.add("COLA")
    sale.pay_cash(sale.due_minor)
    return shop.till.receipt(sale.id).number


def _receipt(shop: Shop, number: str) -> str:
    sale = shop.till.sale_of_number(int(number.rpartition("-")[2]))
    return shop.till.receipt_text(sale)
