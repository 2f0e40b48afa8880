"""What a plugin sees of an open sale: values that it cannot change anything by."""

from __future__ import annotations

import msgspec

from cashwrap.sale.cart import Cart


class LineSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a sale. ``unit_minor`` is the price of one ``unit``, before discounts."""

    number: int
    sku: str
    name: str
    quantity_milli: int
    unit: str
    unit_minor: int
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lot: str = ""
    expires: int = 0
    note: str = ""


class SaleSeen(msgspec.Struct, frozen=True, kw_only=True):
    """An open sale as it is, or as it would be. ``payable_minor`` is after discounts and taxes."""

    id: str
    register: str
    order_type: str
    customer: str
    member: str
    seller: str
    note: str
    lines: tuple[LineSeen, ...]
    payable_minor: int
    returned_minor: int


def seen(cart: Cart) -> SaleSeen:
    """Return what plugins see of a cart."""
    header = cart.header
    return SaleSeen(
        id=cart.opened.sale,
        register=header.register,
        order_type=header.order_type,
        customer=header.customer,
        member=header.member,
        seller=header.seller,
        note=header.note,
        lines=tuple(
            LineSeen(
                number=line.number,
                sku=line.goods.sku,
                name=line.goods.name,
                quantity_milli=line.quantity_milli,
                unit=line.goods.unit,
                unit_minor=line.goods.unit_minor,
                categories=line.goods.categories,
                tags=line.goods.tags,
                lot=line.goods.lot,
                expires=line.goods.expires,
                note=line.note,
            )
            for line in cart.lines.values()
        ),
        payable_minor=cart.totals.payable_minor,
        returned_minor=cart.returned_minor,
    )
