"""What this plugin journals."""

import msgspec

from cashwrap.events import Event, event


class ProtectedLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line whose price fell: what was paid for the quantity, what it comes to now, the rest."""

    line: int
    sku: str
    quantity_milli: int
    paid_minor: int
    now_minor: int
    refund_minor: int


@event("promotions.price_protected")
class PriceProtected(Event, frozen=True):
    """The difference to a later lower price was refunded, once for each line.

    ``day`` is the business day of the claim, ``tender`` how the money was given.
    """

    sale: str
    number: int
    day: int
    lines: tuple[ProtectedLine, ...]
    refund_minor: int
    tender: str
