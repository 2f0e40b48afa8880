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

    def __init__(self, order_type: str, known: tuple[str, ...]) -> None:
        super().__init__(order_type, known)
        self.order_type = order_type
        self.known = known

    def __str__(self) -> str:
        shop = ", ".join(self.known)
        return f"order type {self.order_type!r} is not one of this shop's: {shop}"


class NoSuchSale(SaleError):
    """No sale of that id or number is known here."""

    code = "sale.unknown"


class NoSuchRule(SaleError):
    """The rule is not one of those that this sale is priced by."""

    code = "sale.no_such_rule"

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule

    def __str__(self) -> str:
        return f"no promotion {self.rule!r:.80} is in force on this sale: see `rules list`"


class CouponRefused(SaleError):
    """A coupon that this sale cannot take; ``reason`` says why."""

    code = "sale.coupon"

    def __init__(self, coupon: str, reason: str) -> None:
        super().__init__(coupon, reason)
        self.coupon = coupon
        self.reason = reason

    def __str__(self) -> str:
        return f"coupon {self.coupon[:40]!r} {self.reason}"


class TenderDiffers(SaleError):
    """A promotion was given for a tender that the customer does not pay with."""

    code = "sale.tender_differs"

    def __init__(self, rule: str, tender: str, chosen: tuple[str, ...]) -> None:
        super().__init__(rule, tender, chosen)
        self.rule = rule
        self.tender = tender
        self.chosen = chosen

    def __str__(self) -> str:
        return (
            f"promotion {self.rule} is for {' or '.join(self.chosen)}, not {self.tender}: "
            "choose the tender again, tell the customer the new price, and take the payment"
        )


class PriceChanged(SaleError):
    """The price changed when it was to be paid: other sales used up what a promotion had left."""

    code = "sale.price_changed"

    def __init__(self, before_minor: int, now_minor: int) -> None:
        super().__init__(before_minor, now_minor)
        self.before_minor = before_minor
        self.now_minor = now_minor

    def __str__(self) -> str:
        return (
            f"a promotion was used up meanwhile: the sale comes to {self.now_minor} minor units "
            f"now, not {self.before_minor}; tell the customer, and take the payment again"
        )


class NothingDue(SaleError):
    """The sale owes nothing more."""

    code = "sale.nothing_due"

    def __str__(self) -> str:
        return "nothing is left to pay on this sale"


class EmptySale(SaleError):
    """A sale without lines cannot be paid or completed."""

    code = "sale.empty"

    def __str__(self) -> str:
        return "there is nothing on this sale: add a line, or cancel it"


class StillDue(SaleError):
    """Something is left to pay, or a payment is in doubt."""

    code = "sale.still_due"

    def __init__(self, due_minor: int) -> None:
        super().__init__(due_minor)
        self.due_minor = due_minor

    def __str__(self) -> str:
        if self.due_minor < 0:
            return f"{-self.due_minor} minor units are still to give back: refund them first"
        return f"{self.due_minor} minor units are still to pay, or a payment is in doubt"


class MoneyWentOut(SaleError):
    """Money of this return went out already, so the return can only be finished."""

    code = "sale.money_went_out"

    def __init__(self, sale: str, given_minor: int) -> None:
        super().__init__(sale, given_minor)
        self.sale = sale
        self.given_minor = given_minor

    def __str__(self) -> str:
        return (
            f"{self.given_minor} minor units of this return went back to the customer already, or "
            "are on their way: refund the rest and finish it, then sell the goods again"
        )


class NothingToGiveBack(SaleError):
    """The customer gets nothing back on this sale."""

    code = "sale.nothing_to_give_back"

    def __init__(self, due_minor: int) -> None:
        super().__init__(due_minor)
        self.due_minor = due_minor

    def __str__(self) -> str:
        return f"nothing is to be given back: {self.due_minor} minor units are still to pay"


class RefundExceedsDue(SaleError):
    """More would go back than is due to the customer."""

    code = "sale.refund_exceeds_due"

    def __init__(self, asked_minor: int, due_minor: int) -> None:
        super().__init__(asked_minor, due_minor)
        self.asked_minor = asked_minor
        self.due_minor = due_minor

    def __str__(self) -> str:
        return f"cannot give back {self.asked_minor}: {self.due_minor} minor units are due"


class OtherTenderNeeded(SaleError):
    """The tenders that paid cannot give so much back; another one may, with the right for it."""

    code = "sale.other_tender_needed"

    def __init__(self, left_minor: int) -> None:
        super().__init__(left_minor)
        self.left_minor = left_minor

    def __str__(self) -> str:
        return (
            f"{self.left_minor} minor units cannot go back to the tenders that paid: "
            "refund them in cash or on a credit note"
        )
