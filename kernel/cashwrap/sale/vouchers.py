"""Vouchers that promotions settle as tenders: who issued them pays, before all other payments."""

from typing import NamedTuple

from cashwrap.events import Event
from cashwrap.sale.desk import Desk
from cashwrap.sale.promoting import Promoting
from cashwrap.tender.cash import record_tender
from cashwrap.tender.payments import Payment, apply


class Voucher(NamedTuple):
    """What somebody else's voucher pays toward a sale."""

    name: str
    minor: int
    codes: str


class Recorded(NamedTuple):
    """The events of vouchers that pay, and the payments that they make."""

    events: list[Event]
    payments: list[Payment]


def vouchers_of(promoting: Promoting, payable_minor: int) -> list[Voucher]:
    """Return what vouchers pay of a sale, in order of application and no more than it costs."""
    rules, found = promoting.rules, []
    if not rules.as_tenders:
        return []
    for each in promoting.solution.applied:
        if each.rule in rules.as_tenders:
            name = next(iter(rules.named(each.rule).name.values()), each.rule)
            minor = min(each.saving_minor, payable_minor)
            payable_minor -= minor
            found.append(Voucher(name, minor, " ".join(use.coupon for use in each.uses)))
    return [voucher for voucher in found if voucher.minor > 0]


def recorded(desk: Desk, sale: str, vouchers: list[Voucher]) -> Recorded:
    """Return vouchers as payments of a sale, to be journaled."""
    currency, made = desk.settings.currency.code, Recorded([], [])
    for name, minor, codes in vouchers:
        event = record_tender(desk.new_id(), sale, "voucher", name, minor, currency, minor, codes)
        payment = apply(None, event, desk.now().wall_ms)
        assert payment is not None  # these events begin a payment
        made.events.append(event)
        made.payments.append(payment)
    return made
