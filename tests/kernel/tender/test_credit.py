"""Codes of credit notes, and the book that the journal keeps of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.ids import ALPHABET
from cashwrap.ports import Timestamp
from cashwrap.tender.credit import (
    CreditProjection,
    credit_note,
    credit_of_payment,
    credit_owed_minor,
    credits_of_sale,
    new_code,
    read_code,
    spendable,
)
from cashwrap.tender.errors import CreditExpired, CreditRefused, CreditUsedUp, UnknownCredit
from cashwrap.tender.events import CreditIssued, CreditRestored, CreditSpent
from cashwrap.testing.journal import MemoryJournal

SECRETS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
NOW = Timestamp(1_700_000_000_000, 1)


@given(SECRETS)
def test_a_code_is_read_as_it_was_made(secret):
    """Small letters, groups, and letters that look like digits are the same code."""
    code = new_code(secret)
    assert len(code) == 16
    assert read_code(code) == code
    typed = "-".join([code[:4], code[4:8], code[8:]]).lower().replace("0", "o").replace("1", "l")
    assert read_code(f" {typed} ") == code


@given(SECRETS, st.integers(0, 15), st.integers(0, 15), st.sampled_from(ALPHABET))
def test_a_code_typed_wrong_is_no_code(secret, place, other, letter):
    """One wrong letter, two exchanged ones, one too few: nothing is looked up."""
    code = new_code(secret)
    wrong = [code[:place] + letter + code[place + 1 :], code[:place] + code[place + 1 :]]
    swapped = list(code)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    for typed in {*wrong, "".join(swapped)} - {code}:
        with pytest.raises(CreditRefused, match="type it again"):
            read_code(typed)


def test_what_is_no_text_is_no_code():
    """A number, nothing, or a card number is refused alike."""
    for typed in ("", None, 7, "4111111111111111", "券" * 16):
        with pytest.raises(CreditRefused):
            read_code(typed)


def book(*events) -> MemoryJournal:
    journal = MemoryJournal([CreditProjection()])
    for each in events:
        journal.commit((each,), at=NOW)
    return journal


CODE = new_code("x")
ISSUED = CreditIssued("I1", "R1", CODE, 1_000, "CNY", NOW.wall_ms + 5_000)


def test_the_journal_is_the_book_of_a_note():
    """Issued, spent, restored: the balance is their sum, and so is what the shop owes."""
    tables = book(
        ISSUED,
        CreditSpent(CODE, "P1", "S1", 300),
        CreditSpent(CODE, "P2", "S2", 700),
        CreditRestored(CODE, "P2", "P2-back", 200, 0),
    ).tables
    note = credit_note(tables, CODE)
    assert note is not None
    assert (note.issued_minor, note.balance_minor, note.expires_ms) == (1_000, 200, 0)
    assert credit_owed_minor(tables, "CNY") == 200
    assert credit_of_payment(tables, "P1") == note
    assert credit_of_payment(tables, "P3") is None
    assert credits_of_sale(tables, "R1") == [note]
    assert credits_of_sale(tables, "R") == []
    assert note.shown.replace("-", "") == CODE
    assert note.hint.endswith(CODE[-4:])


def test_a_note_that_cannot_be_spent_says_why():
    """Unknown, of another currency, expired, used up: in this order."""
    tables = book(ISSUED).tables
    note = credit_note(tables, CODE)
    assert spendable(note, CODE, "CNY", NOW.wall_ms) == note
    for found, currency, ms, error in (
        (None, "CNY", 0, UnknownCredit),
        (note, "EUR", 0, CreditRefused),
        (note, "CNY", NOW.wall_ms + 5_000, CreditExpired),
        (credit_note(book(ISSUED, CreditSpent(CODE, "P", "S", 1_000)).tables, CODE), "CNY", 0,
         CreditUsedUp),
    ):  # fmt: skip
        with pytest.raises(error) as refusal:
            spendable(found, CODE, currency, ms)
        assert str(refusal.value)
        assert CODE not in str(refusal.value)
