"""The LMDB environment: default flags only, grown before it is full, latched on a fault."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import lmdb

from cashwrap.store.errors import (
    DiskFull,
    JournalFault,
    StoreClosed,
    StoreDamaged,
    StoreForkedProcess,
    UnsafeSettings,
)
from cashwrap.store.layout import DATA_FILE, FAULT_FILE

T = TypeVar("T")

MAP_SIZE = 16 << 20
GROWTH_MAX = 1 << 30
RESERVE_SIZE = 1 << 20
TABLES_MAX = 512
VIEW_SECONDS_MAX = 0.1
GROWTH_WAIT_SECONDS = 0.1
FAULTS = (lmdb.DiskError, lmdb.PanicError, lmdb.CorruptedError, lmdb.PageNotFoundError, OSError)
SAFE_FLAGS = {"sync": True, "metasync": True, "writemap": False, "map_async": False}


def check_flags(flags: Mapping[str, object]) -> None:
    """Raise UnsafeSettings for any flag under which LMDB may lose an acknowledged commit."""
    for name, value in SAFE_FLAGS.items():
        if flags[name] is not value:
            raise UnsafeSettings(f"{name}={flags[name]}")


def preallocate(path: Path, size: int) -> None:
    """Give the file its blocks now, so that a full disk cannot stop a commit later."""
    if not hasattr(os, "posix_fallocate"):
        return
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.posix_fallocate(descriptor, 0, size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class View:
    """One read transaction, counted while it is open. A class, since every scan opens one."""

    __slots__ = ("_began", "_engine", "_txn")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> lmdb.Transaction[bytes]:
        engine = self._engine
        engine.enter_view()
        self._began = time.monotonic()
        try:
            self._txn = engine.env.begin()
        except BaseException:
            engine.leave_view(self._began)
            raise
        return self._txn

    def __exit__(self, *error: object) -> None:
        try:
            self._txn.abort()  # nothing was written; the environment keeps it for the next view
        finally:
            self._engine.leave_view(self._began)


class Engine:
    """One open environment. Writes come one at a time; reads may come from any thread."""

    def __init__(self, folder: Path, *, map_size: int = MAP_SIZE, file: Path | None = None) -> None:
        self.folder = folder
        self.path = file or folder / DATA_FILE
        self._alone = file is not None  # one file for reading, not a folder that we own
        self.pid = os.getpid()
        self.fault = ""
        self.views = 0  # open right now
        self.views_long = 0  # that took longer than 100 ms
        self.growths = 0
        self._lock = threading.Lock()
        self._gate = threading.Condition(self._lock)  # told when the last view ends
        self._closing = False
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
            self._open_file()
        else:
            self._open_folder(map_size)
        self.page_size = self.env.stat()["psize"]
        self.map_size = self.env.info()["map_size"]
        self.dbs: dict[str, lmdb._Database] = {}
        self._measure()

    def _open_file(self) -> None:
        try:
            self.env = lmdb.open(
                str(self.path), subdir=False, readonly=True, lock=False, max_dbs=TABLES_MAX
            )
        except lmdb.Error as error:
            raise StoreDamaged(str(self.path), f"LMDB says: {error}") from error

    def _open_folder(self, map_size: int) -> None:
        fresh = not self.path.exists()
        existing = 0 if fresh else self.path.stat().st_size
        try:
            self.env = lmdb.open(
                str(self.folder), map_size=max(map_size, existing), max_dbs=TABLES_MAX
            )
        except lmdb.Error as error:
            raise StoreDamaged(str(self.folder), f"LMDB says: {error}") from error
        check_flags(self.env.flags())
        size = self.env.info()["map_size"]
        if existing < size:
            with contextlib.suppress(OSError):  # a full disk: what the file has must do for now
                preallocate(self.path, size)

    def open_existing(self, names: Iterable[str]) -> list[str]:
        """Open the tables that are in the file; return the names that are not."""
        missing = []
        for name in names:
            if name in self.dbs:
                continue
            try:
                self.dbs[name] = self.env.open_db(name.encode(), create=False)
            except lmdb.NotFoundError:
                missing.append(name)
            except lmdb.Error as error:
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
        """Give a read transaction; the file cannot grow while one is open, so keep it short."""
        return View(self)

    def enter_view(self) -> None:
        """Count one more view. Raises as `check_usable` does."""
        self.check_usable(reading=True)
        with self._lock:
            self.views += 1

    def leave_view(self, began: float) -> None:
        """Count one view less."""
        took_long = time.monotonic() - began > VIEW_SECONDS_MAX
        with self._lock:
            self.views -= 1
            self.views_long += took_long
            if not self.views:
                self._gate.notify_all()

    def check_usable(self, *, reading: bool = False) -> None:
        """Raise for a closed store, a forked child, or (when writing) a latched fault."""
        if self._closing:
            raise StoreClosed
        if os.getpid() != self.pid:
            raise StoreForkedProcess
        if self.fault and not reading:
            raise JournalFault(self.fault)

    # Writing

    def write(self, work: Callable[[lmdb.Transaction[bytes]], T], *, emergency: bool = False) -> T:
        """Run ``work`` in one write transaction and return once it is on the disk.

        ``work`` may run again when the map had to grow. Whatever it raises aborts the transaction.
        Raises DiskFull before the reserve is touched (unless ``emergency``) and JournalFault when
        the disk fails, now and for every later write.
        """
        self.check_usable()
        self._make_room(emergency)
        while True:
            try:
                return self._attempt(work)
            except lmdb.MapFullError:
                if not self._grow(must=True):
                    raise DiskFull(self.used, self.map_size) from None

    def _attempt(self, work: Callable[[lmdb.Transaction[bytes]], T]) -> T:
        txn = self._guard(lambda: self.env.begin(write=True))
        try:
            result = work(txn)
        except (lmdb.DiskError, lmdb.PanicError, lmdb.CorruptedError, lmdb.PageNotFoundError) as e:
            txn.abort()
            raise self.latch(str(e)) from e
        except BaseException:
            txn.abort()
            raise
        self._guard(txn.commit)
        self._measure()
        return result

    def _guard(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except lmdb.MapFullError:
            raise
        except FAULTS as error:
            # Out of space before the data reached the file: the transaction is gone, and LMDB
            # itself panics at the next one if the failure was in the meta page.
            if os.strerror(errno.ENOSPC) in str(error):
                raise DiskFull(self.used, self.map_size) from error
            raise self.latch(str(error)) from error

    def latch(self, reason: str) -> JournalFault:
        """Stop all writing until a restart, and leave a note for it."""
        if not self.fault:
            self.fault = reason
            with contextlib.suppress(OSError):
                (self.folder / FAULT_FILE).write_text(reason + "\n", "utf-8")
        return JournalFault(self.fault)

    @contextlib.contextmanager
    def staging(self, too_large: type[Exception]) -> Iterator[lmdb.Transaction[bytes]]:
        """Give one write transaction to a block that cannot be run again by us."""
        self.check_usable()
        self._make_room(emergency=False)
        txn = self._guard(lambda: self.env.begin(write=True))
        try:
            try:
                yield txn
            except BaseException:
                txn.abort()
                raise
            self._guard(txn.commit)
        except lmdb.MapFullError:
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
            if self.used > self.map_size - RESERVE_SIZE and not emergency:
                raise DiskFull(self.used, self.map_size)

    def _grow(self, *, must: bool) -> bool:
        """Enlarge file and map; return False where the disk has no room or readers hold on."""
        for extra in (min(self.map_size, GROWTH_MAX), RESERVE_SIZE * 4):
            target = self.map_size + extra
            if self._allocate(target):
                return self._remap(target, wait=5.0 if must else GROWTH_WAIT_SECONDS)
        return False

    def _allocate(self, target: int) -> bool:
        missing = target - self.path.stat().st_size
        try:
            if missing > 0:
                if shutil.disk_usage(self.folder).free < missing:
                    return False
                preallocate(self.path, target)
        except OSError:
            return False
        return True

    def _remap(self, target: int, wait: float) -> bool:
        with self._gate:
            if not self._gate.wait_for(lambda: self.views == 0, timeout=wait):
                return False
            self.env.set_mapsize(target)
        self.map_size = target
        self.growths += 1
        return True

    # Whole file

    def copy_to(self, path: Path) -> None:
        """Write a compact, consistent copy of all tables to one file and sync it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self.enter_view()
            try:
                self.env.copyfd(descriptor, compact=True)
            finally:
                self.leave_view(time.monotonic())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def swap_file(self, compacted: Path) -> None:
        """Put a compacted file in this one's place and open it."""
        with self._gate:
            self._gate.wait_for(lambda: self.views == 0)
            names = list(self.dbs)
            self.env.close()
            os.replace(compacted, self.path)
            sync_folder(self.folder)
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


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
