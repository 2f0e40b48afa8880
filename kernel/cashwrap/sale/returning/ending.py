"""What a completed sale journals beside itself for goods that came back on it, each once."""

from collections.abc import Iterator

from cashwrap.events import Event
from cashwrap.promotions.events import RulesReleased
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.line import Header
from cashwrap.sale.returning.coupons import settled_back
from cashwrap.sale.returning.events import GoodsReturned


def came_back(header: Header, done: SaleCompleted) -> Iterator[Event]:
    """Yield what came back of each original, and the limits and coupons that it sets free."""
    for part, edit in enumerate(header.returns.values()):
        yield GoodsReturned(
            sale=done.sale,
            number=done.number,
            day=done.day,
            type=done.type,
            of_sale=edit.of_sale,
            of_number=edit.of_number,
            answer=edit.answer,
            goods=edit.goods,
            part=part,
            reason=edit.reason,
            note=edit.note,
            location=edit.location,
            member=edit.member,
            whole=edit.whole,
            approver=edit.approver,
            refund_minor=edit.refund_minor,
        )
        if edit.whole:
            yield RulesReleased(edit.of_sale)
        if coupons := settled_back(done.sale, edit):
            yield coupons
