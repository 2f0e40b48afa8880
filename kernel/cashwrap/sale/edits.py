"""Edits: the history of an open sale, as its draft and its final event keep it.

Each edit holds everything that was looked up when it was made (name, price, tax code), so the same
cart comes back after a crash whatever the catalog says by then.
"""

from collections.abc import Callable
from typing import Literal, TypedDict

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.pricing.model import Fee
from cashwrap.promotions.model import HeldCoupon, Left
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.holds.model import Changes
from cashwrap.stock.moves import StockMove

DiscountKind = Literal["percent", "amount", "unit_price"]
RuleChoice = Literal["", "chosen", "refused"]


class Edit(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """Common to all edits: wall time in ms, who, and the caller's command id, "" if none."""

    at_ms: int
    staff: str = ""
    command: str = ""


class Stamp(TypedDict):
    """The fields that all edits have in common, as keyword arguments."""

    at_ms: int
    staff: str
    command: str


class Goods(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is sold on a line and for how much, as looked up when it was added.

    ``unit_minor`` is the price of one ``unit``, modifiers included; ``book`` the price book it came
    from, "code" when the barcode carried the price. One ``unit`` holds ``base_milli`` thousandths
    of the stock unit: 24_000 for a case of 24, 532 for a labelled pack of 0.532 kg. ``lot`` and
    ``expires`` (yyyymmdd, 0 none) come from the barcode or the cashier. What promotions look at:
    ``family``, ``categories`` (its own and all above), ``tags``, ``list_minor`` (the unit price
    outside the customer's own books, where that is another), and whether a scale ``labelled`` it.
    """

    sku: str
    name: str
    unit_minor: int
    tax: str
    tax_included: bool
    unit: str = "each"
    measure: Literal["count", "weight"] = "count"
    book: str = ""
    minimum_minor: int = 0
    base_milli: int = 1000
    modifiers: tuple["ChosenModifier", ...] = ()
    lot: str = ""
    expires: int = 0
    serial: str = ""
    family: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    list_minor: int = 0
    labelled: bool = False


class ChosenModifier(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A modifier on a line; its price is already in the line's ``unit_minor``."""

    code: str
    name: str
    price_minor: int
    sku: str = ""


class ChosenPart(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A component of a set meal: its slot, goods at base price, quantity per meal, upcharge."""

    slot: str
    goods: Goods
    quantity_milli: int = 1000
    upcharge_minor: int = 0


class RulesAt(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The promotion rules that a sale is priced by, and what they may ask about its place.

    ``left`` is what was left of limited rules (`cashwrap.promotions.usage`).
    """

    rules_hash: str
    timezone: str
    store: str = ""
    channel: str = ""
    left: tuple[tuple[str, Left], ...] = ()


# Edits are arrays in which the fields of `Edit` stand last. What an edit learned later stands
# behind those, so that histories written before still read: hence a class for its first fields.


class _Opened(Edit, frozen=True):
    sale: str
    order_type: str = ""
    customer: str = ""
    catalog_version: int = 0


class SaleOpened(_Opened, frozen=True, kw_only=True, tag="open"):
    """The sale began at a register ("" at a device with one).

    ``rules`` stay its own to the end, whatever is published meanwhile.
    """

    rules: RulesAt | None = None
    register: str = ""


class LineAdded(Edit, frozen=True, tag="add"):
    """A line was added. A set meal has ``parts``, which take the line numbers after its own.

    ``entry`` says how it came in (scan, key, search, plu) and ``code`` what was read.
    """

    line: int
    goods: Goods
    quantity_milli: int
    parts: tuple[ChosenPart, ...] = ()
    entry: str = ""
    code: str = ""


class _Quantity(Edit, frozen=True):
    line: int
    quantity_milli: int
    weighed: bool = False


class QuantitySet(_Quantity, frozen=True, kw_only=True, tag="qty"):
    """A line's quantity (thousandths, > 0) was set; ``weighed`` when a scale said so."""

    approver: str = ""


class _Voided(Edit, frozen=True):
    line: int
    reason: str = ""


class LineVoided(_Voided, frozen=True, kw_only=True, tag="void"):
    """A line was struck out; it stays visible in the history."""

    approver: str = ""


class _Changed(Edit, frozen=True):
    line: int
    goods: Goods
    parts: tuple[ChosenPart, ...] = ()


class GoodsChanged(_Changed, frozen=True, kw_only=True, tag="spec"):
    """The line's goods became others (another size, unit or modifier); the line stays."""

    approver: str = ""


class Noted(Edit, frozen=True, tag="note"):
    """A note on a line, or on the sale (line 0); "" removes it."""

    line: int
    text: str


class SellerSet(Edit, frozen=True, tag="seller"):
    """Who is credited with a line, or with the whole sale (line 0)."""

    line: int
    seller: str


class PriceOverridden(Edit, frozen=True, tag="price"):
    """A cashier's own price for a line's unit; the list price stays in the proof."""

    line: int
    unit_minor: int
    reason: str
    approver: str = ""


class _Discount(Edit, frozen=True):
    id: str
    discount: DiscountKind
    value: int
    reason: str
    lines: tuple[int, ...] = ()
    approver: str = ""


class DiscountGiven(_Discount, frozen=True, kw_only=True, tag="disc"):
    """A manual discount: ``value`` is ppm or minor units; no ``lines`` means the whole order.

    ``rate_ppm`` is the part of these lines that it, with those before it, was allowed to take off;
    0 in a shop without accounts.
    """

    rate_ppm: int = 0


class DiscountRemoved(Edit, frozen=True, tag="undisc"):
    """A manual discount was taken away again."""

    id: str


class FeeCharged(Edit, frozen=True, tag="fee"):
    """A surcharge was put on the order, replacing one of the same id."""

    fee: Fee


class FeeRemoved(Edit, frozen=True, tag="unfee"):
    """A surcharge was taken off the order."""

    id: str


class OrderTypeSet(Edit, frozen=True, tag="type"):
    """Dine in, takeaway, delivery: as the shop's settings name them."""

    order_type: str


class _Customer(Edit, frozen=True):
    customer: str
    goods: tuple[tuple[int, Goods], ...] = ()


class CustomerSet(_Customer, frozen=True, kw_only=True, tag="cust"):
    """The customer became known; ``goods`` are the lines whose price changed by it.

    ``customer`` is the price group; the rest is what promotions ask: the member's id, tier, groups
    and facts, the ``points`` that may be spent, and what is ``left`` of limited rules for them.
    """

    member: str = ""
    tier: str = ""
    groups: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    points: int = 0
    left: tuple[tuple[str, Left], ...] = ()


class CouponAdded(Edit, frozen=True, tag="coupon"):
    """A coupon was shown; the rules decide whether it is used."""

    coupon: HeldCoupon


class CouponRemoved(Edit, frozen=True, tag="uncoupon"):
    """A coupon was taken back."""

    code: str


class RuleTicked(Edit, frozen=True, tag="rule"):
    """The cashier wants a promotion that waits to be chosen, or leaves one out; "" is neither."""

    rule: str
    choice: RuleChoice = ""


class TenderChosen(Edit, frozen=True, tag="tender"):
    """How the customer is going to pay, before it is paid: some promotions ask for it."""

    tenders: tuple[str, ...]


class PointsWanted(Edit, frozen=True, tag="points"):
    """The customer wants to spend up to so many points; -1 all of them, 0 none."""

    points: int


class LimitsRead(Edit, frozen=True, tag="limits"):
    """What was left of limited rules had changed when the sale was to be paid."""

    left: tuple[tuple[str, Left], ...]


class GoodsBack(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What comes back of one line: ``line`` of the original, 0 without a receipt.

    A fee's line is -(its position + 1), and its quantity 1000. ``amount_minor`` (taxes included) is
    what goes back for it before anything is waived.
    """

    line: int
    sku: str
    name: str
    quantity_milli: int
    unit: str = "each"
    amount_minor: int = 0
    lot: str = ""
    serial: str = ""


class MoveBack(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How much of an earlier stock move comes back, and how much of it had before."""

    move: StockMove
    quantity_milli: int
    returned_milli: int = 0


class ReturnAdded(Edit, frozen=True, kw_only=True, tag="return"):
    """Goods come back: decided when they were put down, and again before money goes out.

    ``of_sale`` and ``of_number`` name the original sale, "" and 0 without a receipt. The same
    ``id`` again replaces the one before. ``moves`` are brought back to ``location`` ("": where they
    came from). ``reason`` is one of the shop's, ``note`` what was said in other words. ``whole``:
    with this nothing of the original's goods is left. ``voids``: it is a post-void. ``member`` and
    the coupons that are given back (``restored``, ``reissued``) or void are the original's.
    """

    id: str
    of_sale: str
    of_number: int
    answer: ReturnAnswer
    goods: tuple[GoodsBack, ...]
    moves: tuple[MoveBack, ...] = ()
    reason: str = ""
    note: str = ""
    location: str = ""
    approver: str = ""
    charge_gifts: bool = False
    whole: bool = False
    voids: bool = False
    member: str = ""
    restored: tuple[HeldCoupon, ...] = ()
    reissued: tuple[HeldCoupon, ...] = ()
    voided: tuple[HeldCoupon, ...] = ()

    @property
    def refund_minor(self) -> int:
        """Return what goes back to the customer, minor units."""
        return self.answer.refund_minor


class ReturnRemoved(Edit, frozen=True, tag="unreturn"):
    """What was to come back stays with the customer; it remains in the history."""

    id: str


class RepricedLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a line, or a part of a meal with its upcharge, is sold as from now on."""

    line: int
    goods: Goods
    upcharge_minor: int = 0


class Repriced(Edit, frozen=True, tag="reprice"):
    """The quote of a suspended sale had run out: from now on today's rules price it, as if it had
    begun at this moment. ``lines`` are those whose goods changed; prices set by hand stay."""

    lines: tuple[RepricedLine, ...] = ()
    rules: RulesAt | None = None


class Resumed(Edit, frozen=True, tag="resume"):
    """A suspended sale was brought back to a register, and the customer told what changed.

    ``waited_ms`` is for how long its clock stood still: what promotions ask of the time is what it
    was when the sale was suspended. An undo goes back as far as this, not behind it.
    """

    register: str = ""
    waited_ms: int = 0
    changes: Changes = Changes()


class Undone(Edit, frozen=True, kw_only=True, tag="undo"):
    """The newest edit that still counts does not count any more."""

    approver: str = ""


AnyEdit = (
    SaleOpened
    | LineAdded
    | QuantitySet
    | LineVoided
    | GoodsChanged
    | Noted
    | SellerSet
    | PriceOverridden
    | DiscountGiven
    | DiscountRemoved
    | FeeCharged
    | FeeRemoved
    | OrderTypeSet
    | CustomerSet
    | CouponAdded
    | CouponRemoved
    | RuleTicked
    | TenderChosen
    | PointsWanted
    | LimitsRead
    | ReturnAdded
    | ReturnRemoved
    | Repriced
    | Resumed
    | Undone
)

_encode = msgspec.msgpack.Encoder().encode
_decode: Callable[[bytes], AnyEdit] = msgspec.msgpack.Decoder(AnyEdit).decode


def sound(edit: AnyEdit) -> AnyEdit:
    """Return an edit as the draft will give it back after a crash.

    Raises InvalidInput for one that could be written but never read again.
    """
    try:
        return _decode(_encode(edit))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as fault:
        raise InvalidInput(f"this step cannot be kept: {fault}") from None
