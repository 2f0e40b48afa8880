"""Our ledger against the provider's file."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.errors import AmountOverflow
from cashwrap.money import INT64_MAX
from cashwrap.tender.driver import SettlementLine
from cashwrap.tender.errors import SettlementDamaged
from cashwrap.tender.reconcile import LedgerLine, ledger_lines, reconcile
from cashwrap.testing.tenders import TenderBench
from cashwrap.testing.terminal import BEHAVIOURS, FakeTerminal


def paid(intent: str, amount: int, fee: int = 0) -> SettlementLine:
    return SettlementLine(intent=intent, kind="payment", amount_minor=amount, fee_minor=fee)


def test_every_kind_of_finding():
    """Matched, different, only ours and only theirs, with fees and exact sums."""
    ours = [LedgerLine("A", "", 100), LedgerLine("B", "", 200), LedgerLine("C", "", 300)]
    theirs = [paid("A", 100, 1), paid("B", 250, 2), paid("D", 400, 3)]
    result = reconcile(ours, theirs)
    assert [(line.intent, line.finding) for line in result.lines] == [
        ("A", "matched"),
        ("B", "amount_differs"),
        ("C", "only_ours"),
        ("D", "only_theirs"),
    ]
    assert (result.ours_minor, result.theirs_minor, result.fee_minor) == (600, 750, 6)
    assert result.payout_minor == 744
    assert not result.clean
    assert [line.intent for line in result.of("only_theirs")] == ["D"]


def test_a_double_charge_in_their_file_shows():
    """The same payment twice is an amount that differs, not a match."""
    (line,) = reconcile([LedgerLine("A", "", 100)], [paid("A", 100), paid("A", 100)]).lines
    assert (line.finding, line.theirs_minor) == ("amount_differs", 200)


def test_a_file_that_turns_out_damaged_gives_no_result():
    """A driver may find the damage at the last line: nothing is reported before."""

    def lines():
        yield paid("A", 100)
        raise SettlementDamaged("total 200", "total 100")

    with pytest.raises(SettlementDamaged, match="total 200"):
        reconcile([LedgerLine("A", "", 100)], lines())


def test_sums_outside_int64_are_refused():
    """No sum wraps."""
    with pytest.raises(AmountOverflow):
        reconcile([], [paid("A", INT64_MAX), paid("B", 1)])


keys = st.sampled_from("ABCDE")
values = st.integers(0, 10**12)


@given(st.lists(st.tuples(keys, values)), st.lists(st.tuples(keys, values, st.integers(0, 99))))
def test_differences_sum_to_the_cent(ours, theirs):
    """Theirs - ours is the sum of all lines' differences, whatever the lines."""
    result = reconcile(
        [LedgerLine(key, "", value) for key, value in ours],
        [paid(key, value, fee) for key, value, fee in theirs],
    )
    gap = sum(line.theirs_minor - line.ours_minor for line in result.lines)
    assert gap == result.theirs_minor - result.ours_minor
    assert result.fee_minor == sum(line.fee_minor for line in result.lines)
    matched = {line.finding for line in result.lines if line.theirs_minor == line.ours_minor}
    assert matched <= {"matched", "only_ours", "only_theirs"}


def test_a_day_of_every_terminal_reconciles():
    """What really moved equals our books for each terminal that answers in the end."""
    script = [each for each in BEHAVIOURS if not each.startswith("silent")]
    terminal = FakeTerminal(script)
    bench = TenderBench(terminal)
    for number in range(len(script) + 1):
        bench.pay(f"A{number}", 1_000 + number, sale=f"S{number}")
        bench.settle()
    bench.runner.refund("R1", "A0", 300, bench.now)
    payments = [bench.payment(f"A{number}") for number in range(len(script) + 1)]
    ours = ledger_lines(payments, "terminal", 0, bench.wall_ms + 1)
    result = reconcile(ours, terminal.settlement(date(2024, 1, 2)))
    assert result.clean, [line for line in result.lines if line.finding != "matched"]
    assert result.ours_minor == sum(terminal.net_minor(each.id) for each in payments)
