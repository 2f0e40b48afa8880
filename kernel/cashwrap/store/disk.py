"""The disk port: LMDB with its default flags, blocks given to files, folders made durable.

The only module that knows LMDB (beside `probe`, a script for a child process); what others name of
it has its name here.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

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
