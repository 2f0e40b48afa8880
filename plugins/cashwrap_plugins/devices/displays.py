"""A customer's pole display: a thread shows the newest screen, and again after it was unplugged."""

from __future__ import annotations

from collections.abc import Callable

from cashwrap.events import Event
from cashwrap.host.offers import DeviceState
from cashwrap.host.views import SaleSeen
from cashwrap.money import Currency
from cashwrap.sale.events import SaleCancelled, SaleCompleted, SaleSuspended

from . import screens
from .display_protocols import Screen, told
from .keeping import Kept, not_connected
from .ports import Port, open_port
from .settings import DisplaySettings
from .words import state

BAUD, LINE = 9_600, "8N1"
LOOK_S = 1.0


class PoleDisplay(Kept):
    """A display as the settings have it."""

    def __init__(
        self,
        settings: DisplaySettings,
        currency: Currency,
        opener: Callable[[str, int, str], Port] = open_port,
    ) -> None:
        super().__init__(settings.name)
        self.settings = settings
        self._currency = currency
        self._opener = opener
        self._idle = screens.of_words(settings.idle, settings.encoding)
        self._wanted = self._idle
        self._before: SaleSeen | None = None

    # Asked from other threads

    def show(self, screen: Screen) -> None:
        """Show this, in place of what was to be shown."""
        self._wanted = screen
        self.wake()

    def changed(self, sale: SaleSeen) -> None:
        """Show the line of a sale that changed, and its total."""
        line = screens.newest(sale, self._before)
        self._before = sale
        self.show(screens.of_sale(sale, line, self._currency, self.settings.encoding))

    def committed(self, event: Event) -> None:
        """Show the change of a sale that ended, a welcome after one that is gone."""
        match event:
            case SaleCompleted():
                self.show(screens.of_completed(event, self._currency, self.settings.encoding))
            case SaleCancelled() | SaleSuspended():
                self.show(self._idle)

    def look(self) -> DeviceState:
        """Return how it does, as far as its port tells."""
        if self.trouble:
            return not_connected(self.trouble)
        return state("unknown", "blind")

    # On its own thread

    def work(self) -> None:
        """Show what is to be shown until stopped."""
        settings = self.settings
        port = self._opener(settings.port, settings.baud or BAUD, LINE)
        shown: Screen | None = None
        try:
            while not self.is_stopping:
                wanted = self._wanted
                if wanted != shown:
                    port.write(told(wanted, settings.protocol, settings.encoding))
                    shown = wanted
                port.read(1)  # notices that it was unplugged
                self.trouble = ""
                self.pause(LOOK_S)
        finally:
            port.close()
