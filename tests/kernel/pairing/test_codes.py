"""The code that lets one device in: short-lived, good once, soon used up by who guesses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.pairing.codes import ALPHABET, GOOD_MS, SIZE, TRIES, Codes
from cashwrap.pairing.errors import CodeRefused
from cashwrap.ports import Timestamp
from cashwrap.testing.shop import SeededRandomness

NOW = Timestamp(1_772_330_400_000, 1_000_000)


def later(ms: int, jumped_ms: int = 0) -> Timestamp:
    return Timestamp(NOW.wall_ms + ms + jumped_ms, NOW.steady_ms + ms)


@given(seed=st.integers(0, 10_000))
def test_a_code_has_letters_that_nobody_confuses(seed: int):
    """Eight letters without vowels or look-alikes, in two groups (RFC 8628, section 6.1)."""
    code = Codes(SeededRandomness(seed)).show(NOW).code
    assert len(code) == SIZE + 1
    assert code[SIZE // 2] == "-"
    assert set(code.replace("-", "")) <= set(ALPHABET)
    assert not set(ALPHABET) & set("AEIOUY01258")


def test_every_letter_comes_up_as_often():
    """No letter is likelier than another: a guesser gains nothing."""
    codes = Codes(SeededRandomness(7))
    letters = "".join(codes.show(NOW).code.replace("-", "") for _ in range(4_000))
    counts = [letters.count(each) for each in ALPHABET]
    assert max(counts) < 1.15 * min(counts)


@pytest.mark.parametrize(
    "typed",
    [lambda code: code.lower(), lambda code: code.replace("-", " "), lambda code: f" {code} "],
)
def test_it_is_taken_however_it_is_typed(typed):
    """Small letters, blanks and groups are no mistakes."""
    codes = Codes(SeededRandomness())
    codes.check(typed(codes.show(NOW).code), NOW)


def test_a_newer_code_ends_the_one_before():
    """One code is good at a time."""
    codes = Codes(SeededRandomness())
    old, new = codes.show(NOW).code, codes.show(NOW).code
    with pytest.raises(CodeRefused):
        codes.check(old, NOW)
    codes.check(new, NOW)


def test_it_is_good_for_ten_minutes_whatever_the_wall_clock_says():
    """Setting the clock back does not make it good for longer."""
    codes = Codes(SeededRandomness())
    shown = codes.show(NOW)
    assert shown.expires_at_ms == NOW.wall_ms + GOOD_MS
    codes.check(shown.code, later(GOOD_MS - 1))
    with pytest.raises(CodeRefused):
        codes.check(shown.code, later(GOOD_MS, jumped_ms=-GOOD_MS))


def test_the_fifth_wrong_code_ends_it():
    """Who guesses has five tries at 20^8 codes; then the right one is refused too."""
    codes = Codes(SeededRandomness())
    code = codes.show(NOW).code
    for _ in range(TRIES):
        with pytest.raises(CodeRefused):
            codes.check("BBBB-BBBB", NOW)
    with pytest.raises(CodeRefused):
        codes.check(code, NOW)


@pytest.mark.parametrize("given_code", ["", "-", "XXXXXXXXXXXX" * 50, "配对码", "\x00"])
def test_while_no_code_is_shown_none_is_good(given_code: str):
    """An empty or odd code matches nothing, least of all no code."""
    codes = Codes(SeededRandomness())
    with pytest.raises(CodeRefused):
        codes.check(given_code, NOW)
    codes.show(NOW)
    codes.stop()
    with pytest.raises(CodeRefused):
        codes.check(given_code, NOW)
