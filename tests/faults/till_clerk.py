"""The clerk of the fault harnesses: serves customers, and does the other acts of a shop's day.

What the clerk was told by the till goes to ``tell``: after each step the edits of the sale and what
they come to, after each act the newest record. Who listens may hold the next till to all of it.
"""

import contextlib
import random
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from till_day import ACTS, IN_TURN
from till_people import PIN, WHO
from till_ports import HurriedClock, LedgerTerminal

from cashwrap.ports import SystemRandomness
from cashwrap.pricing.model import Priced
from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.errors import NothingToUndo
from cashwrap.sale.projection import ended
from cashwrap.sale.returning.errors import PostVoidRefused, ReturnWaits
from cashwrap.sale.sale import Sale
from cashwrap.till import Till

COLA = "6901234567892"
OPEN_SALES_MAX = 3
ACTS_SHARE = 0.4
Tell = Callable[[str], object]


class Selling:
    """A till that is open, and what its clerk does on it."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self.clock = HurriedClock()
        self.terminal = LedgerTerminal(folder.with_name("ledger"))
        self.folder = folder
        self.tell = tell
        self.notes: list[str] = []  # credit notes in customers' pockets
        began = time.perf_counter()
        self.till = Till.open(
            folder,
            drivers={"card": self.terminal},
            plugins=False,
            clock=self.clock,
            randomness=SystemRandomness(),
            witness=[folder.with_name(folder.name + ".state")],
        )
        self.opening_ms = (time.perf_counter() - began) * 1000
        self.registers = self.till.settings.registers
        if self.till.staff.people():
            for register in self.registers:
                self.till.staff.sign_in(WHO, PIN, register=register)

    def close(self) -> None:
        self.till.close()
        self.terminal.close()

    def abandon(self) -> None:
        """Drop all as a killed process would."""
        self.till.abandon()
        self.terminal.close()

    def settle(self) -> int:
        """Ask on until no payment is in doubt; return how many calls that took."""
        calls = 0
        while self.till.runner.in_doubt():
            due_ms = self.till.next_step_ms
            assert due_ms is not None, "a payment is in doubt and nobody will ask about it"
            self.clock.ahead_ms += max(0, due_ms - self.clock.now().steady_ms)
            self.till.step()
            calls += 1
            assert calls < 1_000, "a payment stays in doubt"
        return calls

    def work(self, dice: random.Random) -> None:
        """Serve a customer, or do another of the shop's acts."""
        self._do(dice.choice(ACTS) if dice.random() < ACTS_SHARE else Selling.serve, dice)

    def work_in_turn(self, number: int) -> None:
        """Serve a customer and do an act by turns: in so many steps all acts are done."""
        act = IN_TURN[number // 2 % len(IN_TURN)] if number % 2 else Selling.serve
        self._do(act, random.Random(number))

    def _do(self, act: "Callable[[Selling, random.Random], None]", dice: random.Random) -> None:
        """Do one thing; tell what, and the newest record after it."""
        self.tell(f"doing {act.__name__}")
        act(self, dice)
        self.record()

    def record(self) -> None:
        """Tell the newest record."""
        head = self.till.store.head
        self.tell(f"record {head.seq} {head.hash.hex()}")

    def serve(self, dice: random.Random) -> None:
        """Do one customer's worth: begin or go on with a sale, and mostly bring it to its end."""
        waiting = self.till.open_sales()
        if waiting and (len(waiting) >= OPEN_SALES_MAX or dice.random() < 0.3):
            sale = waiting[0]
        else:
            sale = self.begin(dice)
        if sale.state == "open" and not sale.returns:
            self.ring_up(sale, dice)
        if dice.random() < 0.1 and len(self.till.open_sales()) < OPEN_SALES_MAX:
            return  # the customer forgot something; the next one is served meanwhile
        if dice.random() < 0.05 and sale.state == "open":
            self.cancel(sale)
            return
        self.end(sale, dice)

    def begin(self, dice: random.Random) -> Sale:
        """Begin a sale at one of the registers."""
        order_type, register = dice.choice(("", "dine_in", "takeaway")), dice.choice(self.registers)
        sale = self.till.new_sale(order_type, register=register, staff=WHO)
        self.told(sale)
        return sale

    def cancel(self, sale: Sale) -> None:
        """Abandon a sale."""
        sale.cancel("customer left", staff=WHO)
        self.tell(f"cancelled {sale.id}")

    def end(self, sale: Sale, dice: random.Random) -> None:
        """Take or give the money that is due, and print the receipt."""
        try:
            sale.ready_for()
        except (ReturnRefused, PostVoidRefused):  # the same goods came back otherwise first
            self.cancel(sale)
            return
        except ReturnWaits:  # another one has money on its way: this customer waits for it
            return
        if sale.due_minor < 0:
            self.give_money_back(sale)
        elif sale.due_minor == 0:  # points may pay all of it, or goods go for goods
            sale.payments.finish(staff=WHO)
        else:
            self.take_payment(sale, dice)
        if sale.state == "completed":
            assert self.till.receipt_text(sale.id)
            self.tell(f"print {sale.id} {self.number(sale)}")

    def give_money_back(self, sale: Sale) -> None:
        """Refund to the tenders that paid; in cash what they do not take."""
        sale.refund(staff=WHO)
        self.settle()
        if sale.state != "completed":
            sale.refund("cash", staff=WHO)

    def ring_up(self, sale: Sale, dice: random.Random) -> None:
        for _ in range(dice.randrange(1, 6)):
            self.edit(sale, dice)
            self.told(sale)
        if not sale.lines:
            sale.scan(COLA, staff=WHO)
            self.told(sale)

    def edit(self, sale: Sale, dice: random.Random) -> None:
        lines = [line.number for line in sale.lines if not line.parent]
        match dice.randrange(10):
            case 0:
                sale.add("APPLE", f"0.{dice.randrange(100, 999)}", staff=WHO)
            case 1:
                sale.add("TEA-L", modifiers=["PEARLS"], staff=WHO)
            case 2:
                sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]}, staff=WHO)
            case 3 if lines:
                sale.void_line(dice.choice(lines), "错单", staff=WHO)
            case 4 if lines:
                sale.note("少冰", dice.choice(lines), staff=WHO)
            case 5 if lines:
                sale.discount(percent_ppm=50_000, reason="会员", staff=WHO)
            case 6 if lines:
                with contextlib.suppress(NothingToUndo):  # what stood before a suspension
                    sale.undo(staff=WHO)
            case 7 if lines and dice.random() < 0.5:
                sale.override_price(dice.choice(lines), dice.randrange(100, 900), "样品", staff=WHO)
            case 7 if not sale.cart.header.coupons:
                sale.add_coupon("C5", staff=WHO)
            case 8:
                sale.set_customer(member="M1", points=dice.randrange(900), staff=WHO)
                sale.use_points(staff=WHO)
            case _:
                sale.scan(COLA, staff=WHO)

    def take_payment(self, sale: Sale, dice: random.Random) -> None:
        """Cash, card, or some of each; a card that failed is followed by cash."""
        way = dice.random()
        if way < 0.3 and sale.due_minor > 100:
            sale.pay_cash(sale.due_minor // 2, staff=WHO)
            if dice.random() < 0.1:  # the customer thinks better of it
                sale.payments.give_back("customer left", staff=WHO)
                self.cancel(sale)
                return
        elif way < 0.4 and self.notes:
            sale.payments.credit(self.notes.pop(0), staff=WHO)
        elif way < 0.8:
            sale.payments.ask("card", staff=WHO)
            self.settle()
        if sale.state != "completed":
            due_minor, _ = sale.payments.cash_due()
            tendered_minor, command = due_minor + dice.choice((0, 150, 2_000)), f"cash {sale.id}"
            paid = sale.pay_cash(tendered_minor, staff=WHO, command=command)
            assert paid == sale.pay_cash(tendered_minor, staff=WHO, command=command)

    def number(self, sale: Sale) -> int:
        """Return the receipt number of a sale that is complete."""
        with self.till.store.read() as reader:
            place = ended(reader, sale.id)
        assert place is not None
        return place.number

    def told(self, sale: Sale) -> None:
        """Acknowledge the sale as it stands: this many edits, with this checksum."""
        proof = checksum(sale.priced())
        self.tell(f"edits {sale.id} {len(sale.history)} {checksum(sale.history)} {proof}")


def checksum(kept: Sequence[AnyEdit] | Priced) -> int:
    """Return what tells one history, or one price with its proof, from another."""
    return zlib.crc32(msgspec.msgpack.encode(kept))
