"""Goods that come back without a receipt: at which price, with which taxes, into which stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.money import MILLI, div_round
from cashwrap.pricing.errors import UnknownTax
from cashwrap.pricing.model import Priced
from cashwrap.promotions.returns.model import LineBack, ReturnAnswer
from cashwrap.sale import goods
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import Goods, GoodsBack, MoveBack, ReturnAdded, Stamp
from cashwrap.sale.returning.errors import ReceiptNeeded
from cashwrap.tender.pan import words

LINE = 1  # of the only line that such a return is priced with


class Named(NamedTuple):
    """What the clerk holds in hand."""

    sku: str
    quantity: goods.Quantity
    unit: str = ""
    modifiers: Sequence[str] = ()
    lot: str = ""
    serial: str = ""


def unreceipted(desk: Desk, cart: Cart, id: str, named: Named, stamp: Stamp) -> ReturnAdded:
    """Return what goods come to without a receipt, decided whole.

    Raises ReceiptNeeded, UnknownItem, NoPrice, NotForSale, QuantityRefused.
    """
    made = _goods(desk, cart, named, stamp["at_ms"])
    milli = goods.quantity_milli(named.quantity, made)
    priced = _priced(desk, cart, made, milli)
    minor = priced.totals.payable_minor
    taxes = tuple(replace(row, line=0) for row in priced.taxes)
    back = GoodsBack(0, made.sku, made.name, milli, made.unit, minor, made.lot, made.serial)
    return ReturnAdded(
        id=id,
        of_sale="",
        of_number=0,
        answer=ReturnAnswer("", (), minor, 0, (), taxes, lines=(LineBack(0, minor),)),
        goods=(back,),
        moves=tuple(MoveBack(move, move.quantity_milli) for move in desk.would_draw(made, milli)),
        **stamp,
    )


def _goods(desk: Desk, cart: Cart, named: Named, at_ms: int) -> Goods:
    policy = desk.settings.returns
    if policy.without_receipt == "refuse":
        raise ReceiptNeeded(
            "this shop takes nothing back without a receipt: look for the sale, or let the owner "
            'set returns.without_receipt to "today" or "lowest"'
        )
    item = goods.find(desk.catalog, words(named.sku, "a SKU"))
    if item.slots:
        raise ReceiptNeeded(f"{item.name} is a set meal: it comes back with its receipt only")
    lot, serial = words(named.lot, "a lot"), words(named.serial, "a serial number")
    customer = cart.header.customer
    made = goods.make(desk, item, at_ms, customer, named.unit, named.modifiers, lot=lot)
    made = replace(made, serial=serial)
    if policy.without_receipt == "lowest":
        since_ms = at_ms - policy.lowest_days * 86_400_000
        lowest = desk.lowest_minor(made, since_ms)
        if lowest is not None and lowest < made.unit_minor:
            made = replace(made, unit_minor=lowest, book="lowest")
    return made


def _priced(desk: Desk, cart: Cart, made: Goods, milli: int) -> Priced:
    """Return the price of the goods alone, taxed as on this sale."""
    engine = cart.engine
    base = None
    if made.base_milli != MILLI:
        base = div_round(milli * made.base_milli, MILLI, "half_up")
    while True:
        pricing = engine.cart(cart.header.order_type)
        try:
            pricing.put(
                LINE,
                made.unit_minor,
                milli,
                made.tax,
                made.tax_included,
                base_quantity_milli=base,
            )
            pricing.price()
            return pricing.priced()
        except UnknownTax as unknown:
            code = desk.tax_codes().get(unknown.tax)
            if code is None:
                raise
            engine = engine.knowing(code)
