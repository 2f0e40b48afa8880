"""Refusals of the stock ledger. Each leaves every balance as it was."""

from cashwrap.errors import CashwrapError
from cashwrap.money import format_quantity


class StockError(CashwrapError):
    """A refused stock movement."""

    code = "stock.refused"


class MoveRefused(StockError):
    """A move that no ledger can hold: its quantity, location, lot, owner or date is wrong."""

    code = "stock.move"


class UnknownLocation(MoveRefused):
    """A location whose kind is not one of those in `cashwrap.stock.moves`."""

    code = "stock.location"

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location

    def __str__(self) -> str:
        return (
            f"{self.location[:60]!r} is not a stock location: write store:S001, warehouse:W1, "
            "transit:DOC, supplier:NAME, customer, loss or production"
        )


class InsufficientStock(StockError):
    """There is less than is wanted, and the policy does not let the books go below zero."""

    code = "stock.insufficient"

    def __init__(self, sku: str, have_milli: int, want_milli: int) -> None:
        super().__init__(sku, have_milli, want_milli)  # args stay picklable
        self.sku = sku
        self.have_milli = have_milli
        self.want_milli = want_milli

    def __str__(self) -> str:
        return (
            f"{self.sku}: {format_quantity(self.want_milli)} wanted, "
            f"{format_quantity(self.have_milli)} available: receive or count it, or take less"
        )


class DocumentPosted(StockError):
    """A document that may be posted once has been posted."""

    code = "stock.document_posted"

    def __init__(self, type: str, document: str) -> None:
        super().__init__(type, document)
        self.type = type
        self.document = document

    def __str__(self) -> str:
        return f"{self.type} {self.document!r} is posted already: use a new document number"


class UnknownReservation(StockError):
    """The reservation was never made, or nothing is left of it."""

    code = "stock.reservation_unknown"

    def __init__(self, reservation: str) -> None:
        super().__init__(reservation)
        self.reservation = reservation

    def __str__(self) -> str:
        return f"reservation {self.reservation!r} holds nothing: it was released or never made"


class ReservationTaken(StockError):
    """The reservation's id is in use."""

    code = "stock.reservation_taken"

    def __init__(self, reservation: str) -> None:
        super().__init__(reservation)
        self.reservation = reservation

    def __str__(self) -> str:
        return f"reservation {self.reservation!r} already holds stock: release it first"


class RecipeRefused(StockError):
    """A recipe that draws from itself, or is too deep or too wide to be meant."""

    code = "stock.recipe"

    def __init__(self, path: tuple[str, ...], why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"recipe {' > '.join(self.path)} {self.why}: correct the recipe in the catalog"


class UnknownUnit(StockError):
    """A line is in a pack that its item does not have."""

    code = "stock.unit"

    def __init__(self, sku: str, unit: str) -> None:
        super().__init__(sku, unit)
        self.sku = sku
        self.unit = unit

    def __str__(self) -> str:
        return f"{self.sku} has no pack {self.unit!r}: use its base unit or one of its packs"
