"""What came back on some business days: why, by whom, which goods."""

from collections.abc import Callable, Iterable

import msgspec

from cashwrap.errors import InvalidInput, whole
from cashwrap.sale.returning import projection
from cashwrap.sale.returning.projection import CameIn
from cashwrap.store.tables import Reader


class ReturnSums(msgspec.Struct, frozen=True):
    """How often goods of a sale came back, on exchanges among them, and what went back for them.

    Goods without a receipt count among ``unreceipted`` too. Amounts are minor units.
    """

    returns: int = 0
    exchanges: int = 0
    unreceipted: int = 0
    refund_minor: int = 0


class GoodsSums(msgspec.Struct, frozen=True):
    """How much of one SKU came back; the amount is before anything is waived."""

    sku: str
    name: str
    unit: str
    returns: int = 0
    quantity_milli: int = 0
    amount_minor: int = 0


class ReturnReport(msgspec.Struct, frozen=True):
    """What came back on business days (yyyymmdd): in sum, and by reason, staff and goods.

    Goods are in the order of their amounts, the largest first. Post-voids stand apart: nothing
    was wrong with the goods.
    """

    first_day: int
    last_day: int
    total: ReturnSums
    by_reason: dict[str, ReturnSums]
    by_staff: dict[str, ReturnSums]
    by_goods: tuple[GoodsSums, ...]
    post_voids: ReturnSums


def report(reader: Reader, first_day: int, last_day: int) -> ReturnReport:
    """Return the report of business days (yyyymmdd), both included. Raises InvalidInput."""
    for day in (first_day, last_day):
        if not 0 < whole(day, "a business day") < 1_0000_00_00:
            raise InvalidInput(f"{day} is not a business day: write it like 20260301")
    found = list(projection.of_days(reader, first_day, last_day))
    back = [one for one in found if one.type != "post_void"]

    def by(group: Callable[[CameIn], str]) -> dict[str, ReturnSums]:
        names = sorted({group(one) for one in back})
        return {name: _sums(one for one in back if group(one) == name) for name in names}

    return ReturnReport(
        first_day,
        last_day,
        _sums(back),
        by(lambda one: one.reason),
        by(lambda one: one.staff),
        _goods(back),
        _sums(one for one in found if one.type == "post_void"),
    )


def _sums(found: Iterable[CameIn]) -> ReturnSums:
    listed = list(found)
    return ReturnSums(
        len(listed),
        sum(one.type == "exchange" for one in listed),
        sum(not one.of_number for one in listed),
        sum(one.refund_minor for one in listed),
    )


def _goods(found: Iterable[CameIn]) -> tuple[GoodsSums, ...]:
    sums: dict[tuple[str, str], GoodsSums] = {}
    for one in found:
        for goods in one.goods:
            if not goods.quantity_milli or goods.line < 0:  # a discount, or a fee
                continue
            key = goods.sku, goods.unit
            known = sums.get(key) or GoodsSums(goods.sku, goods.name, goods.unit)
            sums[key] = msgspec.structs.replace(
                known,
                returns=known.returns + 1,
                quantity_milli=known.quantity_milli + goods.quantity_milli,
                amount_minor=known.amount_minor + goods.amount_minor,
            )
    return tuple(sorted(sums.values(), key=lambda each: (-each.amount_minor, each.sku, each.unit)))
