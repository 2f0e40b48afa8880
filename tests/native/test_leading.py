"""The leading values of a packed array, held against msgspec."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap_native.leading import leading

pack, unpack = msgspec.msgpack.encode, msgspec.msgpack.decode
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(st.lists(values, max_size=20), st.binary(max_size=5), st.integers(0, 15))
def test_it_is_the_array_cut_short(array: list[object], before: bytes, count: int) -> None:
    """The result unpacks to the first values; the bytes after it are the others."""
    packed = before + pack(array)
    head, end = leading(packed, len(before), count)
    assert unpack(head) == array[:count]
    assert packed[end:] == b"".join(pack(value) for value in array[count:])


@given(st.binary(max_size=40), st.integers(0, 15))
def test_rubbish_is_refused_or_read_within_its_bounds(rubbish: bytes, count: int) -> None:
    """Bytes that nobody vouches for give a ValueError, or a part of themselves."""
    try:
        head, end = leading(rubbish, 0, count)
    except ValueError:
        return
    assert head[1:] in rubbish
    assert end <= len(rubbish)


@pytest.mark.parametrize(("start", "count"), [(-1, 1), (2, 1), (0, 16), (0, -1)])
def test_a_place_outside_is_refused(start: int, count: int) -> None:
    """Start and count are checked before anything is read."""
    with pytest.raises(ValueError, match="out of range"):
        leading(b"\x90", start, count)
