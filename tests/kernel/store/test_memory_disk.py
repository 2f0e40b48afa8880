"""The disk in memory answers as LMDB does, and loses what a machine would lose."""

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cashwrap.store import disk
from cashwrap.store.draft import DraftFile
from cashwrap.store.errors import DiskFull, JournalFault
from cashwrap.store.store import Store
from cashwrap.testing.disk import Died, MemoryDisk
from cashwrap.testing.memory_lmdb import PAGE_SIZE

KEYS = st.one_of(st.binary(max_size=3), st.binary(min_size=510, max_size=513))
VALUES = st.binary(max_size=40)
TABLES = st.sampled_from(("a", "b"))


def outcome(action):
    """Return what an action gives, or the kind of error it ends in."""
    try:
        return action()
    except disk.AnyError as error:
        return type(error)


class SideBySide(RuleBasedStateMachine):
    """The same calls on LMDB and on memory; every answer and every table is equal."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.envs = []
        for name, port in (("lmdb", disk.SYSTEM_DISK), ("memory", MemoryDisk())):
            (self.root / name).mkdir()
            self.envs.append(port.open_folder(self.root / name, 1 << 20))
        self.txns = []
        self.cursors = []
        self.views = []

    def both(self, call):
        answers = [outcome(lambda side=side: call(side)) for side in (0, 1)]
        assert answers[0] == answers[1]
        return answers[0]

    @initialize()
    def make_tables(self):
        self.dbs = [{}, {}]
        for side in (0, 1):
            assert outcome(lambda side=side: self.envs[side].open_db(b"a", create=False)) is (
                disk.NoSuchTable
            )
            with (
                self.envs[side].begin(write=True)
                if side == 0
                else _Closing(self.envs[side].begin(write=True)) as txn
            ):
                for name in "ab":
                    self.dbs[side][name] = self.envs[side].open_db(name.encode(), txn=txn)

    @precondition(lambda self: not self.txns)
    @rule()
    def begin(self):
        self.txns = [env.begin(write=True) for env in self.envs]

    @precondition(lambda self: self.txns)
    @rule(keep=st.booleans())
    def end(self, keep):
        for txn in self.txns:
            txn.commit() if keep else txn.abort()
        self.txns, self.cursors = [], []

    @precondition(lambda self: self.txns)
    @rule(table=TABLES, key=KEYS, value=VALUES, append=st.booleans(), overwrite=st.booleans())
    def put(self, table, key, value, append, overwrite):
        answer = self.both(
            lambda side: self.txns[side].put(
                key, value, db=self.dbs[side][table], append=append, overwrite=overwrite
            )
        )
        if isinstance(answer, type):
            self.cursors = []  # after a refused put LMDB's cursors look again where they stood

    @precondition(lambda self: self.txns)
    @rule(table=TABLES, key=st.binary(min_size=1, max_size=3))
    def delete(self, table, key):
        self.both(lambda side: self.txns[side].delete(key, db=self.dbs[side][table]))

    @precondition(lambda self: self.txns)
    @rule(table=TABLES)
    def drop(self, table):
        self.cursors = []
        self.both(lambda side: self.txns[side].drop(self.dbs[side][table], delete=False))

    @precondition(lambda self: self.txns)
    @rule(table=TABLES, rows=st.dictionaries(st.binary(min_size=1, max_size=3), VALUES))
    def putmulti(self, table, rows):
        self.cursors = []

        def put(side):
            self.txns[side].drop(self.dbs[side][table], delete=False)
            with self.txns[side].cursor(db=self.dbs[side][table]) as cursor:
                return cursor.putmulti(sorted(rows.items()), append=True)

        self.both(put)

    @precondition(lambda self: self.txns)
    @rule(table=TABLES)
    def cursor(self, table):
        self.cursors = [self.txns[side].cursor(db=self.dbs[side][table]) for side in (0, 1)]

    @precondition(lambda self: self.cursors)
    @rule(what=st.sampled_from(("first", "last", "delete", "key", "value")))
    def move(self, what):
        self.both(lambda side: getattr(self.cursors[side], what)())
        self.both(lambda side: self.cursors[side].key())

    @precondition(lambda self: self.cursors)
    @rule(key=st.binary(min_size=1, max_size=3), count=st.integers(1, 5))
    def walk(self, key, count):
        def rows(side):
            if not self.cursors[side].set_range(key):
                return []
            return [row for row, _ in zip(self.cursors[side].iternext(), range(count))]  # noqa: B905

        self.both(rows)

    @rule()
    def view(self):
        self.views.append([env.begin() for env in self.envs])

    @precondition(lambda self: self.views)
    @rule(keep=st.booleans())
    def look(self, keep):
        """A view sees what was committed when it began, whatever came since."""
        views = self.views[0] if keep else self.views.pop(0)
        for name in "ab":
            self.both(lambda side, name=name: list(views[side].cursor(db=self.dbs[side][name])))
            self.both(lambda side, name=name: views[side].stat(db=self.dbs[side][name])["entries"])
        self.both(lambda side: [bytes(key) for key, _ in views[side].cursor()])
        if not keep:
            for view in views:
                view.abort()

    @invariant()
    def all_rows_are_equal(self):
        for name in "ab" if self.txns else "":
            self.both(lambda side, name=name: list(self.txns[side].cursor(db=self.dbs[side][name])))

    def teardown(self):
        for each in (*self.txns, *(view for views in self.views for view in views)):
            each.abort()
        for env in self.envs:
            env.close()
        shutil.rmtree(self.root)


class _Closing:
    """A transaction of memory as a context manager, which only LMDB's is."""

    def __init__(self, txn) -> None:
        self._txn = txn

    def __enter__(self):
        return self._txn

    def __exit__(self, *error):
        self._txn.commit()


TestSideBySide = SideBySide.TestCase
TestSideBySide.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.fixture
def memory(world):
    """A store on memory, and the disk under it."""
    port = MemoryDisk()
    store = Store.create(world.folder, **world.ports(disk=port))
    yield store, port
    port.revive()
    store.abandon()


def sell(store, world, note="x"):
    return store.commit([world.Sold("COLA", 1_000, note)], at=world.clock.now())


def test_a_store_in_memory_is_a_store(memory, world):
    """It commits, verifies, closes and opens again with everything that it acknowledged."""
    store, port = memory
    for _ in range(20):
        done = sell(store, world)
    assert store.verify().ok
    store.close()
    again = Store.open(world.folder, **world.ports(disk=port))
    assert again.journal.get(done.last_seq).hash == done.hash
    assert again.verify().ok
    again.close()


@pytest.mark.parametrize(("moment", "kept"), [("commit", 0), ("committed", 1)])
def test_what_was_being_committed_at_a_death_is_there_or_not(memory, world, moment, kept):
    """Death before a commit leaves nothing of it, death after it all of it."""
    store, port = memory
    before = store.head.seq

    def die(now):
        if now == moment:
            raise Died

    port.trouble = die
    with pytest.raises(Died):
        sell(store, world)
    with pytest.raises(Died):  # it is dead
        sell(store, world)
    store.abandon()
    port.revive()
    port.trouble = lambda now: None
    again = Store.open(world.folder, announce=False, **world.ports(disk=port))
    assert again.head.seq == before + kept
    assert again.verify().ok
    again.close()


def test_an_error_of_the_disk_latches_and_a_full_disk_does_not(memory, world):
    """As on LMDB: EIO stops the journal until a restart, ENOSPC refuses one commit."""
    store, port = memory
    said = "mdb_txn_commit: No space left on device"

    def fail(moment):
        if moment == "commit":
            raise disk.AnyError(said)

    port.trouble = fail
    with pytest.raises(DiskFull):
        sell(store, world)
    port.trouble = lambda now: None
    sell(store, world)
    said, port.trouble = "mdb_txn_commit: Input/output error", fail
    with pytest.raises(JournalFault):
        sell(store, world)
    port.trouble = lambda now: None
    with pytest.raises(JournalFault):
        sell(store, world)


def test_a_map_that_is_full_grows_or_refuses(memory, world):
    """Where the disk has room the map grows; where it has none, the reserve is kept."""
    store, port = memory
    (data,) = port.files.values() if len(port.files) == 1 else [list(port.files.values())[-1]]
    data.bloat_pages = store.engine.map_size * 3 // 4 // PAGE_SIZE
    sell(store, world)
    sell(store, world)
    assert store.engine.growths == 1
    data.bloat_pages = store.engine.map_size // PAGE_SIZE - 100
    port.free = 0
    sell(store, world)  # it measures after it
    with pytest.raises(DiskFull):
        sell(store, world)
    store.commit([world.Noted("closing")], at=world.clock.now(), emergency=True)


def test_a_power_cut_loses_no_flushed_frame_of_a_draft(tmp_path):
    """Frames that were flushed come back, in order, and after them at most some that were not."""
    for seed in range(200):
        port, dice = MemoryDisk(), random.Random(seed)
        draft = DraftFile(tmp_path / "draft", port)
        frames = [b"frame %d" % number for number in range(10)]
        flushed = dice.randrange(10)
        for number, frame in enumerate(frames):
            draft.append(frame)
            if number == flushed:
                port.beat()
        draft.abandon()
        port.cut_power(dice)
        found = DraftFile(tmp_path / "draft", port).left_behind()
        assert found == frames[: len(found)]
        assert len(found) > flushed


def test_frames_behind_a_hole_stay_gone_when_the_hole_is_written_as_it_was(tmp_path):
    """What a start after a power cut did not find never comes back, whatever is written then."""
    port = MemoryDisk()
    draft = DraftFile(tmp_path / "draft", port)
    draft.append(b"the sale that the journal knows")
    draft.append(b"the sale of somebody else")
    content = port.contents[str(tmp_path / "draft")]
    content.pending.pop(0)  # lost; the frame behind it came through
    draft.abandon()
    again = DraftFile(tmp_path / "draft", port)
    assert again.left_behind() == []
    again.go_on()
    again.append(b"the sale that the journal knows")
    again.abandon()
    found = DraftFile(tmp_path / "draft", port).left_behind()
    assert found == [b"the sale that the journal knows"]
