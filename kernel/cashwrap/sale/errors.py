"""Refusals of a sale. Each leaves the sale as it was."""

from cashwrap.errors import CashwrapError


class SaleError(CashwrapError):
    """A refused step on a sale."""

    code = "sale.refused"


class NoSuchLine(SaleError):
    """The line number is not a live line of this sale."""

    code = "sale.no_such_line"

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line} is not on this sale (never added, voided, or part of a meal)"


class CommandReused(SaleError):
    """A command id came again for another kind of step."""

    code = "sale.command_reused"

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command

    def __str__(self) -> str:
        return f"command {self.command!r} did another step before: give every step its own id"


class NothingToUndo(SaleError):
    """The sale has no edit left that counts."""

    code = "sale.nothing_to_undo"

    def __str__(self) -> str:
        return "there is nothing left to undo on this sale"


class QuantityRefused(SaleError):
    """A quantity that this item cannot be sold in."""

    code = "sale.quantity"


class ReasonNeeded(SaleError):
    """Overrides, discounts and voids after the fact need a reason."""

    code = "sale.reason_needed"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} needs a reason: say why in a few words"


class PriceRefused(SaleError):
    """A price or discount outside what is allowed."""

    code = "sale.price"


class NotForSale(SaleError):
    """The item exists but cannot be sold as it was asked for."""

    code = "sale.not_for_sale"


class UnknownOrderType(SaleError):
    """The order type is not one of the shop's."""

    code = "sale.order_type"


class NoSuchSale(SaleError):
    """No sale of that id or number is known here."""

    code = "sale.unknown"
