"""Committing: all or nothing, once for each command, readable at once."""

import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashwrap.errors import InvalidInput
from cashwrap.ports import Timestamp
from cashwrap.store.disk import check_flags
from cashwrap.store.errors import (
    StoreClosed,
    StoreExists,
    StoreForkedProcess,
    StoreInUse,
    TableRefused,
    UnsafeSettings,
)


def put_then_fail(writer):
    writer.put("catalog.rows", b"b", b"2")
    writer.put("catalog.rows", b"", b"a key must not be empty")


def kinds(store, after=0):
    return [record.envelope.kind for record in store.records(after)]


@pytest.mark.req("R1")
def test_a_commit_is_there_after_reopening(world):
    """What was acknowledged is in the journal and in the tables of the next run."""
    with world.create() as store:
        done = world.sell(store, 3, staff="ann")
    with world.open() as store:
        record = next(store.records(done.last_seq - 1))
        assert record.body() == world.Sold("tea", 1000)
        assert (record.hash, record.envelope.staff) == (done.hash, "ann")
        assert world.total(store) == 3000
        assert store.verify().ok


def test_runs_are_framed_by_opened_and_closed(world):
    """The journal begins with the till's birth and says when it was started and stopped."""
    world.create().close()
    with world.open() as store:
        assert kinds(store) == ["till.created", "till.opened", "till.closed", "till.opened"]


def test_a_refusing_fold_changes_nothing(world):
    """A fold that raises aborts the whole transaction, the events before it included."""
    with world.create() as store:
        world.sell(store)
        head = store.head
        with pytest.raises(world.Refused):
            store.commit([world.Sold("tea", 1), world.Sold("bad", 1)], at=world.clock.now())
        assert store.head == head
        assert world.total(store) == 1000
        assert world.sell(store).first_seq == head.seq + 1
        assert store.verify().ok


def test_a_command_is_done_once(world):
    """The same command id gives the first commit again, also after a restart."""
    with world.create() as store:
        first = world.sell(store, command="sale-1")
        assert world.sell(store, command="sale-1") == first
    with world.open() as store:
        assert world.sell(store, command="sale-1") == first == store.answer("sale-1")
        assert store.answer("sale-2") is None
        assert world.total(store) == 1000


def test_an_empty_commit_is_refused(world):
    """A commit without events has no name to answer with."""
    with world.create() as store, pytest.raises(InvalidInput):
        store.commit([], at=world.clock.now())


def test_a_clock_that_jumps_is_journaled_before_the_sale(world):
    """A wall clock that leaves the steady one by more than two seconds leaves a record."""
    with world.create() as store:
        now = world.clock.now()
        at = Timestamp(now.wall_ms - 3_600_000, now.steady_ms + 1000)
        done = store.commit([world.Noted()], at=at)
        assert kinds(store)[-2:] == ["clock.changed", "probe.noted"]
        assert done.first_seq == done.last_seq == store.head.seq


def test_a_second_process_is_refused_by_the_owners_pid(world):
    """One process owns a store; another is told who."""
    with world.create():
        code = (
            "import sys\nfrom cashwrap.store.owner import Owner\nfrom pathlib import Path\n"
            "try: Owner(Path(sys.argv[1]))\nexcept Exception as e: print(e.code, e.pid)"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, world.folder],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert told.split() == ["store.in_use", str(os.getpid())]
        with pytest.raises(StoreInUse):
            world.open()


def test_create_refuses_a_folder_with_a_store(world):
    """An existing store is never overwritten."""
    world.create().close()
    with pytest.raises(StoreExists):
        world.create()


def test_a_closed_store_and_a_forked_child_are_refused(world, monkeypatch):
    """Using a store after its close, or in a forked child, is an error in words."""
    store = world.create()
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: store.engine.pid + 1)
        with pytest.raises(StoreForkedProcess):
            world.sell(store)
    store.close()
    store.close()
    with pytest.raises(StoreClosed):
        world.sell(store)


@pytest.mark.parametrize("flag", ["sync", "metasync", "writemap", "map_async"])
def test_unsafe_flags_are_refused(world, flag):
    """A database opened with anything but LMDB's default flags is refused by name."""
    with world.create() as store:
        flags = dict(store.engine.env.flags())
    check_flags(flags)
    with pytest.raises(UnsafeSettings, match=flag):
        check_flags({**flags, flag: not flags[flag]})


def test_tables_have_one_owner_that_bears_their_name(world):
    """A projection may only declare tables of its own name, and nobody shares one."""
    world.projection.tables = ("other.sold",)
    with pytest.raises(TableRefused, match="begin with"):
        world.create()
    world.projection.tables = ("probe.sold",)
    with pytest.raises(TableRefused):
        world.create(staged=["probe.sold"])
    with pytest.raises(TableRefused):
        world.create(projections=[world.projection, type(world.projection)()])


def test_staged_tables_are_written_whole_or_not(world):
    """A stage block that raises writes nothing, and it may not touch folded tables."""
    with world.create(staged=["catalog.rows"]) as store:
        with store.stage() as writer:
            writer.put("catalog.rows", b"a", b"1")
        with pytest.raises(InvalidInput), store.stage() as writer:
            put_then_fail(writer)
        with pytest.raises(TableRefused), store.stage() as writer:
            writer.put("probe.sold", b"b", b"2")
        with store.read() as reader:
            assert list(reader.items("catalog.rows")) == [(b"a", b"1")]


def test_followers_get_every_record_at_least_once(world):
    """What was acknowledged is not seen again after a restart; what was only polled is."""
    with world.create() as store:
        world.sell(store, 5)
        follower = store.follower("print")
        first = follower.poll(3)
        follower.ack(first[1].seq)
        assert [one.seq for one in follower.poll(2)] == [4, 5]
    with world.open() as store:
        follower = store.follower("print")
        assert follower.done == first[1].seq
        assert follower.poll(1)[0].seq == first[1].seq + 1
        with pytest.raises(InvalidInput):
            follower.ack(store.head.seq + 1)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**6)), min_size=1, max_size=5),
        max_size=12,
    )
)
def test_tables_equal_the_sum_of_what_was_committed(tmp_path_factory, batches):
    """Whatever is committed, tables equal the rebuild, which equals the plain sum."""
    world = _fresh(tmp_path_factory)
    with world.create() as store:
        expected: dict[str, int] = {}
        for batch in batches:
            store.commit([world.Sold(*one) for one in batch], at=world.clock.now())
            for sku, quantity in batch:
                expected[sku] = expected.get(sku, 0) + quantity
        assert {sku: world.total(store, sku) for sku in expected} == expected
        store.rebuild()
        assert {sku: world.total(store, sku) for sku in expected} == expected
        assert store.verify(all_seals=True).ok


def _fresh(factory):
    import sys

    module = sys.modules["world_of_store"]
    return module.World(factory.mktemp("store"))
