"""The slip of a hold, from what the till keeps of it."""

from collections.abc import Callable

from cashwrap.receipt.hold_slip import HoldSlip, SlipLine
from cashwrap.sale.holds.model import Hold, Quoted
from cashwrap.sale.holds.resuming import MINUTE_MS
from cashwrap.sale.receipt import masked, shop_of, utc_offset_min
from cashwrap.settings import Settings


def slip_of(
    hold: Hold,
    quoted: Quoted,
    settings: Settings,
    called: Callable[[str], str] = str,
    *,
    training: bool,
) -> HoldSlip:
    """Return the slip of a sale that waits; ``called`` gives the name of a clerk's account."""
    suspend = settings.suspend
    until_ms = hold.at_ms + suspend.quote_minutes * MINUTE_MS
    return HoldSlip(
        shop=shop_of(settings),
        store=settings.store,
        till=settings.till,
        register=hold.register,
        code=hold.code,
        wall_ms=hold.at_ms,
        utc_offset_min=utc_offset_min(settings.timezone, hold.at_ms),
        currency=settings.currency,
        lines=tuple(
            SlipLine(line.name, line.quantity_milli, line.unit, line.payable_minor)
            for line in quoted.lines
        ),
        total_minor=hold.total_minor,
        quote_kept=suspend.quote == "keep",
        quote_until_ms=until_ms if suspend.quote == "expire" else 0,
        staff=called(hold.staff),
        key=masked(hold.key),
        reason=hold.reason,
        training=training,
        footer=settings.receipt.footer,
    )
