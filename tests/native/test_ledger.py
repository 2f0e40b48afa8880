"""The compiled ledger against its plain-Python twin."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from reference.ledger import Ledger

from cashwrap.money import INT64_MAX, INT64_MIN
from cashwrap.stock.moves import StockMove
from cashwrap_native import ledger

LOCATIONS = ["store:S1", "store:S2", "warehouse:W", "transit:1", "customer", "loss", "supplier:A"]
encode = msgspec.msgpack.encode


def unpack(record):
    arrivals, rows = msgspec.msgpack.decode(record)
    return arrivals, [tuple(row) for row in rows]


def fold(record, moves):
    for _, part in ledger.split(encode(moves)).items():
        record = ledger.fold(record, part)
    return record


def random_move(dice):
    source, target = dice.sample(LOCATIONS, 2)
    return StockMove(
        "A",
        dice.choice((1, 1, 2, 1000, 2**31)),
        source,
        target,
        dice.choice((0, 1, 7, -3, 10**12)),
        0,
        dice.choice(("", "", "L1", "批次二", "L" * 40)),
        dice.choice((0, 20261231)),
        dice.choice(("", "", "consignment:甲")),
    )


def test_long_random_histories_agree_with_the_twin():
    """After every batch of any size the packed record equals the dictionary ledger."""
    dice = random.Random(20261122)
    for _ in range(60):
        twin, record = Ledger(), None
        for _ in range(40):
            moves = [random_move(dice) for _ in range(dice.randint(1, 80))]
            record = fold(record, moves)
            twin.fold(moves)
            assert unpack(record) == (twin.arrivals, twin.sorted())


def test_folding_into_records_is_splitting_and_folding():
    """The records of all SKUs are those that one fold for each SKU gives."""
    dice = random.Random(7)
    apart, together = {}, {}
    for _ in range(40):
        moves = [replace(random_move(dice), sku=dice.choice("AB商")) for _ in range(9)]
        for sku, part in ledger.split(encode(moves)).items():
            apart[sku] = ledger.fold(apart.get(sku), part)
        ledger.fold_into(together, encode(moves))
        assert together == apart


@pytest.mark.parametrize("bad", [b"", b"\x01", b"\x91", b"\x91\x90", b"\x90\x90"])
def test_folding_noise_into_records_is_refused(bad):
    """Moves that are not whole, or are followed by something else, are named as such."""
    records = {}
    with pytest.raises(ValueError, match="moves are not MessagePack"):
        ledger.fold_into(records, bad)
    assert records == {}


def test_moves_beyond_int64_are_not_folded_into_records():
    """The record of the move at fault stays as it was."""
    records = {}
    full = StockMove("A", INT64_MAX, "supplier:X", "store:S")
    ledger.fold_into(records, encode([full]))
    before = dict(records)
    with pytest.raises(OverflowError, match="64-bit"):
        ledger.fold_into(records, encode([full]))
    assert records == before


amount = st.one_of(
    st.integers(1, 9), st.integers(INT64_MAX - 9, INT64_MAX), st.integers(2**30, 2**34)
)
value = st.one_of(st.integers(-9, 9), amount, st.integers(INT64_MIN, INT64_MIN + 9))
move = st.builds(
    StockMove,
    st.just("A"),
    amount,
    st.sampled_from(LOCATIONS),
    st.sampled_from(LOCATIONS),
    value,
    st.integers(INT64_MIN, INT64_MAX),
    st.sampled_from(["", "L"]),
    st.sampled_from([0, 20260101]),
    st.sampled_from(["", "platform:P"]),
)


@given(moves=st.lists(move, max_size=12))
def test_int64_edges_are_exact_or_refused(moves):
    """A fold equals the twin, or both say that a balance does not fit."""
    twin, record = Ledger(), None
    for each in moves:
        try:
            twin.fold([each])
        except OverflowError:
            with pytest.raises(OverflowError):
                fold(record, [each])
            return
        record = fold(record, [each])
    if moves:
        assert unpack(record) == (twin.arrivals, twin.sorted())


@given(
    moves=st.lists(move.filter(lambda m: abs(m.cost_minor) < 2**40), max_size=20),
    cut=st.integers(0, 20),
)
def test_a_record_does_not_depend_on_batching(moves, cut):
    """Folding in two parts gives the same bytes as folding at once."""
    small = [
        msgspec.structs.replace(each, quantity_milli=each.quantity_milli % 7 + 1) for each in moves
    ]
    assert fold(fold(None, small[:cut]), small[cut:]) == fold(None, small)


@given(steps=st.lists(st.tuples(st.sampled_from(["", "L"]), st.integers(-5, 9)), max_size=20))
def test_holds_agree_with_the_twin(steps):
    """Reserved quantities add up, and never go below zero."""
    twin, record = Ledger(), None
    for lot, by_milli in steps:
        try:
            twin.hold(("store:S", lot, ""), by_milli)
        except ValueError:
            with pytest.raises(ValueError, match="release"):
                ledger.hold(record, b"store:S", lot.encode(), b"", by_milli)
            return
        record = ledger.hold(record, b"store:S", lot.encode(), b"", by_milli)
        assert unpack(record) == (twin.arrivals, twin.sorted())


def test_split_keeps_order_and_groups_by_sku():
    """Moves of a SKU stay in order, whatever stands between them, in several forms of buffer."""
    moves = [StockMove(sku, n, "supplier", "store:S") for n, sku in enumerate("ABAB乙", 1)]
    packed = encode(moves)
    parts = ledger.split(packed)
    assert list(parts) == [b"A", b"B", "乙".encode()]
    assert parts[b"A"] == encode(moves[0]) + encode(moves[2])
    assert ledger.split(memoryview(packed)) == ledger.split(msgspec.Raw(packed)) == parts


def test_later_fields_of_a_newer_writer_are_skipped():
    """Fields appended to a move do not disturb the fold, whatever their type."""
    plain = ["A", 5, "supplier", "store:S", 9, 0, "", 0, ""]
    for extra in (None, True, 2.5, "x" * 300, b"b" * 300, [1, [2]], {"k": [1]}, -(2**40), [0] * 20):
        newer = ledger.split(encode([[*plain, extra, "tail"]]))[b"A"]
        older = ledger.split(encode([plain]))[b"A"]
        assert ledger.fold(None, newer) == ledger.fold(None, older)
    short = ledger.split(encode([plain[:4]]))[b"A"]
    assert unpack(ledger.fold(None, short))[1][-1][-3] == -5


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (["A", 0, "supplier", "store:S"], "quantity"),
        (["A", -1, "supplier", "store:S"], "quantity"),
        (["A", 1, "supplier", "store:S", 0, 0, "", -1], "expires"),
        (["A", 1, "supplier", "store:S", 0, 0, "L" * 256], "longer"),
        (["A", 1, "supplier", "shop:S"], "known kind"),
        (["A", 1, "suppliers", "store:S"], "known kind"),
        (["A", 1, "", "store:S"], "known kind"),
        (["A", "1", "supplier", "store:S"], "MessagePack"),
        (["A", 1, "supplier"], "MessagePack"),
        ({"sku": "A"}, "MessagePack"),
    ],
)
def test_bad_moves_are_refused(bad, message):
    """Anything that is not a move is refused in words."""
    with pytest.raises(ValueError, match=message):
        fold(None, [bad])


def test_numbers_beyond_int64_are_refused():
    """An unsigned number above int64 is an overflow, not a negative quantity."""
    with pytest.raises(OverflowError):
        fold(None, [["A", 2**63, "supplier", "store:S"]])


@given(st.binary(max_size=60))
def test_noise_never_crashes(noise):
    """Any bytes as moves or as a record give an answer or a typed refusal."""
    for call in (
        lambda: ledger.split(noise),
        lambda: ledger.fold(noise, b""),
        lambda: ledger.fold(None, noise),
    ):
        try:
            call()
        except (ValueError, OverflowError):
            pass


@given(position=st.integers(0, 400), byte=st.integers(0, 255), cut=st.integers(0, 400))
def test_a_damaged_record_never_reads_outside_of_itself(position, byte, cut):
    """A changed or cut record folds to something or is refused as damaged."""
    record = bytearray(fold(None, [StockMove("A", 5, "supplier:X", "store:S", 7, 0, "L1", 0, "")]))
    record[position % len(record)] = byte
    part = ledger.split(encode([StockMove("A", 2, "store:S", "customer", 3)]))[b"A"]
    for damaged in (bytes(record), bytes(record[: cut % len(record)])):
        try:
            ledger.fold(damaged, part)
        except (ValueError, OverflowError):
            pass
