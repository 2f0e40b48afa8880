"""What the fault harnesses run: a small till on the store, replaceable by a whole one.

A workload is a class with `make(folder)`, `open(folder)` (a context manager giving something with
a ``store``) and `step(till, number) -> seq`, which returns only when the step may be printed;
`examine(reader)` says what is wrong with the tables after a cut, beyond what the store can know.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from cashwrap.events import Envelope, Event, event
from cashwrap.ports import SystemClock, SystemRandomness
from cashwrap.store.store import Store
from cashwrap.store.tables import Reader, Writer


@event("fault.sold")
class FaultSold(Event, frozen=True):
    """A sale of the fault harness."""

    sku: str
    quantity_milli: int
    lines: tuple[str, ...] = ()


class SoldBySku:
    """Sums quantities by SKU."""

    name = "fault"
    version = 1
    tables = ("fault.sold",)
    reads = {"fault.sold": FaultSold}  # noqa: RUF012

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        assert isinstance(body, FaultSold)
        key = body.sku.encode()
        before = int.from_bytes(writer.get("fault.sold", key) or b"", "big")
        writer.put("fault.sold", key, (before + body.quantity_milli).to_bytes(8, "big"))


class StoreWorkload:
    """Commits of one event with a varying number of lines."""

    map_size = 2 << 20

    def projections(self) -> list[SoldBySku]:
        return [SoldBySku()]

    def staged(self) -> tuple[str, ...]:
        return ()

    def ports(self, folder: Path) -> dict[str, object]:
        return {
            "clock": SystemClock(),
            "randomness": SystemRandomness(),
            "projections": self.projections(),
            "witness": [folder.with_name(folder.name + ".state")],
        }

    def make(self, folder: Path) -> None:
        Store.create(folder, map_size=self.map_size, **self.ports(folder)).close()  # type: ignore[arg-type]

    @contextlib.contextmanager
    def open(self, folder: Path) -> Iterator[Store]:
        with Store.open(folder, **self.ports(folder)) as store:  # type: ignore[arg-type]
            yield store

    def store(self, till: Store) -> Store:
        return till

    def step(self, till: Store, number: int) -> int:
        lines = tuple(f"line {one} of sale {number}" for one in range(number % 40))
        sold = FaultSold(f"sku-{number % 37}", 1000 + number, lines)
        done = till.commit([sold], at=till.clock.now(), command=f"sale-{till.head.seq}-{number}")
        return done.last_seq

    def settle(self, till: Store) -> None:
        """Bring what is in doubt to its end."""

    def examine(self, reader: Reader) -> str:
        return ""


class GroupWorkload(StoreWorkload):
    """Commits that share flushes: one to five of them, all acknowledged after the one flush."""

    def step(self, till: Store, number: int) -> int:
        with till.grouped():
            for _ in range(1 + number % 5):
                last = super().step(till, number)
        return last


class GroupAckedEarly(StoreWorkload):
    """What must be caught: a commit of a group is acknowledged before the group is flushed."""

    @contextlib.contextmanager
    def open(self, folder: Path) -> Iterator[Store]:
        with super().open(folder) as store, store.grouped():
            yield store

    def step(self, till: Store, number: int) -> int:
        if number % 3 == 0:
            till.settle()
        return super().step(till, number)


def load(name: str) -> StoreWorkload:
    """Return the workload named ``module:Class``, or this module's own."""
    if not name:
        return StoreWorkload()
    import importlib

    module, _, cls = name.partition(":")
    made: StoreWorkload = getattr(importlib.import_module(module), cls)()
    return made
