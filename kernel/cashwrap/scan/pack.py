"""Whether a scanned pack may be sold, and whether two codes were on the same pack."""

from collections.abc import Collection
from typing import Literal

import msgspec

from cashwrap.scan.errors import BestBeforePassed, ExpiredItem, RecalledLot
from cashwrap.scan.model import Scan

WINDOW_MS = 300


class PackPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a store does about a best-before date (AI 15) that has passed."""

    best_before: Literal["stop", "warn", "ignore"] = "warn"


_USUAL = PackPolicy()


def refuse_reasons(
    scan: Scan,
    day: int,
    recalls: Collection[tuple[int, str]] = (),
    policy: PackPolicy = _USUAL,
) -> ExpiredItem | RecalledLot | None:
    """Return why the pack may not be sold on this day (yyyymmdd), or None; raise it to refuse.

    A recall comes first, then expiry (AI 17, 7003), sell-by (16), and best-before (15) where the
    policy stops it. A date is passed on the day after it. ``recalls`` are GTINs with a lot, or
    with "" for every lot; a pack without a lot is stopped only by the latter.
    """
    if scan.gtin and recalls:
        for lot in ("", scan.lot):
            if (scan.gtin, lot) in recalls:
                return RecalledLot(scan.gtin, lot)
    for which, until in (("expiry", scan.expires), ("sell-by", scan.sell_by)):
        if 0 < until < day:
            return ExpiredItem(which, until, day)
    if 0 < scan.best_before < day and policy.best_before == "stop":
        return ExpiredItem("best-before", scan.best_before, day)
    return None


def warn_reason(
    scan: Scan,
    day: int,
    policy: PackPolicy = _USUAL,
) -> BestBeforePassed | None:
    """Return what the cashier should tell of a pack that may be sold, or None."""
    if 0 < scan.best_before < day and policy.best_before == "warn":
        return BestBeforePassed(scan.best_before, day)
    return None


def merge(
    previous: Scan, previous_ms: int, scan: Scan, now_ms: int, window_ms: int = WINDOW_MS
) -> Scan | None:
    """Return the richer of two codes that one trigger read from one pack, or None for two packs.

    The same pack shows the same GTIN in another symbology within the window, and says nothing
    different about lot, serial, dates, price or quantity. When a scan is returned it belongs on
    the line that ``previous`` made, and no line is added.
    """
    same_pack = (
        0 <= now_ms - previous_ms <= window_ms
        and previous.gtin == scan.gtin != 0
        and previous.kind == scan.kind == "gtin"
        and previous.symbology != scan.symbology
        and not _contradict(previous, scan)
    )
    if not same_pack:
        return None
    return scan if len(scan.elements) > len(previous.elements) else previous


def _contradict(one: Scan, other: Scan) -> bool:
    return any(
        a and b and a != b
        for a, b in (
            (one.lot, other.lot),
            (one.serial, other.serial),
            (one.expires, other.expires),
            (one.best_before, other.best_before),
            (one.sell_by, other.sell_by),
            (one.price_minor, other.price_minor),
            (one.quantity_milli, other.quantity_milli),
        )
    )
