"""What a tender driver is: the protocol, what it is told, and what it may answer.

A driver talks to one provider (a card terminal, a wallet, a gift card host). It keeps no state that
matters: the till remembers, and asks again under the same ids. Money is an int of minor units.
docs/tenders.md shows a whole driver.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal, Protocol

import msgspec

TenderKind = Literal["cash", "card", "wallet", "stored_value", "voucher", "other"]


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a driver can do.

    ``currencies`` empty means any; ``amount_max_minor`` 0 means no limit. ``needs_scan`` is true
    when the customer's code must be scanned first (付款码). ``offline`` is "store" only when the
    terminal itself says that it stores and forwards. A cancel is not sent sooner than
    ``cancel_after_ms`` after the begin. ``timeout_ms`` is how long a customer may take.
    """

    kind: TenderKind
    currencies: tuple[str, ...] = ()
    cancel: bool = True
    refund: bool = True
    partial_refund: bool = True
    settlement: bool = False
    offline: Literal["none", "store"] = "none"
    amount_max_minor: int = 0
    needs_scan: bool = False
    cancel_after_ms: int = 0
    timeout_ms: int = 60_000


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One payment to ask for. ``id`` is what the provider deduplicates by (out_trade_no).

    ``auth_code`` is the customer's scanned code; it is never journaled and is good for one begin.
    ``deadline_ms`` is wall time in ms, after which the till stops waiting and cancels.
    """

    id: str
    sale: str
    driver: str
    amount_minor: int
    currency: str
    deadline_ms: int
    auth_code: str = ""


class Approved(msgspec.Struct, frozen=True, kw_only=True, tag="approved"):
    """The provider took (or, for a refund, gave back) ``amount_minor``, tip included.

    ``account`` is masked (first six and last four digits at most), ``raw_digest`` the SHA-256 hex
    of the raw answer, never the answer itself. ``stored`` means the terminal will forward it later.
    """

    intent: str
    amount_minor: int
    currency: str
    tip_minor: int = 0
    provider_id: str = ""
    account: str = ""
    raw_digest: str = ""
    stored: bool = False


class Declined(msgspec.Struct, frozen=True, kw_only=True, tag="declined"):
    """A definite no that holds for ever: nothing was taken and nothing will be."""

    intent: str
    reason: str
    provider_id: str = ""
    raw_digest: str = ""


class Pending(msgspec.Struct, frozen=True, kw_only=True, tag="pending"):
    """The provider knows the payment and waits for the customer; ask again after ``next_poll_ms``.

    ``show`` is what the customer has to scan, if the till must show a code.
    """

    intent: str
    next_poll_ms: int = 2000
    show: str = ""


class Unknown(msgspec.Struct, frozen=True, kw_only=True, tag="unknown"):
    """No answer that can be trusted. ``reason`` is a short word: timeout, bad_signature, ..."""

    reason: str = "timeout"


class NotFound(msgspec.Struct, frozen=True, kw_only=True, tag="not_found"):
    """The provider answered that it knows no payment under this id."""

    intent: str


class Cancelled(msgspec.Struct, frozen=True, kw_only=True, tag="cancelled"):
    """The payment is closed or reversed: the customer keeps, or has back, all the money."""

    intent: str
    provider_id: str = ""


Outcome = Approved | Declined | Pending | Unknown | NotFound | Cancelled


class SettlementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a provider's settlement; ``amount_minor`` >= 0 and the kind gives the direction.

    ``refund`` is our refund id on a line of kind "refund". ``fee_minor`` is what the provider
    keeps for this line (negative when it gives a fee back).
    """

    intent: str
    kind: Literal["payment", "refund"]
    amount_minor: int
    fee_minor: int = 0
    refund: str = ""
    provider_id: str = ""
    at_ms: int = 0


class TenderDriver(Protocol):
    """One provider of payments.

    Every method may raise anything, or answer `Unknown`: both mean doubt, never a decline. None may
    block longer than a few seconds; a payment that takes longer answers `Pending`.
    """

    @property
    def capabilities(self) -> Capabilities:
        """Return what the driver can do; constant."""
        ...

    def begin(self, intent: Intent) -> Outcome:
        """Ask for the money. The same id again must not charge again."""
        ...

    def query(self, intent_id: str) -> Outcome:
        """Return how the payment stands; safe to repeat for ever."""
        ...

    def cancel(self, intent_id: str) -> Outcome:
        """Close or reverse the payment and return how it stands then; safe to repeat.

        `NotFound` says that there is nothing to cancel, `Approved` that it was paid and stays so.
        A cancel that was merely refused is `Unknown`.
        """
        ...

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        """Give money back once per ``refund_id``; `Approved` names the amount given back."""
        ...

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        """Yield the provider's lines of a day. Raises SettlementDamaged."""
        ...


class RefundTeller(TenderDriver, Protocol):
    """A driver that can also say how a refund stands, without asking for it."""

    def refunded(self, refund_id: str, intent_id: str) -> Outcome:
        """Return `Approved` with what a refund gave back, `NotFound` where it gave nothing."""
        ...
