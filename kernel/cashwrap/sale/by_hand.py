"""A sale whose prices people change: set by hand, discounts given, surcharges put on."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from cashwrap.errors import InvalidInput, listed
from cashwrap.money import PPM
from cashwrap.pricing.model import Fee
from cashwrap.sale import edits, guarding
from cashwrap.sale.cart import Line
from cashwrap.sale.errors import PriceRefused, ReasonNeeded
from cashwrap.sale.events import DiscountJournaled, PriceOverrideJournaled
from cashwrap.sale.fees import FEE_OF_RULE
from cashwrap.sale.returning.taking import ReturningSale
from cashwrap.tender.pan import words


class HandPricedSale(ReturningSale):
    """A sale on which prices can be overridden, and discounts and surcharges given."""

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
        """Set a line's unit price by hand; journaled at once. Raises ReasonNeeded, PriceRefused.

        Below its least price it needs an approver. In a shop with accounts that is who approved it
        (`till.staff.approve`), whatever ``approver`` says, or ``staff`` by a right of their own.
        """
        if self._ready(command, edits.PriceOverridden):
            live = self._cart.live(line)
            reason, approver = _reason(reason, "a price override"), words(approver, "an approver")
            _not_negative(unit_minor, "a unit price")
            stamp = self._stamp(staff, command)
            if self._desk.guarded:
                approver = self._may_override(live, unit_minor, staff)
            edit = edits.PriceOverridden(
                line=live.number,
                unit_minor=unit_minor,
                reason=reason,
                approver=approver,
                **stamp,
            )
            event = PriceOverrideJournaled(
                self.id,
                live.number,
                live.goods.sku,
                live.goods.unit_minor,
                unit_minor,
                reason,
                approver,
            )
            self._make(edit, event)
        return self._cart.ever(line)

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
        and ``unit_price_minor`` is given. Journaled at once. In a shop with accounts ``approver``
        is who approved it, whatever was given. Raises ReasonNeeded, PriceRefused, NoSuchLine.
        """
        if (done := self._answered(command, edits.DiscountGiven)) is not None:
            assert isinstance(done, edits.DiscountGiven)
            return done.id
        self.check("edit")
        kind, value = _one_discount(percent_ppm, amount_minor, unit_price_minor)
        for number in listed(lines, "lines"):
            self._cart.live(number)
        edit = edits.DiscountGiven(
            id=f"manual:{len(self._cart.history)}",
            discount=kind,
            value=value,
            reason=_reason(reason, "a discount"),
            lines=tuple(lines),
            approver=words(approver, "an approver"),
            **self._stamp(staff, command),
        )
        if self._desk.guarded:
            edit = self._may_discount(edit)
        event = DiscountJournaled(
            self.id, edit.id, kind, value, edit.lines, edit.reason, edit.approver
        )
        self._make(edit, event)
        return edit.id

    def remove_discount(self, discount: str, *, staff: str = "", command: str = "") -> None:
        """Take a manual discount away again. Raises PriceRefused for an unknown id."""
        if self._ready(command, edits.DiscountRemoved):
            if discount not in self._cart.header.discounts:
                raise PriceRefused(f"there is no discount {discount!r} on this sale")
            self._make(edits.DiscountRemoved(id=discount, **self._stamp(staff, command)))

    def charge(self, fee: Fee, *, staff: str = "", command: str = "") -> None:
        """Put a surcharge on the order, or replace the one of the same id."""
        if self._ready(command, edits.FeeCharged):
            if not isinstance(fee, Fee):
                raise InvalidInput(f"a surcharge is a Fee, not {fee!r:.60}")
            if isinstance(fee.id, str) and fee.id.startswith(FEE_OF_RULE):
                raise InvalidInput(f"fees named {FEE_OF_RULE}... are those of promotions")
            fee = replace(fee, id=words(fee.id, "a fee's id"), name=words(fee.name, "a fee's name"))
            self._make(edits.FeeCharged(fee=fee, **self._stamp(staff, command)))

    def remove_fee(self, fee: str, *, staff: str = "", command: str = "") -> None:
        """Take a surcharge off the order. Raises PriceRefused for an unknown id."""
        if self._ready(command, edits.FeeRemoved):
            fee = words(fee, "a fee's id")
            if fee not in self._cart.header.fees:
                raise PriceRefused(f"there is no fee {fee!r} on this sale")
            self._make(edits.FeeRemoved(id=fee, **self._stamp(staff, command)))

    # Inside

    def _may_override(self, line: Line, unit_minor: int, staff: str) -> str:
        """Return who answers for a price: who approved it, or who set it below the least."""
        acts = guarding.overriding(self._cart, line.number, line.goods, unit_minor)
        for act in acts:
            if approver := self.may(act, staff):  # below the least price: that approves it whole
                return approver
        return "" if len(acts) == 1 else self._desk.clerk(staff, self.register, self._desk.now())

    def _may_discount(self, edit: edits.DiscountGiven) -> edits.DiscountGiven:
        """Return a discount as it was allowed: it is measured on the cart, and taken off again."""
        self._apply(edit)
        act = guarding.discounting(self._cart, edit)
        self._cart.take_back()
        return replace(edit, approver=self.may(act, edit.staff), rate_ppm=act.rate_ppm)


def _reason(reason: str, what: str) -> str:
    said = words(reason, "a reason").strip()
    if not said:
        raise ReasonNeeded(what)
    return said


def _not_negative(amount: int, what: str) -> None:
    if type(amount) is not int or amount < 0:
        raise PriceRefused(f"{amount!r} is not {what}: give whole minor units, 0 or more")


def _one_discount(
    percent_ppm: int, amount_minor: int, unit_price_minor: int | None
) -> tuple[edits.DiscountKind, int]:
    given = [percent_ppm != 0, amount_minor != 0, unit_price_minor is not None]
    if sum(given) != 1:
        raise PriceRefused("give exactly one of percent_ppm, amount_minor, unit_price_minor")
    if type(percent_ppm) is not int or not 0 <= percent_ppm <= PPM:
        raise PriceRefused(f"{percent_ppm!r} ppm is not between 0 and 100 %")
    _not_negative(amount_minor, "an amount off")
    _not_negative(unit_price_minor or 0, "a unit price")
    if percent_ppm:
        return "percent", percent_ppm
    if amount_minor:
        return "amount", amount_minor
    return "unit_price", unit_price_minor or 0
