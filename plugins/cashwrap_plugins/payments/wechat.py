"""WeChat Pay's code payment (付款码支付, API v3) as a tender driver.

It keeps nothing: the till remembers, and asks again under the same numbers. Nothing is said of a
payment but what WeChat Pay signed about this order of this merchant.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

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
from cashwrap.tender.reconcile import check_digest

from . import answers
from .errors import BillNotReady
from .gateway import Answer, Gateway

T = TypeVar("T", bound=msgspec.Struct)

POLL_MS = 5_000  # they ask for 5 to 10 s while the customer types the password
REVERSE_AFTER_MS = 15_000  # no order is reversed sooner
TIMEOUT_MS = 45_000  # then they close the order by themselves
PAY = "/v3/pay/transactions/codepay"
ORDERS = "/v3/pay/transactions/out-trade-no"
REFUNDS = "/v3/refund/domestic/refunds"
BILL = "/v3/bill/tradebill"

# Codes are compared without underscores: both spellings are about, as ORDERNOTEXIST.
NO_SUCH = frozenset({"ORDERNOTEXIST", "RESOURCENOTEXISTS"})
WAITING = frozenset({"USERPAYING"})
ENDED = frozenset({"ORDERREVERSED", "ORDERCLOSED"})
NOT_PAID = frozenset({
    "AUTHCODEEXPIRE", "AUTHCODEEXPIRED", "AUTHCODEINVALID", "AUTHCODEERROR", "NOTENOUGH",
    "NOTSUPORTCARD", "NOTSUPPORTCARD", "BUYERMISMATCH", "ACCOUNTERROR", "RULELIMIT", "TRADEERROR",
    "NOAUTH", "APPIDMCHIDNOTMATCH", "MCHNOTEXISTS", "PARAMERROR",
})  # fmt: skip
"""A no that holds: the order was not paid and, as it is never asked for again, will not be."""

NOT_NOW = frozenset({"SYSTEMERROR", "FREQUENCYLIMITED", "FREQUENCYLIMITEXCEED", "RATELIMITEXCEEDED",
                     "BIZERRNEEDRETRY", "BANKERROR", "SIGNERROR"})  # fmt: skip
NO_BILL = frozenset({"NOSTATEMENTEXIST"})


class WeChatPay:
    """Takes money by the code on a customer's phone. ``store`` is the shop's number for itself."""

    capabilities = Capabilities(
        kind="wallet",
        currencies=("CNY",),
        settlement=True,
        needs_scan=True,
        cancel_after_ms=REVERSE_AFTER_MS,
        timeout_ms=TIMEOUT_MS,
    )

    def __init__(
        self, gateway: Gateway, merchant: str, app: str, description: str, store: str
    ) -> None:
        self._gateway = gateway
        self._merchant = merchant
        self._app = app
        self._description = description
        self._store = store

    def begin(self, intent: Intent) -> Outcome:
        """Ask for the money. The same id again never charges again."""
        request = answers.PayRequest(
            appid=self._app,
            mchid=self._merchant,
            description=self._description,
            out_trade_no=intent.id,
            payer=answers.Payer(intent.auth_code),
            amount=answers.Amount(intent.amount_minor),
            scene_info=answers.Scene(answers.Store(self._store)),
        )
        answer = self._gateway.ask("POST", PAY, request)
        code = _code(answer)
        if code in NOT_PAID:
            return Declined(intent=intent.id, reason=code.lower(), raw_digest=answer.digest)
        if code in WAITING:
            return Pending(intent=intent.id, next_poll_ms=POLL_MS)
        if code:
            return Unknown(reason=code.lower())
        outcome = self._stands(answer, intent.id)
        if isinstance(outcome, Approved) and outcome.amount_minor != intent.amount_minor:
            return Unknown(reason="wrong_amount")
        return outcome

    def query(self, intent_id: str) -> Outcome:
        """Return how the order stands."""
        answer = self._gateway.ask("GET", f"{ORDERS}/{intent_id}?mchid={self._merchant}")
        code = _code(answer)
        if code in NO_SUCH:
            return NotFound(intent=intent_id)
        return Unknown(reason=code.lower()) if code else self._stands(answer, intent_id)

    def cancel(self, intent_id: str) -> Outcome:
        """Reverse the order: it is closed, and given back where it was paid."""
        request = answers.ReverseRequest(self._app, self._merchant)
        answer = self._gateway.ask("POST", f"{ORDERS}/{intent_id}/reverse", request)
        code = _code(answer)
        if code in NO_SUCH:
            return NotFound(intent=intent_id)
        if code in ENDED:
            return Cancelled(intent=intent_id)
        if code in NOT_NOW:
            return Unknown(reason=code.lower())
        if code:  # too late for it, say: paid orders are refunded then
            stands = self.query(intent_id)
            return Unknown(reason=code.lower()) if isinstance(stands, Pending) else stands
        found = _read(answer, answers.Reversed)
        if found is None or (found.mchid, found.out_trade_no) != (self._merchant, intent_id):
            return Unknown(reason="not_understood")
        return Cancelled(intent=intent_id)

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        """Give money of an order back once per refund id.

        What WeChat Pay has taken on counts as given: banks take days to book it to a card.
        """
        paid = self.query(intent_id)  # a refund has to say what the order came to
        if not isinstance(paid, Approved):
            return Unknown(reason="not_paid")
        amount = answers.RefundAmount(amount_minor, paid.amount_minor)
        request = answers.RefundRequest(intent_id, refund_id, amount)
        answer = self._gateway.ask("POST", REFUNDS, request)
        code = _code(answer)
        if not code:
            return self._given(answer, refund_id, intent_id)
        if code in NOT_NOW:
            return Unknown(reason=code.lower())
        stands = self.refunded(refund_id, intent_id)  # refused, unless it was given before
        if isinstance(stands, NotFound):
            return Declined(intent=intent_id, reason=code.lower(), raw_digest=answer.digest)
        return stands

    def refunded(self, refund_id: str, intent_id: str) -> Outcome:
        """Return how a refund stands, without asking for it."""
        answer = self._gateway.ask("GET", f"{REFUNDS}/{refund_id}")
        code = _code(answer)
        if code in NO_SUCH:
            return NotFound(intent=intent_id)
        if code:
            return Unknown(reason=code.lower())
        return self._given(answer, refund_id, intent_id)

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        """Yield the merchant's orders and refunds of a day; from 10:00 of the next it is there.

        Raises SettlementDamaged, BillNotReady, and what asking raises.
        """
        answer = self._gateway.ask("GET", f"{BILL}?bill_date={day.isoformat()}&bill_type=ALL")
        code = _code(answer)
        if code in NO_BILL:
            return
        found = None if code else _read(answer, answers.Bill)
        if found is None or found.hash_type != "SHA1":
            raise BillNotReady("wechat", f"give the bill of {day}", code or "not understood")
        from .bill import lines

        yield from lines(check_digest(self._gateway.fetch(found.download_url), found.hash_value))

    def _stands(self, answer: Answer, intent_id: str) -> Outcome:
        """Return what an order's answer says, where it is of this order of this merchant."""
        order = _read(answer, answers.Transaction)
        if order is None:
            return Unknown(reason="not_understood")
        if (order.mchid, order.out_trade_no) != (self._merchant, intent_id):
            return Unknown(reason="wrong_order")
        match order.trade_state:
            case "SUCCESS" | "REFUND" if order.amount is not None:
                return Approved(
                    intent=intent_id,
                    amount_minor=order.amount.total,
                    currency=order.amount.currency,
                    provider_id=order.transaction_id,
                    raw_digest=answer.digest,
                )
            case "USERPAYING" | "NOTPAY" | "ACCEPT":
                return Pending(intent=intent_id, next_poll_ms=POLL_MS)
            case "REVOKED" | "CLOSED":
                return Cancelled(intent=intent_id, provider_id=order.transaction_id)
            case "PAYERROR":
                return Declined(intent=intent_id, reason="payerror", raw_digest=answer.digest)
        return Unknown(reason="not_understood")

    def _given(self, answer: Answer, refund_id: str, intent_id: str) -> Outcome:
        """Return what a refund's answer says, where it is of this refund of this order."""
        back = _read(answer, answers.Refunded)
        if back is None or (back.out_refund_no, back.out_trade_no) != (refund_id, intent_id):
            return Unknown(reason="not_understood")
        match back.status:
            case "SUCCESS" | "PROCESSING":
                return Approved(
                    intent=intent_id,
                    amount_minor=back.amount.refund,
                    currency=back.amount.currency,
                    provider_id=back.refund_id,
                    raw_digest=answer.digest,
                )
            case "CLOSED":
                return Declined(intent=intent_id, reason="closed", raw_digest=answer.digest)
        return Unknown(reason=back.status.lower())  # ABNORMAL: a person has to look


def _code(answer: Answer) -> str:
    """Return what went wrong by their code, "" for an answer that is one."""
    if 200 <= answer.status < 300:
        return ""
    refusal = _read(answer, answers.Refusal)
    return (refusal.code if refusal else "").replace("_", "") or f"STATUS{answer.status}"


def _read(answer: Answer, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError:
        return None
