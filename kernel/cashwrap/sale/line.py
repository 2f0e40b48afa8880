"""What stands on an open sale: its lines, and what is said of it as a whole."""

import msgspec

from cashwrap.pricing.model import Fee
from cashwrap.promotions.model import HeldCoupon, Left
from cashwrap.sale import edits
from cashwrap.sale.edits import Goods


class Line(msgspec.Struct, kw_only=True):
    """One live line. ``parent`` is the meal's line when this is a part of a set meal, else 0."""

    number: int
    goods: Goods
    quantity_milli: int
    staff: str = ""
    seller: str = ""
    note: str = ""
    entry: str = ""
    code: str = ""
    parent: int = 0
    slot: str = ""
    part_milli: int = 0  # of a part: quantity in one meal
    upcharge_minor: int = 0
    override_minor: int | None = None
    override_reason: str = ""
    approved: bool = False  # the override may go below the item's minimum
    parts: tuple[int, ...] = ()

    @property
    def unit_minor(self) -> int:
        """Return the price of one base unit as it is charged before discounts."""
        return self.goods.unit_minor if self.override_minor is None else self.override_minor


class Header(msgspec.Struct, kw_only=True):
    """What is said of the sale as a whole."""

    order_type: str = ""
    register: str = ""  # where it was opened, or resumed
    waited_ms: int = 0  # for how long its clock stood still while it was suspended
    customer: str = ""  # the price group
    member: str = ""
    tier: str = ""
    groups: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    points: int = 0
    points_wanted: int = 0
    seller: str = ""
    note: str = ""
    discounts: dict[str, edits.DiscountGiven] = {}
    fees: dict[str, Fee] = {}
    coupons: dict[str, HeldCoupon] = {}
    ticked: dict[str, str] = {}  # rule -> chosen, refused
    tenders: tuple[str, ...] = ()
    left: tuple[tuple[str, Left], ...] = ()
    returns: dict[str, edits.ReturnAdded] = {}  # what comes back, by id, in order
