"""Shifts, the sums that the fold keeps of them, and the X or Z report made of these.

`Sums` and its parts are what the fold changes in place; a report holds copies that nobody changes.
Amounts are minor units, times wall clock milliseconds that no sum depends on.
"""

from typing import Literal

import msgspec

ShiftState = Literal["open", "suspended", "counting", "closed"]
Outcome = Literal["paid", "not_paid", "late", "given_back", "refused"]
FORM = 2  # of a report: raised when what it sums changes, so that older ones stay as they were


class TenderSum(msgspec.Struct, array_like=True, gc=False):
    """Money of one tender: what stayed of what was taken, and what was given back.

    Cash that is taken is what was tendered less the change. ``count`` is how often it was taken.
    """

    tender: str
    kind: str
    count: int = 0
    taken_minor: int = 0
    given_back_minor: int = 0


class TaxSum(msgspec.Struct, array_like=True, gc=False):
    """One tax at one rate: the net it was on, and what it came to."""

    code: str
    rate_ppm: int
    base_minor: int = 0
    tax_minor: int = 0


class Decided(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A payment, or a refund of one, that an earlier Z named as in doubt and that is known now."""

    payment: str
    refund: str
    sale: str
    tender: str
    amount_minor: int
    z: int
    outcome: Outcome


class Sums(msgspec.Struct, array_like=True, gc=False):
    """What happened in a shift, or outside of all shifts at one drawer.

    ``first_seq``..``last_seq`` is where in the journal, ``first_number``..``last_number`` which
    receipts; 0 where there are none. Each kind of sale has its count and what was payable, which
    is below zero for what came back; ``goods_back_minor`` is what came back alone.
    ``grand_sales_minor`` is the till's perpetual total after the last of them. ``voided_lines``
    are those of sales that ended here. ``staff`` are all who did something.
    """

    first_seq: int = 0
    last_seq: int = 0
    first_number: int = 0
    last_number: int = 0
    grand_sales_minor: int = 0
    sales: int = 0
    sales_minor: int = 0
    returns: int = 0
    returns_minor: int = 0
    exchanges: int = 0
    exchanges_minor: int = 0
    post_voids: int = 0
    post_voids_minor: int = 0
    goods_back_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    fees_minor: int = 0
    rounding_minor: int = 0
    cash_rounding_minor: int = 0
    cancelled: int = 0
    cancelled_minor: int = 0
    suspended: int = 0
    suspended_minor: int = 0
    resumed: int = 0
    voided_lines: int = 0
    price_overrides: int = 0
    manual_discounts: int = 0
    reprints: int = 0
    drawer_openings: int = 0
    paid_ins: int = 0
    paid_in_minor: int = 0
    paid_outs: int = 0
    paid_out_minor: int = 0
    safe_drops: int = 0
    safe_drop_minor: int = 0
    tenders: list[TenderSum] = []
    taxes: list[TaxSum] = []
    decided: list[Decided] = []
    staff: list[str] = []

    @property
    def payable_minor(self) -> int:
        """What all of it came to, returns taken off."""
        return self.sales_minor + self.returns_minor + self.exchanges_minor + self.post_voids_minor

    @property
    def net_cash_minor(self) -> int:
        """What sales left in the drawer: tendered - change - given back in cash."""
        return sum(
            each.taken_minor - each.given_back_minor
            for each in self.tenders
            if each.tender == "cash"
        )


class Declared(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A count: (unit, pieces) of the notes and coins, and what else was counted by tender.

    ``expected_minor`` is what cash the journal expected at that moment. ``times`` says how often
    the shift was counted, this one included.
    """

    cash: tuple[tuple[int, int], ...]
    tenders: tuple[tuple[str, int], ...] = ()
    staff: str = ""
    at_ms: int = 0
    expected_minor: int = 0
    times: int = 1

    @property
    def cash_minor(self) -> int:
        """What the notes and coins come to."""
        return sum(unit * pieces for unit, pieces in self.cash)


class Shift(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The stretch of time in which one drawer is accounted for.

    ``registers`` work on it now, ``worked`` ever did; ``staff`` opened, joined or resumed it. ``z``
    is the number of its Z report, 0 before it is closed.
    """

    number: int
    drawer: str
    state: ShiftState
    float_minor: int
    registers: tuple[str, ...]
    worked: tuple[str, ...]
    staff: tuple[str, ...]
    opened_ms: int
    opened_seq: int
    declared: Declared | None = None
    z: int = 0
    closed_ms: int = 0
    closed_seq: int = 0


class TenderRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One tender on a report. ``counted_minor`` is None where nobody counted it."""

    tender: str
    kind: str
    count: int
    taken_minor: int
    given_back_minor: int
    expected_minor: int
    counted_minor: int | None = None

    @property
    def over_minor(self) -> int | None:
        """Counted less expected: above zero over, below zero short."""
        return None if self.counted_minor is None else self.counted_minor - self.expected_minor


class InDoubt(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A payment without an answer, or a refund on its way; ``z`` named it first, 0 none before."""

    payment: str
    refund: str
    sale: str
    tender: str
    amount_minor: int
    asked_ms: int
    z: int = 0


class OpenSale(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A sale that has not ended, with money on it (below zero: given back toward a return)."""

    sale: str
    paid_minor: int


class Waiting(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A sale that is suspended: its code, what it had come to, and its place in the journal."""

    sale: str
    code: str
    total_minor: int
    at_ms: int
    seq: int


class ShiftReport(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An X report (``z`` = 0), or a Z report, which closes the shift.

    It is a fold of the records ``first_seq``..``last_seq`` of the journal; ``journal_hash`` is
    the hash of the last of them, hex. ``expected_minor`` of cash is float + paid in - paid out -
    safe drops + tendered - change - given back. ``outside`` is what moved at the drawer while no
    shift was open; nobody answered for it, so it stands beside the sums and in none of them.
    ``hidden``: the money is left out, because the drawer is still to be counted blind.
    ``waiting`` are the sales that were suspended since the shift began and still wait;
    ``waiting_count`` and ``waiting_minor`` are of all that wait at the till.
    """

    number: int
    z: int
    drawer: str
    state: ShiftState
    registers: tuple[str, ...]
    opened_by: str
    closed_by: str
    opened_ms: int
    at_ms: int
    first_seq: int
    last_seq: int
    journal_hash: str
    float_minor: int
    sums: Sums
    outside: Sums
    tenders: tuple[TenderRow, ...]
    declared: Declared | None = None
    in_doubt: tuple[InDoubt, ...] = ()
    open_sales: tuple[OpenSale, ...] = ()
    grand_sales_minor: int = 0
    hidden: bool = False
    form: int = FORM
    training: bool = False
    waiting: tuple[Waiting, ...] = ()
    waiting_count: int = 0
    waiting_minor: int = 0

    @property
    def cash(self) -> TenderRow:
        """The row of cash, which every drawer has."""
        return self.tenders[0]
