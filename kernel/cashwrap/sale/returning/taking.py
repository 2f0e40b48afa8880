"""Taking goods back on an open sale: a return, or with goods sold on it an exchange."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cashwrap.errors import CashwrapError
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale import edits
from cashwrap.sale.cart import effective
from cashwrap.sale.edits import ReturnAdded
from cashwrap.sale.goods import Quantity
from cashwrap.sale.promoted import PromotedSale
from cashwrap.sale.returning.errors import (
    NoSuchReturn,
    PostVoidStands,
    ReturnChanged,
    ReturnWaits,
)
from cashwrap.sale.state import Act as SaleAct
from cashwrap.staff.rights import Act
from cashwrap.tender.pan import words

if TYPE_CHECKING:
    from cashwrap.sale.returning.deciding import Asked
    from cashwrap.sale.returning.original import Original

SELLABLE = "sellable"
_NOTHING = ReturnAnswer("", (), 0, 0, (), ())


class ReturningSale(PromotedSale):
    """A sale on which goods may come back. What they bring stands in `Cart.returned_minor`."""

    @property
    def returns(self) -> tuple[ReturnAdded, ...]:
        """Return what comes back on this sale, in the order in which it was put down."""
        return tuple(self._cart.header.returns.values())

    def check(self, act: SaleAct) -> None:
        """See also that a post-void stays what it is. Raises PostVoidStands."""
        super().check(act)
        for edit in self.returns if act == "edit" else ():
            if edit.voids:
                raise PostVoidStands(edit.of_number)

    def take_back(
        self,
        receipt: int | str,
        lines: Asked | None = None,
        *,
        reason: str = "",
        location: str = SELLABLE,
        charge_gifts: bool = False,
        staff: str = "",
        command: str = "",
    ) -> ReturnAdded:
        """Take goods of a finished sale back, at exactly what was paid for them.

        ``receipt`` is the receipt number, the square code on the paper, or the sale's id; ``lines``
        are (line, quantity), None for all that is left. ``location`` is "sellable" (where they came
        from), one of the settings' names, or a place of the stock ledger. Raises NoSuchSale,
        ReturnRefused, GiftMissing (unless the cashier ``charge_gifts``), ReasonNotListed,
        LocationRefused.
        """
        if (done := self._answered(command, ReturnAdded)) is not None:
            assert isinstance(done, ReturnAdded)
            return done
        self.check("edit")
        original = self._desk.original(receipt, self.id)
        how = reason, location, staff, command
        return self._take_back(original, lines, *how, charge_gifts=charge_gifts)

    def void_whole(self, original: Original, reason: str, approver: str, staff: str) -> ReturnAdded:
        """Put down that a whole finished sale is reversed; see `Till.post_void`."""
        return self._take_back(original, None, reason, SELLABLE, staff, "", void_by=approver)

    def take_back_unreceipted(
        self,
        sku: str,
        quantity: Quantity = 1,
        *,
        unit: str = "",
        modifiers: Sequence[str] = (),
        lot: str = "",
        serial: str = "",
        reason: str = "",
        location: str = SELLABLE,
        staff: str = "",
        command: str = "",
    ) -> ReturnAdded:
        """Take goods back without a receipt, at the price that the settings say.

        Raises ReceiptNeeded where the shop does not, or for a set meal; and what `Sale.add` raises.
        """
        if (done := self._answered(command, ReturnAdded)) is not None:
            assert isinstance(done, ReturnAdded)
            return done
        self.check("edit")
        from cashwrap.sale.returning import terms
        from cashwrap.sale.returning.unreceipted import Named, unreceipted

        said, note = terms.reason_of(self._desk.settings.returns, reason)
        place = terms.location_of(self._desk.settings.returns, location)
        named = Named(sku, quantity, unit, modifiers, lot, serial)
        stamp = self._stamp(staff, command)
        made = unreceipted(self._desk, self._cart, self._next_id(), named, stamp)
        approver = self._allowed(None, made, staff)
        edit = replace(made, reason=said, note=note, location=place, approver=approver)
        self._make(edit)
        return edit

    def adjust(
        self,
        receipt: int | str,
        lines: Sequence[tuple[int, int]],
        *,
        reason: str = "",
        once: bool = False,
        staff: str = "",
        command: str = "",
    ) -> ReturnAdded:
        """Give money off lines of a finished sale whose goods stay: (line, minor units) each.

        Price protection, a complaint, a price that was wrong. `refund` gives it, as for a return.
        ``once``: a line that had money off before has it no second time, by whichever register.
        Raises NoSuchSale, ReturnRefused, ReasonNotListed.
        """
        if (done := self._answered(command, ReturnAdded)) is not None:
            assert isinstance(done, ReturnAdded)
            return done
        self.check("edit")
        from cashwrap.sale.returning import adjusting

        original = self._desk.original(receipt, self.id)
        earlier = self._earlier(original)
        answer = adjusting.decided(original, adjusting.wanted(original, lines), earlier)
        if once:
            adjusting.check_first(answer)
        edit = self._settled(
            original, earlier, answer, self._asked(original, reason, staff, command)
        )
        approver = self._allowed(original, edit, staff)
        edit = replace(edit, approver=approver)
        self._make(edit)
        return edit

    def remove_return(self, id: str, *, staff: str = "", command: str = "") -> None:
        """Let what was to come back stay with the customer. Raises NoSuchReturn."""
        if self._ready(command, edits.ReturnRemoved):
            if id not in self._cart.header.returns:
                raise NoSuchReturn(words(id, "a return"))
            self._make(edits.ReturnRemoved(id=id, **self._stamp(staff, command)))
            try:
                self._decide_again()
            except CashwrapError:
                return  # `ready_for` says it again before any money moves

    def ready_for(self, *tenders: str) -> None:
        """See also that what comes back can still come back, for what was said.

        Raises ReturnChanged, with the sale at its new figures; ReturnWaits while other goods of the
        same receipt are coming back; and ReturnRefused where these came back on another sale
        meanwhile: remove that return then.
        """
        super().ready_for(*tenders)
        if self.state != "open" or not self._cart.header.returns:
            return
        before = self._cart.returned_minor
        self._decide_again()
        if self._cart.returned_minor != before:
            raise ReturnChanged(before, self._cart.returned_minor)

    # Inside

    def _next_id(self) -> str:
        return f"return:{len(self._cart.history)}"

    def _take_back(
        self,
        original: Original,
        lines: Asked | None,
        reason: str,
        location: str,
        staff: str,
        command: str,
        *,
        charge_gifts: bool = False,
        void_by: str | None = None,
    ) -> ReturnAdded:
        from cashwrap.sale.returning import deciding, terms

        asked = replace(
            self._asked(original, reason, staff, command),
            location=terms.location_of(self._desk.settings.returns, location),
            charge_gifts=charge_gifts,
            voids=void_by is not None,
        )
        earlier = self._earlier(original)
        back = deciding.asked_back(original, lines, earlier)
        answer = deciding.decided(original, back, earlier, charge_gifts=charge_gifts)
        edit = self._settled(original, earlier, answer, asked)
        approver = self._allowed(original, edit, staff) if void_by is None else void_by
        edit = replace(edit, approver=approver)
        self._make(edit)
        return edit

    def _asked(self, original: Original, reason: str, staff: str, command: str) -> ReturnAdded:
        """Return what is asked of an original before anything is decided."""
        from cashwrap.sale.returning import terms

        said, note = terms.reason_of(self._desk.settings.returns, reason)
        return ReturnAdded(
            id=self._next_id(),
            of_sale=original.sale.sale,
            of_number=original.sale.number,
            answer=_NOTHING,
            goods=(),
            reason=said,
            note=note,
            member=original.sale.member,
            **self._stamp(staff, command),
        )

    def _earlier(self, original: Original) -> list[ReturnAnswer]:
        """Return the answers before the next return of a sale, those on this cart included."""
        returns = self._cart.header.returns.values()
        mine = [one.answer for one in returns if one.of_sale == original.sale.sale]
        return [*original.earlier, *mine]

    def _settled(
        self,
        original: Original,
        earlier: Sequence[ReturnAnswer],
        answer: ReturnAnswer,
        edit: ReturnAdded,
    ) -> ReturnAdded:
        """Return a return with all that follows from its answer."""
        from cashwrap.sale.returning import coupons, deciding

        given = coupons.given_back(self._desk, self.id, original, answer, whole=edit.voids)
        return replace(
            edit,
            answer=answer,
            goods=deciding.goods_back(original, answer),
            moves=deciding.moves_back(original, answer, waste_too=edit.voids),
            whole=deciding.is_whole(original, earlier, answer),
            restored=given.restored,
            reissued=given.reissued,
            voided=given.voided,
        )

    def _allowed(self, original: Original | None, edit: ReturnAdded, staff: str) -> str:
        """Return who approved a return. Raises RightDenied, ApprovalNeeded."""
        approver = ""
        for act in self._acts(original, edit):
            approver = self._desk.allow(act, staff, self.register).approver or approver
        return approver

    def _acts(self, original: Original | None, edit: ReturnAdded) -> Iterator[Act]:
        """Yield the acts of putting a return down; ``original`` is None without a receipt."""
        from cashwrap.sale.returning import terms

        minor = self._cart.returned_minor + edit.refund_minor  # many small ones are a large one
        if original is None:
            what = f"{edit.id}: {edit.goods[0].quantity_milli} of {edit.goods[0].sku}"
            yield Act("sale.return_without_receipt", self.id, what, minor)
            return
        minor += sum(answer.refund_minor for answer in original.earlier)  # on whichever sale
        about = original.sale.sale, edit.answer.key, minor
        if edit.answer.adjusted:
            yield Act("sale.adjust_price", *about)
            return
        yield Act("sale.return", *about)
        today = self._desk.day_of(self._desk.latest_ms())
        if terms.is_late(self._desk.settings.returns, original.sale.day, today):
            yield Act("sale.return_late", *about)

    def _return_again(self) -> Iterator[Act]:
        """Yield the acts of a return that an undo of the newest step puts down again."""
        newest, *before = reversed(effective(self._cart.history))
        if not isinstance(newest, edits.ReturnRemoved):
            return
        edit = next(one for one in before if isinstance(one, ReturnAdded) and one.id == newest.id)
        named = edit.of_sale
        yield from self._acts(self._desk.original(named, self.id) if named else None, edit)

    def _decide_again(self) -> None:
        """Decide each return of this sale as of now: other goods may have come back meanwhile.

        Raises ReturnWaits, ReturnRefused, GiftMissing, with nothing changed.
        """
        from cashwrap.sale.returning import deciding

        changed = []
        answers: dict[str, list[ReturnAnswer]] = {}
        for edit in self._cart.header.returns.values():
            if not edit.of_sale:
                continue
            original = self._desk.original(edit.of_sale, self.id)
            if original.waits_for:
                raise ReturnWaits(edit.of_number, original.waits_for)
            earlier = answers.setdefault(edit.of_sale, list(original.earlier))
            answer = deciding.decided_again(original, edit, earlier)
            again = self._settled(original, earlier, answer, edit)
            earlier.append(again.answer)
            if again != edit:
                changed.append(replace(again, **self._stamp(edit.staff, "")))
        for edit in changed:
            self._make(edit)
