"""Bytes that python-escpos makes, by its profiles: codes, pictures, cuts, the drawer's pulse.

Its text and its transports are not used: what a row prints as would depend on its neighbours, and
a stalled printer would be waited for, or told twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .ports import PortFailed
from .settings import PrinterSettings

if TYPE_CHECKING:
    from PIL.Image import Image

QR_DOTS, BAR_DOTS, BAR_HIGH, BAND_ROWS = 6, 2, 64, 128
CUTS = {"full": "FULL", "partial": "PART"}
PINS = {"pin2": 2, "pin5": 5}


def made(settings: PrinterSettings, act: Callable[[Any], object]) -> bytes:
    """Return what the library sends for an act on a printer. Raises PortFailed without it."""
    try:
        from escpos.printer import Dummy
    except ModuleNotFoundError:
        raise PortFailed(
            "python-escpos is not installed: pip install 'cashwrap[devices]'"
        ) from None
    printer = Dummy(profile=settings.profile or None)
    act(printer)
    output: bytes = printer.output
    return output


def cut(settings: PrinterSettings) -> bytes:
    """Return the feed and the cut."""
    if settings.cut == "none":
        return b"\n" * 4
    return made(settings, lambda printer: printer.cut(mode=CUTS[settings.cut]))


def pulse(settings: PrinterSettings) -> bytes:
    """Return what opens the drawer, in its turn."""
    return made(settings, lambda printer: printer.cashdraw(PINS[settings.drawer]))


def square(settings: PrinterSettings, text: str) -> bytes:
    """Return a QR code that the printer draws: model 2, correction M."""
    return made(settings, lambda printer: printer.qr(text, ec=1, size=QR_DOTS, native=True))


def bars(settings: PrinterSettings, text: str) -> bytes:
    """Return Code 128, set B, with nothing under it: the slip says it itself."""
    data = "{B" + text.replace("{", "{{")
    return made(
        settings,
        lambda printer: printer.barcode(
            data, "CODE128", height=BAR_HIGH, width=BAR_DOTS, pos="OFF", align_ct=False,
            function_type="B", check=False,
        ),
    )  # fmt: skip


def picture(settings: PrinterSettings, image: Image) -> bytes:
    """Return a picture in bands of dots."""
    return made(
        settings,
        lambda printer: printer.image(image, impl="bitImageRaster", fragment_height=BAND_ROWS),
    )
