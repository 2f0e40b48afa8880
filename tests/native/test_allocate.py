"""The compiled sharing against plain twins, at the edges of int64."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference.pricing import rounded, shared

from cashwrap_native.allocate import allocate, refund_share

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
sizes = st.one_of(st.integers(0, 50), st.integers(0, INT64_MAX))
rows = st.lists(st.tuples(sizes, sizes), max_size=12)
odd = st.sampled_from(["largest", "first", "last"])


@settings(max_examples=600)
@given(amount=sizes, rows=rows, odd_cents=odd)
@example(amount=INT64_MAX, rows=[(INT64_MAX, INT64_MAX)] * 12, odd_cents="largest")
def test_shares_equal_the_twin(amount, rows, odd_cents):
    """Compiled shares are those of unbounded integers."""
    weights, caps = [w for w, _ in rows], [c for _, c in rows]
    assert allocate(amount, weights, caps, odd_cents) == shared(amount, weights, caps, odd_cents)


@settings(max_examples=600)
@given(amount=st.integers(-INT64_MAX, INT64_MAX), rows=rows, odd_cents=odd)
def test_shares_sum_to_what_fits_and_stay_within_caps(amount, rows, odd_cents):
    """The sum is the amount or all the room there is; nobody is below 0 or above the cap."""
    weights, caps = [w for w, _ in rows], [c for _, c in rows]
    shares = allocate(amount, weights, caps, odd_cents)
    open_caps = [c for w, c in rows if w or not any(weights)]
    assert sum(map(abs, shares)) == min(abs(amount), sum(open_caps))
    assert all(abs(share) <= cap for share, cap in zip(shares, caps, strict=True))
    assert shares == [-share for share in allocate(-amount, weights, caps, odd_cents)]
    if any(weights):
        assert all(share == 0 for share, w in zip(shares, weights, strict=True) if not w)


def test_equal_fractions_go_to_the_earlier_row_and_zero_weights_split_equally():
    """Ties by position; if all weights are zero the split is equal."""
    assert allocate(10, [1, 1, 1]) == [4, 3, 3]
    assert allocate(10, [1, 1, 1], None, "last") == [3, 3, 4]
    assert allocate(5, [0, 0]) == [3, 2]
    assert allocate(100, [1, 2, 3], [10, 100, 5]) == [10, 85, 5]


@settings(max_examples=400)
@given(
    total=st.integers(INT64_MIN, INT64_MAX),
    parts=st.lists(st.integers(0, 2**58), min_size=1, max_size=8).filter(any),
    sign=st.sampled_from([1, -1]),
)
def test_any_split_of_a_refund_adds_up(total, parts, sign):
    """k-th part = round(cumulative) - already: the parts of any split sum to the total."""
    whole, before, back = sum(parts), 0, 0
    for part in parts:
        expected = rounded(total * (before + part), whole, "half_up")
        expected -= rounded(total * before, whole, "half_up")
        share = refund_share(total, sign * whole, sign * before, sign * part)
        assert share == expected
        before, back = before + part, back + share
    assert back == total


@pytest.mark.parametrize(
    "call",
    [
        lambda: allocate(1, [-1]),
        lambda: allocate(1, [1], [1, 2]),
        lambda: allocate(1, [1], None, "middle"),
        lambda: refund_share(100, 3, 2, 2),
        lambda: refund_share(100, 0, 0, 0),
        lambda: refund_share(100, 3, 2, -1),
    ],
)
def test_what_makes_no_sense_is_refused(call):
    """Negative weights, lengths that differ, more back than sold."""
    with pytest.raises(ValueError):
        call()


@pytest.mark.parametrize("amount", [INT64_MIN, INT64_MAX + 1])
def test_what_does_not_fit_is_refused(amount):
    """Amounts outside the mirror-symmetric int64 range."""
    with pytest.raises(OverflowError):
        allocate(amount, [1])


def test_floats_are_refused():
    """There is no float near money."""
    with pytest.raises(TypeError):
        allocate(1.5, [1])  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        allocate(1, [1.5])  # type: ignore[list-item]
