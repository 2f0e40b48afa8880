"""Card numbers are found and masked; everything else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.tender.pan import looks_like_pan, luhn, mask_account, mask_pan, only_digest

# Numbers that the schemes and processors publish for tests.
CARDS = [
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6212345678901265",
    "6304000000000000",
    "2201382000000013",
]


@pytest.mark.parametrize("card", CARDS)
def test_a_card_number_is_reduced_to_first_six_and_last_four(card):
    """Whatever stands around it."""
    masked = card[:6] + "*" * (len(card) - 10) + card[-4:]
    assert mask_pan(card) == masked
    assert mask_pan(f"x{card}y, 卡号{card}。") == f"x{masked}y, 卡号{masked}。"
    assert mask_pan(f";{card}=25121010000") == f";{masked}=25121010000"


@pytest.mark.parametrize("separator", [" ", "-", ".", "\u3000"])
def test_groups_and_full_width_digits_do_not_hide_it(separator):
    """4111 1111 1111 1111 is the same number, also next to an amount."""
    text = separator.join(["4111"] + ["1111"] * 3)
    masked = separator.join(["4111", "11**", "****", "1111"])
    assert mask_pan(text) == masked
    assert mask_pan(f"{text}{separator}123") == f"{masked}{separator}123"
    assert mask_pan(f"12{separator}{text}") == f"12{separator}{masked}"
    assert mask_pan("4111111111111111") == "411111******1111"


@pytest.mark.parametrize(
    "text",
    ["4111111111111112", "6901234567892", "9780201379624", "13800138000", "20240102123456789012"],
)
def test_other_numbers_stay(text):
    """A wrong check digit, barcodes, phone and order numbers are no card numbers."""
    assert mask_pan(text) == text
    assert not looks_like_pan(text)


@given(st.text(max_size=200))
def test_masking_is_stable_and_keeps_the_length(text):
    """Masked text has nothing left to mask, and nothing moves."""
    masked = mask_pan(text)
    assert len(masked) == len(text)
    assert mask_pan(masked) == masked
    assert all(a == b or (a.isdecimal() and b == "*") for a, b in zip(text, masked, strict=True))


@given(st.text("0123456789 -", max_size=60), st.sampled_from(CARDS), st.text("ab;,\n", min_size=1))
def test_a_card_behind_any_text_is_masked(noise, card, end):
    """Digits before it, set off by a letter, do not hide it."""
    assert card not in mask_pan(f"{noise}x{card}{end}")


def test_a_long_text_of_digit_groups_is_read_once():
    """A hostile note of 20,000 groups takes a bounded number of tries for each group."""
    text = "4 " * 20_000
    assert len(mask_pan(text)) == len(text)


def test_a_drivers_account_shows_ten_digits_at_most():
    """Also where the check digit is wrong."""
    assert mask_account("4111111111111112") == "411111******1112"
    assert mask_account("411111******1111") == "411111******1111"


def test_only_digests_are_kept():
    """What is no SHA-256 becomes one."""
    digest = only_digest("raw answer with secrets")
    assert len(digest) == 64
    assert only_digest(digest) == digest
    assert only_digest("") == ""


@given(st.integers(0, 10**18))
def test_luhn_catches_every_single_wrong_digit(number):
    """Exactly one check digit is right (ISO/IEC 7812-1)."""
    assert sum(luhn(f"{number}{digit}") for digit in range(10)) == 1
