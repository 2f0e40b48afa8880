"""The ten rules of a payment, one by one."""

import hashlib

import msgspec
import pytest

from cashwrap.errors import InvalidInput
from cashwrap.events import Event, event
from cashwrap.money import INT64_MAX
from cashwrap.tender.driver import Approved, Cancelled, Capabilities, Declined, SettlementLine
from cashwrap.tender.errors import (
    CannotCancel,
    IntentTermsDiffer,
    PaymentInDoubt,
    PaymentNotInDoubt,
    RefundExceedsPaid,
    SettlementDamaged,
    TenderExceedsDue,
    TenderNeedsNetwork,
    TenderRefused,
    UnknownDriver,
    UnknownPayment,
)
from cashwrap.tender.offline import DAY_MS, OfflineLimits
from cashwrap.tender.projection import (
    SNAPSHOTS,
    TenderProjection,
    payments_by_provider,
    payments_in_doubt,
    unfinished_snapshots,
)
from cashwrap.tender.reconcile import check_digest
from cashwrap.tender.runner import Request
from cashwrap.testing.tenders import TenderBench
from cashwrap.testing.terminal import FakeTerminal

CARD = "4111111111111111"


def bench(*script, **capabilities) -> TenderBench:
    can = Capabilities(**{"kind": "card", "timeout_ms": 30_000, **capabilities})
    return TenderBench(FakeTerminal(script or ("approve",), capabilities=can))


def test_rule_1_the_intent_is_committed_before_the_first_byte_leaves():
    """When the driver is called, the journal already holds the intent with the sale's snapshot."""
    till = bench()
    seen = []
    till.driver.before = lambda call: seen.append((call, till.journal.kinds()))
    till.pay()
    assert seen == [("begin", ["tender.intended"])]
    assert unfinished_snapshots(till.journal.tables) == {"S1": b"snapshot of S1"}


@event("test.sale_ended")
class Ended(Event, frozen=True):
    """Stands for the sale room's last event."""

    sale: str
    more: int = 0


def test_rule_1_a_paid_sale_is_known_until_it_is_finished():
    """The snapshot outlives the approval, for a power cut before the sale's own last event."""
    till = bench()
    assert till.pay().verdict == "paid"
    till.restart()
    assert unfinished_snapshots(till.journal.tables) == {"S1": b"snapshot of S1"}
    record = msgspec.structs.replace(till.journal.records[-1], kind="sale.completed")
    TenderProjection().fold(till.journal.tables, record, Ended("S1"))
    assert unfinished_snapshots(till.journal.tables) == {}


def test_rule_1_a_refused_commit_means_no_request():
    """When the intent cannot be journaled, the driver is never called."""
    till = bench()

    def full(events, *, at, staff=""):
        raise OSError("disk full")

    till.restart(full)
    with pytest.raises(OSError, match="disk full"):
        till.pay()
    assert till.driver.charges == {}


def test_rule_2_doubt_survives_restarts_and_is_listed_with_its_amount():
    """A terminal that never answers leaves the payment in doubt through every restart."""
    till = bench("silent_paid")
    till.pay()
    for _ in range(3):
        till.restart()
        till.settle(10)
    (listed,) = payments_in_doubt(till.journal.tables)
    assert (listed.id, listed.asked_minor, listed.verdict) == ("A1", 1_000, "in_doubt")
    assert till.runner.in_doubt("S1") == [listed]


def test_rule_2_no_other_money_is_asked_for_while_a_payment_is_in_doubt():
    """The sale waits; another sale does not."""
    till = bench("silent_unpaid", "approve")
    till.pay()
    with pytest.raises(PaymentInDoubt, match="A1"):
        till.pay("A2")
    assert till.pay("A3", sale="S2").verdict == "paid"


def test_rule_3_the_first_call_after_a_restart_is_a_query():
    """Whatever the state, the till asks before it does anything else, and never begins again."""
    for behaviour in ("lost_answer", "lost_request", "silent_paid", "slow"):
        till = bench(behaviour)
        till.pay()
        calls = []
        till.driver.before = calls.append
        till.wait(100_000)
        till.restart()
        till.settle(5)
        assert calls[0] == "query"
        assert "begin" not in calls


def test_rule_3_not_found_is_not_paid_only_after_a_cancel_that_answered():
    """Not found before the deadline, and after it, leads to a cancel; its answer ends the doubt."""
    till = bench("lost_request")
    till.pay()
    till.runner.step(till.now)
    till.wait(5_000)
    till.runner.step(till.now)
    assert till.payment().state == "unknown"
    till.settle()
    kinds = till.journal.kinds()
    assert kinds[-3:] == ["tender.cancelling", "tender.cancelled", "tender.closed"]
    assert till.payment().verdict == "not_paid"


def test_rule_3_the_cancel_waits_as_long_as_the_provider_wants():
    """A provider that allows a reversal only after 15 s is not asked for one sooner."""
    till = bench("silent_unpaid", cancel_after_ms=15_000)
    till.pay()
    at = []
    till.driver.before = lambda call: at.append((call, till.steady_ms - 1_000_000))
    till.runner.give_up("A1", till.now)
    till.settle(3)
    assert at[0] == ("cancel", 15_000)


@pytest.mark.parametrize("behaviour", ["late", "late_pending", "uncancellable"])
def test_rule_4_a_late_approval_is_given_back_by_itself(behaviour):
    """Money that was taken after the till gave up goes back, with a record of both."""
    till = bench(behaviour)
    till.pay()
    till.runner.give_up("A1", till.now)
    till.settle()
    assert till.payment().verdict == "refunded"
    assert till.driver.net_minor("A1") == 0
    kinds = till.journal.kinds()
    late = kinds.index("tender.late_approval")
    assert kinds[late : late + 3] == [
        "tender.late_approval",
        "tender.refund_intended",
        "tender.refunded",
    ]


def test_rule_4_a_notice_long_after_the_end_is_given_back_too():
    """A decline, or a cancel whose watch is over, is overtaken by a notice of approval."""
    till = bench("decline")
    till.pay()
    assert till.payment().state == "declined"
    till.driver.charges["A1"].charged_minor = 1_000
    paid = Approved(intent="A1", amount_minor=1_000, currency="CNY")
    till.runner.receive("A1", paid, till.now)
    till.settle()
    assert till.payment().verdict == "refunded"
    assert till.driver.net_minor("A1") == 0


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("bad_signature", "bad_signature"),
        ("wrong_intent", "wrong_intent"),
        ("wrong_currency", "wrong_currency"),
        ("float", "not_an_outcome"),
        ("raise_after", "ZeroDivisionError"),
        ("lost_answer", "TimeoutError"),
    ],
)
def test_rule_5_an_answer_that_cannot_be_trusted_is_unknown(behaviour, reason):
    """A forged, foreign, malformed or missing answer is neither a yes nor a no; a query decides."""
    till = bench(behaviour)
    payment = till.pay()
    assert (payment.state, payment.reason) == ("unknown", reason)
    till.settle()
    assert till.payment().verdict == "paid"


@pytest.mark.parametrize(
    "changed",
    [{"amount_minor": 999}, {"currency": "USD"}, {"sale": "S2"}, {"driver": "other"}],
)
def test_rule_6_an_intent_id_with_other_terms_is_refused_locally(changed):
    """The driver never hears of it; the same terms give the first payment again."""
    till = bench()
    first = till.pay()
    till.driver.before = lambda call: pytest.fail("the driver was called")
    terms = {"sale": "S1", "driver": "terminal", "amount_minor": 1_000, "currency": "CNY"}
    again = Request(intent="A1", due_minor=1_000, **terms)
    assert till.runner.begin(again, till.now) == first
    with pytest.raises(IntentTermsDiffer):
        till.runner.begin(msgspec.structs.replace(again, **changed), till.now)


def test_rule_7_a_shortage_leaves_the_rest_due():
    """A partial approval counts for what was approved."""
    payment = bench("partial").pay()
    assert (payment.asked_minor, payment.paid_minor) == (1_000, 500)


def test_rule_7_an_excess_is_a_tip_only_when_it_says_so():
    """A declared tip is recorded as one; an undeclared excess goes back."""
    tip = bench("tip").pay()
    assert (tip.paid_minor, tip.tip_minor, tip.charged_minor) == (1_000, 1, 1_001)
    till = bench("excess")
    till.pay()
    till.settle()
    payment = till.payment()
    assert (payment.paid_minor, payment.tip_minor) == (1_000, 0)
    assert [(back.id, back.amount_minor, back.state) for back in payment.refunds] == [
        ("A1-excess", 1, "given_back")
    ]
    assert till.driver.net_minor("A1") == 1_000


def test_rule_7_a_tender_without_change_never_exceeds_what_is_due():
    """More than due is refused before anything is asked."""
    with pytest.raises(TenderExceedsDue, match="1000"):
        bench().pay(amount_minor=1_000, due_minor=999)


def test_rule_8_a_wallet_is_never_taken_offline():
    """No limit allows it, whatever the driver says of itself."""
    limits = OfflineLimits(floor_minor=10**9, total_minor=10**9)
    till = bench(kind="wallet", offline="store")
    till = TenderBench(till.driver, limits)
    with pytest.raises(TenderNeedsNetwork, match="online only"):
        till.pay(online=False)


class Storing(FakeTerminal):
    """A terminal that stores what it approves."""

    def begin(self, intent):
        return msgspec.structs.replace(super().begin(intent), stored=True)


@pytest.mark.parametrize(
    ("limits", "can", "why"),
    [
        (OfflineLimits(2_000, 9_000), "none", "does not store"),
        (OfflineLimits(999, 9_000), "store", "floor limit"),
        (OfflineLimits(2_000, 9_000, count_max=1), "store", "wait already"),
        (OfflineLimits(2_000, 1_999), "store", "would exceed"),
        (OfflineLimits(2_000, 9_000, age_ms_max=DAY_MS - 1), "store", "too old"),
    ],
)
def test_rule_8_cards_are_stored_within_every_limit(limits, can, why):
    """Terminal's word, floor, count, total and age each stop an offline card, in this order."""
    terminal = Storing()
    till = TenderBench(terminal, OfflineLimits(10**6, 10**6))
    terminal.capabilities = Capabilities(kind="card", offline="store")
    assert till.pay("A0", online=False, sale="S0").stored
    till.wait(DAY_MS)
    till.limits = limits
    till.restart()
    terminal.capabilities = Capabilities(kind="card", offline=can)
    with pytest.raises(TenderNeedsNetwork, match=why):
        till.pay(online=False)
    till.runner.forwarded("A0", True, till.now)
    if why in ("wait already", "would exceed", "too old"):
        assert till.pay(online=False).verdict == "paid"


def test_rule_8_nothing_is_refunded_offline():
    """A refund waits for the network."""
    till = bench()
    till.pay()
    with pytest.raises(TenderNeedsNetwork, match="online only"):
        till.runner.refund("R1", "A1", 100, till.now, online=False)


def test_rule_9_no_card_number_reaches_the_journal():
    """Free text of drivers, cashiers and slips is masked before it is written."""

    class Leaky(FakeTerminal):
        def begin(self, intent):
            return Approved(
                intent=intent.id,
                amount_minor=intent.amount_minor,
                currency="CNY",
                account=f"Visa {CARD}",
                raw_digest=f"track2 {CARD}=2512",
            )

        def refund(self, refund_id, intent_id, amount_minor):
            return Declined(intent=intent_id, reason=f"card {CARD} refused")

    till = TenderBench(Leaky())
    till.pay(auth_code=CARD)
    till.runner.refund("R1", "A1", 10, till.now, reason="paid with 4111 1111 1111 1111")
    till.driver.begin = FakeTerminal(["silent_paid"]).begin
    till.pay("A2", sale="S2")
    till.runner.declare("A2", True, f"slip says {CARD}", till.now, staff="M1")
    written = b"".join(bytes(record.body) for record in till.journal.records)
    assert CARD.encode() not in written.replace(b" ", b"")
    assert b"411111******1111" in written


def test_rule_10_reconciliation_sums_to_the_cent_and_refuses_damage():
    """A file whose digest differs is refused as a whole (more in test_reconcile)."""
    data = b"line 1\nline 2\n"
    assert check_digest(data, hashlib.sha1(data).hexdigest().upper()) == data
    with pytest.raises(SettlementDamaged, match="download it again"):
        check_digest(data + b"x", hashlib.sha1(data).hexdigest())


@pytest.mark.req("R176")
def test_a_customer_may_scan_the_till():
    """A pending payment shows its code until it is decided (C-scan-B)."""
    till = bench("slow")
    assert till.pay().state == "pending"
    assert till.runner.showing("A1") == "pay:A1"
    till.settle()
    assert till.payment().verdict == "paid"
    assert till.runner.showing("A1") == ""


@pytest.mark.req("R176")
def test_a_payment_code_has_to_be_scanned_first():
    """A driver that needs the customer's code refuses without it; the code is never journaled."""
    till = bench(kind="wallet", needs_scan=True)
    with pytest.raises(TenderRefused, match="scan it first"):
        till.pay()
    assert till.pay(auth_code="134567890123456789").verdict == "paid"
    assert all(b"134567890123456789" not in bytes(each.body) for each in till.journal.records)


@pytest.mark.req("R175")
def test_any_provider_is_only_a_driver_under_a_name():
    """What no driver can take is refused with the names of those that exist."""
    till = bench(currencies=("CNY",), amount_max_minor=5_000)
    request = Request(
        intent="A1", sale="S1", driver="nobody", amount_minor=1, currency="CNY", due_minor=1
    )
    with pytest.raises(UnknownDriver, match="terminal"):
        till.runner.begin(request, till.now)
    dollars = msgspec.structs.replace(request, driver="terminal", currency="USD")
    with pytest.raises(TenderRefused, match="CNY"):
        till.runner.begin(dollars, till.now)
    with pytest.raises(TenderRefused, match="split"):
        till.pay(amount_minor=5_001)


@pytest.mark.parametrize("amount", [0, -1, INT64_MAX + 1, True, 1.5])
def test_an_amount_that_is_no_amount_is_refused(amount):
    """Zero, negative, too large, bool and float are refused with nothing done."""
    till = bench()
    with pytest.raises(InvalidInput):
        till.pay(amount_minor=amount)
    assert till.journal.records == []


def test_a_person_may_settle_what_nobody_answers():
    """A declared payment is recorded with who and why; a decided one cannot be declared."""
    till = bench("silent_paid", "silent_unpaid")
    till.pay()
    paid = till.runner.declare("A1", True, "slip 42", till.now, staff="M1")
    assert (paid.verdict, paid.paid_minor, paid.by_hand) == ("paid", 1_000, True)
    assert till.journal.records[-1].staff == "M1"
    with pytest.raises(PaymentNotInDoubt):
        till.runner.declare("A1", False, "no", till.now, staff="M1")
    till.pay("A2")
    assert till.runner.declare("A2", False, "void", till.now, staff="M1").verdict == "not_paid"


def test_a_driver_without_cancel_is_only_asked():
    """Where nothing can be cancelled, the deadline changes nothing: doubt stays until an answer."""
    till = bench("abandoned", cancel=False)
    calls = []
    till.pay()
    till.driver.before = calls.append
    till.settle()
    assert set(calls) == {"query"}
    assert till.payment().state == "pending"
    with pytest.raises(CannotCancel):
        till.runner.give_up("A1", till.now)


def test_an_answer_against_the_record_is_written_down_and_changes_nothing():
    """Approved stays approved when the provider later says cancelled, and a person can see it."""
    till = bench()
    till.pay()
    payment = till.runner.receive("A1", Cancelled(intent="A1"), till.now)
    assert payment.verdict == "paid"
    assert till.journal.events()[-1].said == "cancelled"


def test_refunds_are_bounded_and_idempotent():
    """Parts add up to what was charged; the same id again does nothing; terms are held."""
    till = bench()
    till.pay()
    runner = till.runner
    runner.refund("R1", "A1", 400, till.now, sale="S9")
    runner.refund("R1", "A1", 400, till.now, sale="S9")
    with pytest.raises(IntentTermsDiffer):
        runner.refund("R1", "A1", 401, till.now)
    with pytest.raises(RefundExceedsPaid, match="600"):
        runner.refund("R2", "A1", 601, till.now)
    runner.refund("R3", "A1", 600, till.now)
    assert till.payment().verdict == "refunded"
    assert till.driver.net_minor("A1") == 0
    with pytest.raises(UnknownPayment):
        runner.refund("R4", "A9", 1, till.now)


def test_a_refused_refund_ends_and_an_owed_one_goes_on():
    """What a customer wishes may be refused once; money that was never ours is asked for again."""
    till = bench("refund_busy")
    till.pay()
    assert till.runner.refund("R1", "A1", 100, till.now).refund("R1").state == "refused"
    late = bench("uncancellable")
    late.pay()
    late.driver.charges["A1"].behaviour = "refund_busy"
    late.runner.give_up("A1", late.now)
    late.driver.cancel = late.driver.query
    late.settle()
    assert late.payment().verdict == "refunded"
    assert late.journal.kinds().count("tender.refund_refused") == 1


def test_a_payment_given_back_within_its_sale_counts_no_more():
    """The cart may change again only when the money is back."""
    till = bench()
    till.pay()
    payment = till.runner.refund("U1", "A1", 1_000, till.now, sale="S1")
    assert (payment.paid_minor, payment.verdict, payment.unsettled) == (0, "refunded", False)


def test_payments_are_found_by_sale_and_by_the_providers_id():
    """A receipt's provider number leads back to the payment."""
    till = bench("decline", "approve")
    till.pay("A1")
    till.wait(1)
    till.pay("A2")
    assert [each.id for each in till.payments("S1")] == ["A1", "A2"]
    (found,) = payments_by_provider(till.journal.tables, "terminal", "P-A2")
    assert found.id == "A2"
    assert till.journal.tables.get(SNAPSHOTS, b"S1") is not None


def test_a_clock_set_back_does_not_hold_the_till():
    """The steady clock ends the wait when the wall clock went back, and the other way round."""
    for wall, steady in ((-(10**9), 40_000), (40_000, -900_000), (-(10**9), -900_000)):
        till = bench("silent_unpaid")
        till.pay()
        till.wall_ms += wall
        till.steady_ms += steady
        till.restart()
        till.runner.step(till.now)
        assert till.payment().state == "cancelling"


def test_a_missing_driver_leaves_the_payment_in_doubt():
    """An uninstalled plugin is no answer."""
    till = bench("lost_answer")
    till.pay()
    runner = till._runner(till.journal.commit)
    runner._drivers = {}
    runner.resume(till.runner.in_doubt(), till.now)
    assert runner.step(till.now).state == "unknown"


def test_settlement_lines_are_typed():
    """A line has a direction by its kind, never by its sign."""
    line = SettlementLine(intent="A1", kind="refund", amount_minor=1, refund="R1")
    assert line.amount_minor == 1


class HttpError(Exception):
    """Like many libraries' own errors, its code is a number."""

    code = 502


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "yes",
        HttpError(),
        Approved(intent="A1", amount_minor=2**63, currency="CNY"),
        Approved(intent="A1", amount_minor=2**70, currency="CNY"),
        Approved(intent="A1", amount_minor=0, currency="CNY"),
        Approved(intent="A1", amount_minor=1_000, currency="CNY", tip_minor=-1),
        Approved(intent="A1", amount_minor=1_000, currency="CNY", account="\ud800"),
        Declined(intent="A1", reason=b"bytes"),
    ],
)
def test_rubbish_from_a_driver_is_doubt(answer):
    """Whatever a driver returns or raises, the sale sees a payment in doubt."""
    till = bench()

    def begin(intent):
        if isinstance(answer, Exception):
            raise answer
        return answer

    till.driver.begin = begin
    assert till.pay().state == "unknown"
    assert till.journal.reopened().kinds() == ["tender.intended", "tender.doubted"]


def test_long_texts_of_a_provider_fit():
    """A reason is cut, and an id longer than a key still leads to its payment."""
    long = "标" * 5_000
    till = bench()
    till.driver.begin = lambda intent: Approved(
        intent="A1", amount_minor=1_000, currency="CNY", provider_id=long
    )
    till.pay()
    (found,) = payments_by_provider(till.journal.tables, "terminal", long)
    assert found.id == "A1"
    till.driver.begin = lambda intent: Declined(intent="A2", reason=long)
    assert len(till.pay("A2").reason) == 500


def test_a_driver_that_cannot_say_what_it_can_do_is_refused():
    """A broken driver is a refusal in words, with nothing journaled."""

    class Broken(FakeTerminal):
        @property
        def capabilities(self):
            raise OSError

        @capabilities.setter
        def capabilities(self, value): ...

    till = TenderBench(Broken())
    with pytest.raises(TenderRefused, match="another tender"):
        till.pay()
    assert till.journal.records == []


def test_an_answer_that_cannot_be_journaled_is_asked_for_again():
    """When the disk refuses the outcome, the till does not act on it; the next step queries."""
    till = bench()
    full = True

    def commit(events, *, at, staff=""):
        if full and events[0].kind == "tender.approved":
            raise OSError("disk full")
        return till.journal.commit(events, at=at, staff=staff)

    till.restart(commit)
    with pytest.raises(OSError, match="disk full"):
        till.pay()
    assert till.runner.payment("A1").verdict == "in_doubt"
    full = False
    assert till.runner.step(till.now).verdict == "paid"


def test_giving_up_twice_still_asks_until_the_cancel_is_answered():
    """A cashier who presses again loses nothing: the payment is cancelled, its money is back."""
    bench = TenderBench(FakeTerminal(["mute_paid"]))
    bench.pay()
    for _ in range(3):
        bench.runner.give_up("A1", bench.now)
        assert bench.runner.next_ms is not None
    bench.settle()
    assert bench.payment().verdict == "not_paid"
    assert bench.driver.net_minor("A1") == 0
