"""Commits that share one flush: each whole by itself, none told before all are on the disk."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from world_of_store import World

from cashwrap.store import disk as disk_port
from cashwrap.store.errors import JournalFault
from cashwrap.store.store import Store
from cashwrap.testing.disk import MemoryDisk, Moment


def transactions(store: Store) -> int:
    return int(store.engine.env.info()["last_txnid"])


def beside(store: Store, world) -> int:
    """Return what another thread sees."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(world.total, store).result()


def test_a_group_is_one_flush_and_reads_itself(world):
    """Commits of a group are one transaction of the disk; their thread sees them at once."""
    with world.create() as store:
        before = transactions(store)
        with store.grouped():
            world.sell(store, 5)
            assert world.total(store) == 5000
            assert beside(store, world) == 0
            assert transactions(store) == before
        assert transactions(store) == before + 1
        assert beside(store, world) == 5000
        assert store.verify().ok


def test_a_refused_commit_leaves_the_others_of_its_group(world):
    """Each commit is nested: what one wrote before it was refused is gone, the rest stays."""
    with world.create() as store, store.grouped():
        world.sell(store)
        with pytest.raises(world.Refused):
            world.sell(store, sku="bad")
        world.sell(store)
        with store.read() as reader:
            assert reader.get("probe.sold", b"half") is None
    with world.open() as store:
        assert world.total(store) == 2000
        assert store.verify().ok


def test_a_command_of_the_same_group_is_answered_once(world):
    """A command id is known as soon as it is committed, on the disk or not."""
    with world.create() as store, store.grouped():
        first = world.sell(store, command="one")
        assert world.sell(store, command="one") == first
        assert store.answer("one") == first
        assert world.total(store) == 1000


def test_what_dies_before_its_flush_never_was(world):
    """A process that is killed in a group leaves the journal as it was at the last flush."""
    store = world.create()
    with store.grouped():
        world.sell(store)
        store.settle()
        world.sell(store)
        lost, _ = store.engine._group.taken()
        lost.abort()  # as LMDB does with what a dead process had begun
    store.abandon()
    with world.open() as again:
        assert world.total(again) == 1000
        assert again.verify().ok


def test_what_waits_for_the_disk_is_told_after_it(world):
    """`when_durable` acts at the flush, in order, and at once where nothing waits."""
    told: list[str] = []
    with world.create() as store:
        with store.grouped():
            store.when_durable(lambda: told.append("nothing waits"))
            world.sell(store)
            store.when_durable(lambda: told.append("sold"))
            assert told == ["nothing waits"]
            store.settle()
            assert told == ["nothing waits", "sold"]
        store.when_durable(lambda: told.append("no group"))
    assert told == ["nothing waits", "sold", "no group"]


def test_the_map_grows_within_a_group(world):
    """A group that needs more room than there is flushes what it has, grows, and goes on."""
    with world.create(map_size=1 << 20) as store:
        with store.grouped():
            for number in range(300):
                store.commit([world.Sold(f"sku{number}", 1000, "x" * 10_000)], at=world.clock.now())
        assert store.stats().growths > 0
        assert store.verify().ok


def test_another_thread_waits_with_its_commit(world):
    """A commit of another thread comes after the group, and both are whole."""
    with world.create() as store:
        with store.grouped():
            world.sell(store)
            other = threading.Thread(target=lambda: world.sell(store))
            other.start()
            other.join(0.1)
            assert other.is_alive()
            world.sell(store)
        other.join()
        assert world.total(store) == 3000
        assert store.verify().ok


def test_a_flush_that_fails_stops_the_journal(tmp_path):
    """When the one flush fails nothing after it is taken: what was answered is not there."""
    disk = MemoryDisk()
    world = World(tmp_path, disk)
    store = world.create()

    def trouble(moment: Moment) -> None:
        if moment == "commit":
            raise disk_port.AnyError("mdb_txn_commit: Input/output error")

    group = store.grouped()
    group.__enter__()
    world.sell(store)
    disk.trouble = trouble
    with pytest.raises(JournalFault):
        group.__exit__(None, None, None)
    disk.trouble = lambda moment: None
    with pytest.raises(JournalFault):
        world.sell(store)
    store.abandon()
    with world.open() as again:
        assert world.total(again) == 0
