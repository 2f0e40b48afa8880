"""What requests carry that take payments, and bring goods or money back."""

from typing import Literal

import msgspec

from cashwrap.api.bodies import Body, Code, Quantity, Whole, Words


class CashBody(Body, frozen=True):
    """Cash that the customer gave."""

    tendered_minor: Whole


class PayScanBody(Body, frozen=True):
    """A payment code or a credit note that was scanned; 0 is all that is due."""

    code: Code
    amount_minor: Whole = 0


class PayBody(Body, frozen=True):
    """Ask a driver; 0 is all that is due."""

    amount_minor: Whole = 0
    auth_code: Words = ""
    online: bool = True


class RecordBody(Body, frozen=True):
    """A payment that was made beside the till."""

    tender: Literal["card", "wallet", "stored_value", "voucher", "other"]
    name: Words
    amount_minor: Whole
    reference: Words = ""


class GiveBackBody(Body, frozen=True):
    """Give all payments of an open sale back."""

    reason: Words
    in_cash: bool = False


class DeclareBody(Body, frozen=True):
    """How a payment in doubt ended, on the word of who saw the slip."""

    paid: bool
    reason: Words
    refund: Words = ""


class ReturnedLine(Body, frozen=True):
    """How much of a line comes back."""

    line: Whole
    quantity: Quantity = 1


class AdjustedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the original, and what the customer is to get for it."""

    line: Whole
    amount_minor: Whole


class AdjustBody(Body, frozen=True):
    """Money off lines of a finished sale whose goods stay, taxes included.

    ``once``: a line that had money off before is refused, as price protection has it.
    """

    receipt: Whole | Words
    lines: list[AdjustedLine]
    reason: Words = ""
    once: bool = False


class ReturnBody(Body, frozen=True):
    """Goods of a receipt that come back; no ``lines`` means all that is left.

    Without a ``receipt`` it is goods named by ``sku``, where the shop takes those.
    """

    receipt: Whole | Words = ""
    lines: list[ReturnedLine] | None = None
    sku: Words = ""
    quantity: Quantity = 1
    unit: Words = ""
    modifiers: list[str] = msgspec.field(default_factory=list)
    lot: Words = ""
    serial: Words = ""
    reason: Words = ""
    location: Words = "sellable"
    charge_gifts: bool = False


class ReturnQuoteBody(Body, frozen=True):
    """Goods of a receipt that might come back, on the open ``sale`` or on none."""

    lines: list[ReturnedLine] | None = None
    sale: Words = ""
    charge_gifts: bool = False


class ReturnQuoteItemBody(Body, frozen=True):
    """Goods that might come back without a receipt."""

    sku: Words
    quantity: Quantity = 1


class RefundBody(Body, frozen=True):
    """Give back what is due: to who paid (""), in cash, or on a credit note."""

    to: Literal["", "cash", "credit"] = ""
    amount_minor: Whole = 0
    online: bool = True
