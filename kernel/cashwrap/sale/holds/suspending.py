"""The event that suspends a sale: why, under which key, and what the customer was told."""

from cashwrap.sale.cart import Cart
from cashwrap.sale.errors import ReasonNeeded
from cashwrap.sale.events import SaleSuspended
from cashwrap.sale.holds.codes import code_of
from cashwrap.sale.holds.quoting import quoted
from cashwrap.settings import SuspendSettings
from cashwrap.tender.pan import words


def reason_of(said: str, note: str, settings: SuspendSettings) -> tuple[str, str]:
    """Return the shop's reason and the free text beside it. Raises ReasonNeeded, InvalidInput."""
    reason, text = words(said, "a reason").strip(), words(note, "a note").strip()
    if reason in settings.reasons:
        return reason, text
    if reason:
        return settings.other, f"{reason} {text}".strip()
    if settings.reason_required:
        raise ReasonNeeded(f"suspending a sale ({', '.join(settings.reasons)})")
    return ("", "") if not text else (settings.other, text)


def suspended(
    cart: Cart, number: int, reason: str, said: str, key: str, day: int, hour: int
) -> SaleSuspended:
    """Return the event of a sale that is suspended as hold ``number`` of its till."""
    return SaleSuspended(
        sale=cart.opened.sale,
        day=day,
        reason=reason,
        total_minor=cart.totals.payable_minor - cart.returned_minor,
        history=tuple(cart.history),
        key=key or cart.header.member,
        said=said,
        number=number,
        code=code_of(number),
        member=cart.header.member,
        hour=hour,
        quoted=quoted(cart),
        engine=cart.engine.source,
    )
