"""The people of the shop of the fault harnesses, and their signing in."""

import contextlib
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from cashwrap.staff.errors import ApprovalNeeded, WrongPin

if TYPE_CHECKING:
    from till_clerk import Selling

T = TypeVar("T")
WHO, BOSS, TRAINEE = "amy", "boss", "ben"
PIN, BOSS_PIN, TRAINEE_PIN = "4711", "80263", "5937"


def enroll(selling: "Selling") -> None:
    """Enroll the shop's people; from now on everybody signs in."""
    staff = selling.till.staff
    staff.enroll(BOSS, "老板", role="owner", pin=BOSS_PIN, by=BOSS)
    staff.sign_in(BOSS, BOSS_PIN, register=selling.registers[0])
    staff.enroll(WHO, "小王", role="manager", pin=PIN, by=BOSS)
    staff.enroll(TRAINEE, "小李", role="cashier", pin=TRAINEE_PIN, by=BOSS)


def sign_in(selling: "Selling", dice: random.Random) -> None:
    """Change who is at a register, with a wrong PIN now and then; a trainee asks for a discount."""
    staff, register = selling.till.staff, dice.choice(selling.registers)
    if not staff.people():
        return
    if dice.random() < 0.3:
        with contextlib.suppress(WrongPin):
            staff.sign_in(WHO, "9999", register=register)
    if dice.random() < 0.5:
        staff.sign_in(TRAINEE, TRAINEE_PIN, register=register)
        selling.record()
        ask_for_approval(selling, register)
    staff.sign_in(WHO, PIN, register=register)


def approved(selling: "Selling", act: Callable[[], T]) -> T:
    """Do something, with the boss's approval where it needs one."""
    try:
        return act()
    except ApprovalNeeded as needed:
        selling.till.staff.approve(needed.act, BOSS, BOSS_PIN)
        selling.record()
        return act()


def ask_for_approval(selling: "Selling", register: str) -> None:
    """Do what a trainee may not alone; the boss approves it."""
    sale = selling.till.new_sale(register=register, staff=TRAINEE)
    sale.add("CAKE", staff=TRAINEE)
    selling.told(sale)
    approved(selling, lambda: sale.discount(percent_ppm=300_000, reason="压坏", staff=TRAINEE))
    selling.told(sale)
    sale.pay_cash(sale.payments.cash_due()[0], staff=TRAINEE)
    selling.tell(f"print {sale.id} {selling.number(sale)}")
