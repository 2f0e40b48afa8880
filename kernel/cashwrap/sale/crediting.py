"""Credit notes on a sale: spent, restored when the payment goes back, and given for goods."""

from cashwrap.events import Event
from cashwrap.sale.desk import Desk
from cashwrap.tender import checks
from cashwrap.tender.credit import expiry_ms, new_code, read_code, spendable
from cashwrap.tender.errors import CreditRefused, CreditUsedUp, TenderRefused
from cashwrap.tender.events import (
    CreditIssued,
    CreditRestored,
    CreditSpent,
    Relieved,
    TenderRecorded,
)
from cashwrap.tender.payments import CREDIT, Payment


def scanned(desk: Desk, code: str) -> bool:
    """Return whether a code that was scanned is that of a credit note of this till."""
    try:
        return desk.credit_note(read_code(code)) is not None
    except CreditRefused:
        return False


def spend(
    desk: Desk, sale: str, payment: str, code: str, amount_minor: int, due_minor: int
) -> tuple[CreditSpent, TenderRecorded]:
    """Return the events that pay with a credit note; 0 is as much as is due and it has.

    Raises CreditRefused, InvalidInput, TenderExceedsDue.
    """
    code, currency = read_code(code), desk.settings.currency.code
    note = spendable(desk.credit_note(code), code, currency, desk.latest_ms())
    amount_minor = amount_minor or min(due_minor, note.balance_minor)
    checks.amount(amount_minor, "an amount to pay")
    checks.no_change(amount_minor, due_minor)
    if amount_minor > note.balance_minor:
        raise CreditUsedUp(note.hint, note.balance_minor)
    event = TenderRecorded(payment, sale, "stored_value", CREDIT, amount_minor, currency, note.hint)
    return CreditSpent(code, payment, sale, amount_minor), event


def restored(desk: Desk, payment: Payment, refund: str, amount_minor: int) -> list[Event]:
    """Return what puts money back on the credit note that it came from; nothing for others.

    Raises TenderRefused where this till does not know the note.
    """
    if payment.driver != CREDIT:
        return []
    note = desk.credit_of_payment(payment.id)
    if note is None:
        raise TenderRefused(
            f"the credit note of payment {payment.id} is not known here: "
            "give the money back another way"
        )
    expires_ms = note.expires_ms
    if expires_ms:
        days = desk.settings.credit.days
        expires_ms = max(expires_ms, expiry_ms(desk.now().wall_ms, days)) if days else 0
    back = CreditRestored(note.code, payment.id, refund, amount_minor, expires_ms)
    return [back]


def issue(
    desk: Desk, payment: str, sale: str, amount_minor: int, of: tuple[Relieved, ...]
) -> CreditIssued:
    """Return the event of a credit note that is given for goods that came back."""
    expires_ms = expiry_ms(desk.now().wall_ms, desk.settings.credit.days)
    currency, code = desk.settings.currency.code, new_code(desk.new_id())
    return CreditIssued(payment, sale, code, amount_minor, currency, expires_ms, of)
