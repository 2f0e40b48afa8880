"""What requests about an open sale carry."""

from typing import Literal

import msgspec

from cashwrap.api.bodies import Body, Code, Lines, Quantity, Whole, Words


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
    modifiers: list[str] = msgspec.field(default_factory=list)
    choices: dict[str, list[str]] | None = None
    lot: Words = ""


class SpecBody(Body, frozen=True):
    """Another variant, unit, other modifiers or choices of a line; None keeps what there is.

    ``unit`` is "" for the base unit, or a pack's: one piece becomes one case.
    """

    sku: Words = ""
    unit: Words | None = None
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
    lines: Lines = msgspec.field(default_factory=list)


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
    groups: list[str] = msgspec.field(default_factory=list)
    facts: list[str] = msgspec.field(default_factory=list)
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
