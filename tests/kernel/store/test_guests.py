"""Projections of plugins in the store: one that fails is left out, and nothing else changes."""

from pathlib import Path

import pytest

from cashwrap.events import Event, event
from cashwrap.store.errors import TableRefused
from cashwrap.store.guests import FoldFailed, as_guest
from cashwrap.store.store import Store
from cashwrap.testing.shop import ManualClock, SeededRandomness


@event("guests_test.counted")
class Counted(Event, frozen=True):
    """Something to fold."""

    by: int


class Sum:
    """Adds up what was counted; refuses thirteen while it is told to."""

    version = 1
    reads = {Counted.kind: Counted}  # noqa: RUF012

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name, self.tables = name, (f"{name}.sum",)
        self.error = error

    def fold(self, writer, envelope, body):
        table = self.tables[0]
        writer.put(table, b"half", b"%d" % body.by)
        if body.by == 13 and self.error is not None:
            raise self.error
        before = int(writer.get(table, b"all") or 0)
        writer.put(table, b"all", b"%d" % (before + body.by))


def opened(folder: Path, *projections: object) -> Store:
    make = Store.open if (folder / "data.mdb").exists() else Store.create
    return make(
        folder, clock=ManualClock(), randomness=SeededRandomness(), projections=projections,
        witness=[],
    )  # fmt: skip


def count(store: Store, *numbers: int) -> None:
    for number in numbers:
        store.commit([Counted(number)], at=store.clock.now())


def sums(store: Store, *names: str) -> list[tuple[int, int]]:
    with store.read() as reader:
        tables = [f"{name}.sum" for name in names]
        return [
            (int(reader.get(table, b"all") or 0), int(reader.get(table, b"half") or 0))
            for table in tables
        ]


@pytest.mark.parametrize("error", [ValueError("no"), KeyError(1), TableRefused("x", "not mine")])
def test_a_guest_that_fails_is_left_out_and_the_commit_stands(tmp_path, error):
    """The others fold all of it; the guest's tables stay as they were before the commit."""
    bad = Sum("bad", error)
    with opened(tmp_path, Sum("good"), as_guest(bad), as_guest(Sum("other"))) as store:
        count(store, 1, 13, 4)
        assert sums(store, "good", "other", "bad") == [(18, 4), (18, 4), (1, 1)]
        assert list(store.left_out) == ["bad"]
        assert type(error).__name__ in store.left_out["bad"]
        assert store.verify().ok
        bad.error = None
        store.take_in("bad")
        count(store, 2)
        assert sums(store, "bad") == [(20, 2)]
        assert store.verify().ok


def test_tables_that_got_behind_are_folded_anew_at_the_next_start(tmp_path):
    """Also after the death of the process; a guest that still fails is left out again."""
    store = opened(tmp_path, as_guest(Sum("bad", ValueError("no"))))
    count(store, 1, 13, 4)
    store.abandon()
    with opened(tmp_path, as_guest(Sum("bad", ValueError("still")))) as store:
        assert "still" in store.left_out["bad"]
        assert store.verify().ok
        with pytest.raises(FoldFailed, match="bad"):
            store.take_in("bad")
        count(store, 5)
    with opened(tmp_path, as_guest(Sum("bad"))) as store:
        assert store.left_out == {}
        assert sums(store, "bad") == [(23, 5)]
        assert store.verify().ok


def test_a_rebuild_leaves_out_a_guest_that_fails(tmp_path):
    """What folded once and does not any more; the proof of the tables names it before."""
    bad = Sum("bad")
    with opened(tmp_path, Sum("good"), as_guest(bad)) as store:
        count(store, 13)
        bad.error = ValueError("no")
        assert store.verify().projections == ("bad",)
        store.rebuild()
        assert list(store.left_out) == ["bad"]
        assert sums(store, "good") == [(13, 13)]
        assert store.verify().ok


def test_a_fold_of_the_house_still_refuses_its_commit(tmp_path):
    """Only guests are left out: what the kernel keeps is never behind."""
    with opened(tmp_path, Sum("own", ValueError("no"))) as store:
        head = store.head
        with pytest.raises(ValueError, match="no"):
            count(store, 13)
        assert (store.head, sums(store, "own")) == (head, [(0, 0)])


def test_a_struct_that_does_not_fit_the_records_is_its_guests_fault(tmp_path):
    """A rebuild decodes an event as the struct that the guest names."""

    class Wrong(Event, frozen=True):
        by: str

    wrong = Sum("wrong")
    with opened(tmp_path, Sum("good")) as store:
        count(store, 3)
    wrong.reads = {Counted.kind: Wrong}
    with opened(tmp_path, Sum("good"), as_guest(wrong)) as store:
        assert list(store.left_out) == ["wrong"]
        assert sums(store, "good") == [(3, 3)]


def test_in_a_group_of_commits_only_the_failing_guest_is_left_out(tmp_path):
    """Commits that share a flush stand or fall one by one, and so do guests."""
    with opened(tmp_path, Sum("good"), as_guest(Sum("bad", ValueError("no")))) as store:
        with store.grouped():
            count(store, 1, 2)
            count(store, 13)
            count(store, 4)
        assert sums(store, "good", "bad") == [(20, 4), (3, 2)]
        assert list(store.left_out) == ["bad"]
        assert store.verify().ok
    with opened(tmp_path, Sum("good"), as_guest(Sum("bad"))) as store:
        assert sums(store, "bad") == [(20, 4)]
