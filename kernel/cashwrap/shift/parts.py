"""The parts of a sale's events that a shift needs, for a rebuild; what is None is passed over."""

import msgspec

from cashwrap.events import Event
from cashwrap.sale.events import SaleType, TaxTotal


class EditTag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The leading part of any edit: which it is."""

    tag: str


class ReturnedInShift(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The leading part of what came back on a sale."""

    of_sale: str
    of_number: int
    goods: msgspec.Raw
    refund_minor: int


class SaleInShift(Event, frozen=True):
    """The part of `SaleCompleted` that a shift needs; None is passed over."""

    sale: str
    number: int
    day: None
    moves: None
    takings: None
    payable_minor: int
    tax_minor: int
    discount_minor: int
    cost_minor: None
    cash_rounding_minor: int
    grand_sales_minor: int
    lines: None
    priced: None
    payments: None
    history: None
    order_type: None = None
    customer: None = None
    seller: None = None
    note: None = None
    training: None = None
    member: None = None
    rule_names: None = None
    register: str = ""
    type: SaleType = "sale"
    returns: tuple[ReturnedInShift, ...] = ()
    voided_lines: int = 0
    fees_minor: int = 0
    rounding_minor: int = 0
    taxes: tuple[TaxTotal, ...] = ()


class CancelledInShift(Event, frozen=True):
    """`SaleCancelled` without what its edits hold."""

    sale: str
    day: int
    reason: str
    total_minor: int
    history: tuple[EditTag, ...]
    register: str = ""


class SuspendedInShift(Event, frozen=True):
    """`SaleSuspended` without its history."""

    sale: str
    day: int
    reason: str
    total_minor: int
    history: msgspec.Raw
    key: str = ""
    register: str = ""
    said: None = None
    number: None = None
    code: str = ""
