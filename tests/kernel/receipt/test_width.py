"""Display width, graphemes and wrapping."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cashwrap.receipt.width import clean, display_width, graphemes, wrap

names = st.text(st.characters(codec=None, exclude_categories=()), max_size=60) | st.text(
    st.sampled_from("aé中，。（ 가각ᄀ각👩‍🦰👨🏽🇨🇳①กำ̈\u200d\ufe0f\u202e\x1b\n"), max_size=40
)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("可乐", 4),
        ("ｶﾅ", 2),
        ("x\u0301", 1),
        ("👩‍👩‍👧", 2),
        ("👍🏽", 2),
        ("🇨🇳", 2),
        ("☕\ufe0f", 2),
        ("한국", 4),
        ("각", 2),
        ("①", 2),
    ],
)
def test_width_counts_columns_not_code_points(text, columns):
    """Wide characters take two columns, marks and joined parts none."""
    assert display_width(clean(text), ambiguous_wide=True) == columns


def test_ambiguous_width_is_a_setting():
    """① is two columns on a printer with Chinese fonts and one elsewhere."""
    assert [display_width("①", wide) for wide in (False, True)] == [1, 2]


@pytest.mark.parametrize("whole", ["👩‍👩‍👧", "🇨🇳", "👍🏽", "각", "กำ", "é"])
def test_a_character_is_never_cut(whole):
    """A grapheme of several code points stays together when rows are full."""
    text = clean(whole * 7)
    rows = wrap(text, 5, ambiguous_wide=True)
    assert [each for row in rows for each in graphemes(row)] == graphemes(text)


def test_flags_pair_up_from_the_left():
    """Four regional letters are two flags."""
    assert graphemes("🇨🇳🇨🇳") == ["🇨🇳", "🇨🇳"]


def test_closing_marks_do_not_begin_a_row():
    """A full stop goes to the next row together with the character before it."""
    assert wrap("红富士苹果。", 10, ambiguous_wide=True) == ["红富士苹", "果。"]


def test_printer_escapes_and_direction_overrides_are_dropped():
    """A name can neither drive the printer nor turn the row around."""
    assert clean("a\x1b@\u202eb\n\tc \u0301d") == "a@b c d"


def test_a_word_that_begins_a_row_keeps_the_space_after_it():
    """Only the spaces at the breaks are lost."""
    assert wrap("赠券 Coupon for you", 12, ambiguous_wide=True) == ["赠券 Coupon", "for you"]
    assert wrap("满50返券 Coupon back", 12, ambiguous_wide=True) == ["满50返券", "Coupon back"]


@given(text=names, columns=st.integers(2, 60), wide=st.booleans())
@example(text="中" * 60, columns=3, wide=True)
@example(text="\u1160", columns=2, wide=False)
def test_wrapped_rows_fit_and_lose_nothing_but_spaces(text, columns, wide):
    """Every row fits, and the characters are those of the text in order."""
    cleaned = clean(text)
    rows = wrap(cleaned, columns, wide)
    assert all(0 < display_width(row, wide) <= columns for row in rows if row.strip("\u200d"))
    assert [g for row in rows for g in graphemes(row) if g != " "] == [
        g for g in graphemes(cleaned) if g != " "
    ]


@given(text=names)
def test_cleaning_twice_changes_nothing(text):
    """A cleaned text is clean, and it can be encoded."""
    once = clean(text)
    assert clean(once) == once
    once.encode()
