"""The doubt table is complete, only moves forward, and is what docs/tenders.md prints."""

from pathlib import Path
from typing import get_args

import pytest

from cashwrap.tender.doubt import REFUND_TABLE, TABLE, Came, RefundCame
from cashwrap.tender.driver import Unknown
from cashwrap.tender.payments import UNDECIDED, PaymentState, RefundState

DOCS = Path(__file__).parents[3] / "docs" / "tenders.md"

# A state may only be followed by itself or by one further right; this is what "forward" means.
ORDER: dict[str, int] = {
    "intended": 0,
    "pending": 1,
    "unknown": 1,
    "cancelling": 2,
    "approved": 3,
    "declined": 3,
    "cancelled": 3,
    "closed": 4,
    "late": 5,
    "refunded": 6,
    "refunding": 0,
    "given_back": 1,
    "refused": 1,
}


def printed(table) -> list[str]:
    """Return the table as the docs have it: what came, then next state, record and action."""
    lines = ["| state | what came | next state | record | then |", "|---|---|---|---|---|"]
    for state, rows in table.items():
        still = []
        for came, row in rows.items():
            if row.state == state and not row.record and row.do == "none":
                still.append(came)
            else:
                lines.append(f"| {state} | {came} | {row.state} | {row.record} | {row.do} |")
        if still:
            lines.append(f"| {state} | {', '.join(still)} | {state} | | none |")
    return lines


def test_every_state_has_a_row_for_everything_that_can_come():
    """No pair is missing, so no answer is ever without a decision."""
    assert set(TABLE) == set(get_args(PaymentState))
    assert all(set(rows) == set(get_args(Came)) for rows in TABLE.values())
    assert set(REFUND_TABLE) == set(get_args(RefundState))
    assert all(set(rows) == set(get_args(RefundCame)) for rows in REFUND_TABLE.values())


@pytest.mark.parametrize("table", [TABLE, REFUND_TABLE])
def test_state_only_moves_forward(table):
    """No row leads back to an earlier state; pending and unknown may follow each other."""
    for state, rows in table.items():
        for row in rows.values():
            assert ORDER[row.state] >= ORDER[state]


def test_silence_never_becomes_a_no():
    """An unknown answer leads from no undecided state to a decided one."""
    for state in UNDECIDED:
        for came in ("pending", "unknown", "not_found", "expired", "restart"):
            assert TABLE[state][came].state in UNDECIDED


def test_every_undecided_state_goes_on_asking():
    """Whatever inconclusive answer comes, there is a next call to make."""
    for state in UNDECIDED:
        for came in ("pending", "unknown", "not_found", "expired", "restart", "give_up"):
            assert TABLE[state][came].do != "none"


@pytest.mark.parametrize("table", [TABLE, REFUND_TABLE])
def test_the_docs_print_this_table(table):
    """docs/tenders.md holds exactly these rows; paste what this test shows when it fails."""
    assert "\n".join(printed(table)) in DOCS.read_text(encoding="utf-8")


def test_unknown_is_the_default_of_a_driver_that_says_nothing():
    """The plainest non-answer is a timeout."""
    assert Unknown().reason == "timeout"
