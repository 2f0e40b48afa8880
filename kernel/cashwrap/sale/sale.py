"""A sale as a program drives it: scan, change, undo, discount, pay.

Every method either does the whole step or raises a `CashwrapError` and leaves the sale as it was.
A method that is given the same ``command`` id twice does nothing the second time and answers as
it did the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cashwrap.pricing.model import Priced, Totals
from cashwrap.sale import edits, goods, guarding, margin
from cashwrap.sale.by_hand import HandPricedSale
from cashwrap.sale.cart import Cart, Line
from cashwrap.sale.complete import cancelled
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.errors import UnknownOrderType
from cashwrap.sale.goods import Choices, Quantity
from cashwrap.sale.payment import Payments
from cashwrap.staff.rights import Act
from cashwrap.tender.pan import words
from cashwrap.tender.payments import Payment

if TYPE_CHECKING:
    from cashwrap.sale.holds.model import Hold
    from cashwrap.sale.refunding import Refunded
    from cashwrap.tender.refunds import Wish


class Sale(HandPricedSale):
    """One basket being sold. Made by `Till.new_sale`; not safe for several threads at once."""

    def __init__(self, desk: Desk, cart: Cart) -> None:
        super().__init__(desk, cart)
        self._last_scan: goods.LastScan | None = None
        self._held: Hold | None = None
        self.payments = Payments(desk, self)

    # What it is

    @property
    def totals(self) -> Totals:
        """Return the sums of the cart as it stands, minor units."""
        return self._cart.totals

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the live lines in the order of their numbers, parts of meals after their meal."""
        return tuple(self._cart.lines.values())

    @property
    def history(self) -> tuple[AnyEdit, ...]:
        """Return every edit since the sale began, undone and voided ones included."""
        return tuple(self._cart.history)

    @property
    def cart(self) -> Cart:
        """Return the cart; read it, change it only through the sale."""
        return self._cart

    def priced(self) -> Priced:
        """Return the full pricing of the cart: lines, allocations, taxes, proof."""
        return self._cart.priced()

    # Lines

    def scan(self, code: str, *, staff: str = "", command: str = "") -> Line:
        """Add what a scanner read: a GTIN in any form, a store code with weight or price, a PLU.

        The same item again adds to its line when the settings say ``same_item = "merge"``.
        Raises ScanError for what cannot be goods (wrong check digit, payment code, expired lot),
        UnknownItem, NoPrice, and what `add` raises.
        """
        if (done := self._answered(command, *_ADDS)) is not None:
            return self._line_of(done)
        self.check("edit")
        at = self._desk.now().wall_ms
        found = goods.scanned(self._desk, self._cart, code, at, self._last_scan)
        if isinstance(found, int):  # the second code of the pack just scanned
            return self._cart.live(found)
        edit = self._adding(
            found.goods, found.quantity_milli, (), "scan", found.scan.raw, staff, command
        )
        line = self._line_of(self._edit(edit))
        self._last_scan = goods.LastScan(found.scan, at, line.number)
        return line

    def add(
        self,
        sku: str,
        quantity: Quantity = 1,
        *,
        unit: str = "",
        modifiers: Sequence[str] = (),
        choices: Choices | None = None,
        lot: str = "",
        staff: str = "",
        command: str = "",
    ) -> Line:
        """Add an item by its SKU or PLU.

        ``quantity`` is whole units, or decimal text for weighed goods (``"0.532"``). ``unit`` is
        "" for the base unit or a pack's. ``modifiers`` are codes; ``choices`` fill a set meal's
        slots: slot name to the chosen SKUs.
        Raises UnknownItem, NoPrice, NotForSale, QuantityRefused, or a refusal that names the slot
        or modifier group.
        """
        if (done := self._answered(command, *_ADDS)) is not None:
            return self._line_of(done)
        self.check("edit")
        at = self._desk.now().wall_ms
        item = goods.find(self._desk.catalog, sku)
        made = goods.make(
            self._desk,
            item,
            at,
            self._cart.header.customer,
            unit,
            modifiers,
            lot=words(lot, "a lot"),
        )
        parts = goods.meal_parts(self._desk, item, at, self._cart.header.customer, choices)
        made = margin.guarded_meal(self._desk, made, parts)
        milli = goods.quantity_milli(quantity, made, whole=bool(parts))
        return self._line_of(
            self._make(self._adding(made, milli, parts, "key", item.sku, staff, command))
        )

    def set_quantity(
        self, line: int, quantity: Quantity, *, staff: str = "", command: str = ""
    ) -> Line:
        """Set a line's quantity. Raises NoSuchLine, QuantityRefused."""
        return self._set_quantity(line, quantity, False, staff, command)

    def weigh(self, line: int, quantity: Quantity, *, staff: str = "", command: str = "") -> Line:
        """Set a line's quantity to what a scale said. Raises NoSuchLine, QuantityRefused."""
        return self._set_quantity(line, quantity, True, staff, command)

    def void_line(self, line: int, reason: str = "", *, staff: str = "", command: str = "") -> None:
        """Strike a line out; it stays in the history. Raises NoSuchLine."""
        if self._ready(command, edits.LineVoided):
            live, reason = self._cart.live(line), words(reason, "a reason")
            stamp = self._stamp(staff, command)
            approver = self.may(guarding.voiding(self._cart, live), staff)
            self._make(edits.LineVoided(line=line, reason=reason, approver=approver, **stamp))

    def change_spec(
        self,
        line: int,
        sku: str = "",
        *,
        modifiers: Sequence[str] | None = None,
        choices: Choices | None = None,
        unit: str | None = None,
        staff: str = "",
        command: str = "",
    ) -> Line:
        """Make a line another variant, unit, other modifiers or choices; the line stays itself.

        Its number, quantity, note, seller and discounts are kept; a price override falls away.
        ``unit`` is "" for the base unit, or a pack's: one piece becomes one case. A ``sku`` of ""
        and None keep what there is; another variant comes in its base unit. Fewer of the same goods
        in each unit are as a lower quantity. Raises as `add` does.
        """
        if self._ready(command, edits.GoodsChanged):
            live = self._cart.live(line)
            at = self._desk.now().wall_ms
            made, parts = goods.respec(
                self._desk, self._cart, live, at, sku, modifiers, choices, unit
            )
            stamp, less = self._stamp(staff, command), guarding.shrinking(self._cart, live, made)
            self._make(
                edits.GoodsChanged(
                    line=live.number,
                    goods=made,
                    parts=parts,
                    approver="" if less is None else self.may(less, staff),
                    **stamp,
                )
            )
        return self._cart.ever(line)

    def undo(self, *, staff: str = "", command: str = "") -> None:
        """Take back the newest step that still counts. Raises NothingToUndo."""
        if self._ready(command, edits.Undone):
            stamp, approver = self._stamp(staff, command), ""
            if self._desk.guarded:
                for act in [*guarding.undoing(self._cart), *self._return_again()]:
                    approver = self.may(act, staff) or approver
            self._make(edits.Undone(approver=approver, **stamp))

    def note(self, text: str, line: int = 0, *, staff: str = "", command: str = "") -> None:
        """Put a note on a line, or on the sale; "" removes it. Card numbers are masked."""
        if self._ready(command, edits.Noted):
            text = words(text, "a note")
            self._make(edits.Noted(line=line, text=text, **self._stamp(staff, command)))

    def credit(self, seller: str, line: int = 0, *, staff: str = "", command: str = "") -> None:
        """Credit a line, or the whole sale, to a seller."""
        if self._ready(command, edits.SellerSet):
            seller = words(seller, "a seller")
            self._make(edits.SellerSet(line=line, seller=seller, **self._stamp(staff, command)))

    def set_order_type(self, order_type: str, *, staff: str = "", command: str = "") -> None:
        """Dine in, takeaway, ...: taxes follow. Raises UnknownOrderType."""
        if self._ready(command, edits.OrderTypeSet):
            known = self._desk.settings.order_types
            if order_type not in known:
                raise UnknownOrderType(order_type, known)
            self._make(edits.OrderTypeSet(order_type=order_type, **self._stamp(staff, command)))

    # The end

    @property
    def due_minor(self) -> int:
        """Return what is still to pay, minor units; below zero: to be given back."""
        return self.payments.due_minor

    def pay_cash(self, tendered_minor: int, *, staff: str = "", command: str = "") -> Payment:
        """Take cash; see `Payments.cash`. The change stands in the result."""
        return self.payments.cash(tendered_minor, staff=staff, command=command)

    def suspend(
        self,
        reason: str = "",
        *,
        key: str = "",
        note: str = "",
        staff: str = "",
        command: str = "",
    ) -> Hold:
        """Park the sale (挂单): it is in the journal, and the till is free for the next customer.

        ``reason`` is one of the settings', or words of one's own; ``note`` stands beside it.
        ``key`` is what it is found by beside its code (a card, a phone, a table), the member by
        default. `Till.holds` brings it back. Raises ReasonNeeded, EmptySale, and NotInThisState
        while there is money on it.
        """
        if self._held is not None and self.ended_by("suspend", command):
            return self._held
        holds, named = self._desk.holds, self.scoped(command)
        self._held = holds.suspend(self, reason, note, key, staff, named)
        self.ended_as("suspend", command)
        return self._held

    def refund(
        self,
        to: Wish = "",
        amount_minor: int = 0,
        *,
        online: bool = True,
        staff: str = "",
        command: str = "",
    ) -> Refunded:
        """Give back what is due for goods that came back: all of it, or ``amount_minor``.

        It goes to the tenders that paid, cards first, each up to what it paid; ``to`` "cash" or
        "credit" (a new credit note) sends it there under the right ``sale.return_other_tender``.
        What goods without a receipt bring goes where the settings say. The last of it completes the
        sale, as does a sale on which nothing is due. A driver that refuses ends the step, and so
        does one that does not answer: then `Till.step` asks on; look at what is due, and call again
        for the rest. Raises, with nothing given: EmptySale, PaymentInDoubt, ReturnChanged,
        ReturnRefused, NothingToGiveBack, RefundExceedsDue, OtherTenderNeeded, TenderNeedsNetwork,
        and what `Desk.allow` raises.
        """
        from cashwrap.sale.refunding import Wanted, refund

        return refund(self, Wanted(to, amount_minor, online, staff, command))

    def cancel(self, reason: str = "", *, staff: str = "", command: str = "") -> None:
        """Abandon the sale; its lines go into the journal. Give payments back first.

        One that is suspended is cancelled where it waits; see `Holds.cancel`.
        """
        if self.ended_by("cancel", command):
            return
        self.payments.refuse_to_forget()
        self.check("cancel")
        if self.state == "suspended":  # it may have been resumed since, as another `Sale`
            named, register = self.scoped(command), self.register
            self._desk.holds.cancel(self.id, reason, register=register, staff=staff, command=named)
            self.move("cancel")
            self.ended_as("cancel", command)
            return
        day = self._desk.day_of(self._desk.now().wall_ms)
        event = cancelled(self._cart, words(reason, "a reason"), day)
        self.may(Act("sale.cancel", self.id, str(self.totals.payable_minor)), staff)
        self.end("cancel", [event], staff, command)

    # Inside

    def _adding(
        self,
        made: edits.Goods,
        milli: int,
        parts: tuple[edits.ChosenPart, ...],
        entry: str,
        code: str,
        staff: str,
        command: str,
    ) -> AnyEdit:
        same = None if parts else goods.same_line(self._desk, self._cart, made)
        if same is not None:
            return edits.QuantitySet(
                line=same.number,
                quantity_milli=goods.sum_milli(same.quantity_milli, milli),
                **self._stamp(staff, command),
            )
        return edits.LineAdded(
            line=self._cart.next_line(),
            goods=made,
            quantity_milli=milli,
            parts=parts,
            entry=entry,
            code=code,
            **self._stamp(staff, command),
        )

    def _set_quantity(
        self, line: int, quantity: Quantity, weighed: bool, staff: str, command: str
    ) -> Line:
        if self._ready(command, edits.QuantitySet):
            live = self._cart.live(line)
            milli = goods.quantity_milli(quantity, live.goods, whole=bool(live.parts))
            stamp = self._stamp(staff, command)
            scaled = weighed and live.goods.measure == "weight"
            lower = None if scaled else guarding.lowering(self._cart, live, milli)
            self._make(
                edits.QuantitySet(
                    line=live.number,
                    quantity_milli=milli,
                    weighed=weighed,
                    approver="" if lower is None else self.may(lower, staff),
                    **stamp,
                )
            )
        return self._cart.ever(line)

    def _line_of(self, edit: AnyEdit) -> Line:
        assert isinstance(edit, edits.LineAdded | edits.QuantitySet)
        return self._cart.ever(edit.line)


_ADDS = (edits.LineAdded, edits.QuantitySet)
