"""The conformance suite holds the fake terminal; test_tender_mutants has what it catches."""

import pytest

from cashwrap.tender.driver import Intent, Outcome
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


@pytest.mark.parametrize("behaviour", ["excess", "wrong_intent"])
def test_a_terminal_that_lies_about_amounts_fails(behaviour: Behaviour):
    """An approval must be for what was asked and under the intent's own id."""

    class Suite(TenderDriverConformance):
        def rig(self) -> Rig:
            return rig_for(Losing([behaviour]))

    with pytest.raises(AssertionError):
        Suite().test_a_payment_is_approved_for_what_was_taken()
