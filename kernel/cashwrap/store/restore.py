"""Put a copy of a store into a folder, in a new epoch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.errors import named_path
from cashwrap.ports import Clock, Randomness
from cashwrap.store.backup import BackupReport, inspect_backup
from cashwrap.store.disk import Txn
from cashwrap.store.engine import Engine
from cashwrap.store.errors import (
    KeyLost,
    RestoreRefused,
    StoreError,
)
from cashwrap.store.events import StoreRestored, TillEpochStarted, TillRekeyed
from cashwrap.store.identity import Head, Identity
from cashwrap.store.journal import Journal, load_identity, save_identity
from cashwrap.store.keys import TillKey, load_key, save_key
from cashwrap.store.layout import (
    CORE_TABLES,
    DATA_FILE,
    KEY_FILE,
    META,
)
from cashwrap.store.opening import move_into_place
from cashwrap.store.owner import Owner
from cashwrap.store.rebuild import PROJECTIONS_ROW
from cashwrap.store.store import Store
from cashwrap.store.witness import Witness, fingerprint, state_folder

if TYPE_CHECKING:
    pass

RESTORING = "restoring"


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

        place(target, fill, "backup", reason, epoch, clock, randomness, witness)
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


def place(
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
