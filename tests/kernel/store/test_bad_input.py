"""What the store refuses to take, so that whatever it took can be read again."""

import pytest
from world_of_store import Sold

from cashwrap.errors import InvalidInput
from cashwrap.events import Event


class Undeclared(Event, frozen=True):
    """An event class whose author forgot ``@event``."""

    text: str = ""


@pytest.mark.parametrize(
    "body",
    [Sold(None, 1), Sold("tea", "1"), Sold("tea", 2**70), Sold("\ud800", 1), Undeclared("x"), "x"],
    ids=["no-text", "text-for-number", "too-large", "half-character", "undeclared", "no-event"],
)
def test_an_event_that_could_not_be_read_again_is_refused(world, body):
    """The journal holds only what its own reader takes: one such record would end every rebuild."""
    with world.create() as store:
        world.sell(store)
        before = store.head
        with pytest.raises(InvalidInput):
            store.commit([Sold("tea", 1000), body], at=world.clock.now())
        assert store.head == before
        world.sell(store)
        assert world.total(store) == 2000
        assert store.verify().fault is None


@pytest.mark.parametrize("word", [None, 7, b"lin", "\ud800"])
@pytest.mark.parametrize("field", ["staff", "command"])
def test_staff_and_command_are_text(world, field, word):
    """A name that could not be read again is refused, and nothing is changed."""
    with world.create() as store:
        before = store.head
        with pytest.raises(InvalidInput):
            world.sell(store, **{field: word})
        assert store.head == before
        world.sell(store)


@pytest.mark.parametrize("seq", [1.0, True, "1", None, -1, 2**70])
def test_a_cursor_is_a_record_number(world, seq):
    """A bad cursor is refused where it is given, and never stops the commits after it."""
    with world.create() as store:
        world.sell(store, 2)
        follower = store.follower("print")
        with pytest.raises(InvalidInput):
            follower.ack(seq)
        if seq is not None:
            with pytest.raises(InvalidInput):
                follower.rewind(seq)
        with pytest.raises(InvalidInput):
            follower.poll(seq)
        world.sell(store)
        assert follower.done == 0


@pytest.mark.parametrize("name", ["", None, 1, "\ud800", "n" * 201])
def test_a_follower_has_a_name(world, name):
    """A name is text of 1 to 200 bytes."""
    with world.create() as store, pytest.raises(InvalidInput):
        store.follower(name)
