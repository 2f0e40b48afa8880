"""The drawers of the shop of the fault harnesses: shifts, and cash that is moved."""

import random
from typing import TYPE_CHECKING

from till_people import WHO

from cashwrap.shift.errors import DrawerTaken

if TYPE_CHECKING:
    from till_clerk import Selling


def mind_shift(selling: "Selling", dice: random.Random) -> None:
    """Open a shift where a register has none, else move cash, hand it over, or close it."""
    shifts, register = selling.till.shifts, dice.choice(selling.registers)
    shift = shifts.current(register)
    if shift is None:
        begin_shift(selling, register, dice)
        return
    match dice.randrange(6):
        case 0:
            shifts.paid_in(2_000, "零钱", register=register, staff=WHO)
        case 1:
            shifts.paid_out(500, "清洁", register=register, staff=WHO)
        case 2:
            shifts.safe_drop(1_000, register=register, staff=WHO, to="safe bag 17")
        case 3:
            shifts.x(register=register, staff=WHO)
            shifts.suspend(register=register, staff=WHO)
        case _:
            end_shift(selling, register, shift.number)


def open_shift(selling: "Selling", dice: random.Random) -> None:
    """Have a shift at the first register."""
    if selling.till.shifts.current(selling.registers[0]) is None:
        begin_shift(selling, selling.registers[0], dice)


def close_shift(selling: "Selling", dice: random.Random) -> None:
    """Have the shift at the first register counted and closed."""
    if shift := selling.till.shifts.current(selling.registers[0]):
        end_shift(selling, selling.registers[0], shift.number)


def begin_shift(selling: "Selling", register: str, dice: random.Random) -> None:
    """Work on: a shift that was left to be counted is closed first, a suspended one resumed."""
    shifts = selling.till.shifts
    for shift in shifts.all():
        if shift.state == "counting":
            count(selling, shift.number)
            return
    suspended = [shift.number for shift in shifts.all() if shift.state == "suspended"]
    others = [one for one in selling.registers if one != register and shifts.current(one)]
    if suspended:
        shifts.resume(suspended[0], register=register, staff=WHO)
    elif others and dice.random() < 0.3:
        drawer = shifts.current(others[0])
        assert drawer is not None
        shifts.join(drawer.drawer, register=register, staff=WHO)
    else:
        try:
            shifts.open(50_000, register=register, staff=WHO)
        except DrawerTaken:  # its shift went to another register
            shifts.join(register, register=register, staff=WHO)


def end_shift(selling: "Selling", register: str, number: int) -> None:
    """Close a shift blind, count it, make the Z report."""
    selling.till.shifts.blind_close(register=register, staff=WHO)
    selling.record()
    count(selling, number)


def count(selling: "Selling", number: int) -> None:
    """Declare what is in the drawer and close the shift."""
    shifts = selling.till.shifts
    shifts.declare(number, cash={10_000: 12, 500: 3}, tenders={"card": 88_000}, staff=WHO)
    selling.record()
    report = shifts.close(number, staff=WHO)
    assert shifts.text(report)
    selling.tell(f"z {report.z} {number}")
