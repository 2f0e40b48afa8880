"""Backup, restore, salvage, compaction, trimming, migration, room and faults of the disk."""

import shutil

import lmdb
import msgspec
import pytest

from cashwrap.errors import InvalidInput
from cashwrap.store import engine as engine_module
from cashwrap.store.backup import inspect_backup
from cashwrap.store.errors import (
    BackupFailed,
    DiskFull,
    HistoryTrimmed,
    JournalFault,
    KeyLost,
    RestoreRefused,
    StoreCopied,
    StoreDamaged,
    StoreMissing,
    StoreRolledBack,
    StoreTooNew,
)
from cashwrap.store.events import TillEpochStarted
from cashwrap.store.journal import save_identity
from cashwrap.store.layout import JOURNAL, SEALS
from cashwrap.store.migrate import STEPS, migrate
from cashwrap.store.restore import restore
from cashwrap.store.salvage import salvage


def kinds(store, after=0):
    return [record.envelope.kind for record in store.records(after)]


def fill(world, store):
    for _ in range(400):
        store.commit([world.Noted("x" * 30_000)], at=world.clock.now())


def sold_store(world, count=5):
    with world.create() as store:
        world.sell(store, count)
    return world.folder / "data.mdb"


# Files that cannot be trusted


@pytest.mark.parametrize(
    ("bytes_kept", "said"), [(0, "empty"), (100, "shorter"), (4100, "second meta"), (9000, "cut")]
)
def test_a_short_file_is_refused_before_it_is_mapped(world, bytes_kept, said):
    """A truncated or empty file is StoreDamaged, never a crash, and says what to do."""
    path = sold_store(world)
    path.write_bytes(path.read_bytes()[:bytes_kept])
    with pytest.raises(StoreDamaged, match=said) as raised:
        world.open()
    assert "salvage" in str(raised.value)


def test_foreign_files_are_refused(world):
    """A file that is not LMDB's, or not ours, is refused; a missing one is StoreMissing."""
    path = sold_store(world)
    whole = path.read_bytes()
    path.write_bytes(b"\0" * len(whole))
    with pytest.raises(StoreDamaged, match="magic"):
        world.open()
    path.write_bytes(whole[:20] + b"\x07" + whole[21:])
    with pytest.raises(StoreDamaged, match="version"):
        world.open()
    path.unlink()
    with pytest.raises(StoreMissing):
        world.open()


def test_a_store_of_another_program_is_refused(world):
    """An LMDB file without our tables is not opened as a till."""
    world.folder.mkdir()
    lmdb.open(str(world.folder)).close()
    with pytest.raises(StoreDamaged, match="not a cashwrap store"):
        world.open()


def test_a_crash_while_reading_happens_in_the_child(world):
    """After an unclean end a child reads the file first, so bad pages are an error here."""
    path = sold_store(world)
    (world.folder / "owner.lock").write_text("1")
    content = bytearray(path.read_bytes())
    content[8192 : 8192 + 40 * 4096] = b"\xff" * (40 * 4096)
    path.write_bytes(content)
    with pytest.raises(StoreDamaged):
        world.open()


@pytest.mark.parametrize("place", [40, 200])
def test_verify_names_the_first_bad_record(world, place):
    """Changing any byte of a record is found and named by its number."""
    with world.create() as store:
        world.sell(store, 6)

        def spoil(txn):
            key = store.identity.key_of(5)
            raw = bytearray(txn.get(key, db=store.engine.dbs[JOURNAL]))
            raw[min(place, len(raw) - 1)] ^= 1
            txn.put(key, bytes(raw), db=store.engine.dbs[JOURNAL])

        store.engine.write(spoil)
        report = store.verify()
        assert not report.ok
        assert report.fault.seq in (5, 6)
        assert "record" in str(report.fault)
    with pytest.raises(StoreDamaged):
        world.open()


def test_verify_finds_removed_records_and_forged_seals(world):
    """A gap is named; a chain that was rewritten whole lacks the till's signature."""
    with world.create() as store:
        world.sell(store, 6)
        spare = store.engine.env.begin().get(store.identity.key_of(4), db=store.engine.dbs[JOURNAL])
        store.engine.write(
            lambda txn: txn.delete(store.identity.key_of(4), db=store.engine.dbs[JOURNAL])
        )
        assert store.verify().fault.seq == 4
        store.engine.write(
            lambda txn: txn.put(store.identity.key_of(4), spare, db=store.engine.dbs[JOURNAL])
        )
        assert store.verify(all_seals=True).ok
        seal = (store.head.seq).to_bytes(8, "big")
        forged = store.head.hash + bytes(64)
        store.engine.write(lambda txn: txn.put(seal, forged, db=store.engine.dbs[SEALS]))
        assert "not signed" in store.verify().fault.what


def test_verify_names_a_projection_that_is_not_its_fold(world):
    """A table changed behind the journal's back is found, and a rebuild mends it."""
    with world.create() as store:
        world.sell(store, 3)
        store.engine.write(lambda txn: txn.put(b"tea", b"9", db=store.engine.dbs["probe.sold"]))
        assert store.verify().projections == ("probe",)
        store.rebuild()
        assert store.verify().ok


# Copies and older images


def test_a_copied_folder_is_refused_until_adopted(world):
    """A copy is noticed; adopting it starts an epoch, so no name is ever used twice."""
    sold_store(world)
    copy = world.root / "copy"
    shutil.copytree(world.folder, copy)
    with pytest.raises(StoreCopied, match="adopt"):
        world.open(copy)
    with world.open(copy, adopt="moved to a new device") as store:
        assert store.head.epoch == 2
        world.sell(store)
        assert store.verify().ok
        started = next(one for one in store.records() if one.envelope.kind == "till.epoch_started")
        assert isinstance(body := started.body(), TillEpochStarted)
        assert (body.reason, body.previous_epoch) == ("moved to a new device", 1)
    with world.open(copy) as store:
        assert store.head.epoch == 2
        assert store.verify().ok


@pytest.mark.parametrize("later", [2, 0])
def test_an_older_image_is_refused(world, later):
    """A data file from before the witness's head is refused, also when it sold on since."""
    path = sold_store(world)
    old = path.read_bytes()
    with world.open() as store:
        world.sell(store, 3)
    kept = [one.read_bytes() for one in world.witness.iterdir()]
    path.write_bytes(old)  # the same inode: an image written back in place
    if later:
        with world.open(witness=[]) as store:
            world.sell(store, 8)
        assert kept == [one.read_bytes() for one in world.witness.iterdir()]
    with pytest.raises(StoreRolledBack, match="another history" if later else "ends at"):
        world.open()
    with world.open(adopt="yesterday's image") as store:
        assert store.head.epoch == 2


def test_an_epoch_must_be_new(world):
    """An epoch that was used is refused."""
    sold_store(world)
    with pytest.raises(InvalidInput, match="already used"):
        world.open(adopt="x", epoch=1)
    world.open().close()


def test_a_lost_key_is_replaced_only_on_request(world):
    """Without its key a till does not start; rekeying is journaled and the chain still proves."""
    sold_store(world)
    (world.folder / "till.key").unlink()
    with pytest.raises(KeyLost, match="rekey"):
        world.open()
    with world.open(rekey="disk was cleaned") as store:
        world.sell(store)
        assert "till.rekeyed" in kinds(store)
        assert store.verify(all_seals=True).ok
    with world.open() as store:
        assert store.verify(all_seals=True).ok


def test_a_key_that_others_can_read_is_repaired(world):
    """Wrong permissions are put right, with a warning."""
    sold_store(world)
    key = world.folder / "till.key"
    key.chmod(0o644)
    with world.open() as store:
        assert key.stat().st_mode & 0o777 == 0o600
        assert "644" in store.stats().warnings[0]


# Backup and restore


def test_a_backup_restores_into_a_new_epoch(world):
    """A backup is verified, refuses to replace what is newer, and starts an epoch."""
    backup = world.root / "b" / "till.cwbackup"
    with world.create() as store:
        world.sell(store, 4)
        report = store.backup(backup)
        assert (report.seq, report.hash) == (store.head.seq, store.head.hash.hex())
        world.sell(store, 2)
    ports = {"clock": world.clock, "randomness": world.ports()["randomness"]}
    ports["witness"] = [world.witness]
    with pytest.raises(RestoreRefused, match="open it instead"):
        restore(backup, world.folder, reason="test", **ports)
    restore(backup, world.folder, reason="went back", replace_newer=True, **ports)
    assert (world.folder / "replaced-1.mdb").exists()
    with world.open() as store:
        assert store.head.epoch == 2
        assert world.total(store) == 4000
        assert store.verify(all_seals=True).ok
    fresh = world.root / "new"
    restore(backup, fresh, reason="new device", **ports)
    with world.open(fresh) as store:
        assert store.head.epoch == 3
        assert "till.rekeyed" in kinds(store)
        assert store.verify(all_seals=True).ok


def test_a_spoiled_backup_is_refused(world):
    """A backup that does not verify is not restored, and one that cannot be written says so."""
    backup = world.root / "till.cwbackup"
    with world.create() as store:
        world.sell(store, 4)
        store.backup(backup)
        (world.root / "file").write_text("")
        with pytest.raises(BackupFailed):
            store.backup(world.root / "file" / "x")
    content = backup.read_bytes()
    at = content.rindex(b"probe.sold\x01")
    backup.write_bytes(content[: at + 20] + b"\xee" + content[at + 21 :])
    with pytest.raises(StoreDamaged):
        inspect_backup(backup)


def test_salvage_keeps_what_can_be_proved(world):
    """From a damaged file the longest verified beginning is saved, in a new epoch."""
    with world.create() as store:
        world.sell(store, 9)
        key = store.identity.key_of(7)
        store.engine.write(lambda txn: txn.put(key, b"x" * 80, db=store.engine.dbs[JOURNAL]))
    into = world.root / "saved"
    ports = {"clock": world.clock, "randomness": world.ports()["randomness"], "witness": []}
    report = salvage(world.folder, into, **ports)
    assert report.seq == 6
    assert "record 7" in report.stopped
    with world.open(into, witness=[]) as store:
        assert world.total(store) == 4000
        assert store.verify(all_seals=True).ok
        assert "store.restored" in kinds(store)
    with pytest.raises(RestoreRefused):
        salvage(world.folder, into, **ports)


def test_salvage_keeps_trimmed_history_and_answers(world):
    """Tables from before a trim and the answers to commands survive a salvage."""
    with world.create() as store:
        world.sell(store, 10)
        store.trim(8, at=world.clock.now())
        done = world.sell(store, command="last")
    into = world.root / "saved"
    ports = {"clock": world.clock, "randomness": world.ports()["randomness"], "witness": []}
    salvage(world.folder, into, **ports)
    with world.open(into, witness=[]) as store:
        assert world.total(store) == 11_000
        assert store.answer("last") == done
        assert store.verify(all_seals=True).ok


def test_sparse_seals_still_prove(world):
    """With a seal for every ten records the journal opens and verifies."""
    with world.create(seal_every=10) as store:
        world.sell(store, 37)
        assert store.verify(all_seals=True).seals < 10
    with world.open(seal_every=10, rekey="lost") as store:
        world.sell(store, 3)
        assert store.verify(all_seals=True).ok
    with world.open(seal_every=10) as store:
        assert store.verify(all_seals=True).ok


def test_compaction_keeps_everything_and_its_place(world):
    """A compacted file is smaller, opens as the same till and goes on selling."""
    with world.create() as store:
        world.sell(store, 100)
        used = store.stats().used_bytes
        assert store.compact() < used
        world.sell(store)
        assert store.verify().ok
    with world.open() as store:
        assert world.total(store) == 101_000


def test_trimmed_history_stays_provable(world):
    """After a trim the chain goes on from a signed base and the rebuild gives the same tables."""
    with world.create() as store:
        done = world.sell(store, command="first")
        world.sell(store, 19)
        store.trim(15, at=world.clock.now())
        assert store.verify(all_seals=True).ok
        assert done.last_seq < 15
        assert store.answer("first") is None
        store.rebuild()
        assert world.total(store) == 20_000
        with pytest.raises(HistoryTrimmed):
            next(store.records(3))
        with pytest.raises(InvalidInput):
            store.trim(10, at=world.clock.now())
    with world.open() as store:
        assert store.verify().ok
        store.trim(20, at=world.clock.now())
        assert store.verify().ok
        identity = store.identity
        identity.base = msgspec.structs.replace(identity.base, snapshot_hash=bytes(32))
        assert "trim base" in store.verify().fault.what
    world.projection.version = 2
    with pytest.raises(HistoryTrimmed):
        world.open()


def test_a_raised_version_folds_anew(world):
    """A projection of another version, or one that was away for a while, is rebuilt at open."""
    sold_store(world)
    with world.open(projections=[]) as store:
        world.sell(store, 2)
    with world.open() as store:
        assert world.total(store) == 7000
    world.projection.version = 2
    with world.open() as store:
        assert world.total(store) == 7000


def test_an_older_format_is_brought_forward_with_a_copy(world):
    """Steps run in one transaction after a copy; unknown older and newer formats are refused."""
    sold_store(world)
    with world.open() as store:
        store.identity.format = 0

        def renamed(engine, txn, identity):
            txn.put(b"step", b"done", db=engine.dbs["store.meta"])

        name = migrate(store.engine, store.identity, {0: renamed}, 1)
        assert store.identity.format == 1
        assert inspect_backup(world.folder / name).seq == store.head.seq
        with pytest.raises(StoreDamaged, match="format 1"):
            migrate(store.engine, store.identity, {}, 2)
        store.identity.format = 99
        store.engine.write(lambda txn: save_identity(txn, store.engine, store.identity))
    with pytest.raises(StoreTooNew):
        world.open()


def test_an_older_store_is_migrated_when_it_opens(world, monkeypatch):
    """Opening runs the steps and journals what was done and where the copy is."""
    sold_store(world)
    with world.open() as store:
        store.identity.format = 0
        store.engine.write(lambda txn: save_identity(txn, store.engine, store.identity))
    with pytest.raises(StoreDamaged, match="format 0"):
        world.open()
    monkeypatch.setitem(STEPS, 0, lambda engine, txn, identity: None)
    with world.open() as store:
        assert "store.migrated" in kinds(store)
        assert store.identity.format == 1
        assert store.verify().ok


# Room and faults of the disk


def test_the_map_grows_before_it_is_full(world):
    """No sale is refused while the file grows."""
    with world.create(map_size=2 << 20) as store:
        for number in range(60):
            store.commit([world.Noted("x" * 40_000)], at=world.clock.now())
            assert store.head.seq == number + 3
        assert store.stats().growths >= 1
        assert store.verify().ok


def test_a_large_commit_grows_the_map_and_is_kept(world):
    """A commit larger than the rest of the map is written after growth."""
    with world.create(map_size=1 << 20) as store:
        store.commit([world.Noted("x" * 3_000_000)], at=world.clock.now())
        assert store.verify().ok


def test_a_full_disk_refuses_sales_but_closes_the_shift(world, monkeypatch):
    """When the file cannot grow, sales stop in plain words before the reserve is touched."""
    with world.create(map_size=3 << 20) as store:
        monkeypatch.setattr(store.engine, "_allocate", lambda target: False)
        with pytest.raises(DiskFull, match="shift can still be closed"):
            fill(world, store)
        store.commit([world.Noted("close shift")], at=world.clock.now(), emergency=True)
        monkeypatch.undo()
        world.sell(store)
        assert store.verify().ok


def test_a_disk_fault_latches_until_a_restart(world, monkeypatch):
    """After an I/O error nothing is written; the next start verifies all and says so."""
    store = world.create()
    world.sell(store, 3)
    before = store.head

    class Failing:
        def __init__(self, txn):
            self._txn = txn

        def __getattr__(self, name):
            return getattr(self._txn, name)

        def commit(self):
            self._txn.abort()
            raise lmdb.DiskError("mdb_txn_commit", 5)

    class FailingEnv:
        def __init__(self, env):
            self._env = env

        def __getattr__(self, name):
            return getattr(self._env, name)

        def begin(self, write=False, **more):
            txn = self._env.begin(write=write, **more)
            return Failing(txn) if write else txn

    real = store.engine.env
    store.engine.env = FailingEnv(real)
    with pytest.raises(JournalFault, match="restart"):
        world.sell(store)
    store.engine.env = real
    with pytest.raises(JournalFault):
        world.sell(store)
    assert store.head == before
    assert world.total(store) == 3000
    store.close()
    with world.open() as store:
        assert "journal.fault_cleared" in kinds(store)
        world.sell(store)
        assert engine_module.FAULT_FILE not in [one.name for one in world.folder.iterdir()]
