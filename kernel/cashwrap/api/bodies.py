"""What requests carry. Names are those of the Python API; unknown fields are refused."""

from typing import Annotated, Any, Literal

import msgspec

from cashwrap.staff.rights import Right

Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Words = Annotated[str, msgspec.Meta(max_length=2000)]
Code = Annotated[str, msgspec.Meta(max_length=4000)]
Quantity = (
    Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
    | Annotated[str, msgspec.Meta(max_length=40)]
)
Lines = Annotated[list[Whole], msgspec.Meta(max_length=2000)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Common to all bodies."""


class SessionBody(Body, frozen=True):
    """Sign in at a register; a shop without accounts takes no ``pin``."""

    staff: Words = ""
    pin: Words = ""
    register: Words = ""


class TrainingBody(Body, frozen=True):
    """Enter training (``fresh``: nothing of what was practised before), or leave it."""

    on: bool
    fresh: bool = False


class NewSaleBody(Body, frozen=True):
    """Begin a sale."""

    order_type: Words = ""
    customer: Words = ""


class ScanBody(Body, frozen=True):
    """What a scanner read."""

    code: Code


class LineBody(Body, frozen=True):
    """Add an item by SKU or PLU. ``choices``: slot name to the chosen SKUs."""

    sku: Words
    quantity: Quantity = 1
    unit: Words = ""
    modifiers: list[str] = []
    choices: dict[str, list[str]] | None = None
    lot: Words = ""


class SpecBody(Body, frozen=True):
    """Another variant, other modifiers or other choices of a line; None keeps what there is."""

    sku: Words = ""
    modifiers: list[str] | None = None
    choices: dict[str, list[str]] | None = None


class LineChange(Body, frozen=True):
    """What to change on a line: exactly one of these."""

    quantity: Quantity | None = None
    weighed: bool = False
    spec: SpecBody | None = None
    note: Words | None = None
    seller: Words | None = None


class SaleChange(Body, frozen=True):
    """What to change on the whole sale: exactly one of these."""

    note: Words | None = None
    seller: Words | None = None
    order_type: Words | None = None
    points: Whole | None = None
    tenders: list[str] | None = None


class ReasonBody(Body, frozen=True):
    """Why."""

    reason: Words = ""


class OverrideBody(Body, frozen=True):
    """A price by hand."""

    line: Whole
    unit_minor: Whole
    reason: Words


class DiscountBody(Body, frozen=True):
    """A discount by hand: exactly one of the amounts; no ``lines`` means the order."""

    reason: Words
    percent_ppm: Whole = 0
    amount_minor: Whole = 0
    unit_price_minor: Whole | None = None
    lines: Lines = []


class CouponBody(Body, frozen=True):
    """A coupon that is shown."""

    code: Words
    rule: Words = ""
    expires_ms: Whole = 0


class CustomerBody(Body, frozen=True):
    """Who buys; what is left out is unknown."""

    customer: Words = ""
    member: Words = ""
    tier: Words = ""
    groups: list[str] = []
    facts: list[str] = []
    points: Whole = 0


class ChoiceBody(Body, frozen=True):
    """A promotion that is to count, or to be left out."""

    rule: Words
    choice: Literal["chosen", "refused"]


class SuspendBody(Body, frozen=True):
    """Park the sale."""

    reason: Words = ""
    key: Words = ""
    note: Words = ""


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
    """Money off lines of a finished sale whose goods stay, taxes included."""

    receipt: Whole | Words
    lines: list[AdjustedLine]
    reason: Words = ""


class ReturnBody(Body, frozen=True):
    """Goods of a receipt that come back; no ``lines`` means all that is left.

    Without a ``receipt`` it is goods named by ``sku``, where the shop takes those.
    """

    receipt: Whole | Words = ""
    lines: list[ReturnedLine] | None = None
    sku: Words = ""
    quantity: Quantity = 1
    unit: Words = ""
    modifiers: list[str] = []
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


class SwipeBody(Body, frozen=True):
    """A card that was swiped."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    reason: Words = ""


class ReprintBody(Body, frozen=True):
    """Print a receipt again."""

    gift: bool = False


class OrderBody(Body, frozen=True):
    """An order of groups, or of the SKUs in one; an empty one goes back to headquarters'."""

    codes: Annotated[list[str], msgspec.Meta(max_length=5000)]


class OpenShiftBody(Body, frozen=True):
    """Begin a shift."""

    float_minor: Whole
    drawer: Words = ""


class CashMoveBody(Body, frozen=True):
    """Cash in or out without a sale."""

    amount_minor: Whole
    reason: Words = ""


class ShiftBody(Body, frozen=True):
    """A shift by its number; 0 is the register's."""

    number: Whole = 0


class JoinBody(Body, frozen=True):
    """Work on the shift of a drawer."""

    drawer: Words


class CountBody(Body, frozen=True):
    """What was counted: pieces by unit in minor units, other tenders by name."""

    cash: dict[str, Whole]
    tenders: dict[str, Whole] = {}
    number: Whole = 0


class ActBody(Body, frozen=True):
    """An act as `staff.approval_needed` named it."""

    right: Right
    subject: Words = ""
    detail: Words = ""
    amount_minor: Whole = 0
    rate_ppm: Whole = 0


class ApprovalBody(Body, frozen=True):
    """An approval, or with ``refuse`` a no."""

    act: ActBody
    approver: Words
    pin: Words
    refuse: bool = False
    reason: Words = ""


class SettingsBody(Body, frozen=True):
    """All settings of a plugin. What is left out has its default; a secret stays as it is."""

    values: dict[str, Any]


class AsideBody(Body, frozen=True):
    """Why a plugin is to be asked no more."""

    reason: Words = ""


class PanelFaultBody(Body, frozen=True):
    """What a panel of a plugin raised in a page."""

    panel: Words
    told: Words
