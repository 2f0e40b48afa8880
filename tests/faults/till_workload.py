"""What the fault harnesses run when they run a whole till: a shop, its goods, and its days.

`TillWorkload` plugs into the harnesses of this folder; what its clerk does is in `till_clerk`.
"""

import contextlib
import os
import random
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from till_clerk import Selling
from till_day import RULES, SEASONS, catalog, catalog_of
from till_people import enroll
from till_ports import HurriedClock

from cashwrap.catalog.staging import damage
from cashwrap.opening import kernel_projections, kernel_staged
from cashwrap.sale.projection import NUMBERS, series_totals
from cashwrap.sale.recovery import left_open
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection, Reader
from cashwrap.tender.projection import open_payments
from cashwrap.testing.shop import SETTINGS
from cashwrap.till import Till

OWN_SETTINGS = f"""
registers = ["R1", "R2"]
{SETTINGS}
[returns]
without_receipt = "today"
[staff]
sign_out_minutes = 1440
"""


class TillWorkload:
    """The whole till as a workload of the crash-state harness: a step is one customer or act.

    A request that goes out to the terminal acknowledges too: its intent must be on the disk.
    """

    def projections(self) -> list[Projection]:
        return kernel_projections()

    def staged(self) -> tuple[str, ...]:
        return kernel_staged()

    def make(self, folder: Path, *, staffed: bool = False) -> None:
        named = {"clock": HurriedClock(), "witness": [folder.with_name(folder.name + ".state")]}
        Till.create(folder, OWN_SETTINGS, **named)  # type: ignore[arg-type]
        for season in SEASONS:
            catalog_of(folder, season).write_bytes(catalog(season))
        with Till.open(folder, plugins=False, **named) as till:  # type: ignore[arg-type]
            till.import_catalog(catalog_of(folder, SEASONS[0]))
            till.publish_rules(RULES)
        if staffed:
            selling = Selling(folder, lambda text: None)
            enroll(selling)
            selling.close()

    @contextlib.contextmanager
    def open(self, folder: Path) -> Iterator[Selling]:
        selling = Selling(folder, say)
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
        """Return what is wrong beyond the chain and the folds, first of all checks."""
        wrong = (*gaps(reader), *lost_sales(reader), *damage(lambda: nullcontext(reader)))
        return wrong[0] if wrong else ""


def say(text: str) -> None:
    """Tell the recording which act it is in."""
    if text.startswith("doing "):
        os.write(1, text.encode() + b"\n")


def gaps(reader: Reader) -> Iterator[str]:
    """Receipt numbers have no gaps."""
    numbers = [int.from_bytes(key, "big") for key, _ in reader.items(NUMBERS)]
    if numbers != list(range(1, series_totals(reader).last_number + 1)):
        yield f"receipt numbers have gaps: {numbers}"


def lost_sales(reader: Reader) -> Iterator[str]:
    """Every sale that asked for money can be brought back, although the cut took the draft."""
    histories = left_open([], reader)
    waiting = open_payments(reader)
    asked = {payment.sale for payment in waiting if payment.undecided}
    asked |= {
        refund.sale
        for payment in waiting
        for refund in payment.refunds
        if refund.state == "refunding" and not refund.owed
    }
    for sale in asked - histories.keys():
        yield f"sale {sale} asked for money and cannot be brought back"
