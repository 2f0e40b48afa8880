"""One simulated device: its folder, disk, clock, dice, card terminal, and the till that runs on it.

A device outlives its till. `Device.trouble` says what is about to go wrong with its disk.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import msgspec

from cashwrap.ports import Timestamp
from cashwrap.staff import pins
from cashwrap.stock.documents import Received, receive
from cashwrap.store import disk
from cashwrap.store.layout import DATA_FILE, OWNER_FILE
from cashwrap.testing.disk import Content, Died, MemoryDisk
from cashwrap.testing.memory_lmdb import DataFile, Rows
from cashwrap.testing.shop import ManualClock, SeededRandomness
from cashwrap.testing.terminal import Behaviour, FakeTerminal
from cashwrap.till import Till

from . import goods

MEMORY = "/dev/shm"
NO_SPACE = f"mdb_txn_commit: {os.strerror(errno.ENOSPC)}"
IO_ERROR = f"mdb_txn_commit: {os.strerror(errno.EIO)}"
REBOOTED_STEADY_MS = 20_000

# How often a payment goes which way, out of 100; the rest is approved.
WAYS: tuple[tuple[Behaviour, int], ...] = (
    ("decline", 5), ("slow", 5), ("slow_decline", 2), ("abandoned", 2), ("lost_answer", 6),
    ("lost_request", 4), ("silent_paid", 2), ("silent_unpaid", 2), ("mute_paid", 3), ("late", 3),
    ("late_pending", 2), ("uncancellable", 2), ("partial", 3), ("excess", 2), ("tip", 2),
    ("wrong_intent", 1), ("bad_signature", 2), ("float", 1), ("raise_before", 1),
    ("raise_after", 2), ("refund_lost", 5), ("refund_refused", 2), ("refund_busy", 3),
)  # fmt: skip


class Terminal(FakeTerminal):
    """A card terminal that mostly approves, and forgets nothing when the till dies."""

    def __init__(self, dice: random.Random, hit: Callable[[str], None]) -> None:
        super().__init__()
        self._dice = dice
        self.before = lambda call: hit("ask")
        self.after = lambda call: hit("asked")

    def _behaviour(self) -> Behaviour:
        chance = self._dice.randrange(100)
        for way, weight in WAYS:
            chance -= weight
            if chance < 0:
                return way
        return "approve"


class DeviceClock(ManualClock):
    """A clock that a person may set, and whose steady side starts anew with the device."""

    def reboot(self) -> None:
        """Start the steady clock anew, as a device without power does."""
        self.steady_ms = REBOOTED_STEADY_MS


class Trouble(msgspec.Struct):
    """Something that goes wrong when a moment has come for the ``count``-th time."""

    moment: str
    count: int
    kind: str  # die, eio, full


class Kept(msgspec.Struct):
    """A device as it stands before the first customer, to begin each run with."""

    tables: dict[bytes, Rows]
    bytes: int
    draft: dict[str, bytes]
    files: dict[str, bytes]
    wall_ms: int
    steady_ms: int


class Device:
    """The device of one till."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.folder = root / name
        self.state = root / f"{name}-state"
        self.disk = MemoryDisk()
        self.till: Till | None = None
        self._seed(0)
        self._make()
        self._kept = self._snapshot()

    def start(self, seed: int) -> None:
        """Be as before the first customer."""
        self.leave()
        self.disk.revive()
        self._restore()
        self._seed(seed)
        self.clock.wall_ms, self.clock.steady_ms = self._kept.wall_ms, self._kept.steady_ms
        self.open()

    def _seed(self, seed: int) -> None:
        self.clock = DeviceClock()
        self.dice = random.Random(f"{seed}/{self.name}")
        self.randomness = SeededRandomness(self.dice.randrange(1 << 60))
        self.terminal = Terminal(random.Random(self.dice.randrange(1 << 60)), self.hit)
        self.troubles: list[Trouble] = []
        self.flushed: Callable[[], None] = lambda: None
        self.hits: list[str] = []
        self.watched = False  # the books are reading: nothing happens meanwhile
        self.disk.trouble = self.hit

    # The till

    def open(self) -> Till:
        """Open the till's folder."""
        self.till = Till.open(self.folder, drivers={"card": self.terminal}, **self._ports())
        return self.till

    @property
    def closed(self) -> bool:
        """Return whether no till runs on it."""
        return self.till is None or self.till.store.engine.is_closed

    def _ports(self) -> dict[str, object]:
        return {
            "plugins": False,
            "clock": self.clock,
            "randomness": self.randomness,
            "witness": [self.state],
            "disk": self.disk,
        }

    def leave(self) -> None:
        """Let the till go as the death of its process would."""
        self.disk.dead = True
        if self.till is not None:
            self.till.abandon()
            self.till = None
        (self.folder / OWNER_FILE).write_bytes(b"1")  # whatever was tried after the death
        self.disk.revive()

    def cut_power(self, dice: random.Random) -> None:
        """Lose the power: the till, what was never flushed, and the steady clock."""
        self.leave()
        self.disk.cut_power(dice)
        self.clock.reboot()

    # Trouble

    def hit(self, moment: str) -> None:
        """Come to a moment that may fail, and fail if it is to."""
        if self.watched:
            return
        for trouble in self.troubles:
            if trouble.moment != moment:
                continue
            trouble.count -= 1
            if trouble.count == 0:
                self._strike(trouble)
        if moment == "flush":
            self.flushed()

    def _strike(self, trouble: Trouble) -> None:
        self.troubles.remove(trouble)
        self.hits.append(f"{trouble.kind} at {trouble.moment}")
        if trouble.kind == "die":
            self.disk.dead = True
            raise Died
        if trouble.moment == "commit":
            raise disk.AnyError(NO_SPACE if trouble.kind == "full" else IO_ERROR)
        number = errno.ENOSPC if trouble.kind == "full" else errno.EIO
        raise OSError(number, os.strerror(number))

    def invite(self, moment: str, count: int, kind: str) -> None:
        """Let something go wrong when a moment has come so many times."""
        self.troubles.append(Trouble(moment, count, kind))

    # The shop

    def load(self, records: list[dict[str, object]], *, staff: str = "") -> None:
        """Put a catalog in force."""
        assert self.till is not None
        source = self.folder.parent / "items.jsonl"
        source.write_bytes(b"\n".join(map(msgspec.json.encode, records)))
        self.till.import_catalog(source, staff=staff)

    def receive(self, sku: str, quantity_milli: int, *, staff: str = "") -> None:
        """Take in goods from a supplier."""
        till = self.till
        assert till is not None
        line = Received(sku, quantity_milli, quantity_milli // 1000 * goods.COSTS[sku])
        own, name = till.settings.own_location, till.new_id()
        till.move_stock(lambda stock: receive(stock, name, [line], "supplier:ACME", own))

    # Before the first customer

    def _make(self) -> None:
        ports = {name: port for name, port in self._ports().items() if name != "plugins"}
        Till.create(self.folder, goods.settings(self.name), **ports)  # type: ignore[arg-type]
        till = self.open()
        self.load(goods.catalog())
        till.publish_rules(goods.RULES[0])
        for sku in goods.COSTS:
            self.receive(sku, goods.FIRST_STOCK_MILLI)
        if self.name in goods.GUARDED:
            self._enroll(till)
        till.close()
        self.till = None

    def _enroll(self, till: Till) -> None:
        """Give the shop accounts. Their PINs are hashed with next to no memory, to be quick."""
        with mock.patch.multiple(pins, MEMORY_KIB=8, PASSES=1):
            till.staff.enroll(goods.BOSS, "Boss", role="owner", pin=goods.PIN)
            till.staff.sign_in(goods.BOSS, goods.PIN)
            for clerk in goods.CLERKS:
                till.staff.enroll(clerk, clerk, role="cashier", pin=goods.PIN, by=goods.BOSS)

    def _snapshot(self) -> Kept:
        data = self._data()
        return Kept(
            data.tables,
            data.bytes,
            {path: content.seen() for path, content in self.disk.contents.items()},
            {
                str(path): path.read_bytes()
                for place in (self.folder, self.state)
                for path in place.rglob("*")
                if path.is_file() and path.name != DATA_FILE
            },
            self.clock.wall_ms,
            self.clock.steady_ms,
        )

    def _restore(self) -> None:
        kept, data = self._kept, self._data()
        data.tables, data.bytes, data.bloat_pages = kept.tables, kept.bytes, 0
        self.disk.contents = {path: _content(seen) for path, seen in kept.draft.items()}
        for place in (self.folder, self.state):
            for path in place.rglob("*"):
                if path.is_file() and path.name != DATA_FILE and str(path) not in kept.files:
                    path.unlink()
        for name, held in kept.files.items():
            Path(name).write_bytes(held)

    def _data(self) -> DataFile:
        return self.disk.files[(self.folder / DATA_FILE).stat().st_ino]

    def now(self) -> Timestamp:
        """Return the time without letting it pass."""
        return Timestamp(self.clock.wall_ms, self.clock.steady_ms)


class Devices:
    """The devices of the shop, made once for a process and begun with anew for each run."""

    def __init__(self) -> None:
        root = MEMORY if os.access(MEMORY, os.W_OK) else None
        self._root = Path(tempfile.mkdtemp(prefix="cashwrap-sim-", dir=root))
        self.all = [Device(name, self._root) for name in goods.REGISTERS]

    def start(self, seed: int) -> list[Device]:
        """Return the devices as before the first customer."""
        for device in self.all:
            device.start(seed)
        return self.all

    def close(self) -> None:
        """Remove everything."""
        for device in self.all:
            device.leave()
        shutil.rmtree(self._root, ignore_errors=True)


def _content(seen: bytes) -> Content:
    content = Content()
    content.durable = bytearray(seen)
    return content
