"""The till's credit notes: what they are good for, and their slips."""

from typing import Protocol

from cashwrap.receipt.credit_slip import CreditSlip, render_credit
from cashwrap.sale.projection import ended
from cashwrap.sale.receipt import receipt_number, shop_of, style_of, utc_offset_min
from cashwrap.settings import Settings
from cashwrap.store.store import Store
from cashwrap.tender.credit import (
    CreditNote,
    credit_note,
    credit_owed_minor,
    credits_of_sale,
    read_code,
)
from cashwrap.tender.errors import UnknownCredit


class CreditDesk(Protocol):
    """The till, as its credit notes see it."""

    @property
    def store(self) -> Store:
        """Return the till's store."""
        ...

    @property
    def settings(self) -> Settings:
        """Return the till's settings."""
        ...

    @property
    def is_training(self) -> bool:
        """Return whether nothing of it counts."""
        ...


class Credits:
    """Credit notes that this till gave. They are spent by `Payments.credit`."""

    def __init__(self, desk: CreditDesk) -> None:
        self._desk = desk

    def find(self, code: str) -> CreditNote:
        """Return a credit note as it stands, by its code as scanned or typed.

        Raises CreditRefused for what is no code, UnknownCredit.
        """
        code = read_code(code)
        with self._desk.store.read() as reader:
            found = credit_note(reader, code)
        if found is None:
            raise UnknownCredit(code[-4:])
        return found

    def given_for(self, sale: str) -> tuple[CreditNote, ...]:
        """Return the credit notes that a return gave."""
        with self._desk.store.read() as reader:
            return tuple(credits_of_sale(reader, sale))

    def owed_minor(self) -> int:
        """Return what the shop owes on all its notes, expired ones included."""
        with self._desk.store.read() as reader:
            return credit_owed_minor(reader, self._desk.settings.currency.code)

    def slip(self, note: CreditNote | str) -> CreditSlip:
        """Return the slip of a credit note, with what it is good for now."""
        settings = self._desk.settings
        note = self.find(note if isinstance(note, str) else note.code)
        with self._desk.store.read() as reader:
            end = ended(reader, note.sale)
        number = 0 if end is None else end.number
        store, till, training = settings.store, settings.till, self._desk.is_training
        return CreditSlip(
            shop=shop_of(settings),
            store=store,
            till=till,
            code=note.code,
            shown=note.shown,
            number=receipt_number(store, till, number, training) if number else "",
            wall_ms=note.issued_ms,
            utc_offset_min=utc_offset_min(settings.timezone, note.issued_ms),
            currency=settings.currency,
            issued_minor=note.issued_minor,
            balance_minor=note.balance_minor,
            expires_ms=note.expires_ms,
            training=training,
            footer=settings.receipt.footer,
        )

    def slip_text(self, note: CreditNote | str) -> str:
        """Return the slip as plain text, as the settings lay it out."""
        return render_credit(self.slip(note), style_of(self._desk.settings))
