"""Views of the tables, and what becomes of one that is open too long."""

import pytest

from cashwrap.store.errors import ViewEnded


def test_a_view_that_sales_overtake_for_long_is_ended(world):
    """A view costs nothing until a sale comes; after 30 s of sales it is ended, and says so."""
    with world.create() as store:
        world.sell(store)
        with store.read() as reader:
            rows = reader.items("probe.sold")
            world.clock.ms += 60_000
            world.sell(store)
            assert next(rows)[0] == b"tea"
            world.clock.ms += 200
            world.sell(store)
            assert store.stats().views_long == 1
            world.clock.ms += 30_000
            world.sell(store)
            assert store.stats().views_ended == 1
            with pytest.raises(ViewEnded, match="read again"):
                reader.get("probe.sold", b"tea")
            with pytest.raises(ViewEnded):
                next(rows)
        assert store.stats().views == 0
        assert world.total(store) == 4000


def test_a_view_does_not_keep_a_large_commit_from_its_room(world):
    """When the file must grow for a sale, a view that is left open is ended."""
    with world.create(map_size=1 << 20) as store, store.read() as reader:
        store.commit([world.Noted("x" * 3_000_000)], at=world.clock.now())
        assert store.stats().views_ended == 1
        with pytest.raises(ViewEnded):
            reader.get("probe.sold", b"tea")
        assert store.verify().ok
