"""Create a store, or open one: look before mapping, check who it is, catch up, announce."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from cashwrap import __version__
from cashwrap.errors import InvalidInput
from cashwrap.events import Event
from cashwrap.ports import Clock, Randomness
from cashwrap.store.damage import check_data_file, probe
from cashwrap.store.disk import SYSTEM_DISK, AnyError, Disk, sync_folder
from cashwrap.store.engine import Engine
from cashwrap.store.errors import (
    KeyLost,
    StoreCopied,
    StoreDamaged,
    StoreExists,
    StoreMissing,
    StoreRolledBack,
    StoreTooNew,
)
from cashwrap.store.events import (
    JournalFaultCleared,
    StoreMigrated,
    TillCreated,
    TillEpochStarted,
    TillOpened,
    TillRekeyed,
)
from cashwrap.store.guests import FoldFailed
from cashwrap.store.identity import Base, Head, Identity
from cashwrap.store.journal import load_identity, save_identity
from cashwrap.store.keys import TillKey, load_key, save_key
from cashwrap.store.layout import (
    CORE_TABLES,
    DATA_FILE,
    FAULT_FILE,
    FORMAT,
    KEY_FILE,
    META,
    checked_name,
    genesis_hash,
)
from cashwrap.store.owner import Owner
from cashwrap.store.projections import check_ownership
from cashwrap.store.rebuild import folded_rows, out_of_date, rebuild
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection, Reader
from cashwrap.store.verify import check_tail
from cashwrap.store.witness import Sighting, Witness, fingerprint, state_folder

NEW_FOLDER = "creating"


class OpenOptions(msgspec.Struct, frozen=True):
    """What `Store.open` was asked for beside the ports and tables."""

    seal_every: int = 1
    adopt: str = ""
    epoch: int = 0
    rekey: str = ""
    announce: bool = True
    disk: Disk = SYSTEM_DISK
    leave_out: Callable[[Reader], Mapping[str, str]] | None = None


def witness_folders(given: Sequence[Path | str] | None) -> list[Path]:
    """Return the folders for witness files."""
    return [state_folder()] if given is None else [Path(one) for one in given]


def create_store(
    folder: Path,
    store: str,
    till: str,
    clock: Clock,
    randomness: Randomness,
    projections: Sequence[Projection],
    staged: Sequence[str],
    witness: Sequence[Path | str] | None,
    map_size: int,
    seal_every: int,
    disk: Disk,
) -> Store:
    """Make a store beside its place, move it there whole, and open it."""
    checked_name("store", store)
    checked_name("till", till)
    check_ownership(projections, staged)
    folder.mkdir(parents=True, exist_ok=True)
    owner = Owner(folder)
    try:
        if (folder / DATA_FILE).exists():
            raise StoreExists(str(folder))
        build = folder / NEW_FOLDER
        _remove(build)
        build.mkdir()
        key = save_key(build / KEY_FILE, randomness.token(32))
        _first_record(build, store, till, key, clock, randomness, map_size, disk)
        move_into_place(build, folder)
    finally:
        owner.release(clean=True)
    options = OpenOptions(seal_every, disk=disk)
    return open_store(folder, clock, randomness, projections, staged, witness, options)


def _first_record(
    build: Path,
    store: str,
    till: str,
    key: TillKey,
    clock: Clock,
    randomness: Randomness,
    map_size: int,
    disk: Disk,
) -> None:
    engine = Engine(build, map_size=map_size, port=disk)
    engine.open_tables(CORE_TABLES)
    genesis = Head(1, 0, genesis_hash(store, till, 1))
    base = Base(1, 0, genesis.hash, key.public)
    identity = Identity(FORMAT, store, till, key.public, [(1, 1)], base, fingerprint(build))
    born = Store(
        engine, Owner(build), identity, key, Witness([], store, till, key.public), (), (),
        clock, randomness, genesis, 1,
    )  # fmt: skip
    created = TillCreated(key.public, FORMAT, __version__)
    born.commit_also(lambda txn: save_identity(txn, engine, identity), [created], clock.now())
    born.close()


def move_into_place(build: Path, folder: Path) -> None:
    """Move a finished store from its building place; the data file comes last."""
    for name in (KEY_FILE, DATA_FILE):
        if (build / name).exists():
            (build / name).replace(folder / name)
    (folder / "lock.mdb").unlink(missing_ok=True)
    sync_folder(folder)
    _remove(build)


def _remove(build: Path) -> None:
    import shutil

    shutil.rmtree(build, ignore_errors=True)


def open_store(
    folder: Path,
    clock: Clock,
    randomness: Randomness,
    projections: Sequence[Projection],
    staged: Sequence[str],
    witness: Sequence[Path | str] | None,
    options: OpenOptions,
) -> Store:
    """Open a store; see `Store.open`."""
    check_ownership(projections, staged)
    if not folder.is_dir():
        raise StoreMissing(str(folder))
    owner = Owner(folder)
    engine: Engine | None = None
    try:
        meta = check_data_file(folder)
        if options.disk.maps_files and not owner.was_clean:
            probe(folder)
        engine = Engine(folder, map_size=meta.map_size, clock=clock, port=options.disk)
        identity = _load(engine, folder)
        found = identity.format
        copy = _migrated(engine, identity) if found < FORMAT else ""
        names = [*CORE_TABLES, *(table for one in projections for table in one.tables), *staged]
        engine.open_tables(names)
        opening = _Opening(
            engine, owner, identity, clock, randomness, projections, staged, witness, options
        )
        return opening.finish([StoreMigrated(found, FORMAT, copy)] if copy else [])
    except BaseException as error:
        if engine is not None:
            engine.close()
        # Refusing changed nothing, so what was clean stays clean.
        owner.release(clean=owner.was_clean)
        if isinstance(error, AnyError):
            raise StoreDamaged(str(folder), f"LMDB says: {error}") from error
        if isinstance(error, msgspec.DecodeError | UnicodeDecodeError):
            raise StoreDamaged(str(folder), f"a row of it cannot be read: {error}") from error
        raise


def _migrated(engine: Engine, identity: Identity) -> str:
    from cashwrap.store.migrate import migrate

    return migrate(engine, identity)


def _load(engine: Engine, folder: Path) -> Identity:
    if engine.open_existing([META]):
        raise StoreDamaged(str(folder), "data.mdb is not a cashwrap store")
    identity = load_identity(engine)
    if identity.format > FORMAT:
        raise StoreTooNew(identity.format, FORMAT)
    if identity.format == FORMAT and (missing := engine.open_existing(CORE_TABLES)):
        raise StoreDamaged(str(folder), f"its table {missing[0]} is missing")
    return identity


class _Opening:
    """The steps between a mapped file and an announced till, with what they need in common."""

    def __init__(
        self,
        engine: Engine,
        owner: Owner,
        identity: Identity,
        clock: Clock,
        randomness: Randomness,
        projections: Sequence[Projection],
        staged: Sequence[str],
        witness: Sequence[Path | str] | None,
        options: OpenOptions,
    ) -> None:
        self.engine = engine
        self.identity = identity
        self.options = options
        self.was_clean = owner.was_clean
        self.folder = engine.folder
        self.first_key = identity.public_key
        self.warnings: list[str] = []
        key = self._key(randomness)
        watching = witness_folders(witness)
        self.witness = Witness(watching, identity.store, identity.till, identity.base.public_key)
        self.store = Store(
            engine, owner, identity, key, self.witness, projections, staged,
            clock, randomness, Head(0, 0, b""), options.seal_every,
        )  # fmt: skip

    def finish(self, news: list[Event]) -> Store:
        """Check, catch up and announce; ``news`` is what happened to the file before."""
        store = self.store
        store.head = store.journal.head()
        seen = self.witness.newest()
        if not self.options.adopt:
            self._check_place(seen)
        fault = self._fault_note()
        check_tail(store, self.first_key, whole=bool(fault))
        if self.options.adopt:
            news.insert(0, self._new_epoch(seen))
        if self.options.rekey:
            news.append(TillRekeyed(store.key.public, self.options.rekey))
        if fault:
            news.append(JournalFaultCleared(fault, store.head.seq - self.identity.base.seq))
        if self.identity.base.seq:
            from cashwrap.store.trim import finish_trim

            finish_trim(self.engine, self.identity)
        self._catch_up()
        self._announce(news)
        self.witness.start()
        self.witness.note(store.head.epoch, store.head.seq, store.head.hash)
        store.warnings += self.warnings
        (self.folder / FAULT_FILE).unlink(missing_ok=True)
        return store

    def _key(self, randomness: Randomness) -> TillKey:
        path = self.folder / KEY_FILE
        if self.options.rekey:
            key = save_key(path, randomness.token(32))
            self.identity.public_key = key.public
            return key
        key, warning = load_key(path)
        if key.public != self.identity.public_key:
            raise KeyLost(str(path), "is not the one that seals this journal")
        if warning:
            self.warnings.append(warning)
        return key

    def _check_place(self, seen: Sighting | None) -> None:
        """Raise StoreCopied or StoreRolledBack when this is not what the device last wrote."""
        difference = self.identity.fingerprint.difference(fingerprint(self.folder))
        if difference:
            raise StoreCopied(str(self.folder), difference)
        head = self.store.head
        if seen is None:
            return
        found, known = (head.epoch, head.seq), (seen.epoch, seen.seq)
        if found < known:
            raise StoreRolledBack(found, known, "older")
        record = self.store.journal.get(seen.seq)
        if record and record.envelope.epoch == seen.epoch and record.hash.hex() != seen.hash:
            raise StoreRolledBack(found, known, "differs")

    def _fault_note(self) -> str:
        try:
            return (self.folder / FAULT_FILE).read_text("utf-8").strip() or "unknown"
        except OSError:
            return ""

    def _new_epoch(self, seen: Sighting | None) -> TillEpochStarted:
        head = self.store.head
        newest = max(head.epoch, self.identity.epochs[-1][1], seen.epoch if seen else 0)
        epoch = self.options.epoch or newest + 1
        if epoch <= newest:
            raise InvalidInput(f"epoch {epoch} was already used: take {newest + 1} or more")
        self.identity.epochs.append((head.seq + 1, epoch))
        self.identity.fingerprint = fingerprint(self.folder)
        self.store.head = Head(epoch, head.seq, head.hash, head.wall_ms)
        seen_name = (seen.epoch, seen.seq) if seen else (0, 0)
        return TillEpochStarted(self.options.adopt, head.epoch, head.seq, head.hash, *seen_name)

    def _catch_up(self) -> None:
        """Rebuild projections that are new or changed, and forget those that are gone.

        A plugin's that cannot be folded is left out.
        """
        store = self.store
        if self.options.leave_out is not None:
            with self.engine.read() as reader:
                wanted = dict(self.options.leave_out(reader))
            for name, reason in wanted.items():
                store.leave_out(name, reason)
        while True:
            try:
                return self._rebuild()
            except FoldFailed as failed:
                store.leave_out(failed.projection, failed.reason)

    def _rebuild(self) -> None:
        store = self.store
        stale = out_of_date(self.engine, store.projections)
        gone = folded_rows(self.engine).keys() - {one.name for one in store.projections}
        if stale or gone:
            rebuild(self.engine, store.journal, stale, store.head.seq, active=store.projections)

    def _announce(self, news: list[Event]) -> None:
        """Journal what this opening was, together with the identity where that changed."""
        store, identity = self.store, self.identity
        if self.options.announce:
            news.append(TillOpened(self.was_clean, __version__))
            store.mark_announced()
        if news:
            store.commit_also(
                lambda txn: save_identity(txn, self.engine, identity),
                news,
                store.clock.now(),
                emergency=True,
            )
