"""What is checked before a driver is asked for anything; every refusal leaves all as it was."""

import re
from collections.abc import Iterable, Mapping
from typing import get_args

from cashwrap.errors import InvalidInput
from cashwrap.money import INT64_MAX
from cashwrap.tender.driver import Capabilities, TenderDriver, TenderKind
from cashwrap.tender.errors import (
    IntentTermsDiffer,
    PaymentInDoubt,
    RefundExceedsPaid,
    TenderExceedsDue,
    TenderRefused,
)
from cashwrap.tender.payments import CREDIT, Payment, Refund

# What the strictest providers take as a merchant's order number (out_trade_no).
_INTENT_ID = r"[0-9A-Za-z_\-]{1,32}"
_DRIVER_PARTS = ("capabilities", "begin", "query", "cancel", "refund", "settlement")
_OURS = ("cash", CREDIT)  # tenders that the till itself knows
_REFUND_ID = r"[0-9A-Za-z_\-]{1,64}"


def check_drivers(drivers: Mapping[str, TenderDriver]) -> None:
    """Raise InvalidInput unless each driver has a name of its own and all that a driver has."""
    for name, driver in drivers.items():
        if not isinstance(name, str) or not name.strip() or name in _OURS:
            raise InvalidInput(f"{name!r} is no name for a driver: give it one of its own")
        lacking = [part for part in _DRIVER_PARTS if not hasattr(driver, part)]
        if lacking or not isinstance(driver.capabilities, Capabilities):
            said = ", ".join(lacking) or "Capabilities"
            raise InvalidInput(f"driver {name!r} has no {said}: see docs/tenders.md")


def same_terms(payment: Payment, sale: str, driver: str, amount_minor: int, currency: str) -> None:
    """Raise IntentTermsDiffer when an id that is known comes with other terms."""
    had = f"{payment.asked_minor} {payment.currency} by {payment.driver} for {payment.sale}"
    got = f"{amount_minor} {currency} by {driver} for {sale}"
    if had != got:
        raise IntentTermsDiffer(payment.id, had, got)


def same_refund(payment: Payment, refund: Refund, amount_minor: int) -> None:
    """Raise IntentTermsDiffer when a refund id that is known comes with another amount."""
    if refund.amount_minor != amount_minor:
        had, got = f"{refund.amount_minor} of {payment.id}", f"{amount_minor}"
        raise IntentTermsDiffer(refund.id, had, got)


def intent_id(text: str) -> None:
    """Raise InvalidInput unless every provider would take the id."""
    if not re.fullmatch(_INTENT_ID, text):
        raise InvalidInput(f"{text[:40]!r} is not a payment id: 1-32 letters, digits, _ or -")


def refund_id(text: str) -> None:
    """Raise InvalidInput unless every provider would take the id."""
    if not re.fullmatch(_REFUND_ID, text):
        raise InvalidInput(f"{text[:70]!r} is not a refund id: 1-64 letters, digits, _ or -")


def amount(amount_minor: int, what: str) -> None:
    """Raise InvalidInput unless the amount is a positive int64."""
    if type(amount_minor) is not int or not 0 < amount_minor <= INT64_MAX:
        raise InvalidInput(f"{amount_minor!r} is not {what}: give minor units above zero")


def recorded(tender: TenderKind, name: str) -> None:
    """Raise InvalidInput unless such a payment can be recorded by hand; cash cannot."""
    kinds = [kind for kind in get_args(TenderKind) if kind != "cash"]
    if tender not in kinds:
        raise InvalidInput(f"{tender!r} is not one of {', '.join(kinds)}; take cash as cash")
    if not name.strip() or name in _OURS:
        raise InvalidInput(f"a payment of kind {tender} needs its own name, such as the voucher's")


def nothing_in_doubt(payments: Iterable[Payment], sale: str) -> None:
    """Raise PaymentInDoubt while a payment of the sale, or its refund, is without an answer."""
    for payment in payments:
        if payment.sale == sale and payment.unsettled:
            raise PaymentInDoubt(payment.id, sale)


def no_change(amount_minor: int, due_minor: int) -> None:
    """Raise TenderExceedsDue for a tender that gives no change and is more than is due."""
    if amount_minor > due_minor:
        raise TenderExceedsDue(amount_minor, due_minor)


def can_take(
    driver: str, can: Capabilities, amount_minor: int, currency: str, auth_code: str
) -> None:
    """Raise TenderRefused when the driver takes no such payment."""
    if can.currencies and currency not in can.currencies:
        raise TenderRefused(f"{driver} takes {', '.join(can.currencies)}, not {currency}")
    if can.amount_max_minor and amount_minor > can.amount_max_minor:
        raise TenderRefused(
            f"{driver} takes at most {can.amount_max_minor} minor units, not {amount_minor}: "
            "split the payment"
        )
    if can.needs_scan and not auth_code:
        raise TenderRefused(f"{driver} needs the customer's payment code: scan it first")


def can_refund(payment: Payment, can: Capabilities | None, amount_minor: int) -> None:
    """Raise TenderRefused or RefundExceedsPaid when this much cannot go back through the driver."""
    if can is None or not can.refund:
        raise TenderRefused(f"{payment.driver} cannot refund: give the money back another way")
    if payment.state != "approved":
        raise TenderRefused(f"payment {payment.id} is {payment.state}, so nothing can be refunded")
    if amount_minor > payment.refundable_minor:
        raise RefundExceedsPaid(payment.id, amount_minor, payment.refundable_minor)
    if amount_minor != payment.charged_minor and not can.partial_refund:
        raise TenderRefused(
            f"{payment.driver} gives back whole payments only: refund {payment.charged_minor}"
        )


def can_give_back(payment: Payment, amount_minor: int, currency: str) -> None:
    """Raise TenderRefused or RefundExceedsPaid when so much of a payment cannot go back as cash."""
    if payment.state != "approved" or payment.currency != currency:
        raise TenderRefused(
            f"payment {payment.id} is {payment.state} in {payment.currency}: "
            f"no {currency} cash can be given back for it"
        )
    if amount_minor > payment.refundable_minor:
        raise RefundExceedsPaid(payment.id, amount_minor, payment.refundable_minor)
