"""What verify finds: changed, swapped, removed records, and seals that do not hold."""

import pytest

from cashwrap.store.layout import COMMANDS, JOURNAL, SEALS


def changed(store, table, key, place=-1):
    """Flip a bit of a row behind the store's back."""

    def spoil(txn):
        raw = bytearray(txn.get(key, db=store.engine.dbs[table]))
        raw[place] ^= 1
        txn.put(key, bytes(raw), db=store.engine.dbs[table])

    store.engine.write(spoil)


@pytest.mark.parametrize("seal_every", [1, 100])
@pytest.mark.parametrize(("place", "found"), [(0, 5), (31, 5), (40, 5), (-1, 5)])
def test_the_record_that_was_changed_is_the_one_named(world, seal_every, place, found):
    """A changed body shows at the record after it, yet the changed one is named; sealed or not."""
    with world.create(seal_every=seal_every) as store:
        world.sell(store, 9)
        changed(store, JOURNAL, store.identity.key_of(5), place)
        assert store.verify().fault.seq == found


def test_a_history_rewritten_before_a_new_key_is_found(world):
    """The last seal by each key is checked, so a new key covers up nothing that came before it."""
    with world.create() as store:
        world.sell(store, 3)
        last = store.head.seq + 1  # the close
    with world.open(rekey="lost") as store:
        changed(store, SEALS, last.to_bytes(8, "big"))
        assert store.verify().fault.seq == last


def test_each_seal_is_checked_on_request(world):
    """The last seal proves the records; ``all_seals`` also proves every seal."""
    with world.create() as store:
        world.sell(store, 5)
        changed(store, SEALS, (3).to_bytes(8, "big"))
        assert store.verify().ok
        report = store.verify(all_seals=True)
        assert report.fault.seq == 3
        assert "not signed" in report.fault.what


@pytest.mark.parametrize("elsewhere", [0x4002, 0x2000000000000002])
def test_a_seal_under_another_number_is_found(world, elsewhere):
    """A seal whose number is of no record, in the middle or at the end, hides none after it."""
    with world.create() as store:
        world.sell(store, 5)

        def move(txn):
            row = txn.get((3).to_bytes(8, "big"), db=store.engine.dbs[SEALS])
            txn.delete((3).to_bytes(8, "big"), db=store.engine.dbs[SEALS])
            txn.put(elsewhere.to_bytes(8, "big"), row, db=store.engine.dbs[SEALS])

        store.engine.write(move)
        assert store.verify(all_seals=True).fault is not None


@pytest.mark.parametrize("place", [0, -1])
def test_an_answer_of_a_command_that_was_changed_is_found(world, place):
    """What a command is answered when it comes again is proved from its records."""
    with world.create() as store:
        for number in range(3):
            world.sell(store, 1, command=f"sale-{number}")
        assert store.verify(all_seals=True).ok
        changed(store, COMMANDS, b"sale-1", place)
        report = store.verify(all_seals=True)
        assert report.fault.what == "the answer kept of its command is another"


def test_a_command_under_another_name_is_found(world):
    """A command's id that changed on the disk would let it be done twice."""
    with world.create() as store:
        world.sell(store, 1, command="sale-1")

        def rename(txn):
            row = txn.get(b"sale-1", db=store.engine.dbs[COMMANDS])
            txn.delete(b"sale-1", db=store.engine.dbs[COMMANDS])
            txn.put(b"sale-9", row, db=store.engine.dbs[COMMANDS])

        store.engine.write(rename)
        assert store.verify(all_seals=True).fault.seq == store.head.seq


def test_rows_that_changed_places_are_named(world):
    """Two records that stand under each other's names are found at the first."""
    with world.create() as store:
        world.sell(store, 6)
        four, five = store.identity.key_of(4), store.identity.key_of(5)

        def swap(txn):
            db = store.engine.dbs[JOURNAL]
            first, second = txn.get(four, db=db), txn.get(five, db=db)
            txn.put(four, second, db=db)
            txn.put(five, first, db=db)

        store.engine.write(swap)
        assert store.verify().fault.seq == 4
