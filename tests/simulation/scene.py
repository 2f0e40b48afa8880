"""A till of the shop with all that belongs to it, and what one act sees of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from cashwrap.sale.sale import Sale
from cashwrap.till import Till

from . import goods
from .bills import Bill
from .books import Books
from .device import Device

if TYPE_CHECKING:
    from .world import World

SIGNED_IN_MS = 20 * 60_000


class Place:
    """One till of the shop: its device, its books, and what lies on its registers."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.registers = goods.REGISTERS[device.name]
        stock = dict.fromkeys(goods.PRICES, goods.FIRST_STOCK_MILLI)
        guarded = device.name in goods.GUARDED
        self.books = Books(stock, self.till.store.head.seq, guarded=guarded)
        self.sales: dict[str, str] = {}  # register -> sale on its screen
        self.last_beat_ms = self.seen_ms = device.clock.steady_ms
        device.flushed = self.books.flushed

    @property
    def till(self) -> Till:
        """Return the till that runs."""
        assert self.device.till is not None
        return self.device.till

    def sale_at(self, register: str) -> Sale | None:
        """Return the sale on a register's screen."""
        open_here = {sale.id: sale for sale in self.till.open_sales()}
        return open_here.get(self.sales.get(register, ""))

    @property
    def closer(self) -> str:
        """Return who ends the day."""
        return goods.BOSS if self.device.name in goods.GUARDED else goods.CLERKS[0]

    def sign_in(self, clerk: str, register: str) -> None:
        """See that somebody is signed in at a register, where that is asked for."""
        if self.device.name in goods.GUARDED:
            staff = self.till.staff
            if staff.signed_in(register) != clerk or self.idle_ms > SIGNED_IN_MS:
                staff.sign_in(clerk, goods.PIN, register=register)
            self.seen_ms = self.device.clock.steady_ms

    @property
    def idle_ms(self) -> int:
        """Return for how long nobody did anything."""
        return self.device.clock.steady_ms - self.seen_ms

    def bill(self, sale: Sale) -> Bill:
        """Return what the clerk knows of a sale."""
        return self.books.open[sale.id]


class Scene:
    """What an act sees: who does it, where, with which dice."""

    def __init__(self, world: World, here: Place, dice: random.Random) -> None:
        self.world = world
        self.here = here
        self.dice = dice
        self.register = dice.choice(here.registers)
        self.clerk = dice.choice(goods.CLERKS)

    @property
    def till(self) -> Till:
        """Return the till."""
        return self.here.till

    @property
    def device(self) -> Device:
        """Return the device."""
        return self.here.device

    @property
    def books(self) -> Books:
        """Return the till's books."""
        return self.here.books

    def sale(self) -> Sale | None:
        """Return the sale on this register's screen."""
        return self.here.sale_at(self.register)

    def look(self) -> None:
        """Read what the journal says came of it."""
        self.device.watched = True
        self.books.look(self.till)
        self.device.watched = False

    def say(self, what: str) -> None:
        """Tell the story."""
        self.world.say(f"{self.device.name} {self.register} {self.clerk}: {what}")

    def chance(self, percent: int) -> bool:
        """Return whether something happens that happens so often."""
        return self.dice.randrange(100) < percent


Act = Callable[[Scene], object]
