"""A shop's day at three registers, driven by dice; what the till refuses is part of it."""

from collections.abc import Callable
from pathlib import Path

from cashwrap.errors import CashwrapError
from cashwrap.sale.sale import Sale
from cashwrap.testing.disk import MemoryDisk
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import BEHAVIOURS, FakeTerminal

REGISTERS = ("R1", "R2", "R3")
STAFF = ("ana", "ben", "boss")
GOODS = ("COLA", "BUN", "CAKE", "TEA-L")
DAY_MS = 86_400_000


class Day:
    """One shop. `act` does one step that two numbers choose; what the till refuses is left."""

    def __init__(self, folder: Path, settings: str = "", *, faults: bool = True) -> None:
        behaviours = BEHAVIOURS if faults else ("approve",)
        script = [behaviours[n * 7 % len(behaviours)] for n in range(200)]
        self.terminal = FakeTerminal(script)
        names = ", ".join(f'"{name}"' for name in REGISTERS)
        self.shop = Shop(
            folder,
            settings=f"registers = [{names}]\n{settings}\n{SETTINGS}",
            drivers={"card": self.terminal},
            disk=MemoryDisk(),
        )
        self.refused = 0

    @property
    def acts(self) -> dict[str, Callable[[str, int], object]]:
        """All steps by name; each gets a register and a number."""
        found = {}
        for name in dir(type(self)):
            if name.startswith("do_"):
                found[name[3:]] = getattr(self, name)
        return found

    def act(self, name: str, register: int, number: int) -> None:
        """Do one step."""
        try:
            self.acts[name](REGISTERS[register % 3], number)
        except CashwrapError:
            self.refused += 1

    # Sales

    def begin(self, register: str, number: int) -> Sale:
        sale = self.shop.till.new_sale(register=register, staff=STAFF[number % 3])
        for place in range(1 + number % 3):
            sale.add(GOODS[(number + place) % 4], 1 + number % 2)
        return sale

    def do_cash(self, register: str, number: int) -> None:
        sale = self.begin(register, number)
        sale.pay_cash(sale.due_minor + number % 700, staff="ana")

    def do_card(self, register: str, number: int) -> None:
        self.begin(register, number).payments.ask("card")

    def do_split(self, register: str, number: int) -> None:
        sale = self.begin(register, number)
        sale.payments.cash(1 + sale.due_minor // 3)
        sale.payments.record("voucher", "gift", sale.due_minor // 2)
        if number % 2:
            sale.payments.ask("card")
        else:
            sale.pay_cash(sale.due_minor)

    def do_part(self, register: str, number: int) -> None:
        """Leaves a sale open with money on it."""
        self.begin(register, number).payments.cash(1 + number % 300)

    def do_finish(self, register: str, number: int) -> None:
        sales = self.shop.till.open_sales()
        sale = sales[number % len(sales)] if sales else self.begin(register, number)
        sale.pay_cash(max(sale.due_minor, 1))

    def do_give_back(self, register: str, number: int) -> None:
        for sale in self.shop.till.open_sales()[: 1 + number % 2]:
            sale.payments.give_back("changed their mind", in_cash=True)

    def do_cancel(self, register: str, number: int) -> None:
        sale = self.begin(register, number)
        sale.void_line(1, "not wanted")
        sale.cancel("gone")

    def do_marked_down(self, register: str, number: int) -> None:
        sale = self.begin(register, number)
        sale.override_price(1, 100 + number % 90, "torn")
        sale.discount(percent_ppm=100_000, reason="regular")
        if number % 2:
            sale.void_line(1)
        sale.pay_cash(sale.due_minor + 5)

    def do_suspend_sale(self, register: str, number: int) -> None:
        self.begin(register, number).suspend("phone call", key=f"K{number % 3}", staff="ana")

    def do_resume_sale(self, register: str, number: int) -> None:
        waiting = self.shop.till.holds.waiting()
        if waiting:
            code = waiting[number % len(waiting)].code
            back = self.shop.till.holds.resume(code, register=register, staff="ben")
            back.sale.pay_cash(back.sale.due_minor)

    def do_return(self, register: str, number: int) -> None:
        till = self.shop.till
        sale = till.new_sale(register=register, staff="ana")
        try:
            sale.take_back(1 + number % 9, [(1, 1)], reason="too small", staff="ana")
            if number % 2:
                sale.add("COLA")
            if sale.due_minor > 0:
                sale.pay_cash(sale.due_minor)
            elif number % 3:
                sale.refund(staff="ana")
            else:
                sale.refund(to="cash" if number % 5 else "credit", staff="ana")
        except CashwrapError:
            if sale.state == "open":
                sale.cancel("no return")
            raise

    def do_post_void(self, register: str, number: int) -> None:
        self.shop.till.post_void(1 + number % 9, "wrong customer", register=register, staff="boss")

    def do_reprint(self, register: str, number: int) -> None:
        till = self.shop.till
        till.reprint(till.sale_of_number(1 + number % 9), register=register)

    def do_no_sale(self, register: str, number: int) -> None:
        self.shop.till.no_sale("change", register=register, staff="ana")

    # Shifts

    def do_open(self, register: str, number: int) -> None:
        self.shop.till.shifts.open(number * 10, register=register, staff=STAFF[number % 3])

    def do_paid_in(self, register: str, number: int) -> None:
        self.shop.till.shifts.paid_in(1 + number, "from the office", register=register, staff="ana")

    def do_paid_out(self, register: str, number: int) -> None:
        self.shop.till.shifts.paid_out(1 + number, "window cleaner", register=register, staff="ana")

    def do_safe_drop(self, register: str, number: int) -> None:
        self.shop.till.shifts.safe_drop(1 + number, to="bag 17", register=register, staff="ana")

    def do_suspend(self, register: str, number: int) -> None:
        self.shop.till.shifts.suspend(register=register, staff=STAFF[number % 3])

    def do_resume(self, register: str, number: int) -> None:
        self.shop.till.shifts.resume(1 + number % 4, register=register, staff=STAFF[number % 3])

    def do_join(self, register: str, number: int) -> None:
        self.shop.till.shifts.join(REGISTERS[number % 3], register=register, staff="ben")

    def do_leave(self, register: str, number: int) -> None:
        self.shop.till.shifts.leave(register=register, staff="ben")

    def do_blind_close(self, register: str, number: int) -> None:
        self.shop.till.shifts.blind_close(register=register, staff="ana")

    def do_declare(self, register: str, number: int) -> None:
        self.shop.till.shifts.declare(
            1 + number % 5, {10_000: number % 7, 1: number % 60}, {"card": number * 3}, staff="ana"
        )

    def do_close(self, register: str, number: int) -> None:
        shifts = self.shop.till.shifts
        waiting = [shift for shift in shifts.all() if shift.state != "closed"]
        if waiting:
            chosen = waiting[number % len(waiting)].number
            shifts.declare(chosen, {5_000: number % 9}, staff="ana")
            shifts.close(chosen, staff="boss")

    # The world

    def do_wait(self, register: str, number: int) -> None:
        """Time passes, and the terminal is asked on."""
        for _ in range(1 + number % 40):
            self.shop.clock.pass_ms(10_000)
            self.shop.till.step()

    def do_clock(self, register: str, number: int) -> None:
        self.shop.clock.jump((number % 800 - 400) * DAY_MS // 3)

    def do_crash(self, register: str, number: int) -> None:
        self.shop.crash()

    def do_reopen(self, register: str, number: int) -> None:
        self.shop.reopen()
