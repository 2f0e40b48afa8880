"""A payment terminal that does what a script says, and knows what it really charged.

Its ledger is the truth that a test compares the till with: whatever the till was told, and whenever
it died, ``net_minor`` must be what the sale says was paid.
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Literal, get_args

import msgspec

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
from cashwrap.tender.errors import BadSignature, DeviceError

Behaviour = Literal[
    "approve",
    "decline",
    "slow",  # pending three times, then approved
    "slow_decline",
    "abandoned",  # pending for ever
    "lost_answer",  # charged, but the answer to begin never came
    "lost_request",  # the request never arrived
    "silent_paid",  # charged, and then no call is ever answered
    "silent_unpaid",  # not charged, and no call is ever answered
    "mute_paid",  # charged; answers again at the fifth call
    "late",  # answers the cancel, then charges all the same
    "late_pending",  # pending until the cancel is answered, then charges all the same
    "uncancellable",  # lost the answer, and says "approved" to a cancel
    "partial",  # approves half
    "excess",  # charges one unit more, unasked
    "tip",  # charges one unit more, as a tip
    "wrong_intent",  # answers begin for somebody else's payment, having charged
    "wrong_currency",
    "bad_signature",  # charged; the answer to begin is forged
    "float",  # charged; answers with an amount that is no int
    "raise_before",  # raises an error of its own, not charged
    "raise_after",  # raises an error of its own, charged
    "refund_lost",  # approves; the first answer to a refund never comes
    "refund_refused",  # approves; refuses every refund
    "refund_busy",  # approves; refuses the first refund, gives the next
]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)


class Charge(msgspec.Struct):
    """What the terminal knows about one payment. ``refunds`` is by refund id."""

    intent: Intent
    behaviour: Behaviour
    account: str = ""
    charged_minor: int = 0
    tip_minor: int = 0
    begun: int = 0
    calls: int = 0
    refund_calls: int = 0
    cancelled: bool = False
    refunds: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def net_minor(self) -> int:
        """What the customer has paid in the end."""
        return self.charged_minor - sum(self.refunds.values())


class FakeTerminal:
    """A `TenderDriver` whose n-th payment follows the n-th behaviour of ``script``.

    After the script's end the last behaviour goes on; a ``seed`` instead of a script draws them.
    ``before`` and ``after`` are called around every call's effect and may raise, which is how a
    test kills the till there.
    """

    def __init__(
        self,
        script: Sequence[Behaviour] = ("approve",),
        *,
        seed: int | None = None,
        capabilities: Capabilities | None = None,
        account: str = "411111******1111",
    ) -> None:
        self.capabilities = capabilities or Capabilities(
            kind="card", settlement=True, timeout_ms=30_000
        )
        self.charges: dict[str, Charge] = {}
        self.before: Callable[[str], None] = _nothing
        self.after: Callable[[str], None] = _nothing
        self._account = account
        self._script = tuple(script)
        self._random = None if seed is None else random.Random(seed)

    def begin(self, intent: Intent) -> Outcome:
        """Charge once per id, then answer as scripted."""
        self.before("begin")
        charge = self.charges.get(intent.id)
        if charge is None:
            charge = Charge(intent, self._behaviour(), self._account)
            if charge.behaviour != "lost_request":
                self.charges[intent.id] = charge
            _charge_now(charge)
        charge.begun += 1
        self.after("begin")
        return _begun(charge)

    def query(self, intent_id: str) -> Outcome:
        """Say how the payment stands, if the script lets it answer."""
        self.before("query")
        charge = self.charges.get(intent_id)
        if charge is None:
            return NotFound(intent=intent_id)
        charge.calls += 1
        _answers(charge, "query")
        if charge.behaviour in ("slow", "slow_decline") and charge.calls >= 3:
            _finish(charge)
        self.after("query")
        return _standing(charge)

    def cancel(self, intent_id: str) -> Outcome:
        """Reverse the payment, if the script lets it."""
        self.before("cancel")
        charge = self.charges.get(intent_id)
        if charge is None:
            return NotFound(intent=intent_id)
        charge.calls += 1
        _answers(charge, "cancel")
        if charge.behaviour == "uncancellable":
            return _standing(charge)
        if not charge.cancelled:
            charge.cancelled = True
            charge.charged_minor = 0  # a void: it never shows on the customer's statement
            if charge.behaviour in ("late", "late_pending"):
                charge.charged_minor = charge.intent.amount_minor
        self.after("cancel")
        return Cancelled(intent=intent_id, provider_id=_provider_id(intent_id))

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        """Give back once per refund id, never more than was charged."""
        self.before("refund")
        charge = self.charges.get(intent_id)
        if charge is None:
            return Declined(intent=intent_id, reason="no such payment")
        charge.refund_calls += 1
        _answers(charge, "refund")
        refused = charge.behaviour == "refund_refused"
        busy = charge.behaviour == "refund_busy" and charge.refund_calls == 1
        if refund_id not in charge.refunds:
            if refused or busy or amount_minor > charge.net_minor:
                return Declined(intent=intent_id, reason="refund refused")
            charge.refunds[refund_id] = amount_minor
        self.after("refund")
        if charge.behaviour == "refund_lost" and charge.refund_calls == 1:
            raise TimeoutError
        return _approved(charge, charge.refunds[refund_id])

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        """Yield what was really moved; one day holds all of it, at a fee of 0.6 %, rounded down."""
        for _, charge in sorted(self.charges.items()):
            if charge.charged_minor:
                yield _line(charge, "payment", charge.charged_minor)
            for refund_id, amount in sorted(charge.refunds.items()):
                yield _line(charge, "refund", amount, refund_id)

    def net_minor(self, intent_id: str) -> int:
        """What the customer has really paid under this id."""
        charge = self.charges.get(intent_id)
        return charge.net_minor if charge else 0

    def _behaviour(self) -> Behaviour:
        if self._random is not None:
            return self._random.choice(BEHAVIOURS)
        return self._script[min(len(self.charges), len(self._script) - 1)]


_UNCHARGED: frozenset[Behaviour] = frozenset(
    {
        "decline",
        "slow",
        "slow_decline",
        "abandoned",
        "lost_request",
        "silent_unpaid",
        "late",
        "late_pending",
        "raise_before",
    }
)


def _nothing(call: str) -> None:
    """Let the call go on."""


def _charge_now(charge: Charge) -> None:
    amount = charge.intent.amount_minor
    if charge.behaviour in _UNCHARGED:
        return
    if charge.behaviour == "partial":
        amount = max(1, amount // 2)
    charge.tip_minor = int(charge.behaviour == "tip")
    charge.charged_minor = amount + int(charge.behaviour in ("excess", "tip"))


def _finish(charge: Charge) -> None:
    if charge.behaviour == "slow" and not charge.cancelled and not charge.charged_minor:
        charge.charged_minor = charge.intent.amount_minor


def _answers(charge: Charge, call: str) -> None:
    """Raise where the script gives no answer."""
    silent = charge.behaviour in ("silent_paid", "silent_unpaid")
    mute = charge.behaviour == "mute_paid" and charge.calls < 5 and call != "refund"
    if silent or mute:
        raise DeviceError("terminal", call, "no answer")
    if charge.behaviour == "late" and not charge.cancelled and call == "query":
        raise TimeoutError


def _begun(charge: Charge) -> Outcome:
    intent, behaviour = charge.intent, charge.behaviour
    if behaviour == "raise_before" or behaviour == "raise_after":
        raise ZeroDivisionError
    if behaviour in ("lost_answer", "lost_request", "late", "uncancellable", "mute_paid"):
        raise TimeoutError
    if behaviour in ("silent_paid", "silent_unpaid"):
        return Unknown(reason="timeout")
    if behaviour == "bad_signature":
        raise BadSignature("terminal", "begin")
    if behaviour == "wrong_intent":
        return msgspec.structs.replace(_approved(charge), intent=intent.id + "x")
    if behaviour == "wrong_currency":
        return msgspec.structs.replace(_approved(charge), currency="XXX")
    if behaviour == "float":
        return msgspec.structs.replace(_approved(charge), amount_minor=charge.charged_minor + 0.5)
    return _standing(charge)


def _standing(charge: Charge) -> Outcome:
    intent_id = charge.intent.id
    if charge.charged_minor:
        return _approved(charge)
    if charge.cancelled:
        return Cancelled(intent=intent_id)
    pending = charge.behaviour in ("slow", "slow_decline", "abandoned", "late_pending")
    if pending and not (charge.behaviour == "slow_decline" and charge.calls >= 3):
        return Pending(intent=intent_id, next_poll_ms=1_000, show=f"pay:{intent_id}")
    return Declined(intent=intent_id, reason="insufficient funds")


def _approved(charge: Charge, amount_minor: int = 0) -> Approved:
    intent = charge.intent
    return Approved(
        intent=intent.id,
        amount_minor=amount_minor or charge.charged_minor,
        currency=intent.currency,
        tip_minor=0 if amount_minor else charge.tip_minor,
        provider_id=_provider_id(intent.id),
        account=charge.account,
        raw_digest=hashlib.sha256(intent.id.encode()).hexdigest(),
    )


def _line(
    charge: Charge, kind: Literal["payment", "refund"], amount_minor: int, refund: str = ""
) -> SettlementLine:
    fee = amount_minor * 6 // 1000
    return SettlementLine(
        intent=charge.intent.id,
        kind=kind,
        amount_minor=amount_minor,
        fee_minor=-fee if kind == "refund" else fee,
        refund=refund,
        provider_id=_provider_id(charge.intent.id),
    )


def _provider_id(intent_id: str) -> str:
    return f"P-{intent_id}"
