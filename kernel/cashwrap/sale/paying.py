"""What had paid for goods that come back: the payments of their sale, and what was traded in."""

from typing import TYPE_CHECKING

from cashwrap.sale.desk import Desk
from cashwrap.tender.refunds import Source

if TYPE_CHECKING:
    from cashwrap.sale.sale import Sale


def sources_of(sale: "Sale") -> tuple[list[Source], int]:
    """Return the payments that may give, and what is left to give for goods without a receipt."""
    back: dict[str, int] = {}
    for each in sale.returns:
        back[each.of_sale] = back.get(each.of_sale, 0) + each.refund_minor
    own = sum(-each.paid_minor for each in sale.payments.all if each.paid_minor < 0)
    unreceipted_minor = back.pop("", 0) - own
    sources: list[Source] = []
    counted: set[str] = set()
    for of_sale, minor in back.items():
        source = _source(sale.desk, of_sale, sale.id, {of_sale})
        new = [each for each in source.all_payments() if each.id not in counted]
        counted.update(each.id for each in new)
        gone = sum(one.counts_minor for each in new for one in each.refunds_of(sale.id))
        sources.append(source._replace(limit_minor=minor - gone))
    return sources, unreceipted_minor


def _source(desk: Desk, of_sale: str, now: str, seen: set[str]) -> Source:
    """Return what paid a sale; ``now`` is the return for which it is asked."""
    traded = []
    for earlier, minor in desk.traded_in(of_sale):
        if earlier not in seen:
            seen.add(earlier)
            source = _source(desk, earlier, now, seen)
            gone = _given(source, {now, of_sale, *desk.returns_of(of_sale)})
            traded.append(source._replace(limit_minor=minor - gone))
    return Source(desk.payments_of(of_sale), 0, tuple(traded))


def _given(source: Source, returns: set[str]) -> int:
    """Return what payments gave back on some returns."""
    backs = (one for each in source.all_payments() for id in returns for one in each.refunds_of(id))
    return sum(back.counts_minor for back in backs)
