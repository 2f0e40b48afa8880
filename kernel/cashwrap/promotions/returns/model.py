"""What goes into the decision of a return, and what comes out of it for the journal."""

from typing import Literal

import msgspec

from cashwrap.pricing.model import Allocation, Priced, TaxAmount
from cashwrap.promotions.errors import PromotionError
from cashwrap.promotions.model import PriceProof
from cashwrap.promotions.rules import RuleSet


class ReturnRefused(PromotionError):
    """Goods that were not sold, or have come back before."""

    code = "return.refused"

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)  # args stay picklable
        self.line = line
        self.why = why

    def __str__(self) -> str:
        return f"line {self.line} {self.why}" if self.line else self.why


class Sold(msgspec.Struct, frozen=True):
    """A stored sale as a return looks at it, with the rule set of its proof's hash.

    ``quantities`` are what was sold of each line, in thousandths; a fee's line is
    -(its position + 1) and its quantity 1. A set meal stands there as one line, and ``parts`` says
    which other lines are its components (line, meal).
    """

    sale: str
    priced: Priced
    quantities: tuple[tuple[int, int], ...]
    proof: PriceProof | None = None
    rules: RuleSet = RuleSet()
    parts: tuple[tuple[int, int], ...] = ()

    def cells(self) -> dict[tuple[int, str], int]:
        """Return what each rule took off each line that rules see (a meal's, not its parts').

        Vouchers that are settled as tenders took nothing off: they have paid.
        """
        found: dict[tuple[int, str], int] = {}
        paid = {rule.id for rule in self.rules.rules if rule.settlement == "tender"}
        for each in self.proof.applied if self.proof else ():
            if each.rule in paid:
                continue
            for used in (used for use in each.uses for used in use.units):
                place = used.line, each.rule
                found[place] = found.get(place, 0) + used.minor
        return found


class Back(msgspec.Struct, frozen=True, array_like=True):
    """Goods of one line that come back, in thousandths.

    ``before_milli`` is how much of it had come back when this was asked: the same range asked for
    again is the same return, not another. -1: as much as has come back by now.
    """

    line: int
    quantity_milli: int
    before_milli: int = -1


class GiftDue(msgspec.Struct, frozen=True, array_like=True):
    """Units of a gift that what remains no longer earns."""

    rule: str
    line: int
    units: int
    minor: int


class CouponBack(msgspec.Struct, frozen=True, array_like=True):
    """A coupon that the sale used up: the same code again, a new one of its rule, or nothing."""

    rule: str
    code: str
    how: Literal["restore", "void", "reissue"]


class CouponsVoided(msgspec.Struct, frozen=True, array_like=True):
    """Coupons that the sale had issued and what remains no longer earns."""

    rule: str
    coupon: str
    count: int


class EarnedBack(msgspec.Struct, frozen=True, array_like=True):
    """Earned points to take back: ``times_ppm`` of the usual on so much money, and ``extra``."""

    rule: str
    base_minor: int
    times_ppm: int
    extra: int


class LineBack(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a return comes to on one line or fee: of its goods, or of its discount alone."""

    line: int
    minor: int


class Adjusted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Money off a line that was given after the sale, for the ``kept_milli`` that had stayed.

    ``minor`` comes off the price; ``asked_minor`` is what was to go to the customer, with the taxes
    on top of that. ``before_minor`` had been given off the line in the same way.
    """

    line: int
    minor: int
    kept_milli: int
    asked_minor: int
    before_minor: int = 0


class ReturnAnswer(msgspec.Struct, frozen=True, array_like=True):
    """One return, decided: all that a till has to journal and do.

    ``refund_minor`` >= 0 is what the customer gets. ``cells`` are the discounts that go back with
    it, below 0 where the rest is now given more; ``taxes`` likewise. ``waived_minor`` is what was
    not asked of the customer, or (below 0) not given because more than was paid would have gone
    back; later answers settle it. ``points_restored`` were spent on the sale. ``lines``
    say what the goods came to; the refund differs from their sum by what was waived or settled.
    ``adjusted`` is money off goods that stay: nothing is ``back`` then.
    """

    key: str
    back: tuple[Back, ...]
    refund_minor: int
    waived_minor: int
    cells: tuple[Allocation, ...]
    taxes: tuple[TaxAmount, ...]
    gifts_charged: tuple[GiftDue, ...] = ()
    coupons: tuple[CouponBack, ...] = ()
    voided: tuple[CouponsVoided, ...] = ()
    earned: tuple[EarnedBack, ...] = ()
    points_restored: int = 0
    lines: tuple[LineBack, ...] = ()
    adjusted: tuple[Adjusted, ...] = ()
