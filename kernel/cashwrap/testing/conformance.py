"""What every tender driver has to do, as tests that its author runs.

Subclass `TenderDriverConformance` in a test module and give it a `Rig` for each test::

    class TestMyDriver(TenderDriverConformance):
        def rig(self) -> Rig:
            gateway = MyGatewaySimulator()
            return Rig(MyDriver(gateway.url), taken_minor=gateway.taken, lose_answer=gateway.drop)
"""

from collections.abc import Callable
from datetime import date

import msgspec

from cashwrap.tender.driver import (
    Approved,
    Cancelled,
    Declined,
    Intent,
    NotFound,
    Outcome,
    Pending,
    TenderDriver,
    Unknown,
)
from cashwrap.tender.pan import looks_like_pan, mask_account

_DEADLINE_MS = 4_000_000_000_000
_POLLS_MAX = 20


class Rig(msgspec.Struct, frozen=True, kw_only=True):
    """A driver with a provider (simulated, or a sandbox) behind it that approves what is asked.

    ``taken_minor`` returns what the customer has really paid under an intent id, refunds taken
    off. ``lose_answer`` makes the provider's next answer vanish after its effect; ``auth_code``
    returns a fresh customer code for drivers that need a scan. ``day`` is the settlement's day.
    """

    driver: TenderDriver
    taken_minor: Callable[[str], int]
    lose_answer: Callable[[], None]
    auth_code: Callable[[], str] = str
    currency: str = "CNY"
    day: date = date(2024, 1, 2)
    decline_next: Callable[[], None] | None = None


class TenderDriverConformance:
    """The suite; every test gets a rig of its own from ``rig``."""

    def rig(self) -> Rig:
        """Return a fresh driver and provider."""
        raise NotImplementedError("return a Rig with your driver and its simulator")

    def test_capabilities_are_constant_and_consistent(self) -> None:
        """Capabilities never change, name ISO currencies, and limits are not negative."""
        can = self.rig().driver.capabilities
        assert can == self.rig().driver.capabilities
        assert all(len(code) == 3 and code.isupper() for code in can.currencies)
        assert min(can.amount_max_minor, can.cancel_after_ms) >= 0 < can.timeout_ms
        assert can.refund or not can.partial_refund, "partial_refund needs refund"

    def test_a_payment_is_approved_for_what_was_taken(self) -> None:
        """An approval names the intent, the currency, and the amount that really moved."""
        rig = self.rig()
        outcome = pay(rig, "C1", 1_000)
        assert isinstance(outcome, Approved)
        assert (outcome.intent, outcome.currency) == ("C1", rig.currency)
        assert outcome.amount_minor == rig.taken_minor("C1") == 1_000

    def test_the_same_intent_never_charges_twice(self) -> None:
        """The intent id is the provider's idempotency key."""
        rig = self.rig()
        pay(rig, "C1", 1_000)
        ask(lambda: rig.driver.begin(_intent(rig, "C1", 1_000)))  # may be refused
        assert rig.taken_minor("C1") == 1_000

    def test_a_query_may_be_repeated_for_ever(self) -> None:
        """A query changes nothing and keeps saying the same of a decided payment."""
        rig = self.rig()
        pay(rig, "C1", 1_000)
        answers = [rig.driver.query("C1") for _ in range(5)]
        assert all(isinstance(answer, Approved) for answer in answers)
        assert rig.taken_minor("C1") == 1_000

    def test_an_id_that_was_never_asked_for_is_not_found(self) -> None:
        """A query about nothing is not found (or unknown), never approved and never declined."""
        assert isinstance(self.rig().driver.query("NEVER"), NotFound | Unknown)

    def test_a_lost_answer_is_found_by_query(self) -> None:
        """When the answer to begin is lost after its effect, a query tells what happened."""
        rig = self.rig()
        rig.lose_answer()
        began = ask(lambda: rig.driver.begin(_intent(rig, "C1", 1_000)))
        assert not isinstance(began, Approved | Declined | Cancelled), "a lost answer is unknown"
        outcome = poll(rig, "C1", Unknown())
        taken = rig.taken_minor("C1")
        assert isinstance(outcome, Approved) == (taken == 1_000)

    def test_a_cancel_takes_nothing_and_may_be_repeated(self) -> None:
        """After a cancel answered "cancelled" the customer has all the money, however often."""
        rig = self.rig()
        if not rig.driver.capabilities.cancel:
            return
        pay(rig, "C1", 1_000)
        answers = [ask(lambda: rig.driver.cancel("C1")) for _ in range(3)]
        if isinstance(answers[0], Cancelled):
            assert all(isinstance(answer, Cancelled) for answer in answers)
            assert rig.taken_minor("C1") == 0
            assert not isinstance(ask(lambda: rig.driver.query("C1")), Approved)

    def test_a_cancel_of_nothing_is_answered(self) -> None:
        """A cancel of an id that never arrived says not found or cancelled, so the till can end."""
        driver = self.rig().driver
        if driver.capabilities.cancel:
            assert isinstance(driver.cancel("NEVER"), NotFound | Cancelled)

    def test_a_refund_is_made_once_per_refund_id(self) -> None:
        """The refund id is an idempotency key, also after a lost answer."""
        rig = self.rig()
        if not rig.driver.capabilities.refund:
            return
        pay(rig, "C1", 1_000)
        rig.lose_answer()
        ask(lambda: rig.driver.refund("R1", "C1", 1_000))
        for _ in range(3):
            outcome = ask(lambda: rig.driver.refund("R1", "C1", 1_000))
            assert isinstance(outcome, Approved | Pending)
        assert rig.taken_minor("C1") == 0

    def test_partial_refunds_add_up_and_never_exceed(self) -> None:
        """Two part refunds are two refunds; what is more than the rest is declined."""
        rig = self.rig()
        if not rig.driver.capabilities.partial_refund:
            return
        pay(rig, "C1", 1_000)
        assert isinstance(rig.driver.refund("R1", "C1", 300), Approved)
        assert isinstance(rig.driver.refund("R2", "C1", 200), Approved)
        assert isinstance(rig.driver.refund("R3", "C1", 501), Declined)
        assert rig.taken_minor("C1") == 500

    def test_a_decline_takes_nothing_and_stays(self) -> None:
        """A decline is for ever."""
        rig = self.rig()
        if rig.decline_next is None:
            return
        rig.decline_next()
        assert isinstance(pay(rig, "C1", 1_000), Declined)
        assert isinstance(rig.driver.query("C1"), Declined | NotFound)
        assert rig.taken_minor("C1") == 0

    def test_no_card_number_and_no_raw_answer_comes_out(self) -> None:
        """The account is masked, the digest is SHA-256 hex, nothing looks like a card number."""
        outcome = pay(self.rig(), "C1", 1_000)
        assert isinstance(outcome, Approved)
        assert mask_account(outcome.account) == outcome.account
        assert not looks_like_pan(" ".join((outcome.provider_id, outcome.account)))
        digest = outcome.raw_digest
        assert not digest or (len(digest) == 64 and set(digest) <= set("0123456789abcdef"))

    def test_the_settlement_has_every_movement(self) -> None:
        """The day's lines sum to what was taken, payments and refunds each under their ids."""
        rig = self.rig()
        if not rig.driver.capabilities.settlement:
            return
        pay(rig, "C1", 1_000)
        pay(rig, "C2", 2_500)
        if rig.driver.capabilities.refund:
            rig.driver.refund("R1", "C2", 2_500)
        total = 0
        for line in rig.driver.settlement(rig.day):
            assert line.amount_minor >= 0
            assert (line.kind == "refund") == bool(line.refund)
            total += line.amount_minor if line.kind == "payment" else -line.amount_minor
        assert total == rig.taken_minor("C1") + rig.taken_minor("C2")


def ask(call: Callable[[], Outcome]) -> Outcome:
    """Return a driver's answer; an exception is one more way of saying unknown."""
    try:
        return call()
    except Exception as failure:
        return Unknown(reason=type(failure).__name__)


def pay(rig: Rig, intent_id: str, amount_minor: int) -> Outcome:
    """Begin a payment and poll until it is decided."""
    outcome = ask(lambda: rig.driver.begin(_intent(rig, intent_id, amount_minor)))
    return poll(rig, intent_id, outcome)


def poll(rig: Rig, intent_id: str, outcome: Outcome) -> Outcome:
    """Query while nothing is decided, a bounded number of times."""
    for _ in range(_POLLS_MAX):
        if not isinstance(outcome, Pending | Unknown):
            break
        outcome = ask(lambda: rig.driver.query(intent_id))
    return outcome


def _intent(rig: Rig, intent_id: str, amount_minor: int) -> Intent:
    return Intent(
        id=intent_id,
        sale="S1",
        driver="terminal",
        amount_minor=amount_minor,
        currency=rig.currency,
        deadline_ms=_DEADLINE_MS,
        auth_code=rig.auth_code(),
    )
