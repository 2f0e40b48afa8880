"""What a check of rules looks at, and what it finds."""

from typing import Literal

import msgspec

from cashwrap.money import PPM, div_round
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import Text

Severity = Literal["warning", "note"]


class ShelfItem(msgspec.Struct, frozen=True, array_like=True):
    """One item as it can be bought: price and floor of a unit, and what a unit costs the shop.

    ``cost_minor`` is None where nobody knows it. ``net_ppm`` is how much of a price is left
    without the taxes in it. ``weighed`` goods are bought by 1000 thousandths; what is not
    ``stocked`` is made when it is sold.
    """

    goods: Goods
    unit_minor: int
    name: str = ""
    cost_minor: int | None = None
    least_minor: int = 0
    net_ppm: int = PPM
    weighed: bool = False
    stocked: bool = True

    def net_of(self, minor: int) -> int:
        """Return what is left of an amount of it without the taxes."""
        return div_round(minor * self.net_ppm, PPM, "half_up")

    def basket_line(self, line: int, units: int) -> BasketLine:
        """Return so many units of it as a line."""
        each = self.unit_minor
        if self.weighed:
            return BasketLine(
                line, self.goods, each * units, 1, each * units, self.least_minor * units,
                divisible=True, quantity_milli=1000 * units,
            )  # fmt: skip
        return BasketLine(line, self.goods, each, units, each, self.least_minor)


class Shelf(msgspec.Struct, frozen=True):
    """What a shop sells, and what is known of the shop.

    ``real`` is false for goods that were made up from the rules' own ranges. ``occasion`` is an
    ordinary one of this shop; empty tuples of the rest say that nothing is known.
    """

    items: tuple[ShelfItem, ...]
    occasion: Occasion
    real: bool = True
    order_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class CartLine(msgspec.Struct, frozen=True):
    """So many units of one item in a cart that shows something; weighed goods by 1000."""

    sku: str
    name: str
    units: int
    unit_minor: int


class ShownCart(msgspec.Struct, frozen=True):
    """A cart and what becomes of it: the rules that gave something, and how much."""

    lines: tuple[CartLine, ...]
    payable_minor: int
    saving_minor: int
    applied: tuple[tuple[str, int], ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that whoever wrote the rules should know, with the smallest carts that show it.

    ``code`` is stable. A ``warning`` is likely a mistake or costs money; a ``note`` is something
    that follows from what was asked for.
    """

    code: str
    severity: Severity
    rules: tuple[str, ...]
    message: Text
    carts: tuple[ShownCart, ...] = ()
    occasion: Occasion | None = None


class LintReport(msgspec.Struct, frozen=True):
    """All findings, and how far the search went.

    ``carts`` were priced of ``budget``; ``unreached`` are rules for which no cart could be made
    or for which the budget did not last.
    """

    findings: tuple[Finding, ...]
    carts: int = 0
    budget: int = 0
    unreached: tuple[str, ...] = ()

    @property
    def warnings(self) -> int:
        """How many findings are more than notes."""
        return sum(one.severity == "warning" for one in self.findings)
