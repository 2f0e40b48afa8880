"""The paper of a till: receipts as documents, text and bytes, and printing them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cashwrap.counter import Counter
from cashwrap.errors import CashwrapError
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.events import ReceiptReprinted, SaleCompleted, SaleSuspended
from cashwrap.sale.projection import ended, sale_of_number
from cashwrap.sale.returning.projection import voided_by
from cashwrap.shift.events import ShiftClosed
from cashwrap.staff.rights import Act
from cashwrap.store.records import Record
from cashwrap.tender.events import CreditIssued

if TYPE_CHECKING:
    from cashwrap.receipt.model import Receipt
    from cashwrap.receipt.paper import Row
    from cashwrap.receipt.text import TextStyle


class Papers(Counter):
    """A counter that prints what was sold on it."""

    def e_receipt(self, sale: str) -> bytes:
        """Return a completed sale's receipt as bytes with a schema, for a page or an app."""
        from cashwrap.receipt import electronic

        return electronic.encode(self.receipt(sale))

    def receipt_link(self, sale: str, base_url: str) -> str:
        """Return a link to the e-receipt that carries the till's signature over what it claims."""
        from cashwrap.receipt import electronic

        claim = electronic.link_claim(self.receipt(sale))
        return electronic.signed_link(base_url, claim, self.store.key.sign(claim))

    def receipt(self, sale: str, *, gift: bool = False) -> Receipt:
        """Return the receipt of a completed sale, by its id. Raises NoSuchSale."""
        return self._receipt(self.record_of(sale), 0, gift)

    def receipt_text(self, sale: str, *, gift: bool = False) -> str:
        """Return a completed sale's receipt as plain text, as the settings lay it out."""
        from cashwrap.receipt.text import render_text

        return render_text(self.receipt(sale, gift=gift), self.text_style)

    @property
    def text_style(self) -> TextStyle:
        """Return the columns and language of the settings."""
        from cashwrap.sale.receipt import style_of

        return style_of(self.settings)

    def paper_of(self, record: Record, style: TextStyle | None = None) -> list[Row]:
        """Return the rows of the paper that belongs to a record, [] where none does.

        The receipt of a sale, or the copy of one that a reprint was journaled for; the slip of a
        suspended sale that still waits; a credit note's; the Z of a shift. ``style`` is the
        settings' by default.
        """
        style, body = style or self.text_style, record.body()
        match body:
            case SaleCompleted():
                return self._receipt_rows(self._receipt(record, 0, False), style)
            case ReceiptReprinted():
                again = self.receipt_copy(body.sale, body.copy, gift=body.gift)
                return self._receipt_rows(again, style)
            case SaleSuspended():
                return self._slip_rows(body.code, style)
            case CreditIssued():
                from cashwrap.receipt.credit_slip import layout_credit

                return layout_credit(self.credits.slip(body.code), style)
            case ShiftClosed():
                from cashwrap.shift.paper import layout_report

                return layout_report(body.report, self.settings, style, self.called)
        return []

    def _receipt_rows(self, receipt: Receipt, style: TextStyle) -> list[Row]:
        from cashwrap.receipt.text import layout

        return layout(receipt, style)

    def _slip_rows(self, code: str, style: TextStyle) -> list[Row]:
        from cashwrap.receipt.hold_slip import layout_slip

        try:
            return layout_slip(self.holds.slip(code), style)
        except CashwrapError:  # it was resumed meanwhile
            return []

    def reprint(
        self, sale: str, *, gift: bool = False, register: str = "", staff: str = ""
    ) -> Receipt:
        """Return the receipt again, marked and counted as a copy; journaled. Raises NoSuchSale."""
        record = self.record_of(sale)
        with self.store.read() as reader:
            place = ended(reader, sale)
        assert place is not None  # it has a record
        copy = place.copies + 1
        again = ReceiptReprinted(sale, place.number, copy, gift)
        act = Act("sale.reprint", sale, f"{'gift ' if gift else ''}copy {copy}")
        self.allow(act, staff, register)
        self.commit([again], staff=staff, register=register)
        return self._receipt(record, copy, gift)

    def record_of(self, sale: str) -> Record:
        """Return the journal record that completed a sale. Raises NoSuchSale."""
        with self.store.read() as reader:
            place = ended(reader, sale)
        record = None
        if place is not None and place.state == "completed":
            record = self.store.journal.get(place.seq)
        if record is None:
            raise NoSuchSale(f"no completed sale {sale!r} is in this till's journal")
        return record

    def sale_of_number(self, number: int) -> str:
        """Return the id of the sale with a receipt number. Raises NoSuchSale."""
        with self.store.read() as reader:
            sale = sale_of_number(reader, number)
        if sale is None:
            raise NoSuchSale(f"this till has no receipt number {number}")
        return sale

    def receipt_copy(self, sale: str, copy: int, *, gift: bool = False) -> Receipt:
        """Return the receipt as its reprint number ``copy`` shows it; nothing is journaled."""
        return self._receipt(self.record_of(sale), copy, gift)

    def _receipt(self, record: Record, copy: int, gift: bool) -> Receipt:
        from cashwrap.sale.receipt import receipt_of

        sale = record.body()
        assert isinstance(sale, SaleCompleted)  # see `record_of`
        with self.store.read() as reader:
            void = voided_by(reader, sale.sale)
        taxes = self.tax_codes()
        receipt = receipt_of(
            record, self.settings, taxes, self.called, copy=copy, gift=gift, voided_by=void
        )
        if self._host is None or not self._host.wants("cashwrap_receipt_sections"):
            return receipt
        from cashwrap.host.sections import with_sections

        return with_sections(self._host, receipt, sale, self.store.read, gift=gift)
