"""A small world for the store: two event kinds, one projection, a clock that is told the time."""

import sys
from pathlib import Path

import pytest

from cashwrap.events import Envelope, Event, event
from cashwrap.ports import SystemRandomness, Timestamp
from cashwrap.store.disk import SYSTEM_DISK, Disk
from cashwrap.store.store import Store
from cashwrap.store.tables import Writer
from cashwrap.testing.disk import MemoryDisk


@event("probe.sold")
class Sold(Event, frozen=True):
    sku: str
    quantity_milli: int
    note: str = ""


@event("probe.noted")
class Noted(Event, frozen=True):
    text: str = ""


class Refused(Exception):
    pass


class SoldBySku:
    """Sums quantities by SKU; refuses the SKU ``bad``."""

    name = "probe"
    version = 1
    tables: tuple[str, ...] = ("probe.sold",)
    reads = {"probe.sold": Sold}  # noqa: RUF012

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        assert isinstance(body, Sold)
        if body.sku == "bad":
            writer.put("probe.sold", b"half", b"done")
            raise Refused
        key = body.sku.encode()
        before = int.from_bytes(writer.get("probe.sold", key) or b"", "big")
        writer.put("probe.sold", key, (before + body.quantity_milli).to_bytes(8, "big"))


class TestClock:
    """Time stands at ``ms`` until a test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now(self) -> Timestamp:
        return Timestamp(self.ms, self.ms - 1_600_000_000_000)


class World:
    """A folder for a store, and what every call needs."""

    def __init__(self, root: Path, disk: Disk = SYSTEM_DISK) -> None:
        self.root = root
        self.disk = disk
        self.folder = root / "till"
        self.witness = root / "state"
        self.clock = TestClock()
        self.projection = SoldBySku()
        self.Sold = Sold
        self.Noted = Noted
        self.Refused = Refused

    def ports(self, **more):
        return {
            "clock": self.clock,
            "randomness": SystemRandomness(),
            "projections": [self.projection],
            "witness": [self.witness],
            "disk": self.disk,
            **more,
        }

    def create(self, **more) -> Store:
        return Store.create(self.folder, **self.ports(**more))

    def open(self, folder: Path | None = None, **more) -> Store:
        return Store.open(folder or self.folder, **self.ports(**more))

    def sell(self, store: Store, count: int = 1, sku: str = "tea", **more):
        done = None
        for _ in range(count):
            done = store.commit([Sold(sku, 1000)], at=self.clock.now(), **more)
        return done

    def total(self, store: Store, sku: str = "tea") -> int:
        with store.read() as reader:
            return int.from_bytes(reader.get("probe.sold", sku.encode()) or b"", "big")


sys.modules["world_of_store"] = sys.modules[__name__]


ON_BOTH_DISKS = {"test_commit", "test_group", "test_views", "test_bulk_folds", "test_proof"}
OF_LMDB = {"test_unsafe_flags_are_refused"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what does not look into the data file on the disk in memory too."""
    module, name = metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__
    if "world" in metafunc.fixturenames and module in ON_BOTH_DISKS and name not in OF_LMDB:
        metafunc.parametrize("world", ["lmdb", "memory"], indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    in_memory = getattr(request, "param", "lmdb") == "memory"
    return World(tmp_path, MemoryDisk() if in_memory else SYSTEM_DISK)
