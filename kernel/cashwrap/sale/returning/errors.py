"""Refusals of returns. Each leaves the sale as it was, unless it says otherwise."""

from cashwrap.sale.errors import SaleError


class ReturnChanged(SaleError):
    """Meanwhile other goods of the same sale came back; the return was decided anew.

    The sale holds the new figures: tell the customer, and go on.
    """

    code = "return.changed"

    def __init__(self, before_minor: int, after_minor: int) -> None:
        super().__init__(before_minor, after_minor)  # args stay picklable
        self.before_minor = before_minor
        self.after_minor = after_minor

    def __str__(self) -> str:
        return (
            f"{self.after_minor} minor units go back now, not {self.before_minor}: other goods of "
            "the same sale came back meanwhile; tell the customer, then go on"
        )


class ReturnWaits(SaleError):
    """The money of another return of the same sale is under way; figures count from its end."""

    code = "return.waits"

    def __init__(self, number: int, sale: str) -> None:
        super().__init__(number, sale)  # args stay picklable
        self.number = number
        self.sale = sale

    def __str__(self) -> str:
        return (
            f"other goods of receipt {self.number} come back on sale {self.sale}, and its money "
            "is under way: finish that one first"
        )


class NoSuchReturn(SaleError):
    """The sale has no such return on it."""

    code = "return.none"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id

    def __str__(self) -> str:
        return f"no return {self.id!r} is on this sale: it was removed, or never added"


class ReceiptNeeded(SaleError):
    """The shop takes nothing back without a receipt, or not these goods."""

    code = "return.receipt_needed"


class ReasonNotListed(SaleError):
    """The shop wants one of its reasons, and none was given."""

    code = "return.reason"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return f"say why the goods come back: {', '.join(self.reasons)}, or in words of your own"


class LocationRefused(SaleError):
    """Goods that come back cannot be put there."""

    code = "return.location"

    def __init__(self, location: str, known: tuple[str, ...]) -> None:
        super().__init__(location, known)
        self.location = location
        self.known = known

    def __str__(self) -> str:
        names = ", ".join(("sellable", *self.known))
        return (
            f"goods cannot come back to {self.location!r:.60}: name one of {names}, "
            "or a place such as warehouse:DAMAGED or loss"
        )


class PostVoidStands(SaleError):
    """A sale that reverses another is finished or cancelled as it is."""

    code = "return.post_void_stands"

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return (
            f"this sale reverses receipt {self.number}, all of it and nothing else: give the money "
            "back, or cancel it, and begin another"
        )


class PostVoidRefused(SaleError):
    """A finished sale that cannot be reversed as a whole any more."""

    code = "return.post_void"

    def __init__(self, number: int, why: str) -> None:
        super().__init__(number, why)
        self.number = number
        self.why = why

    def __str__(self) -> str:
        return f"receipt {self.number} cannot be voided: {self.why}"
