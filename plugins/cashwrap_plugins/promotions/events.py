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


@event("promotions.markdowns_read")
class MarkdownsRead(Event, frozen=True):
    """The shop's file of markdowns is another than before, and counts from now on.

    ``digest`` is the SHA-256 of what is in it, "" where there is none; ``prices`` how many it has,
    ``wrong`` the first of what counts for nobody or not as it stands, ``wrong_count`` how much.
    """

    file: str
    digest: str
    prices: int
    wrong: tuple[str, ...] = ()
    wrong_count: int = 0
