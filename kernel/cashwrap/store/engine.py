"""One open data file: writes one at a time, room made before it is needed, latched on a fault."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from cashwrap.ports import Clock
from cashwrap.store import disk
from cashwrap.store.disk import SYSTEM_DISK, Disk, Table, Txn
from cashwrap.store.errors import (
    BackupFailed,
    DiskFull,
    JournalFault,
    StoreClosed,
    StoreDamaged,
    StoreForkedProcess,
)
from cashwrap.store.group import WRITES_MAX, Group
from cashwrap.store.layout import DATA_FILE, FAULT_FILE
from cashwrap.store.views import TablesView, View

T = TypeVar("T")

MAP_SIZE = 16 << 20
GROWTH_MAX = 1 << 30
RESERVE_SIZE = 1 << 20
VIEW_LONG_MS = 100
VIEW_MS_MAX = 30_000
GROWTH_WAIT_SECONDS = 0.1


class Engine:
    """One open environment. Writes come one at a time; reads may come from any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        map_size: int = MAP_SIZE,
        file: Path | None = None,
        clock: Clock | None = None,
        port: Disk = SYSTEM_DISK,
    ) -> None:
        self.folder = folder
        self.port = port
        self.path = file or folder / DATA_FILE
        self._alone = file is not None  # one file for reading, not a folder that we own
        self.pid = os.getpid()
        self.fault = ""
        self.views = 0  # open right now
        self.views_long = 0  # that held old pages for more than 100 ms while sales went on
        self.views_ended = 0  # that were ended under their user
        self.growths = 0
        self.flushes = 0  # of the disk, by a write or by a group of them
        self._clock = clock
        self._readers: dict[TablesView, int] = {}  # and when a write first met each, in ms
        self._lock = threading.Lock()
        self._gate = threading.Condition(self._lock)  # told when the last view ends
        self._closing = False
        self._group: Group | None = None
        self._open(map_size)

    @classmethod
    @contextlib.contextmanager
    def reading(cls, file: Path) -> Iterator[Engine]:
        """Open one file, a backup, for reading only."""
        engine = cls(file.parent, file=file)
        try:
            yield engine
        finally:
            engine.close()

    def _open(self, map_size: int) -> None:
        if self._alone:
            self.env = disk.open_file(self.path)
        else:
            self._open_folder(map_size)
        self.page_size = self.env.stat()["psize"]
        self.map_size = self.env.info()["map_size"]
        self.dbs: dict[str, Table] = {}
        self._measure()

    def _open_folder(self, map_size: int) -> None:
        existing = self.path.stat().st_size if self.path.exists() else 0
        self.env = self.port.open_folder(self.folder, max(map_size, existing))
        size = self.env.info()["map_size"]
        if existing < size:
            with contextlib.suppress(OSError):  # a full disk: what the file has must do for now
                self.port.preallocate(self.path, size)

    def open_existing(self, names: Iterable[str]) -> list[str]:
        """Open the tables that are in the file; return the names that are not."""
        missing = []
        for name in names:
            if name in self.dbs:
                continue
            try:
                self.dbs[name] = self.env.open_db(name.encode(), create=False)
            except disk.NoSuchTable:
                missing.append(name)
            except disk.AnyError as error:
                raise StoreDamaged(str(self.folder), f"table {name}: {error}") from error
        return missing

    def open_tables(self, names: Iterable[str]) -> None:
        """Open tables, making those that are missing."""
        missing = self.open_existing(names)
        if missing:
            made = self.write(
                lambda txn: {name: self.env.open_db(name.encode(), txn=txn) for name in missing},
                emergency=True,
            )
            self.dbs.update(made)

    def table_names(self) -> list[str]:
        """Return every table in the file, opened or not."""
        with self.view() as txn:
            return [bytes(name).decode() for name, _ in txn.cursor()]

    # Reading

    def view(self) -> View:
        """Give a read transaction to the store's own code, which keeps it short."""
        return View(self)

    def read(self) -> TablesView:
        """Give a view to others. It is ended when it is in the way of selling."""
        return TablesView(self)

    def begin(self) -> Txn:
        """Return a transaction to read in. Raises JournalFault where LMDB itself gave up."""
        group = self._group
        if group is not None and group.txn is not None and group.is_mine:
            return group.txn  # it sees what waits for its flush
        try:
            return self.env.begin()
        except disk.AnyError as error:
            raise self.latch(str(error)) from error

    def end(self, txn: Txn) -> None:
        """Give back what `begin` gave; LMDB keeps it for the next view. Twice is fine."""
        group = self._group
        if group is None or txn is not group.txn:
            txn.abort()

    def enter_view(self) -> None:
        """Count one more view. Raises as `check_usable` does."""
        self.check_usable(reading=True)
        with self._lock:
            self.views += 1

    def leave_view(self) -> None:
        """Count one view less."""
        with self._lock:
            self.views -= 1
            if not self.views:
                self._gate.notify_all()

    def enter_reader(self, reader: TablesView) -> None:
        """Count a view that may be ended under its user."""
        self.enter_view()
        self._readers[reader] = 0

    def leave_reader(self, reader: TablesView) -> bool:
        """Count it no more; return False where that was done already."""
        if self._readers.pop(reader, None) is None:
            return False
        self.leave_view()
        return True

    def _tend_readers(self) -> None:
        """Count views that sales have overtaken for long, and end those that are too old.

        Only such a view costs anything: the pages it sees cannot be used again, so the file grows.
        So no thread and no timer is needed, and a view with no write beside it may take its time.
        """
        now_ms = self._clock.now().steady_ms if self._clock else 0
        for reader, since_ms in list(self._readers.items()):
            if not since_ms:
                self._readers[reader] = now_ms
            elif now_ms - since_ms > VIEW_MS_MAX:
                self._end_reader(reader)
            elif now_ms - since_ms > VIEW_LONG_MS and not reader.is_long:
                reader.is_long = True
                self.views_long += 1

    def _end_reader(self, reader: TablesView) -> None:
        """End a view; its user gets ViewEnded at the next step."""
        if reader.end() and self.leave_reader(reader):
            self.views_ended += 1

    def check_usable(self, *, reading: bool = False) -> None:
        """Raise for a closed store, a forked child, or (when writing) a latched fault."""
        if self._closing:
            raise StoreClosed
        if os.getpid() != self.pid:
            raise StoreForkedProcess
        if self.fault and not reading:
            raise JournalFault(self.fault)

    # Writing

    def write(self, work: Callable[[Txn], T], *, emergency: bool = False) -> T:
        """Run ``work`` in one write transaction and return once it is on the disk.

        ``work`` may run again when the map had to grow. Whatever it raises aborts the transaction.
        Raises DiskFull before the reserve is touched (unless ``emergency``) and JournalFault when
        the disk fails, now and for every later write.
        """
        self.check_usable()
        if self._readers:
            self._tend_readers()
        self._make_room(emergency)
        while True:
            try:
                return self._attempt(work)
            except disk.MapFull:
                if not self._grow(must=True):
                    raise DiskFull(self.used, self.map_size) from None

    @contextlib.contextmanager
    def grouped(self) -> Iterator[None]:
        """Let the writes of this thread in the block share flushes. See `Store.grouped`."""
        if self._group is not None and self._group.is_mine:
            yield  # as part of the group that there is
            return
        self._group = Group()
        try:
            yield
        finally:
            try:
                self.settle()
            finally:
                self._group = None

    def settle(self) -> None:
        """Put on the disk what waits for its flush, then do what was to be done after it.

        Raises JournalFault when the disk refuses: what was answered from memory is not there.
        """
        group = self._group
        if group is None or not group.is_mine:
            return
        txn, acts = group.taken()
        if txn is None:
            return
        if self.fault:
            txn.abort()
            raise JournalFault(self.fault)
        try:
            self._guard(txn.commit, sure=False)
        except (DiskFull, disk.MapFull) as error:
            raise self.latch(f"commits that waited for one flush: {error}") from error
        self.flushes += 1
        self._measure()
        for act in acts:
            act()

    def when_durable(self, act: Callable[[], None]) -> None:
        """Do something once what this thread wrote so far is on the disk."""
        group = self._group
        if group is not None and group.is_mine:
            group.after(act)
        else:
            act()

    def _attempt(self, work: Callable[[Txn], T]) -> T:
        group = self._group
        if group is not None and group.is_mine:
            return self._nested(group, work)
        txn = self._guard(lambda: self.env.begin(write=True))
        try:
            result = self._guard(lambda: work(txn))
        except BaseException:
            txn.abort()
            raise
        self._guard(txn.commit, sure=False)
        self.flushes += 1
        self._measure()
        return result

    def _nested(self, group: Group, work: Callable[[Txn], T]) -> T:
        """Do a write that is flushed with those after it."""
        if group.writes >= WRITES_MAX or self.used > self.map_size - 3 * RESERVE_SIZE:
            self.settle()  # close to the end of the room each write is measured by itself
        if group.txn is None:
            group.txn = self._guard(lambda: self.env.begin(write=True))
        txn = self._guard(lambda: self.env.begin(write=True, parent=group.txn))
        try:
            result = self._guard(lambda: work(txn))
        except BaseException:
            txn.abort()
            raise
        self._guard(txn.commit, sure=False)
        group.writes += 1
        return result

    def _guard(self, action: Callable[[], T], *, sure: bool = True) -> T:
        """Do something on the disk; ``sure`` when only an error of the disk is a fault."""
        try:
            return action()
        except disk.AnyError as error:
            raise self._meaning(error, sure) from error

    def _meaning(self, error: disk.AnyError, sure: bool) -> Exception:
        """Return what to raise for an error of LMDB."""
        if isinstance(error, disk.MapFull) or (sure and not disk.is_broken(error)):
            return error
        # Out of space before the data reached the file: the transaction is gone, and LMDB
        # itself panics at the next one if the failure was in the meta page.
        if disk.is_full(error):
            return DiskFull(self.used, self.map_size)
        return self.latch(str(error))

    def latch(self, reason: str) -> JournalFault:
        """Stop all writing until a restart, and leave a note for it."""
        if not self.fault:
            self.fault = reason
            with contextlib.suppress(OSError):
                (self.folder / FAULT_FILE).write_text(reason + "\n", "utf-8")
        return JournalFault(self.fault)

    @contextlib.contextmanager
    def staging(self, too_large: type[Exception]) -> Iterator[Txn]:
        """Give one write transaction to a block that cannot be run again by us."""
        self.check_usable()
        self.settle()
        self._make_room(emergency=False)
        txn = self._guard(lambda: self.env.begin(write=True))
        try:
            try:
                yield txn
            except BaseException as error:
                txn.abort()
                if isinstance(error, disk.AnyError):
                    raise self._meaning(error, True) from error
                raise
            self._guard(txn.commit, sure=False)
        except disk.MapFull:
            if not self._grow(must=True):
                raise DiskFull(self.used, self.map_size) from None
            raise too_large from None
        self._measure()

    # Room

    def _measure(self) -> None:
        self.used = (self.env.info()["last_pgno"] + 1) * self.page_size

    def _make_room(self, emergency: bool) -> None:
        if self.used * 10 > self.map_size * 7:
            self._grow(must=False)
            short = self.used > self.map_size - RESERVE_SIZE and not emergency
            if short and not self._grow(must=True):  # a view may have been in the way
                raise DiskFull(self.used, self.map_size)

    def _grow(self, *, must: bool) -> bool:
        """Enlarge file and map; return False where the disk has no room or readers hold on."""
        self.settle()  # the map of a transaction cannot grow
        for extra in (min(self.map_size, GROWTH_MAX), RESERVE_SIZE * 4):
            target = self.map_size + extra
            if self._allocate(target):
                return self._remap(target, must)
        return False

    def _allocate(self, target: int) -> bool:
        missing = target - self.path.stat().st_size
        try:
            if missing > 0:
                if self.port.free_bytes(self.folder) < missing:
                    return False
                self.port.preallocate(self.path, target)
        except OSError:
            return False
        return True

    def _remap(self, target: int, must: bool) -> bool:
        if must and not self._wait_for_views(GROWTH_WAIT_SECONDS):
            for reader in list(self._readers):  # a sale goes before a view
                self._end_reader(reader)
        if not self._wait_for_views(5.0 if must else GROWTH_WAIT_SECONDS, target):
            return False
        self.map_size = target
        self.growths += 1
        return True

    def _wait_for_views(self, seconds: float, target: int = 0) -> bool:
        """Wait until no view is open, and set the map's size before another can begin."""
        with self._gate:
            if not self._gate.wait_for(lambda: self.views == 0, timeout=seconds):
                return False
            if target:
                self.env.set_mapsize(target)
        return True

    # Whole file

    def copy_to(self, path: Path) -> None:
        """Write a compact, consistent copy of all tables to one file and sync it."""
        self.settle()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self.enter_view()
            try:
                self.env.copyfd(descriptor, compact=True)
            except disk.AnyError as error:
                raise BackupFailed(str(error)) from error
            finally:
                self.leave_view()
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def swap_file(self, compacted: Path) -> None:
        """Put a compacted file in this one's place and open it."""
        self.settle()
        with self._gate:
            self._gate.wait_for(lambda: self.views == 0)
            names = list(self.dbs)
            self.env.close()
            os.replace(compacted, self.path)
            disk.sync_folder(self.folder)
            self._open(max(2 * self.path.stat().st_size, 4 * RESERVE_SIZE))
        self.open_tables(names)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closing

    def close(self) -> None:
        """Close the environment once nobody reads any more."""
        with self._gate:
            self._closing = True
            self._gate.wait_for(lambda: self.views == 0, timeout=5)
        if os.getpid() == self.pid:
            self.env.close()
