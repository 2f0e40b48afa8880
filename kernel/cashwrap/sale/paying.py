"""What had paid for goods that come back: the payments of their sale, and what was traded in."""

from typing import TYPE_CHECKING

from cashwrap.sale.desk import Desk
from cashwrap.tender.refunds import Source

if TYPE_CHECKING:
    from cashwrap.sale.sale import Sale

SOURCES_MAX = 100  # sales that are looked at; more are beyond any exchange of an exchange


def sources_of(sale: "Sale") -> tuple[list[Source], int]:
    """Return the payments that may give, and what is left to give for goods without a receipt."""
    back: dict[str, int] = {}
    for each in sale.returns:
        back[each.of_sale] = back.get(each.of_sale, 0) + each.refund_minor
    own = sum(-each.paid_minor for each in sale.payments.all if each.paid_minor < 0)
    unreceipted_minor = back.pop("", 0) - own
    gone: dict[str, int] = {}
    sources = [
        _limited(_source(sale.desk, of_sale, sale.id, [of_sale]), minor, {sale.id}, gone)
        for of_sale, minor in back.items()
    ]
    return sources, unreceipted_minor


def _source(desk: Desk, of_sale: str, now: str, known: list[str]) -> Source:
    """Return what paid a sale; ``now`` is the return for which it is asked.

    What was traded in may be there in several ways; ``known`` keeps that within bounds.
    """
    minors: dict[str, int] = {}
    for earlier, minor in desk.traded_in(of_sale):
        minors[earlier] = minors.get(earlier, 0) + minor
    returns, gone = {now, of_sale, *desk.returns_of(of_sale)}, dict[str, int]()
    traded = []
    for earlier, minor in minors.items():
        if len(known) < SOURCES_MAX:
            known.append(earlier)
            traded.append(_limited(_source(desk, earlier, now, known), minor, returns, gone))
    return Source(desk.payments_of(of_sale), 0, tuple(traded))


def _limited(source: Source, minor: int, returns: set[str], gone: dict[str, int]) -> Source:
    """Return a source that gives so much, less what it gave on some returns.

    ``gone`` is what payments gave there that no other source was charged with yet.
    """
    for payment in source.all_payments():
        if payment.id not in gone:
            backs = (one for id in returns for one in payment.refunds_of(id))
            gone[payment.id] = sum(back.counts_minor for back in backs)
        part = min(minor, gone[payment.id])
        gone[payment.id] -= part
        minor -= part
    return source._replace(limit_minor=minor)
