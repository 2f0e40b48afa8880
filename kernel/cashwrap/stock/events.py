"""What the journal says of stock, beside the moves that sales carry themselves."""

from typing import Literal

import msgspec

from cashwrap.events import Event, event
from cashwrap.stock.moves import StockMove

DocumentType = Literal[
    "receipt",
    "transfer",
    "adjustment",
    "stocktake",
    "waste",
    "production",
    "opening",
    "return",
    "delivery",
]


class StockHold(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A quantity (> 0) of one SKU promised at a held location; lot and owner may be left open."""

    sku: str
    quantity_milli: int
    location: str
    lot: str = ""
    owner: str = ""


@event("stock.moved")
class StockMoved(Event, frozen=True):
    """A stock document was posted: its number, type, all its moves, and why.

    A transfer posts several times under one number (shipped, received, difference closed).
    ``reference`` is the other side's number (a delivery note), ``reservation`` the reservation
    that the goods were promised under.
    """

    moves: tuple[StockMove, ...]
    document: str
    type: DocumentType
    reason: str = ""
    reference: str = ""
    reservation: str = ""
    approver: str = ""


@event("stock.reserved")
class StockReserved(Event, frozen=True):
    """Stock was promised to an order. ``until_ms`` (wall clock) ends an unpaid promise; 0 never."""

    reservation: str
    holds: tuple[StockHold, ...]
    until_ms: int = 0
    approver: str = ""


@event("stock.released")
class StockReleased(Event, frozen=True):
    """Promised stock was given free, in whole or part: cancelled, expired, or handed over."""

    reservation: str
    holds: tuple[StockHold, ...]
    reason: str = ""
    approver: str = ""


class MovesOnly(Event, frozen=True):
    """The leading field of an event that begins with its moves, left packed: a fast rebuild."""

    moves: msgspec.Raw = msgspec.Raw(b"\x90")
