"""What the fault harnesses run when they run a whole till: a shop, its goods, and its days.

`TillWorkload` plugs into the harnesses of this folder; what its clerk does is in `till_clerk`.
"""

import contextlib
import os
import random
from collections.abc import Iterator
from pathlib import Path

from till_clerk import Selling
from till_day import RULES, SEASONS, catalog, catalog_of
from till_ports import HurriedClock

from cashwrap.sale.projection import NUMBERS, series_totals
from cashwrap.sale.recovery import left_open
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection, Reader
from cashwrap.tender.projection import open_payments
from cashwrap.testing.shop import SETTINGS
from cashwrap.till import Till, kernel_projections


class TillWorkload:
    """The whole till as a workload of the crash-state harness: a step is one customer or act.

    A request that goes out to the terminal acknowledges too: its intent must be on the disk.
    """

    def projections(self) -> list[Projection]:
        return kernel_projections()

    def make(self, folder: Path) -> None:
        named = {"clock": HurriedClock(), "witness": [folder.with_name(folder.name + ".state")]}
        Till.create(folder, SETTINGS, **named)  # type: ignore[arg-type]
        for season in SEASONS:
            catalog_of(folder, season).write_bytes(catalog(season))
        with Till.open(folder, plugins=False, **named) as till:  # type: ignore[arg-type]
            till.import_catalog(catalog_of(folder, SEASONS[0]))
            till.publish_rules(RULES)

    @contextlib.contextmanager
    def open(self, folder: Path) -> Iterator[Selling]:
        selling = Selling(folder, lambda text: None)
        store = selling.till.store
        selling.terminal.asked = lambda: os.write(1, b"ack %d\n" % store.head.seq)
        try:
            yield selling
        finally:
            selling.close()

    def store(self, selling: Selling) -> Store:
        return selling.till.store

    def settle(self, selling: Selling) -> None:
        selling.settle()

    def step(self, selling: Selling, number: int) -> int:
        selling.work(random.Random(number))
        return selling.till.store.head.seq

    def examine(self, reader: Reader) -> str:
        """Receipt numbers have no gaps, and every sale that asked for money can be brought back."""
        numbers = [int.from_bytes(key, "big") for key, _ in reader.items(NUMBERS)]
        if numbers != list(range(1, series_totals(reader).last_number + 1)):
            return f"receipt numbers have gaps: {numbers}"
        histories = left_open([], reader)  # the cut took the whole draft
        asked = {payment.sale for payment in open_payments(reader) if payment.state != "cancelled"}
        lost = asked - histories.keys()
        return f"sale {lost.pop()} asked for money and cannot be brought back" if lost else ""
