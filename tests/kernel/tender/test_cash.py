"""Cash, change, split tenders, and what the drawer should hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.errors import InvalidInput
from cashwrap.tender.cash import (
    expected_cash_minor,
    record_tender,
    remaining_minor,
    return_cash,
    take_cash,
)
from cashwrap.tender.errors import RefundExceedsPaid, TenderExceedsDue, TenderRefused
from cashwrap.tender.projection import net_cash_minor
from cashwrap.testing.tenders import TenderBench
from cashwrap.testing.terminal import FakeTerminal

amounts = st.integers(1, 10**9)


def till() -> TenderBench:
    return TenderBench(FakeTerminal())


def test_change_is_what_exceeds_the_due():
    """50.00 for 37.50 gives 12.50 back and counts 37.50 toward the sale."""
    bench = till()
    event = take_cash("C1", "S1", "CNY", 5_000, 3_750)
    assert event.change_minor == 1_250
    bench.journal.commit([event], at=bench.now)
    assert bench.payment("C1").paid_minor == 3_750


def test_cash_rounding_settles_the_exact_due():
    """10.03 rounded to 10.00 in cash pays 10.03; 10.02 rounded up to 10.05 pays 10.02."""
    bench = till()
    events = [
        take_cash("C1", "S1", "CNY", 2_000, 1_000, rounding_minor=-3),
        take_cash("C2", "S2", "CNY", 1_005, 1_005, rounding_minor=3),
    ]
    bench.journal.commit(events, at=bench.now)
    assert [bench.payment(each).paid_minor for each in ("C1", "C2")] == [1_003, 1_002]
    assert expected_cash_minor(bench.payments("S1")) == 1_000
    with pytest.raises(InvalidInput, match="whole payment"):
        take_cash("C3", "S1", "CNY", 900, 1_000, rounding_minor=-3)


@pytest.mark.req("R174")
def test_one_sale_is_paid_by_five_tenders():
    """Card, wallet, voucher, a recorded slip and cash each lower what is due; cash gives change."""
    bench = till()
    due = 10_000
    for intent, amount in (("A1", 2_000), ("A2", 3_000)):
        bench.pay(intent, amount, due_minor=due)
        due = remaining_minor(10_000, bench.payments())
    slip = record_tender("V1", "S1", "voucher", "mall voucher", 1_000, "CNY", due)
    other = record_tender("O1", "S1", "card", "bank POS", 1_500, "CNY", due, "slip 000123")
    bench.journal.commit([slip, other], at=bench.now)
    assert remaining_minor(10_000, bench.payments()) == 2_500
    bench.journal.commit([take_cash("C1", "S1", "CNY", 5_000, 2_500)], at=bench.now)
    assert remaining_minor(10_000, bench.payments()) == 0
    assert expected_cash_minor(bench.payments()) == 2_500
    with pytest.raises(TenderExceedsDue):
        record_tender("V2", "S1", "voucher", "mall voucher", 1, "CNY", 0)


def test_cash_goes_back_bounded_by_what_it_was():
    """A payment's cash can go back in parts, never more than it brought in."""
    bench = till()
    bench.journal.commit([take_cash("C1", "S1", "CNY", 5_000, 3_000)], at=bench.now)
    paid = bench.payment("C1")
    bench.journal.commit([return_cash("B1", "S1", "CNY", 1_000, of=paid)], at=bench.now)
    paid = bench.payment("C1")
    assert (paid.paid_minor, paid.refundable_minor) == (2_000, 2_000)
    with pytest.raises(RefundExceedsPaid):
        return_cash("B2", "S1", "CNY", 2_001, of=paid)
    with pytest.raises(TenderRefused):
        return_cash("B2", "S1", "USD", 1, of=paid)


def test_a_return_in_cash_counts_below_zero():
    """A return's payable is negative and cash out settles it, rounding mirrored."""
    bench = till()
    back = return_cash("B1", "RET1", "CNY", 1_000, rounding_minor=-3)
    bench.journal.commit([back], at=bench.now)
    assert remaining_minor(-1_003, bench.payments("RET1")) == 0
    assert expected_cash_minor(bench.payments("RET1")) == -1_000


def test_card_money_given_back_in_cash_leaves_the_drawer():
    """A card payment given back as cash takes cash out, though none came in."""
    bench = till()
    card = bench.pay()
    bench.journal.commit([return_cash("B1", "RET1", "CNY", 400, of=card)], at=bench.now)
    assert expected_cash_minor(bench.payments()) == -400
    assert net_cash_minor(bench.journal.tables, "S001", "T1", "CNY") == -400


@given(st.lists(st.tuples(amounts, amounts), max_size=20))
def test_expected_cash_is_tendered_less_change(pairs):
    """The drawer holds what came in less what went out, by payments and by the running total."""
    bench = till()
    came = went = 0
    for number, (tendered, due) in enumerate(pairs):
        event = take_cash(f"C{number}", "S1", "CNY", tendered, due)
        assert event.tendered_minor - event.change_minor == min(tendered, due)
        bench.journal.commit([event], at=bench.now)
        came, went = came + tendered, went + event.change_minor
    assert expected_cash_minor(bench.payments()) == came - went
    assert net_cash_minor(bench.journal.tables, "S001", "T1", "CNY") == came - went


@pytest.mark.parametrize("amount", [0, -1, 2**63])
def test_cash_that_is_no_amount_is_refused(amount):
    """Zero, negative and too large amounts are refused."""
    with pytest.raises(InvalidInput):
        take_cash("C1", "S1", "CNY", amount, 100)
