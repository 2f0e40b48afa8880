"""Copies of a sound store: hot backup, looking into one, compaction."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cashwrap.store.damage import newest_meta
from cashwrap.store.disk import sync_folder
from cashwrap.store.engine import Engine
from cashwrap.store.errors import (
    BackupFailed,
    StoreDamaged,
    StoreError,
    StoreMissing,
    StoreTooNew,
)
from cashwrap.store.journal import Journal, load_identity, save_identity
from cashwrap.store.layout import (
    CORE_TABLES,
    FORMAT,
)
from cashwrap.store.store import Store
from cashwrap.store.verify import check_chain

if TYPE_CHECKING:
    from cashwrap.store.rebuild import Progress


NOTE_FILE = "backup.last"


class BackupReport(msgspec.Struct, frozen=True):
    """What a backup holds: the head that was verified in it, and its size."""

    path: str
    store: str
    till: str
    epoch: int
    seq: int
    hash: str
    records: int
    bytes: int


def backup_store(store: Store, path: Path, progress: Progress | None = None) -> BackupReport:
    """Write a compact copy to ``path`` while selling goes on; it appears whole or not at all.

    The copy is one consistent moment, synced, opened again and its whole chain verified before it
    takes its name. The till's private key is not in it. Raises BackupFailed.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        store.engine.copy_to(part)
        report = inspect_backup(part, progress)
        os.replace(part, path)
        sync_folder(path.parent)
    except (OSError, StoreError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, BackupFailed):
            raise
        raise BackupFailed(str(error)) from error
    report = msgspec.structs.replace(report, path=str(path))
    _remember(store, report)
    return report


class LastBackup(msgspec.Struct, frozen=True):
    """What a till remembers of its newest backup: where, when, and up to which record."""

    path: str
    at_ms: int
    seq: int


def last_backup(folder: Path) -> LastBackup | None:
    """Return what is known of the newest backup of a folder's store, or None."""
    try:
        return msgspec.json.decode((folder / NOTE_FILE).read_bytes(), type=LastBackup)
    except (OSError, msgspec.DecodeError):
        return None


def _remember(store: Store, report: BackupReport) -> None:
    note = LastBackup(report.path, store.clock.now().wall_ms, report.seq)
    with contextlib.suppress(OSError):  # the backup is made; that it is not noted is no harm
        (store.engine.folder / NOTE_FILE).write_bytes(msgspec.json.encode(note))


def inspect_backup(path: Path, progress: Progress | None = None) -> BackupReport:
    """Verify a backup file whole and say what it holds. Raises StoreDamaged, StoreTooNew."""
    if not path.is_file():
        raise StoreMissing(str(path))
    meta = newest_meta(path)
    if isinstance(meta, str):
        raise StoreDamaged(str(path), meta)
    with Engine.reading(path) as engine:
        if engine.open_existing(CORE_TABLES):
            raise StoreDamaged(str(path), "it is not a cashwrap backup")
        identity = load_identity(engine)
        if identity.format > FORMAT:
            raise StoreTooNew(identity.format, FORMAT)
        head = Journal(engine, identity).head()
        chain, _ = check_chain(engine, identity, head.seq, progress=progress)
        if chain.fault:
            raise StoreDamaged(str(path), str(chain.fault))
    return BackupReport(
        str(path), identity.store, identity.till, head.epoch, head.seq, head.hash.hex(),
        chain.records, path.stat().st_size,
    )  # fmt: skip


def compact_store(store: Store) -> int:
    """Rewrite the data file without its free pages. Callers hold the store's lock."""
    engine = store.engine
    engine.check_usable()
    part = engine.path.with_name("compacting.mdb")
    part.unlink(missing_ok=True)
    part.touch(0o600)
    # The new file is another inode; both files name both, so either one opens after a power cut.
    identity = store.identity
    mark = identity.fingerprint
    identity.fingerprint = msgspec.structs.replace(
        mark, inode=part.stat().st_ino, former=engine.path.stat().st_ino
    )
    engine.write(lambda txn: save_identity(txn, engine, identity), emergency=True)
    try:
        engine.copy_to(part)
        inspect_backup(part)
    except BaseException:
        part.unlink()  # it may be what fills the disk
        raise
    engine.swap_file(part)
    return engine.used
