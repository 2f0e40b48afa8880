"""A sale as a program drives it: scan, change, undo, discount, pay.

Every method either does the whole step or raises a `CashwrapError` and leaves the sale as it was.
A method that is given the same ``command`` id twice does nothing the second time and answers as
it did the first.
"""

from collections.abc import Sequence

from cashwrap.events import Event
from cashwrap.money import PPM
from cashwrap.pricing.model import Fee, Priced, Totals
from cashwrap.sale import edits, goods
from cashwrap.sale.cart import Cart, Line
from cashwrap.sale.complete import cancelled
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.errors import PriceRefused, ReasonNeeded, UnknownOrderType
from cashwrap.sale.events import DiscountJournaled, PriceOverrideJournaled
from cashwrap.sale.goods import Choices, Quantity
from cashwrap.sale.payment import Payments
from cashwrap.sale.state import Act, State, next_state
from cashwrap.tender.pan import mask_pan
from cashwrap.tender.payments import Payment


class Sale:
    """One basket being sold. Made by `Till.new_sale`; not safe for several threads at once."""

    def __init__(self, desk: Desk, cart: Cart) -> None:
        self._desk = desk
        self._cart = cart
        self.id = cart.opened.sale
        self.state: State = "open"
        self._answers = {edit.command: edit for edit in cart.history if edit.command}
        self._last_scan: goods.LastScan | None = None
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
        if (done := self._answered(command)) is not None:
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
        if (done := self._answered(command)) is not None:
            return self._line_of(done)
        self.check("edit")
        at = self._desk.now().wall_ms
        item = goods.find(self._desk.catalog, sku)
        made = goods.make(
            self._desk, item, at, self._cart.header.customer, unit, modifiers, lot=mask_pan(lot)
        )
        parts = goods.meal_parts(self._desk, item, at, self._cart.header.customer, choices)
        milli = goods.quantity_milli(quantity, made, whole=bool(parts))
        return self._line_of(
            self._edit(self._adding(made, milli, parts, "key", item.sku, staff, command))
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
        if self._ready(command):
            live = self._cart.live(line)
            reason = mask_pan(reason)
            self._edit(
                edits.LineVoided(line=live.number, reason=reason, **self._stamp(staff, command))
            )

    def change_spec(
        self,
        line: int,
        sku: str = "",
        *,
        modifiers: Sequence[str] | None = None,
        choices: Choices | None = None,
        staff: str = "",
        command: str = "",
    ) -> Line:
        """Make a line another variant, other modifiers or other choices; the line stays itself.

        Its number, quantity, note, seller and discounts are kept; a price override falls away.
        "" and None keep what there is. Raises as `add` does.
        """
        if self._ready(command):
            live = self._cart.live(line)
            at = self._desk.now().wall_ms
            made, parts = goods.respec(self._desk, self._cart, live, at, sku, modifiers, choices)
            self._edit(
                edits.GoodsChanged(
                    line=line, goods=made, parts=parts, **self._stamp(staff, command)
                )
            )
        return self._cart.live(line)

    def undo(self, *, staff: str = "", command: str = "") -> None:
        """Take back the newest step that still counts. Raises NothingToUndo."""
        if self._ready(command):
            self._edit(edits.Undone(**self._stamp(staff, command)))

    def note(self, text: str, line: int = 0, *, staff: str = "", command: str = "") -> None:
        """Put a note on a line, or on the sale; "" removes it. Card numbers are masked."""
        if self._ready(command):
            self._edit(edits.Noted(line=line, text=mask_pan(text), **self._stamp(staff, command)))

    def credit(self, seller: str, line: int = 0, *, staff: str = "", command: str = "") -> None:
        """Credit a line, or the whole sale, to a seller."""
        if self._ready(command):
            self._edit(
                edits.SellerSet(line=line, seller=mask_pan(seller), **self._stamp(staff, command))
            )

    # Prices and discounts

    def override_price(
        self,
        line: int,
        unit_minor: int,
        reason: str,
        *,
        approver: str = "",
        staff: str = "",
        command: str = "",
    ) -> Line:
        """Set a line's unit price by hand; journaled at once. Raises ReasonNeeded, PriceRefused."""
        if self._ready(command):
            live = self._cart.live(line)
            reason = _reason(reason, "a price override")
            if unit_minor < 0:
                raise PriceRefused(f"a unit price of {unit_minor} is below zero")
            edit = edits.PriceOverridden(
                line=line,
                unit_minor=unit_minor,
                reason=reason,
                approver=approver,
                **self._stamp(staff, command),
            )
            event = PriceOverrideJournaled(
                self.id, line, live.goods.sku, live.goods.unit_minor, unit_minor, reason, approver
            )
            self._edit(edit, event)
        return self._cart.live(line)

    def discount(
        self,
        *,
        percent_ppm: int = 0,
        amount_minor: int = 0,
        unit_price_minor: int | None = None,
        lines: Sequence[int] = (),
        reason: str,
        approver: str = "",
        staff: str = "",
        command: str = "",
    ) -> str:
        """Give a manual discount on some lines, or on the order; return its id.

        Exactly one of ``percent_ppm`` (120_000 is 12 % off), ``amount_minor`` off the lines' sum
        and ``unit_price_minor`` is given. Journaled at once. Raises ReasonNeeded, PriceRefused,
        NoSuchLine.
        """
        if (done := self._answered(command)) is not None:
            assert isinstance(done, edits.DiscountGiven)
            return done.id
        self.check("edit")
        kind, value = _one_discount(percent_ppm, amount_minor, unit_price_minor)
        for number in lines:
            self._cart.live(number)
        edit = edits.DiscountGiven(
            id=f"manual:{len(self._cart.history)}",
            discount=kind,
            value=value,
            reason=_reason(reason, "a discount"),
            lines=tuple(lines),
            approver=approver,
            **self._stamp(staff, command),
        )
        event = DiscountJournaled(self.id, edit.id, kind, value, edit.lines, edit.reason, approver)
        self._edit(edit, event)
        return edit.id

    def remove_discount(self, discount: str, *, staff: str = "", command: str = "") -> None:
        """Take a manual discount away again. Raises PriceRefused for an unknown id."""
        if self._ready(command):
            if discount not in self._cart.header.discounts:
                raise PriceRefused(f"there is no discount {discount!r} on this sale")
            self._edit(edits.DiscountRemoved(id=discount, **self._stamp(staff, command)))

    def charge(self, fee: Fee, *, staff: str = "", command: str = "") -> None:
        """Put a surcharge on the order, or replace the one of the same id."""
        if self._ready(command):
            self._edit(edits.FeeCharged(fee=fee, **self._stamp(staff, command)))

    def remove_fee(self, fee: str, *, staff: str = "", command: str = "") -> None:
        """Take a surcharge off the order. Raises PriceRefused for an unknown id."""
        if self._ready(command):
            if fee not in self._cart.header.fees:
                raise PriceRefused(f"there is no fee {fee!r} on this sale")
            self._edit(edits.FeeRemoved(id=fee, **self._stamp(staff, command)))

    def set_order_type(self, order_type: str, *, staff: str = "", command: str = "") -> None:
        """Dine in, takeaway, ...: taxes follow. Raises UnknownOrderType."""
        if self._ready(command):
            known = self._desk.settings.order_types
            if order_type not in known:
                raise UnknownOrderType(
                    f"order type {order_type!r} is not one of this shop's: {', '.join(known)}"
                )
            self._edit(edits.OrderTypeSet(order_type=order_type, **self._stamp(staff, command)))

    def set_customer(self, customer: str, *, staff: str = "", command: str = "") -> None:
        """Name the customer's group; lines whose price book is for it are priced again."""
        if self._ready(command):
            at = self._desk.now().wall_ms
            changed = goods.repriced(self._desk, self._cart, customer, at)
            self._edit(
                edits.CustomerSet(customer=customer, goods=changed, **self._stamp(staff, command))
            )

    # The end

    @property
    def due_minor(self) -> int:
        """Return what is still to pay, minor units."""
        return self.payments.due_minor

    def pay_cash(self, tendered_minor: int, *, staff: str = "", command: str = "") -> Payment:
        """Take cash; see `Payments.cash`. The change stands in the result."""
        return self.payments.cash(tendered_minor, staff=staff, command=command)

    def cancel(self, reason: str = "", *, staff: str = "", command: str = "") -> None:
        """Abandon the sale; its lines go into the journal. Give payments back first."""
        self.check("cancel")
        now = self._desk.now()
        event = cancelled(self._cart, mask_pan(reason), self._desk.day_of(now.wall_ms))
        self._desk.commit([event], staff=staff, command=command)
        self.move("cancel")
        self._desk.ended(self.id)

    # Inside

    def move(self, act: Act) -> None:
        """Go to the state after an act. Raises NotInThisState."""
        self.state = next_state(self.state, act)

    def check(self, act: Act) -> None:
        """Raise NotInThisState when an act is not allowed now."""
        next_state(self.state, act)

    def _answered(self, command: str) -> AnyEdit | None:
        return self._answers.get(command) if command else None

    def _stamp(self, staff: str, command: str) -> edits.Stamp:
        return {"at_ms": self._desk.now().wall_ms, "staff": staff, "command": command}

    def _ready(self, command: str) -> bool:
        """Whether an edit is to be made: not when its command was done before."""
        if self._answered(command) is not None:
            return False
        self.check("edit")
        return True

    def _edit(self, edit: AnyEdit, event: Event | None = None) -> AnyEdit:
        """Apply, journal what must be at once, and write the draft; or leave all as it was."""
        self._cart.apply(edit)
        try:
            if event is not None:
                self._desk.commit([event], staff=edit.staff)
            self._desk.write_draft(self.id, edit)
        except BaseException:
            self._cart.take_back()
            raise
        if edit.command:
            self._answers[edit.command] = edit
        return edit

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
        if self._ready(command):
            live = self._cart.live(line)
            milli = goods.quantity_milli(quantity, live.goods, whole=bool(live.parts))
            self._edit(
                edits.QuantitySet(
                    line=line, quantity_milli=milli, weighed=weighed, **self._stamp(staff, command)
                )
            )
        return self._cart.live(line)

    def _line_of(self, edit: AnyEdit) -> Line:
        assert isinstance(edit, edits.LineAdded | edits.QuantitySet)
        return self._cart.live(edit.line)


def _reason(reason: str, what: str) -> str:
    if not reason.strip():
        raise ReasonNeeded(what)
    return mask_pan(reason.strip())


def _one_discount(
    percent_ppm: int, amount_minor: int, unit_price_minor: int | None
) -> tuple[edits.DiscountKind, int]:
    given = [percent_ppm != 0, amount_minor != 0, unit_price_minor is not None]
    if sum(given) != 1:
        raise PriceRefused("give exactly one of percent_ppm, amount_minor, unit_price_minor")
    if not 0 <= percent_ppm <= PPM:
        raise PriceRefused(f"{percent_ppm} ppm is not between 0 and 100 %")
    if amount_minor < 0 or (unit_price_minor or 0) < 0:
        raise PriceRefused("a discount cannot be below zero")
    if percent_ppm:
        return "percent", percent_ppm
    if amount_minor:
        return "amount", amount_minor
    return "unit_price", unit_price_minor or 0
