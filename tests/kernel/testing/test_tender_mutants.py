"""The suite for tender drivers catches drivers that are wrong in one thing each."""

from collections.abc import Iterator
from datetime import date

import pytest
from msgspec.structs import replace

from cashwrap.tender.driver import (
    Approved,
    Cancelled,
    Capabilities,
    Declined,
    Intent,
    NotFound,
    Outcome,
    Pending,
    SettlementLine,
    Unknown,
)
from cashwrap.testing.conformance import Rig, TenderDriverConformance
from cashwrap.testing.terminal import FakeTerminal


class Good(FakeTerminal):
    """A driver without a fault; its provider's next answer can be lost, or be a no."""

    lose = False

    def begin(self, intent: Intent) -> Outcome:
        return self._sent(super().begin(intent))

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        return self._sent(super().refund(refund_id, intent_id, amount_minor))

    def _sent(self, outcome: Outcome) -> Outcome:
        if self.lose:
            self.lose = False
            raise TimeoutError
        return outcome

    def decline(self) -> None:
        self._script = ("decline",)


class ChargesAgain(Good):
    """The same intent id is another payment."""

    def begin(self, intent: Intent) -> Outcome:
        had = self.charges.get(intent.id)
        outcome = super().begin(intent)
        if had:
            had.charged_minor += intent.amount_minor
        return outcome


class QueryCharges(Good):
    """Asking costs money."""

    def query(self, intent_id: str) -> Outcome:
        if intent_id in self.charges:
            self.charges[intent_id].charged_minor += 1
        return super().query(intent_id)


class QueryForgets(Good):
    """Knows a payment only once."""

    asked = 0

    def query(self, intent_id: str) -> Outcome:
        self.asked += 1
        return super().query(intent_id) if self.asked < 2 else NotFound(intent=intent_id)


class NeverAskedIsDeclined(Good):
    """Says no for ever to what may still arrive."""

    def query(self, intent_id: str) -> Outcome:
        known = intent_id in self.charges
        return super().query(intent_id) if known else Declined(intent=intent_id, reason="unknown")


class LostIsDeclined(Good):
    """A timeout is taken for a no."""

    def begin(self, intent: Intent) -> Outcome:
        try:
            return super().begin(intent)
        except TimeoutError:
            return Declined(intent=intent.id, reason="timeout")


class LostIsApproved(Good):
    """A timeout is taken for a yes."""

    def begin(self, intent: Intent) -> Outcome:
        try:
            return super().begin(intent)
        except TimeoutError:
            return Approved(intent=intent.id, amount_minor=intent.amount_minor, currency="CNY")


class CancelKeepsTheMoney(Good):
    """Says "cancelled" and reverses nothing."""

    def cancel(self, intent_id: str) -> Outcome:
        return Cancelled(intent=intent_id)


class CancelOfNothingIsInDoubt(Good):
    """The till could never end it."""

    def cancel(self, intent_id: str) -> Outcome:
        known = intent_id in self.charges
        return super().cancel(intent_id) if known else Unknown(reason="no such order")


class RefundsEachTime(Good):
    """The refund id is not sent along."""

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        charge = self.charges[intent_id]
        return super().refund(f"{refund_id}-{charge.refund_calls}", intent_id, amount_minor)


class RefundsMoreThanPaid(Good):
    """Nobody adds the part refunds up."""

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        charge = self.charges[intent_id]
        charge.charged_minor = max(charge.charged_minor, sum(charge.refunds.values()) + 501)
        return super().refund(refund_id, intent_id, amount_minor)


class SaysWhatWasAsked(Good):
    """Approves the amount that was asked for, whatever the provider took."""

    def begin(self, intent: Intent) -> Outcome:
        outcome = super().begin(intent)
        self.charges[intent.id].charged_minor -= 1
        return outcome


class AnotherCurrency(Good):
    """The currency is a guess."""

    def begin(self, intent: Intent) -> Outcome:
        outcome = super().begin(intent)
        return replace(outcome, currency="USD") if isinstance(outcome, Approved) else outcome


class AnothersAnswer(Good):
    """An answer is not held against the payment that was asked about."""

    def begin(self, intent: Intent) -> Outcome:
        outcome = super().begin(intent)
        return replace(outcome, intent="C0") if isinstance(outcome, Approved) else outcome


class WholeCard(Good):
    """The account is not masked."""

    def __init__(self) -> None:
        super().__init__(account="4111111111111111")


class RawAnswer(Good):
    """The provider's answer itself stands where its digest belongs."""

    def begin(self, intent: Intent) -> Outcome:
        outcome = super().begin(intent)
        raw = '{"order": "C1"}'
        return replace(outcome, raw_digest=raw) if isinstance(outcome, Approved) else outcome


class Fickle(Good):
    """What it can do depends on the moment."""

    made = 0

    def __init__(self) -> None:
        Fickle.made += 1
        can = Capabilities(kind="card", timeout_ms=1_000 + Fickle.made)
        super().__init__(capabilities=can)


class SettlesWithoutRefunds(Good):
    """The settlement shows payments only."""

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        return (line for line in super().settlement(day) if line.kind == "payment")


class DeclinesAndCharges(Good):
    """Tells the cashier no, and the customer pays."""

    def begin(self, intent: Intent) -> Outcome:
        outcome = super().begin(intent)
        if isinstance(outcome, Declined):
            self.charges[intent.id].charged_minor = intent.amount_minor
        return outcome


class NeverDecides(Good):
    """Waits for a customer who has paid long ago."""

    def query(self, intent_id: str) -> Outcome:
        super().query(intent_id)
        return Pending(intent=intent_id, next_poll_ms=1_000)

    def begin(self, intent: Intent) -> Outcome:
        super().begin(intent)
        return Pending(intent=intent.id, next_poll_ms=1_000)


MUTANTS = [one for one in Good.__subclasses__()]


def failing(driver: type[Good]) -> list[str]:
    """Return which tests of the suite a driver fails."""

    class Suite(TenderDriverConformance):
        def rig(self) -> Rig:
            made = driver()

            def lose() -> None:
                made.lose = True

            return Rig(
                driver=made,
                taken_minor=made.net_minor,
                lose_answer=lose,
                decline_next=made.decline,
            )

    found = []
    for name in [each for each in dir(Suite) if each.startswith("test_")]:
        try:
            getattr(Suite(), name)()
        except Exception:
            found.append(name)
    return found


def test_a_good_driver_passes():
    """The suite finds nothing where nothing is."""
    assert failing(Good) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.__name__)
def test_a_driver_with_one_fault_is_caught(mutant):
    """At least one test of the suite fails."""
    assert failing(mutant)
