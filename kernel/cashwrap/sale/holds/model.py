"""What is kept of a sale that waits, and what is told when it comes back."""

from typing import Literal

import msgspec

from cashwrap.pricing.model import Totals

HoldState = Literal["waiting", "resumed", "held_again", "completed", "cancelled"]


class QuotedLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line as the customer was quoted it; a set meal is one line."""

    line: int
    sku: str
    name: str
    quantity_milli: int
    unit: str
    payable_minor: int


class Quoted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a sale came to: in sum, line by line, and what each promotion took off."""

    totals: Totals = Totals()
    lines: tuple[QuotedLine, ...] = ()
    rules: tuple[tuple[str, int], ...] = ()


class LineChange(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line that costs something else than when the sale was suspended, taxes included."""

    line: int
    sku: str
    name: str
    before_minor: int
    after_minor: int


class RuleChange(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A promotion that takes something else off: 0 before for a new one, 0 after for one gone."""

    rule: str
    before_minor: int
    after_minor: int


class Unsellable(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line that could not be sold anew today; it stays at its old price."""

    line: int
    sku: str
    name: str
    why: str


class CouponGone(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A coupon that was shown, and does not count any more."""

    coupon: str
    why: str


class ReturnChange(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Goods of a receipt that bring something else than they did: 0 after where nothing is left."""

    number: int
    before_minor: int
    after_minor: int
    why: str = ""


class Changes(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What differs from the quote, for the cashier to tell the customer; amounts in minor units.

    ``repriced``: today's prices and rules count; otherwise the quote was kept, and only what other
    sales used up meanwhile can differ. ``short`` are SKUs of which the shop has too little now;
    ``returns`` what cannot come back as it was put down, because it came back elsewhere.
    """

    before_minor: int = 0
    after_minor: int = 0
    repriced: bool = False
    lines: tuple[LineChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    unsellable: tuple[Unsellable, ...] = ()
    coupons: tuple[CouponGone, ...] = ()
    short: tuple[str, ...] = ()
    returns: tuple[ReturnChange, ...] = ()

    @property
    def difference_minor(self) -> int:
        """Return what the customer pays more than was quoted, below 0 for less."""
        return self.after_minor - self.before_minor

    @property
    def nothing(self) -> bool:
        """Return whether there is nothing to tell."""
        goods = self.lines or self.rules or self.unsellable or self.short
        return not (goods or self.coupons or self.returns or self.difference_minor)


class Hold(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One time that a sale was suspended, and what became of it.

    ``number`` counts the holds of this till, ``code`` is how the slip says it. ``day`` is the
    business day (yyyymmdd), ``hour`` the hour of the local day. ``reason`` is one of the shop's,
    ``said`` free text. ``lines`` counts the lines and ``first`` names the first one. The state is
    ``held_again`` when the sale was resumed and then suspended once more: what became of it then
    stands in that hold. ``paid_minor`` is what a completed sale came to.
    """

    sale: str
    code: str
    number: int
    day: int
    hour: int
    at_ms: int
    reason: str
    said: str
    key: str
    member: str
    register: str
    staff: str
    total_minor: int
    lines: int
    first: str
    state: HoldState = "waiting"
    resumed_ms: int = 0
    resumed_register: str = ""
    resumed_staff: str = ""
    ended_ms: int = 0
    paid_minor: int = 0
