"""What goes into pricing and what comes out.

A cart is always priced by one call. Its result holds totals, the allocation matrix and the proof,
and is stored with the sale, so any later refund is exact.
"""

from typing import Literal

import msgspec

from cashwrap.money import Rounding
from cashwrap.promotions.model import PriceProof

Layer = Literal["promotion", "coupon", "points", "manual"]


class TaxComponent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tax of a tax code.

    ``percent``: ``rate_ppm`` of the net. ``compound``: of the net plus the taxes before it.
    ``division``: of the total including itself. ``fixed``: ``fixed_minor`` per base unit, never
    discounted. ``included`` says whether a price contains the tax or it is added.
    """

    code: str
    name: str
    kind: Literal["percent", "compound", "division", "fixed"] = "percent"
    rate_ppm: int = 0
    fixed_minor: int = 0
    included: bool | None = None  # None: as the price book says


class TaxCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tax code of the catalog and its components by order type ("" is the default)."""

    code: str
    name: str
    by_order_type: dict[str, tuple[TaxComponent, ...]]


class CashRounding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The declared last layer: the amount due is brought to a multiple of ``increment_minor``.

    抹零 to the jiao is ``CashRounding(10, "down")``. ``on`` says whether the whole total is
    rounded or only what is paid in cash. A refund mirrors the sale.
    """

    increment_minor: int = 1
    mode: Rounding = "half_up"
    on: Literal["total", "cash"] = "total"


class PricePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every arithmetic choice of a shop, with its documented default (docs/pricing.md)."""

    line_rounding: Rounding = "half_up"
    tax_level: Literal["unit", "line", "order"] = "line"
    tax_rounding: Rounding = "half_up"
    inclusive_sum: Literal["gross", "net", "net_moves"] = "gross"
    discount_base: Literal["as_priced", "net", "gross"] = "as_priced"
    odd_cents: Literal["largest", "first", "last"] = "largest"
    percents: Literal["compound", "original"] = "compound"
    percent_per: Literal["unit", "line", "once"] = "once"
    percent_rounding: Rounding = "half_up"
    tax_change_keeps: Literal["gross", "net"] = "gross"
    fee_tax: str = ""
    fees_discounted: bool = False
    cash_rounding: CashRounding = CashRounding()


class Adjustment(msgspec.Struct, frozen=True, array_like=True):
    """A discount that somebody gave, with who and why. Amounts are what comes off, > 0.

    ``lines`` empty means the whole order. ``percent`` reads ``value`` as ppm, ``amount`` as minor
    units off the eligible sum, ``unit_price`` as the new price of each unit.
    """

    id: str
    kind: Literal["percent", "amount", "unit_price"]
    value: int
    lines: tuple[int, ...] = ()
    layer: Layer = "manual"
    reason: str = ""
    staff: str = ""


class Fee(msgspec.Struct, frozen=True, array_like=True):
    """A surcharge of the order (服务费, 打包费): fixed, or ppm of a stage of the pipeline."""

    id: str
    name: str
    kind: Literal["fixed", "percent"]
    value: int
    of: Literal["list", "discounted"] = "discounted"
    tax: str = ""
    tax_included: bool = True


class MealPart(msgspec.Struct, frozen=True, array_like=True):
    """One component of a set meal: its own line, price and tax.

    ``quantity_milli`` is how much of it one meal holds, ``unit_minor`` its price per base unit
    when sold alone, ``upcharge_minor`` what choosing it adds to one meal, ``minimum_minor`` the
    least that it may come to in one meal.
    """

    line: int
    unit_minor: int
    quantity_milli: int = 1000
    tax: str = ""
    tax_included: bool = True
    upcharge_minor: int = 0
    minimum_minor: int = 0


class PricedLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line after pricing, minor units. ``payable`` = ``net`` + ``tax``.

    ``tax_minor`` is all tax of the line, whether contained or added. ``payable`` is before the
    rounding of the total; what the customer gave for the line is that less its "rounding" cell.
    """

    line: int
    gross_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    payable_minor: int


class Allocation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One cell of the line x rule matrix: what ``rule`` took off ``line``.

    A fee's line is -(its position + 1). The reserved rule "rounding" holds what the rounding of
    the total took off (or, below 0, added to) each line, so that a refund gives back the same.
    """

    line: int
    rule: str
    minor: int


class TaxAmount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Tax of one component on one line, or on a fee: ``line`` = -(its position + 1).

    ``base_minor`` is the net amount of the line. Taxes rounded per order stand here as shared out
    over the lines, so the rows of one code add up to the order's tax.
    """

    line: int
    code: str
    rate_ppm: int
    base_minor: int
    tax_minor: int
    included: bool


class FeeAmount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one fee came to before discounts and added tax, and the tax on it."""

    id: str
    amount_minor: int
    tax_minor: int


class Override(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A price that somebody set in place of the list price of a line or set meal."""

    line: int
    list_unit_minor: int
    unit_minor: int


class Applied(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one adjustment was measured on, what it asked for, and what fitted.

    ``base`` is in terms of the policy's discount base, ``granted`` as priced: its matrix cells.
    """

    rule: str
    layer: Layer
    base_minor: int
    asked_minor: int
    granted_minor: int
    reason: str = ""


class Totals(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The sums of a cart, minor units.

    ``payable`` = ``list`` - ``discount`` + ``fees`` + ``tax_added`` + ``rounding``. ``tax`` is
    all tax, contained and added.
    """

    list_minor: int = 0
    discount_minor: int = 0
    fees_minor: int = 0
    tax_added_minor: int = 0
    tax_minor: int = 0
    rounding_minor: int = 0
    payable_minor: int = 0


class Priced(msgspec.Struct, frozen=True, array_like=True):
    """The result of pricing a cart: totals, lines, matrix, taxes, fees, and what decided it.

    ``policy_hash`` and ``rules_hash`` (SHA-256, first 16 hex digits) name the settings and the
    rule set, so that the same input and hashes give the same bytes anywhere. ``proved`` is false
    when a promotion search ended with a gap; ``gap_minor`` then bounds it. ``proof`` says why the
    promotions are what they are; None where no rules were in force.
    """

    totals: Totals
    lines: tuple[PricedLine, ...]
    allocations: tuple[Allocation, ...]
    taxes: tuple[TaxAmount, ...]
    fees: tuple[FeeAmount, ...] = ()
    policy_hash: str = ""
    rules_hash: str = ""
    proved: bool = True
    gap_minor: int = 0
    overrides: tuple[Override, ...] = ()
    applied: tuple[Applied, ...] = ()
    proof: PriceProof | None = None
