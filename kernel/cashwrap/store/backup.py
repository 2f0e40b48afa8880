"""Copies of a store: hot backup, restore into a new epoch, compaction, salvage."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from cashwrap.errors import named_path
from cashwrap.ports import Clock, Randomness
from cashwrap.store.chain import Chain
from cashwrap.store.damage import MetaPage, newest_meta, read_meta
from cashwrap.store.disk import Txn, sync_folder
from cashwrap.store.engine import Engine
from cashwrap.store.errors import (
    BackupFailed,
    KeyLost,
    RestoreRefused,
    StoreDamaged,
    StoreError,
    StoreMissing,
    StoreTooNew,
)
from cashwrap.store.events import StoreRestored, TillEpochStarted, TillRekeyed
from cashwrap.store.identity import Head, Identity
from cashwrap.store.journal import Journal, load_identity, save_identity
from cashwrap.store.keys import TillKey, load_key, save_key
from cashwrap.store.layout import (
    BASES,
    COMMANDS,
    CORE_TABLES,
    DATA_FILE,
    FORMAT,
    HASH_SIZE,
    JOURNAL,
    KEY_FILE,
    META,
)
from cashwrap.store.owner import Owner
from cashwrap.store.rebuild import PROJECTIONS_ROW, snapshot_hash
from cashwrap.store.records import Commit, parse
from cashwrap.store.store import Store
from cashwrap.store.verify import check_chain
from cashwrap.store.witness import Witness, fingerprint, state_folder

if TYPE_CHECKING:
    from cashwrap.store.rebuild import Progress

RESTORING = "restoring"


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
    return msgspec.structs.replace(report, path=str(path))


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


def restore(
    backup: Path | str,
    folder: Path | str,
    *,
    clock: Clock,
    randomness: Randomness,
    reason: str,
    epoch: int = 0,
    replace_newer: bool = False,
    witness: list[Path] | None = None,
) -> BackupReport:
    """Put a verified backup into ``folder``, in a new epoch, and return what it held.

    A store that is there already is moved aside, never deleted; when it ends later than the backup
    this is refused unless ``replace_newer``. The till's key file is kept where it still fits,
    otherwise the till gets a new key. Raises RestoreRefused, StoreDamaged, StoreInUse.
    """
    source, target = named_path(backup, "a backup"), named_path(folder, "a shop's folder")
    report = inspect_backup(source)
    target.mkdir(parents=True, exist_ok=True)
    owner = Owner(target)
    try:
        if not replace_newer:
            _refuse_newer(report, target)

        def fill(build: Path) -> None:
            shutil.copyfile(source, build / DATA_FILE)

        _place(target, fill, "backup", reason, epoch, clock, randomness, witness)
    finally:
        owner.release(clean=True)
    return report


def _refuse_newer(report: BackupReport, folder: Path) -> None:
    """Raise RestoreRefused when a sound store in the folder ends later than the backup."""
    if not (folder / DATA_FILE).exists():
        return
    try:
        here = inspect_backup(folder / DATA_FILE)
    except StoreError:
        return  # damaged: that is what backups are for
    if (here.store, here.till) != (report.store, report.till):
        raise RestoreRefused(f"the folder holds {here.store} {here.till}, another till")
    if (here.epoch, here.seq) > (report.epoch, report.seq):
        raise RestoreRefused(
            f"the store here ends at record {here.seq} of epoch {here.epoch}, the backup at "
            f"{report.seq} of {report.epoch}: open it instead, or say that it may be replaced"
        )


def _place(
    target: Path,
    fill: Callable[[Path], None],
    source: str,
    reason: str,
    epoch: int,
    clock: Clock,
    randomness: Randomness,
    witness: list[Path] | None,
) -> None:
    """Build a store beside the target, start its new epoch, and move it into place."""
    from cashwrap.store.opening import move_into_place

    build = target / RESTORING
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir()
    fill(build)
    engine = Engine(build)
    engine.open_tables(CORE_TABLES)
    identity = load_identity(engine)
    key, rekeyed = _fitting_key(target, build, identity, randomness)
    _start_epoch(build, engine, identity, key, rekeyed, source, reason, epoch,
                 clock, randomness, witness)  # fmt: skip
    if (target / DATA_FILE).exists():
        _set_aside(target)
    move_into_place(build, target)


def _fitting_key(
    target: Path, build: Path, identity: Identity, randomness: Randomness
) -> tuple[TillKey, bool]:
    """Return the key in the target folder where it fits, else a new one, and whether it is new."""
    try:
        key, _ = load_key(target / KEY_FILE)
        if key.public == identity.public_key:
            return key, False
    except KeyLost:
        pass
    return save_key(build / KEY_FILE, randomness.token(32)), True


def _start_epoch(
    build: Path,
    engine: Engine,
    identity: Identity,
    key: TillKey,
    rekeyed: bool,
    source: str,
    reason: str,
    epoch: int,
    clock: Clock,
    randomness: Randomness,
    witness: list[Path] | None,
) -> None:
    head = Journal(engine, identity).head()
    watching = [state_folder()] if witness is None else witness
    watch = Witness(watching, identity.store, identity.till, identity.base.public_key)
    seen = watch.newest()
    newest = max(identity.epochs[-1][1], head.epoch, seen.epoch if seen else 0)
    started = epoch or newest + 1
    if started <= newest:
        raise RestoreRefused(f"epoch {started} was already used: take {newest + 1} or more")
    identity.epochs.append((head.seq + 1, started))
    identity.fingerprint = fingerprint(build)
    identity.public_key = key.public
    name = (seen.epoch, seen.seq) if seen else (0, 0)
    news = [
        TillEpochStarted(reason, head.epoch, head.seq, head.hash, *name),
        StoreRestored(source, head.seq, reason),
        *([TillRekeyed(key.public, reason)] if rekeyed else []),
    ]
    moved = Head(started, head.seq, head.hash, head.wall_ms)
    reborn = Store(
        engine, Owner(build), identity, key, Witness([], identity.store, identity.till, key.public),
        (), (), clock, randomness, moved, 1,
    )  # fmt: skip

    def also(txn: Txn) -> None:
        save_identity(txn, engine, identity)
        txn.delete(PROJECTIONS_ROW, db=engine.dbs[META])  # all fold anew at the first opening

    reborn.commit_also(also, news, clock.now(), emergency=True)
    reborn.close()


def _set_aside(folder: Path) -> None:
    """Move the old data file out of the way under a free name."""
    number = 1
    while (folder / f"replaced-{number}.mdb").exists():
        number += 1
    (folder / DATA_FILE).replace(folder / f"replaced-{number}.mdb")


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


# Salvage


class SalvageReport(msgspec.Struct, frozen=True):
    """What could be proved of a damaged store: records up to ``seq``, and why not more."""

    records: int
    epoch: int
    seq: int
    stopped: str


def salvage(
    folder: Path | str,
    into: Path | str,
    *,
    clock: Clock,
    randomness: Randomness,
    reason: str = "salvaged from a damaged store",
    epoch: int = 0,
    witness: list[Path] | None = None,
) -> SalvageReport:
    """Copy the longest verified beginning of a damaged store's chain into a fresh folder.

    The damaged file is read by a child process, so nothing in it can take this one down, and is
    left as it is. The new store begins a new epoch. Raises StoreDamaged when not even the first
    record can be read, RestoreRefused when ``into`` already holds a store.
    """
    source, target = Path(folder), Path(into)
    if (target / DATA_FILE).exists():
        raise RestoreRefused(f"{target} already holds a store: salvage into an empty folder")
    target.mkdir(parents=True, exist_ok=True)
    if (source / KEY_FILE).exists() and not (target / KEY_FILE).exists():
        shutil.copy2(source / KEY_FILE, target / KEY_FILE)
    report: list[SalvageReport] = []

    def fill(build: Path) -> None:
        report.append(_copy_proved(source, build))

    owner = Owner(target)
    try:
        _place(target, fill, "salvage", reason, epoch, clock, randomness, witness)
    finally:
        owner.release(clean=True)
    return report[0]


def _copy_proved(source: Path, build: Path) -> SalvageReport:
    """Fill a new file with the records of a damaged one for as long as the chain holds."""
    readable = build / "readable.mdb"
    _stretch(source / DATA_FILE, readable)
    engine = Engine(build)
    engine.open_tables(CORE_TABLES)
    rows = _dumped(readable, "--identity")
    try:
        identity = msgspec.msgpack.decode(next(rows, (b"", b""))[1], type=Identity)
    except msgspec.DecodeError:
        raise StoreDamaged(str(source), "not even its identity can be read") from None
    records = list(_dumped(readable, "--journal"))  # a till's journal fits in memory
    chain = _walked(identity, records)
    if chain.broken_at and len(records) > chain.records + 1:
        chain.blame_the_one_before(records[chain.records + 1][1][:HASH_SIZE])
    stopped = str(chain.fault) if chain.fault else f"no record after {chain.seq} can be read"
    if chain.fault and chain.fault.seq == chain.seq:  # its link fits, what it says was changed
        chain = _walked(identity, records[: chain.records - 1])
    proved = records[: chain.records]
    if not proved:
        raise StoreDamaged(str(source), "not even its first record can be read")
    identity.public_key = chain.public_key
    identity.epochs = [one for one in identity.epochs if one[0] <= chain.seq]
    identity.format = FORMAT
    _write_proved(engine, identity, proved)
    if identity.base.seq:
        _write_bases(source, engine, identity, dict(_dumped(readable, "--bases")))
    engine.close()
    readable.unlink()
    return SalvageReport(chain.records, chain.epoch, chain.seq, stopped)


def _walked(identity: Identity, rows: list[tuple[bytes, bytes]]) -> Chain:
    """Return a chain that has walked over these rows for as long as they fit."""
    chain, walking = Chain.from_first(identity), iter(rows)
    while chain.walk(walking, len(rows)):
        pass
    return chain


def _write_proved(engine: Engine, identity: Identity, rows: list[tuple[bytes, bytes]]) -> None:
    for start in range(0, len(rows), 1000):
        batch = rows[start : start + 1000]
        engine.write(partial(_put_records, engine, batch), emergency=True)
    engine.write(lambda txn: save_identity(txn, engine, identity), emergency=True)


def _put_records(engine: Engine, batch: list[tuple[bytes, bytes]], txn: Txn) -> None:
    """Write records, and what their commands are answered with."""
    for key, raw in batch:
        txn.put(key, raw, db=engine.dbs[JOURNAL])
        record = parse(raw)
        envelope = record.envelope
        if not envelope.command:
            continue
        command = envelope.command.encode()
        known = txn.get(command, db=engine.dbs[COMMANDS])
        first = msgspec.msgpack.decode(known, type=Commit).first_seq if known else record.seq
        answer = Commit(first, record.seq, record.hash, envelope.epoch)
        txn.put(command, msgspec.msgpack.encode(answer), db=engine.dbs[COMMANDS])


def _write_bases(
    source: Path, engine: Engine, identity: Identity, rows: dict[bytes, bytes]
) -> None:
    """Write the tables kept from the trim point; without them nothing can be folded."""
    if snapshot_hash(rows.items()) != identity.base.snapshot_hash:
        raise StoreDamaged(str(source), "the tables kept at the trim cannot be read")

    def write(txn: Txn) -> None:
        for key, value in rows.items():
            txn.put(key, value, db=engine.dbs[BASES])

    engine.write(write, emergency=True)


def _stretch(source: Path, target: Path) -> None:
    """Copy a data file and give a short one its missing pages as zeros, so mapping is safe."""
    if not source.exists():
        raise StoreMissing(str(source.parent))
    shutil.copyfile(source, target)
    with target.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        meta = _newest_readable_meta(target)
        if meta is not None and size < (meta.last_page + 1) * meta.page_size:
            file.truncate((meta.last_page + 1) * meta.page_size)


def _newest_readable_meta(path: Path) -> MetaPage | None:
    """Return the newest readable meta page of a file that may be cut short."""
    with path.open("rb") as file:
        found = [read_meta(file.read(4096))]
        size = found[0].page_size if isinstance(found[0], MetaPage) else 4096
        file.seek(size)
        found.append(read_meta(file.read(4096)))
    metas = [meta for meta in found if isinstance(meta, MetaPage)]
    return max(metas, key=lambda meta: meta.txn, default=None)


def _dumped(path: Path, what: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield what a child process can read of a data file until it ends or dies."""
    script = Path(__file__).with_name("probe.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, str(script), str(path), what],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        yield from _pairs(child.stdout)
        child.kill()


def _pairs(pipe: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    while len(sizes := pipe.read(8)) == 8:
        key_size, value_size = int.from_bytes(sizes[:4], "big"), int.from_bytes(sizes[4:], "big")
        key, value = pipe.read(key_size), pipe.read(value_size)
        if len(value) < value_size:
            return
        yield key, value
