"""The leading values of records, gathered kind by kind and held against msgspec."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap_native.leading import Leading, gather

pack, unpack = msgspec.msgpack.encode, msgspec.msgpack.decode
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)
bodies = st.lists(values, max_size=20)
records = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 2), bodies), max_size=8)


def rows(told: list[tuple[str, int, list[object]]]) -> list[tuple[bytes, bytes]]:
    """Return records of (kind, version, more, body), behind two bytes of something else."""
    return [(b"", b"##" + pack([kind, version, "more", body])) for kind, version, body in told]


@given(records, st.integers(0, 20), st.integers(0, 20))
def test_each_kind_has_its_envelopes_and_its_bodies_cut_short(
    told: list[tuple[str, int, list[object]]], few: int, many: int
) -> None:
    """A kind's result is in order: places, envelopes without the body, heads of each length."""
    wanted = {b"a": Leading(1, [few, many]), b"b": Leading(-1, [few])}
    gather(rows(told), 2, 3, wanted)
    for kind, lengths in (("a", [few, many]), ("b", [few])):
        at = [n for n, one in enumerate(told) if one[0] == kind and (kind == "b" or one[1] == 1)]
        places, heads, packed = wanted[kind.encode()].take()
        assert places == at
        assert unpack(heads) == [[*told[n][:2], "more"] for n in at]
        assert [unpack(one) for one in packed] == [[told[n][2][:of] for n in at] for of in lengths]


@given(records, st.lists(st.booleans(), min_size=1, max_size=20))
def test_values_that_nobody_reads_are_nil(
    told: list[tuple[str, int, list[object]]], unread: list[bool]
) -> None:
    """Each marked value is nil in its place, whatever it held; the others are as they were."""
    wanted = {b"a": Leading(-1, [len(unread)], [bytes(unread)])}
    gather(rows(told), 2, 3, wanted)
    (packed,) = wanted[b"a"].take()[2]
    assert unpack(packed) == [
        [None if mark else value for value, mark in zip(body, unread, strict=False)]
        for kind, _, body in told
        if kind == "a"
    ]


def test_marks_are_one_for_each_value() -> None:
    """Marks of another number are refused, not read beyond their end."""
    with pytest.raises(ValueError, match="2 marks for 3 values"):
        Leading(1, [3], [b"\0\1"])
    with pytest.raises(ValueError):
        Leading(1, [3, 4], [b""])


@given(records)
def test_records_of_another_version_are_told_apart(
    told: list[tuple[str, int, list[object]]],
) -> None:
    """Their places are returned, and nothing of them is gathered."""
    others = gather(rows(told), 2, 3, {b"a": Leading(2, [1])})
    assert others == [n for n, one in enumerate(told) if one[:2] == ("a", 1)]


def test_what_was_taken_does_not_come_again() -> None:
    """A taken pile is empty, and what is gathered afterwards begins anew."""
    wanted = {b"a": Leading(1, [1])}
    for body in ([1, 2], [3]):
        gather(rows([("a", 1, list[object](body))]), 2, 3, wanted)
        assert [unpack(one) for one in wanted[b"a"].take()[2]] == [[[body[0]]]]
    assert wanted[b"a"].take() == ([], b"\xdd\0\0\0\0", [b"\xdd\0\0\0\0"])


@given(st.binary(max_size=40), st.integers(2, 15))
def test_rubbish_is_refused_or_read_within_its_bounds(rubbish: bytes, count: int) -> None:
    """Bytes that nobody vouches for give a ValueError, or parts of themselves."""
    wanted = {b"": Leading(-1, [3]), b"a": Leading(-1, [3])}
    try:
        gather([(b"", rubbish)], 0, count, wanted)
    except ValueError:
        return
    for one in wanted.values():
        places, heads, _ = one.take()
        assert not places or heads[8:] in rubbish


@pytest.mark.parametrize(("start", "count"), [(-1, 2), (2, 2), (0, 65536), (0, 1)])
def test_a_place_outside_is_refused(start: int, count: int) -> None:
    """Start and count are checked before anything is read."""
    with pytest.raises(ValueError, match=r"out of range|shorter"):
        gather([(b"", b"\x90")], start, count, {})


def test_more_values_than_an_array_can_have_are_refused() -> None:
    """A length beyond 16 bits is a mistake of the caller."""
    with pytest.raises(ValueError, match="0 to 65535"):
        Leading(1, [65536])
