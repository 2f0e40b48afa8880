"""What a sale needs of the till it is rung up on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from cashwrap.catalog.model import PriceContext
from cashwrap.catalog.view import Catalog
from cashwrap.events import Event
from cashwrap.ports import Timestamp
from cashwrap.pricing.model import TaxCode
from cashwrap.promotions.model import Left
from cashwrap.promotions.rules import Rule
from cashwrap.sale.cart import Cart
from cashwrap.sale.coupons import KnownCoupon
from cashwrap.sale.edits import AnyEdit, Goods
from cashwrap.settings import Settings
from cashwrap.staff.rights import Act, Allowed
from cashwrap.stock.moves import StockMove
from cashwrap.tender.payments import Payment

if TYPE_CHECKING:
    from cashwrap.sale.holds.holds import Holds
    from cashwrap.sale.returning.original import Original
    from cashwrap.tender.credit import CreditNote
    from cashwrap.tender.runner import TenderRunner


Watched = Literal["add", "pay"]
"""What somebody else may forbid: goods onto a sale, and the first money for it."""


class Desk(Protocol):
    """The till, as its sales see it. Everything that is not a pure function goes through here."""

    @property
    def settings(self) -> Settings:
        """Return the till's settings."""
        ...

    @property
    def catalog(self) -> Catalog:
        """Return the catalog snapshot that is in force now. Raises NoCatalog."""
        ...

    @property
    def runner(self) -> TenderRunner:
        """Return what asks the payment drivers."""
        ...

    @property
    def holds(self) -> Holds:
        """Return the till's suspended sales."""
        ...

    def now(self) -> Timestamp:
        """Return the time."""
        ...

    def latest_ms(self) -> int:
        """Return the time for what may expire: the clock's, or the newest receipts' if later."""
        ...

    def day_of(self, wall_ms: int) -> int:
        """Return the business day of a moment, yyyymmdd."""
        ...

    def new_id(self) -> str:
        """Return a fresh id."""
        ...

    def price_context(self, customer: str) -> PriceContext:
        """Return for whom and where prices are asked."""
        ...

    def tax_codes(self) -> dict[str, TaxCode]:
        """Return the tax codes in force now, by code."""
        ...

    def write_draft(self, sale: str, edit: AnyEdit, engine: bytes = b"") -> None:
        """Append an edit to the draft; it survives the death of the process from now on.

        ``engine`` is the source of the engine that prices the sale from this edit on, if it is new.
        """
        ...

    def flush_draft(self) -> None:
        """Put the draft on the disk."""
        ...

    def commit(
        self, events: Sequence[Event], *, staff: str = "", command: str = "", register: str = ""
    ) -> None:
        """Journal events, durably, as of a register."""
        ...

    def on_shift(self, register: str) -> None:
        """Raise NoOpenShift at a register that needs an open shift to sell, and has none."""
        ...

    def allow(self, act: Act, staff: str, register: str | None = None) -> Allowed:
        """Return that somebody may do something now, and on whose approval.

        Raises NotSignedIn, RightDenied, ApprovalNeeded.
        """
        ...

    @property
    def watched(self) -> frozenset[str]:
        """Return the acts (`Watched`) before which somebody is to be asked."""
        ...

    def ask_watchers(self, act: Watched, cart: Cart, line: int = 0) -> None:
        """Ask them. Raises what forbids it, with the reason."""
        ...

    def clerk(self, staff: str, register: str, at: Timestamp) -> str:
        """Return who sells at a register now. Raises NotSignedIn, RightDenied."""
        ...

    @property
    def guarded(self) -> bool:
        """Return whether the shop has accounts, so that rights are asked."""
        ...

    def payments_of(self, sale: str) -> list[Payment]:
        """Return the payments of a sale as committed."""
        ...

    def payments_given_back_by(self, sale: str) -> list[Payment]:
        """Return the payments of other sales that a return gave back, or is giving back."""
        ...

    def traded_in(self, sale: str) -> tuple[tuple[str, int], ...]:
        """Return the sales whose goods came back on a completed sale, and what for.

        None where it is not known.
        """
        ...

    def returns_of(self, sale: str) -> tuple[str, ...]:
        """Return the completed sales on which goods of a sale came back."""
        ...

    def credit_note(self, code: str) -> CreditNote | None:
        """Return a credit note of this till by its code, or None."""
        ...

    def credit_of_payment(self, payment: str) -> CreditNote | None:
        """Return the credit note that made a payment, or that an act of giving made, or None."""
        ...

    def drawn(self, cart: Cart) -> tuple[StockMove, ...]:
        """Return what a sale would draw from stock now. Raises InsufficientStock, RecipeRefused."""
        ...

    def short_of(self, cart: Cart) -> tuple[str, ...]:
        """Return the SKUs of which there is less than a sale would draw from stock now."""
        ...

    def cost_minor(self, goods: Goods) -> int:
        """Return what one unit of these goods would cost the shop if it were sold now."""
        ...

    def limits_left(self, limited: Sequence[Rule], member: str) -> tuple[tuple[str, Left], ...]:
        """Return what is left now of rules with limits, for a member or nobody in particular."""
        ...

    def original(self, named: int | str, but: str = "") -> Original:
        """Return a completed sale that goods come back of, with what has come back of it.

        What other open sales (``but`` one) give back with money under way counts as given.
        Raises NoSuchSale.
        """
        ...

    def number_of(self, sale: str) -> int:
        """Return the receipt number of a completed sale, 0 for any other."""
        ...

    def would_draw(self, goods: Goods, quantity_milli: int) -> tuple[StockMove, ...]:
        """Return the moves that goods of no known sale come back by: as a sale would draw them."""
        ...

    def lowest_minor(self, goods: Goods, since_ms: int) -> int | None:
        """Return the lowest unit price that this till sold goods for since a moment, or None."""
        ...

    def known_coupon(self, code: str) -> KnownCoupon | None:
        """Return a coupon that this till issued or took, or None."""
        ...

    def coupon_on_open_sale(self, code: str) -> bool:
        """Return whether some open sale has the coupon."""
        ...

    def completed(self, cart: Cart, payments: Sequence[Payment], *, paid: bool) -> list[Event]:
        """Return the events that would complete a sale now: number, day, stock moves, and what
        its promotions used up.

        Once a payment was journaled (``paid``), stock refuses nothing any more.
        """
        ...

    def ended(self, sale: str) -> None:
        """Forget an open sale; its end is in the journal."""
        ...
