"""What people do at a till that not everybody may do, and one act with all that it is bound to.

A right is given freely, needs an approval, or is denied; some have a limit beyond which an approval
is needed (docs/shop-day.md).
"""

from hashlib import sha256
from typing import Literal, get_args

import msgspec

Right = Literal[
    "sale.sell",  # begin a sale, take payments
    "sale.void_line",
    "sale.cancel",
    "sale.override_price",  # limit: ppm below the list price
    "sale.discount",  # limit: ppm of what it is given on
    "sale.below_margin",  # go below the margin floor or an item's minimum
    "sale.suspend",
    "sale.resume",  # a sale that somebody else suspended
    "sale.return",  # with a receipt; limit: minor units given back
    "sale.return_without_receipt",  # limit: minor units given back
    "sale.return_other_tender",  # money back by another tender than the one that paid
    "sale.return_late",  # goods back after `returns.days`
    "sale.adjust_price",  # money off a finished sale whose goods stay; limit: minor units of it
    "sale.post_void",
    "sale.post_void_after_z",  # reverse a sale that a closed shift reports
    "sale.reprint",
    "payment.declare",  # say how a payment in doubt ended
    "drawer.no_sale",
    "shift.open",
    "shift.join",  # work on somebody else's shift
    "shift.paid_in",  # limit: minor units
    "shift.paid_out",  # limit: minor units that went out in the shift in all
    "shift.safe_drop",
    "shift.x",
    "shift.count",  # see and correct the count of a shift that was closed blind
    "shift.close",
    "stock.move",
    "goods.publish",  # catalogs and promotions
    "training.enter",
    "plugins.manage",  # settings, set aside, bring back
    "devices.pair",  # let another device drive this till
    "journal.read",  # every record with all that stands in it
    "staff.manage",
]
RIGHTS: tuple[Right, ...] = get_args(Right)


class Act(msgspec.Struct, frozen=True, array_like=True):
    """One thing that somebody is about to do.

    ``subject`` is what it is done to (a sale, a line, a shift, a payment) and ``detail`` how, in
    words that two different acts never share: an approval counts for exactly these. The amount
    (minor units) or the rate (ppm) is held against the right's limit.
    """

    right: Right
    subject: str = ""
    detail: str = ""
    amount_minor: int = 0
    rate_ppm: int = 0

    @property
    def digest(self) -> str:
        """Return the SHA-256, in hex, that an approval of this act is bound to."""
        return sha256(msgspec.msgpack.encode(self)).hexdigest()


class Allowed(msgspec.Struct, frozen=True, array_like=True):
    """That an act may be done now, and who approved it, "" where nobody had to."""

    approver: str = ""
