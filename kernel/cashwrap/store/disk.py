"""The disk port: LMDB with its default flags, blocks given to files, folders made durable.

The only module that knows LMDB (beside `probe`, a script for a child process); what others name of
it has its name here. A till keeps its tables and its draft on a `Disk`: the machine's, unless it is
opened with another one (`cashwrap.testing.disk` has one in memory).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import lmdb

from cashwrap.store.errors import StoreDamaged, UnsafeSettings

if TYPE_CHECKING:
    from typing import TypeAlias

    Txn: TypeAlias = lmdb.Transaction[bytes]
    Cursor: TypeAlias = lmdb.Cursor[bytes]
    Table: TypeAlias = lmdb._Database
else:
    Txn, Cursor, Table = lmdb.Transaction, lmdb.Cursor, object

Environment = lmdb.Environment
MapFull = lmdb.MapFullError
MapResized = lmdb.MapResizedError
NoSuchTable = lmdb.NotFoundError
BadKey = lmdb.BadValsizeError
AnyError = lmdb.Error

TABLES_MAX = 512
SAFE_FLAGS = {"sync": True, "metasync": True, "writemap": False, "map_async": False}
BROKEN = (lmdb.DiskError, lmdb.PanicError, lmdb.CorruptedError, lmdb.PageNotFoundError)


class File(Protocol):
    """One open file that is read once and written at places. Every method may raise OSError."""

    def size(self) -> int:
        """Return how many bytes it has."""
        ...

    def read(self) -> bytes:
        """Return all of it."""
        ...

    def write(self, data: bytes, offset: int) -> None:
        """Give bytes to the operating system, at once."""
        ...

    def flush(self) -> None:
        """Return when everything written is on the disk."""
        ...

    def allocate(self, size: int) -> None:
        """Give it blocks up to a size, so that a full disk cannot stop a write there."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Disk(Protocol):
    """Where a till's tables and its draft live."""

    @property
    def maps_files(self) -> bool:
        """Return whether a damaged data file can kill the process that reads it."""
        ...

    def open_folder(self, folder: Path, map_size: int) -> Environment:
        """Open a folder's tables for reading and writing. Raises StoreDamaged, UnsafeSettings."""
        ...

    def preallocate(self, path: Path, size: int) -> None:
        """Give a data file its blocks. Raises OSError."""
        ...

    def free_bytes(self, folder: Path) -> int:
        """Return how much may still be written."""
        ...

    def open_file(self, path: Path) -> File:
        """Open a file, made where it is missing, that only its owner may read. Raises OSError."""
        ...

    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        """Do something again and again beside the till; return what stops it."""
        ...


def check_flags(flags: Mapping[str, object]) -> None:
    """Raise UnsafeSettings for any flag under which LMDB may lose an acknowledged commit."""
    for name, value in SAFE_FLAGS.items():
        if flags[name] is not value:
            raise UnsafeSettings(f"{name}={flags[name]}")


def open_folder(folder: Path, map_size: int) -> Environment:
    """Open a folder for reading and writing. Raises StoreDamaged, UnsafeSettings."""
    try:
        env = lmdb.open(str(folder), map_size=map_size, max_dbs=TABLES_MAX)
    except AnyError as error:
        raise StoreDamaged(str(folder), f"LMDB says: {error}") from error
    check_flags(env.flags())
    return env


def open_file(path: Path) -> Environment:
    """Open one file, a backup, for reading only, without a lock. Raises StoreDamaged."""
    try:
        return lmdb.open(str(path), subdir=False, readonly=True, lock=False, max_dbs=TABLES_MAX)
    except AnyError as error:
        raise StoreDamaged(str(path), f"LMDB says: {error}") from error


def open_beside(folder: Path, map_size: int) -> Environment:
    """Open a folder that another process may be writing to, for reading only.

    Its lock file keeps the pages that a view sees. Raises StoreDamaged, also where this process
    has the folder open already.
    """
    try:
        return lmdb.open(
            str(folder), readonly=True, create=False, map_size=map_size, max_dbs=TABLES_MAX
        )
    except AnyError as error:
        raise StoreDamaged(str(folder), f"LMDB says: {error}") from error


def is_broken(error: lmdb.Error) -> bool:
    """Whether the disk, or what is on it, cannot be trusted any more.

    An error of the system that LMDB has no name for, EIO above all, is a plain `lmdb.Error`.
    """
    return isinstance(error, BROKEN) or type(error) is lmdb.Error


def is_full(error: Exception) -> bool:
    """Whether LMDB or the system refused for want of space."""
    return os.strerror(errno.ENOSPC) in str(error)


class SystemFile:
    """A file of the machine."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def size(self) -> int:
        """Return how many bytes it has."""
        return os.fstat(self._fd).st_size

    def read(self) -> bytes:
        """Return all of it."""
        return os.pread(self._fd, self.size(), 0)

    def write(self, data: bytes, offset: int) -> None:
        """Give bytes to the operating system, at once."""
        os.pwrite(self._fd, data, offset)

    def flush(self) -> None:
        """Return when everything written is on the disk."""
        os.fdatasync(self._fd)

    def allocate(self, size: int) -> None:
        """Give it blocks up to a size."""
        os.posix_fallocate(self._fd, 0, size)

    def close(self) -> None:
        """Close it."""
        os.close(self._fd)


class SystemDisk:
    """The machine's disk, and LMDB on it."""

    maps_files = True

    def open_folder(self, folder: Path, map_size: int) -> Environment:
        """Open a folder's tables for reading and writing. Raises StoreDamaged, UnsafeSettings."""
        return open_folder(folder, map_size)

    def preallocate(self, path: Path, size: int) -> None:
        """Give a data file its blocks. Raises OSError."""
        preallocate(path, size)

    def free_bytes(self, folder: Path) -> int:
        """Return how much may still be written."""
        import shutil

        return shutil.disk_usage(folder).free

    def open_file(self, path: Path) -> File:
        """Open a file, made where it is missing, that only its owner may read."""
        return SystemFile(path)

    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        """Do something again and again on a thread; what is returned waits for its end."""
        import threading

        stopping = threading.Event()

        def repeat() -> None:
            while not stopping.wait(seconds):
                action()

        def stop() -> None:
            stopping.set()
            thread.join()

        thread = threading.Thread(target=repeat, name="draft-flush", daemon=True)
        thread.start()
        return stop


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


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


SYSTEM_DISK = SystemDisk()
