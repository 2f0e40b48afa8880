"""The cart: what a history of edits comes to, kept up to date edit by edit.

It is a fold and nothing else: no clock, no disk, no catalog. The same edits give the same lines,
totals and proof on every machine.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cashwrap.errors import CashwrapError
from cashwrap.money import MILLI, div_round
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import Adjustment, MealPart, Priced, Totals
from cashwrap.promotions.model import BasketLine
from cashwrap.sale import edits
from cashwrap.sale.basket import basket_line
from cashwrap.sale.edits import AnyEdit, ChosenPart
from cashwrap.sale.errors import NoSuchLine, NothingToUndo
from cashwrap.sale.line import Header as Header
from cashwrap.sale.line import Line as Line
from cashwrap.sale.promoting import Promoting, SaleRules


class Cart:
    """The lines of one sale and their totals.

    `apply` either applies an edit whole or raises and leaves everything as it was. ``rules`` are
    the promotions of ``priced_from``, the edit that said by which rules and time the sale is
    priced: its beginning, where it was not repriced since.
    """

    def __init__(
        self,
        opened: edits.SaleOpened,
        engine: Engine,
        rules: SaleRules | None = None,
        priced_from: edits.SaleOpened | edits.Repriced | None = None,
    ) -> None:
        self.opened = opened
        self.priced_from = priced_from or opened
        self.history: list[AnyEdit] = [opened]
        self.totals = Totals()
        self.engine = engine
        self._rules = rules
        self._start()

    @classmethod
    def of_history(
        cls, history: Iterable[AnyEdit], engine: Engine, rules: SaleRules | None = None
    ) -> "Cart":
        """Return the cart that a whole history comes to, priced once; ``rules`` as for a cart."""
        edits_made = list(history)
        opened = edits_made[0]
        assert isinstance(opened, edits.SaleOpened)  # every history begins so
        cart = cls(opened, engine, rules, priced_from(edits_made))
        cart.history = edits_made
        cart._fold(effective(edits_made))
        added = (edit for edit in edits_made if type(edit) is edits.LineAdded)  # undone ones, too
        numbers = [edit.line + len(edit.parts) + 1 for edit in added]
        cart._next = max(cart._next, *numbers, 1)
        cart._price(edits_made[-1].at_ms)
        return cart

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
            self._price(edit.at_ms)
        except CashwrapError:
            self._replay(effective(self.history))
            self._price(self.history[-1].at_ms)
            raise
        self.history.append(edit)

    def take_back(self) -> None:
        """Forget the newest edit, as if it had never been applied (its draft was not written)."""
        self.history.pop()
        self._replay(effective(self.history))
        self._price(self.history[-1].at_ms)

    def price_by(self, engine: Engine) -> None:
        """Price by another engine from now on; it must know every tax code of the cart."""
        self.engine = engine
        self._replay(effective(self.history))
        self._price(self.history[-1].at_ms)

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
        if self.promoting is not None and self.promoting.stale:  # nothing was done on it yet
            self._price(self.opened.at_ms)
        priced = self.pricing.priced()
        return priced if self.promoting is None else self.promoting.proved(priced, self.lines)

    @property
    def returned_minor(self) -> int:
        """Return what goes back to the customer for goods that come back, minor units."""
        returns = self.header.returns
        return sum(each.answer.refund_minor for each in returns.values()) if returns else 0

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is sold and nothing comes back."""
        return not self.lines and not self.header.returns

    def basket_lines(self) -> tuple[BasketLine, ...]:
        """Return the lines as promotions see them, a set meal as one, under any rules or none."""
        whole = [line for line in self.lines.values() if not line.parent]
        return tuple(basket_line(line, self.pricing) for line in whole)

    def _start(self) -> None:
        self.lines: dict[int, Line] = {}
        opened, rules_at = self.opened, self.priced_from.rules
        self.header = Header(
            order_type=opened.order_type, customer=opened.customer, register=opened.register
        )
        self.pricing = self.engine.cart(opened.order_type)
        self.promoting: Promoting | None = None
        if self._rules is not None and rules_at is not None:
            self.header.left = rules_at.left
            self.promoting = Promoting(self._rules, rules_at, self.priced_from.at_ms)
        self._next = 1

    def _price(self, at_ms: int) -> None:
        """Choose promotions and price; ``at_ms`` is the time of the newest edit."""
        if self.promoting is not None:
            at_ms -= self.header.waited_ms
            self.promoting.settle(self.header, self.pricing, at_ms, self.lines)
        self.totals = self.pricing.price()

    def _replay(self, history: Iterable[AnyEdit]) -> None:
        next_line = getattr(self, "_next", 1)
        self._start()
        self._fold(history)
        self._next = max(self._next, next_line)

    def _fold(self, history: Iterable[AnyEdit]) -> None:
        for edit in history:
            if type(edit) is not edits.SaleOpened:
                _APPLY[type(edit)](self, edit)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step that an undo would take back."""
        return _undoable(effective(self.history))

    def _without_newest(self) -> list[AnyEdit]:
        counting = effective(self.history)
        if not _undoable(counting):
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
        for line in list(self.lines.values()) if self.promoting is not None else ():
            if not line.parent:  # its taxes, and so its price or floor, may be others now
                self._promote(line)
        self._asked_anew()

    def _set_customer(self, edit: edits.CustomerSet) -> None:
        header = self.header
        header.customer, header.member, header.tier = edit.customer, edit.member, edit.tier
        header.groups, header.facts, header.points = edit.groups, edit.facts, edit.points
        header.left = edit.left
        for number, goods in edit.goods:
            line = self.live(number)
            line.goods = goods
            self._put(line)
        self._asked_anew()

    def _add_coupon(self, edit: edits.CouponAdded) -> None:
        self.header.coupons[edit.coupon.code] = edit.coupon
        self._asked_anew()

    def _remove_coupon(self, edit: edits.CouponRemoved) -> None:
        self.header.coupons.pop(edit.code, None)
        self._asked_anew()

    def _tick(self, edit: edits.RuleTicked) -> None:
        self.header.ticked[edit.rule] = edit.choice
        self._asked_anew()

    def _choose_tender(self, edit: edits.TenderChosen) -> None:
        self.header.tenders = edit.tenders
        self._asked_anew()

    def _want_points(self, edit: edits.PointsWanted) -> None:
        self.header.points_wanted = edit.points
        self._asked_anew()

    def _read_limits(self, edit: edits.LimitsRead) -> None:
        self.header.left = edit.left
        self._asked_anew()

    def _add_return(self, edit: edits.ReturnAdded) -> None:
        self.header.returns[edit.id] = edit

    def _remove_return(self, edit: edits.ReturnRemoved) -> None:
        self.header.returns.pop(edit.id, None)

    def _reprice(self, edit: edits.Repriced) -> None:
        header = self.header
        header.left = edit.rules.left if edit.rules is not None else ()
        header.waited_ms = 0
        for changed in edit.lines:
            line = self.lines[changed.line]
            line.goods, line.upcharge_minor = changed.goods, changed.upcharge_minor
        for line in [line for line in self.lines.values() if not line.parent]:
            self._put(line)
        self._asked_anew()

    def _resume(self, edit: edits.Resumed) -> None:
        self.header.register = edit.register
        self.header.waited_ms += edit.waited_ms

    def _asked_anew(self) -> None:
        """Let the rules look at the sale as a whole again."""
        if self.promoting is not None:
            self.promoting.stale = True

    def _put(self, line: Line) -> None:
        """Bring one line, or a meal with its parts, to the pricing engine and the promotions."""
        self._put_price(line)
        if self.promoting is not None:
            self._promote(line)

    def _promote(self, line: Line) -> None:
        assert self.promoting is not None
        self.promoting.put(line, self.lines, self.pricing)

    def _put_price(self, line: Line) -> None:
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
        """Take a line, or a meal with its parts, away from the engines."""
        self.pricing.drop(line.number)
        if self.promoting is not None:
            self.promoting.drop(line)
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
    edits.CouponAdded: Cart._add_coupon,
    edits.CouponRemoved: Cart._remove_coupon,
    edits.RuleTicked: Cart._tick,
    edits.TenderChosen: Cart._choose_tender,
    edits.PointsWanted: Cart._want_points,
    edits.LimitsRead: Cart._read_limits,
    edits.ReturnAdded: Cart._add_return,
    edits.ReturnRemoved: Cart._remove_return,
    edits.Repriced: Cart._reprice,
    edits.Resumed: Cart._resume,
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


def _undoable(counting: Sequence[AnyEdit]) -> bool:
    return len(counting) >= 2 and type(counting[-1]) is not edits.Resumed


def effective(history: Iterable[AnyEdit]) -> list[AnyEdit]:
    """Return the edits of a history that count: those not undone, without the undos."""
    counting: list[AnyEdit] = []
    for edit in history:
        if type(edit) is edits.Undone:
            counting.pop()
        else:
            counting.append(edit)
    return counting


def priced_from(history: Sequence[AnyEdit]) -> edits.SaleOpened | edits.Repriced:
    """Return the edit that says by which rules and time a sale is priced: no undo reaches it."""
    for edit in reversed(history):
        if isinstance(edit, edits.Repriced):
            return edit
    assert isinstance(history[0], edits.SaleOpened)  # every history begins so
    return history[0]
