"""A small real shop in a temporary folder: a till on real LMDB, a clock and ids that tests own."""

import gc
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from cashwrap.ports import Timestamp
from cashwrap.stock.documents import Received, receive
from cashwrap.store.disk import SYSTEM_DISK, Disk
from cashwrap.store.tables import Projection
from cashwrap.tender.driver import TenderDriver
from cashwrap.till import Till

START_MS = 1_772_330_400_000  # 2026-03-01 10:00 in Shanghai

SETTINGS = """
shop_name = "街角小店"
order_types = ["", "dine_in", "takeaway"]

[[scan.store_codes]]
pattern = "21IIIIIPPPPPC"

[[taxes]]
code = "vat13"
name = "增值税13%"
by_order_type = { "" = [{ code = "vat13", name = "增值税13%", rate_ppm = 130000 }] }

[[taxes]]
code = "food"
name = "餐饮"
by_order_type.dine_in = [{ code = "vat6", name = "增值税6%", rate_ppm = 60000 }]
by_order_type."" = [{ code = "vat13", name = "增值税13%", rate_ppm = 130000 }]
"""


def with_settings(more: str, settings: str = SETTINGS) -> str:
    """Return settings with more of them: what stands before the first table goes to the top."""
    lines = more.splitlines()
    tables = next(
        (at for at, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines)
    )
    return "\n".join([*lines[:tables], settings, *lines[tables:], ""])


ITEMS: tuple[dict[str, object], ...] = (
    {"type": "book", "code": "base"},
    {"type": "book", "code": "vip", "layer": "customer", "scope": "vip"},
    {
        "type": "item", "sku": "COLA", "name": "可口可乐 330ml", "gtins": ["6901234567892"],
        "tax": "vat13", "price": "3.50",
    },
    {"type": "pack", "sku": "COLA", "unit": "case", "quantity": "24", "gtins": ["16901234567899"]},
    {"type": "price", "sku": "COLA", "book": "vip", "price": "3.00"},
    {
        "type": "item", "sku": "APPLE", "name": "红富士苹果", "plus": ["10001"], "unit": "kg",
        "measure": "weight", "tax": "vat13", "price": "12.80",
    },
    {
        "type": "item", "sku": "TEA", "name": "珍珠奶茶", "tax": "food", "sellable": "no",
        "stocked": "no", "axes": ["size=large/medium"],
    },
    {
        "type": "item", "sku": "TEA-L", "name": "珍珠奶茶 大杯", "tax": "food", "family": "TEA",
        "spec": ["size=large"], "price": "18.00", "modifiers": ["extras"], "stocked": "no",
    },
    {
        "type": "item", "sku": "TEA-M", "name": "珍珠奶茶 中杯", "tax": "food", "family": "TEA",
        "spec": ["size=medium"], "price": "15.00", "modifiers": ["extras"], "stocked": "no",
    },
    {"type": "item", "sku": "PEARL", "name": "珍珠", "unit": "g", "measure": "weight",
     "price": "0.05"},
    {"type": "ingredient", "sku": "TEA-L", "ingredient": "PEARL", "quantity": "50",
     "waste_ppm": 50_000},
    {"type": "modifier", "group": "extras", "code": "PEARLS", "name": "加珍珠", "price": "2.00",
     "at_most": 2},
    {"type": "modifier", "group": "extras", "code": "COCO", "name": "加椰果", "price": "1.50",
     "at_most": 2},
    {"type": "item", "sku": "BUN", "name": "牛角包", "tax": "food", "price": "9.00"},
    {"type": "item", "sku": "CAKE", "name": "芝士蛋糕", "tax": "food", "price": "22.00"},
    {"type": "item", "sku": "SET", "name": "下午茶套餐", "tax": "food", "price": "25.00",
     "stocked": "no"},
    {"type": "slot", "sku": "SET", "slot": "点心", "choice": "BUN"},
    {"type": "slot", "sku": "SET", "slot": "点心", "choice": "CAKE", "upcharge": "3.00"},
    {"type": "slot", "sku": "SET", "slot": "饮品", "choice": "TEA-M"},
)  # fmt: skip
"""Catalog records of the shop: counted, weighed, a case, variants, modifiers, a set meal."""


class ManualClock:
    """A clock that moves only when told to, and by a millisecond each time it is read."""

    def __init__(self, wall_ms: int = START_MS) -> None:
        self.wall_ms = wall_ms
        self.steady_ms = 1_000_000

    def now(self) -> Timestamp:
        """Return the time, one millisecond after it was asked for last."""
        self.pass_ms(1)
        return Timestamp(self.wall_ms, self.steady_ms)

    def pass_ms(self, ms: int) -> None:
        """Let time pass."""
        self.wall_ms += ms
        self.steady_ms += ms

    def jump(self, ms: int) -> None:
        """Set the wall clock forward or back, as a person would."""
        self.wall_ms += ms


class SeededRandomness:
    """The same "random" bytes for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        return self._random.randbytes(size)


class Shop:
    """A shop's folder, and the means to open, crash and reopen its till.

    ``plugins`` are folders of plugins that the till works with, and with no others; ``host`` is
    what else the settings say of plugins.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: str = SETTINGS,
        items: Sequence[Mapping[str, object]] = ITEMS,
        drivers: Mapping[str, TenderDriver] | None = None,
        projections: Sequence[Projection] = (),
        disk: Disk = SYSTEM_DISK,
        plugins: Sequence[Path] = (),
        clock: ManualClock | None = None,
        host: str = "",
    ) -> None:
        self.folder = folder
        self._plugins = bool(plugins)
        for plugin in plugins:
            place = folder / "plugins" / plugin.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(plugin.resolve(), target_is_directory=True)
        if plugins:
            only = ", ".join(f'"{plugin.name}"' for plugin in plugins)
            settings += f"\n[host]\nonly = [{only}]\n{host}\n"
        self.clock = clock or ManualClock()
        self.randomness = SeededRandomness()
        self._drivers = drivers
        self._projections = projections
        self._disk = disk
        Till.create(
            folder, settings, clock=self.clock, randomness=self.randomness, witness=[], disk=disk
        )
        self.till = self._opened()
        if items:
            self.load(items)

    def load(self, items: Sequence[Mapping[str, object]]) -> None:
        """Put a catalog of these records in force."""
        source = self.folder / "items.jsonl"
        source.write_bytes(b"\n".join(msgspec.json.encode(item) for item in items))
        self.till.import_catalog(source)

    def receive(self, sku: str, quantity_milli: int, cost_minor: int) -> None:
        """Take in goods from a supplier into the shop."""
        lines = [Received(sku, quantity_milli, cost_minor)]
        own = self.till.settings.own_location
        self.till.move_stock(
            lambda stock: receive(stock, self.till.new_id(), lines, "supplier:ACME", own)
        )

    def reopen(self) -> Till:
        """Close the till in order, and open it again."""
        self.till.close()
        self.till = self._opened()
        return self.till

    def crash(self) -> Till:
        """Drop the till as a killed process would, and open the folder again."""
        self.till.abandon()
        if self._plugins:  # nothing of a killed process lives on: threads end with what holds them
            del self.till
            gc.collect()
        self.till = self._opened()
        return self.till

    def _opened(self) -> Till:
        return Till.open(
            self.folder,
            drivers=self._drivers,
            projections=self._projections,
            plugins=self._plugins,
            clock=self.clock,
            randomness=self.randomness,
            witness=[],
            disk=self._disk,
        )
