"""The cart: what a history of edits comes to, kept up to date edit by edit.

It is a fold and nothing else: no clock, no disk, no catalog. The same edits give the same lines,
totals and proof on every machine.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.money import MILLI, div_round
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import Adjustment, Fee, MealPart, Priced, Totals
from cashwrap.sale import edits
from cashwrap.sale.edits import AnyEdit, ChosenPart, Goods
from cashwrap.sale.errors import NoSuchLine, NothingToUndo


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
    customer: str = ""
    seller: str = ""
    note: str = ""
    discounts: dict[str, edits.DiscountGiven] = {}
    fees: dict[str, Fee] = {}


class Cart:
    """The lines of one sale and their totals.

    `apply` either applies an edit whole or raises and leaves everything as it was.
    """

    def __init__(self, opened: edits.SaleOpened, engine: Engine) -> None:
        self.opened = opened
        self.history: list[AnyEdit] = [opened]
        self.totals = Totals()
        self.engine = engine
        self._start()

    def apply(self, edit: AnyEdit) -> None:
        """Apply one edit and price again.

        Raises NoSuchLine, NothingToUndo or an error of pricing (an amount that does not fit);
        the cart is then unchanged.
        """
        try:
            if type(edit) is edits.Undone:
                self._replay(self._without_newest())
            else:
                _APPLY[type(edit)](self, edit)
            self.totals = self.pricing.price()
        except CashwrapError:
            self._replay(effective(self.history))
            self.totals = self.pricing.price()
            raise
        self.history.append(edit)

    def take_back(self) -> None:
        """Forget the newest edit, as if it had never been applied (its draft was not written)."""
        self.history.pop()
        self._replay(effective(self.history))
        self.totals = self.pricing.price()

    def price_by(self, engine: Engine) -> None:
        """Price by another engine from now on; it must know every tax code of the cart."""
        self.engine = engine
        self._replay(effective(self.history))
        self.totals = self.pricing.price()

    def live(self, number: int) -> Line:
        """Return a live line that is not a part of a meal. Raises NoSuchLine."""
        line = self.lines.get(number)
        if line is None or line.parent:
            raise NoSuchLine(number)
        return line

    def ever(self, number: int) -> Line:
        """Return a line: live, or one struck out as it was added. Raises NoSuchLine."""
        if number in self.lines:
            return self.lines[number]
        for edit in self.history:
            if type(edit) is edits.LineAdded and edit.line == number:
                return _line(edit)
        raise NoSuchLine(number)

    def next_line(self) -> int:
        """Return the number that the next line will have; numbers are never used twice."""
        return self._next

    def priced(self) -> Priced:
        """Return the full result: lines, matrix, taxes and proof."""
        return self.pricing.priced()

    def _start(self) -> None:
        self.lines: dict[int, Line] = {}
        self.header = Header(order_type=self.opened.order_type, customer=self.opened.customer)
        self.pricing = self.engine.cart(self.opened.order_type)
        self._next = 1

    def _replay(self, history: Iterable[AnyEdit]) -> None:
        next_line = getattr(self, "_next", 1)
        self._start()
        for edit in history:
            if type(edit) is not edits.SaleOpened:
                _APPLY[type(edit)](self, edit)
        self._next = max(self._next, next_line)

    def _without_newest(self) -> list[AnyEdit]:
        counting = effective(self.history)
        if len(counting) < 2:
            raise NothingToUndo
        return counting[:-1]

    def _add(self, edit: edits.LineAdded) -> None:
        line = _line(edit)
        self.lines[edit.line] = line
        self._next = edit.line + 1
        if edit.parts:
            self._add_parts(line, edit.parts)
        self._put(line)

    def _add_parts(self, meal: Line, parts: tuple[ChosenPart, ...]) -> None:
        for part in parts:
            number = self._next
            self._next += 1
            self.lines[number] = Line(
                number=number,
                goods=part.goods,
                quantity_milli=part.quantity_milli * meal.quantity_milli // MILLI,
                staff=meal.staff,
                parent=meal.number,
                slot=part.slot,
                part_milli=part.quantity_milli,
                upcharge_minor=part.upcharge_minor,
            )
            meal.parts += (number,)

    def _set_quantity(self, edit: edits.QuantitySet) -> None:
        line = self.live(edit.line)
        line.quantity_milli = edit.quantity_milli
        for number in line.parts:
            part = self.lines[number]
            part.quantity_milli = part.part_milli * edit.quantity_milli // MILLI
        self._put(line)

    def _void(self, edit: edits.LineVoided) -> None:
        line = self.live(edit.line)
        self._drop(line)
        del self.lines[line.number]

    def _change_goods(self, edit: edits.GoodsChanged) -> None:
        line = self.live(edit.line)
        self._drop(line)
        line.goods, line.parts = edit.goods, ()
        line.override_minor, line.override_reason, line.approved = None, "", False
        if edit.parts:
            self._add_parts(line, edit.parts)
        self._put(line)

    def _note(self, edit: edits.Noted) -> None:
        if edit.line:
            self.live(edit.line).note = edit.text
        else:
            self.header.note = edit.text

    def _set_seller(self, edit: edits.SellerSet) -> None:
        if edit.line:
            self.live(edit.line).seller = edit.seller
        else:
            self.header.seller = edit.seller

    def _override(self, edit: edits.PriceOverridden) -> None:
        line = self.live(edit.line)
        line.override_minor, line.override_reason = edit.unit_minor, edit.reason
        line.approved = bool(edit.approver)
        self._put(line)

    def _discount(self, edit: edits.DiscountGiven) -> None:
        for number in edit.lines:
            self.live(number)
        self.header.discounts[edit.id] = edit
        self._discounts_changed()

    def _undiscount(self, edit: edits.DiscountRemoved) -> None:
        self.header.discounts.pop(edit.id, None)
        self._discounts_changed()

    def _charge(self, edit: edits.FeeCharged) -> None:
        self.header.fees[edit.fee.id] = edit.fee
        self.pricing.charge(tuple(self.header.fees.values()))

    def _uncharge(self, edit: edits.FeeRemoved) -> None:
        self.header.fees.pop(edit.id, None)
        self.pricing.charge(tuple(self.header.fees.values()))

    def _set_order_type(self, edit: edits.OrderTypeSet) -> None:
        self.header.order_type = edit.order_type
        self.pricing.order_type = edit.order_type

    def _set_customer(self, edit: edits.CustomerSet) -> None:
        self.header.customer = edit.customer
        for number, goods in edit.goods:
            line = self.live(number)
            line.goods = goods
            self._put(line)

    def _put(self, line: Line) -> None:
        """Bring one line, or a meal with its parts, to the pricing engine."""
        goods = line.goods
        if line.parts:
            self.pricing.put_meal(
                line.number,
                goods.unit_minor,
                line.quantity_milli,
                [_meal_part(self.lines[number]) for number in line.parts],
                minimum_minor=0 if line.approved else goods.minimum_minor,
                override_minor=line.override_minor,
            )
            return
        self.pricing.put(
            line.number,
            goods.unit_minor,
            line.quantity_milli,
            goods.tax,
            goods.tax_included,
            minimum_minor=0 if line.approved else goods.minimum_minor,
            override_minor=line.override_minor,
            base_quantity_milli=_base_milli(line),
        )

    def _drop(self, line: Line) -> None:
        """Take a line, or a meal with its parts, away from the pricing engine."""
        self.pricing.drop(line.number)
        for number in line.parts:
            del self.lines[number]

    def _discounts_changed(self) -> None:
        self.pricing.adjust(
            tuple(
                Adjustment(
                    id=given.id,
                    kind=given.discount,
                    value=given.value,
                    lines=given.lines,
                    reason=given.reason,
                    staff=given.approver or given.staff,
                )
                for given in self.header.discounts.values()
            )
        )


# Each kind of edit and how it is applied. Undone is not here: it replays all others.
_APPLY: dict[type, Callable[[Cart, Any], None]] = {
    edits.LineAdded: Cart._add,
    edits.QuantitySet: Cart._set_quantity,
    edits.LineVoided: Cart._void,
    edits.GoodsChanged: Cart._change_goods,
    edits.Noted: Cart._note,
    edits.SellerSet: Cart._set_seller,
    edits.PriceOverridden: Cart._override,
    edits.DiscountGiven: Cart._discount,
    edits.DiscountRemoved: Cart._undiscount,
    edits.FeeCharged: Cart._charge,
    edits.FeeRemoved: Cart._uncharge,
    edits.OrderTypeSet: Cart._set_order_type,
    edits.CustomerSet: Cart._set_customer,
}


def _line(edit: edits.LineAdded) -> Line:
    return Line(
        number=edit.line,
        goods=edit.goods,
        quantity_milli=edit.quantity_milli,
        staff=edit.staff,
        entry=edit.entry,
        code=edit.code,
    )


def _meal_part(part: Line) -> MealPart:
    goods = part.goods
    return MealPart(
        part.number,
        goods.unit_minor,
        part.part_milli,
        goods.tax,
        goods.tax_included,
        part.upcharge_minor,
    )


def _base_milli(line: Line) -> int | None:
    base_milli = line.goods.base_milli
    if base_milli == MILLI:
        return None
    return div_round(line.quantity_milli * base_milli, MILLI, "half_up")


def effective(history: Iterable[AnyEdit]) -> list[AnyEdit]:
    """Return the edits of a history that count: those not undone, without the undos."""
    counting: list[AnyEdit] = []
    for edit in history:
        if type(edit) is edits.Undone:
            counting.pop()
        else:
            counting.append(edit)
    return counting
