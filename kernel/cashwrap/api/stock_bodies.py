"""What requests about stock carry."""

from typing import Annotated, Literal

import msgspec

from cashwrap.api.bodies import Body, Whole, Words

Milli = Annotated[
    int,
    msgspec.Meta(
        ge=-(2**63), le=2**63 - 1, description="Thousandths of the item's base unit, above zero."
    ),
]
Date = Annotated[int, msgspec.Meta(ge=0, le=9999_12_31, description="yyyymmdd, 0 for none.")]
Document = Annotated[
    str, msgspec.Meta(max_length=2000, description="The document's number, the shop's own.")
]
Location = Annotated[
    str,
    msgspec.Meta(
        max_length=2000,
        description="`store:S001`, `warehouse:W1`, ...; left out, this till's own place.",
    ),
]


class ReceivedBody(Body, frozen=True):
    """Goods that come in, with their total cost, minor units."""

    sku: Words
    quantity_milli: Milli
    cost_minor: Whole
    lot: Words = ""
    expires: Date = 0
    owner: Words = ""


class ReceiveBody(Body, frozen=True):
    """Goods from a supplier, or opening balances. ``reference``: the delivery note's number."""

    document: Document
    lines: Annotated[list[ReceivedBody], msgspec.Meta(max_length=5000)]
    source: Annotated[str, msgspec.Meta(max_length=2000, description="Such as `supplier:ACME`.")]
    location: Location = ""
    type: Literal["receipt", "opening"] = "receipt"
    reference: Words = ""


class AmountBody(Body, frozen=True):
    """So much of one SKU, of a lot ("": any) and an owner (left out: any)."""

    sku: Words
    quantity_milli: Milli
    lot: Words = ""
    owner: Words | None = None


class MoveBody(Body, frozen=True):
    """Goods that go, come, spoil or are put right.

    ``other`` is where they go to (send-back: the supplier). An adjustment's quantities are above
    zero for what was found, below zero for what is gone.
    """

    document: Document
    lines: Annotated[list[AmountBody], msgspec.Meta(max_length=5000)]
    location: Location = ""
    other: Words = ""
    reason: Words = ""


class CloseTransferBody(Body, frozen=True):
    """What was sent and never arrived is written off."""

    document: Document
    skus: Annotated[list[str], msgspec.Meta(max_length=5000)]
    reason: Words = ""


class CountAtBody(Body, frozen=True):
    """What was counted; what the books say is set beside it at that moment."""

    sku: Words
    counted_milli: Milli
    location: Location = ""
    lot: Words | None = None
    owner: Words | None = None


class CountedBody(Body, frozen=True):
    """A count as ``POST /stock/count`` gave it."""

    sku: Words
    location: Words
    counted_milli: Milli
    book_milli: Milli
    lot: Words | None = None
    owner: Words | None = None


class StocktakeBody(Body, frozen=True):
    """Counts to post, once; sales since each count stand as they are."""

    document: Document
    counts: Annotated[list[CountedBody], msgspec.Meta(max_length=5000)]
    reason: Words = ""


class OutputBody(Body, frozen=True):
    """One product. ``weight`` is its part of the cost; left out, its quantity; 0 carries none."""

    sku: Words
    quantity_milli: Milli
    weight: Whole | None = None
    target: Words = ""
    lot: Words = ""
    expires: Date = 0


class ProduceBody(Body, frozen=True):
    """Goods turned into other goods: a carcass taken apart, a basket put together."""

    document: Document
    inputs: Annotated[list[AmountBody], msgspec.Meta(max_length=5000)]
    outputs: Annotated[list[OutputBody], msgspec.Meta(max_length=5000)]
    location: Location = ""
    reason: Words = ""


class ReserveBody(Body, frozen=True):
    """Goods promised to an order, from places in their order (left out: this till's own).

    ``until_ms`` ends an unpaid promise, 0 never.
    """

    reservation: Words
    lines: Annotated[list[AmountBody], msgspec.Meta(max_length=5000)]
    locations: list[str] = msgspec.field(default_factory=list)
    until_ms: Whole = 0
