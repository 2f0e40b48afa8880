"""What may be taken without a network: cash always, wallets never, cards by the shop's limits.

Store-and-forward is a credit that the shop gives: a card approved offline may be declined when the
terminal forwards it, and the loss is the shop's.
"""

from collections.abc import Iterable

import msgspec

from cashwrap.ports import Timestamp
from cashwrap.tender.driver import Capabilities
from cashwrap.tender.errors import TenderNeedsNetwork
from cashwrap.tender.payments import Payment

DAY_MS = 86_400_000


class OfflineLimits(msgspec.Struct, frozen=True):
    """A shop's limits for stored cards; the default allows none.

    ``floor_minor`` is the most for one payment, ``total_minor`` for all that wait to be forwarded,
    ``count_max`` how many may wait and ``age_ms_max`` how old the oldest may be.
    """

    floor_minor: int = 0
    total_minor: int = 0
    count_max: int = 500
    age_ms_max: int = 7 * DAY_MS


def check_offline(
    driver: str,
    capabilities: Capabilities,
    amount_minor: int,
    limits: OfflineLimits,
    stored: Iterable[Payment],
    now: Timestamp,
) -> None:
    """Raise TenderNeedsNetwork unless this amount may be asked for without a network.

    Checked in order: kind, the terminal's own word, floor limit, count, total, age.
    """
    if capabilities.kind == "cash":
        return
    waiting = list(stored)
    total = sum(payment.charged_minor for payment in waiting) + amount_minor
    oldest = min((payment.decided_ms for payment in waiting), default=now.wall_ms)
    refusals = (
        (capabilities.kind != "card", f"a {capabilities.kind} is approved online only"),
        (capabilities.offline != "store", "the terminal does not store payments"),
        (amount_minor > limits.floor_minor, f"more than the floor limit {limits.floor_minor}"),
        (len(waiting) >= limits.count_max, f"{len(waiting)} stored payments wait already"),
        (total > limits.total_minor, f"stored payments would exceed {limits.total_minor}"),
        (now.wall_ms - oldest > limits.age_ms_max, "the oldest stored payment is too old"),
    )
    for refused, why in refusals:
        if refused:
            raise TenderNeedsNetwork(driver, why)
