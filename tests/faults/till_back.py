"""Customers who come back: goods returned and exchanged, sales reversed, suspended and resumed."""

import random
from typing import TYPE_CHECKING

from till_people import WHO, approved

from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.projection import series_totals
from cashwrap.sale.returning.errors import PostVoidRefused

if TYPE_CHECKING:
    from till_clerk import Selling

    from cashwrap.sale.sale import Sale

KEYS = ("", "table 4", "13800138000")


def bring_back(selling: "Selling", dice: random.Random) -> None:
    """Take goods of some receipt back, part or all; now and then other goods go out for them."""
    number = some_receipt(selling, dice)
    if not number:
        return
    sale = selling.begin(dice)
    try:
        lines = [(1, 1)] if dice.random() < 0.6 else None
        sale.take_back(
            number, lines, reason="不想要", location=dice.choice(("sellable", "damaged")), staff=WHO
        )
    except ReturnRefused:  # it came back before, or was a return itself
        selling.cancel(sale)
        return
    selling.told(sale)
    if dice.random() < 0.4:
        selling.ring_up(sale, dice)
    selling.end(sale, dice)


def bring_back_without_receipt(selling: "Selling", dice: random.Random) -> None:
    """Take goods back that nobody finds the receipt of; the customer gets a credit note."""
    sale = selling.begin(dice)
    sale.take_back_unreceipted("CAKE", 1, reason="买错", staff=WHO)
    selling.told(sale)
    back = sale.refund(staff=WHO)
    if back.credit is not None:
        selling.notes.append(back.credit.code)
    selling.tell(f"print {sale.id} {selling.number(sale)}")


def reverse(selling: "Selling", dice: random.Random) -> None:
    """Reverse a whole finished sale."""
    if number := some_receipt(selling, dice):
        register = dice.choice(selling.registers)
        try:
            approved(
                selling,
                lambda: selling.till.post_void(number, "错单", register=register, staff=WHO),
            )
        except PostVoidRefused:
            return
        selling.settle()


def some_receipt(selling: "Selling", dice: random.Random) -> int:
    """Return one of the newest receipt numbers, 0 where there is none."""
    with selling.till.store.read() as reader:
        last = series_totals(reader).last_number
    return max(1, last - dice.randrange(8)) if last else 0


def suspend(selling: "Selling", dice: random.Random) -> None:
    """Suspend a sale, a new one or one that is open."""
    sale: Sale = selling.begin(dice)
    selling.ring_up(sale, dice)
    sale.suspend("接电话", key=dice.choice(KEYS), staff=WHO)
    selling.tell(f"suspended {sale.id}")


def resume(selling: "Selling", dice: random.Random) -> None:
    """Bring a suspended sale back at some register, and end it."""
    if waiting := selling.till.holds.waiting():
        hold = dice.choice(waiting)
        register = dice.choice(selling.registers)
        sale = selling.till.holds.resume(hold.code, register=register, staff=WHO).sale
        selling.told(sale)
        selling.ring_up(sale, dice)
        selling.end(sale, dice)
