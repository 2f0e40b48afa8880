"""The doubt machine: what an answer, or none, makes of a payment, and what to do next.

One table says it all: (state, what came) -> (next state, what is recorded, what to do). State only
moves forward, silence never turns into a no, and every pair stands in the table. docs/tenders.md
prints it.
"""

from typing import Literal, NamedTuple, get_args

import msgspec

from cashwrap.events import Event
from cashwrap.money import INT64_MAX
from cashwrap.ports import Timestamp
from cashwrap.tender import records
from cashwrap.tender.driver import (
    Approved,
    Cancelled,
    Declined,
    NotFound,
    Outcome,
    Pending,
    Unknown,
)
from cashwrap.tender.payments import Payment, PaymentState, Refund, RefundState, apply_all

Call = Literal["begin", "query", "cancel", "refund", "notice"]
Came = Literal[
    "approved",
    "declined",
    "pending",  # before the deadline, or where no cancel exists
    "unknown",  # likewise
    "not_found",  # likewise
    "expired",  # one of the three, after the deadline, with a driver that can cancel
    "cancelled",
    "nothing_to_cancel",  # a cancel was answered: not found
    "watch_over",  # the watch's last look found no approval
    "restart",
    "give_up",  # the cashier's cancel
    "declared_paid",  # a person's word
    "declared_unpaid",
]
RefundCame = Literal[
    "given",
    "denied",
    "denied_owed",
    "no_answer",
    "restart",
    "declared_given",  # a person's word
    "declared_kept",
]
Do = Literal[
    "none", "query", "query later", "watch", "cancel", "cancel later", "refund", "refund later"
]
Act = Literal["none", "query", "cancel", "refund"]

WATCH_MS = 60_000
_POLL_MS = (200, 30_000)
_BACKOFF_FIRST_MS, _BACKOFF_MAX_MS = 1_000, 60_000


class Row(NamedTuple):
    """What follows: the state, the record ("" for none), and what to do."""

    state: PaymentState | RefundState
    record: records.Record = ""
    do: Do = "none"


class Answer(msgspec.Struct, frozen=True):
    """What a driver said, and in answer to what; ``notice`` is what it said unasked."""

    call: Call
    outcome: Outcome


Input = Answer | records.Declared | Literal["restart", "give_up"]
RefundInput = Outcome | records.Declared | Literal["restart"]


class Decision(msgspec.Struct, frozen=True):
    """Events to journal before anything else, the payment after them, and what to do when."""

    payment: Payment
    events: tuple[Event, ...]
    act: Act = "none"
    after_ms: int = 0


def _waiting(state: PaymentState, doubted: Row) -> dict[Came, Row]:
    """Return the rows that the three states before any decision share."""
    return {
        "approved": Row("approved", "approved"),
        "declined": Row("declined", "declined"),
        "pending": Row("pending", "" if state == "pending" else "asked", "query later"),
        "unknown": doubted,
        "not_found": doubted,
        "expired": Row("cancelling", "expired", "cancel"),
        "cancelled": Row("cancelled", "cancelled", "watch"),
        "nothing_to_cancel": doubted,
        "watch_over": Row(state),
        "restart": Row(state, "", "query"),
        "give_up": Row("cancelling", "given_up", "cancel"),
        "declared_paid": Row("approved", "declared"),
        "declared_unpaid": Row("cancelled", "declared", "watch"),
    }


def _ended(state: PaymentState, **other: Row) -> dict[Came, Row]:
    """Return the rows of a decided state: everything leaves it as it is, but for ``other``."""
    return {came: other.get(came, Row(state)) for came in get_args(Came)}


_AGAINST = Row("approved", "contradicted")
_LATE = Row("late", "late", "refund")

TABLE: dict[PaymentState, dict[Came, Row]] = {
    "intended": _waiting("intended", Row("unknown", "doubted", "query later")),
    "pending": _waiting("pending", Row("unknown", "doubted", "query later")),
    "unknown": _waiting("unknown", Row("unknown", "", "query later")),
    "cancelling": {
        "approved": _LATE,
        "declined": Row("declined", "declined"),
        "pending": Row("cancelling", "", "cancel later"),
        "unknown": Row("cancelling", "", "cancel later"),
        "not_found": Row("cancelling", "", "cancel later"),
        "expired": Row("cancelling", "", "cancel later"),
        "cancelled": Row("cancelled", "cancelled", "watch"),
        "nothing_to_cancel": Row("cancelled", "cancelled", "watch"),
        "watch_over": Row("cancelling"),
        "restart": Row("cancelling", "", "query"),
        "give_up": Row("cancelling", "", "cancel"),  # pressed again
        "declared_paid": Row("approved", "declared"),
        "declared_unpaid": Row("cancelled", "declared", "watch"),
    },
    "approved": _ended(
        "approved",
        approved=Row("approved", "repeated"),
        declined=_AGAINST,
        not_found=_AGAINST,
        expired=Row("approved"),
        cancelled=_AGAINST,
        nothing_to_cancel=_AGAINST,
    ),
    "declined": _ended("declined", approved=_LATE),
    "cancelled": _ended(
        "cancelled",
        approved=_LATE,
        declined=Row("cancelled", "", "watch"),
        pending=Row("cancelled", "", "watch"),
        unknown=Row("cancelled", "", "watch"),
        not_found=Row("cancelled", "", "watch"),
        expired=Row("cancelled", "", "watch"),
        cancelled=Row("cancelled", "", "watch"),
        nothing_to_cancel=Row("cancelled", "", "watch"),
        watch_over=Row("closed", "closed"),
        restart=Row("cancelled", "", "query"),
    ),
    "closed": _ended("closed", approved=_LATE),
    "late": _ended("late", approved=Row("late", "repeated"), restart=Row("late", "", "refund")),
    "refunded": _ended("refunded", approved=Row("refunded", "repeated")),
}

REFUND_TABLE: dict[RefundState, dict[RefundCame, Row]] = {
    "refunding": {
        "given": Row("given_back", "refunded"),
        "denied": Row("refused", "refund_refused"),
        "denied_owed": Row("refunding", "refund_refused", "refund later"),
        "no_answer": Row("refunding", "", "refund later"),
        "restart": Row("refunding", "", "refund"),
        "declared_given": Row("given_back", "refund_declared"),
        "declared_kept": Row("refused", "refund_declared"),
    },
    "given_back": {came: Row("given_back") for came in get_args(RefundCame)},
    "refused": {came: Row("refused") for came in get_args(RefundCame)},
}


def decide(payment: Payment, came: Input, now: Timestamp, attempts: int = 0) -> Decision:
    """Return what an answer (or a restart, or a person's word) makes of a payment.

    ``attempts`` counts the answers in a row that said nothing, for the backoff. An approval of
    more than was asked for, beyond its tip, brings its own refund of the excess.
    """
    answer = came if isinstance(came, Answer) else None
    row = TABLE[payment.state][classify(payment, came, now)]
    said = trusted(payment, came.outcome) if isinstance(came, Answer) else came
    events = records.build(row.record, payment, None if isinstance(said, str) else said)
    act, wait_ms = _next(payment, row.do, answer, now, attempts)
    return Decision(apply_all(payment, events, now.wall_ms), events, act, wait_ms)


def decide_refund(
    payment: Payment, refund: Refund, came: RefundInput, now: Timestamp, attempts: int = 0
) -> Decision:
    """Return what an answer makes of one refund of a payment."""
    row = REFUND_TABLE[refund.state][_classify_refund(payment, refund, came)]
    said = None if isinstance(came, str) else came
    events = records.build_refund(row.record, payment, refund, said)
    wait_ms = backoff_ms(attempts) if row.do == "refund later" else 0
    act: Act = "none" if row.do == "none" else "refund"
    return Decision(apply_all(payment, events, now.wall_ms), events, act, wait_ms)


def trusted(payment: Payment, outcome: Outcome) -> Outcome:
    """Return the outcome, or `Unknown` where it is not about this payment or makes no sense."""
    if isinstance(outcome, Unknown):
        return outcome
    if outcome.intent != payment.id:
        return Unknown(reason="wrong_intent")
    if isinstance(outcome, Approved):
        if outcome.currency != payment.currency:
            return Unknown(reason="wrong_currency")
        if not 0 <= outcome.tip_minor < outcome.amount_minor <= INT64_MAX:
            return Unknown(reason="wrong_amount")
    return outcome


def classify(payment: Payment, came: Input, now: Timestamp) -> Came:
    """Return the table's column for what came."""
    if isinstance(came, records.Declared):
        return "declared_paid" if came.paid else "declared_unpaid"
    if isinstance(came, str):
        return came
    outcome = trusted(payment, came.outcome)
    if isinstance(outcome, Approved):
        return "approved"
    over = elapsed_ms(payment, now) >= _timeout_ms(payment) + WATCH_MS
    if payment.state == "cancelled" and over and not isinstance(outcome, Unknown | Pending):
        return "watch_over"
    if isinstance(outcome, Declined):
        return "declined"
    if isinstance(outcome, Cancelled):
        return "cancelled"
    if isinstance(outcome, NotFound) and came.call == "cancel":
        return "nothing_to_cancel"
    if payment.can_cancel and elapsed_ms(payment, now) >= _timeout_ms(payment):
        return "expired"
    if isinstance(outcome, Pending):
        return "pending"
    return "not_found" if isinstance(outcome, NotFound) else "unknown"


def _classify_refund(payment: Payment, refund: Refund, came: RefundInput) -> RefundCame:
    if isinstance(came, records.Declared):
        return "declared_given" if came.paid else "declared_kept"
    if isinstance(came, str):
        return came
    answer = trusted(payment, came)
    if isinstance(answer, Approved) and answer.amount_minor == refund.amount_minor:
        return "given"
    if isinstance(answer, Declined):
        return "denied_owed" if refund.owed else "denied"
    return "no_answer"


def elapsed_ms(payment: Payment, now: Timestamp) -> int:
    """Return how long ago the payment began, by whichever clock says more.

    The wall clock may be set back while the till runs, the steady one starts anew with the
    device. Where both went back, nothing can be said and the deadline counts as passed: giving up
    early is safe, because a cancel has to answer.
    """
    wall = now.wall_ms - payment.begun.wall_ms
    steady = now.steady_ms - payment.begun.steady_ms
    if wall < 0 and steady < 0:
        return _timeout_ms(payment) + WATCH_MS
    return max(wall, steady)


def backoff_ms(attempts: int) -> int:
    """Return the wait before the next try: 1, 2, 4, ... seconds, a minute at most."""
    return min(_BACKOFF_FIRST_MS << min(attempts, 6), _BACKOFF_MAX_MS)


def _timeout_ms(payment: Payment) -> int:
    return payment.deadline_ms - payment.begun.wall_ms


def _next(
    payment: Payment, do: Do, answer: Answer | None, now: Timestamp, attempts: int
) -> tuple[Act, int]:
    elapsed = elapsed_ms(payment, now)
    if do == "query later":
        return "query", _query_wait(payment, answer, elapsed, attempts)
    if do == "watch":
        return "query", backoff_ms(attempts + 1)
    if do == "cancel":
        return "cancel", max(0, payment.cancel_after_ms - elapsed)
    if do == "cancel later":  # each cancel without an answer is followed by one more look
        if answer is not None and answer.call == "query":
            return "cancel", max(0, payment.cancel_after_ms - elapsed)
        return "query", backoff_ms(attempts)
    return ("none" if do == "refund later" else do), 0


def _query_wait(payment: Payment, answer: Answer | None, elapsed: int, attempts: int) -> int:
    wait = backoff_ms(attempts)
    if answer is not None and isinstance(answer.outcome, Pending):
        wait = min(max(answer.outcome.next_poll_ms, _POLL_MS[0]), _POLL_MS[1])
    left = _timeout_ms(payment) - elapsed
    return min(wait, left) if payment.can_cancel and left > 0 else wait
