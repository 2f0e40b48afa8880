"""The drawer at a printer: what opens it, and whether it stands open."""

from __future__ import annotations

from collections.abc import Iterable

from cashwrap.events import Event
from cashwrap.host.offers import DeviceState
from cashwrap.sale.events import DrawerOpened, SaleCompleted
from cashwrap.shift.events import PaidIn, PaidOut, SafeDropped, ShiftOpened

from .printer_status import PrinterStatus
from .settings import PrinterSettings
from .words import state

CASH = "cash"


class Drawer:
    """What is known of a drawer. Written by the printer's thread, read by any."""

    def __init__(self, settings: PrinterSettings) -> None:
        self._settings = settings
        self._is_open: bool | None = None
        self._since_s: float | None = None  # kept while nobody answers

    def seen(self, status: PrinterStatus | None, now_s: float) -> None:
        """Take in what the printer says of it."""
        if status is None or self._settings.sensor == "none":
            self._is_open = None
            return
        is_open = status.pin3_high == (self._settings.sensor == "high")
        if not is_open:
            self._since_s = None
        elif self._since_s is None:
            self._since_s = now_s
        self._is_open = is_open

    def state(self, now_s: float) -> DeviceState:
        """Return how it does: one that was left open is told."""
        if self._is_open is None:
            return state("unknown", "no_sensor")
        if not self._is_open or self._since_s is None:
            return state("ok", "closed")
        open_s = int(now_s - self._since_s)
        if open_s < self._settings.left_open_s:
            return state("ok", "is_open")
        return state("warn", "open", n=open_s)


def opens_drawer(event: Event) -> bool:
    """Return whether the drawer is opened for what was journaled: where cash goes in or out."""
    if isinstance(event, SaleCompleted):
        return any(payment.kind == CASH for payment in event.payments)
    return isinstance(event, DrawerOpened | PaidIn | PaidOut | SafeDropped | ShiftOpened)


def register_of(events: Iterable[Event]) -> str | None:
    """Return at which register the drawer is to be opened, None for not at all."""
    for event in events:
        if opens_drawer(event):
            register: str = getattr(event, "register", "")
            return register
    return None
