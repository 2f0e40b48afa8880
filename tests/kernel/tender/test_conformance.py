"""The conformance suite holds the fake terminal, and catches drivers that break a rule."""

import pytest

from cashwrap.tender.driver import Approved, Declined, Intent, Outcome
from cashwrap.testing.conformance import Rig, TenderDriverConformance
from cashwrap.testing.terminal import Behaviour, FakeTerminal


class Losing(FakeTerminal):
    """Loses one answer after its effect, on demand."""

    lose = False

    def _lost(self, outcome: Outcome) -> Outcome:
        if self.lose:
            self.lose = False
            raise TimeoutError
        return outcome

    def begin(self, intent: Intent) -> Outcome:
        return self._lost(super().begin(intent))

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        return self._lost(super().refund(refund_id, intent_id, amount_minor))


def rig_for(driver: Losing) -> Rig:
    def lose() -> None:
        driver.lose = True

    def decline() -> None:
        driver._script = ("decline",)

    return Rig(driver=driver, taken_minor=driver.net_minor, lose_answer=lose, decline_next=decline)


class TestFakeTerminal(TenderDriverConformance):
    def rig(self) -> Rig:
        return rig_for(Losing())


class TestSlowTerminal(TenderDriverConformance):
    def rig(self) -> Rig:
        return rig_for(Losing(["slow"]))


class ChargesTwice(Losing):
    def begin(self, intent: Intent) -> Outcome:
        had = self.charges.get(intent.id)
        outcome = super().begin(intent)
        if had:
            had.charged_minor += intent.amount_minor
        return outcome


class DeclinesOnTimeout(Losing):
    def begin(self, intent: Intent) -> Outcome:
        try:
            return super().begin(intent)
        except TimeoutError:
            return Declined(intent=intent.id, reason="timeout")


class RefundsTwice(Losing):
    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        had = self.charges[intent_id].refunds.pop(refund_id, 0)
        self.charges[intent_id].charged_minor -= had
        self.charges[intent_id].refunds[refund_id] = amount_minor
        return super().refund(refund_id, intent_id, amount_minor)


class ShowsTheCard(Losing):
    def begin(self, intent: Intent) -> Outcome:
        super().begin(intent)
        return Approved(
            intent=intent.id,
            amount_minor=intent.amount_minor,
            currency=intent.currency,
            account="4111111111111111",
        )


@pytest.mark.parametrize(
    ("driver", "test"),
    [
        (ChargesTwice, "test_the_same_intent_never_charges_twice"),
        (DeclinesOnTimeout, "test_a_lost_answer_is_found_by_query"),
        (RefundsTwice, "test_a_refund_is_made_once_per_refund_id"),
        (ShowsTheCard, "test_no_card_number_and_no_raw_answer_comes_out"),
    ],
)
def test_the_suite_catches_a_driver_that_breaks_a_rule(driver, test):
    """Each broken driver fails the test that is named for its fault."""

    class Suite(TenderDriverConformance):
        def rig(self) -> Rig:
            return rig_for(driver())

    with pytest.raises(AssertionError):
        getattr(Suite(), test)()


@pytest.mark.parametrize("behaviour", ["excess", "wrong_intent"])
def test_a_terminal_that_lies_about_amounts_fails(behaviour: Behaviour):
    """An approval must be for what was asked and under the intent's own id."""

    class Suite(TenderDriverConformance):
        def rig(self) -> Rig:
            return rig_for(Losing([behaviour]))

    with pytest.raises(AssertionError):
        Suite().test_a_payment_is_approved_for_what_was_taken()
