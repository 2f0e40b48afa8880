"""What goods would come to if they were sold now: a cart that is priced and never sold."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cashwrap.pricing.model import PricedLine
from cashwrap.sale import edits, goods
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Desk


class Quoted(NamedTuple):
    """Goods to price, as `Sale.add` takes them; the quantity in thousandths."""

    sku: str
    quantity_milli: int = 1000
    unit: str = ""
    modifiers: tuple[str, ...] = ()
    choices: Mapping[str, Sequence[str]] = {}


def quote(desk: Desk, cart: Cart, lines: Sequence[Quoted]) -> tuple[PricedLine, ...]:
    """Put lines on an empty cart and return what each comes to, a set meal as one.

    Raises UnknownItem, NoPrice, NotForSale, SlotRefused, ModifierRefused.
    """
    at_ms, customer = cart.opened.at_ms, cart.header.customer
    numbers = []
    for asked in lines:
        item = goods.find(desk.catalog, asked.sku)
        made = goods.make(desk, item, at_ms, customer, asked.unit, asked.modifiers)
        parts = goods.meal_parts(desk, item, at_ms, customer, asked.choices)
        numbers.append(cart.next_line())
        cart.apply(
            edits.LineAdded(
                line=numbers[-1], goods=made, quantity_milli=asked.quantity_milli, parts=parts,
                at_ms=at_ms,
            )
        )  # fmt: skip
    return tuple(cart.pricing.line(number) for number in numbers)
