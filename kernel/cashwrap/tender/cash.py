"""Cash: what comes in, what goes out as change, and the notes and coins there are.

What counts toward the expected cash of a drawer is tendered - change, never what was tendered.
"""

from collections.abc import Iterable

from cashwrap.errors import InvalidInput
from cashwrap.money import checked
from cashwrap.tender import checks
from cashwrap.tender.driver import TenderKind
from cashwrap.tender.errors import TenderRefused
from cashwrap.tender.events import CashReturned, CashTaken, TenderRecorded, TenderTakenBack
from cashwrap.tender.pan import words
from cashwrap.tender.payments import Payment

# Notes and coins that people pay with, minor units, from the issuers' lists of what circulates.
CASH_UNITS: dict[str, tuple[int, ...]] = {
    "CNY": (10000, 5000, 2000, 1000, 500, 100, 50, 10),
    "HKD": (100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
    "MOP": (100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
    "TWD": (100000, 50000, 10000, 5000, 1000, 500, 100),
    "USD": (10000, 5000, 2000, 1000, 500, 100, 25, 10, 5, 1),
    "EUR": (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "JPY": (10000, 5000, 1000, 500, 100, 50, 10, 5, 1),
    "KRW": (50000, 10000, 5000, 1000, 500, 100, 50, 10),
    "SGD": (10000, 5000, 1000, 500, 200, 100, 50, 20, 10, 5),
    "MYR": (10000, 5000, 2000, 1000, 500, 100, 50, 20, 10, 5),
    "THB": (100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 25),
    "CHF": (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5),
}


def take_cash(
    payment: str,
    sale: str,
    currency: str,
    tendered_minor: int,
    due_minor: int,
    rounding_minor: int = 0,
) -> CashTaken:
    """Return the event of cash toward ``due_minor``, with its change.

    ``due_minor`` is what the customer is told, cash rounding included; ``rounding_minor`` is what
    that rounding added (pricing says so) and needs a tender that pays all of it; where it took all
    off, ``due_minor`` is 0 and nothing need be handed over. Less than due is a part payment. Raises
    InvalidInput.
    """
    if tendered_minor != 0 or due_minor != 0 or rounding_minor == 0:
        checks.amount(tendered_minor, "an amount of cash")
    if due_minor != 0 or rounding_minor == 0:
        checks.amount(due_minor, "an amount due")
    if rounding_minor and tendered_minor < due_minor:
        raise InvalidInput(
            f"cash rounding applies to a whole payment: {due_minor} is due, {tendered_minor} came"
        )
    change = max(0, tendered_minor - due_minor)
    return CashTaken(payment, sale, currency, tendered_minor, change, rounding_minor)


def return_cash(
    payment: str,
    sale: str,
    currency: str,
    amount_minor: int,
    rounding_minor: int = 0,
    of: Payment | None = None,
) -> CashReturned:
    """Return the event of cash that goes back to the customer.

    ``of`` is the payment that it gives back; without it the cash is a payment of ``sale`` (a
    return) and counts below zero. Rounding mirrors the sale's, and may leave nothing to hand over.
    Raises InvalidInput, TenderRefused, RefundExceedsPaid.
    """
    if amount_minor != 0 or rounding_minor >= 0:
        checks.amount(amount_minor, "an amount of cash")
    if of is not None:
        checks.can_give_back(of, amount_minor, currency)
    return CashReturned(payment, sale, currency, amount_minor, of.id if of else "", rounding_minor)


def record_tender(
    payment: str,
    sale: str,
    tender: TenderKind,
    name: str,
    amount_minor: int,
    currency: str,
    due_minor: int,
    reference: str = "",
) -> TenderRecorded:
    """Return the event of a payment made beside the till (voucher, standalone terminal).

    It gives no change. Raises InvalidInput, TenderExceedsDue.
    """
    checks.recorded(tender, words(name, "the name of a tender"))
    checks.amount(amount_minor, "an amount to pay")
    checks.no_change(amount_minor, due_minor)
    slip = words(reference, "a reference")
    return TenderRecorded(payment, sale, tender, words(name, ""), amount_minor, currency, slip)


def take_back(
    refund: str, of: Payment, amount_minor: int, reason: str, sale: str = ""
) -> TenderTakenBack:
    """Return the event of a recorded payment that was given back beside the till.

    ``sale`` is the return that it belongs to, "" within its own sale. Raises InvalidInput,
    TenderRefused, RefundExceedsPaid.
    """
    checks.amount(amount_minor, "an amount to give back")
    checks.can_give_back(of, amount_minor, of.currency)
    if not of.recorded:
        raise TenderRefused(f"payment {of.id} was not recorded by hand: refund it, or give cash")
    return TenderTakenBack(refund, of.id, amount_minor, words(reason, "a reason"), sale=sale)


def remaining_minor(payable_minor: int, payments: Iterable[Payment]) -> int:
    """Return what a sale still owes after its payments, however many and of whatever tender."""
    return checked(payable_minor - sum(payment.paid_minor for payment in payments))


def expected_cash_minor(payments: Iterable[Payment]) -> int:
    """Return what these payments left in the drawer: tendered - change - given back in cash."""
    return sum(_kept(payment) for payment in payments)


def _kept(payment: Payment) -> int:
    cash = payment.charged_minor if payment.kind == "cash" else 0
    return cash - sum(back.amount_minor for back in payment.refunds if back.in_cash)
